"""Tests of one area's figure against a fixed value and of two areas' figures against each other.

Vectorised over areas. Every exact p value is central: twice the smaller tail, at most 1. So the test and
the limits of the same name (Clopper-Pearson, exact Poisson, conditional binomial) always agree, and a claim
of "higher" is wrong no more often than half the level. scipy's ``binomtest`` adds the outcomes that are no
more probable instead, which does not go with any interval and works on one number at a time.

References
----------
Clopper CJ, Pearson ES (1934). Biometrika 26: 404-413.
Breslow NE, Day NE (1987). Statistical Methods in Cancer Research, vol. II. IARC, p. 69.
Przyborowski J, Wilenski H (1940). Homogeneity of results in testing samples from Poisson series.
Biometrika 31: 313-323 (conditional binomial test).
Fisher RA (1935). The logic of inductive inference. J R Stat Soc 98: 39-82.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from indicators.statistics.interval import BYAR_MINIMUM, clopper_pearson_limits, normal_quantile, usable_pair

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
        One of `indicators.statistics.codes.METHODS`.
    """

    statistic: Array
    p: Array
    method: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class RateRatio:
    """Ratios of two rates with exact limits.

    Attributes
    ----------
    ratio, lower_limit, upper_limit : array of float
        The upper limit is infinite where the second rate has no events; NaN where neither has.
    confidence : float
        Two-sided confidence.
    p : array of float
        Two-sided p value of equal rates.
    n : array of float
        Events of both together, on which the test is conditioned.
    method : str
        ``conditional_binomial``.
    reason : array of str
        Why there is no ratio; empty where there is one.
    """

    ratio: Array
    lower_limit: Array
    upper_limit: Array
    confidence: float
    p: Array
    n: Array
    reason: NDArray[np.str_]
    method: str = "conditional_binomial"


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
    p = np.where(is_score, _two_sided(deviate), exact_binomial_p(x, n, p0))
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
    p = np.where(is_byar, _two_sided(deviate), exact_poisson_p(x, mean))
    method = np.where(np.isnan(p), "none", np.where(is_byar, "byar", "exact_poisson"))
    return Significance(deviate, p, method)


def _fisher_p(x1: Array, n1: Array, x2: Array, n2: Array) -> Array:
    """Return the central p value of Fisher's exact test; the mean counts of a year are rounded to whole."""
    from scipy import stats  # see chance.py: it is slow to load

    x1, n1, x2, n2 = (np.rint(a) for a in (x1, n1, x2, n2))
    population, cases = n1 + n2, x1 + x2
    lower = stats.hypergeom.cdf(x1, population, cases, n1)
    upper = stats.hypergeom.sf(x1 - 1, population, cases, n1)
    return _central(lower, upper)


def two_proportions_test(
    count: ArrayLike,
    denominator: ArrayLike,
    other_count: ArrayLike,
    other_denominator: ArrayLike,
    confidence: float = 0.95,
) -> Significance:
    """Return the test of two proportions: pooled score test, or Fisher's exact where few are expected.

    Notes
    -----
    The score test decides where each of the four cells is expected to hold at least 10 (at 99.8 %: 24.9).
    """
    x1, n1, _ = usable_pair(count, denominator, "proportion")
    x2, n2, _ = usable_pair(other_count, other_denominator, "proportion")
    x1, n1, x2, n2 = np.broadcast_arrays(x1, n1, x2, n2)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = (x1 + x2) / (n1 + n2)
        deviate = (x1 / n1 - x2 / n2) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    is_score = wilson_may_decide(n1, pooled, confidence) & wilson_may_decide(n2, pooled, confidence)
    is_exact = ~is_score & ~np.isnan(pooled)
    p = np.where(is_score, _two_sided(deviate), np.nan)
    p[is_exact] = _fisher_p(x1[is_exact], n1[is_exact], x2[is_exact], n2[is_exact])
    method = np.where(np.isnan(p), "none", np.where(is_score, "pooled_score", "fisher_exact"))
    return Significance(np.where(is_score, deviate, np.nan), p, method)


def two_rates_test(
    count: ArrayLike,
    denominator: ArrayLike,
    other_count: ArrayLike,
    other_denominator: ArrayLike,
    dispersion: ArrayLike = 1.0,
    other_dispersion: ArrayLike = 1.0,
) -> Significance:
    """Return the conditional binomial test of two rates.

    Notes
    -----
    Given the sum of both counts, the first is binomial with probability n1 / (n1 + n2). A dispersion
    divides its area's count and denominator alike: so many independent events, of so much person-time.
    """
    d1, d2 = np.asarray(dispersion, float), np.asarray(other_dispersion, float)
    x1, n1, _ = usable_pair(np.asarray(count, float) / d1, np.asarray(denominator, float) / d1, "rate")
    x2, n2, _ = usable_pair(np.asarray(other_count) / d2, np.asarray(other_denominator) / d2, "rate")
    p = exact_binomial_p(x1, x1 + x2, n1 / (n1 + n2))
    return Significance(np.full(p.shape, np.nan), p, np.where(np.isnan(p), "none", "conditional_binomial"))


def compute_rate_ratio(
    count: ArrayLike,
    denominator: ArrayLike,
    other_count: ArrayLike,
    other_denominator: ArrayLike,
    confidence: float = 0.95,
) -> RateRatio:
    """Return the ratio of two rates with its exact conditional limits.

    Parameters
    ----------
    count, denominator : array
        Events and person-years of the area; independent events.
    other_count, other_denominator : array
        The same of the area or areas it is compared with.
    confidence : float
        Two-sided confidence.

    Notes
    -----
    With the Clopper-Pearson limits of pi = x1 / (x1 + x2), the limits of the ratio are
    pi / (1 - pi) x n2 / n1.

    Examples
    --------
    >>> result = compute_rate_ratio(11, 800, 21, 3011)
    >>> [round(float(v), 4) for v in (result.ratio, result.lower_limit, result.upper_limit)]
    [1.9715, 0.8584, 4.2773]
    """
    x1, n1, reason1 = usable_pair(count, denominator, "rate")
    x2, n2, reason2 = usable_pair(other_count, other_denominator, "rate")
    x1, n1, x2, n2 = np.broadcast_arrays(x1, n1, x2, n2)
    total = x1 + x2
    reason = np.where(reason1 != "", reason1, np.where(reason2 != "", "no_comparator", ""))
    reason = np.where((reason == "") & (total == 0), "all_zero", reason)
    share = np.where(reason == "", total, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        lower, upper = clopper_pearson_limits(x1, share, confidence)
        ratio, low, high = (f / (1 - f) * n2 / n1 for f in (x1 / share, lower, upper))
    p = np.where(reason == "", exact_binomial_p(x1, share, n1 / (n1 + n2)), np.nan)
    return RateRatio(ratio, low, high, confidence, p, total, reason)
