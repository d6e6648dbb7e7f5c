"""How much more counts vary than independent events would: one estimate over all municipalities.

Offences, visits and hospital days come in clusters, and their risk moves from year to year for everybody at
once. The first makes the variance a multiple of the mean; the second makes the multiple grow with the mean,
so that a single multiple is far too great for a place of 700 residents and far too small for a city.

The estimate is not trimmed: one investigation of a hundred offences is what it must allow for.

References
----------
McCullagh P, Nelder JA (1989). Generalized Linear Models, 2nd ed. Chapman and Hall, sections 4.5 and 10.5.
Davidian M, Carroll RJ (1987). Variance function estimation. JASA 82: 1079-1091.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind

Array = NDArray[np.float64]

#: Fewest areas from which a dispersion is estimated.
MINIMUM_AREAS = 20
_ITERATIONS = 60


@dataclass(frozen=True)
class Dispersion:
    """Variance of a count divided by its mean, as a line on the mean: ``constant + per_event x mean``.

    Attributes
    ----------
    constant : float
        The part that does not depend on the size of the area; NaN where nothing could be estimated.
    per_event : float
        What each expected event adds.
    covariance : tuple of float
        Variance of ``constant``, covariance of the two, variance of ``per_event``.
    n_areas : int
        Areas behind the estimate.
    df : int
        Degrees of freedom behind it.
    """

    constant: float
    per_event: float
    covariance: tuple[float, float, float] = (0.0, 0.0, 0.0)
    n_areas: int = 0
    df: int = 0

    def at(self, expected: ArrayLike) -> Array:
        """Return the dispersion of counts with these expected values: the line and its standard error.

        Never below 1. The standard error is added because a test divides by the estimate as if it were
        known: at 99.8 % it costs about what a t distribution would. It is small but for sizes that few
        municipalities have.
        """
        mean = np.asarray(expected, dtype=float)
        own, shared, slope = self.covariance
        error = np.sqrt(np.maximum(own + 2 * shared * mean + slope * mean**2, 0.0))
        return np.maximum(self.constant + self.per_event * mean + error, 1.0)


def dispersion_at(dispersion: Dispersion | ArrayLike, expected: Array) -> Array:
    """Return the dispersion of each expected count, whether given by a `Dispersion` or by numbers."""
    if isinstance(dispersion, Dispersion):
        return dispersion.at(expected)
    return np.broadcast_to(np.asarray(dispersion, dtype=float), np.shape(expected))


def refuse_for_proportions(kind: Kind, dispersion: Dispersion | ArrayLike) -> None:
    """Raise ValueError where a proportion, which counts persons, is given a dispersion other than 1."""
    is_plain = not isinstance(dispersion, Dispersion) and np.all(np.asarray(dispersion) == 1)
    if kind == "proportion" and not is_plain:
        raise ValueError("A proportion counts persons and takes no dispersion; declare the figure as a rate.")


def _weighted_line(y: Array, x: Array, weight: Array) -> tuple[float, float]:
    """Return intercept (at least 1) and slope (at least 0) of a weighted least-squares line."""
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    spread = np.sum(weight * (x - mean_x) ** 2)
    slope = np.sum(weight * (x - mean_x) * (y - mean_y)) / spread if spread > 0 else 0.0
    if slope <= 0:
        return max(float(mean_y), 1.0), 0.0
    if mean_y - slope * mean_x < 1:
        return 1.0, max(float(np.sum(weight * (y - 1) * x) / np.sum(weight * x * x)), 0.0)
    return float(mean_y - slope * mean_x), float(slope)


def _line_covariance(x: Array, weight: Array, error: Array, variance: Array) -> tuple[float, float, float]:
    """Return variances and covariance of a line's coefficients: the observed or the nominal, if greater."""
    design = np.stack([np.ones_like(x), x], axis=1)
    inverse = np.linalg.pinv(design.T @ (weight[:, None] * design))
    squares = (error**2, variance)
    observed, nominal = (
        inverse @ (design.T @ ((weight**2 * s)[:, None] * design)) @ inverse for s in squares
    )
    greater = observed if np.trace(observed) > np.trace(nominal) else nominal
    return float(greater[0, 0]), float(greater[0, 1]), float(greater[1, 1])


def _fit(chi_square: Array, df: int, expected: Array, total: Array | float = np.inf) -> Dispersion:
    """Return the line of Pearson chi-square / df on the expected count, fitted over areas.

    A mean square has a standard deviation in proportion to its mean, so that areas are weighted by the
    inverse square of the fitted value, again and again until the line stands. Where dispersion does not
    grow with size and counts are great, this is the plain mean of Pearson chi-square / df.

    Given the ``total`` of the area's years, clusters show only in part: one event in all shows nothing. Of
    a dispersion d the share total / (total + d - 1) is to be seen, and the rest is put back.
    """
    n_areas = int(chi_square.size)
    if n_areas < MINIMUM_AREAS:
        return Dispersion(np.nan, np.nan, n_areas=n_areas, df=n_areas * df)
    constant, per_event = max(float(chi_square.mean()) / df, 1.0), 0.0
    for _ in range(_ITERATIONS):
        fitted = constant + per_event * expected
        whole = 1 + (fitted - 1) / total
        weight = 1 / (fitted * whole) ** 2
        y = chi_square / df * whole
        constant, per_event = _weighted_line(y, expected, weight)
    covariance = _line_covariance(expected, weight, y - constant - per_event * expected, 2 / (df * weight))
    return Dispersion(constant, per_event, covariance, n_areas, n_areas * df)


def _residual_chi_square(count: Array, denominator: Array, time: Array) -> Array:
    """Return Pearson chi-square of each area about its own linear trend: heterogeneity less trend."""
    total, persons = count.sum(axis=1, keepdims=True), denominator.sum(axis=1, keepdims=True)
    expected = total * denominator / persons
    heterogeneity = np.sum((count - expected) ** 2 / expected, axis=1)
    centred = time - (denominator * time).sum(axis=1, keepdims=True) / persons
    spread = np.sum(centred**2 * expected, axis=1)
    return np.maximum(heterogeneity - np.sum(centred * count, axis=1) ** 2 / spread, 0.0)


def estimate_dispersion(
    count: ArrayLike, denominator: ArrayLike, years: ArrayLike | None = None
) -> Dispersion:
    """Return the dispersion of counts from year to year, about each area's own linear trend.

    Parameters
    ----------
    count, denominator : array of shape (areas, years)
        Events and person-years of all municipalities, for three years or more (five, as a rule).
    years : array of shape (years,), optional
        The years; without them the columns are evenly spaced.

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
    is_known = np.isfinite(x).all(axis=1) & (n > 0).all(axis=1)
    x, n = x[is_known], n[is_known]
    expected = n.mean(axis=1) * (x.sum() / n.sum()) if x.size else np.empty(0)
    is_used = (expected >= 1) & (x.sum(axis=1) >= 2)
    x, n = x[is_used], n[is_used]
    chi_square = _residual_chi_square(x, n, time - time.mean())
    return _fit(chi_square, x.shape[1] - 2, x.mean(axis=1), x.sum(axis=1))


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
    return _fit((x - expected) ** 2 / expected, 1, expected)
