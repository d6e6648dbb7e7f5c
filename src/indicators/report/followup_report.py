"""What the reports of forums and parties share: the region on some goals, what needs attention, and measures.

They are made of the same sections as the region's, kept to the goals that are followed.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar

from markupsafe import Markup, escape

from indicators.assessment.load import Inputs
from indicators.assessment.table import Assessment
from indicators.catalogue import Catalogue
from indicators.catalogue.plan_records import Measure
from indicators.catalogue.records import Forum, Party
from indicators.narrative.texts import Texts
from indicators.report.measures import MeasureWriter
from indicators.report.page.html import HtmlPart
from indicators.report.regional import RegionReport
from indicators.report.sections.about import make_about
from indicators.report.sections.attention import make_attention
from indicators.report.sections.findings import FindingsView, FindingView, make_findings
from indicators.report.sections.head import FactView, make_head
from indicators.report.sections.measures import make_followed_measures


def restrict_assessment(assessment: Assessment, goal_ids: Sequence[str]) -> Assessment:
    """The assessment of some goals only: its goals, groups, indicators and rows."""
    catalogue = assessment.catalogue
    goals = tuple(goal for goal in catalogue.goals if goal.id in goal_ids)
    used = {goal.group for goal in goals}
    groups = tuple(group for group in catalogue.agreement.groups if group.id in used)
    indicators = {}
    for key, item in catalogue.indicators.items():
        links = tuple(link for link in item.goals if link.goal in goal_ids)
        if links:
            indicators[key] = item.model_copy(update={"goals": links})
    agreement = catalogue.agreement.model_copy(update={"goals": goals, "groups": groups})
    table = assessment.table
    return replace(
        assessment,
        catalogue=replace(catalogue, agreement=agreement, indicators=indicators),
        table=table[table["goal_id"].isin(list(goal_ids))],
    )


class FollowUpReport(RegionReport):
    """A report for those who follow some goals.

    Parameters
    ----------
    inputs : Inputs
        With the assessment of the whole agreement.
    subject : str
        Id of the forum or party.

    Raises
    ------
    UnknownNameError
        The agreement has no such forum or party.
    """

    #: "forum" or "party".
    KIND: ClassVar[str]

    def __init__(self, inputs: Inputs, subject: str, texts: Texts, edition: str = "") -> None:
        whole = inputs.assessment
        self.subject, self.declared = subject, self.find(subject, whole.catalogue)
        kept = restrict_assessment(whole, self.list_goals(subject, whole.catalogue))
        area = whole.catalogue.areas.get(whole.catalogue.agreement.region)
        super().__init__(replace(inputs, assessment=kept), area, texts, edition)
        self.writer = MeasureWriter(inputs.plan, whole, texts)

    # --- what a kind says ------------------------------------------------------------------------------

    @staticmethod
    @abstractmethod
    def find(subject: str, catalogue: Catalogue) -> Forum | Party:
        """The forum or party as it is declared."""

    @staticmethod
    def list_goals(subject: str, catalogue: Catalogue) -> list[str]:
        """Ids of the goals that the report follows: all of them where the kind does not say."""
        return [goal.id for goal in catalogue.goals]

    @cached_property
    def own_measures(self) -> tuple[Measure, ...]:
        """The measures that the forum follows, or in which the party takes part."""
        return self.writer.plan.select(**{self.KIND: self.subject})

    @property
    def note(self) -> str:
        """What readers must know of the name."""
        return ""

    @property
    def name(self) -> str:
        """Name of the forum or party in the report's language."""
        return self.context.sentences.local(self.declared.name)

    # --- the sections ----------------------------------------------------------------------------------

    def header(self) -> HtmlPart:
        """The name, the question, and goals and measures in numbers and dates."""
        view, t = make_head(self.context), self.texts
        where = self.context.sentences.where
        view = replace(
            view,
            name=self.name,
            question=t(f"follow_question_{self.KIND}", where=where),
            note=self.note,
            facts=list(self._facts()),
            foot=(f"{self.name} · {view.agreement}", view.foot[1]),
        )
        return self._part("head", "head", view, t)

    def _facts(self) -> Iterator[FactView]:
        t, writer = self.texts, self.writer
        goals = [goal.id for goal in self.catalogue.goals]
        if 0 < len(goals) < len(writer.catalogue.goals):  # all of them go without saying
            yield FactView(t("follow_fact_goals"), escape(", ".join(goals)))
        if not writer.plan.is_attached:
            return
        yield FactView(t("follow_fact_measures"), escape(len(self.own_measures)))
        for date in writer.next_due(self.own_measures)[:1]:
            yield FactView(t("follow_fact_due"), escape(date))

    def findings(self) -> HtmlPart:
        """In brief, and what is not known."""
        view = make_findings(self.context)
        if not self.catalogue.goals:
            view = FindingsView([FindingView(escape(self.texts("follow_no_goals")), Markup(""))], [])
        return self._part("findings", "findings", view, self.texts)

    def members(self, only: Sequence[str] | None = None) -> HtmlPart:
        """The municipalities side by side, on paper only, and as tables only: a meeting has few sheets."""
        views = [self._view(goal.id) for goal in self.catalogue.goals if only is None or goal.id in only]
        tables = [replace(view, members=replace(view.members, map=None)) for view in views if view.members]
        return self._part("members", "members", tables, self._around, self.texts) if tables else HtmlPart("")

    def attention(self) -> HtmlPart:
        """What is worse by a test, and measures past their due date."""
        view = make_attention(self.context, self.catalogue.members, self._remarks())
        return self._twice("attention", "attention", view, self._around)

    def _remarks(self) -> Iterator[str]:
        if self.own_measures:
            yield self.writer.overdue(self.own_measures)

    def measures(self) -> HtmlPart:
        """The measures that concern the reader, each once with its parties, and the gaps."""
        view = make_followed_measures(self.context, self.writer, self.own_measures, self.KIND, self.subject)
        return self._twice("ends", "measures", view)

    def about(self) -> HtmlPart:
        """The sources, and how the report was made."""
        view = make_about(self.context, None, self.inputs.settings.feedback, self.writer.catalogue)
        return self._twice("ends", "about", replace(view, since_lead=""), self._around)
