"""How many changed pages the gate notices: single changes drawn by a seed, each altering the meaning."""

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import lxml.html

from indicators.assessment.load import Inputs, open_inputs
from indicators.report.gate.page import compare_pages
from indicators.report.municipal import MunicipalReport
from indicators.report.whole import expect_report, make_page

REPORTS: Final = (
    ("kunta", "931"),
    ("kunta", "435"),
    ("kunta", "179"),
    ("alue", "MK13"),
    ("foorumi", "ks-turva"),
    ("osapuoli", "hyvinvointialue"),
)
KINDS: Final = ("text", "attribute", "path", "json")
_PATHS: Final = frozenset(
    (
        *("d", "points", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r"),
        *("width", "height", "transform", "viewbox"),
    )
)


def expect(kind: str, subject: str, inputs: Inputs | None = None) -> MunicipalReport:
    """What the gate expects of one of the reports, in Finnish."""
    return expect_report(kind, subject, "fi", inputs or open_inputs("bundled"), "e")


def parse(expected: MunicipalReport) -> Any:
    """The expected page as a document."""
    return lxml.html.document_fromstring(make_page(expected))


def measure_mutations(n: int = 6_000, seed: int = 17) -> dict[str, Any]:
    """Share of changes that is noticed, and those that are not."""
    pages = [parse(expect(*report)) for report in REPORTS]
    missed = [what for what, is_noticed in mutate(pages, n, seed) if not is_noticed]
    return {"seed": seed, "changes": n, "noticed": n - len(missed), "missed": missed}


def mutate(pages: Sequence[Any], n: int, seed: int, own: str = "") -> Iterator[tuple[str, bool]]:
    """Change pages one place at a time, equally over kinds of place; whether the gate's comparison sees it.

    The changed page is written out and read again, as the gate reads one. ``own`` is a section of one's own
    that stands in each and is not changed.
    """
    draw = random.Random(seed)
    spoiled = [copy.deepcopy(page) for page in pages]
    places = [{kind: list(_PLACES[kind](page)) for kind in KINDS} for page in spoiled]
    for page in spoiled if own else ():
        page.find(".//main")[1].addnext(lxml.html.fragment_fromstring(own))
    for at in range(n):
        page, kind = at % len(pages), KINDS[at // len(pages) % len(KINDS)]
        item, name = draw.choice(places[page][kind])
        before = _get(item, name)
        after = _alter_json(before, draw) if kind == "json" else _alter(before, draw)
        _put(item, name, after)
        read = lxml.html.document_fromstring(lxml.html.tostring(spoiled[page], encoding="unicode"))
        _put(item, name, before)
        place = f"{kind} of page {page}: <{item.tag}> {name}: {before[:60]!r} -> {after[:60]!r}"
        yield place, any(compare_pages(read, pages[page]))


def _texts(page: Any) -> Iterator[tuple[Any, str]]:
    for item in page.iter("*"):
        if item.tag != "script" and (item.text or "").strip():
            yield item, "text"
        if (item.tail or "").strip():
            yield item, "tail"


def _attributes(page: Any) -> Iterator[tuple[Any, str]]:
    return ((item, name) for item in page.iter("*") for name in item.attrib if not _is_path(item, name))


def _paths(page: Any) -> Iterator[tuple[Any, str]]:
    return ((item, name) for item in page.iter("*") for name in item.attrib if _is_path(item, name))


def _is_path(item: Any, name: str) -> bool:
    return name in _PATHS and (item.tag == "svg" or any(True for _ in item.iterancestors("svg")))


def _blocks(page: Any) -> Iterator[tuple[Any, str]]:
    return ((item, "text") for item in page.iter("script"))


_PLACES: Final[dict[str, Callable[[Any], Iterator[tuple[Any, str]]]]] = {
    "text": _texts,
    "attribute": _attributes,
    "path": _paths,
    "json": _blocks,
}


def _get(item: Any, name: str) -> str:
    return getattr(item, name) if name in ("text", "tail") else item.get(name)


def _put(item: Any, name: str, value: str) -> None:
    setattr(item, name, value) if name in ("text", "tail") else item.set(name, value)


def _alter(text: str, draw: random.Random) -> str:
    """One letter or digit for another of its kind; a text without any gets one."""
    places = [at for at, sign in enumerate(text) if sign.isalnum()]
    if not places:
        return text + "1"
    at = draw.choice(places)
    signs = "0123456789" if text[at].isdigit() else "abcdefghijklmnopqrstuvwxyz"
    other = draw.choice([sign for sign in signs if sign != text[at].lower()])
    return text[:at] + other + text[at + 1 :]


def _alter_json(text: str, draw: random.Random) -> str:
    """One value of a data block for another."""
    content = json.loads(text)
    holder, key = draw.choice(list(_leaves(content)))
    value = holder[key]
    holder[key] = _alter(value, draw) if isinstance(value, str) else (value or 0) + draw.randint(1, 9)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _leaves(content: Any) -> Iterator[tuple[Any, Any]]:
    pairs = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in pairs:
        if isinstance(value, dict | list):
            yield from _leaves(value)
        else:
            yield content, key
