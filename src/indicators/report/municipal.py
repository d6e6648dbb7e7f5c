"""The municipal report: what the notebook's cells show, one call a cell.

The parts are made from one assessment, so that every report of an edition rests on the same figures.
"""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

from indicators import __version__
from indicators.assessment import Assessment, compute_assessment
from indicators.catalogue import Area, load_catalogue
from indicators.catalogue.records import Goal
from indicators.config import Settings, load_settings
from indicators.narrative.findings import GoalFindings, find_goal_findings, find_main_points
from indicators.narrative.formats import format_date, format_number
from indicators.narrative.sentences import Writer
from indicators.narrative.texts import Texts, load_texts
from indicators.report.html import HtmlPart, load_macros, notebook_stylesheet
from indicators.report.views import GLYPHS, IndicatorView, ViewMaker
from indicators.snapshot import find_snapshot, load_snapshot
from indicators.summary import count_chance

PARTS = "parts.html.j2"


class MunicipalReport:
    """All parts of one municipality's report in one language.

    Parameters
    ----------
    assessment : Assessment
        What is reported.
    area : Area
        The municipality.
    texts : Texts
        The reader's words.
    edition : str
        Id of the edition, printed in header and footer.
    settings : Settings
        Publisher and feedback address.
    """

    def __init__(
        self, assessment: Assessment, area: Area, texts: Texts, edition: str, settings: Settings
    ) -> None:
        self.assessment, self.area, self.texts = assessment, area, texts
        self.edition, self.settings = edition, settings
        self.catalogue, self.snapshot = assessment.catalogue, assessment.snapshot
        self.views = ViewMaker(assessment, area, texts)
        self.writer = Writer(self.catalogue, area, texts)
        self._rows = assessment.of_area(area.code)

    # --- the parts, in the order of the page --------------------------------------------------------

    def style(self) -> HtmlPart:
        """The stylesheet, for a notebook opened by hand; the page has its own."""
        return HtmlPart(f"<style>{notebook_stylesheet()}</style>")

    def header(self) -> HtmlPart:
        """Title, lead and edition."""
        return self._part("header")

    def contents(self) -> HtmlPart:
        """List of contents."""
        return self._part("contents")

    def key_facts(self) -> HtmlPart:
        """Region, population and age structure, each with its year."""
        return self._part("key_facts")

    def summary(self) -> HtmlPart:
        """The goals at a glance: how many indicators, how fresh."""
        return self._part("summary")

    def goal(self, goal_id: str) -> HtmlPart:
        """One goal's section with its indicators.

        Raises
        ------
        UnknownNameError
            No goal has the id.
        """
        return self._part("goal", self._goal_view(self.catalogue.goal(goal_id)))

    def about(self) -> HtmlPart:
        """Wording, methods, data, sources and feedback."""
        return self._part("about")

    def footer(self) -> HtmlPart:
        """Area, edition and version."""
        return self._part("footer")

    def _part(self, macro: str, *more: object) -> HtmlPart:
        return HtmlPart(str(getattr(load_macros(PARTS), macro)(self._page, *more, self.texts)))

    # --- facts ---------------------------------------------------------------------------------------

    @cached_property
    def _page(self) -> SimpleNamespace:
        """What the templates read."""
        t, language = self.texts, self.texts.language
        date = format_date(self.snapshot.created.isoformat(), language)
        region = self.catalogue.areas.get(self.area.region)
        return SimpleNamespace(
            title=t("report_title", area=self.views.area_name),
            lead=self._lead(),
            edition=self.edition,
            date=date,
            version=__version__,
            area_code=self.area.code,
            area_name=self.views.area_name,
            region_name=region.name(language),
            snapshot_id=self.snapshot.id,
            facts=list(self._key_facts()),
            groups=list(self._groups()),
            main_points=self.writer.main_points(find_main_points(self._rows)),
            chance=self.writer.chance(count_chance(self._rows)),
            peers_text=self._peers_text(),
            wording_note=self.views.local(self.catalogue.agreement.wording_note),
            data_text=self._data_text(date),
            sources_text=self._sources_text(),
            feedback_text=self._feedback_text(),
        )

    def _lead(self) -> str:
        if self.area.forms is None:
            return self.texts("report_lead", area=self.views.area_name)
        return self.texts(
            "report_lead_forms", area=self.views.area_name, area_locative=self.area.forms.locative
        )

    def _key_facts(self) -> Iterator[SimpleNamespace]:
        for indicator in self.catalogue.indicators.values():
            if not indicator.is_key_fact:
                continue
            row = self._rows[self._rows["indicator_id"] == indicator.id].iloc[0]
            yield SimpleNamespace(
                id=indicator.id,
                title=self.views.local(indicator.title),
                value=self.views.value(indicator, row["value"]),
                year=row["year"],
                reason=self.views.reason(row["status"], row["status_note"]),
            )

    def _groups(self) -> Iterator[SimpleNamespace]:
        for group in self.catalogue.agreement.groups:
            goals = [self._summarise(goal) for goal in self.catalogue.goals if goal.group == group.id]
            yield SimpleNamespace(id=group.id, title=self.views.local(group.title), goals=goals)

    def _summarise(self, goal: Goal) -> SimpleNamespace:
        """One goal's row in the summary: its marks as signs and in words, and what moved."""
        summary = self._findings[goal.id].summary
        return SimpleNamespace(
            id=goal.id,
            title=self.views.local(goal.title),
            marks=[(mark, GLYPHS[mark]) for mark in summary.marks],
            words=self.writer.marks(summary),
            moved=self.writer.moved(summary),
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
        views = [self.views.indicator(row) for row in rows[rows["value"].notna()].itertuples()]
        findings = self._findings[goal.id]
        title = self.views.local(goal.title)
        group = next(item for item in self.catalogue.agreement.groups if item.id == goal.group)
        first = next(item for item in self.catalogue.goals if item.group == goal.group)
        return SimpleNamespace(
            id=goal.id,
            title=title,
            opens_group=goal.id == first.id,
            group_id=group.id,
            group_title=self.views.local(group.title),
            lead=" ".join(self.writer.goal(findings)),
            findings=self.writer.findings(findings),
            note=self.views.local(goal.note),
            caption=self.texts("latest_caption", goal=goal.id, area=self.views.area_name),
            with_value=views,
            without_value=self._without_value(rows[rows["value"].isna()]),
            region_only=self._region_only(goal, views),
        )

    def _without_value(self, rows: Any) -> list[tuple[str, list[str]]]:
        """Titles of indicators without a value, gathered by reason."""
        reasons: dict[str, list[str]] = {}
        for row in rows.itertuples():
            title = self.views.local(self.catalogue.indicators[row.indicator_id].title)
            reasons.setdefault(self.views.reason(row.status, row.status_note), []).append(title)
        return list(reasons.items())

    def _region_only(self, goal: Goal, views: list[IndicatorView]) -> list[str]:
        return [
            self.views.local(indicator.title)
            for indicator, link in self.catalogue.links
            if link.goal == goal.id and "municipality" not in indicator.levels
        ]

    def _data_text(self, date: str) -> str:
        return self.texts(
            "about_data_text",
            snapshot=self.snapshot.id,
            date=date,
            sha256=self.snapshot.sha256,
            catalogue=self.catalogue.sha256[:16],
            version=__version__,
        )

    def _sources_text(self) -> str:
        """Services with their licences and producers of the figures in the snapshot."""
        used = self.snapshot.series.values()
        services = [self.catalogue.services[key] for key in dict.fromkeys(item.source for item in used)]
        producers = [self.catalogue.producers[key] for key in dict.fromkeys(item.producer for item in used)]
        return self.texts(
            "about_sources_text",
            services=", ".join(f"{self.views.local(item.name)} ({item.licence})" for item in services),
            producers=", ".join(self.views.local(item.name) for item in producers),
        )

    def _feedback_text(self) -> str:
        if not self.settings.feedback:
            return self.texts("about_feedback_none")
        return self.texts("about_feedback_text", feedback=self.settings.feedback)


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


def load_assessment(snapshot: str) -> Assessment:
    """Assessment of a snapshot under the package's catalogue.

    Parameters
    ----------
    snapshot : str
        ``bundled``, ``latest``, an id or a path.

    Raises
    ------
    UnknownNameError, SnapshotError
        There is no such snapshot, or it is damaged.
    """
    return _assess_once(str(find_snapshot(snapshot, load_settings().snapshots_folder)))


@lru_cache(maxsize=2)
def _assess_once(path: str) -> Assessment:
    """Kept for the process's next report of the same snapshot."""
    return compute_assessment(load_snapshot(path), load_catalogue())
