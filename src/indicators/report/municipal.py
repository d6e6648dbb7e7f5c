"""The municipal report: what the notebook's cells show, one call a cell.

The parts are made from one assessment, so that every report of an edition rests on the same figures.
"""

from functools import cached_property
from types import SimpleNamespace
from typing import Any

from indicators.assessment.goals import count_chance
from indicators.assessment.load import Inputs, open_inputs
from indicators.assessment.targets import find_aims
from indicators.catalogue import Area
from indicators.catalogue.records import Goal
from indicators.charts.figure_part import FigurePart
from indicators.charts.multiples import make_multiples_chart
from indicators.charts.spine import make_spine_chart
from indicators.narrative.formats import format_number
from indicators.narrative.goal_findings import GoalFindings, find_goal_findings, find_main_points
from indicators.narrative.texts import Texts, load_texts
from indicators.narrative.writer import Writer, tell_chance
from indicators.report.area_report import AreaReport
from indicators.report.changes_page import summarise_changes, tell_since
from indicators.report.measures import MeasureWriter
from indicators.report.page.html import HtmlPart, slug
from indicators.report.views import GLYPHS, ViewMaker


class MunicipalReport(AreaReport):
    """All parts of one municipality's report in one language; parameters are `AreaReport`'s."""

    def __init__(self, inputs: Inputs, area: Area, texts: Texts, edition: str = "") -> None:
        super().__init__(inputs, area, texts, edition)
        self.plan, self.changes = inputs.plan, inputs.changes
        self.writer = MeasureWriter(self.plan, self.assessment, texts)
        aims = find_aims(self.plan, self.assessment, area.code)
        self.views = ViewMaker(self.assessment, area, texts, aims, self.writer.aims)

    def key_facts(self) -> HtmlPart:
        """Region, population and age structure, each with its year."""
        return self._part("key_facts")

    def summary(self) -> HtmlPart:
        """The goals at a glance: marks, what has moved, how fresh; then the main points."""
        return self._part("summary")

    def follow_up(self) -> HtmlPart:
        """The follow-up round that the report serves, the measures in short, and what has changed."""
        return self._part("follow_up")

    # --- facts -----------------------------------------------------------------------------------------

    @cached_property
    def _writer(self) -> Writer:
        return Writer(self.catalogue, self.area, self.texts, self.assessment.find_left_out(self.area.code))

    def _page_facts(self) -> dict[str, Any]:
        region = self.catalogue.areas.get(self.area.region)
        return {
            "title": self.texts("report_title", area=self.views.area_name),
            "lead": self._lead(),
            "region_name": region.name(self.texts.language),
            "main_points": self._writer.main_points(find_main_points(self._rows)),
            "chance": tell_chance(count_chance(self._rows), self.texts),
            "peers_text": self._peers_text(),
            "round_text": "",
            "measures_text": "",
            "example": "",
            **self._follow_up_facts(),
            **self._since_facts(),
        }

    def _follow_up_facts(self) -> dict[str, str]:
        """Of the agreement's parties only: others follow no plan."""
        if all(party.id != self.area.code for party in self.catalogue.agreement.parties):
            return {}
        own = self.plan.select(party=self.area.code)
        return {
            "round_text": self.writer.follow_up(self.area.code),
            "measures_text": self.writer.count_here(own),
            "example": self.writer.example if own else "",
        }

    def _since_facts(self) -> dict[str, Any]:
        """What has changed since the earlier snapshot, cause by cause."""
        changes, t = self.changes, self.texts
        if changes is None:
            return {"since_lead": t("since_nothing_before"), "since": [], "since_more": ""}
        lines = summarise_changes(changes, self.area.code, t)
        lead = tell_since(changes, t)
        return {
            "since_lead": lead if lines else f"{lead} {t('changes_none')}",
            "since": lines,
            "since_more": t("since_all_changes", old=changes.old.id, new=changes.new.id) if lines else "",
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
        return {goal.id: find_goal_findings(goal.id, self._goal_rows(goal)) for goal in self.catalogue.goals}

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
        rows = self._goal_rows(goal)
        findings = self._findings[goal.id]
        return SimpleNamespace(
            **self._goal_frame(goal),
            lead=" ".join(self._writer.goal(findings)),
            findings=self._writer.findings(findings),
            caption=self.texts("latest_caption", goal=goal.id, area=self.views.area_name),
            spine=make_spine_chart(self.assessment, self.area, goal, self.texts, f"k-{slug(goal.id)}"),
            with_value=[self.views.indicator(row) for row in rows if row.value is not None],
            without_value=self._without_value(row for row in rows if row.value is None),
            region_only=self._region_only(goal),
            measures=self.writer.block(goal.id, self.area.code, area=self.area.code),
            multiples=self._multiples[1] if self._multiples and self._multiples[0] == goal.id else None,
        )

    @cached_property
    def _multiples(self) -> tuple[str, FigurePart] | None:
        """The other municipalities' years beside this one's, and under which goal they are shown.

        Of the first of the report's main points that has such a chart; a report has one. Outside the
        agreement there is none: its municipalities are no peers there.
        """
        if self.area not in self.catalogue.members:
            return None
        for point in find_main_points(self._rows):
            indicator = self.catalogue.indicators[point.indicator_id]
            made = make_multiples_chart(self.assessment, self.area, indicator, self.texts, "k-kunnat")
            if made is not None:
                return indicator.goals[0].goal, made
        return None

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
        Id of the edition; empty in a notebook run by hand.

    Raises
    ------
    UnknownNameError, SnapshotError
        An area, language or snapshot that is not there, or a damaged one; the earlier one that it names too.
    CatalogueError
        The plan does not hold.
    """
    texts, inputs = load_texts(language), open_inputs(snapshot)
    return MunicipalReport(inputs, inputs.assessment.catalogue.areas.resolve(area), texts, edition)
