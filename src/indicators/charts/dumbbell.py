"""The dumbbell chart: a goal's indicators in one area, from the first comparable year to the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.context import ChartContext
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.row_scale import find_scale
from indicators.charts.drawing.style import FONT_SIZE, MARKS, SMALL_FONT_SIZE, WIDTH
from indicators.charts.figure_part import FigurePart
from indicators.charts.goal_rows import (
    Column,
    GoalRow,
    RowLayout,
    draw_marks,
    draw_municipalities,
    draw_no_bar,
    how_to_read,
    subject,
    to_x,
    words_of_marks,
)
from indicators.narrative.texts import Texts

#: The mark of each trend verdict; one without evidence looks as a difference that is not clear.
TREND_MARKS: Final[dict[str, str]] = {
    "improving": "better",
    "worsening": "worse",
    "rising": "background",
    "falling": "background",
    "steady": "similar",
    "no_evidence": "similar",
    "not_assessed": "unassessed",
}
_COUNT_KEYS: Final[dict[str, str]] = {
    "improving": "chart_moved_improving",
    "worsening": "chart_moved_worsening",
    "rising": "chart_moved_rising",
    "falling": "chart_moved_falling",
    "steady": "chart_moved_steady",
    "no_evidence": "chart_moved_no_evidence",
    "not_assessed": "chart_moved_not_assessed",
}
_FIRST_RIGHT, _LAST_RIGHT = 228.0, 338.0
#: The value stands above its year.
_ABOVE, _BAR = 6.5, 30.0


@dataclass(frozen=True)
class Change:
    """An indicator's values in the first and the last comparable year."""

    first_year: int
    first: float
    last_year: int
    last: float


def find_change(context: ChartContext, indicator: Indicator) -> Change | None:
    """Values of the first and the last year of the newest run without a break or a change of boundaries.

    None where the run has fewer than two years with a value.
    """
    panel = context.assessment.panels.get(indicator.id)
    if panel is None:
        return None
    values = panel.value[panel.index.codes.index(context.area.code)]
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 2:
        return None
    last = known[-1]
    begins = [year for year in context.breaks(panel, indicator) if year <= panel.years[last]]
    comparable = known[panel.years[known] >= max(begins, default=0)]
    if len(comparable) < 2:
        return None
    first = comparable[0]
    return Change(int(panel.years[first]), float(values[first]), int(panel.years[last]), float(values[last]))


def make_dumbbell_chart(
    assessment: Assessment,
    area: Area,
    goal: Goal,
    texts: Texts,
    html_id: str,
) -> FigurePart | None:
    """Draw how a goal's indicators have moved in an area, each on its axis among the municipalities.

    Returns
    -------
    FigurePart or None
        None where no indicator of the goal has two comparable years.
    """
    context = ChartContext(assessment, area, texts)
    found: list[tuple[GoalRow, Change]] = []
    for row in context.rows_with_value(goal.id):
        indicator = assessment.catalogue.indicators[row.indicator_id]
        change = find_change(context, indicator)
        if change is not None:
            scale = find_scale(row, (change.first, change.last), indicator.is_compared)
            mark = TREND_MARKS[row.trend_verdict]
            found.append((GoalRow(indicator, row, scale, mark, context.title(indicator)), change))
    if not found:
        return None
    verdicts = [item.row.trend_verdict for item, _ in found]
    counts = {verdict: verdicts.count(verdict) for verdict in TREND_MARKS if verdict in verdicts}
    told = ", ".join(texts(_COUNT_KEYS[verdict], n=n) for verdict, n in counts.items())
    message = texts("chart_dumbbell_message", area=context.area_name, goal=goal.id, counts=told)
    order = list(TREND_MARKS)
    ordered = sorted(found, key=lambda pair: order.index(pair[0].row.trend_verdict))
    details = texts("chart_dumbbell_alt", area=context.area_name, n=len(found)) + " "
    details += context.read_out([_sentence(context, item, change) for item, change in ordered])
    return context.part(
        subject(goal),
        _draw(context, found),
        html_id,
        message,
        details,
        lambda: pd.DataFrame([_table_row(context, item, change) for item, change in found]),
    )


