"""The drawings of a table row's place: one value among all municipalities, or a region's own as dots.

Pure drawing: numbers in, SVG out. Colours come from the page by class; a row of these repeats its letters so
often that a drawing is kept to the strokes it needs and whole units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from indicators.assessment.columns import Row
from indicators.charts.drawing.svg import draw_svg, make_scale

_SIZE: Final = (220, 18)
_LEFT, _RIGHT, _MIDDLE = 6, 214, 9
#: The own mark: up is better, down is worse, round is neither; the shape says it, the colour repeats it.
_MARKS: Final = {
    "better": '<path class="ow b" d="M{x} 2l7 12h-14z"/>',
    "worse": '<path class="ow d" d="M{x} 16l7-12h-14z"/>',
    "": '<circle class="ow n" cx="{x}" cy="9" r="5"/>',
}
_REST: Final = '<path class="rr" d="M{x} 4l5 5-5 5-5-5z"/>'


@dataclass(frozen=True)
class Spread:
    """Values of a set of municipalities in one year, in the indicator's unit."""

    minimum: float
    q1: float
    median: float
    q3: float
    maximum: float

    @classmethod
    def of(cls, row: Row) -> "Spread | None":
        """That of an assessment row; None where a value is missing, or all are the same."""
        values = (row.minimum, row.q1, row.median, row.q3, row.maximum)
        known = [value for value in values if value is not None]
        return cls(*known) if len(known) == len(values) and known[-1] > known[0] else None


def draw_range(
    spread: Spread, own: float, rest: float | None, verdict: str, label: str, attributes: str = ""
) -> str:
    """SVG of one row: the range, its middle half, its median, the rest of the region and the own mark.

    Parameters
    ----------
    spread : Spread
    own : float
    rest : float or None
        Of the rest of the region; not drawn where there is none.
    verdict : str
        ``better``, ``worse`` or anything else, which is neither.
    label : str
        What a reader who does not see it hears.
    attributes : str
        More attributes of the element, such as the figures that it shows.
    """
    place = _make_scale(spread.minimum, spread.maximum, own, rest)
    left, right = place(spread.q1), max(place(spread.q3), place(spread.q1) + 1)
    drawn = (
        f'<path class="rg" d="M{place(spread.minimum)} {_MIDDLE}H{place(spread.maximum)}"/>'
        f'<path class="hf" d="M{left} {_MIDDLE}H{right}"/>'
        f'<path class="md" d="M{place(spread.median)} 3v12"/>'
    )
    return draw_svg("ln", _SIZE, label, drawn + _draw_marks(place, own, rest, verdict), attributes)


def draw_dots(
    members: Sequence[float], own: float, country: float | None, verdict: str, label: str, attributes: str
) -> str:
    """SVG of one row of a region: its municipalities as dots, the country and its own mark.

    Parameters
    ----------
    members : sequence of float
        The municipalities' values; at least one.
    own : float
    country : float or None
        Not drawn where there is none.
    verdict, label, attributes : str
        As in `draw_range`.
    """
    place = _make_scale(*members, own, country)
    dots = "".join(f"M{place(value)} {_MIDDLE}h0" for value in sorted(members))
    drawn = (
        f'<path class="rg" d="M{place(min(members))} {_MIDDLE}H{place(max(members))}"/>'
        f'<path class="dt" d="{dots}"/>'
    )
    return draw_svg("ln", _SIZE, label, drawn + _draw_marks(place, own, country, verdict), attributes)


def _make_scale(*values: float | None) -> Callable[[float], int]:
    place = make_scale((value for value in values if value is not None), _LEFT, _RIGHT)
    return lambda value: round(place(value))


def _draw_marks(place: Callable[[float], int], own: float, beside: float | None, verdict: str) -> str:
    rest = "" if beside is None else _REST.format(x=place(beside))
    return rest + _MARKS.get(verdict, _MARKS[""]).format(x=place(own))
