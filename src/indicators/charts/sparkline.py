"""The small line of a table row: the years of one series, without a scale.

Pure drawing: numbers in, SVG out; see `indicators.charts.range_line`.
"""

from collections.abc import Sequence
from html import escape
from typing import Final

WIDTH: Final = 80
HEIGHT: Final = 22
_LEFT, _RIGHT, _TOP, _BOTTOM = 3, 76, 4, 18

#: A run of years without a gap: (year, value) pairs in order.
Piece = Sequence[tuple[int, float]]


def draw_sparkline(pieces: Sequence[Piece], label: str, attributes: str = "") -> str:
    """SVG of a series as a line that ends in a dot.

    Parameters
    ----------
    pieces : sequence of pieces
        Runs of years in order; between two of them the line is not drawn. At least two points in all.
    label : str
        What a reader who does not see it hears.
    attributes : str
        More attributes of the element.
    """
    points = [point for piece in pieces for point in piece]
    first, last = points[0][0], points[-1][0]
    values = [value for _, value in points]
    low, high = min(values), max(values)

    def place(year: int, value: float) -> str:
        x = _LEFT + (year - first) / (last - first) * (_RIGHT - _LEFT)
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{round(x)} {round(_BOTTOM - share * (_BOTTOM - _TOP))}"

    lines = "".join("M" + "L".join(place(*point) for point in piece) for piece in pieces if len(piece) > 1)
    alone = "".join(f"M{place(*piece[0])}h0" for piece in pieces if len(piece) == 1)
    drawn = (f'<path class="tl" d="{lines}"/>' if lines else "") + (
        f'<path class="tp" d="{alone}"/>' if alone else ""
    )
    x, y = place(*points[-1]).split()
    more = f" {attributes}" if attributes else ""
    return (
        f'<svg class="sp" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}"{more}>'
        f'{drawn}<circle class="n" cx="{x}" cy="{y}" r="3"/></svg>'
    )
