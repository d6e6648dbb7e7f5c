"""Mann-Kendall's test with its exact null distribution, ties included, and the Theil-Sen slope.

References
----------
Mann HB (1945). Nonparametric tests against trend. Econometrica 13: 245-259.
Kendall MG (1975). Rank Correlation Methods, 4th ed. Griffin.
Sen PK (1968). Estimates of the regression coefficient based on Kendall's tau. JASA 63: 1379-1389.
Andrews GE (1976). The Theory of Partitions. Addison-Wesley, section 3.4 (inversions of a multiset).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import polynomial
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.quartile import compute_quantiles

Array = NDArray[np.float64]

#: Longest series whose exact distribution is computed: its coefficients stay exact in a double.
LONGEST = 15


@dataclass(frozen=True, eq=False)
class MannKendall:
    """Mann-Kendall statistics; arrays of shape (areas,).

    Attributes
    ----------
    s : array of float
        Rises less falls over all pairs of values; NaN where there is no value.
    p : array of float
        Exact two-sided p value, P(|S| >= |s|) over all orders of the values.
    n : array of int
        Values of each series.
    is_strict : array of bool
        True where every value is beyond the one before, all in one direction.
    """

    s: Array
    p: Array
    n: NDArray[np.int64]
    is_strict: NDArray[np.bool_]


def _q_factorial(n: int) -> Array:
    """Return the coefficients of the q-factorial of n: permutations counted by their inversions."""
    coefficients = np.ones(1)
    for size in range(2, n + 1):
        coefficients = np.convolve(coefficients, np.ones(size))
    return coefficients


@lru_cache(maxsize=1024)
def null_tail(ties: tuple[int, ...]) -> tuple[float, ...]:
    """Return P(|S| >= k) for k = 0, 1, ... when all orders of the values are equally likely.

    Parameters
    ----------
    ties : tuple of int
        How many values share each distinct value, in any fixed order; their sum is the length of the series.

    Notes
    -----
    S = M - 2D, with M the pairs of unequal values and D the inversions, whose generating function is the
    q-multinomial coefficient: the q-factorial of n divided by those of the ties.
    """
    counts = _q_factorial(sum(ties))
    for tie in ties:
        # Whole numbers below 2^53 divided by a monic divisor: every step is exact.
        counts = polynomial.polydiv(counts, _q_factorial(tie))[0]
    statistic = np.abs(len(counts) - 1 - 2 * np.arange(len(counts)))
    at = np.bincount(statistic, weights=counts) / counts.sum()
    return tuple(np.minimum(np.cumsum(at[::-1])[::-1], 1.0))


def _group_sizes(values: Array) -> NDArray[np.int64]:
    """Return for each value how many values of its row equal it, itself included; 0 where missing."""
    return (values[:, :, None] == values[:, None, :]).sum(axis=2)


def _exact_p(values: Array, s: Array) -> Array:
    """Return the exact p value of each row; loops over patterns of ties, never over areas."""
    sizes = np.sort(_group_sizes(values), axis=1)
    # One whole number per pattern: a size is less than the base.
    key = sizes @ (np.int64(LONGEST + 1) ** np.arange(sizes.shape[1], dtype=np.int64))
    _, example, pattern = np.unique(key, return_index=True, return_inverse=True)
    p = np.full(s.shape, np.nan)
    for number, row in enumerate(example):
        sizes_of_row, repeats = np.unique(sizes[row][sizes[row] > 0], return_counts=True)
        if sizes_of_row.size:
            ties = tuple(np.repeat(sizes_of_row, repeats // sizes_of_row).tolist())
            tail = np.asarray(null_tail(ties))
            is_pattern = pattern == number
            p[is_pattern] = tail[np.abs(s[is_pattern]).astype(int)]
    return p


def mann_kendall(values: ArrayLike) -> MannKendall:
    """Return Mann-Kendall's S of each row with its exact p value.

    Parameters
    ----------
    values : array of shape (areas, years)
        Series in order of time, at most 15 values each; NaN are left out.

    Raises
    ------
    ValueError
        If the series are longer than 15 values.

    Examples
    --------
    >>> result = mann_kendall([[1, 2, 3, 4, 5, 6, 7]])
    >>> int(result.s[0]), round(float(result.p[0]) * 5040, 9)
    (21, 2.0)
    """
    array = np.asarray(values, dtype=float)
    array = np.where(np.isfinite(array), array, np.nan)
    if array.ndim != 2 or array.shape[1] > LONGEST:
        raise ValueError(f"Values have shape {array.shape}; expected (areas, years) with at most {LONGEST}.")
    n = np.isfinite(array).sum(axis=1)
    earlier, later = np.triu_indices(array.shape[1], k=1)
    signs = np.sign(array[:, later] - array[:, earlier])
    s = np.where(n > 0, np.nansum(signs, axis=1), np.nan)
    is_strict = (n > 1) & (np.abs(s) == n * (n - 1) / 2)
    return MannKendall(s, _exact_p(array, s), n, is_strict)


def theil_sen_slope(values: ArrayLike, years: ArrayLike) -> Array:
    """Return the Theil-Sen slope of each row: the median of the slopes of all pairs, per year.

    Parameters
    ----------
    values : array of shape (areas, years)
        Series; NaN are left out.
    years : array of shape (years,) or (areas, years)
        Times of the values.
    """
    array = np.asarray(values, dtype=float)
    time = np.broadcast_to(np.asarray(years, dtype=float), array.shape)
    earlier, later = np.triu_indices(array.shape[1], k=1)
    if not earlier.size:
        return np.full(array.shape[0], np.nan)
    slopes = (array[:, later] - array[:, earlier]) / (time[:, later] - time[:, earlier])
    return compute_quantiles(slopes, 0.5)
