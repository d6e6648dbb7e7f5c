"""Checks of the reports of forums and parties: their goals, the region's figures, and the plan's measures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from indicators.assessment.load import Inputs
from indicators.catalogue import Area
from indicators.catalogue.plan_records import Measure
from indicators.model import Language
from indicators.narrative.texts import load_texts
from indicators.report.followup_report import restrict_assessment
from indicators.report.forum import list_forum_goals
from indicators.report.gate.common import Expectation, compare_figure
from indicators.report.gate.region import check_identity, check_levels, check_values
from indicators.report.page.html import slug


@dataclass(frozen=True)
class FollowUpExpectation(Expectation):
    """What a forum's or a party's report must be.

    Attributes
    ----------
    inputs : Inputs
        With the assessment of the report's goals only.
    kind : str
        "forum" or "party".
    subject : str
        Its id.
    measures : tuple of Measure
        Those that it must tell.
    """

    kind: Literal["forum", "party"]
    subject: str
    measures: tuple[Measure, ...]

    @property
    def name(self) -> str:
        """The forum's or party's name in the report's language."""
        catalogue = self.assessment.catalogue
        is_forum = self.kind == "forum"
        found = catalogue.forum(self.subject) if is_forum else catalogue.regional_party(self.subject)
        return found.name.text(self.language)


def expect_forum(
    inputs: Inputs, forum: str, language: Language, edition: str, version: str
) -> FollowUpExpectation:
    """What the report of a forum must be; the inputs are of the whole agreement."""
    goals, chosen = list_forum_goals(forum, inputs.assessment.catalogue), inputs.plan.select(forum=forum)
    return FollowUpExpectation(*_restrict(inputs, goals), language, edition, version, "forum", forum, chosen)


def expect_party(
    inputs: Inputs, party: str, language: Language, edition: str, version: str
) -> FollowUpExpectation:
    """What the report of a party must be."""
    goals, chosen = [goal.id for goal in inputs.assessment.catalogue.goals], inputs.plan.select(party=party)
    return FollowUpExpectation(*_restrict(inputs, goals), language, edition, version, "party", party, chosen)


def _restrict(inputs: Inputs, goals: Sequence[str]) -> tuple[Inputs, Area]:
    """The inputs of some goals, and the agreement's region."""
    catalogue = inputs.assessment.catalogue
    kept = replace(inputs, assessment=restrict_assessment(inputs.assessment, goals))
    return kept, catalogue.areas.get(catalogue.agreement.region)


def list_follow_up_checks(expected: FollowUpExpectation) -> tuple[Callable[[Any, Any], Iterator[str]], ...]:
    """The checks that a forum's or a party's report has beside those of every page."""
    values = check_values if expected.kind == "forum" else _own_values
    return (check_identity, check_levels, values, _subject, _measures, _overdue, _example)


def _subject(page: Any, expected: FollowUpExpectation) -> Iterator[str]:
    """The page says whose it is, to machines in its head and to readers in its heading."""
    found = page.xpath(f".//meta[@name='yhdyspinta:{expected.kind}']/@content")
    if found != [expected.subject]:
        yield f"meta yhdyspinta:{expected.kind} is {found}; expected {expected.subject!r}"
    headings = [" ".join(item.text_content().split()) for item in page.iterfind(".//h1")]
    wanted = load_texts(expected.language)("forum_title", name=expected.name)
    if headings != [wanted]:
        yield f"the heading is {headings}; expected {wanted!r}"


def _own_values(page: Any, expected: FollowUpExpectation) -> Iterator[str]:
    """The region's figure of every indicator equals the assessment's, and there are no others."""
    wanted = {(row.goal_id, row.indicator_id): row for row in expected.of_area}
    shown = {}
    for goal in expected.assessment.catalogue.goals:
        for line in page.xpath(f".//section[@id='tavoite-{slug(goal.id)}']//p[@data-indicator]"):
            if line.xpath(".//*[@data-field='value']"):
                shown[goal.id, line.get("data-indicator")] = line
    for key, row in wanted.items():
        if key in shown:
            yield from compare_figure(shown[key], row, expected)
        else:
            yield f"{key[1]} is missing from goal {key[0]}"
    for goal_id, indicator_id in shown.keys() - wanted.keys():
        yield f"goal {goal_id} shows {indicator_id}, which has no value there"


def _measures(page: Any, expected: FollowUpExpectation) -> Iterator[str]:
    """Every measure of the plan that belongs here is told, and no other."""
    told = set(page.xpath(".//section[@id='toimenpiteet']//@data-measure"))
    wanted = {item.id for item in expected.measures}
    if told != wanted:
        yield f"measures are {sorted(told)}; the plan has {sorted(wanted)}"


def _overdue(page: Any, expected: FollowUpExpectation) -> Iterator[str]:
    """Overdue measures are those whose due date is before the snapshot's, wherever they are told."""
    on = expected.assessment.snapshot.created
    late = {item.id for item in expected.measures if item.is_overdue(on)}
    listed = page.xpath(".//*[@data-list='overdue']//@data-measure")
    if set(listed) != late or len(listed) != len(late):
        yield f"the overdue measures are {listed}; the plan has {sorted(late)}"
    for line in page.xpath(".//*[@data-measure]"):
        if bool(line.xpath(".//*[@data-overdue]")) != (line.get("data-measure") in late):
            yield f"measure {line.get('data-measure')} is wrongly told as overdue or as not overdue"


def _example(page: Any, expected: FollowUpExpectation) -> Iterator[str]:
    """An example plan is marked as one, in words, wherever its measures are listed; a real one never is."""
    words = load_texts(expected.language)("measures_example")
    marks = page.xpath(".//section[@id='yhteenveto' or @id='toimenpiteet']//*[@data-example]")
    wanted = 2 if expected.inputs.plan.is_example else 0
    if len(marks) != wanted or any(mark.text_content() != words for mark in marks):
        yield f"the mark of an example plan is there {len(marks)} times; expected {wanted}"
