"""The spine chart: a goal's indicators in one area among the municipalities, better to the right."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from indicators.assessment.columns import Row
from indicators.assessment.goals import find_mark
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Goal
from indicators.charts.context import ChartContext
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.row_scale import find_scale
from indicators.charts.drawing.style import FONT_SIZE, WIDTH
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

_OWN_RIGHT, _REGION_RIGHT, _YEAR_RIGHT = 217.0, 297.0, 338.0
#: Marks read out before others.
_WEIGHT: Final = ("worse", "better", "similar", "background", "position", "unassessed")


def make_spine_chart(
    assessment: Assessment,
    area: Area,
    goal: Goal,
    texts: Texts,
    html_id: str,
) -> FigurePart | None:
    """Draw a goal's indicators in an area: own value, region, middle half and range of municipalities.

    Returns
    -------
    FigurePart or None
        None where the area has no value of the goal's indicators.

    Notes
    -----
    The text of an own value carries ``data-indicator``, so that it can be read back from the page.
    """
    context = ChartContext(assessment, area, texts)
    found = [_to_row(context, row) for row in context.rows_with_value(goal.id)]
    if not found:
        return None
    marks = [item.mark for item in found]
    message = texts(
        "chart_spine_message",
        area=context.area_name,
        goal=goal.id,
        region=context.region_name or texts("country"),
        counts=context.count_marks(marks),
    )
    ordered = sorted(found, key=lambda item: _WEIGHT.index(item.mark))
    details = texts("chart_spine_alt", area=context.area_name, n=len(found)) + " "
    details += context.read_out([_sentence(context, item) for item in ordered])
    return context.part(
        subject(goal),
        _draw(context, found),
        html_id,
        message,
        details,
        lambda: pd.DataFrame([_table_row(context, item) for item in found]),
    )


def _to_row(context: ChartContext, row: Row) -> GoalRow:
    indicator = context.catalogue.indicators[row.indicator_id]
    scale = find_scale(row, (row.value, row.region_value), indicator.is_compared)
    return GoalRow(indicator, row, scale, find_mark(row), context.title(indicator))


def _draw(context: ChartContext, rows: Sequence[GoalRow]) -> Canvas:
    texts = context.texts
    region = context.region_name or texts("country")
    columns = [
        Column(context.area_name, _OWN_RIGHT, 73, is_own=True),
        Column(region, _REGION_RIGHT, 77),
        Column(texts("year"), _YEAR_RIGHT, 36),
    ]
    more = [texts("chart_reading_region", region=region)]
    layout = RowLayout(rows, columns, words_of_marks(context), how_to_read(context, rows, more))
    canvas = Canvas(WIDTH, layout.height)
    draw_municipalities(canvas, rows, layout.bars)
    drawn = [(item, y) for item, y in zip(rows, layout.bars, strict=True) if item.scale is not None]
    with_region = [(item, y) for item, y in drawn if item.row.region_value is not None]
    ticks = [(to_x(item.scale.place(item.row.region_value)), y) for item, y in with_region]
    canvas.lines([[(x, y - 8), (x, y + 8)] for x, y in ticks], "region", 2.4)
    draw_marks(canvas, [(item.mark, to_x(item.scale.place(item.row.value)), y) for item, y in drawn])
    layout.draw(canvas, (texts("chart_axis_worse"), texts("chart_axis_median"), texts("chart_axis_better")))
    _draw_texts(canvas, context, rows, layout.bars)
    return canvas


def _draw_texts(
    canvas: Canvas, context: ChartContext, rows: Sequence[GoalRow], bars: Sequence[float]
) -> None:
    """Value, region and year in columns; where no bar can be drawn, that is said in its place."""
    together = list(zip(rows, bars, strict=True))
    for item, y in together:
        own = context.shown(item.indicator, item.row.value)
        canvas.text(
            (_OWN_RIGHT, y),
            own,
            "own",
            "right",
            FONT_SIZE,
            True,
            attributes={"data-indicator": item.indicator.id},
        )
    for item, y in together:
        region = context.shown(item.indicator, item.row.region_value)
        canvas.text((_REGION_RIGHT, y), region, "text", "right")
    for item, y in together:
        canvas.text((_YEAR_RIGHT, y), str(item.row.year), "muted", "right")
    for item, y in together:
        if item.scale is None:
            draw_no_bar(canvas, context.texts, y)


def _sentence(context: ChartContext, item: GoalRow) -> str:
    texts, row = context.texts, item.row
    words = {
        "indicator": item.title,
        "value": context.shown(item.indicator, row.value),
        "year": row.year,
        "word": words_of_marks(context)[item.mark],
    }
    if row.region_value is None:
        return texts("chart_row", **words)
    region_value = context.shown(item.indicator, row.region_value)
    return texts("chart_row_region", **words, region=context.region_name, region_value=region_value)


def _table_row(context: ChartContext, item: GoalRow) -> dict[str, Any]:
    row = item.row
    return {
        "indicator_id": item.indicator.id,
        "indicator": item.title,
        "unit": context.catalogue.units[item.indicator.unit].label.text(context.language),
        "direction": context.texts(f"direction_{row.direction}"),
        "year": row.year,
        "value": row.value,
        "region_value": row.region_value,
        "minimum": row.minimum,
        "q1": row.q1,
        "median": row.median,
        "q3": row.q3,
        "maximum": row.maximum,
        "mark": words_of_marks(context)[item.mark],
    }
