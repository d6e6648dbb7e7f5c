"""The report of the Regional Council or the wellbeing services county: the region, and their own measures."""

from collections.abc import Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any, ClassVar

import pandas as pd

from indicators.assessment import Assessment
from indicators.catalogue.plan import Plan, load_plan
from indicators.catalogue.plan_records import Measure
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.figure_part import FigurePart
from indicators.charts.matrix import make_indicator_matrix
from indicators.config import Settings, load_settings
from indicators.narrative.texts import Texts, load_texts
from indicators.report.area_report import load_assessment
from indicators.report.followup_report import FollowUpReport
from indicators.report.html import slug


class PartyReport(FollowUpReport):
    """All parts of one party's report in one language; a municipality has its municipal report instead.

    Raises
    ------
    UnknownNameError
        The agreement has no such party, or it is a municipality.
    """

    KIND: ClassVar[str] = "party"
    watches_members: ClassVar[bool] = False

    def __init__(
        self, assessment: Assessment, party: str, texts: Texts, edition: str, settings: Settings, plan: Plan
    ) -> None:
        self.party = assessment.catalogue.regional_party(party)
        super().__init__(
            assessment,
            assessment.catalogue.areas.get(assessment.catalogue.agreement.region),
            texts,
            edition,
            settings,
            subject=party,
            goal_ids=[goal.id for goal in assessment.catalogue.goals],
            plan=plan,
        )

    @property
    def name(self) -> str:
        """Name of the party in the report's language."""
        return self.views.local(self.party.name)

    @property
    def lead(self) -> str:
        """What the report tells."""
        return self.texts("party_lead")

    @cached_property
    def own_measures(self) -> tuple[Measure, ...]:
        """The measures in which the party takes part."""
        return self.plan.select(party=self.subject)

    @property
    def measures_title(self) -> str:
        """Heading over the measures."""
        return self.texts("measures_own")

    def measure_groups(self) -> list[tuple[str, list[Any]]]:
        """The party's measures by status."""
        return self.writer.by_status(self.own_measures, self.area.code)

    def _pictures(self, goal: Goal, shown: Sequence[SimpleNamespace]) -> list[FigurePart]:
        """The goal's matrix of municipalities only: figures of each are in the region's report."""
        made = make_indicator_matrix(self.assessment, self.area, goal, self.texts, f"k-{slug(goal.id)}")
        return [made] if made is not None else []

    def _indicator(
        self, goal: Goal, indicator: Indicator, rows: pd.DataFrame, cells: pd.DataFrame
    ) -> SimpleNamespace:
        """The region's figure alone."""
        found = super()._indicator(goal, indicator, rows, cells)
        found.municipal, found.has_figures = [], bool(found.value)
        return found


def open_party_report(
    party: str, language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> PartyReport:
    """Open a party's report, as a notebook does.

    Parameters
    ----------
    party : str
        ``keski-suomen-liitto`` or ``hyvinvointialue``.
    language : str
        fi, sv or en.
    snapshot : str
        ``bundled``, ``latest``, an id or a path.
    edition : str
        Id of the edition; the snapshot's id where a notebook is run by hand.

    Raises
    ------
    UnknownNameError
        A party, language or snapshot that is not there.
    SnapshotError
        The snapshot is damaged.
    CatalogueError
        The plan does not hold.
    """
    settings, texts, assessment = load_settings(), load_texts(language), load_assessment(snapshot)
    plan = load_plan(assessment.catalogue, settings)
    return PartyReport(assessment, party, texts, edition or assessment.snapshot.id, settings, plan)
