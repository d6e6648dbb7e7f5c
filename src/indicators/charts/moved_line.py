"""The chart of what has moved: one municipality's years, a comparator in grey, the tested years told apart.

Pure drawing: numbers and their written forms in, SVG out. The numbers stand at the points that they are of;
there is no scale to read from. A scale that does not begin at zero is broken at its foot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 336
HEIGHT: Final = 132
_LEFT, _RIGHT, _TOP, _BOTTOM, _YEARS = 58, 270, 20, 98, 120
_GAP: Final = 14  # between two labels of one side, so that neither covers the other
#: A turn inside the line is labelled where it goes beyond both ends by this share of the height.
_TURN: Final = 0.12


@dataclass(frozen=True)
class Series:
    """A line: values by year, and how each is written; ``attributes`` by year mark a written value."""

    values: Mapping[int, float]
    written: Mapping[int, str]
    attributes: Mapping[int, str]


@dataclass(frozen=True)
class _Scale:
    first: int
    last: int
    low: float
    high: float

    def x(self, year: int) -> float:
        return _LEFT + (year - self.first) / max(self.last - self.first, 1) * (_RIGHT - _LEFT)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return _BOTTOM - share * (_BOTTOM - _TOP)


def draw_moved(
    own: Series,
    other: Series | None,
    tested: tuple[int, int],
    longest_step: int,
    label: str,
    breaks: Sequence[int] = (),
    attributes: str = "",
) -> str:
    """SVG of a change.

    Parameters
    ----------
    own : Series
        At least three years.
    other : Series or None
        The comparator; only its years within the own ones are drawn.
    tested : (int, int)
        First and last year of the test; the own line is heavy there and thin before.
    longest_step : int
        Years between two values that are still joined.
    label : str
        What a reader who does not see it hears.
    breaks : sequence of int
        Years from which the series counts otherwise: the line is not joined over them.
    attributes : str
        More attributes of the element.
    """
    years = sorted(own.values)
    shown = {y: v for y, v in other.values.items() if years[0] <= y <= years[-1]} if other else {}
    values = [*own.values.values(), *shown.values()]
    low, high = min(values), max(values)
    if 0 < low < 0.25 * high:
        low = 0  # near enough to show the scale whole
    scale = _Scale(years[0], years[-1], low, high)
    parts = [_ground(scale)]
    if other and shown:
        parts.append(_line(shown, scale, longest_step, breaks, "mdl"))
    within = {year: own.values[year] for year in years if tested[0] <= year <= tested[1]}
    parts.append(_line(own.values, scale, longest_step, breaks, "bef"))
    parts.append(_line(within, scale, longest_step, breaks, "own"))
    last = years[-1]
    dot = f'<circle class="n" cx="{scale.x(last):.0f}" cy="{scale.y(own.values[last]):.0f}" r="4"/>'
    parts += [dot, _side(own, other, shown, years[0], scale, -1), _side(own, other, shown, last, scale, 1)]
    parts += [_turns(own, years, scale), _year_labels(years, tested, scale)]
    more = f" {attributes}" if attributes else ""
    return (
        f'<svg class="ch" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}"{more}>'
        f"{''.join(parts)}</svg>"
    )


def is_cut(own: Series, other: Series | None) -> bool:
    """Whether the chart's scale begins elsewhere than at zero."""
    years = sorted(own.values)
    shown = [v for y, v in other.values.items() if years[0] <= y <= years[-1]] if other else []
    values = [*own.values.values(), *shown]
    low, high = min(values), max(values)
    return not (low <= 0 <= high or 0 < low < 0.25 * high)


def _ground(scale: _Scale) -> str:
    """The foot of the chart: a plain line at zero, a broken one where the scale is cut."""
    if scale.low <= 0 <= scale.high:
        y = scale.y(0)
        return f'<path class="gl" d="M{_LEFT} {y:.0f}H{_RIGHT}"/>'
    y = _BOTTOM + 8
    return f'<path class="gl" d="M{_LEFT} {y}h6l3-5 5 10 5-10 3 5H{_RIGHT}"/>'


def _line(
    values: Mapping[int, float], scale: _Scale, longest_step: int, breaks: Sequence[int], kind: str
) -> str:
    years = sorted(values)
    text = ""
    for before, year in zip([None, *years], years, strict=False):
        is_apart = before is None or year - before > longest_step or any(before < b <= year for b in breaks)
        text += f"{'M' if is_apart else 'L'}{scale.x(year):.0f} {scale.y(values[year]):.0f}"
    return f'<path class="{kind}" d="{text}"/>' if len(years) > 1 else ""


def _side(
    own: Series, other: Series | None, shown: Mapping[int, float], year: int, scale: _Scale, side: int
) -> str:
    """The written values at one end, apart enough to be read."""
    x, anchor = scale.x(year) + 9 * side, "" if side > 0 else ' text-anchor="end"'
    labels = [(scale.y(own.values[year]), "ol", own.written[year], own.attributes.get(year, ""))]
    if other and year in shown:
        labels.append((scale.y(shown[year]), "", other.written[year], other.attributes.get(year, "")))
    labels.sort()
    if len(labels) == 2 and labels[1][0] - labels[0][0] < _GAP:
        middle = (labels[0][0] + labels[1][0]) / 2
        labels = [(middle + _GAP / 2 * step, *item[1:]) for step, item in zip((-1, 1), labels, strict=True)]
    return "".join(_text(x, y + 4, text, kind, anchor, more) for y, kind, text, more in labels)


def _turns(own: Series, years: Sequence[int], scale: _Scale) -> str:
    """The highest and the lowest value of the own line, where they lie between its ends and well beyond."""
    ends = (own.values[years[0]], own.values[years[-1]])
    least = _TURN * (scale.high - scale.low)
    highest = max(years, key=lambda year: own.values[year])
    lowest = min(years, key=lambda year: own.values[year])
    text = ""
    if own.values[highest] - max(ends) > least:
        text += _turn(own, highest, scale, -7)
    if min(ends) - own.values[lowest] > least:
        text += _turn(own, lowest, scale, 16)
    return text


def _turn(own: Series, year: int, scale: _Scale, down: int) -> str:
    x, y = scale.x(year), scale.y(own.values[year])
    anchor = ' text-anchor="middle"'
    return _text(x, y + down, own.written[year], "ol", anchor, own.attributes.get(year, ""))


def _year_labels(years: Sequence[int], tested: tuple[int, int], scale: _Scale) -> str:
    shown = {years[0], years[-1]}
    start = max(tested[0], years[0])
    far = 36  # px that a year needs
    if all(abs(scale.x(start) - scale.x(year)) > far for year in shown):
        shown.add(start)
    anchor = ' text-anchor="middle"'
    return "".join(_text(scale.x(year), _YEARS, str(year), "", anchor, "") for year in sorted(shown))


def _text(x: float, y: float, text: str, kind: str, anchor: str, more: str) -> str:
    name = f' class="{kind}"' if kind else ""
    more = f" {more}" if more else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{name}{anchor}{more}>{escape(text)}</text>'
