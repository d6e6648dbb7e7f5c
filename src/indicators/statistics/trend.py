"""Trend verdicts of many areas at once: with counts by a chi-square test, without them by Mann-Kendall.

Owns the tests and the verdicts. Which values are used is decided in `indicators.statistics.window`; what
the region did in the same years, and the words, are told elsewhere.

References
----------
Office for Health Improvement and Disparities: Fingertips trend markers (five values, 99.8 %, sign guard).
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind, first_reason, judge, withhold
from indicators.statistics.interval import missing_reason, normal_quantile
from indicators.statistics.linear_trend import direction_stands, fit_linear_trend
from indicators.statistics.mann_kendall import mann_kendall, theil_sen_slope
from indicators.statistics.test import Test
from indicators.statistics.window import Window, last_consecutive

Array = NDArray[np.float64]

#: Values of the test with counts; fewest and most values of the test without.
COUNT_POINTS = 5
VALUE_POINTS = (7, 10)
#: Verdicts that tell a change.
CHANGED = ("improving", "worsening", "rising", "falling")


@dataclass(frozen=True, eq=False)
class Trend:
    """Trend verdicts; arrays of shape (areas,).

    Attributes
    ----------
    slope : array of float
        Change per year in the indicator's unit.
    change, lower_limit, upper_limit : array of float
        Change from the first to the last year by the slope, and its limits; limits only with counts.
    statistic : array of float
        Chi-square with one degree of freedom, or Mann-Kendall's S.
    p : array of float
        Two-sided p value.
    n : array of int
        Values used.
    first_year, last_year : array of float
        The years of the first and last value used; NaN where none.
    method, verdict, reason : array of str
        Codes.
    """

    slope: Array
    change: Array
    lower_limit: Array
    upper_limit: Array
    statistic: Array
    p: Array
    n: NDArray[np.int64]
    first_year: Array
    last_year: Array
    method: NDArray[np.str_]
    verdict: NDArray[np.str_]
    reason: NDArray[np.str_]


def _as_table(values: ArrayLike) -> Array:
    array = np.asarray(values, dtype=float)
    if array.ndim != 2:
        raise ValueError(f"Values have shape {array.shape}; expected (areas, years).")
    return array


def _count_reason(
    window: Window, x: Array, n: Array, kind: Kind, fallback: NDArray[np.str_], dispersion: Array
) -> NDArray[np.str_]:
    """Return why a series with counts is not assessed."""
    is_full = (kind == "proportion") & (x == n).any(axis=1)
    found = first_reason(
        all_zero=(window.n > 0) & (np.nansum(x, axis=1) == 0),
        count_equals_denominator=is_full,
        no_dispersion=np.isnan(dispersion),
    )
    reason = np.where(window.reason == "no_value", fallback, window.reason)
    return np.where(reason != "", reason, found)


def assess_count_trend(
    count: ArrayLike,
    denominator: ArrayLike,
    years: ArrayLike,
    test: Test,
    *,
    step: int | tuple[int, ...] = 1,
    is_break: ArrayLike = False,
    margin: ArrayLike | None = None,
    common: ArrayLike | None = None,
) -> Trend:
    """Return trend verdicts of proportions or rates on each area's last five consecutive values.

    Parameters
    ----------
    count, denominator : array of shape (areas, years)
        Events (or persons) and denominators; NaN where missing.
    years : array of int, shape (years,)
        Ascending calendar years.
    test : Test
        How they are tested; its confidence is as a rule 0.998.
    step : int or tuple of int
        Years between successive values of the indicator's calendar.
    is_break : array of bool, shape (years,) or (areas, years), optional
        True in the first year of a new, incomparable series.
    margin : array of shape (areas,), optional
        Greatest total change, in the indicator's unit, that still counts as steady.
    common : array of shape (years,), optional
        A movement common to all, in the indicator's unit, such as the national median: what is tested is
        the trend less it.

    Raises
    ------
    ValueError
        For shapes, directions or years that do not fit.

    Notes
    -----
    A change is told if p is below 1 - confidence and the slope keeps its sign whichever year is left out.
    Steady, if the limits of the change lie wholly inside the margin: that comes first, for a change that
    is surely smaller than what was declared to matter is no rise or fall. Else there is no evidence.
    """
    x, n = np.broadcast_arrays(_as_table(count), _as_table(denominator))
    moved = np.broadcast_to(0.0 if common is None else np.asarray(common, float) / test.multiplier, x.shape)
    unusable = missing_reason(x, n, test.kind)
    is_valid = (unusable == "") & np.isfinite(moved)
    window = last_consecutive(is_valid, years, COUNT_POINTS, COUNT_POINTS, step, is_break)
    x, n, moved, time = window.take(x), window.take(n), window.take(moved), window.years
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nansum(x, axis=1) / np.nansum(n, axis=1)
        persons = np.nansum(n, axis=1) / window.n
    d = test.dispersion_at(np.where(window.n > 0, persons, 1.0), np.where(window.n > 0, share, 1.0))
    reason = _count_reason(window, x, n, test.kind, unusable[:, -1], d)
    fit = fit_linear_trend(x, n, time, kind=test.kind, dispersion=d, common=moved)
    span = (time[:, -1] - time[:, 0]) * test.multiplier
    reach = normal_quantile(test.confidence) * fit.standard_error * span
    change = fit.slope * span
    found = Trend(
        fit.slope * test.multiplier,
        change,
        change - reach,
        change + reach,
        fit.chi_square,
        fit.p,
        window.n,
        *window.edge_years(),
        np.full(reason.shape, _TREND_METHODS[test.kind]),
        np.full(reason.shape, "no_evidence"),
        reason,
    )
    stands = direction_stands(x - n * moved, n, time)
    return _conclude(found, test.direction, test.confidence, stands, "one_year_decides", margin)


_TREND_METHODS = {"proportion": "chi_square_trend", "rate": "poisson_trend"}


def _conclude(
    found: Trend,
    direction: str,
    confidence: float,
    is_guarded: NDArray[np.bool_],
    guard: str,
    margin: ArrayLike | None = None,
) -> Trend:
    """Return the verdicts of what a test found; ``guard`` is why a change that is not guarded is none."""
    is_assessed, is_significant = found.reason == "", found.p < 1 - confidence
    words = judge(found.change, direction, ("improving", "worsening"), ("rising", "falling"))
    verdict = np.where(is_significant & is_guarded, words, found.verdict)
    within = np.nan if margin is None else np.asarray(margin, dtype=float)
    is_steady = np.maximum(found.upper_limit, -found.lower_limit) < within
    is_held_back = is_assessed & is_significant & ~is_guarded & ~is_steady
    told = replace(found, verdict=np.where(is_steady, "steady", verdict))
    return withhold(told, ~is_assessed, np.where(is_held_back, guard, found.reason))


def assess_value_trend(
    values: ArrayLike,
    years: ArrayLike,
    *,
    direction: str = "no_judgement",
    step: int | tuple[int, ...] = 1,
    is_break: ArrayLike = False,
    confidence: float = 0.998,
    common: ArrayLike | None = None,
) -> Trend:
    """Return indicative trend verdicts of figures without counts on seven to ten consecutive values.

    Parameters
    ----------
    values : array of shape (areas, years)
        Published figures; NaN where missing.
    direction, confidence
        As `Test` has them.
    years, step, is_break, common
        As for `assess_count_trend`.

    Notes
    -----
    Mann-Kendall with the exact null distribution, ties included. At 99.8 % seven values are evidence only
    if each is beyond the one before. The slope is Theil and Sen's; it has no limits here, and without
    limits nothing is called steady. The null is that the years are independent of each other: figures
    carried over from year to year (debt, population) are trends by nature, and not for this test.
    """
    array = _as_table(values)
    if common is not None:
        array = array - np.asarray(common, dtype=float)
    window = last_consecutive(np.isfinite(array), years, *VALUE_POINTS, step, is_break)
    series = window.take(array)
    test, slope = mann_kendall(series), theil_sen_slope(series, window.years)
    is_zero = (window.n > 0) & (np.nan_to_num(series) == 0).all(axis=1)
    reason = np.where(window.reason != "", window.reason, np.where(is_zero, "all_zero", ""))
    first_year, last_year = window.edge_years()
    nothing, n = np.full(len(array), np.nan), window.n
    found = Trend(
        slope,
        slope * (last_year - first_year),
        nothing,
        nothing,
        test.s,
        test.p,
        n,
        first_year,
        last_year,
        np.full(n.shape, "mann_kendall"),
        np.full(n.shape, "no_evidence"),
        reason,
    )
    is_guarded = (n > VALUE_POINTS[0]) | test.is_strict
    return _conclude(found, direction, confidence, is_guarded, "not_strictly_monotonic")


def compare_courses(own: Trend, relative: Trend, resolution: float = 0.0) -> NDArray[np.str_]:
    """Return how each area's course stands to the common one, of which ``relative`` is the area's less.

    Parameters
    ----------
    own, relative : Trend
        The area's trend as it is, and less the common movement, on the same years.
    resolution : float
        A common change smaller than this, in the indicator's unit, is no movement: half of the last decimal
        that readers see.

    Returns
    -------
    array of str
        ``not_assessed``, or one of: ``as_elsewhere`` where the two do not differ by more than the test can
        tell; ``against`` where the area's own trend was told and the common one went the other way;
        ``faster`` where the area changed more than the others, ``slower`` where it changed less.
    """
    is_assessed = (
        (own.verdict != "not_assessed")
        & (relative.verdict != "not_assessed")
        & (own.first_year == relative.first_year)
        & (own.last_year == relative.last_year)
    )
    is_apart = np.isin(relative.verdict, CHANGED)
    common = own.change - relative.change
    common = np.where(np.abs(common) < resolution, 0.0, common)
    is_against = np.isin(own.verdict, CHANGED) & (own.change * common < 0)
    words = np.where(np.abs(own.change) > np.abs(common), "faster", "slower")
    words = np.where(is_against, "against", words)
    return np.where(is_assessed, np.where(is_apart, words, "as_elsewhere"), "not_assessed")
