"""The trend chart: a municipality over the years, with its region and the median of municipalities."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from indicators.charts.canvas import Canvas, Point
from indicators.charts.style import FONT_SIZE, SMALL_FONT_SIZE

WIDTH: Final = 420.0
HEIGHT: Final = 178.0
LEFT, RIGHT, BOTTOM, TOP = 44.0, 304.0, 24.0, 166.0
_LABEL_GAP: Final = 13.0
_Y_TICKS: Final = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10])
_X_TICKS: Final = MaxNLocator(nbins=5, steps=[1, 2, 5, 10], integer=True)


@dataclass(frozen=True)
class Line:
    """One line of the chart: its values by year (NaN breaks it) and the label at its end."""

    values: np.ndarray
    label: str
    role: str


_STYLES: Final[dict[str, dict]] = {
    "own": {"width": 2.4},
    "region": {"width": 1.6},
    "median": {"width": 1.4, "dash": (3, 2.5)},
}


def draw_trend(years: np.ndarray, lines: Sequence[Line], breaks: Sequence[int], tick_text) -> Canvas:
    """Draw the lines; the first is drawn last, on top.

    Parameters
    ----------
    years : array of int, shape (years,)
        Every year of the axis.
    lines : sequence of Line
        Own values first. Lines are never drawn across a missing year or a break.
    breaks : sequence of int
        First years of new series.
    tick_text : callable
        Turns a tick's value into text.

    Raises
    ------
    ValueError
        No line has a value.
    """
    values = np.concatenate([line.values for line in lines])
    values = values[~np.isnan(values)]
    if not len(values):
        raise ValueError("there is nothing to draw: every value is missing")
    canvas = Canvas(WIDTH, HEIGHT)
    ticks = _value_ticks(values.min(), values.max())
    x, y = _scale(years[0], years[-1], LEFT + 6, RIGHT - 6), _scale(ticks[0], ticks[-1], BOTTOM, TOP)
    _draw_frame(canvas, x, y, ticks, years, tick_text)
    _draw_breaks(canvas, x, [year for year in breaks if years[0] < year <= years[-1]])
    for line in reversed(lines):
        pieces = _pieces(years, line.values, breaks)
        canvas.lines(
            [[(x(year), y(v)) for year, v in piece] for piece in pieces], line.role, **_STYLES[line.role]
        )
    own = [(x(year), y(v)) for year, v in zip(years, lines[0].values, strict=True) if not np.isnan(v)]
    canvas.dots(own[-1:], "own", 6)
    _draw_labels(canvas, y, lines)
    return canvas


def _scale(low: float, high: float, start: float, end: float):
    """Linear map from values to points; the middle where all values are one."""
    if high == low:
        return lambda value: (start + end) / 2
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _value_ticks(low: float, high: float) -> np.ndarray:
    """Even ticks that cover the values, from zero where the values come near it."""
    if low >= 0 and low < 0.6 * high:
        low = 0.0
    if low == high:
        low, high = low - 1, high + 1
    return _Y_TICKS.tick_values(low, high)


def _draw_frame(canvas: Canvas, x, y, ticks: np.ndarray, years: np.ndarray, tick_text) -> None:
    canvas.lines([[(LEFT, y(tick)), (RIGHT, y(tick))] for tick in ticks], "grid", 0.7)
    for tick in ticks:
        canvas.text((LEFT - 5, y(tick)), tick_text(tick), "muted", "right", SMALL_FONT_SIZE)
    for year in _year_ticks(years):
        canvas.text((x(year), BOTTOM - 12), str(year), "muted", "center", SMALL_FONT_SIZE)


def _year_ticks(years: np.ndarray) -> list[int]:
    if len(years) <= 4:
        return [int(year) for year in years]
    inside = [int(tick) for tick in _X_TICKS.tick_values(years[0], years[-1])]
    return [tick for tick in inside if years[0] <= tick <= years[-1]]


def _draw_breaks(canvas: Canvas, x, breaks: list[int]) -> None:
    canvas.lines([[(x(year - 0.5), BOTTOM), (x(year - 0.5), TOP)] for year in breaks], "muted", 0.8, (2, 2))


def _pieces(years: np.ndarray, values: np.ndarray, breaks: Sequence[int]) -> list[list[Point]]:
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


def _draw_labels(canvas: Canvas, y, lines: Sequence[Line]) -> None:
    """Name the lines at their ends, apart from each other, in the order of their heights."""
    ends = [
        (y(line.values[~np.isnan(line.values)][-1]), line)
        for line in lines
        if not np.isnan(line.values).all()
    ]
    ends.sort(key=lambda end: end[0])
    heights = _spread_apart([height for height, _ in ends], _LABEL_GAP, BOTTOM, TOP + 4)
    for height, (_, line) in zip(heights, ends, strict=True):
        role = "own" if line.role == "own" else "muted"
        canvas.text((RIGHT + 4, height), line.label, role, size=FONT_SIZE, bold=line.role == "own")


def _spread_apart(heights: list[float], gap: float, low: float, high: float) -> list[float]:
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
