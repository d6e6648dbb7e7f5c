"""Codes that statistical results carry: how a sign becomes a judgement, and which reason comes first.

Words for readers are made of the codes elsewhere (``data/texts.yaml``); no result holds a sentence.
"""

from dataclasses import replace
from typing import Any, Final, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind = Literal["proportion", "rate"]

ResultT = TypeVar("ResultT")

#: Numbers of a result that are there only where it tells a verdict.
_TOLD_NUMBERS: Final = ("slope", "change", "lower_limit", "upper_limit", "statistic", "p", "dispersion")
_WISHES: Final = {"higher_is_better": 1, "lower_is_better": -1, "no_judgement": 0}


def check_kind(kind: str) -> None:
    """Raise ValueError where a kind is neither ``proportion`` nor ``rate``."""
    if kind not in ("proportion", "rate"):
        raise ValueError(f"Unknown kind {kind!r}; expected 'proportion' or 'rate'.")


def judge(
    sign: NDArray[np.float64], direction: str, judged: tuple[str, str], plain: tuple[str, str]
) -> NDArray[np.str_]:
    """Return the word for a difference or a change of known sign.

    Parameters
    ----------
    sign : array
        Positive where the area is higher or rising, negative where lower or falling.
    direction : str
        ``higher_is_better``, ``lower_is_better`` or ``no_judgement``.
    judged, plain : tuple of str
        The words for better and worse and, where no judgement applies, for higher and lower.

    Raises
    ------
    ValueError
        If a direction is none of the three.
    """
    if direction not in _WISHES:
        raise ValueError(f"Unknown direction {direction!r}; expected one of {sorted(_WISHES)}.")
    wish = _WISHES[direction]
    return np.where(sign * wish > 0, *judged) if wish else np.where(sign > 0, *plain)


def first_reason(**conditions: ArrayLike) -> NDArray[np.str_]:
    """Return for each cell the name of the first condition that holds, empty where none does.

    A trailing underscore of a name is dropped, so that a reason may be a Python keyword.
    """
    masks = np.broadcast_arrays(*(np.asarray(condition, dtype=bool) for condition in conditions.values()))
    names = [name.removesuffix("_") for name in conditions]
    return np.select(list(masks), names, default="")


def withhold(result: ResultT, is_withheld: NDArray[np.bool_], reason: NDArray[np.str_]) -> ResultT:
    """Return a comparison or trend under these reasons, with nothing assessed where it is withheld."""
    told: Any = result
    numbers = {name: item for name, item in vars(told).items() if name in _TOLD_NUMBERS}
    return replace(
        told,
        **{name: np.where(is_withheld, np.nan, item) for name, item in numbers.items()},
        method=np.where(is_withheld, "none", told.method),
        verdict=np.where(is_withheld, "not_assessed", told.verdict),
        reason=reason,
    )
