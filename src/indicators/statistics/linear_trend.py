"""The chi-square test for linear trend, in proportions and in rates, and the slope that belongs to it.

References
----------
Armitage P (1955). Tests for linear trends in proportions and frequencies. Biometrics 11: 375-386.
Cochran WG (1954). Some methods for strengthening the common chi-square tests. Biometrics 10: 417-451.
Breslow NE, Day NE (1987). Statistical Methods in Cancer Research, vol. II. IARC, chapter 3 (trend of rates).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from indicators.statistics.codes import Kind

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LinearTrend:
    """Slopes of proportions or rates on time; arrays without the years' axis.

    Attributes
    ----------
    slope, standard_error : array of float
        Per unit of time, in count per denominator.
    chi_square, p : array of float
        (slope / standard error) squared, one degree of freedom.
    """

    slope: Array
    standard_error: Array
    chi_square: Array
    p: Array


def fit_linear_trend(
    count: ArrayLike,
    denominator: ArrayLike,
    time: ArrayLike,
    *,
    kind: Kind,
    dispersion: ArrayLike = 1.0,
    common: ArrayLike = 0.0,
) -> LinearTrend:
    """Return the slope over the last axis and its chi-square test of no trend.

    Parameters
    ----------
    count, denominator, time : array
        Years last, broadcast together.
    kind : {"proportion", "rate"}
        Proportions have the variance r(1 - r), rates r, of the common figure r = sum x / sum n.
    dispersion : array
        By which the variance is multiplied; shape without the last axis.
    common : array
        A movement that is taken out first, as count per denominator; years last.

    Notes
    -----
    With T the mean of t weighted by n: slope = sum((t - T) x) / sum(n (t - T)^2) and
    SE^2 = d v / sum(n (t - T)^2). For proportions (slope / SE)^2 is the Cochran-Armitage chi-square, for
    rates the score test of a log-linear Poisson trend given the sum of the counts; neither iterates. The
    common movement c is taken from the counts in the slope, sum((t - T) (x - n c)), but not in the variance.
    """
    x, n, t, moved = np.broadcast_arrays(*(np.asarray(a, float) for a in (count, denominator, time, common)))
    with np.errstate(invalid="ignore", divide="ignore"):
        persons = n.sum(axis=-1)
        share = x.sum(axis=-1) / persons
        centred = t - ((n * t).sum(axis=-1) / persons)[..., None]
        spread = (n * centred**2).sum(axis=-1)
        variance = share * (1 - share) if kind == "proportion" else share
        slope = (centred * (x - n * moved)).sum(axis=-1) / spread
        error = np.sqrt(np.asarray(dispersion) * np.where(variance > 0, variance, np.nan) / spread)
        chi_square = (slope / error) ** 2
    return LinearTrend(slope, error, chi_square, special.chdtrc(1, chi_square))


def direction_stands(count: Array, denominator: Array, time: Array) -> NDArray[np.bool_]:
    """Return True where the slope keeps its sign whichever year is left out."""
    keep = ~np.eye(count.shape[-1], dtype=bool)
    x, n, t = (a[..., None, :] for a in (count, denominator, time))
    persons = np.where(keep, n, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (persons * t).sum(axis=-1, keepdims=True) / persons.sum(axis=-1, keepdims=True)
    without = np.sign(np.where(keep, (t - mean) * x, 0.0).sum(axis=-1))
    whole = np.sign(fit_linear_trend(count, denominator, time, kind="rate").slope)
    return (without == whole[..., None]).all(axis=-1) & (whole != 0)
