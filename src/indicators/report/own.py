"""Sections of one's own as parts of a page: the author's words, tables and pictures, and nothing that acts.

What they may hold is the gate's allowlist. Looks are dropped; whatever else is not on it is told.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import lxml.html
import mistune
import nh3
from markupsafe import Markup, escape
from mistune.plugins.table import table

from indicators.catalogue.sections import PICTURES, OwnSection, OwnSections
from indicators.errors import CatalogueError
from indicators.narrative.texts import Texts, load_texts
from indicators.report.gate.own import ELEMENTS, NUMBER_CLASS
from indicators.report.page.html import load_macros

_LOOKS: Final = frozenset(
    ("style", "class", "border", "align", "valign", "width", "height", "title", "target", "rel")
)
_SCHEMES: Final = {"https", "http", "mailto", "data"}
#: What an output shows, the first that it has.
_KINDS: Final = (*PICTURES.values(), "text/html", "text/markdown")


class OwnContent:
    """What a section of one's own shows, from its cells.

    Parameters
    ----------
    place : str or Path
        The file or the cell, told where something is wrong.
    title : str
        Describes pictures that say nothing themselves.
    area : str
        Code of the area of the report.
    level : int
        Of the section's heading; those inside are below it.
    """

    def __init__(
        self, place: str | Path, title: str, area: str, level: int, pictures: Mapping[str, bytes]
    ) -> None:
        self.place, self.title, self.area, self.pictures = place, title, area, pictures
        self._write = mistune.create_markdown(renderer=_Renderer(level, self._read), plugins=[table])

    def show(self, cells: Sequence[Mapping[str, Any]]) -> Markup:
        """HTML of text cells and of what code cells have shown.

        A CatalogueError tells what a report may not hold, and what cannot be shown.
        """
        shown = [Markup(self._clean(html)) for cell in cells for html in self._list(cell)]
        if not shown:
            raise self._fault("shows nothing; expected text, or a cell that ends with a table or a figure")
        return Markup("\n").join(shown)

    def _list(self, cell: Mapping[str, Any]) -> Iterator[str]:
        if cell["cell_type"] == "markdown":
            yield str(self._write(cell["source"]))
        outputs = [output for output in cell.get("outputs", []) if output.get("name") != "stderr"]
        has_picture = any(kind in output.get("data", {}) for output in outputs for kind in PICTURES.values())
        for output in outputs:
            kinds = output.get("data", {})
            kind = next((kind for kind in _KINDS if kind in kinds), "")
            if has_picture and list(kinds) == ["text/plain"]:  # the name of the axes beside their figure
                continue
            if not kind:
                what = ", ".join(kinds) or output.get("ename") or "printed text"
                raise self._fault(f"shows {what}; expected a table, Markdown, HTML or a picture")
            yield self._show(kind, kinds[kind], output.get("metadata", {}).get(kind, {}))

    def _show(self, kind: str, content: str, facts: Mapping[str, Any]) -> str:
        if kind == "text/html":
            return content
        if kind == "text/markdown":
            return str(self._write(content))
        if facts.get("area", self.area) != self.area:
            raise self._fault(f"holds a chart of another area, {facts['area']}; expected {self.area}")
        data = content.encode() if kind == PICTURES[".svg"] else base64.b64decode(content)
        return _picture(facts.get("alt") or self.title, kind, data)

    def _read(self, url: str, alt: str) -> str:
        """A picture of the Markdown, taken from the folder into the page."""
        if not alt:
            raise self._fault(f"has the picture {url!r} without a description; expected ![words]({url})")
        if url not in self.pictures:
            known = ", ".join(self.pictures) or "no pictures"
            raise self._fault(f"names the picture {url!r}; beside it there are {known}")
        return _picture(alt, PICTURES[Path(url).suffix.lower()], self.pictures[url])

    def _clean(self, html: str) -> str:
        kept = nh3.clean(
            html,
            tags=set(ELEMENTS),
            attributes=ELEMENTS,
            attribute_filter=_keep_value,
            url_schemes=_SCHEMES,
            link_rel=None,
        )
        lost = sorted(_list_parts(html) - _list_parts(kept))
        if lost:
            allowed = "text, tables, links that a reader follows, and pictures in the file itself"
            raise self._fault(f"holds {', '.join(lost[:5])}; a report may have {allowed}")
        return kept

    def _fault(self, problem: str) -> CatalogueError:
        return CatalogueError(self.place, "own section", problem)


def check_sections(sections: OwnSections) -> None:
    """Raise a CatalogueError where a section of one's own holds what a report may not."""
    for item in sections.items:
        for area in sorted(item.areas):
            make_own(item, load_texts(item.language), area, 3)


def make_own(section: OwnSection, texts: Texts, area: str, level: int) -> Markup:
    """A section of one's own as a part of a municipality's page.

    A CatalogueError tells what a report may not hold.
    """
    content = OwnContent(section.path.name, section.title, area, level, section.pictures).show(section.cells)
    return frame_own(section.path.name, section.title, content, level, texts("own_label"))


def frame_own(name: str, title: str, content: Markup, level: int, label: str) -> Markup:
    """The part of the page around a section's content; its label says whose it is."""
    return Markup(load_macros("sections/own.html.j2").own(name, title, content, level, label))


class _Renderer(mistune.HTMLRenderer):
    """Markdown as HTML whose headings are below the section's, with pictures inside."""

    def __init__(self, level: int, read: Callable[[str, str], str]) -> None:
        super().__init__(escape=False)  # what it may hold is looked at afterwards
        self.level, self.read = level, read

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        at = self.level + (1 if level < 3 else 2)
        return f"<h{at}>{text}</h{at}>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return self.read(url, str(Markup(text).striptags()))

    def safe_url(self, url: str) -> str:
        return str(escape(url))

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        tag, scope = ("th", ' scope="col"') if head else ("td", "")
        look = f' class="{NUMBER_CLASS}"' if align == "right" else ""
        return f"<{tag}{scope}{look}>{text}</{tag}>\n"


def _picture(alt: str, kind: str, data: bytes) -> str:
    return f'<img alt="{escape(alt)}" src="data:{kind};base64,{base64.b64encode(data).decode()}">'


def _keep_value(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, unless it loads, leads to what runs, or takes another's look."""
    is_data = re.match("data:", value.strip(), re.IGNORECASE) is not None
    if name == "src":
        is_kept = value.startswith("data:image/")
    elif name == "class":
        is_kept = value == NUMBER_CLASS
    else:
        is_kept = name != "href" or not is_data
    return value if is_kept else None


def _list_parts(html: str) -> set[str]:
    """Elements and attributes of a piece of HTML, without those of its look."""
    parts = set()
    for item in lxml.html.fragment_fromstring(html, create_parent="body").iter("*"):
        if item.tag != "style":
            parts |= {f"<{item.tag}>"} | {f"<{item.tag} {key}>" for key in item.attrib if key not in _LOOKS}
    return parts
