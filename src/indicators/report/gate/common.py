"""Checks that finished pages of every kind pass, and how figures are read back from a page."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Final

from indicators.assessment.columns import Row
from indicators.assessment.load import Inputs
from indicators.assessment.table import Assessment
from indicators.catalogue import Area, Catalogue, load_catalogue
from indicators.model import LANGUAGES, Language
from indicators.narrative.formats import parse_number, round_half_up
from indicators.report.page.html import slug

CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_REQUESTING: Final = frozenset(
    ("src", "srcset", "poster", "data", "background", "action", "formaction", "ping")
)
_REQUESTING_TAGS: Final = frozenset(
    (
        *("link", "iframe", "frame", "object", "embed", "base", "form", "audio", "video", "applet", "portal"),
        *("set", "animate", "animatemotion", "animatetransform", "animatecolor", "discard", "foreignobject"),
    )
)
_CSS_REQUEST: Final = re.compile(r"@import|image-set\(|\bsrc\(|url\(\s*['\"]?(?!#|data:font/)", re.IGNORECASE)
#: CSS reads a letter from its number too: "u\72l(" is "url(".
_CSS_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
_SCHEME: Final = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
#: What a reader may follow beside the page's own places and the edition's files.
_FOLLOWED: Final = ("https", "http", "mailto")
#: Browsers drop white space and control characters wherever in the name of a scheme they stand.
_SCRIPT: Final = re.compile(r"[\x00-\x20]*".join(["", *"javascript:"]), re.IGNORECASE)
_NUMBER: Final = re.compile(r"[−-]?[\d\u00a0.,]*\d")
_YEAR: Final = re.compile(r"\d{4}")  # written without a space between thousands
_TRACES: Final = ("Traceback (most recent call last)", "An Exception was encountered at")


@dataclass(frozen=True)
class Expectation:
    """What a report must be."""

    inputs: Inputs
    area: Area
    language: Language
    edition: str
    version: str
    is_paper: bool = field(default=False, kw_only=True)

    @property
    def assessment(self) -> Assessment:
        """What the report rests on."""
        return self.inputs.assessment

    @cached_property
    def of_area(self) -> list[Row]:
        """The area's rows that have a value."""
        return [row for row in self.assessment.rows(self.area.code) if row.value is not None]

    @cached_property
    def rows(self) -> list[Row]:
        """Those rows that serve a goal."""
        return [row for row in self.of_area if row.goal_id]

    @cached_property
    def by_goal(self) -> dict[str, list[Row]]:
        """The same rows by goal."""
        goals: dict[str, list[Row]] = {}
        for row in self.rows:
            goals.setdefault(row.goal_id, []).append(row)
        return goals


def group_by(name: str, elements: Iterable[Any]) -> dict[str, list[Any]]:
    """Elements by an attribute of theirs; one without it is under the empty text."""
    groups: dict[str, list[Any]] = {}
    for item in elements:
        groups.setdefault(item.get(name, ""), []).append(item)
    return groups


def check_head(page: Any, expected: Expectation) -> Iterator[str]:
    if page.get("lang") != expected.language:
        yield f"lang is {page.get('lang')!r}; expected {expected.language!r}"
    title = page.findtext(".//title") or ""
    if expected.area.name(expected.language) not in title:
        yield f"the title {title!r} does not name {expected.area.name(expected.language)}"
    metas = {item.get("name"): item.get("content") for item in page.iterfind(".//meta[@name]")}
    wanted = {
        "area": expected.area.code,
        "snapshot": expected.assessment.snapshot.id,
        "edition": expected.edition,
        "version": expected.version,
    }
    for name, value in wanted.items():
        if metas.get(f"yhdyspinta:{name}") != value:
            yield f"meta yhdyspinta:{name} is {metas.get(f'yhdyspinta:{name}')!r}; expected {value!r}"
    acting = page.xpath(".//meta[@http-equiv]")
    policies = [(item.get("http-equiv"), item.get("content")) for item in acting]
    if policies != [("Content-Security-Policy", CSP)]:
        yield f"the content security policy is {policies}; expected exactly one, {CSP!r}"


def check_goals(page: Any, expected: Expectation) -> Iterator[str]:
    place = "tr" if expected.is_paper else "section"
    found = page.xpath(f".//{place}[starts-with(@id, 'tavoite-')]/@id")
    wanted = [f"tavoite-{slug(goal.id)}" for goal in expected.assessment.catalogue.goals]
    if found != wanted:
        yield f"goal sections are {found}; expected {wanted}"


