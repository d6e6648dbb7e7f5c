"""How much more counts vary than independent persons or events would: one estimate over all municipalities.

Offences, visits and hospital days come in clusters; persons share a household; and the risk of both moves
from year to year. Clusters make the variance a multiple of that of independent counts, movements of the risk
make the multiple grow with the count. How fast is left to the figures: one multiple for all would be far too
great for a place of 700 residents, and a straight line is far too great for a city's property offences.

The estimate is not trimmed: one investigation of a hundred offences is what it must allow for.

References
----------
McCullagh P, Nelder JA (1989). Generalized Linear Models, 2nd ed. Chapman and Hall, sections 4.5 and 10.5.
Davidian M, Carroll RJ (1987). Variance function estimation. JASA 82: 1079-1091.
Williams DA (1982). Extra-binomial variation in logistic linear models. Appl Stat 31: 144-148.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind

Array = NDArray[np.float64]

#: Fewest areas from which a dispersion is estimated.
MINIMUM_AREAS = 20
_ITERATIONS = 100
#: Where nothing is in excess the exponent cannot be known; half a power, give or take another half, spans
#: clusters (0) and movements of the risk (1), and gives way to any excess that can be seen.
_EXPONENT, _EXPONENT_PRECISION = 0.5, 4.0
#: The steepest growth: beyond it the greatest towns would decide alone.
_STEEPEST = 1.5
#: The least excess, of a thousandth, and the greatest step of its logarithm: without them the fit of
#: independent counts would wander to minus infinity.
_LEAST_EXCESS, _LONGEST_STEP = np.log(1e-3), 0.5


@dataclass(frozen=True)
class Dispersion:
    """Variance of a count divided by that of independent ones: ``floor + exp(constant) * size ** exponent``.

    Attributes
    ----------
    constant, exponent : float
        Of the excess over the floor; NaN where nothing could be estimated. Size is the variance that
        independent ones would have: n r for rates, n r (1 - r) for proportions.
    covariance : tuple of float
        Variance of ``constant``, covariance of the two, variance of ``exponent``.
    floor : float
        1, or the design effect of persons who share a household.
    years : int
        Years that are pooled in the counts: the dispersion is that of a single year's.
    n_areas : int
        Areas behind the estimate.
    """

    constant: float
    exponent: float
    covariance: tuple[float, float, float] = (0.0, 0.0, 0.0)
    floor: float = 1.0
    years: int = 1
    n_areas: int = 0

    def at(self, size: ArrayLike) -> Array:
        """Return the dispersion of counts of these sizes: the curve and its standard error.

        The standard error is added because a test divides by the estimate as if it were known: at 99.8 % it
        costs about what a t distribution would. Below one event the curve stays where it is at one.
        """
        log_size = np.log(np.maximum(np.asarray(size, dtype=float) / self.years, 1.0))
        own, shared, slope = self.covariance
        error = np.sqrt(np.maximum(own + 2 * shared * log_size + slope * log_size**2, 0.0))
        return self.floor + np.exp(self.constant + self.exponent * log_size) * (1 + error)


def dispersion_at(dispersion: Dispersion | ArrayLike, size: Array) -> Array:
    """Return the dispersion of counts of each size, whether given by a `Dispersion` or by numbers."""
    if isinstance(dispersion, Dispersion):
        return dispersion.at(size)
    return np.broadcast_to(np.asarray(dispersion, dtype=float), np.shape(size))


def _fit(chi_square: Array, df: int, size: Array, total: Array | float, floor: float) -> Dispersion:
    """Return the curve of Pearson chi-square / df on size, fitted over areas.

    A mean square has a standard deviation in proportion to its mean, as a Gamma variable has: Gauss-Newton
    steps of that quasi-likelihood, on the logarithm of the excess.

    Given the ``total`` of the area's years, clusters show only in part: one event in all shows nothing. Of
    a dispersion d the share total / (total + d - 1) is to be seen, and the rest is put back.
    """
    n_areas = int(chi_square.size)
    if n_areas < MINIMUM_AREAS:
        return Dispersion(np.nan, np.nan, floor=floor, n_areas=n_areas)
    log_size = np.log(np.maximum(size, 1.0))
    middle = float(log_size.mean())
    design = np.stack([np.ones(n_areas), log_size - middle])
    y, scale = chi_square / df, 2 / df
    prior = np.diag([0.0, _EXPONENT_PRECISION * scale])
    found = np.array([np.log(max(float(y.mean()) - floor, 0.05)), _EXPONENT])
    for _ in range(_ITERATIONS):
        excess = np.exp(found @ design)
        fitted = floor + excess
        unseen = 1 + (fitted - 1) / total
        slope = design * (excess / fitted)
        residual = y * unseen / fitted - 1
        pull = prior @ (np.array([0.0, _EXPONENT]) - found)
        information = slope @ slope.T + prior + 1e-9 * np.eye(2)
        step = _invert(information) @ (slope @ residual + pull)
        step = np.maximum(np.minimum(step, _LONGEST_STEP), -_LONGEST_STEP)
        before = found
        found = before + step
        found = np.array([max(found[0], _LEAST_EXCESS), min(max(found[1], 0.0), _STEEPEST)])
        if np.abs(found - before).max() < 1e-6:
            break
    # Of mean squares as Gamma variables: one investigation must not make the error of all towns fivefold.
    covariance = _invert(information) * scale
    back = np.array([[1.0, -middle], [0.0, 1.0]])  # from the middle of the sizes to a size of one
    (own, shared), (_, growth) = back @ covariance @ back.T
    constant, exponent = back @ found
    curve = (float(own), float(shared), float(growth))
    return Dispersion(float(constant), float(exponent), curve, floor=floor, n_areas=n_areas)


def _invert(matrix: Array) -> Array:
    """Return the inverse of a symmetric matrix of two by two; numpy's own takes longer to be called."""
    (a, b), (_, c) = matrix
    return np.array([[c, -b], [-b, a]]) / (a * c - b * b)


