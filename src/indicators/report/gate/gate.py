"""The acceptance gate: reads a finished report and finds what would make it untrue or unfit.

It trusts nothing that made the page: areas, snapshots and numbers are read back from the HTML and compared
with the assessment. An empty list of findings is the only way to publication.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

import lxml.html

from indicators.assessment.columns import Row
from indicators.assessment.fills import FILLED
from indicators.assessment.goals import list_once
from indicators.catalogue.records import Indicator
from indicators.charts.municipal_trend import MINIMUM_POINTS
from indicators.model import Language
from indicators.narrative.formats import round_half_up
from indicators.narrative.texts import load_texts
from indicators.report.gate.common import (
    Expectation,
    check_goals,
    check_head,
    check_ids,
    check_requests,
    check_traces,
    compare_figure,
    group_by,
    read_number,
    round_or_none,
)
from indicators.report.gate.forum import FollowUpExpectation, list_follow_up_checks
from indicators.report.gate.municipal import MUNICIPAL_CHECKS
from indicators.report.gate.region import REGION_CHECKS
from indicators.report.page.html import slug

__all__ = ["MAXIMUM_BYTES", "Expectation", "inspect_report"]

MAXIMUM_BYTES: Final = 900_000
#: The reports of the region, of forums and of parties hold the figures of all municipalities.
MAXIMUM_REGION_BYTES: Final = 2_000_000


def inspect_report(html: str, expected: Expectation) -> list[str]:
    """Everything that keeps a report from being published; empty when nothing does.

    Parameters
    ----------
    html : str
        The finished page.
    expected : Expectation
        Whose report it must be, of which figures.
    """
    try:
        page = lxml.html.document_fromstring(html)
    except (ValueError, lxml.etree.ParserError) as error:
        return [f"the page cannot be parsed: {error}"]
    is_region = expected.area.level == "region"  # a forum's and a party's too
    size, most = len(html.encode()), MAXIMUM_REGION_BYTES if is_region else MAXIMUM_BYTES
    if size > most:
        return [f"the page is {size} bytes; at most {most} are allowed"]
    checks = (*_COMMON_CHECKS, *_choose_checks(expected))
    return [finding for check in checks for finding in check(page, expected)]


def _choose_checks(expected: Expectation) -> Sequence[Callable[[Any, Any], Iterable[str]]]:
    if isinstance(expected, FollowUpExpectation):
        return list_follow_up_checks(expected)
    return REGION_CHECKS if expected.area.level == "region" else _MUNICIPAL_CHECKS


def _identity(page: Any, expected: Expectation) -> Iterator[str]:
    """Every figure and table says whose it is, and nothing is of another area or snapshot."""
    for name, value in (("area", expected.area.code), ("snapshot", expected.assessment.snapshot.id)):
        others = {item for item in page.xpath(f".//@data-{name}") if item != value}
        if others:
            yield f"elements of another {name}: {sorted(others)}; expected only {value!r}"
        for item in group_by(f"data-{name}", page.iter("table", "figure")).get("", []):
            yield f"a {item.tag} without data-{name}: {' '.join(item.text_content().split())[:60]!r}"


def _levels(page: Any, expected: Expectation) -> Iterator[str]:
    indicators = expected.assessment.catalogue.indicators
    goals = {f"goal-{goal.id}" for goal in expected.assessment.catalogue.goals}
    for indicator_id in sorted(set(page.xpath(".//@data-indicator")) - goals):
        declared = indicators.get(indicator_id)
        if declared is None:
            yield f"indicator {indicator_id} is not declared"
        elif expected.area.level not in declared.levels:
            yield f"indicator {indicator_id} may not be shown for a {expected.area.level}"


def _key_facts(page: Any, expected: Expectation) -> Iterator[str]:
    """Key facts are there, and equal the assessment's."""
    shown = {line.get("data-indicator"): line for line in page.xpath(".//dl//*[@data-indicator]")}
    facts = [item.id for item in expected.assessment.catalogue.indicators.values() if item.is_key_fact]
    if list(shown) != facts:
        yield f"key facts are {list(shown)}; expected {facts}"
    for row in list_once(row for row in expected.of_area if row.indicator_id in shown):
        yield from compare_figure(shown[row.indicator_id], row, expected)


def _values(page: Any, expected: Expectation) -> Iterator[str]:
    """The latest value and year of every indicator, read from the page, equal the assessment's."""
    sections = group_by("id", page.iter("section"))
    for goal_id, group in expected.by_goal.items():
        section = sections.get(f"tavoite-{slug(goal_id)}")
        lines = (
            section[0].xpath(".//table[contains(@class, 'latest')]//tr[@data-indicator]") if section else []
        )
        shown = {line.get("data-indicator"): line for line in lines}
        wanted = [row.indicator_id for row in group]
        if list(shown) != wanted:
            yield f"goal {goal_id} shows {list(shown)}; the assessment has {wanted}"
        for row in group:
            if row.indicator_id in shown:
                yield from compare_figure(shown[row.indicator_id], row, expected)


