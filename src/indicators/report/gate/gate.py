"""The acceptance gate: reads a finished report and finds what would make it untrue or unfit.

It trusts nothing that made the page. Marked numbers, measures and changes are read back from the HTML and
compared with the assessment; and all the page is compared with the one that the gate makes itself of that
assessment, so that no text, drawing or value of it is unaccounted for. A fault of a section itself shows in
the first comparison only. An empty list of findings is the only way to publication.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import lxml.html

from indicators.report.gate.common import (
    Expectation,
    check_goals,
    check_head,
    check_ids,
    check_leftovers,
    check_requests,
    check_traces,
    group_by,
)
from indicators.report.gate.forum import FOLLOW_UP_CHECKS, FollowUpExpectation
from indicators.report.gate.marks import check_marks, check_shown
from indicators.report.gate.municipal import MUNICIPAL_CHECKS
from indicators.report.gate.page import compare_pages
from indicators.report.gate.region import REGION_CHECKS
from indicators.report.whole import make_expected

__all__ = ["MAXIMUM_BYTES", "Expectation", "inspect_report"]

MAXIMUM_BYTES: Final = 900_000
#: The reports of the region, of forums and of parties hold the figures of all municipalities.
MAXIMUM_REGION_BYTES: Final = 2_000_000


def inspect_report(html: str, expected: Expectation, is_paper: bool = False) -> list[str]:
    """Everything that keeps a report from being published; empty when nothing does.

    Parameters
    ----------
    html : str
        The finished page.
    expected : Expectation
        Whose report it must be, of which figures.
    is_paper : bool
        Whether it is the page for paper, whose goals are rows of a table.
    """
    try:
        page = lxml.html.document_fromstring(html)
    except (ValueError, lxml.etree.ParserError) as error:
        return [f"the page cannot be parsed: {error}"]
    expected = replace(expected, is_paper=is_paper)
    is_region = expected.area.level == "region"  # a forum's and a party's too
    size, most = len(html.encode()), MAXIMUM_REGION_BYTES if is_region else MAXIMUM_BYTES
    if size > most:
        return [f"the page is {size} bytes; at most {most} are allowed"]
    checks = (*_COMMON_CHECKS, *_choose_checks(expected))
    findings = [finding for check in checks for finding in check(page, expected)]
    wanted = make_expected(expected)
    if (
        html != wanted
    ):  # which few pages are that pass: with a section of one's own, or paper without appendix
        findings += compare_pages(page, lxml.html.document_fromstring(wanted))
    return findings


def _choose_checks(expected: Expectation) -> Sequence[Callable[[Any, Any], Iterable[str]]]:
    if isinstance(expected, FollowUpExpectation):
        return (*_SECTION_CHECKS, *FOLLOW_UP_CHECKS)
    own = REGION_CHECKS if expected.area.level == "region" else MUNICIPAL_CHECKS
    return (*_SECTION_CHECKS, *own)


def _identity(page: Any, expected: Expectation) -> Iterator[str]:
    """Every figure and table says whose it is, and nothing is of another area or snapshot."""
    code, members = expected.area.code, set()
    if expected.area.level == "region":
        members = {area.code for area in expected.assessment.catalogue.members}
    for name, value in (("area", code), ("snapshot", expected.assessment.snapshot.id)):
        allowed = {value} | (members if name == "area" else set())
        others = set(page.xpath(f".//@data-{name}")) - allowed
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
        elif "municipality" not in declared.levels and page.xpath(
            f".//*[@data-indicator='{indicator_id}' and ancestor-or-self::*[@data-area][1]/@data-area"
            f" != '{expected.area.code}']"
        ):
            yield f"indicator {indicator_id} may not be shown by municipality"


_COMMON_CHECKS: Final = (check_head, check_goals, check_ids, check_requests, check_traces, check_leftovers)
_SECTION_CHECKS: Final = (_identity, _levels, check_marks, check_shown)
