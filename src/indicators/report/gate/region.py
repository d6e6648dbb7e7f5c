"""Checks of the region report: every figure is of the area it stands beside, and nothing leaks."""

from collections.abc import Iterator
from typing import Any, Final

from indicators.report.gate.common import (
    Expectation,
    compare_figure,
    read_number,
    round_or_none,
)
from indicators.report.page.html import slug


def check_identity(page: Any, expected: Expectation) -> Iterator[str]:
    """Every figure and table is the region's, of the snapshot; rows are of the agreement's municipalities."""
    catalogue, snapshot_id = expected.assessment.catalogue, expected.assessment.snapshot.id
    others = {item for item in page.xpath(".//@data-snapshot") if item != snapshot_id}
    if others:
        yield f"elements of another snapshot: {sorted(others)}; expected only {snapshot_id!r}"
    for item in page.xpath(".//*[self::table or self::figure]"):
        if item.get("data-area") != expected.area.code or item.get("data-snapshot") is None:
            yield f"a {item.tag} that is not marked as the region's: {item.get('data-area')!r}"
    members = {area.code for area in catalogue.members}
    strangers = set(page.xpath(".//tr/@data-area")) - members
    if strangers:
        yield f"rows of areas outside the agreement: {sorted(strangers)}"


def check_values(page: Any, expected: Expectation) -> Iterator[str]:
    """The region's figures and every municipality's, in texts and drawings, equal the assessment's."""
    yield from _check_told(page, expected)
    yield from _check_drawn(page, expected)
    yield from _check_changes(page, expected)


def _check_told(page: Any, expected: Expectation) -> Iterator[str]:
    assessment, catalogue = expected.assessment, expected.assessment.catalogue
    wanted = {
        (row.goal_id, row.indicator_id, row.area_code): row
        for area in (*catalogue.members, expected.area)
        for row in assessment.rows(area.code)
        if row.goal_id and row.value is not None
    }
    shown = dict(_cells(page, catalogue))
    for key, row in wanted.items():
        if key in shown:
            yield from compare_figure(shown[key], row, expected)
        else:
            yield f"{key[1]} of {key[2]} is missing from goal {key[0]}"
    for key in shown.keys() - wanted.keys():
        yield f"goal {key[0]} shows {key[1]} of {key[2]}, which has no value there"


def _cells(page: Any, catalogue: Any) -> Iterator[tuple[tuple[str, str, str], Any]]:
    """Places of figures on the page by goal, indicator and area; cells without a year hold none."""
    for goal in catalogue.goals:
        section = f".//section[@id='tavoite-{slug(goal.id)}']"
        for line in page.xpath(f"{section}//p[@data-indicator]"):
            if line.xpath(".//*[@data-field='value']"):
                yield (goal.id, line.get("data-indicator"), line.get("data-area")), line
        for table in page.xpath(f"{section}//table[@data-indicator]"):
            for line in table.iterfind(".//tbody/tr"):
                if "".join(line.xpath(".//*[@data-field='year']//text()")):
                    yield (goal.id, table.get("data-indicator"), line.get("data-area")), line


def check_levels(page: Any, expected: Expectation) -> Iterator[str]:
    """Figures shown for the region only have no table of municipalities."""
    indicators = expected.assessment.catalogue.indicators
    for table in page.xpath(".//table[@data-indicator]"):
        declared = indicators.get(table.get("data-indicator"))
        if declared is None or "municipality" not in declared.levels:
            yield f"indicator {table.get('data-indicator')} may not be shown by municipality"


def _check_drawn(page: Any, expected: Expectation) -> Iterator[str]:
    """Every value written in a drawing of the region's change is the region's of the year told with it."""
    assessment, language = expected.assessment, expected.language
    for text in page.xpath(".//figure//*[local-name()='text'][@data-indicator and @data-year]"):
        key, year = text.get("data-indicator"), int(text.get("data-year"))
        panel, indicator = assessment.panels.get(key), assessment.catalogue.indicators.get(key)
        if panel is None or indicator is None or year not in panel.years:
            yield f"a drawing shows {key} of {year}, of which there are no figures"
            continue
        value = panel.value[panel.index.codes.index(expected.area.code), year - panel.years[0]]
        wanted = round_or_none(value, indicator.decimals)
        if read_number(text.text_content(), language) != wanted:
            yield f"a drawing shows {text.text_content()!r} for {key} of {year}; expected {wanted}"


def _check_changes(page: Any, expected: Expectation) -> Iterator[str]:
    """Each indicator that the drawing of a goal's change tells, it tells in its latest year."""
    years_of = {(row.goal_id, row.indicator_id): row.year for row in expected.rows}
    for figure in page.xpath(".//figure[starts-with(@data-indicator, 'goal-')]"):
        goal = figure.get("data-indicator").removeprefix("goal-")
        drawn: dict[str, list[int]] = {}
        for text in figure.xpath(".//*[local-name()='text'][@data-indicator and @data-year]"):
            drawn.setdefault(text.get("data-indicator"), []).append(int(text.get("data-year")))
        for key, years in drawn.items():
            latest = years_of.get((goal, key))
            if len(years) != 2 or max(years) != latest:
                yield f"the change of {key} in goal {goal} is drawn of {years}; the latest year is {latest}"


REGION_CHECKS: Final = (check_identity, check_values, check_levels)
