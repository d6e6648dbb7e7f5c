"""Verdicts on published counts and rounded figures where the denominator was not published.

A count is never reconstructed: neither from a figure nor from totals, sexes or years. Only the denominator
is, and only so far as the verdict does not depend on which one it was.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind
from indicators.statistics.comparison import Comparison, compare_with_value

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
    count: ArrayLike,
    value: ArrayLike,
    comparator: ArrayLike,
    *,
    decimals: int,
    kind: Kind,
    multiplier: float,
    **options: Any,
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
    decimals : int
        Decimals to which the figure was rounded.
    kind, multiplier, options
        As for `compare_with_value`.

    Notes
    -----
    A verdict stands only if every denominator consistent with the rounded figure gives it. The test
    statistic moves one way as the denominator grows, as long as the method stays the same: so the verdicts
    and methods at the least and the greatest denominator settle it. ``n`` is then the middle denominator.
    """
    x, published = np.broadcast_arrays(np.asarray(count, float), np.asarray(value, float))
    least, greatest = denominator_range(x, published, decimals, multiplier, kind)
    options = {"kind": kind, "multiplier": multiplier, **options}
    low, middle, high = (
        compare_with_value(x, n, comparator, **options)
        for n in (least, np.rint((least + greatest) / 2), greatest)
    )
    is_settled = (low.verdict == high.verdict) & (low.method == high.method)
    doubt = np.where((middle.reason == "") & ~is_settled, "denominator_uncertain", middle.reason)
    no_range = np.where(np.isfinite(published), "denominator_uncertain", "no_value")
    doubt = np.where(doubt == "no_denominator", no_range, doubt)
    doubt = np.where(x == 0, "count_zero", doubt)
    return _withhold(middle, doubt, published)


def _withhold(comparison: Comparison, reason: NDArray[np.str_], value: Array) -> Comparison:
    """Return the comparison with the published value, and nothing assessed where there is a reason."""
    is_assessed = reason == ""
    blank: dict[str, Any] = {
        name: np.where(is_assessed, getattr(comparison, name), np.nan)
        for name in ("lower_limit", "upper_limit", "statistic", "p", "n")
    }
    return replace(
        comparison,
        value=np.array(value),
        reason=reason,
        method=np.where(is_assessed, comparison.method, "none"),
        verdict=np.where(is_assessed, comparison.verdict, "not_assessed"),
        **blank,
    )
