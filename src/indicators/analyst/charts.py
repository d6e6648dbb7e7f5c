"""The charts of an indicator's years and of a goal, with message, alt text and figures.

They are drawn as the plots are; what they say and show is the area's assessment alone.
"""

from collections.abc import Sequence
from io import StringIO
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from indicators.analyst.displays import PLAIN, Chart, title_with_unit
from indicators.analyst.plots import Plot, add_axes, cut, draw_rows, draw_years, label_years
from indicators.assessment.columns import Row
from indicators.assessment.goals import MARKS as ORDER
from indicators.assessment.goals import find_mark
from indicators.assessment.rows import KnownRow, KnownYear, YearFigure, is_known, list_known
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.context import ChartContext, find_breaks
from indicators.charts.drawing.style import MARKS, ROLES
from indicators.narrative.texts import Texts
from indicators.statistics.codes import Kind
from indicators.statistics.interval import figure_limits
from indicators.statistics.trend import CHANGED

#: Fewer points than this show no development.
MINIMUM_POINTS: Final = 2
#: Marks read out before others.
_WEIGHT: Final = ("worse", "better", "similar", "background", "position", "unassessed")
#: Most figures that an alt text reads out; the rest are in the table, and it says so.
MOST_READ_OUT: Final = 6
#: Columns of the table of a goal that are the assessment's.
_FIGURES: Final = ("value", "region_value", "minimum", "q1", "median", "q3", "maximum")
#: Lower and upper limits, year by year of the figures; NaN where there are none.
Limits = tuple[np.ndarray, np.ndarray]


# --- an indicator's years -------------------------------------------------------------------------------


def make_trend_chart(assessment: Assessment, area: Area, indicator: Indicator, texts: Texts) -> Chart | None:
    """Draw an indicator's years in an area against its region and the median of municipalities.

    Returns
    -------
    Chart or None
        None where the area has fewer than two years with a value, or the indicator is not shown at its level.
    """
    if area.level not in indicator.levels:
        return None
    figures = assessment.years(area.code, indicator.id)
    known = list_known(figures)
    if len(known) < MINIMUM_POINTS:
        return None
    told = _Told(ChartContext(assessment, area, texts), indicator, known)
    limits = _find_limits(assessment, indicator, area.code, figures, told.row)
    plot = Plot(assessment, texts)
    with plt.rc_context(PLAIN):
        return _finish(
            told.context,
            indicator.id,
            _draw_years(plot, told, figures, limits),
            told.message(),
            told.alt(limits is not None),
            title=title_with_unit(assessment.catalogue, indicator, texts.language),
            source=plot.wording.source({indicator.id: figures}),
            table=_list_years(texts, figures, limits),
        )


def _find_limits(
    assessment: Assessment,
    indicator: Indicator,
    area_code: str,
    figures: Sequence[YearFigure],
    row: Row | None,
) -> Limits | None:
    """The 95 per cent limits in each of the years, by the dispersion of the latest; None where none are."""
    if not indicator.is_counted or row is None or row.dispersion is None:
        return None
    columns = ("count", "denominator", "value")
    count, denominator, value = (np.array([getattr(f, name) for f in figures], float) for name in columns)
    multiplier = assessment.catalogue.units[indicator.unit].multiplier or 1.0
    kind: Kind = "proportion" if indicator.value_type == "proportion" else "rate"
    found = figure_limits(kind, count, denominator, multiplier, dispersion=row.dispersion)
    lower, upper = (
        np.where(np.isnan(value), np.nan, side) for side in (found.lower_limit, found.upper_limit)
    )
    return None if np.isnan(lower).all() else (lower, upper)


def _draw_years(plot: Plot, told: "_Told", figures: Sequence[YearFigure], limits: Limits | None) -> Figure:
    """The own line on top, with its limits; no line is drawn over a break or a missing year."""
    indicator, context = told.indicator, told.context
    breaks = find_breaks(context.assessment, context.area.code, indicator)
    figure, ax = _new_figure(7.2, 4.2)
    if limits is not None:
        sides = [
            cut(
                [(f.year, limit) for f, limit in zip(figures, side.tolist(), strict=True) if limit == limit],
                breaks,
                indicator.interval_years,
            )
            for side in limits
        ]
        (years, lower), (_, upper) = sides
        ax.fill_between(years, lower, upper, color=ROLES["interval"].light, linewidth=1)
    own = draw_years(ax, told.known, breaks, indicator, color=ROLES["own"].light, zorder=3)
    ends = [(told.latest.value, told.label(context.area_name, told.latest.value), own)]
    others = [
        ("region_value", context.region_name, "region", "-"),
        ("median", plot.texts("chart_median"), "median", "--"),
    ]
    for column, name, role, style in others if told.has_comparators else ():
        points = [(f.year, getattr(f, column)) for f in figures if getattr(f, column) is not None]
        if points:
            look: dict[str, Any] = {"color": ROLES[role].light, "linestyle": style, "linewidth": 1.4}
            ax.plot(*cut(points, breaks, indicator.interval_years), **look, marker=".", markersize=4)
            label = told.label(name, getattr(told.latest, column))
            ends.append((points[-1][1], label, ROLES["muted"].light))
    low, high = ax.dataLim.intervaly
    if 0 <= low < 0.6 * high:
        ax.set_ylim(bottom=0)
    ax.grid(axis="x", visible=False)
    plot.write_numbers(ax.yaxis)
    label_years(ax, ends)
    return figure


