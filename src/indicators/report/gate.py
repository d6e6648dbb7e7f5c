"""The acceptance gate: reads a finished municipal report and finds what would make it untrue or unfit.

It trusts nothing that made the page: areas, snapshots and numbers are read back from the HTML and compared
with the assessment. An empty list of findings is the only way to publication.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import lxml.html
import pandas as pd

from indicators.assessment import Assessment
from indicators.catalogue import Area
from indicators.charts.municipal_trend import MINIMUM_POINTS
from indicators.model import Language
from indicators.narrative.formats import parse_number, round_half_up
from indicators.narrative.texts import load_texts
from indicators.report.html import slug

MAXIMUM_BYTES: Final = 700_000
CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_REQUESTING: Final = ("src", "srcset", "poster", "data", "background", "action", "formaction", "ping")
_REQUESTING_TAGS: Final = ("link", "iframe", "object", "embed", "base", "form", "audio", "video", "applet")
_CSS_REQUEST: Final = re.compile(r"@import|url\(\s*['\"]?(?!#|data:)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[−-]?[\d\u00a0.,]*\d")
_COMPARED: Final = ("goal_id", "indicator_id", "value", "year", "region_verdict", "trend_verdict")
_TRACES: Final = ("Traceback (most recent call last)", "An Exception was encountered at")


@dataclass(frozen=True)
class Expectation:
    """What a report must be."""

    assessment: Assessment
    area: Area
    language: Language
    edition: str
    version: str

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The area's assessment rows that have a value and serve a goal; the columns that are compared."""
        rows = self.assessment.of_area(self.area.code)
        return rows.loc[(rows["goal_id"] != "") & rows["value"].notna(), list(_COMPARED)]


def inspect_report(html: str, expected: Expectation) -> list[str]:
    """Everything that keeps a report from being published; empty when nothing does.

    Parameters
    ----------
    html : str
        The finished page.
    expected : Expectation
        Whose report it must be, of which figures.
    """
    size = len(html.encode())
    if size > MAXIMUM_BYTES:
        return [f"the page is {size} bytes; at most {MAXIMUM_BYTES} are allowed"]
    try:
        page = lxml.html.document_fromstring(html)
    except (ValueError, lxml.etree.ParserError) as error:
        return [f"the page cannot be parsed: {error}"]
    checks = (
        _head,
        _identity,
        _levels,
        _goals,
        _key_facts,
        _values,
        _figures,
        _years,
        _ids,
        _requests,
        _traces,
    )
    return [finding for check in checks for finding in check(page, expected)]


def _head(page: Any, expected: Expectation) -> Iterator[str]:
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
    policies = page.xpath(".//meta[@http-equiv='Content-Security-Policy']/@content")
    if policies != [CSP]:
        yield f"the content security policy is {policies}; expected exactly {CSP!r}"


def _identity(page: Any, expected: Expectation) -> Iterator[str]:
    """Every figure and table says whose it is, and nothing is of another area or snapshot."""
    for name, value in (("area", expected.area.code), ("snapshot", expected.assessment.snapshot.id)):
        others = {item for item in page.xpath(f".//@data-{name}") if item != value}
        if others:
            yield f"elements of another {name}: {sorted(others)}; expected only {value!r}"
        for item in page.xpath(f".//*[self::table or self::figure][not(@data-{name})]"):
            yield f"a {item.tag} without data-{name}: {' '.join(item.text_content().split())[:60]!r}"


def _levels(page: Any, expected: Expectation) -> Iterator[str]:
    indicators = expected.assessment.catalogue.indicators
    for indicator_id in sorted(set(page.xpath(".//@data-indicator"))):
        declared = indicators.get(indicator_id)
        if declared is None:
            yield f"indicator {indicator_id} is not declared"
        elif expected.area.level not in declared.levels:
            yield f"indicator {indicator_id} may not be shown for a {expected.area.level}"


