"""The strip: all municipalities on one line, and under it a row for each of the agreement's, on one axis.

The rows are cells of a table, which has the numbers beside them. Pure drawing: numbers in, SVG out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Final

import numpy as np

from indicators.charts.drawing.svg import draw_svg, make_scale

WIDTH, HEIGHT = 120, 20
_LEFT, _RIGHT = 4, WIDTH - 4
#: Lengths of the middle half beyond it where the axis may end.
_REACH: Final = 3.0


@dataclass(frozen=True)
class Strip:
    """One year's values, in the indicator's unit; NaN where not known.

    Attributes
    ----------
    every : sequence of float
        Of all municipalities; known ones only.
    members : sequence of float
        Of the agreement's municipalities.
    region, q1, median, q3 : float
        The region's own value, and the quartiles of all.
    """

    every: Sequence[float]
    members: Sequence[float]
    region: float
    q1: float
    median: float
    q3: float

    def draw_head(self, label: str) -> str:
        """SVG of all municipalities as ticks, with the middle half and the median behind."""
        low, high = self._ends
        places = sorted({self._place(value) for value in self.every if low <= value <= high})
        ticks = f'<path class="tk" d="{"".join(f"M{x} 5v10" for x in places)}"/>'
        return draw_svg("st", (WIDTH, HEIGHT), label, self._ground + ticks)

    def draw_row(self, value: float) -> str:
        """SVG of one municipality as a dot; its number stands in the table, so that nothing is read twice."""
        dot = "" if isnan(value) else f'<circle class="n" cx="{self._place(value)}" cy="10" r="3.5"/>'
        return f'<svg class="st" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{self._ground}{dot}</svg>'

    @cached_property
    def _ground(self) -> str:
        """The middle half, the median and the region's own value."""
        parts = ""
        if not isnan(self.q1):
            left, right, middle = (self._place(value) for value in (self.q1, self.q3, self.median))
            parts = f'<path class="hb" d="M{left} 0H{max(right, left + 1)}V20H{left}z"/>'
            parts += f'<path class="mb" d="M{middle} 0v20"/>'
        return (
            parts if isnan(self.region) else f'{parts}<path class="rb" d="M{self._place(self.region)} 0v20"/>'
        )

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """Ends of the axis: all members and the region, and others as far as three middle halves away."""
        every, reach = np.asarray(self.every), _REACH * (self.q3 - self.q1)
        inside = every if isnan(reach) else every[(every >= self.q1 - reach) & (every <= self.q3 + reach)]
        together = np.concatenate([inside, self.members, [self.region]])
        return float(np.nanmin(together)), float(np.nanmax(together))

    @cached_property
    def _scale(self) -> Callable[[float], float]:
        return make_scale(self._ends, _LEFT, _RIGHT)

    def _place(self, value: float) -> float:
        return round(self._scale(value), 1)
