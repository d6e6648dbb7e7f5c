"""The report of the Regional Council or the wellbeing services county: the region, and their own measures."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any, ClassVar

from indicators.assessment.columns import Row
from indicators.catalogue import Catalogue
from indicators.catalogue.plan_records import Measure
from indicators.catalogue.records import Goal, Indicator, Party
from indicators.charts.figure_part import FigurePart
from indicators.charts.matrix import make_indicator_matrix
from indicators.report.followup_report import FollowUpReport, open_follow_up
from indicators.report.page.html import slug


class PartyReport(FollowUpReport):
    """All parts of one party's report in one language; a municipality has its municipal report instead.

    Parameters are `FollowUpReport`'s.
    """

    KIND: ClassVar[str] = "party"
    watches_members: ClassVar[bool] = False

    @staticmethod
    def find(subject: str, catalogue: Catalogue) -> Party:
        """The party as it is declared."""
        return catalogue.regional_party(subject)

    @staticmethod
    def list_goals(subject: str, catalogue: Catalogue) -> list[str]:
        """Ids of all goals."""
        return [goal.id for goal in catalogue.goals]

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
        self, goal: Goal, indicator: Indicator, own: Row, by_code: Mapping[str, Row]
    ) -> SimpleNamespace:
        """The region's figure alone."""
        return super()._indicator(goal, indicator, own, {})


def open_party_report(
    party: str, language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> PartyReport:
    """Open a party's report, as a notebook does.

    Parameters
    ----------
    party : str
        ``keski-suomen-liitto`` or ``hyvinvointialue``; the others are `open_municipal_report`'s.

    Raises
    ------
    UnknownNameError, SnapshotError
        A party, language or snapshot that is not there, or a damaged one.
    CatalogueError
        The plan does not hold.
    """
    return open_follow_up(PartyReport, party, language, snapshot, edition)
