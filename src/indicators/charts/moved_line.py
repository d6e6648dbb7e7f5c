"""The chart of what has moved: one municipality's years, a comparator in grey, the tested years told apart.

Pure drawing: numbers and their written forms in, SVG out. The numbers stand at the points that they are of;
there is no scale to read from. A scale that does not begin at zero is broken at its foot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from indicators.charts.drawing.svg import draw_svg, make_scale

_SIZE: Final = (336, 132)
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
    x: Callable[[float], float]
    y: Callable[[float], float]
    low: float
    high: float

    @property
    def is_cut(self) -> bool:
        return not self.low <= 0 <= self.high


def draw_moved(
    own: Series,
    other: Series | None,
    tested: tuple[int, int],
    longest_step: int,
    label: str,
    breaks: Sequence[int] = (),
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
    """
    years, (other, scale) = sorted(own.values), _fit(own, other)
    last = years[-1]
    within = {year: own.values[year] for year in years if tested[0] <= year <= tested[1]}
    drawn = [(other.values, "mdl")] if other else []
    drawn += [(own.values, "bef"), (within, "own")]
    lines = [own, other] if other else [own]
    parts = [
        _ground(scale),
        *(_line(values, scale, longest_step, breaks, kind) for values, kind in drawn),
        f'<circle class="n" cx="{scale.x(last):.0f}" cy="{scale.y(own.values[last]):.0f}" r="4"/>',
        _side(lines, years[0], scale, -1),
        _side(lines, last, scale, 1),
        _turns(own, years, scale),
        _year_labels(years, tested, scale),
    ]
    return draw_svg("ch", _SIZE, label, "".join(parts))


def is_cut(own: Series, other: Series | None) -> bool:
    """Whether the chart's scale begins elsewhere than at zero."""
    return _fit(own, other)[1].is_cut


def _fit(own: Series, other: Series | None) -> tuple[Series | None, _Scale]:
    """The comparator kept to the own years, and the scale of both."""
    first, last = min(own.values), max(own.values)
    within = {y: v for y, v in other.values.items() if first <= y <= last} if other else {}
    values = [*own.values.values(), *within.values()]
    low, high = min(values), max(values)
    if 0 < low < 0.25 * high:
        low = 0  # near enough to show the scale whole
    x, y = make_scale((first, last), _LEFT, _RIGHT), make_scale((low, high), _BOTTOM, _TOP)
    return replace(other, values=within) if other and within else None, _Scale(x, y, low, high)


def _ground(scale: _Scale) -> str:
    """The foot of the chart: a plain line at zero, a broken one where the scale is cut."""
    if not scale.is_cut:
        return f'<path class="gl" d="M{_LEFT} {scale.y(0):.0f}H{_RIGHT}"/>'
    return f'<path class="gl" d="M{_LEFT} {_BOTTOM + 8}h6l3-5 5 10 5-10 3 5H{_RIGHT}"/>'


def _line(
    values: Mapping[int, float], scale: _Scale, longest_step: int, breaks: Sequence[int], kind: str
) -> str:
    years = sorted(values)
    text = ""
    for before, year in zip([None, *years], years, strict=False):
        is_apart = before is None or year - before > longest_step or any(before < b <= year for b in breaks)
        text += f"{'M' if is_apart else 'L'}{scale.x(year):.0f} {scale.y(values[year]):.0f}"
    return f'<path class="{kind}" d="{text}"/>' if len(years) > 1 else ""


def _side(lines: Sequence[Series], year: int, scale: _Scale, side: int) -> str:
    """The written values at one end, apart enough to be read."""
    x, anchor = scale.x(year) + 9 * side, "" if side > 0 else "end"
    labels = sorted(
        (scale.y(line.values[year]), kind, line.written[year], line.attributes.get(year, ""))
        for line, kind in zip(lines, ("ol", ""), strict=False)
        if year in line.values
    )
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
    turns = [(highest, -7)] if own.values[highest] - max(ends) > least else []
    turns += [(lowest, 16)] if min(ends) - own.values[lowest] > least else []
    return "".join(
        _text(
            scale.x(year),
            scale.y(own.values[year]) + down,
            own.written[year],
            "ol",
            more=own.attributes.get(year, ""),
        )
        for year, down in turns
    )


def _year_labels(years: Sequence[int], tested: tuple[int, int], scale: _Scale) -> str:
    shown = {years[0], years[-1]}
    start = max(tested[0], years[0])
    far = 36  # px that a year needs
    if all(abs(scale.x(start) - scale.x(year)) > far for year in shown):
        shown.add(start)
    return "".join(_text(scale.x(year), _YEARS, str(year)) for year in sorted(shown))


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "middle", more: str = "") -> str:
    marks = f' class="{kind}"' if kind else ""
    marks += f' text-anchor="{anchor}"' if anchor else ""
    marks += f" {more}" if more else ""
    return f'<text x="{x:.0f}" y="{y:.0f}"{marks}>{escape(text)}</text>'
