"""The spine chart: a goal's indicators in one area among the municipalities, better to the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from indicators.assessment.goals import find_mark
from indicators.assessment.rows import KnownRow, is_known
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.context import ChartContext
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.lettering import wrap
from indicators.charts.drawing.row_scale import RowScale, find_scale
from indicators.charts.drawing.style import FONT_SIZE, MARKS, SMALL_FONT_SIZE, WIDTH
from indicators.charts.figure_part import FigurePart
from indicators.charts.key import LINE, draw_key, mark_words, place_key
from indicators.narrative.texts import Texts

_LEFT, _RIGHT = 6.0, 140.0
_MIDDLE, _HALF = (_LEFT + _RIGHT) / 2, (_RIGHT - _LEFT) / 2
_OWN_RIGHT, _REGION_RIGHT, _YEAR_RIGHT = 217.0, 297.0, 338.0
_TITLE_LINE, _BAR, _LINE = 13.5, 25.0, 13.0
#: Marks read out before others.
_WEIGHT: Final = ("worse", "better", "similar", "background", "position", "unassessed")
#: Columns of the table that are the assessment's.
_FIGURES: Final = ("value", "region_value", "minimum", "q1", "median", "q3", "maximum")


@dataclass(frozen=True)
class _GoalRow:
    """One indicator of the goal: its assessment row, its axis (None: no bar is drawn) and its mark."""

    indicator: Indicator
    row: KnownRow
    scale: RowScale | None
    mark: str
    title: str


@dataclass(frozen=True)
class _Column:
    """A column of texts: its heading, its right edge and its width."""

    heading: str
    right: float
    width: float
    is_own: bool = False


def make_spine_chart(
    assessment: Assessment, area: Area, goal: Goal, texts: Texts, html_id: str
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
    rows = [row for row in assessment.rows(area.code) if row.goal_id == goal.id and is_known(row)]
    found = [_to_row(context, row) for row in rows]
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
        f"goal-{goal.id}",
        _draw(context, found),
        html_id,
        message,
        details,
        pd.DataFrame([_table_row(context, item) for item in found]),
    )


def _to_row(context: ChartContext, row: KnownRow) -> _GoalRow:
    indicator = context.catalogue.indicators[row.indicator_id]
    scale = find_scale(row, (row.value, row.region_value), indicator.is_compared)
    return _GoalRow(indicator, row, scale, find_mark(row), context.title(indicator))


def _draw(context: ChartContext, rows: Sequence[_GoalRow]) -> Canvas:
    texts = context.texts
    region = context.region_name or texts("country")
    columns = [
        _Column(context.area_name, _OWN_RIGHT, 73, is_own=True),
        _Column(region, _REGION_RIGHT, 77),
        _Column(texts("year"), _YEAR_RIGHT, 36),
    ]
    layout = _RowLayout(rows, columns, mark_words(texts), _how_to_read(texts, rows, region))
    canvas = Canvas(WIDTH, layout.height)
    _draw_municipalities(canvas, rows, layout.bars)
    drawn = [(item, item.scale, y) for item, y in zip(rows, layout.bars, strict=True) if item.scale]
    ticks = [
        (_to_x(scale.place(item.row.region_value)), y)
        for item, scale, y in drawn
        if item.row.region_value is not None
    ]
    canvas.lines([[(x, y - 8), (x, y + 8)] for x, y in ticks], "region", 2.4)
    _draw_marks(canvas, [(item.mark, _to_x(scale.place(item.row.value)), y) for item, scale, y in drawn])
    layout.draw(canvas, (texts("chart_axis_worse"), texts("chart_axis_median"), texts("chart_axis_better")))
    _draw_texts(canvas, context, rows, layout.bars)
    return canvas


def _draw_texts(
    canvas: Canvas, context: ChartContext, rows: Sequence[_GoalRow], bars: Sequence[float]
) -> None:
    """Value, region and year in columns; where no bar can be drawn, that is said in its place."""
    together = list(zip(rows, bars, strict=True))
    for item, y in together:
        own = context.shown(item.indicator, item.row.value)
        marks = {"data-indicator": item.indicator.id}
        canvas.text((_OWN_RIGHT, y), own, "own", "right", bold=True, attributes=marks)
    for item, y in together:
        region = context.shown(item.indicator, item.row.region_value)
        canvas.text((_REGION_RIGHT, y), region, "text", "right")
    for item, y in together:
        canvas.text((_YEAR_RIGHT, y), str(item.row.year), "muted", "right")
    for item, y in together:
        if item.scale is None:
            canvas.text((_MIDDLE, y), context.texts("chart_no_bar"), "muted", "center", SMALL_FONT_SIZE)


def _sentence(context: ChartContext, item: _GoalRow) -> str:
    texts, row = context.texts, item.row
    words = {
        "indicator": item.title,
        "value": context.shown(item.indicator, row.value),
        "year": row.year,
        "word": mark_words(context.texts)[item.mark],
    }
    if row.region_value is None:
        return texts("chart_row", **words)
    region_value = context.shown(item.indicator, row.region_value)
    return texts("chart_row_region", **words, region=context.region_name, region_value=region_value)


def _table_row(context: ChartContext, item: _GoalRow) -> dict[str, Any]:
    row = item.row
    return {
        "indicator_id": item.indicator.id,
        "indicator": item.title,
        "unit": context.catalogue.units[item.indicator.unit].label.text(context.language),
        "direction": context.texts(f"direction_{row.direction}"),
        "year": row.year,
        **{name: getattr(row, name) for name in _FIGURES},
        "mark": mark_words(context.texts)[item.mark],
    }


def _how_to_read(texts: Texts, rows: Sequence[_GoalRow], region: str) -> str:
    """What the pieces of a row stand for, as far as they occur."""
    drawn = [(item, item.scale) for item in rows if item.scale]
    if not drawn:
        return ""
    sentences = [texts("chart_reading")]
    if any(any(scale.span(scale.spread.minimum, scale.spread.maximum)[2:]) for item, scale in drawn):
        sentences.append(texts("chart_reading_arrow"))
    sentences.append(texts("chart_reading_region", region=region))
    if any(item.row.direction == "no_judgement" for item, _ in drawn):
        sentences.append(texts("chart_reading_background"))
    return " ".join(sentences)


class _RowLayout:
    """Heights of everything in a chart of rows, from the top down."""

    def __init__(
        self, rows: Sequence[_GoalRow], columns: Sequence[_Column], words: dict[str, str], reading: str
    ) -> None:
        self.columns, self.words = columns, words
        self.reading = wrap(reading, WIDTH - _LEFT, SMALL_FONT_SIZE, most=6)
        present = {item.mark for item in rows}
        self.key = place_key({mark: word for mark, word in words.items() if mark in present}, WIDTH - _LEFT)
        self.headings = [
            wrap(column.heading, column.width, SMALL_FONT_SIZE, column.is_own, most=2) for column in columns
        ]
        self.titles = [wrap(item.title, WIDTH - 6, FONT_SIZE) for item in rows]
        self.head = LINE * len(self.key) + _LINE * len(self.reading) + 6
        self.top = self.head + _LINE * max(2, *(len(lines) for lines in self.headings)) + 8
        heights = [len(lines) * _TITLE_LINE + _BAR for lines in self.titles]
        self.height = self.top + sum(heights) + 4
        self.starts = [self.height - self.top - sum(heights[:at]) for at in range(len(rows))]
        self.bars = [
            start - len(lines) * _TITLE_LINE - _BAR / 2 + 1
            for start, lines in zip(self.starts, self.titles, strict=True)
        ]

    def draw(self, canvas: Canvas, ends: tuple[str, str, str]) -> None:
        """Key, headings and titles; the ends and the middle of the axis in words."""
        draw_key(canvas, self.key, self.words, _LEFT, self.height)
        for at, line in enumerate(self.reading):
            y = self.height - LINE * len(self.key) - _LINE * (at + 0.5) - 1
            canvas.text((_LEFT, y), line, "muted", size=SMALL_FONT_SIZE)
        base = self.height - self.top + 12
        for column, lines in zip(self.columns, self.headings, strict=True):
            role = "own" if column.is_own else "muted"
            for at, line in enumerate(reversed(lines)):
                canvas.text(
                    (column.right, base + _LINE * at), line, role, "right", SMALL_FONT_SIZE, column.is_own
                )
        low, middle, high = ends
        canvas.text((_LEFT, base), low, "muted", "left", SMALL_FONT_SIZE)
        canvas.text((_MIDDLE, base + _LINE), middle, "muted", "center", SMALL_FONT_SIZE)
        canvas.text((_RIGHT, base), high, "muted", "right", SMALL_FONT_SIZE)
        for start, lines in zip(self.starts, self.titles, strict=True):
            for at, line in enumerate(lines):
                canvas.text((_LEFT, start - _TITLE_LINE * (at + 0.5)), line, "text")


def _to_x(place: float) -> float:
    """A place on a row's axis in points."""
    return _MIDDLE + place * _HALF


