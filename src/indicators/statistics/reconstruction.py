"""Verdicts on published counts and rounded figures where the denominator was not published.

A count is never reconstructed: neither from a figure nor from totals, sexes or years. Only the denominator
is, and only so far as the verdict does not depend on which one it was.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind
from indicators.statistics.comparison import Comparison, compare_with_value, settle, withhold
from indicators.statistics.test import Test

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


def compare_reconstructed(
    count: ArrayLike, value: ArrayLike, comparator: ArrayLike, test: Test, *, decimals: int
) -> Comparison:
    """Return verdicts for published counts and rounded figures whose denominators were not published.

    Parameters
    ----------
    count : array
        Published events. A missing count stays missing: it is never derived from the figure.
    value : array
        The published figure, rounded to ``decimals``, in the indicator's unit.
    comparator : array
        A fixed value, in the indicator's unit.
    test : Test
        How they are tested.
    decimals : int
        Decimals to which the figure was rounded.

    Notes
    -----
    A verdict stands only if every denominator consistent with the rounded figure gives it. The test
    statistic moves one way as the denominator grows, as long as the method stays the same: so the verdicts
    and methods at the least and the greatest denominator settle it. ``n`` is then the middle denominator.
    """
    x, published = np.broadcast_arrays(np.asarray(count, float), np.asarray(value, float))
    least, greatest = denominator_range(x, published, decimals, test.multiplier, test.kind)
    low, middle, high = (
        compare_with_value(x, n, comparator, test) for n in (least, np.rint((least + greatest) / 2), greatest)
    )
    ends = settle(low, high, "denominator_uncertain")
    doubt = np.where((ends.reason == "") & (low.method != high.method), "denominator_uncertain", ends.reason)
    no_range = np.where(np.isfinite(published), "denominator_uncertain", "no_value")
    doubt = np.where(doubt == "no_denominator", no_range, doubt)
    doubt = np.where(x == 0, "count_zero", doubt)
    told = withhold(middle, doubt != "", doubt)
    return replace(told, value=np.array(published), n=np.where(doubt == "", middle.n, np.nan))
