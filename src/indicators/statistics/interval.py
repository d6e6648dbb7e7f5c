"""Confidence limits of proportions and rates, vectorised over areas.

Owns the limits alone: tests against a comparator are in `indicators.statistics.significance`, verdicts in
`indicators.statistics.comparison`. All functions take arrays that broadcast, return new arrays and give
NaN where a count or a denominator is missing.

References
----------
Wilson EB (1927). Probable inference, the law of succession, and statistical inference. JASA 22: 209-212.
Newcombe RG (1998). Two-sided confidence intervals for the single proportion. Stat Med 17: 857-872.
Breslow NE, Day NE (1987). Statistical Methods in Cancer Research, vol. II. IARC, p. 69 (Byar's limits).
Garwood F (1936). Fiducial limits for the Poisson distribution. Biometrika 28: 437-442.
Clopper CJ, Pearson ES (1934). The use of confidence or fiducial limits. Biometrika 26: 404-413.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from indicators.statistics.codes import Kind, check_kind, first_reason

Array = NDArray[np.float64]

#: Fewest events from which Byar's approximation is used; below it the limits are exact.
BYAR_MINIMUM = 10.0


@dataclass(frozen=True, eq=False)
class Interval:
    """Values with their confidence limits; every array has the same shape.

    Attributes
    ----------
    value, lower_limit, upper_limit : array of float
        In the indicator's unit (``multiplier`` x count / denominator); NaN where not known.
    method : array of str
        ``wilson``, ``byar`` or ``exact_poisson``; ``none`` where there are no limits.
    reason : array of str
        Why there are no limits, empty where there are.
    """

    value: Array
    lower_limit: Array
    upper_limit: Array
    method: NDArray[np.str_]
    reason: NDArray[np.str_]


def normal_quantile(confidence: float) -> float:
    """Return the normal deviate of a two-sided confidence, 1.96 for 0.95.

    Raises
    ------
    ValueError
        If the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"Confidence is {confidence}; expected a number between 0 and 1, such as 0.95.")
    return float(-special.ndtri((1 - confidence) / 2))


def missing_reason(count: Array, denominator: Array, kind: Kind) -> NDArray[np.str_]:
    """Return why no value can be had of a count and a denominator, empty where it can."""
    return first_reason(
        no_count=~np.isfinite(count),
        no_denominator=~(np.isfinite(denominator) & (denominator > 0)),
        impossible_count=(count < 0) | ((kind == "proportion") & (count > denominator)),
    )


def usable_pair(
    count: ArrayLike, denominator: ArrayLike, kind: Kind
) -> tuple[Array, Array, NDArray[np.str_]]:
    """Return count and denominator as new arrays of one shape, NaN where unusable, and the reason.

    Raises
    ------
    ValueError
        If ``kind`` is neither ``proportion`` nor ``rate``.
    """
    check_kind(kind)
    events, persons = np.broadcast_arrays(np.asarray(count, float), np.asarray(denominator, float))
    reason = missing_reason(events, persons, kind)
    usable = reason == ""
    return np.where(usable, events, np.nan), np.where(usable, persons, np.nan), reason


