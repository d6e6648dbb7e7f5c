"""The axis of one indicator's row among the municipalities: the median in the middle, better to the right.

As in the area profiles of fingertipscharts, the longer side decides the length of both, and the axis is
reversed where lower is better. Unlike there, the axis ends at four lengths of the middle half: one small
place with a hundredfold rate would otherwise press all others together.
"""

from dataclasses import dataclass
from typing import Final

from indicators.assessment.columns import Row
from indicators.charts.range_line import Spread
from indicators.statistics.quartile import MINIMUM_AREAS

#: Lengths of the longer side of the middle half after which the axis ends.
_REACH: Final = 4.0


@dataclass(frozen=True)
class RowScale:
    """Places of values along a row: -1 the left end, 0 the median of municipalities, 1 the right end."""

    spread: Spread
    half: float
    is_reversed: bool

    def place(self, value: float) -> float:
        """Where a value lies; beyond -1 or 1 where the axis ends before it."""
        place = (value - self.spread.median) / self.half
        return -place if self.is_reversed else place

    def span(self, low: float, high: float) -> tuple[float, float, bool, bool]:
        """Left and right ends of a span within the axis, and whether each goes on beyond it."""
        left, right = sorted((self.place(low), self.place(high)))
        return max(left, -1.0), min(right, 1.0), left < -1.0, right > 1.0


def find_scale(row: Row, values: tuple[float | None, ...], is_compared: bool) -> RowScale | None:
    """The axis of an assessment row.

    Parameters
    ----------
    row : Row
        With a value.
    values : tuple of float or None
        What must lie within the axis, where it is known.
    is_compared : bool
        Whether the indicator is compared; one that is not has no axis.

    Returns
    -------
    RowScale or None
        None where too few municipalities have a value, or their middle half is one and the same value.
    """
    spread = Spread.of(row)
    if spread is None or not is_compared or row.n_areas < MINIMUM_AREAS or not spread.q3 > spread.q1:
        return None
    median = spread.median
    middle = max(spread.q3 - median, median - spread.q1)
    longer = max(spread.maximum - median, median - spread.minimum)
    drawn = [abs(value - median) * 1.04 for value in values if value is not None]
    half = max([min(longer, _REACH * middle), *drawn])
    return RowScale(spread, half, row.direction == "lower_is_better")