def _figures(page: Any, expected: Expectation) -> Iterator[str]:
    """As many figures as there are series to draw, and each labels the value it ends with."""
    area_name = expected.area.name(expected.language)
    drawn: dict[tuple[str, str], list[Any]] = {}
    for section in page.xpath(".//section[starts-with(@id, 'tavoite-')]"):
        for figure in section.iter("figure"):
            if "multiples" in figure.get("class", ""):
                continue  # a drawing of the other places, beside the indicator's own
            drawn.setdefault((section.get("id"), figure.get("data-indicator", "")), []).append(figure)
    for row in expected.rows:
        figures = drawn.get((f"tavoite-{slug(row.goal_id)}", row.indicator_id), [])
        figures_of = expected.assessment.years(expected.area.code, row.indicator_id)
        wanted = int(sum(item.value is not None for item in figures_of) >= MINIMUM_POINTS)
        if len(figures) != wanted:
            yield f"{row.indicator_id} has {len(figures)} figures; expected {wanted}"
        for figure in figures:
            yield from _inspect_figure(figure, row, area_name, expected)


def _inspect_figure(figure: Any, row: Row, area_name: str, expected: Expectation) -> Iterator[str]:
    drawing = figure.find(".//svg")
    if drawing is None or not drawing.findall(".//path"):
        yield f"the figure of {row.indicator_id} has no drawing"
        return
    indicator = expected.assessment.catalogue.indicators[row.indicator_id]
    wanted = round_half_up(row.value, indicator.decimals)
    labels = [item.text_content() for item in drawing.iterfind(".//text")]
    own = [label for label in labels if label.startswith(f"{area_name} ")]
    if [read_number(label.removeprefix(area_name), expected.language) for label in own] != [wanted]:
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
    language, published = expected.language, _published(expected)
    missing = load_texts(language)("no_value")
    for table in page.xpath(".//table[contains(@class, 'years')]"):
        indicator = expected.assessment.catalogue.indicators.get(table.get("data-indicator"))
        if indicator is None:
            continue  # told by _levels
        wanted = {
            (str(year), sex): round_or_none(value, indicator.decimals)
            for year, sex, value in published.get(indicator.id, ())
        }
        found = {
            (line.findtext("th"), line.get("data-sex", "total")): _read_cell(line, language, missing)
            for line in table.iterfind(".//tbody/tr")
        }
        if found != wanted:
            different = sorted(
                key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)
            )
            yield f"{indicator.id}: the table of years differs from the snapshot at {different[:3]}"


def _published(expected: Expectation) -> dict[str, list[tuple[int, str, float]]]:
    """Year, sex and value of the area's rows in the snapshot, by indicator."""
    table = expected.assessment.snapshot.observations
    rows = table.loc[table["area_code"] == expected.area.code, ["indicator_id", "year", "sex", "value"]]
    published: dict[str, list[tuple[int, str, float]]] = {}
    for indicator_id, *row in zip(*(rows[name].tolist() for name in rows), strict=True):
        published.setdefault(indicator_id, []).append(tuple(row))
    for indicator in expected.assessment.catalogue.indicators.values():
        if indicator.fills:
            published.setdefault(indicator.fallback_for, []).extend(_filled(indicator, published, expected))
    return published


def _filled(
    indicator: Indicator, published: dict[str, list[tuple[int, str, float]]], expected: Expectation
) -> list[tuple[int, str, float]]:
    """Rows by which an indicator fills the preferred one, where the assessment says that it does."""
    shown = expected.assessment.years(expected.area.code, indicator.fallback_for)
    if FILLED + indicator.id not in {item.status_note for item in shown}:
        return []
    own = set(expected.assessment.snapshot.rows(indicator.fallback_for)["year"])
    return [row for row in published.get(indicator.id, []) if row[0] not in own and row[1] == "total"]


def _read_cell(line: Any, language: Language, missing: str) -> Decimal | None:
    cells = (cell for cell in line.iterchildren("td") if cell.get("class") is None)
    text = next(cells).text_content()  # the area's own value comes first
    return None if text == missing else read_number(text, language)


def _spines(page: Any, expected: Expectation) -> Iterator[str]:
    """Each goal with values has its chart of all indicators, and the values written in it are the area's."""
    by_indicator = group_by("data-indicator", page.iter("figure"))
    for goal_id, group in expected.by_goal.items():
        figures = by_indicator.get(f"goal-{goal_id}", [])
        if len(figures) != 1:
            yield f"goal {goal_id} has {len(figures)} charts of its indicators; expected 1"
            continue
        texts = figures[0].xpath(".//*[local-name()='text'][@data-indicator]")
        shown = {item.get("data-indicator"): item.text_content() for item in texts}
        for row in group:
            indicator = expected.assessment.catalogue.indicators[row.indicator_id]
            wanted = round_half_up(row.value, indicator.decimals)
            if read_number(shown.get(row.indicator_id, ""), expected.language) != wanted:
                found = shown.get(row.indicator_id)
                yield f"the chart of goal {goal_id} shows {found!r} for {row.indicator_id}; expected {wanted}"


_COMMON_CHECKS: Final = (check_head, check_goals, check_ids, check_requests, check_traces)
_MUNICIPAL_CHECKS: Final = (
    _identity,
    _levels,
    _key_facts,
    _values,
    _figures,
    _spines,
    _years,
    *MUNICIPAL_CHECKS,
)
