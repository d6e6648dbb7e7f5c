"""The agreement's municipalities on a map, each a link to its report: for finding one's way."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from indicators.catalogue import Area
from indicators.charts.drawing.canvas import Point
from indicators.charts.map import load_boundaries
from indicators.model import Language

_MARGIN: Final = 4


def draw_outline_map(areas: Sequence[Area], links: Mapping[str, str], language: Language) -> Markup:
    """SVG of the areas with their names; empty where none has packaged borders.

    The links by area code stand in a list beside it too, so the drawing is left out of the keyboard's way and
    of what is read aloud.
    """
    borders = load_boundaries()
    shown = [area for area in areas if area.code in borders.outlines]
    if not shown:
        return Markup("")
    rings = [ring for area in shown for ring in borders.outlines[area.code]]
    low, high = (getattr(np.concatenate(rings), end)(axis=0) for end in ("min", "max"))
    width, height = (high - low + 2 * _MARGIN).astype(int)

    def place(points: np.ndarray | Point) -> np.ndarray:
        """From the lower left corner to the drawing's upper left one."""
        x, y = (np.asarray(points) - low).T
        return np.stack([x + _MARGIN, height - y - _MARGIN], axis=-1).round().astype(int)

    shapes, names = Markup(""), Markup("")
    for area in shown:
        pieces = (
            "M" + "L".join(f"{x} {y}" for x, y in place(ring)) + "z" for ring in borders.outlines[area.code]
        )
        shape, name = Markup('<path d="{}"/>').format("".join(pieces)), area.name(language)
        if area.code in links:
            shape = Markup('<a href="{}" tabindex="-1"><title>{}</title>{}</a>').format(
                links[area.code], name, shape
            )
        shapes += shape
        names += Markup('<text x="{}" y="{}">{}</text>').format(*place(borders.labels[area.code]), name)
    return Markup('<svg class="map" viewBox="0 0 {} {}" aria-hidden="true">{}{}</svg>').format(
        width, height, shapes, names
    )
