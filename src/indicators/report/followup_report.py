"""What the reports of forums and parties share: some goals of the region, measures, and what needs attention.

They are made of the region's report, kept to the goals that are followed. Facts come before lists, areas are
in alphabetical order, and nothing is ranked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from types import SimpleNamespace
from typing import Any, ClassVar, Final, TypeVar

from indicators.assessment.columns import Row
from indicators.assessment.goals import list_once
from indicators.assessment.load import Inputs, open_inputs
from indicators.assessment.table import Assessment
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.plan_records import Measure
from indicators.catalogue.records import Forum, Goal, LocalText, Party
from indicators.narrative.texts import Texts, load_texts
from indicators.report.measures import MeasureWriter
from indicators.report.page.html import HtmlPart
from indicators.report.regional import RegionReport

#: With fewer goals, each goal's own matrix tells the same better.
_GOALS_OF_A_MATRIX: Final = 8


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
            indicators[key] = item.model_copy(update={"goals": links, "is_key_fact": False})
    agreement = catalogue.agreement.model_copy(update={"goals": goals, "groups": groups})
    table = assessment.table
    return replace(
        assessment,
        catalogue=replace(catalogue, agreement=agreement, indicators=indicators),
        table=table[table["goal_id"].isin(list(goal_ids))],
    )


class FollowUpReport(RegionReport):
    """Parts of a report for those who follow some goals.

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

    TEMPLATE: ClassVar[str] = "followup.html.j2"
    #: "forum" or "party".
    KIND: ClassVar[str]

    def __init__(self, inputs: Inputs, subject: str, texts: Texts, edition: str = "") -> None:
        catalogue = inputs.assessment.catalogue
        self.declared = self.find(subject, catalogue)
        area = catalogue.areas.get(catalogue.agreement.region)
        kept = restrict_assessment(inputs.assessment, self.list_goals(subject, catalogue))
        super().__init__(replace(inputs, assessment=kept), area, texts, edition)
        self.subject, self.plan = subject, inputs.plan
        self.writer = MeasureWriter(self.plan, inputs.assessment, texts)

    @property
    def _all_declared(self) -> Catalogue:
        return self.writer.catalogue

    def attention(self) -> HtmlPart:
        """Worsening with evidence, measures past their due date, and data gone stale."""
        return self._part("attention")

    def measures(self) -> HtmlPart:
        """The measures that concern the reader."""
        return self._part("measures_section")

    # --- facts -----------------------------------------------------------------------------------------

    @staticmethod
    def find(subject: str, catalogue: Catalogue) -> Forum | Party:
        """The forum or party as it is declared."""
        raise NotImplementedError

    @staticmethod
    def list_goals(subject: str, catalogue: Catalogue) -> list[str]:
        """Ids of the goals that the report follows."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """Name of the forum or party in the report's language."""
        return self.views.local(self.declared.name)

    @property
    def note(self) -> LocalText | None:
        """What readers must know of the name."""
        return None

    @property
    def lead(self) -> str:
        """Whom the report serves and what it tells."""
        raise NotImplementedError

    @cached_property
    def own_measures(self) -> tuple[Measure, ...]:
        """The measures of the report."""
        raise NotImplementedError

    def measure_groups(self) -> list[tuple[str, list[Any]]]:
        """The measures under headings."""
        raise NotImplementedError

    #: Areas whose worsening is told, besides the region.
    watches_members: ClassVar[bool] = True

    def _page_facts(self) -> dict[str, Any]:
        facts = super()._page_facts()
        has_matrix = len(self.catalogue.goals) >= _GOALS_OF_A_MATRIX
        return facts | {
            "matrix": facts["matrix"] if has_matrix else None,
            "title": self.texts("forum_title", name=self.name),
            "lead": self.lead,
            "note": self.views.local(self.note),
            "follow_up": self.writer.follow_up(),
            "facts_text": self._facts_text(),
            "has_plan": self.plan.is_attached,
            "measures_text": self.writer.count(self.own_measures),
            "example": self.writer.example,
            "worsening": list(self._worsening()),
            "overdue": [self.writer.view(item) for item in self._overdue()],
            "stale": list(self._stale()),
            "measure_groups": self.measure_groups(),
            "measures_title": self.measures_title,
            "shows_status": self.KIND == "forum",
        }

    @property
    def measures_title(self) -> str:
        """Heading over the measures."""
        return self.texts("measures_by_party")

    def _facts_text(self) -> str:
        rows = list_once(self._rows)
        known = [row for row in rows if row.value is not None]
        if not known:
            return self.texts("follow_up_no_facts", n=len(rows))
        return self.texts(
            "follow_up_facts",
            n=len(rows),
            n_known=len(known),
            year=max(row.year for row in known if row.year),
            n_old=sum(row.is_old for row in known),
        )

    def _overdue(self) -> list[Measure]:
        on = self.snapshot.created
        return [item for item in self.plan.overdue(on) if item in self.own_measures]

    def _worsening(self) -> Iterator[str]:
        """One sentence per goal and indicator: the region, then municipalities in alphabetical order."""
        areas = [self.area, *(self.catalogue.members if self.watches_members else [])]
        found = {
            (row.goal_id, row.indicator_id, area.code): row
            for area in areas
            for row in self.assessment.rows(area.code)
            if row.trend_verdict == "worsening" and row.value is not None and not row.is_old_trend
        }
        for goal in self.catalogue.goals:
            for key, indicator in self.catalogue.indicators.items():
                here = [(area, found.get((goal.id, key, area.code))) for area in areas]
                told = [self._area_years(area, row) for area, row in here if row is not None]
                if told:
                    yield self.texts(
                        "attention_worsening_line",
                        goal=goal.id,
                        indicator=self.views.local(indicator.title),
                        areas=", ".join(told),
                    )

    def _area_years(self, area: Area, row: Row) -> str:
        return self.texts(
            "attention_area_years",
            area=area.name(self.texts.language),
            first=row.trend_first_year,
            last=row.trend_last_year,
        )

    def _stale(self) -> Iterator[str]:
        """Old figures of the region, and series that could not be had afresh, in order of goals."""
        for row in self._rows:
            title = self.views.local(self.catalogue.indicators[row.indicator_id].title)
            series = self.snapshot.series.get(row.indicator_id)
            facts = {"goal": row.goal_id, "indicator": title}
            if series is not None and series.carried and series.stale_reason:
                yield self.texts("attention_stale_carried", **facts)
            elif row.is_old and row.value is not None:
                yield self.texts("attention_stale_line", year=row.year, **facts)

    def _summarise(self, goal: Goal) -> SimpleNamespace:
        """A goal with the number of its figures, for the list of goals."""
        found = super()._summarise(goal)
        found.lead = self._lead(self._goal_rows(goal))
        return found


_Report = TypeVar("_Report", bound=FollowUpReport)


def open_follow_up(kind: type[_Report], subject: str, language: str, snapshot: str, edition: str) -> _Report:
    """Open the report of a forum or a party, with the plan in force."""
    texts = load_texts(language)
    return kind(open_inputs(snapshot, with_changes=False), subject, texts, edition)
