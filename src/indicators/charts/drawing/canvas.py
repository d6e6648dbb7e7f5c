"""A drawing in points as thin, self-contained SVG.

Charts here write their few elements themselves: one path for all pieces of a line, no axes machinery and no
figure. That is far faster than standard axes and gives small SVG, which matters when 308 reports are made.
Texts stay texts, in the page's own font; ids, hatches and clips are not used, so that equal drawings have
equal bytes and nothing on a page can clash.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Final, Literal

import numpy as np

from indicators.charts.drawing.style import ROLES, SMALL_FONT_SIZE

Point = tuple[float, float]
Anchor = Literal["left", "center"]

_ANCHORS: Final = {"left": "", "center": ";text-anchor:middle"}
#: What most strokes share, written on the drawing's element.
_SAID_ONCE: Final = "fill:none;stroke-linejoin:round;stroke-linecap:round"


class Canvas:
    """A drawing of fixed size in points; the origin is at the lower left."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = round(width, 1), round(height, 1)
        self._parts: list[str] = []
        self._text_style = ""

    # --- shapes ----------------------------------------------------------------------------------------

    def lines(self, pieces: Iterable[Sequence[Point]], role: str, width: float) -> None:
        """Draw open lines, all in one path."""
        self._draw(pieces, stroke=role, width=width)

    def fill(self, outlines: Iterable[Sequence[Point]], role: str, edge: str = "", width: float = 0) -> None:
        """Fill closed outlines, all in one path, with an edge where its role is given."""
        closed = [[*outline, outline[0]] for outline in outlines]
        self._draw(closed, fill=role, stroke=edge, width=width if edge else 0)

    # --- texts -----------------------------------------------------------------------------------------

    def text(
        self,
        at: Point,
        text: str,
        role: str,
        anchor: Anchor = "left",
        bold: bool = False,
        is_rimmed: bool = False,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Write a horizontal text, its baseline centred on the point's height.

        Parameters
        ----------
        is_rimmed : bool
            Whether a rim of the ground's colour keeps it apart from what lies under it.
        attributes : mapping of str, optional
            Attributes of the text's element, such as the indicator whose value it is.
        """
        self._set_text_style(_text_style(role, anchor, bold, is_rimmed))
        place = {"x": _short(at[0]), "y": _short(self.height - at[1] + SMALL_FONT_SIZE * 0.35)}
        marks = "".join(f' {name}="{value}"' for name, value in {**place, **(attributes or {})}.items())
        self._parts.append(f"<text{marks}>{escape(text, quote=False)}</text>")

    # --- output ----------------------------------------------------------------------------------------

    def to_svg(self, title: str, description: str, id_prefix: str) -> str:
        """The drawing as one ``<svg>`` element that names and describes itself.

        Parameters
        ----------
        title, description : str
            For readers who do not see it; both are required.
        id_prefix : str
            Unique on the page.
        """
        self._set_text_style("")
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f'aria-labelledby="{id_prefix}-t {id_prefix}-d" style="{_SAID_ONCE}">'
            f'<title id="{id_prefix}-t">{escape(title)}</title>'
            f'<desc id="{id_prefix}-d">{escape(description)}</desc>'
            f"{''.join(self._parts)}</svg>"
        )

    def _draw(
        self,
        pieces: Iterable[Sequence[Point]],
        *,
        fill: str = "",
        stroke: str = "",
        width: float = 0,
    ) -> None:
        path = "".join(self._trace(piece) for piece in pieces)
        if not path:
            return
        self._set_text_style("")
        style = [f"fill:{_colour(fill)}"] if fill else []
        style += [f"stroke:{_colour(stroke)}"] if stroke else []
        style += [f"stroke-width:{width:g}"] if stroke and width != 1 else []
        self._parts.append(f'<path d="{path}" style="{";".join(style)}"/>')

    def _trace(self, piece: Sequence[Point]) -> str:
        points = np.round(piece, 1).tolist()
        return "M" + "L".join(f"{_short(x)} {_short(self.height - y)}" for x, y in points)

    def _set_text_style(self, style: str) -> None:
        """Texts of one style follow each other in one group."""
        if style == self._text_style:
            return
        if self._text_style:
            self._parts.append("</g>")
        if style:
            self._parts.append(f'<g style="{style}">')
        self._text_style = style


def _colour(role: str) -> str:
    return f"var({ROLES[role].variable},{ROLES[role].light})"


@lru_cache(maxsize=64)
def _text_style(role: str, anchor: Anchor, bold: bool, is_rimmed: bool) -> str:
    """Size, weight, anchor and colour of a text; the family comes from the page."""
    weight = ";font-weight:700" if bold else ""
    rim = f";paint-order:stroke;stroke:{_colour('ground')};stroke-width:2.6px"
    size = f"font-size:{SMALL_FONT_SIZE:g}px"
    return f"{size};fill:{_colour(role)}{weight}{_ANCHORS[anchor]}{rim if is_rimmed else ''}"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