def _goals(page: Any, expected: Expectation) -> Iterator[str]:
    found = page.xpath(".//section[starts-with(@id, 'tavoite-')]/@id")
    wanted = [f"tavoite-{slug(goal.id)}" for goal in expected.assessment.catalogue.goals]
    if found != wanted:
        yield f"goal sections are {found}; expected {wanted}"


def _key_facts(page: Any, expected: Expectation) -> Iterator[str]:
    """Key facts are there, and equal the assessment's."""
    shown = {line.get("data-indicator"): line for line in page.xpath(".//dl//*[@data-indicator]")}
    rows = expected.assessment.of_area(expected.area.code).drop_duplicates("indicator_id")[list(_COMPARED)]
    facts = [item.id for item in expected.assessment.catalogue.indicators.values() if item.is_key_fact]
    if list(shown) != facts:
        yield f"key facts are {list(shown)}; expected {facts}"
    for row in rows[rows["indicator_id"].isin(list(shown)) & rows["value"].notna()].itertuples():
        yield from _compare(shown[row.indicator_id], row, expected)


def _values(page: Any, expected: Expectation) -> Iterator[str]:
    """The latest value and year of every indicator, read from the page, equal the assessment's."""
    rows = expected.rows
    for goal_id, group in rows.groupby("goal_id", observed=True):
        section = page.xpath(f".//section[@id='tavoite-{slug(goal_id)}']")
        lines = (
            section[0].xpath(".//table[contains(@class, 'latest')]//tr[@data-indicator]") if section else []
        )
        shown = {line.get("data-indicator"): line for line in lines}
        if list(shown) != list(group["indicator_id"]):
            yield f"goal {goal_id} shows {list(shown)}; the assessment has {list(group['indicator_id'])}"
        for row in group.itertuples():
            if row.indicator_id in shown:
                yield from _compare(shown[row.indicator_id], row, expected)


def _compare(line: Any, row: Any, expected: Expectation) -> Iterator[str]:
    indicator = expected.assessment.catalogue.indicators[row.indicator_id]
    value = "".join(line.xpath(".//*[@data-field='value']//text()"))
    year = "".join(line.xpath(".//*[@data-field='year']//text()"))
    wanted = round_half_up(row.value, indicator.decimals)
    if _read(value, expected.language) != wanted:
        yield f"{row.indicator_id} shows {value!r}; the assessment has {wanted}"
    for field, verdict in (("verdict", row.region_verdict), ("trend", row.trend_verdict)):
        shown = line.xpath(f".//*[@data-field='{field}']/@data-verdict")
        if shown and shown != [verdict]:
            yield f"{row.indicator_id} shows the {field} {shown[0]}; the assessment has {verdict}"
    if year != str(row.year):
        yield f"{row.indicator_id} shows the year {year!r}; the assessment has {row.year}"


def _figures(page: Any, expected: Expectation) -> Iterator[str]:
    """As many figures as there are series to draw, and each labels the value it ends with."""
    area_name = expected.area.name(expected.language)
    for row in expected.rows.itertuples():
        where = f".//section[@id='tavoite-{slug(row.goal_id)}']//figure[@data-indicator='{row.indicator_id}']"
        figures = page.xpath(where)
        trend = expected.assessment.trend(expected.area.code, row.indicator_id)
        wanted = 1 if trend["value"].notna().sum() >= MINIMUM_POINTS else 0
        if len(figures) != wanted:
            yield f"{row.indicator_id} has {len(figures)} figures; expected {wanted}"
        for figure in figures:
            yield from _inspect_figure(figure, row, area_name, expected)


def _inspect_figure(figure: Any, row: Any, area_name: str, expected: Expectation) -> Iterator[str]:
    drawing = figure.find(".//svg")
    if drawing is None or not drawing.findall(".//path"):
        yield f"the figure of {row.indicator_id} has no drawing"
        return
    indicator = expected.assessment.catalogue.indicators[row.indicator_id]
    wanted = round_half_up(row.value, indicator.decimals)
    labels = [item.text_content() for item in drawing.iterfind(".//text")]
    own = [label for label in labels if label.startswith(f"{area_name} ")]
    if [_read(label.removeprefix(area_name), expected.language) for label in own] != [wanted]:
        yield f"the figure of {row.indicator_id} labels {own}; expected {area_name} {wanted}"
    texts = [
        drawing.findtext("title") or "",
        drawing.findtext("desc") or "",
        figure.findtext("figcaption") or "",
    ]
    if any(area_name not in text for text in texts):
        yield f"the figure of {row.indicator_id} does not name {area_name} in title, description and caption"


