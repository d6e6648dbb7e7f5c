"""Quantiles over areas, the distribution of an indicator and the place of each area in it.

A position is a word about place: it says nothing about significance and never counts as better or worse.

References
----------
Hyndman RJ, Fan Y (1996). Sample quantiles in statistical packages. Am Stat 50: 361-365 (type 7).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import first_reason

Array = NDArray[np.float64]

#: Fewest values from which quartiles are told.
MINIMUM_AREAS = 20
#: Greatest share of the values that may be one and the same value.
LARGEST_TIE = 0.25


@dataclass(frozen=True, eq=False)
class Distribution:
    """Spread of an indicator over areas; each array has the shape of the input without its last axis.

    Attributes
    ----------
    minimum, q1, median, q3, maximum : array of float
        In the indicator's unit; type 7 quantiles. NaN where no area has a value.
    n, n_missing : array of int
        Areas with and without a value.
    """

    minimum: Array
    q1: Array
    median: Array
    q3: Array
    maximum: Array
    n: NDArray[np.int64]
    n_missing: NDArray[np.int64]


def quantiles_of_sorted(ordered: Array, n: NDArray[np.int64], probability: float) -> Array:
    """Return the type 7 quantile over the last axis of sorted values whose NaN come last.

    numpy's own ``nanquantile`` walks row by row in Python; this one gathers two elements per row.
    """
    place = np.maximum(n - 1, 0) * probability
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.maximum(n - 1, 0))
    left = np.take_along_axis(ordered, below[..., None], axis=-1)[..., 0]
    right = np.take_along_axis(ordered, above[..., None], axis=-1)[..., 0]
    # The difference of equal neighbours is 0, so that a cut between ties equals them to the last bit.
    return left + (place - below) * (right - left)


def _order(values: ArrayLike) -> tuple[Array, NDArray[np.int64]]:
    """Return finite values sorted over the last axis, NaN last, and how many there are in each row."""
    array = np.asarray(values, dtype=float)
    if array.ndim == 0 or array.shape[-1] == 0:
        raise ValueError("No areas were given: expected an array whose last axis runs over areas.")
    clean = np.where(np.isfinite(array), array, np.nan)
    return np.sort(clean, axis=-1), np.isfinite(clean).sum(axis=-1)


def compute_quantiles(values: ArrayLike, probability: float) -> Array:
    """Return the type 7 quantile over the last axis, missing values left out."""
    ordered, n = _order(values)
    return quantiles_of_sorted(ordered, n, probability)


def distribution(values: ArrayLike) -> Distribution:
    """Return minimum, quartiles and maximum over the last axis (areas), missing values left out.

    Parameters
    ----------
    values : array
        Areas last: one indicator's values, or one row per indicator (or year) and one column per area.

    Examples
    --------
    >>> result = distribution([3.0, 1.0, float("nan"), 2.0, 5.0])
    >>> float(result.q1), float(result.median), float(result.q3), int(result.n_missing)
    (1.75, 2.5, 3.5, 1)
    """
    ordered, n = _order(values)
    minimum, q1, median, q3, maximum = (quantiles_of_sorted(ordered, n, p) for p in (0, 0.25, 0.5, 0.75, 1))
    return Distribution(minimum, q1, median, q3, maximum, n, ordered.shape[-1] - n)


def _has_large_tie(ordered: Array, n: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return True for rows in which too large a share of the values are one and the same."""
    step = np.floor(n * LARGEST_TIE).astype(int)  # a run longer than this is too long
    place = np.arange(ordered.shape[-1])
    later = np.minimum(place + step[..., None], ordered.shape[-1] - 1)
    is_inside = place + step[..., None] < n[..., None]
    return ((ordered == np.take_along_axis(ordered, later, axis=-1)) & is_inside).any(axis=-1)


def quartile_position(values: ArrayLike) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Return in which quarter of the areas each area lies, and why it has no position, empty where it has.

    Parameters
    ----------
    values : array
        Areas last: current municipalities, of one year. A row of its own for each indicator.

    Returns
    -------
    position, reason : array of str
        ``lowest_quarter``, ``middle_half``, ``highest_quarter`` or ``not_assessed``, of the values' shape.

    Notes
    -----
    A value equal to a cut belongs to the middle half. No position where more than a quarter of the areas
    share one value (often 0): a cut would then fall inside the tie.
    """
    ordered, n = _order(values)
    array = np.asarray(values, dtype=float)
    array = np.where(np.isfinite(array), array, np.nan)
    q1, q3 = (quantiles_of_sorted(ordered, n, share)[..., None] for share in (0.25, 0.75))
    reason = first_reason(
        no_value=np.isnan(array),
        too_few_areas=(n < MINIMUM_AREAS)[..., None],
        ties=_has_large_tie(ordered, n)[..., None],
    )
    place = np.where(array > q3, "highest_quarter", np.where(array < q1, "lowest_quarter", "middle_half"))
    return np.where(reason == "", place, "not_assessed"), reason
