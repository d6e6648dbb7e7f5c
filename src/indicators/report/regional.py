"""The region report: the agreement's municipalities side by side, goal by goal.

Municipalities stand in alphabetical order; nothing ranks them. Figures that are kept out of municipal
reports are shown here, for the region only.
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar

from indicators.assessment.columns import Row
from indicators.assessment.goals import Chance, count_chance, summarise_goal
from indicators.assessment.load import open_inputs
from indicators.catalogue import Area
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.distribution import make_distribution_chart
from indicators.charts.dumbbell import make_dumbbell_chart
from indicators.charts.figure_part import FigurePart
from indicators.charts.map import make_map_chart
from indicators.charts.matrix import make_goal_matrix, make_indicator_matrix
from indicators.errors import UnknownAreaError
from indicators.narrative.notes import tell_chance
from indicators.narrative.texts import load_texts
from indicators.report.area_report import AreaReport
from indicators.report.page.html import HtmlPart, slug


class RegionReport(AreaReport):
    """All parts of the region's report in one language; parameters are `AreaReport`'s."""

    TEMPLATE: ClassVar[str] = "region.html.j2"

    def summary(self) -> HtmlPart:
        """The goals by municipality: how many indicators of each mark."""
        return self._part("summary")

    # --- facts -----------------------------------------------------------------------------------------

    def _page_facts(self) -> dict[str, Any]:
        matrix = make_goal_matrix(self.assessment, self.area, self.texts, "k-kaikki")
        return {
            "title": self.texts("region_title", area=self.views.area_name),
            "lead": self.texts("region_lead", n=len(self.catalogue.members)),
            "region_name": self.views.area_name,
            "matrix": matrix,
            "chance": tell_chance(self._count_chance(), self.texts),
            "peers_text": "",
        }

    def _count_chance(self) -> Chance:
        """The tests of the region and of its municipalities, under the report's goals."""
        areas = [self.area, *self.catalogue.members]
        goals = {goal.id for goal in self.catalogue.goals}
        return count_chance(
            row for area in areas for row in self.assessment.rows(area.code) if row.goal_id in goals
        )

    def _summarise(self, goal: Goal) -> SimpleNamespace:
        newest = summarise_goal(goal.id, self._goal_rows(goal)).newest
        return SimpleNamespace(id=goal.id, title=self.views.local(goal.title), newest=newest)

    def _goal_view(self, goal: Goal) -> SimpleNamespace:
        rows = self._goal_rows(goal)
        municipal: dict[str, dict[str, Row]] = {}
        for member in self.catalogue.members:
            for row in self.assessment.rows(member.code):
                if row.goal_id == goal.id:
                    municipal.setdefault(row.indicator_id, {})[member.code] = row
        own = {row.indicator_id: row for row in rows}
        shown = [
            self._indicator(goal, indicator, own[key], municipal.get(key, {}))
            for key, indicator in self.catalogue.indicators.items()
            if key in own
        ]
        nothing = [item.id for item in shown if not item.has_figures]
        return SimpleNamespace(
            **self._goal_frame(goal),
            lead=self._lead(rows),
            pictures=self._pictures(goal, shown),
            indicators=[item for item in shown if item.has_figures],
            without_value=self._without_value(row for row in rows if row.indicator_id in nothing),
        )

    def _lead(self, rows: Sequence[Row]) -> str:
        years = [row.year for row in rows if row.year is not None]
        if not years:
            return self.texts("region_goal_lead", n=len(rows)) + " " + self.texts("region_goal_nothing")
        return (
            self.texts("region_goal_lead", n=len(rows))
            + " "
            + self.texts("region_goal_known", n=len(years), year=max(years))
        )

    def _leading(self, shown: list[SimpleNamespace]) -> Indicator | None:
        """The goal's first indicator with municipal figures, a judged one before others."""
        chosen = [item for item in shown if item.municipal]
        judged = [item for item in chosen if item.is_judged] or chosen
        return self.catalogue.indicators[judged[0].id] if judged else None

    def _pictures(self, goal: Goal, shown: list[SimpleNamespace]) -> list[FigurePart]:
        """How the region has moved, the goal's matrix, and map and distribution of its leading indicator."""
        common = (self.assessment, self.area, goal, self.texts)
        made = [
            make_dumbbell_chart(*common, f"muutos-{slug(goal.id)}"),
            make_indicator_matrix(*common, f"k-{slug(goal.id)}"),
        ]
        indicator = self._leading(shown)
        if indicator is not None:
            common = (self.assessment, self.area, indicator, self.texts)
            made.append(make_map_chart(*common, f"kartta-{slug(goal.id)}", goal_id=goal.id))
            made.append(make_distribution_chart(*common, f"jakauma-{slug(goal.id)}"))
        return [part for part in made if part is not None]

    def _indicator(
        self, goal: Goal, indicator: Indicator, own: Row, by_code: Mapping[str, Row]
    ) -> SimpleNamespace:
        """One indicator: the region's own figure, and the municipalities' in alphabetical order."""
        html_id = f"m-{slug(goal.id)}-{slug(indicator.id)}"
        municipal = [
            self._cell(area, by_code[area.code], indicator) for area in self.catalogue.members if by_code
        ]
        has_municipal = any(cell.value for cell in municipal)
        source_line, url, series_name = ("", "", "")
        if indicator.id in self.snapshot.series:
            source_line, url, series_name = self.views.source(indicator)
        return SimpleNamespace(
            id=indicator.id,
            html_id=html_id,
            title=self.views.title(indicator),
            has_figures=bool(self.views.value(indicator, own.value)) or has_municipal,
            is_judged=own.direction != "no_judgement",
            direction=self.texts(f"direction_{own.direction}"),
            value=self.views.value(indicator, own.value),
            year=own.year,
            is_old=own.is_old,
            country=self.views.value(indicator, own.country_value),
            trend=self.texts(f"trend_{own.trend_verdict}"),
            is_region_only="municipality" not in indicator.levels,
            municipal=municipal if has_municipal else [],
            caption=self.texts("region_caption", indicator=self.views.title(indicator)),
            remarks=[self.views.local(self.catalogue.warnings[key].text) for key in indicator.warnings],
            source_line=source_line,
            source_url=url,
            series_name=series_name,
        )

    def _cell(self, area: Area, row: Row, indicator: Indicator) -> SimpleNamespace:
        """A municipality's figure beside the others'."""
        value = self.views.value(indicator, row.value)
        return SimpleNamespace(
            code=area.code,
            name=area.name(self.texts.language),
            value=value,
            year=row.year or "",
            words=self.views.comparison(row) if value else self.views.reason(row.status, row.status_note),
        )


def open_region_report(
    area: str = "MK13", language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> RegionReport:
    """Open the region's report, as a notebook does.

    Parameters
    ----------
    area : str
        Code or name of the agreement's region; the others are `open_municipal_report`'s.

    Raises
    ------
    UnknownNameError, SnapshotError
        A language or snapshot that is not there, a damaged one, or an area that is not the agreement's.
    """
    texts, inputs = load_texts(language), open_inputs(snapshot, with_changes=False)
    catalogue = inputs.assessment.catalogue
    found, agreed = catalogue.areas.resolve(area, "region"), catalogue.agreement.region
    if found.code != agreed:
        raise UnknownAreaError(area, (agreed,), "The region report is made of the agreement's region.")
    return RegionReport(inputs, found, texts, edition)
