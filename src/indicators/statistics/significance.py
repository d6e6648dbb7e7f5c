"""Tests of figures against a share or a rate, vectorised over areas.

Every exact p value is central: twice the smaller tail, at most 1. So the test and the limits of the same
name (Clopper-Pearson, exact Poisson) always agree, and a claim of "higher" is wrong no more often than half
the level. scipy's ``binomtest`` adds the outcomes that are no more probable instead, which does not go with
any interval and works on one number at a time.

References
----------
Clopper CJ, Pearson ES (1934). Biometrika 26: 404-413.
Breslow NE, Day NE (1987). Statistical Methods in Cancer Research, vol. II. IARC, p. 69.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from indicators.statistics.interval import BYAR_MINIMUM, normal_quantile, usable_pair

Array = NDArray[np.float64]

#: Fewest expected cases and non-cases for a normal approximation at 95 %.
MINIMUM_EXPECTED = 10.0


@dataclass(frozen=True, eq=False)
class Significance:
    """Outcome of a test; every array has the same shape.

    Attributes
    ----------
    statistic : array of float
        Signed normal deviate, positive where the area is higher; NaN where the test is exact and has none.
    p : array of float
        Two-sided p value; NaN where nothing could be tested.
    method : array of str
        ``wilson``, ``exact_binomial``, ``byar`` or ``exact_poisson``; ``none`` where nothing was tested.
    """

    statistic: Array
    p: Array
    method: NDArray[np.str_]


def _two_sided(deviate: Array) -> Array:
    """Return the two-sided p value of a normal deviate."""
    return 2 * special.ndtr(-np.abs(deviate))


def _central(lower_tail: Array, upper_tail: Array) -> Array:
    """Return twice the smaller tail, at most 1."""
    return np.minimum(2 * np.minimum(lower_tail, upper_tail), 1.0)


def _least_expected(confidence: float) -> float:
    """Return the fewest expected cases at which a normal approximation may decide.

    Ten at 95 %. The farther tail of a stricter level is approximated worse: with ten expected cases a test
    at 99.8 % errs twice as often as it says. The need grows with the square of the normal deviate.
    """
    return MINIMUM_EXPECTED * max(1.0, (normal_quantile(confidence) / normal_quantile(0.95)) ** 2)


def wilson_may_decide(denominator: ArrayLike, p0: ArrayLike, confidence: float = 0.95) -> NDArray[np.bool_]:
    """Return True where a verdict may rest on Wilson limits, False where the exact binomial test decides.

    Parameters
    ----------
    denominator : array
        Persons in the area.
    p0 : array
        The comparator, as a fraction of one.
    confidence : float
        At 95 % (and less) n p0 and n (1 - p0) must both be at least 10, at 99.8 % at least 24.9.
    """
    n, expected = np.asarray(denominator, float), np.asarray(denominator, float) * np.asarray(p0, float)
    # Without slack, 100 x 0.1 would depend on the last bit of 0.1.
    least = _least_expected(confidence) * (1 - 1e-12)
    return (expected >= least) & (n - expected >= least)


def exact_binomial_p(count: ArrayLike, denominator: ArrayLike, p0: ArrayLike) -> Array:
    """Return the central two-sided p value of the exact binomial test of a proportion against ``p0``.

    Notes
    -----
    The tails are incomplete beta functions, which also take the fractional counts of yearly means.
    """
    x, n, p0 = np.broadcast_arrays(*(np.asarray(a, float) for a in (count, denominator, p0)))
    upper = np.where(x > 0, special.betainc(np.where(x > 0, x, 1), n - x + 1, p0), 1.0)
    lower = np.where(x < n, special.betaincc(x + 1, np.where(x < n, n - x, 1), p0), 1.0)
    return np.where(np.isnan(x * n * p0), np.nan, _central(lower, upper))


def proportion_test(
    count: ArrayLike, denominator: ArrayLike, p0: ArrayLike, confidence: float = 0.95
) -> Significance:
    """Return the test of proportions against ``p0``: score test where it may decide, else exact binomial.

    Parameters
    ----------
    count, denominator : array
        Persons with the property and all persons.
    p0 : array
        The comparator, as a fraction of one.
    confidence : float
        The confidence of the verdict, on which it depends whether the score test may decide.
    """
    x, n, _ = usable_pair(count, denominator, "proportion")
    x, n, p0 = np.broadcast_arrays(x, n, np.asarray(p0, float))
    p0 = np.where((p0 >= 0) & (p0 <= 1), p0, np.nan)
    is_score = wilson_may_decide(n, p0, confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        deviate = np.where(is_score, (x - n * p0) / np.sqrt(n * p0 * (1 - p0)), np.nan)
    p = np.array(_two_sided(deviate))
    p[~is_score] = exact_binomial_p(x[~is_score], n[~is_score], p0[~is_score])
    method = np.where(np.isnan(p), "none", np.where(is_score, "wilson", "exact_binomial"))
    return Significance(deviate, p, method)


def _byar_deviate(count: Array, expected: Array) -> Array:
    """Return the deviate at which Byar's limit of the count meets the expected count, 0 between the two."""
    x, y = count, count + 1
    above = 3 * np.sqrt(x) * (1 - 1 / (9 * x) - np.cbrt(expected / x))
    below = 3 * np.sqrt(y) * (np.cbrt(expected / y) - 1 + 1 / (9 * y))
    deviate = np.where(above > 0, above, np.where(below > 0, -below, 0.0))
    return np.where(np.isnan(above), np.nan, deviate)


def exact_poisson_p(count: ArrayLike, expected: ArrayLike) -> Array:
    """Return the central two-sided p value of a Poisson count against its expected value."""
    x, mean = np.broadcast_arrays(np.asarray(count, float), np.asarray(expected, float))
    upper = np.where(x > 0, special.gammainc(np.where(x > 0, x, 1), mean), 1.0)
    return np.where(np.isnan(x * mean), np.nan, _central(special.gammaincc(x + 1, mean), upper))


def rate_test(count: ArrayLike, expected: ArrayLike, dispersion: ArrayLike = 1.0) -> Significance:
    """Return the test of counts against expected counts: exact below 10 events, Byar's from 10 on.

    Parameters
    ----------
    count, expected : array
        Events, and the events expected at the comparator's rate.
    dispersion : array
        Variance of the count divided by its mean; both counts are divided by it, as are those of the limits.
    """
    x, mean, d = np.broadcast_arrays(*(np.asarray(a, float) for a in (count, expected, dispersion)))
    x, mean = np.where(x >= 0, x, np.nan) / d, np.where(mean >= 0, mean, np.nan) / d
    is_byar = x >= BYAR_MINIMUM
    deviate = np.where(is_byar, _byar_deviate(np.where(is_byar, x, np.nan), mean), np.nan)
    p = np.array(_two_sided(deviate))
    p[~is_byar] = exact_poisson_p(x[~is_byar], mean[~is_byar])
    method = np.where(np.isnan(p), "none", np.where(is_byar, "byar", "exact_poisson"))
    return Significance(deviate, p, method)
