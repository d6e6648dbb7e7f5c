"""The trend chart: a municipality over the years, with its region and the median of municipalities."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from indicators.charts.drawing.canvas import Canvas, Point
from indicators.charts.drawing.lettering import shorten, text_width
from indicators.charts.drawing.style import FONT_SIZE, SMALL_FONT_SIZE, WIDTH
from indicators.charts.drawing.svg import make_scale

Scale = Callable[[float], float]
TickText = Callable[[float], str]

HEIGHT: Final = 178.0
LEFT, RIGHT, BOTTOM, TOP = 48.0, 222.0, 24.0, 166.0
_LABEL_GAP: Final = 13.5
#: Diameter of a year that stands alone.
_LONELY: Final = 5.0
_Y_TICKS: Final = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])
_X_TICKS: Final = MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True)


@dataclass(frozen=True)
class Line:
    """One line of the chart: its values by year (NaN breaks it) and the label at its end."""

    values: np.ndarray
    label: str
    role: str


@dataclass(frozen=True)
class Band:
    """The interval about the own line: limits by year, NaN where there are none."""

    lower: np.ndarray
    upper: np.ndarray


_STYLES: Final[dict[str, dict]] = {
    "own": {"width": 2.4},
    "region": {"width": 1.6},
    "median": {"width": 1.4, "dash": (3, 2.5)},
}


def draw_trend(
    years: np.ndarray,
    lines: Sequence[Line],
    breaks: Sequence[int],
    tick_text: TickText,
    band: Band | None = None,
) -> Canvas:
    """Draw the lines; the first is drawn last, on top.

    Parameters
    ----------
    years : array of int, shape (years,)
        Every year of the axis.
    lines : sequence of Line
        Own values first. Lines are never drawn across a missing year or a break, nor is the band.
    breaks : sequence of int
        First years of new series.
    tick_text : callable
        Turns a tick's value into text.
    band : Band, optional
        Interval about the own line.

    Raises
    ------
    ValueError
        No line has a value.
    """
    shown = np.concatenate([line.values for line in lines])
    if np.isnan(shown).all():
        raise ValueError("there is nothing to draw: every value is missing")
    canvas = Canvas(WIDTH, HEIGHT)
    ticks = even_ticks(*_extent(shown, band))
    x, y = make_scale(years.tolist(), LEFT + 6, RIGHT - 6), make_scale(ticks, BOTTOM, TOP)
    if band is not None:
        _draw_band(canvas, x, y, years, band, breaks)
    _draw_frame(canvas, x, y, ticks, years, tick_text)
    _draw_breaks(canvas, x, [year for year in breaks if years[0] < year <= years[-1]])
    for line in reversed(lines):
        pieces = runs(years, line.values, breaks)
        drawn = [[(x(year), y(v)) for year, v in piece] for piece in pieces]
        canvas.lines(drawn, line.role, **_STYLES[line.role])
        canvas.dots([piece[0] for piece in drawn if len(piece) == 1], line.role, _LONELY)
    own = [(x(year), y(v)) for year, v in zip(years, lines[0].values, strict=True) if not np.isnan(v)]
    canvas.dots(own[-1:], "own", 6)
    _draw_labels(canvas, y, lines)
    return canvas


def runs(years: np.ndarray, values: np.ndarray, breaks: Sequence[int]) -> list[list[Point]]:
    """Runs of consecutive years with values, cut at breaks; a lonely year is a run of one."""
    pieces: list[list[Point]] = []
    previous = None
    for year, value in zip(years.tolist(), values.tolist(), strict=True):
        if value != value:
            previous = None
            continue
        if previous is None or year in breaks:
            pieces.append([])
        pieces[-1].append((year, value))
        previous = year
    return pieces


def spread_apart(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move ascending heights apart to at least the gap, within bounds, keeping their order."""
    placed = list(heights)
    for at in range(1, len(placed)):
        placed[at] = max(placed[at], placed[at - 1] + gap)
    if placed and placed[-1] > high:
        placed[-1] = high
        for at in range(len(placed) - 2, -1, -1):
            placed[at] = min(placed[at], placed[at + 1] - gap)
    shift = max(0.0, low - placed[0]) if placed else 0.0
    return [height + shift for height in placed]


