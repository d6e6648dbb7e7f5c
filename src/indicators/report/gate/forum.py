"""Checks of the reports of forums and parties: their goals, the region's figures, and the plan's measures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from indicators.assessment.load import Inputs
from indicators.catalogue import Area
from indicators.catalogue.plan_records import Measure
from indicators.model import Language
from indicators.narrative.texts import load_texts
from indicators.report.followup_report import restrict_assessment
from indicators.report.forum import ForumReport
from indicators.report.gate.common import Expectation
from indicators.report.party import PartyReport


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
    whole : Inputs
        With the assessment of the whole agreement.
    """

    kind: Literal["forum", "party"]
    subject: str
    measures: tuple[Measure, ...]
    whole: Inputs

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
    goals = ForumReport.list_goals(forum, inputs.assessment.catalogue)
    chosen = inputs.plan.select(forum=forum)
    kept = _restrict(inputs, goals)
    return FollowUpExpectation(*kept, language, edition, version, "forum", forum, chosen, inputs)


def expect_party(
    inputs: Inputs, party: str, language: Language, edition: str, version: str
) -> FollowUpExpectation:
    """What the report of a party must be."""
    goals = PartyReport.list_goals(party, inputs.assessment.catalogue)
    chosen = inputs.plan.select(party=party)
    kept = _restrict(inputs, goals)
    return FollowUpExpectation(*kept, language, edition, version, "party", party, chosen, inputs)


def _restrict(inputs: Inputs, goals: Sequence[str]) -> tuple[Inputs, Area]:
    """The inputs of some goals, and the agreement's region."""
    catalogue = inputs.assessment.catalogue
    kept = replace(inputs, assessment=restrict_assessment(inputs.assessment, goals))
    return kept, catalogue.areas.get(catalogue.agreement.region)


def _subject(page: Any, expected: FollowUpExpectation) -> Iterator[str]:
    """The page says whose it is, to machines in its head and to readers in its heading."""
    found = page.xpath(f".//meta[@name='yhdyspinta:{expected.kind}']/@content")
    if found != [expected.subject]:
        yield f"meta yhdyspinta:{expected.kind} is {found}; expected {expected.subject!r}"
    headings = [" ".join(item.text_content().split()) for item in page.iterfind(".//h1")]
    if headings != [expected.name]:
        yield f"the heading is {headings}; expected {expected.name!r}"


def compare_measures(page: Any, expected: Expectation, measures: Sequence[Measure]) -> Iterator[str]:
    """Every measure is told once, and no other; overdue ones as such, those of an example as examples."""
    on = expected.assessment.snapshot.created
    lines = page.xpath(".//*[@data-measure]")
    told = sorted((line.get("data-measure"), bool(line.xpath(".//*[@data-overdue]"))) for line in lines)
    wanted = sorted((item.id, item.is_overdue(on)) for item in measures)
    if told != wanted:
        yield f"the measures (overdue or not) are {told}; the plan has {wanted}"
    words = load_texts(expected.language)("measures_example")
    marks = [mark.text_content() for mark in page.xpath(".//section[@id='toimet']//*[@data-example]")]
    examples = [words] if expected.inputs.plan.is_example and measures else []
    if marks != examples:
        yield f"the marks of an example plan are {marks}; expected {examples}"


def _measures(page: Any, expected: FollowUpExpectation) -> Iterator[str]:
    return compare_measures(page, expected, expected.measures)


FOLLOW_UP_CHECKS: Final = (_subject, _measures)
