"""Rates over several years together: sum of events over sum of person-years, every year present.

Pooled periods serve comparison and charts; since they overlap, they are no points of a trend.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PooledPeriods:
    """Counts and denominators of periods; tables of shape (areas, periods).

    Attributes
    ----------
    count, denominator, value : array of float
        Sums over the period and ``multiplier`` x count / denominator; NaN where a year is missing.
    last_year : array of int, shape (periods,)
        Included in the period.
    """

    count: Array
    denominator: Array
    value: Array
    last_year: NDArray[np.int64]


def pool_periods(
    count: ArrayLike, denominator: ArrayLike, years: ArrayLike, n_years: int, multiplier: float = 1.0
) -> PooledPeriods:
    """Return rates pooled over three or five years, a period ending in every year.

    Parameters
    ----------
    count, denominator : array of shape (areas, years)
        Events and person-years of single years; areas and comparators alike.
    years : array of int, shape (years,)
        Ascending years of the columns.
    n_years : int
        Years in a period.
    multiplier : float
        1000 for a rate per thousand.

    Raises
    ------
    ValueError
        If years do not ascend one for each column.

    Notes
    -----
    A year without a count or a denominator makes its periods missing: nothing is filled in.
    """
    x, n = np.broadcast_arrays(np.asarray(count, float), np.asarray(denominator, float))
    calendar = np.asarray(years, dtype=int)
    if x.ndim != 2 or calendar.shape != x.shape[1:] or (np.diff(calendar) <= 0).any():
        raise ValueError(f"Years {calendar.tolist()} do not ascend, one for each column of shape {x.shape}.")
    ends = np.arange(n_years - 1, calendar.size)
    ends = ends[calendar[ends] - calendar[ends - n_years + 1] == n_years - 1]  # over no missing column
    is_known = np.isfinite(x) & (n > 0)
    x, n = np.where(is_known, x, np.nan), np.where(is_known, n, np.nan)
    columns = ends[:, None] - np.arange(n_years - 1, -1, -1)
    events, persons = x[:, columns].sum(axis=2), n[:, columns].sum(axis=2)
    return PooledPeriods(events, persons, events / persons * multiplier, calendar[ends])
