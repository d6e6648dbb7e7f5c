"""The municipal report: what the notebook's cells show, one call a cell.

The parts are made from one assessment, so that every report of an edition rests on the same figures.
"""

from functools import cached_property
from types import SimpleNamespace
from typing import Any

from indicators.catalogue.records import Goal
from indicators.charts.spine import make_spine_chart
from indicators.config import load_settings
from indicators.narrative.findings import GoalFindings, find_goal_findings, find_main_points
from indicators.narrative.formats import format_number
from indicators.narrative.sentences import Writer
from indicators.narrative.texts import load_texts
from indicators.report.area_report import AreaReport, load_assessment
from indicators.report.html import HtmlPart, slug
from indicators.report.views import GLYPHS
from indicators.summary import count_chance


class MunicipalReport(AreaReport):
    """All parts of one municipality's report in one language; parameters are `AreaReport`'s."""

    def key_facts(self) -> HtmlPart:
        """Region, population and age structure, each with its year."""
        return self._part("key_facts")

    def summary(self) -> HtmlPart:
        """The goals at a glance: marks, what has moved, how fresh; then the main points."""
        return self._part("summary")

    # --- facts -----------------------------------------------------------------------------------------

    @cached_property
    def _writer(self) -> Writer:
        return Writer(self.catalogue, self.area, self.texts)

    def _page_facts(self) -> dict[str, Any]:
        region = self.catalogue.areas.get(self.area.region)
        return {
            "title": self.texts("report_title", area=self.views.area_name),
            "lead": self._lead(),
            "region_name": region.name(self.texts.language),
            "main_points": self._writer.main_points(find_main_points(self._rows)),
            "chance": self._writer.chance(count_chance(self._rows)),
            "peers_text": self._peers_text(),
        }

    def _lead(self) -> str:
        if self.area.forms is None:
            return self.texts("report_lead", area=self.views.area_name)
        return self.texts(
            "report_lead_forms", area=self.views.area_name, area_locative=self.area.forms.locative
        )

    def _summarise(self, goal: Goal) -> SimpleNamespace:
        """One goal's row in the summary: its marks as signs and in words, and what moved."""
        summary = self._findings[goal.id].summary
        return SimpleNamespace(
            id=goal.id,
            title=self.views.local(goal.title),
            marks=[(mark, GLYPHS[mark]) for mark in summary.marks],
            words=self._writer.marks(summary),
            moved=self._writer.moved(summary),
            newest=summary.newest,
        )

    @cached_property
    def _findings(self) -> dict[str, GoalFindings]:
        """Findings of every goal; the summary and the goals' sections both tell them."""
        return {
            goal.id: find_goal_findings(goal.id, self._rows[self._rows["goal_id"] == goal.id])
            for goal in self.catalogue.goals
        }

    def _peers_text(self) -> str:
        """The peers with their distances; empty where there are none."""
        groups = self.assessment.peer_groups
        if groups is None:
            return ""
        named = [
            f"{self.catalogue.areas.get(code).name(self.texts.language)}"
            f" ({format_number(distance, 2, self.texts.language)})"
            for code, distance in groups.of_area(self.area.code)
        ]
        return self.texts("about_peers_text", peers=", ".join(named)) if named else ""

    def _goal_view(self, goal: Goal) -> SimpleNamespace:
        rows = self._rows[self._rows["goal_id"] == goal.id]
        findings = self._findings[goal.id]
        return SimpleNamespace(
            **self._goal_frame(goal),
            lead=" ".join(self._writer.goal(findings)),
            findings=self._writer.findings(findings),
            caption=self.texts("latest_caption", goal=goal.id, area=self.views.area_name),
            spine=make_spine_chart(
                self.assessment, self.area, goal, self.texts, f"k-{slug(goal.id)}", rows=self._rows
            ),
            with_value=[self.views.indicator(row) for row in rows[rows["value"].notna()].itertuples()],
            without_value=self._without_value(rows[rows["value"].isna()]),
            region_only=self._region_only(goal),
        )

    def _region_only(self, goal: Goal) -> list[str]:
        return [
            self.views.local(indicator.title)
            for indicator, link in self.catalogue.links
            if link.goal == goal.id and "municipality" not in indicator.levels
        ]


def open_municipal_report(
    area: str, language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> MunicipalReport:
    """Open a municipality's report, as a notebook does.

    Parameters
    ----------
    area : str
        Three-digit code, or a name in Finnish or Swedish.
    language : str
        fi, sv or en.
    snapshot : str
        ``bundled``, ``latest``, an id or a path.
    edition : str
        Id of the edition; the snapshot's id where a notebook is run by hand.

    Raises
    ------
    UnknownNameError
        An area, language or snapshot that is not there.
    SnapshotError
        The snapshot is damaged.
    """
    settings = load_settings()
    texts = load_texts(language)
    assessment = load_assessment(snapshot)
    found = assessment.catalogue.areas.resolve(area)
    return MunicipalReport(assessment, found, texts, edition or assessment.snapshot.id, settings)