def _draw_municipalities(canvas: Canvas, rows: Sequence[_GoalRow], bars: Sequence[float]) -> None:
    """Range of municipalities as a line (an arrow where it goes on), middle half as a box, median."""
    ranges, ends, boxes, medians = [], [], [], []
    for item, y in zip(rows, bars, strict=True):
        if item.scale is None:
            continue
        scale, spread = item.scale, item.scale.spread
        left, right, goes_left, goes_right = scale.span(spread.minimum, spread.maximum)
        ranges.append([(_to_x(left), y), (_to_x(right), y)])
        ends += [_end(_to_x(left), y, goes_left, 4), _end(_to_x(right), y, goes_right, -4)]
        low, high, *_ = scale.span(spread.q1, spread.q3)
        boxes.append([(_to_x(low), y - 5), (_to_x(high), y - 5), (_to_x(high), y + 5), (_to_x(low), y + 5)])
        medians.append([(_MIDDLE, y - 7), (_MIDDLE, y + 7)])
    canvas.lines([*ranges, *ends], "median", 1)
    canvas.fill(boxes, "band", "median", 0.8)
    canvas.lines(medians, "median", 1)


def _end(x: float, y: float, goes_on: bool, inwards: float) -> list[tuple[float, float]]:
    if goes_on:
        return [(x + inwards, y - 3.5), (x, y), (x + inwards, y + 3.5)]
    return [(x, y - 3.5), (x, y + 3.5)]


def _draw_marks(canvas: Canvas, places: Sequence[tuple[str, float, float]]) -> None:
    """Marks at places, those of one kind together."""
    for name, mark in MARKS.items():
        points = [(x, y) for found, x, y in places if found == name]
        canvas.marks(points, mark.shape, mark.role, 10)
