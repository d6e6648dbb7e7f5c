"""Checks of the region's report beside those of its figures: its municipalities, and the plan's measures."""

from collections.abc import Iterator
from typing import Any, Final

from indicators.assessment.goals import find_mark
from indicators.report.gate.common import Expectation
from indicators.report.gate.forum import compare_measures


def _members(page: Any, expected: Expectation) -> Iterator[str]:
    """Municipalities stand in alphabetical order with all their current figures; on paper with key ones."""
    catalogue, assessment = expected.assessment.catalogue, expected.assessment
    codes = [area.code for area in catalogue.members]
    wanted = {
        (row.goal_id, row.indicator_id, row.area_code): row
        for code in codes
        for row in assessment.rows(code)
        if row.goal_id and row.value is not None and not row.is_old
    }
    shown = {}
    for table in page.xpath(".//table[contains(@class, 'by-area')]"):
        goal = table.get("data-goal")
        lines = table.xpath("./tbody/tr")
        if [line.get("data-area") for line in lines] != codes:
            yield f"the municipalities of goal {goal} are not the agreement's in alphabetical order"
        for line in lines:
            for cell in line.xpath("./td[data]"):
                shown[goal, cell.get("data-indicator"), line.get("data-area")] = cell
    missing = set() if expected.is_paper else wanted.keys() - shown.keys()
    for goal, indicator, area in sorted(missing | (shown.keys() - wanted.keys())):
        yield f"{indicator} of {area} in goal {goal} is missing or has no current value"
    for key, cell in shown.items():
        marks = cell.xpath("./*/@data-verdict")
        if key in wanted and marks and marks != [find_mark(wanted[key])]:
            yield f"{key[1]} of {key[2]} has the mark {marks}; the assessment has {find_mark(wanted[key])}"


def _tables(page: Any, expected: Expectation) -> Iterator[str]:
    """A drawing of municipalities has their table in its goal."""
    for figure in page.iter("figure"):
        key = figure.get("data-indicator")
        if not figure.xpath(
            f"ancestor::*[contains(@class, 'members')][1]//table[contains(@class, 'by-area')]"
            f"//td[@data-indicator='{key}']"
        ):
            yield f"the drawing of {key} has no table of its figures"


def _measures(page: Any, expected: Expectation) -> Iterator[str]:
    return compare_measures(page, expected, expected.inputs.plan.select())


REGION_CHECKS: Final = (_members, _tables, _measures)