def _years(page: Any, expected: Expectation) -> Iterator[str]:
    """Every year in the tables of years equals the snapshot's row of the area."""
    snapshot, language = expected.assessment.snapshot, expected.language
    missing = load_texts(language)("no_value")
    for table in page.xpath(".//table[contains(@class, 'years')]"):
        indicator = expected.assessment.catalogue.indicators.get(table.get("data-indicator"))
        if indicator is None:
            continue  # told by _levels
        rows = snapshot.rows(indicator.id)
        rows = rows[rows["area_code"] == expected.area.code]
        wanted = {
            (str(row.year), str(row.sex)): _rounded(row.value, indicator.decimals)
            for row in rows.itertuples()
        }
        found = {
            (line.findtext("th"), line.get("data-sex")): _read_cell(line, language, missing)
            for line in table.iterfind(".//tbody/tr")
        }
        if found != wanted:
            different = sorted(
                key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)
            )
            yield f"{indicator.id}: the table of years differs from the snapshot at {different[:3]}"


def _read_cell(line: Any, language: Language, missing: str) -> Decimal | None:
    text = line.xpath(".//*[@data-field='value']")[0].text_content()
    return None if text == missing else _read(text, language)


def _rounded(value: float, decimals: int) -> Decimal | None:
    return None if pd.isna(value) else round_half_up(value, decimals)


def _read(text: str, language: Language) -> Decimal | None:
    found = _NUMBER.search(text)
    try:
        return parse_number(found.group(), language) if found else None
    except ValueError:
        return None


def _ids(page: Any, expected: Expectation) -> Iterator[str]:
    ids = page.xpath(".//@id")
    repeated = sorted({item for item in ids if ids.count(item) > 1}) if len(ids) != len(set(ids)) else []
    if repeated:
        yield f"ids are repeated: {repeated[:5]}"
    known = set(ids)
    targets = [item[1:] for item in page.xpath(".//a/@href") if item.startswith("#")]
    lost = sorted({item for item in targets if item not in known})
    if lost:
        yield f"links lead nowhere: {lost[:5]}"


def _requests(page: Any, expected: Expectation) -> Iterator[str]:
    """Nothing on the page makes the browser ask for anything, and nothing runs."""
    for item in page.iter(*_REQUESTING_TAGS):
        yield f"a <{item.tag}> element is not allowed"
    for item in page.iter("script"):
        if item.get("type") not in ("application/json", "application/ld+json") or not _is_json(item.text):
            yield "an executable script is not allowed"
    for item in page.iter():
        if not isinstance(item.tag, str):
            continue
        for name, value in item.attrib.items():
            if name in _REQUESTING and not value.startswith("data:"):
                yield f"<{item.tag} {name}={value[:60]!r}> would make a request"
            if name.startswith("on") or value.strip().lower().startswith("javascript:"):
                yield f"<{item.tag} {name}> would run a script"
            if name.endswith("href") and item.tag != "a" and not value.startswith("#"):
                yield f"<{item.tag} {name}={value[:60]!r}> would make a request"
    styles = [item.text or "" for item in page.iter("style")] + page.xpath(".//@style")
    if any(_CSS_REQUEST.search(style) for style in styles):
        yield "a style would make a request"


def _is_json(text: str | None) -> bool:
    try:
        json.loads(text or "")
    except ValueError:
        return False
    return True


def _traces(page: Any, expected: Expectation) -> Iterable[str]:
    text = page.text_content()
    return [f"the page holds the trace of an error: {mark!r}" for mark in _TRACES if mark in text]
