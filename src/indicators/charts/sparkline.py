"""The small line of a table row: the years of one series, without a scale.

Pure drawing: numbers in, SVG out; see `indicators.charts.range_line`.
"""

from collections.abc import Sequence
from typing import Final

from indicators.charts.drawing.svg import draw_svg, make_scale

_SIZE: Final = (80, 22)
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
    x = make_scale((year for year, _ in points), _LEFT, _RIGHT)
    y = make_scale((value for _, value in points), _BOTTOM, _TOP)

    def place(year: int, value: float) -> str:
        return f"{round(x(year))} {round(y(value))}"

    lines = "".join("M" + "L".join(place(*point) for point in piece) for piece in pieces if len(piece) > 1)
    alone = "".join(f"M{place(*piece[0])}h0" for piece in pieces if len(piece) == 1)
    drawn = "".join(
        f'<path class="{kind}" d="{path}"/>' for kind, path in (("tl", lines), ("tp", alone)) if path
    )
    last = (round(x(points[-1][0])), round(y(points[-1][1])))
    drawn += '<circle class="n" cx="{}" cy="{}" r="3"/>'.format(*last)
    return draw_svg("sp", _SIZE, label, drawn, attributes)
