"""How many findings a report would show by chance alone, and which remain after allowing for that.

References
----------
Benjamini Y, Hochberg Y (1995). Controlling the false discovery rate. J R Stat Soc B 57: 289-300.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def expected_by_chance(verdict: ArrayLike, confidence: float) -> NDArray[np.float64]:
    """Return how many of the tests over the last axis would find something where nothing is.

    Notes
    -----
    Tests made, the verdicts that are not ``not_assessed``, x (1 - confidence). An upper bound where tests are
    exact and their assumptions hold: a discrete count cannot use up its level.

    Examples
    --------
    >>> told = ["similar", "better", "not_assessed", "similar"]
    >>> round(float(expected_by_chance(told, confidence=0.95)), 2)
    0.15
    """
    return np.asarray((np.asarray(verdict) != "not_assessed").sum(axis=-1) * (1 - confidence), dtype=float)


def adjust_p(p: ArrayLike) -> NDArray[np.float64]:
    """Return p values adjusted by Benjamini and Hochberg over the last axis; missing stays missing.

    Notes
    -----
    scipy's function, with which tests compare this one, takes no missing values, and ``scipy.stats`` takes as
    long to load as a third of the assessment.
    """
    raw = np.asarray(p, dtype=float)
    is_test = np.isfinite(raw)
    order = np.argsort(raw, axis=-1)  # the missing ones last
    scale = is_test.sum(axis=-1, keepdims=True) / np.arange(1, raw.shape[-1] + 1)
    scaled = np.take_along_axis(raw, order, axis=-1) * scale
    lowest = np.fmin.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
    adjusted = np.full(raw.shape, np.nan)
    np.put_along_axis(adjusted, order, np.minimum(lowest, 1), axis=-1)
    return np.where(is_test, adjusted, np.nan)


def flag_discoveries(p: ArrayLike, rate: float = 0.05) -> NDArray[np.bool_]:
    """Return True where a finding stands at the false discovery rate, over the last axis."""
    return adjust_p(p) <= rate
