"""The stretch of each area's series on which a trend may be tested.

Owns calendars, gaps and breaks; what is computed on the stretch is in
`indicators.statistics.trend`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import first_reason


@dataclass(frozen=True, eq=False)
class Window:
    """The last consecutive values of each area, latest last; arrays of shape (areas, longest).

    Attributes
    ----------
    column : array of int
        Columns of the input; meaningful only where ``is_used``.
    is_used : array of bool
        True for the values of the stretch.
    years : array of float
        Their years; NaN where not used.
    n : array of int, shape (areas,)
        Values in the stretch.
    reason : array of str, shape (areas,)
        Why the stretch is too short for a test; empty where it is not.
    """

    column: NDArray[np.int64]
    is_used: NDArray[np.bool_]
    years: NDArray[np.float64]
    n: NDArray[np.int64]
    reason: NDArray[np.str_]

    def take(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values of the stretch, NaN where not used."""
        return np.where(self.is_used, np.take_along_axis(values, self.column, axis=1), np.nan)

    def edge_years(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the first and last year of each area's stretch; NaN where there is none."""
        first = np.argmax(self.is_used, axis=1)
        return self.years[np.arange(self.n.size), first], self.years[:, -1].copy()


def last_consecutive(
    is_valid: NDArray[np.bool_],
    years: ArrayLike,
    shortest: int,
    longest: int,
    step: int | tuple[int, ...] = 1,
    is_break: ArrayLike = False,
) -> Window:
    """Return each area's last values that follow each other by the calendar, within one unbroken series.

    Parameters
    ----------
    is_valid : array of bool, shape (areas, years)
        Where a value can be used. The stretch of an area ends at its last usable value.
    years : array of int, shape (years,)
        Ascending calendar years of the columns.
    shortest, longest : int
        Fewest values that a test needs; most that it uses.
    step : int or tuple of int
        Years between successive values. Municipal elections came in 2012, 2017 and 2021: (4, 5).
    is_break : array of bool, shape (years,) or (areas, years), optional
        True in the first year of a new, incomparable series.

    Raises
    ------
    ValueError
        If years are not ascending or do not match the columns.
    """
    calendar = np.asarray(years, dtype=int)
    if calendar.shape != (is_valid.shape[1],) or (np.diff(calendar) <= 0).any():
        raise ValueError(
            f"Years {calendar.tolist()} do not ascend, one for each of {is_valid.shape[1]} columns."
        )
    pad = max(longest - calendar.size, 0)
    is_valid = np.pad(is_valid, ((0, 0), (pad, 0)))
    # A stable sort of the mask moves an area's usable values, still in order, to the right end.
    column = np.argsort(is_valid, axis=1, kind="stable")[:, -longest:]
    is_there = np.take_along_axis(is_valid, column, axis=1)
    column = np.maximum(column - pad, 0)
    # To which unbroken series each cell belongs.
    series = np.cumsum(np.broadcast_to(np.asarray(is_break, bool), (len(is_valid), calendar.size)), axis=1)
    is_same_series = np.diff(np.take_along_axis(series, column, axis=1), axis=1) == 0
    is_linked = is_same_series & np.isin(np.diff(calendar[column], axis=1), np.atleast_1d(step))
    is_used = is_there.copy()
    is_used[:, :-1] &= np.logical_and.accumulate((is_linked & is_there[:, :-1])[:, ::-1], axis=1)[:, ::-1]
    n = is_used.sum(axis=1)
    reason = _short_reason(n, is_there.sum(axis=1), is_same_series, shortest)
    return Window(column, is_used, np.where(is_used, calendar[column], np.nan), n, reason)


def _short_reason(
    n: NDArray[np.int64], n_valid: NDArray[np.int64], is_same_series: NDArray[np.bool_], shortest: int
) -> NDArray[np.str_]:
    """Return why a stretch has fewer values than needed: none, too few, or what came between."""
    link = np.clip(is_same_series.shape[1] - n, 0, is_same_series.shape[1] - 1)
    is_same = np.take_along_axis(is_same_series, link[:, None], axis=1)[:, 0]
    is_short = n < shortest
    return first_reason(
        no_value=n_valid == 0, too_few_points=n_valid < shortest, break_=is_short & ~is_same, gap=is_short
    )
