"""The trend chart of one indicator in one area, with message, alt text and figures."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.assessment.columns import Row
from indicators.assessment.rows import YearFigure
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator
from indicators.charts.context import ChartContext, find_breaks, tick_text
from indicators.charts.figure_part import FigurePart
from indicators.charts.trend import Band, Line, draw_trend
from indicators.narrative.texts import Texts
from indicators.statistics.codes import Kind
from indicators.statistics.interval import figure_limits

#: Fewer points than this show no development.
MINIMUM_POINTS: Final = 2
_MOVED: Final = ("improving", "worsening", "rising", "falling")


def make_trend_chart(
    assessment: Assessment,
    area: Area,
    indicator: Indicator,
    texts: Texts,
    html_id: str,
) -> FigurePart | None:
    """Draw an indicator's years in an area against its region and the median of municipalities.

    Returns
    -------
    FigurePart or None
        None where the area has fewer than two years with a value, or the indicator is not shown at its level.
    """
    if area.level not in indicator.levels:
        return None
    figures = assessment.years(area.code, indicator.id)
    if sum(figure.value is not None for figure in figures) < MINIMUM_POINTS:
        return None
    context = ChartContext(assessment, area, texts)
    row = assessment.row(area.code, indicator.id)
    facts = _Facts(context, indicator, figures, row)
    years = np.arange(figures[0].year, figures[-1].year + 1)
    at = np.array([figure.year for figure in figures]) - years[0]
    own, region, median = (
        _spread([getattr(figure, name) for figure in figures], at, len(years))
        for name in ("value", "region_value", "median")
    )
    lines = [Line(own, facts.label(context.area_name, facts.latest.value), "own")]
    if facts.has_comparators:
        lines += [
            Line(region, facts.label(context.region_name, facts.latest.region_value), "region"),
            Line(median, facts.label(texts("chart_median"), facts.latest.median), "median"),
        ]
    band = _find_band(assessment, indicator, area.code, years, row.dispersion if row else None)
    breaks = find_breaks(assessment, area.code, indicator)
    canvas = draw_trend(years, lines, breaks, lambda tick: tick_text(tick, texts.language), band)
    return context.part(
        indicator.id,
        canvas,
        html_id,
        facts.message(),
        facts.alt(band is not None),
        _make_table(context, figures, at, band),
    )


def _find_band(
    assessment: Assessment, indicator: Indicator, area_code: str, years: np.ndarray, dispersion: float | None
) -> Band | None:
    """The 95 per cent limits in each of the years, by the method of the latest; None where there are none.

    Parameters
    ----------
    years : array of int
        Consecutive years within the indicator's panel.
    dispersion : float or None
        What the assessment found for the area's latest count; used for all its years.
    """
    panel = assessment.panels.get(indicator.id)
    if not indicator.is_counted or panel is None or dispersion is None:
        return None
    at = panel.index.codes.index(area_code)
    inside = slice(int(years[0] - panel.years[0]), int(years[-1] - panel.years[0]) + 1)
    count, denominator = panel.count[at, inside], panel.denominator[at, inside]
    multiplier = assessment.catalogue.units[indicator.unit].multiplier or 1.0
    kind: Kind = "proportion" if indicator.value_type == "proportion" else "rate"
    found = figure_limits(kind, count, denominator, multiplier, dispersion=dispersion)
    lower, upper = (
        np.where(np.isnan(panel.value[at, inside]), np.nan, limit)
        for limit in (found.lower_limit, found.upper_limit)
    )
    return None if np.isnan(lower).all() else Band(lower, upper)


def _spread(values: Sequence[float | None], at: np.ndarray, n_years: int) -> np.ndarray:
    """Values in every year of the axis; NaN where there is none."""
    column = np.full(n_years, np.nan)
    column[at] = np.array(values, dtype=float)
    return column


def _make_table(
    context: ChartContext, figures: Sequence[YearFigure], at: np.ndarray, band: Band | None
) -> pd.DataFrame:
    """The figures drawn, with a remark in words where a year is not as the others."""
    table = pd.DataFrame({"year": [item.year for item in figures]})
    for name in ("value", "region_value", "median"):
        table[name] = np.array([getattr(item, name) for item in figures], dtype=float)
    if band is not None:
        table["lower_limit"], table["upper_limit"] = band.lower[at], band.upper[at]
    remarks = [context.texts(f"status_{item.status}") for item in figures]
    return table.assign(remark=remarks) if any(remarks) else table


class _Facts:
    """The sentences of one chart."""

    def __init__(
        self, context: ChartContext, indicator: Indicator, figures: Sequence[YearFigure], row: Row | None
    ) -> None:
        self.context, self.texts, self.indicator = context, context.texts, indicator
        self.row = row
        known = [figure for figure in figures if figure.value is not None]
        self.first, self.latest = known[0], known[-1]

    @property
    def has_comparators(self) -> bool:
        """Whether larger areas belong on the same axis: a number of people or cases grows with the area."""
        return self.indicator.value_type != "count"

    def label(self, name: str, value: float | None) -> str:
        """The line's name, with its value in the area's own latest year where it has one."""
        return f"{name} {self.context.number(self.indicator, value)}".strip()

    def message(self) -> str:
        latest = self.latest
        words = {
            "area": self.context.area_name,
            "value": self.context.shown(self.indicator, latest.value),
            "year": latest.year,
        }
        if self.row and self.row.trend_verdict in _MOVED:
            return self._movement(self.row, words)
        if not (self.has_comparators and self.context.region_name) or latest.region_value is None:
            return self.texts("chart_message", **words)
        region_value = self.context.shown(self.indicator, latest.region_value)
        return self.texts(
            "chart_message_region", **words, region=self.context.region_name, region_value=region_value
        )

    def _movement(self, row: Row, words: dict[str, Any]) -> str:
        """The chart's finding: a change beyond what chance would explain, and where it led."""
        method = "indicative" if row.trend_method == "mann_kendall" else "tested"
        way = "up" if (row.trend_change or 0) > 0 else "down"
        years = {"first": row.trend_first_year, "last": row.trend_last_year}
        return self.texts(f"chart_message_{method}_{way}", **words, **years)

    def alt(self, has_band: bool) -> str:
        first, latest, context = self.first, self.latest, self.context
        sentences = [
            self.texts(
                "chart_alt",
                indicator=context.title(self.indicator),
                area=context.area_name,
                first_value=context.shown(self.indicator, first.value),
                first_year=first.year,
                value=context.shown(self.indicator, latest.value),
                year=latest.year,
            )
        ]
        region_value = latest.region_value if context.region_name else None
        for key, value in (("chart_alt_region", region_value), ("chart_alt_median", latest.median)):
            if value is not None:
                told = context.shown(self.indicator, value)
                sentences.append(self.texts(key, region=context.region_name, value=told, year=latest.year))
        if has_band and self.row and self.row.lower_limit is not None:
            limits = context.span(self.indicator, self.row.lower_limit, self.row.upper_limit)
            sentences.append(self.texts("chart_alt_interval", limits=limits))
        return " ".join(sentences)
