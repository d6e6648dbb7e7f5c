"""What charts with a row for each indicator of a goal share: titles, columns, municipalities behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from indicators.assessment.columns import Row
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.context import ChartContext
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.lettering import wrap
from indicators.charts.drawing.row_scale import RowScale
from indicators.charts.drawing.style import FONT_SIZE, MARKS, SMALL_FONT_SIZE, WIDTH
from indicators.charts.key import LINE, draw_key, mark_words, place_key
from indicators.narrative.texts import Texts

LEFT, RIGHT = 6.0, 140.0
MIDDLE: Final = (LEFT + RIGHT) / 2
_TITLE_LINE, _BAR, _LINE = 13.5, 25.0, 13.0
_HALF: Final = (RIGHT - LEFT) / 2


@dataclass(frozen=True)
class GoalRow:
    """One indicator of the goal: its assessment row, its axis (None: no bar is drawn) and its mark."""

    indicator: Indicator
    row: Row
    scale: RowScale | None
    mark: str
    title: str


@dataclass(frozen=True)
class Column:
    """A column of texts: its heading, its right edge and its width."""

    heading: str
    right: float
    width: float
    is_own: bool = False


class RowLayout:
    """Heights of everything in a chart of rows, from the top down."""

    def __init__(
        self,
        rows: Sequence[GoalRow],
        columns: Sequence[Column],
        words: dict[str, str],
        reading: str,
        bar: float = _BAR,
    ) -> None:
        self.columns, self.words = columns, words
        self.reading = wrap(reading, WIDTH - LEFT, SMALL_FONT_SIZE, most=6)
        self.key = place_key([item.mark for item in rows], words, WIDTH - LEFT)
        self.headings = [
            wrap(column.heading, column.width, SMALL_FONT_SIZE, column.is_own, most=2) for column in columns
        ]
        self.titles = [wrap(item.title, WIDTH - 6, FONT_SIZE) for item in rows]
        self.head = LINE * len(self.key) + _LINE * len(self.reading) + 6
        self.top = self.head + _LINE * max(2, *(len(lines) for lines in self.headings)) + 8
        heights = [len(lines) * _TITLE_LINE + bar for lines in self.titles]
        self.height = self.top + sum(heights) + 4
        self.starts = [self.height - self.top - sum(heights[:at]) for at in range(len(rows))]
        self.bars = [
            start - len(lines) * _TITLE_LINE - bar / 2 + 1
            for start, lines in zip(self.starts, self.titles, strict=True)
        ]

    def draw(self, canvas: Canvas, ends: tuple[str, str, str]) -> None:
        """Key, headings and titles; the ends and the middle of the axis in words."""
        draw_key(canvas, self.key, self.words, LEFT, self.height)
        for at, line in enumerate(self.reading):
            y = self.height - LINE * len(self.key) - _LINE * (at + 0.5) - 1
            canvas.text((LEFT, y), line, "muted", size=SMALL_FONT_SIZE)
        base = self.height - self.top + 12
        for column, lines in zip(self.columns, self.headings, strict=True):
            role = "own" if column.is_own else "muted"
            for at, line in enumerate(reversed(lines)):
                canvas.text(
                    (column.right, base + _LINE * at), line, role, "right", SMALL_FONT_SIZE, column.is_own
                )
        low, middle, high = ends
        canvas.text((LEFT, base), low, "muted", "left", SMALL_FONT_SIZE)
        canvas.text((MIDDLE, base + _LINE), middle, "muted", "center", SMALL_FONT_SIZE)
        canvas.text((RIGHT, base), high, "muted", "right", SMALL_FONT_SIZE)
        for start, lines in zip(self.starts, self.titles, strict=True):
            for at, line in enumerate(lines):
                canvas.text((LEFT, start - _TITLE_LINE * (at + 0.5)), line, "text")


def how_to_read(context: ChartContext, rows: Sequence[GoalRow], more: Sequence[str]) -> str:
    """What the pieces of a row stand for, as far as they occur."""
    texts, drawn = context.texts, [item for item in rows if item.scale is not None]
    if not drawn:
        return ""
    sentences = [texts("chart_reading")]
    if any(any(item.scale.span(item.row.minimum, item.row.maximum)[2:]) for item in drawn):
        sentences.append(texts("chart_reading_arrow"))
    sentences += more
    if any(item.row.direction == "no_judgement" for item in drawn):
        sentences.append(texts("chart_reading_background"))
    return " ".join(sentences)


def to_x(place: float) -> float:
    """A place on a row's axis in points."""
    return MIDDLE + place * _HALF


def draw_municipalities(canvas: Canvas, rows: Sequence[GoalRow], bars: Sequence[float]) -> None:
    """Range of municipalities as a line (an arrow where it goes on), middle half as a box, median."""
    ranges, ends, boxes, medians = [], [], [], []
    for item, y in zip(rows, bars, strict=True):
        if item.scale is None:
            continue
        left, right, goes_left, goes_right = item.scale.span(item.row.minimum, item.row.maximum)
        ranges.append([(to_x(left), y), (to_x(right), y)])
        ends += [_end(to_x(left), y, goes_left, 4), _end(to_x(right), y, goes_right, -4)]
        low, high, *_ = item.scale.span(item.row.q1, item.row.q3)
        boxes.append([(to_x(low), y - 5), (to_x(high), y - 5), (to_x(high), y + 5), (to_x(low), y + 5)])
        medians.append([(MIDDLE, y - 7), (MIDDLE, y + 7)])
    canvas.lines([*ranges, *ends], "median", 1)
    canvas.fill(boxes, "band", "median", 0.8)
    canvas.lines(medians, "median", 1)


def _end(x: float, y: float, goes_on: bool, inwards: float) -> list[tuple[float, float]]:
    if goes_on:
        return [(x + inwards, y - 3.5), (x, y), (x + inwards, y + 3.5)]
    return [(x, y - 3.5), (x, y + 3.5)]


def draw_no_bar(canvas: Canvas, texts: Texts, y: float) -> None:
    """Say in the place of a bar that there is none."""
    canvas.text((MIDDLE, y), texts("chart_no_bar"), "muted", "center", SMALL_FONT_SIZE)


def draw_marks(canvas: Canvas, places: Sequence[tuple[str, float, float]], size: float = 10) -> None:
    """Marks at places, those of one kind together."""
    for name, mark in MARKS.items():
        points = [(x, y) for found, x, y in places if found == name]
        if points:
            canvas.marks(points, mark.shape, mark.role, size)


def words_of_marks(context: ChartContext) -> dict[str, str]:
    """The word of every mark in the report's language."""
    return mark_words(context.texts)


def subject(goal: Goal) -> str:
    """What a chart of the goal's indicators is about."""
    return f"goal-{goal.id}"
