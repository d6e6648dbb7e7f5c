"""Checks of what a municipal report tells beside its figures: the plan's measures, and what has changed.

All of it is found again from the plan and the stored snapshots in force, and compared with the page.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from indicators.assessment.changes import CHANGE_COLUMNS
from indicators.narrative.texts import load_texts
from indicators.report.gate.common import Expectation, read_number
from indicators.report.page.html import slug


def _told_measures(section: Any) -> list[Any]:
    return [line for line in section.iter("li") if line.get("data-measure")]


def _measures(page: Any, expected: Expectation) -> Iterator[str]:
    """The measures in which the municipality takes part are told, in their goals or on paper in one list."""
    plan, on = expected.inputs.plan, expected.assessment.snapshot.created
    sections = {section.get("id"): section for section in page.iter("section")}
    goals = {f"tavoite-{slug(goal.id)}": goal.id for goal in expected.assessment.catalogue.goals}
    for place, goal_id in ({"toimet": ""} if expected.is_paper else goals).items():
        section = sections.get(place)
        lines = _told_measures(section) if section is not None else []
        told = {line.get("data-measure"): bool(line.xpath(".//*[@data-overdue]")) for line in lines}
        chosen = plan.select(goal=goal_id, party=expected.area.code)
        wanted = {item.id: item.is_overdue(on) for item in chosen}
        if told != wanted or len(lines) != len(wanted):
            yield f"{place} tells the measures {told} (overdue or not); the plan has {wanted}"


def _example(page: Any, expected: Expectation) -> Iterator[str]:
    """An example plan is called one, in words, wherever its measures are told; a real one never is."""
    plan = expected.inputs.plan
    words = load_texts(expected.language)("measures_example")
    for section in page.iter("section"):
        if not _told_measures(section) or section.get("id") == "tavoitteet":
            continue
        marks = [item.text_content() for item in section.xpath(".//*[@data-example]")]
        if marks != ([words] if plan.is_example else []):
            yield f"section {section.get('id')} has the marks of an example plan {marks}"


def _since(page: Any, expected: Expectation) -> Iterator[str]:
    """The changes since the earlier snapshot are told by cause with their numbers."""
    changes = expected.inputs.changes
    lines = page.xpath(".//section[@id='seuranta']//li[@data-cause]")
    shown = {item.get("data-cause"): read_number(item.text_content(), expected.language) for item in lines}
    wanted: dict[str, Decimal] = {}
    if changes is not None:
        rows = changes.of_area(expected.area.code)
        once = rows.drop_duplicates([name for name in CHANGE_COLUMNS if name != "goal_id"])
        wanted = {str(cause): Decimal(int(n)) for cause, n in once["cause"].value_counts().items() if n}
    if shown != wanted:
        yield f"the changes since last time are {shown}; expected {wanted}"
    text = "".join(page.xpath(".//section[@id='seuranta']//text()"))
    if changes is not None and changes.old.id not in text:
        yield f"the changes do not name the earlier snapshot {changes.old.id}"


MUNICIPAL_CHECKS: Final = (_measures, _example, _since)