def _list_years(texts: Texts, figures: Sequence[YearFigure], limits: Limits | None) -> pd.DataFrame:
    """The figures drawn, with a remark in words where a year is not as the others."""
    table = pd.DataFrame({"year": [item.year for item in figures]})
    for name in ("value", "region_value", "median"):
        table[name] = np.array([getattr(item, name) for item in figures], dtype=float)
    if limits is not None:
        table["lower_limit"], table["upper_limit"] = limits
    remarks = [texts(f"status_{item.status}") for item in figures]
    return table.assign(remark=remarks) if any(remarks) else table


class _Told:
    """The sentences of one indicator's years."""

    def __init__(self, context: ChartContext, indicator: Indicator, known: Sequence[KnownYear]) -> None:
        self.context, self.texts, self.indicator, self.known = context, context.texts, indicator, known
        self.row = context.assessment.row(context.area.code, indicator.id)
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
        if self.row and self.row.trend_verdict in CHANGED:
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

    def alt(self, has_limits: bool) -> str:
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
        if has_limits and self.row and self.row.lower_limit is not None:
            limits = context.span(self.indicator, self.row.lower_limit, self.row.upper_limit)
            sentences.append(self.texts("chart_alt_interval", limits=limits))
        return " ".join(sentences)


# --- a goal's indicators --------------------------------------------------------------------------------


def make_spine_chart(assessment: Assessment, area: Area, goal: Goal, texts: Texts) -> Chart | None:
    """Draw a goal's indicators in an area: own value, region and middle half of municipalities.

    Returns
    -------
    Chart or None
        None where the area has no value of the goal's indicators.
    """
    context, plot = ChartContext(assessment, area, texts), Plot(assessment, texts)
    every = [row for row in assessment.rows(area.code) if row.goal_id == goal.id]
    rows = [row for row in every if is_known(row)]
    if not rows:
        return None
    region = context.region_name or texts("country")
    marks = [find_mark(row) for row in rows]
    counts = [texts(f"mark_{mark}", n=marks.count(mark)) for mark in ORDER if mark in marks]
    message = texts(
        "chart_spine_message", area=context.area_name, goal=goal.id, region=region, counts=", ".join(counts)
    )
    with plt.rc_context(PLAIN):
        figure, ax = _new_figure(9, 1.2 + 0.5 * len(rows))
        draw_rows(plot, ax, rows, region)
        if "background" in marks:
            plot.notes.append(texts("chart_reading_background"))
        plot.write_notes(ax, 70)
        return _finish(
            context,
            f"goal-{goal.id}",
            figure,
            message,
            _read_out(context, rows),
            title=f"{goal.id} {goal.title.text(texts.language)}",
            source=plot.wording.source({row.indicator_id: [row] for row in every}),
            table=pd.DataFrame([_table_row(context, row) for row in rows]),
        )


def _read_out(context: ChartContext, rows: Sequence[KnownRow]) -> str:
    """The rows in words, the judged ones first, and where the others are."""
    ordered = sorted(rows, key=lambda row: _WEIGHT.index(find_mark(row)))
    sentences = [context.texts("chart_spine_alt", area=context.area_name, n=len(rows))]
    sentences += [_sentence(context, row) for row in ordered[:MOST_READ_OUT]]
    return " ".join([*sentences, *[context.texts("chart_rest_in_table")][: len(rows) > MOST_READ_OUT]])


def _sentence(context: ChartContext, row: KnownRow) -> str:
    indicator = context.catalogue.indicators[row.indicator_id]
    words = {
        "indicator": context.title(indicator),
        "value": context.shown(indicator, row.value),
        "year": row.year,
        "word": context.texts(MARKS[find_mark(row)].text_key),
    }
    if row.region_value is None:
        return context.texts("chart_row", **words)
    region_value = context.shown(indicator, row.region_value)
    return context.texts("chart_row_region", **words, region=context.region_name, region_value=region_value)


def _table_row(context: ChartContext, row: KnownRow) -> dict[str, Any]:
    indicator = context.catalogue.indicators[row.indicator_id]
    return {
        "indicator_id": indicator.id,
        "indicator": context.title(indicator),
        "unit": context.catalogue.units[indicator.unit].label.text(context.language),
        "direction": context.texts(f"direction_{row.direction}"),
        "year": row.year,
        **{name: getattr(row, name) for name in _FIGURES},
        "mark": context.texts(MARKS[find_mark(row)].text_key),
    }


# --- the chart ------------------------------------------------------------------------------------------


def _new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of which pyplot does not know: a notebook would show it once more."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, add_axes(figure)


def _finish(
    context: ChartContext, subject: str, figure: Figure, message: str, details: str, **shown: Any
) -> Chart:
    alt = f"{message.rstrip('.')}. {details}"
    drawn = StringIO()
    figure.savefig(drawn, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    svg = drawn.getvalue()
    named = f'<svg role="img" aria-label="{escape(alt)}" style="max-width:100%;height:auto"'
    return Chart(
        area=context.area.code,
        indicator=subject,
        snapshot=context.assessment.snapshot.id,
        language=context.language,
        message=message,
        alt=alt,
        svg=svg[svg.index("<svg") :].replace("<svg", named, 1),
        figure=figure,
        **shown,
    )