def compare_figure(line: Any, row: Row, expected: Expectation) -> Iterator[str]:
    indicator = expected.assessment.catalogue.indicators[row.indicator_id]
    value = "".join(line.xpath(".//*[@data-field='value']//text()"))
    year = "".join(line.xpath(".//*[@data-field='year']//text()"))
    wanted = round_half_up(row.value, indicator.decimals)
    if read_number(value, expected.language) != wanted:
        yield f"{row.indicator_id} shows {value!r}; the assessment has {wanted}"
    for name, verdict in (("verdict", row.rest_verdict), ("trend", row.trend_verdict)):
        shown = line.xpath(f".//*[@data-field='{name}']/@data-verdict")
        if shown and shown != [verdict]:
            yield f"{row.indicator_id} shows the {name} {shown[0]}; the assessment has {verdict}"
    if year != str(row.year):
        yield f"{row.indicator_id} shows the year {year!r}; the assessment has {row.year}"


def read_number(text: str, language: Language) -> Decimal | None:
    found = _NUMBER.search(text)
    try:
        return parse_number(found.group(), language) if found else None
    except ValueError:
        return None


def read_numbers(text: str, language: Language) -> list[Decimal]:
    """All numbers of a text in order, years among them."""
    found = (match.group() for match in _NUMBER.finditer(text))
    numbers = (Decimal(item) if _YEAR.fullmatch(item) else read_number(item, language) for item in found)
    return [number for number in numbers if number is not None]


def round_or_none(value: float | None, decimals: int) -> Decimal | None:
    return None if value is None or value != value else round_half_up(value, decimals)


def check_ids(page: Any, expected: Expectation) -> Iterator[str]:
    ids = page.xpath(".//@id")
    repeated = sorted({item for item in ids if ids.count(item) > 1}) if len(ids) != len(set(ids)) else []
    if repeated:
        yield f"ids are repeated: {repeated[:5]}"
    known = set(ids)
    targets = [item[1:] for item in page.xpath(".//a/@href") if item.startswith("#")]
    lost = sorted({item for item in targets if item not in known})
    if lost:
        yield f"links lead nowhere: {lost[:5]}"


def check_requests(page: Any, expected: Expectation) -> Iterator[str]:
    """Nothing on the page makes the browser ask for anything, and nothing runs."""
    for item in page.iter("script"):
        if item.get("type") not in ("application/json", "application/ld+json") or not _is_json(item.text):
            yield "an executable script is not allowed"
    styles = [item.text or "" for item in page.iter("style")]
    for item in page.iter("*"):
        if item.tag.rpartition(":")[2].lower() in _REQUESTING_TAGS:
            yield f"a <{item.tag}> element is not allowed"
        for name, value in item.items():
            if "(" in value:  # drawings have styles as attributes
                styles.append(value)
            if name in _REQUESTING and not value.startswith("data:"):
                yield f"<{item.tag} {name}={value[:60]!r}> would make a request"
            if name.startswith("on") or (":" in value and _SCRIPT.match(value)):
                yield f"<{item.tag} {name}> would run a script"
            if not name.endswith("href") or (item.tag != "a" and value.startswith("#")):
                continue
            if item.tag != "a":
                yield f"<{item.tag} {name}={value[:60]!r}> would make a request"
            elif (scheme := _SCHEME.match(value)) and scheme.group(1).lower() not in _FOLLOWED:
                yield f"<{item.tag} {name}={value[:60]!r}> is no link that a reader may follow"
    if any(_CSS_REQUEST.search(_CSS_ESCAPE.sub(_unescape, style)) for style in styles):
        yield "a style would make a request"


def _unescape(found: re.Match[str]) -> str:
    number = int(found.group(1), 16) if found.group(1) else 0
    return found.group(2) or (chr(number) if 0 < number < 0x110000 else "\ufffd")


def _is_json(text: str | None) -> bool:
    try:
        json.loads(text or "")
    except ValueError:
        return False
    return True


def check_traces(page: Any, expected: Expectation) -> Iterable[str]:
    text = page.text_content()
    return [f"the page holds the trace of an error: {mark!r}" for mark in _TRACES if mark in text]


def check_leftovers(page: Any, expected: Expectation) -> Iterator[str]:
    """Under an agreement of one's own, no name of the package's agreement is left on the page."""
    own, packaged = (_list_names(item) for item in (expected.assessment.catalogue, _load_packaged()))
    text = " ".join(page.text_content().split())
    for name in sorted(packaged - own):
        if re.search(rf"\b{re.escape(name)}", text):
            yield f"the page names {name!r}, which is of another agreement"


def _list_names(catalogue: Catalogue) -> set[str]:
    """Names of an agreement: its own, of its region in all forms, of its regional parties and its forums."""
    agreement, region = catalogue.agreement, catalogue.areas.get(catalogue.agreement.region)
    named = [agreement.title, agreement.short_title, *(item.name for item in agreement.forums)]
    named += [party.name for party in agreement.parties if party.name]
    names = {text for item in named for text in item.model_dump(exclude_none=True).values()}
    names |= {region.name(language) for language in LANGUAGES}
    return names | ({region.forms.locative, region.forms.genitive} if region.forms else set())


@lru_cache(maxsize=1)
def _load_packaged() -> Catalogue:
    return load_catalogue()