def _residual_chi_square(count: Array, denominator: Array, time: Array, common: Array) -> Array:
    """Return Poisson's chi-square of each area about its own linear trend, beside the common movement."""
    total, persons = count.sum(axis=1, keepdims=True), denominator.sum(axis=1, keepdims=True)
    expected = total * denominator / persons
    moved = denominator * (common - (denominator * common).sum(axis=1, keepdims=True) / persons)
    distance = count - expected - moved
    centred = time - (denominator * time).sum(axis=1, keepdims=True) / persons
    spread = np.sum(centred**2 * expected, axis=1)
    heterogeneity = np.sum(distance**2 / expected, axis=1)
    return np.maximum(heterogeneity - np.sum(centred * distance, axis=1) ** 2 / spread, 0.0)


def estimate_dispersion(
    count: ArrayLike,
    denominator: ArrayLike,
    years: ArrayLike | None = None,
    *,
    kind: Kind = "rate",
    floor: float = 1.0,
    common: ArrayLike = 0.0,
) -> Dispersion:
    """Return the dispersion of counts from year to year, about each area's own linear trend.

    Parameters
    ----------
    count, denominator : array of shape (areas, years)
        Events (or persons) and denominators of all municipalities, for three years or more (five, as a rule).
    years : array of shape (years,), optional
        The years; without them the columns are evenly spaced.
    kind : {"proportion", "rate"}
        Proportions are held against the binomial variance.
    floor : float
        The dispersion of counts of any size: 1, or a design effect.
    common : array of shape (years,), optional
        A movement common to all, as count per denominator: the scatter is then about it.

    Returns
    -------
    Dispersion
        With NaN where fewer than 20 areas have every year, two events in all, and, at the rate of all
        areas, at least one event a year to be expected: rarer events tell nothing of clusters.

    Raises
    ------
    ValueError
        If there are fewer than three years.

    Notes
    -----
    Differences between areas are left out on purpose: they are what a comparison is to find.
    """
    x, n = np.broadcast_arrays(np.asarray(count, float), np.asarray(denominator, float))
    if x.ndim != 2 or x.shape[1] < 3:
        raise ValueError(f"Counts have shape {x.shape}; expected (areas, years) with three years or more.")
    time = np.arange(x.shape[1], dtype=float) if years is None else np.asarray(years, float)
    is_known = np.isfinite(x).all(axis=1) & (n > 0).all(axis=1) & (x >= 0).all(axis=1)
    x, n = x[is_known], n[is_known]
    expected = n.mean(axis=1) * (x.sum() / n.sum()) if x.size else np.empty(0)
    is_used = (expected >= 1) & (x.sum(axis=1) >= 2) & ((kind == "rate") | (x < n).all(axis=1))
    x, n = x[is_used], n[is_used]
    chi_square = _residual_chi_square(
        x, n, time - time.mean(), np.broadcast_to(np.asarray(common, float), x.shape)
    )
    free = 1 - x.sum(axis=1) / n.sum(axis=1) if kind == "proportion" else 1.0
    return _fit(chi_square / free, x.shape[1] - 2, x.mean(axis=1) * free, x.sum(axis=1), floor)


def estimate_dispersion_between(count: ArrayLike, denominator: ArrayLike) -> Dispersion:
    """Return the dispersion of one year's counts about the common rate of all areas.

    Parameters
    ----------
    count, denominator : array of shape (areas,)
        Events and person-years of all municipalities.

    Notes
    -----
    For series of one or two years only. True differences between areas are part of it: a verdict that uses
    it says that an area stands out from what is usual among areas, which is asking for more.
    """
    x, n = np.broadcast_arrays(np.asarray(count, float), np.asarray(denominator, float))
    is_known = np.isfinite(x) & (n > 0)
    x, n = x[is_known], n[is_known]
    expected = n * (x.sum() / n.sum()) if x.size else np.empty(0)
    x, expected = x[expected >= 1], expected[expected >= 1]
    return _fit((x - expected) ** 2 / expected, 1, expected, np.inf, 1.0)
