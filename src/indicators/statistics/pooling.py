"""Rates over several years together: sum of events over sum of person-years, every year present.

Pooled periods serve comparison and charts. Those that overlap are kept out of trend tests:
`indicators.statistics.window` refuses a ``period_length`` greater than the calendar's step.
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
    first_year, last_year : array of int, shape (periods,)
        Both included.
    label : array of str, shape (periods,)
        "2020–2022".
    n_years : int
        Years in a period.
    is_overlapping : bool
        True where successive periods share years.
    """

    count: Array
    denominator: Array
    value: Array
    first_year: NDArray[np.int64]
    last_year: NDArray[np.int64]
    label: NDArray[np.str_]
    n_years: int
    is_overlapping: bool


def label_period(first_year: int, last_year: int) -> str:
    """Return the name of a period: "2020–2022", or "2022" for a single year."""
    return str(first_year) if first_year == last_year else f"{first_year}–{last_year}"


def _period_ends(years: NDArray[np.int64], n_years: int, is_overlapping: bool) -> NDArray[np.int64]:
    """Return the columns at which periods end, none of them reaching over a missing column."""
    ends = np.arange(n_years - 1, years.size)
    ends = ends[years[ends] - years[ends - n_years + 1] == n_years - 1]
    if is_overlapping or not ends.size:
        return ends
    # Counted back from the latest year, so that the newest period is always a whole one.
    return ends[(years[ends[-1]] - years[ends]) % n_years == 0]


def pool_periods(
    count: ArrayLike,
    denominator: ArrayLike,
    years: ArrayLike,
    n_years: int = 3,
    *,
    multiplier: float = 1.0,
    is_overlapping: bool = True,
) -> PooledPeriods:
    """Return rates pooled over three or five years.

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
    is_overlapping : bool
        True for a period ending in every year; False for periods that follow each other.

    Raises
    ------
    ValueError
        If years do not ascend one for each column, or ``n_years`` is below 1.

    Notes
    -----
    A year without a count or a denominator makes its periods missing: nothing is filled in.
    """
    x, n = np.broadcast_arrays(np.asarray(count, float), np.asarray(denominator, float))
    calendar = np.asarray(years, dtype=int)
    if x.ndim != 2 or calendar.shape != x.shape[1:] or (np.diff(calendar) <= 0).any():
        raise ValueError(f"Years {calendar.tolist()} do not ascend, one for each column of shape {x.shape}.")
    if n_years < 1:
        raise ValueError(f"A period has {n_years} years; expected at least 1.")
    ends = _period_ends(calendar, n_years, is_overlapping)
    is_known = np.isfinite(x) & (n > 0)
    x, n = np.where(is_known, x, np.nan), np.where(is_known, n, np.nan)
    columns = ends[:, None] - np.arange(n_years - 1, -1, -1)
    events, persons = x[:, columns].sum(axis=2), n[:, columns].sum(axis=2)
    first, last = calendar[ends - n_years + 1], calendar[ends]
    labels = np.array([label_period(int(a), int(b)) for a, b in zip(first, last, strict=True)], dtype=str)
    value = events / persons * multiplier
    return PooledPeriods(events, persons, value, first, last, labels, n_years, is_overlapping and n_years > 1)