def _draw(context: ChartContext, found: Sequence[tuple[GoalRow, Change]]) -> Canvas:
    texts, rows = context.texts, [item for item, _ in found]
    columns = [
        Column(texts("chart_first_year"), _FIRST_RIGHT, 84),
        Column(f"{context.area_name}, {texts('chart_last_year')}", _LAST_RIGHT, 108, is_own=True),
    ]
    words = words_of_marks(context) | _trend_words(context, rows)
    reading = how_to_read(context, rows, [texts("chart_reading_change")])
    layout = RowLayout(rows, columns, words, reading, _BAR)
    canvas = Canvas(WIDTH, layout.height)
    draw_municipalities(canvas, rows, layout.bars)
    drawn = [
        (item.mark, to_x(item.scale.place(change.first)), to_x(item.scale.place(change.last)), y)
        for (item, change), y in zip(found, layout.bars, strict=True)
        if item.scale is not None
    ]
    for mark, style in MARKS.items():
        canvas.lines([[(start, y), (end, y)] for name, start, end, y in drawn if name == mark], style.role, 3)
    canvas.dots([(start, y) for _, start, _, y in drawn], "ground", 8)
    canvas.dots([(start, y) for _, start, _, y in drawn], "muted", 5.5)
    draw_marks(canvas, [(mark, end, y) for mark, _, end, y in drawn])
    layout.draw(canvas, (texts("chart_axis_worse"), texts("chart_axis_median"), texts("chart_axis_better")))
    _draw_texts(canvas, context, found, layout.bars)
    return canvas


def _trend_words(context: ChartContext, rows: Sequence[GoalRow]) -> dict[str, str]:
    """What each mark stands for in this chart: the verdicts that occur."""
    words: dict[str, list[str]] = {}
    verdicts = {item.row.trend_verdict for item in rows}
    for verdict, mark in TREND_MARKS.items():
        if verdict in verdicts:
            words.setdefault(mark, []).append(context.texts(f"trend_{verdict}"))
    return {mark: " / ".join(names) for mark, names in words.items()}


def _draw_texts(
    canvas: Canvas, context: ChartContext, found: Sequence[tuple[GoalRow, Change]], bars: Sequence[float]
) -> None:
    together = list(zip(found, bars, strict=True))
    for (item, change), y in together:
        first = context.shown(item.indicator, change.first)
        tags = {"data-indicator": item.indicator.id, "data-year": str(change.first_year)}
        canvas.text((_FIRST_RIGHT, y + _ABOVE), first, "text", "right", attributes=tags)
    for (item, change), y in together:
        last = context.shown(item.indicator, change.last)
        tags = {"data-indicator": item.indicator.id, "data-year": str(change.last_year)}
        canvas.text((_LAST_RIGHT, y + _ABOVE), last, "own", "right", FONT_SIZE, True, attributes=tags)
    for (_, change), y in together:
        for right, year in ((_FIRST_RIGHT, change.first_year), (_LAST_RIGHT, change.last_year)):
            canvas.text((right, y - _ABOVE), str(year), "muted", "right", SMALL_FONT_SIZE)
    for (item, _), y in together:
        if item.scale is None:
            draw_no_bar(canvas, context.texts, y)


def _sentence(context: ChartContext, item: GoalRow, change: Change) -> str:
    return context.texts(
        "chart_row_change",
        indicator=item.title,
        first=context.shown(item.indicator, change.first),
        first_year=change.first_year,
        last=context.shown(item.indicator, change.last),
        last_year=change.last_year,
        word=context.texts(f"trend_{item.row.trend_verdict}"),
    )


def _table_row(context: ChartContext, item: GoalRow, change: Change) -> dict[str, Any]:
    return {
        "indicator_id": item.indicator.id,
        "indicator": item.title,
        "unit": context.catalogue.units[item.indicator.unit].label.text(context.language),
        "first_year": change.first_year,
        "first_value": change.first,
        "last_year": change.last_year,
        "last_value": change.last,
        "trend": context.texts(f"trend_{item.row.trend_verdict}"),
    }