def _extent(shown: np.ndarray, band: Band | None) -> tuple[float, float]:
    together = shown if band is None else np.concatenate([shown, band.lower, band.upper])
    return float(np.nanmin(together)), float(np.nanmax(together))


def even_ticks(low: float, high: float) -> tuple[float, ...]:
    """Even ticks that cover the values, from zero where the values come near it."""
    if low >= 0 and low < 0.6 * high:
        low = 0.0
    if low == high:
        low, high = low - 1, high + 1
    return tuple(float(tick) for tick in _Y_TICKS.tick_values(low, high))


def _draw_frame(
    canvas: Canvas, x: Scale, y: Scale, ticks: Sequence[float], years: np.ndarray, tick_text: TickText
) -> None:
    canvas.lines([[(LEFT, y(tick)), (RIGHT, y(tick))] for tick in ticks], "grid", 0.7)
    for tick in ticks:
        canvas.text((LEFT - 5, y(tick)), tick_text(tick), "muted", "right", SMALL_FONT_SIZE)
    for year in _year_ticks(int(years[0]), int(years[-1])):
        canvas.text((x(year), BOTTOM - 12), str(year), "muted", "center", SMALL_FONT_SIZE)


def _year_ticks(first: int, last: int) -> tuple[int, ...]:
    if last - first <= 3:
        return tuple(range(first, last + 1))
    inside = (int(tick) for tick in _X_TICKS.tick_values(first, last))
    return tuple(tick for tick in inside if first <= tick <= last)


def _draw_band(
    canvas: Canvas, x: Scale, y: Scale, years: np.ndarray, band: Band, breaks: Sequence[int]
) -> None:
    """The interval as a surface between two thin lines; a lonely year's as a bar."""
    lower, upper = (runs(years, side, breaks) for side in (band.lower, band.upper))
    surfaces, edges = [], []
    for below, above in zip(lower, upper, strict=True):
        if len(below) == 1:
            below, above = _widen(below[0]), _widen(above[0])
        low, high = ([(x(year), y(v)) for year, v in side] for side in (below, above))
        surfaces.append([*low, *reversed(high)])
        edges += [low, high]
    canvas.fill(surfaces, "interval")
    canvas.lines(edges, "own", 0.6)


def _widen(point: Point) -> list[Point]:
    return [(point[0] - 0.12, point[1]), (point[0] + 0.12, point[1])]


def _draw_breaks(canvas: Canvas, x: Scale, breaks: list[int]) -> None:
    canvas.lines([[(x(year - 0.5), BOTTOM), (x(year - 0.5), TOP)] for year in breaks], "muted", 0.8, (2, 2))


def _draw_labels(canvas: Canvas, y: Scale, lines: Sequence[Line]) -> None:
    """Name the lines at their ends, apart from each other, in the order of their heights."""
    ends = [
        (y(line.values[~np.isnan(line.values)][-1]), line.label, line.role)
        for line in lines
        if not np.isnan(line.values).all()
    ]
    ends.sort(key=lambda end: end[0])
    heights = spread_apart([height for height, *_ in ends], _LABEL_GAP, BOTTOM, TOP + 4)
    for height, (_, label, role) in zip(heights, ends, strict=True):
        is_own = role == "own"
        shown = label if is_own else _fit(label, WIDTH - RIGHT - 4)
        canvas.text((RIGHT + 4, height), shown, "own" if is_own else "muted", size=FONT_SIZE, bold=is_own)


def _fit(label: str, width: float) -> str:
    """A label cut to a width: its name gives way, its number never does."""
    name, space, number = label.rpartition(" ")
    if not number[-1:].isdigit():
        return shorten(label, width, FONT_SIZE)
    return shorten(name, width - text_width(space + number, FONT_SIZE), FONT_SIZE) + space + number