def wilson_limits(count: ArrayLike, denominator: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return the Wilson score limits of a proportion, as fractions of one.

    Notes
    -----
    (2x + z^2 -+ z sqrt(z^2 + 4x(n - x)/n)) / (2(n + z^2)).
    """
    x, n = np.asarray(count, float), np.asarray(denominator, float)
    z = normal_quantile(confidence)
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = 2 * x + z**2
        half = z * np.sqrt(z**2 + 4 * x * (n - x) / n)
        lower, upper = (centre - half) / (2 * (n + z**2)), (centre + half) / (2 * (n + z**2))
        # Rounding must not put a limit of 0 or 1 on the wrong side of the estimate.
        lower, upper = np.minimum(lower, x / n), np.maximum(upper, x / n)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def clopper_pearson_limits(
    count: ArrayLike, denominator: ArrayLike, confidence: float = 0.95
) -> tuple[Array, Array]:
    """Return the exact binomial limits of a proportion, as fractions of one (beta quantiles)."""
    x, n = np.asarray(count, float), np.asarray(denominator, float)
    tail = (1 - confidence) / 2
    lower = special.betaincinv(np.where(x > 0, x, np.nan), n - x + 1, tail)
    upper = special.betainccinv(x + 1, np.where(x < n, n - x, np.nan), tail)
    return np.where(x == 0, 0.0, lower), np.where(x == n, 1.0, upper)


def byar_limits(count: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return Byar's limits of a Poisson mean.

    Notes
    -----
    x(1 - 1/(9x) - z/(3 sqrt x))^3 and, with y = x + 1, y(1 - 1/(9y) + z/(3 sqrt y))^3. Meant for 10 events
    and more; the lower limit of no events is 0.
    """
    x, z = np.asarray(count, float), normal_quantile(confidence)
    some = np.where(x > 0, x, np.nan)
    lower = some * np.maximum(1 - 1 / (9 * some) - z / (3 * np.sqrt(some)), 0) ** 3
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    return np.where(x == 0, 0.0, lower), upper


def exact_poisson_limits(count: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
    """Return the exact limits of a Poisson mean: half the chi-square quantiles of 2x and 2x + 2 degrees."""
    x = np.asarray(count, float)
    tail = (1 - confidence) / 2
    lower = special.gammaincinv(np.where(x > 0, x, np.nan), tail)
    return np.where(x == 0, 0.0, lower), special.gammainccinv(x + 1, tail)


def poisson_limits(
    count: ArrayLike, confidence: float = 0.95, dispersion: ArrayLike = 1.0
) -> tuple[Array, Array, NDArray[np.str_]]:
    """Return limits of a Poisson mean and their method: exact below 10 events, Byar's from 10 on.

    Notes
    -----
    A dispersion d (variance divided by mean) makes x dependent events weigh as x / d independent ones: the
    limits are d times those of x / d, and it is x / d that decides between the methods.
    """
    x, d = np.broadcast_arrays(np.asarray(count, float), np.asarray(dispersion, float))
    effective = x / d
    is_byar = effective >= BYAR_MINIMUM
    lower, upper = (np.array(limit) for limit in byar_limits(effective, confidence))
    lower[~is_byar], upper[~is_byar] = exact_poisson_limits(effective[~is_byar], confidence)
    lower, upper = d * lower, d * upper
    method = np.where(np.isnan(effective), "none", np.where(is_byar, "byar", "exact_poisson"))
    return lower, upper, method


def figure_limits(
    kind: Kind,
    count: ArrayLike,
    denominator: ArrayLike,
    multiplier: float = 1.0,
    confidence: float = 0.95,
    dispersion: ArrayLike = 1.0,
) -> Interval:
    """Return proportions with Wilson limits, or rates with exact ones below 10 events and Byar's from 10 on.

    Parameters
    ----------
    kind : {"proportion", "rate"}
        Whether the count is part of the denominator.
    count, denominator : array
        Persons with the property and all persons, or events and person-years; broadcast together.
    multiplier : float
        100 for per cent, 1000 for a rate per thousand.
    confidence : float
        Two-sided confidence.
    dispersion : array
        Variance of the count divided by that of independent persons or events: a design effect, by which
        counts and denominators of proportions are divided, or as estimated over all municipalities
        (`indicators.statistics.dispersion`); NaN gives no limits.

    Examples
    --------
    >>> result = figure_limits("proportion", 81, 263)
    >>> round(float(result.lower_limit), 4), round(float(result.upper_limit), 4)
    (0.2553, 0.3662)
    >>> result = figure_limits("rate", 2, 711, multiplier=1000)
    >>> [round(float(v), 2) for v in (result.value, result.lower_limit, result.upper_limit)]
    [2.81, 0.34, 10.16]
    """
    x, n, reason = usable_pair(count, denominator, kind)
    if kind == "proportion":
        d = np.asarray(dispersion, float)
        lower, upper = (limit * multiplier for limit in wilson_limits(x / d, n / d, confidence))
        value, method = x / n * multiplier, np.where(np.isnan(lower), "none", "wilson")
    else:
        lower, upper, method = poisson_limits(x, confidence, dispersion)
        value, lower, upper = (item * (multiplier / n) for item in (x, lower, upper))
    reason = np.where((reason == "") & (method == "none"), "no_dispersion", reason)
    return Interval(value, lower, upper, method, reason)
