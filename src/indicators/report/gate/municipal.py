"""Checks of what a municipal report tells beside its figures: the plan, its targets, changes, other places.

All of it is found again from the plan and the stored snapshots in force, and compared with the page.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import numpy as np

from indicators.assessment.changes import CHANGE_COLUMNS
from indicators.assessment.targets import Aim, find_aims
from indicators.narrative.formats import round_half_up
from indicators.narrative.texts import load_texts
from indicators.report.gate.common import Expectation, read_number, read_numbers
from indicators.report.page.html import slug


def _told_measures(section: Any) -> list[Any]:
    return [line for line in section.iter("li") if line.get("data-measure")]


def _measures(page: Any, expected: Expectation) -> Iterator[str]:
    """Each goal tells the measures in which the municipality takes part, and no other; overdue ones are."""
    plan, on = expected.inputs.plan, expected.assessment.snapshot.created
    sections = {section.get("id"): section for section in page.iter("section")}
    for goal in expected.assessment.catalogue.goals:
        section = sections.get(f"tavoite-{slug(goal.id)}")
        lines = _told_measures(section) if section is not None else []
        told = {line.get("data-measure"): bool(line.xpath(".//*[@data-overdue]")) for line in lines}
        chosen = plan.select(goal=goal.id, party=expected.area.code)
        wanted = {item.id: item.is_overdue(on) for item in chosen}
        if told != wanted or len(lines) != len(wanted):
            yield f"goal {goal.id} tells the measures {told} (overdue or not); the plan has {wanted}"


def _example(page: Any, expected: Expectation) -> Iterator[str]:
    """An example plan is called one, in words, wherever its measures are told; a real one never is."""
    plan = expected.inputs.plan
    words = load_texts(expected.language)("measures_example")
    for section in page.iter("section"):
        if not _told_measures(section):
            continue
        marks = [item.text_content() for item in section.xpath(".//*[@data-example]")]
        if marks != ([words] if plan.is_example else []):
            yield f"section {section.get('id')} has the marks of an example plan {marks}"


def _targets(page: Any, expected: Expectation) -> Iterator[str]:
    """The targets of the plan stand beside their indicators' figures, with what the figures say of them."""
    aims = find_aims(expected.inputs.plan, expected.assessment, expected.area.code)
    tables = [table for table in page.iter("table") if "latest" in table.get("class", "")]
    for row in (row for table in tables for row in table.xpath(".//tr[@data-indicator]")):
        key = row.get("data-indicator")
        cells = row.xpath(".//*[@data-field='target']")
        shown = [
            (item.get("data-verdict"), read_numbers(item.text_content(), expected.language)) for item in cells
        ]
        wanted = [(aim.verdict, _numbers(aim, expected)) for aim in aims.get(key, [])]
        if shown != wanted:
            yield f"{key} shows the targets {shown}; the plan and the figures have {wanted}"
    for figure in page.iter("figure"):
        if figure.getparent().tag == "article" and figure.get("class") != "multiples":
            yield from _drawn_targets(figure, aims.get(figure.get("data-indicator"), []), expected)


def _drawn_targets(figure: Any, aims: list[Aim], expected: Expectation) -> Iterator[str]:
    word = load_texts(expected.language)("chart_target")
    labels = [item.text_content() for item in figure.iterfind(".//svg//text")]
    shown = sorted(read_numbers(label, expected.language) for label in labels if label.startswith(f"{word} "))
    wanted = sorted(_ends(aim, expected) for aim in aims)
    if shown != wanted:
        yield f"the figure of {figure.get('data-indicator')} draws the targets {shown}; expected {wanted}"
    caption = figure.findtext("figcaption") or ""
    for aim in aims:
        if not {Decimal(aim.target.year), *_ends(aim, expected)} <= set(
            read_numbers(caption, expected.language)
        ):
            yield f"the caption of {aim.indicator_id} does not tell its target of {aim.target.year}"


def _ends(aim: Aim, expected: Expectation) -> list[Decimal]:
    decimals = expected.assessment.catalogue.indicators[aim.indicator_id].decimals
    ends = (aim.target.value, aim.target.low, aim.target.high)
    return [round_half_up(end, decimals) for end in ends if end is not None]


def _numbers(aim: Aim, expected: Expectation) -> list[Decimal]:
    """All numbers of a target's cell in order: its year, its ends, and the years of the figure judged."""
    numbers = [Decimal(aim.target.year), *_ends(aim, expected)]
    if aim.verdict == "not_assessed" or aim.year is None:
        return numbers
    years = sorted({aim.year - aim.pooled_years + 1, aim.year})
    return numbers + [Decimal(year) for year in years]


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


def _multiples(page: Any, expected: Expectation) -> Iterator[str]:
    """Every number beside another municipality is that municipality's, of the year of the own figure."""
    assessment = expected.assessment
    wanted_codes = {area.code for area in assessment.catalogue.members} | {expected.area.code}
    for figure in (item for item in page.iter("figure") if item.get("class") == "multiples"):
        key = figure.get("data-indicator")
        if key not in assessment.panels:
            yield f"there are small charts of {key}, of which there are no figures"
            continue
        indicator, panel = assessment.catalogue.indicators[key], assessment.panels[key]
        texts = figure.xpath(".//*[local-name()='text'][@data-municipality]")
        shown = {item.get("data-municipality"): item.text_content() for item in texts}
        if set(shown) != wanted_codes:
            yield f"the small charts of {key} are of {sorted(shown)}; expected {sorted(wanted_codes)}"
            continue
        at = np.flatnonzero(~np.isnan(panel.value[panel.index.codes.index(expected.area.code)]))[-1]
        for code, text in shown.items():
            value = panel.value[panel.index.codes.index(code), at]
            wanted = None if np.isnan(value) else round_half_up(value, indicator.decimals)
            name = assessment.catalogue.areas.get(code).name(expected.language)
            found = read_number(text.removeprefix(name), expected.language)
            if found != wanted:
                yield f"the small charts of {key} show {text!r} for {code}; expected {wanted}"


MUNICIPAL_CHECKS: Final = (_measures, _example, _targets, _since, _multiples)
