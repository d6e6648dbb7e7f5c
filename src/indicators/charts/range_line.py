"""The drawings of a table row's place: one value among all municipalities, or a region's own as dots.

Pure drawing: numbers in, SVG out. Colours come from the page by class; a row of these repeats its letters so
often that a drawing is kept to the strokes it needs and whole units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isnan
from typing import Final

WIDTH: Final = 220
HEIGHT: Final = 18
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
    """Values of a set of municipalities in one year; in the indicator's unit, NaN where not known."""

    minimum: float
    q1: float
    median: float
    q3: float
    maximum: float

    @property
    def is_known(self) -> bool:
        """Whether there is a line to draw: five values, and not all the same."""
        values = (self.minimum, self.q1, self.median, self.q3, self.maximum)
        return not any(isnan(value) for value in values) and self.maximum > self.minimum


def draw_range(
    spread: Spread, own: float, rest: float, verdict: str, label: str, attributes: str = ""
) -> str:
    """SVG of one row: the range, its middle half, its median, the rest of the region and the own mark.

    Parameters
    ----------
    spread : Spread
        Must be known.
    own, rest : float
        The own value and that of the rest of the region; either may be NaN and is then not drawn.
    verdict : str
        ``better``, ``worse`` or anything else, which is neither.
    label : str
        What a reader who does not see it hears.
    attributes : str
        More attributes of the element, such as the figures that it shows.
    """
    known = [value for value in (own, rest) if not isnan(value)]
    low, high = min(spread.minimum, *known), max(spread.maximum, *known)

    def place(value: float) -> int:
        return round(_LEFT + (value - low) / (high - low) * (_RIGHT - _LEFT))

    parts = [
        f'<path class="rg" d="M{place(spread.minimum)} {_MIDDLE}H{place(spread.maximum)}"/>',
        f'<path class="hf" d="M{place(spread.q1)} {_MIDDLE}H{max(place(spread.q3), place(spread.q1) + 1)}"/>',
        f'<path class="md" d="M{place(spread.median)} 3v12"/>',
    ]
    if not isnan(rest):
        parts.append(_REST.format(x=place(rest)))
    if not isnan(own):
        parts.append(_MARKS.get(verdict, _MARKS[""]).format(x=place(own)))
    more = f" {attributes}" if attributes else ""
    return (
        f'<svg class="ln" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}"{more}>'
        f"{''.join(parts)}</svg>"
    )


def draw_dots(
    members: Sequence[float], own: float, country: float, verdict: str, label: str, attributes: str = ""
) -> str:
    """SVG of one row of a region: its municipalities as dots, the country and its own mark.

    Parameters
    ----------
    members : sequence of float
        The municipalities' values; at least one.
    own, country : float
        Either may be NaN and is then not drawn.
    verdict, label, attributes : str
        As in `draw_range`.
    """
    known = [*members, *(value for value in (own, country) if not isnan(value))]
    low, high = min(known), max(known)

    def place(value: float) -> int:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(_LEFT + share * (_RIGHT - _LEFT))

    dots = "".join(f"M{place(value)} {_MIDDLE}h0" for value in sorted(members))
    parts = [f'<path class="rg" d="M{place(min(members))} {_MIDDLE}H{place(max(members))}"/>']
    parts.append(f'<path class="dt" d="{dots}"/>')
    if not isnan(country):
        parts.append(_REST.format(x=place(country)))
    if not isnan(own):
        parts.append(_MARKS.get(verdict, _MARKS[""]).format(x=place(own)))
    more = f" {attributes}" if attributes else ""
    return (
        f'<svg class="ln" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}"{more}>'
        f"{''.join(parts)}</svg>"
    )
