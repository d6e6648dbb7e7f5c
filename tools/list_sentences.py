"""Prints every distinct sentence of reports of all kinds in three languages, to be read by people.

``make lauseet`` runs it. The reports are made anew from the bundled figures; what is printed is what stands
on the finished pages, the descriptions of drawings included. Machines find a wrong number; sense is read.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

MUNICIPALITIES = ("Viitasaari", "Luhanka", "Jyväskylä", "Kyyjärvi", "Jämsä", "Äänekoski")
#: Reports of the region, of forums and of parties, by kind; the indexes come with them.
OTHERS = {
    "alue": ("MK13",),
    "foorumi": ("ks-turva", "kuntajohtajakokous", "maahanmuutto-kotoutuminen"),
    "osapuoli": ("hyvinvointialue",),
}
LANGUAGES = ("fi", "sv", "en")
#: Elements that hold running text of their own; a text inside a deeper one of them belongs to that one.
BLOCKS = ("p", "li", "td", "th", "dt", "dd", "caption", "figcaption", "summary", "h1", "h2", "h3", "h4")


def main() -> None:
    """Make the reports and print their sentences by language, in the order in which a reader meets them."""
    with tempfile.TemporaryDirectory() as folder:
        kinds = [part for kind in ("kunta", *OTHERS) for part in ("--kind", kind)]
        languages = [part for language in LANGUAGES for part in ("--lang", language)]
        named = [*MUNICIPALITIES, *(name for names in OTHERS.values() for name in names)]
        command = [sys.executable, "-m", "indicators", "report", *named, *kinds, *languages]
        subprocess.run([*command, "--snapshot", "bundled", "--out", folder], check=True, stdout=sys.stderr)
        for language in LANGUAGES:
            print(f"\n=== {language} ===")
            ending = "index.html" if language == LANGUAGES[0] else f"index.{language}.html"
            pages = [*sorted(Path(folder).glob(f"*/*/*.{language}.html")), *Path(folder).glob(f"*/{ending}")]
            for sentence in dict.fromkeys(sentence for page in pages for sentence in list_sentences(page)):
                print(sentence)


def list_sentences(page: Path) -> Iterator[str]:
    """The sentences and labels of one page."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    for block in soup.find_all(BLOCKS):
        yield from _split(_own_text(block))
    for drawing in soup.find_all(attrs={"aria-label": True}):
        yield from _split(str(drawing["aria-label"]))
    for title in soup.select("svg > title, svg > desc"):
        yield from _split(title.get_text(" "))


def _own_text(block: Tag) -> str:
    """The text of a block without that of blocks inside it and without drawings."""
    parts = [
        text
        for text in block.find_all(string=True)
        if text.find_parent(BLOCKS) is block and text.find_parent("svg") is None
    ]
    return re.sub(r"[ \n]+", " ", "".join(parts)).strip()


def _split(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.?!]) (?=[A-ZÅÄÖ”“])", text.strip()):
        if re.search(r"[A-Za-zÅÄÖåäö]{2}", sentence):
            yield sentence


if __name__ == "__main__":
    main()
