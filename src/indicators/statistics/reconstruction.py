"""Denominators that follow from a published count and a rounded figure, where none was published.

A count is never reconstructed: neither from a figure nor from totals, sexes or years. Only the denominator
is, and only so far as no verdict depends on which one it was (`indicators.statistics.comparison.settle`).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind

Array = NDArray[np.float64]


def denominator_range(
    count: ArrayLike, value: ArrayLike, decimals: int, multiplier: float, kind: Kind
) -> tuple[Array, Array]:
    """Return the least and the greatest whole denominator consistent with a count and a rounded figure.

    NaN where there is none or no end to them: the count is missing or 0, or the rounded figure may stand
    for 0. Both ends of the rounding interval are included, for publishers round halves either way.
    """
    x, published = np.broadcast_arrays(np.asarray(count, float), np.asarray(value, float))
    half = 0.5 * 10.0**-decimals
    # A whisker of slack keeps an end of the rounding interval in, which binary fractions may miss.
    slack = 1e-9 * half
    usable = np.isfinite(x) & (x > 0) & (published - half > 0)
    low = np.where(usable, published - half - slack, np.nan)
    least = np.ceil(multiplier * x / (low + 2 * (half + slack)))
    greatest = np.floor(multiplier * x / low)
    if kind == "proportion":
        least = np.maximum(least, np.ceil(x))
    found = least <= greatest
    return np.where(found, least, np.nan), np.where(found, greatest, np.nan)
