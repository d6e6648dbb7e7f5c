"""Peer groups: the municipalities most like each municipality.

Which variables choose the peers is declared in the catalogue; a figure that chose them is not compared
with them.
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

#: Distances closer than this are ties, which the codes decide: beyond it lies only rounding.
_DECIMALS = 9


def standardise(variables: ArrayLike, is_log: ArrayLike = False) -> Array:
    """Return variables as deviations from their mean in standard deviations (divisor n).

    Parameters
    ----------
    variables : array of shape (areas, variables)
        Complete values of the areas that are compared; positive where logged.
    is_log : bool or array of bool, shape (variables,)
        True for variables compared by ratio, as population is.

    Notes
    -----
    A variable without spread becomes 0 and has no part in any distance.
    """
    raw = np.asarray(variables, dtype=float)
    flags = np.broadcast_to(np.asarray(is_log, dtype=bool), raw.shape)
    scaled = np.log(raw, out=raw.copy(), where=flags)
    if not len(scaled):
        return scaled
    spread = scaled.std(axis=0)
    return (scaled - scaled.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def find_peers(
    codes: Sequence[str],
    variables: ArrayLike,
    *,
    is_log: ArrayLike = False,
    k: int = 8,
    excluded: Collection[str] = (),
) -> NDArray[np.int64]:
    """Return the k nearest areas of each area, nearest first, as rows of the input.

    Parameters
    ----------
    codes : sequence of str
        Area codes, each once.
    variables : array of shape (areas, variables)
        What makes areas alike: population, age structure, urbanisation, education, economic dependency.
    is_log : bool or array of bool, shape (variables,)
        True for variables compared by ratio.
    k : int
        Peers of each area.
    excluded : collection of str
        Codes that neither have peers nor are one, as those of Åland.

    Returns
    -------
    array of int, shape (areas, k)
        -1 where there is no peer: of an excluded area, one that lacks a variable, or where areas are too few.

    Raises
    ------
    ValueError
        If codes repeat, ``k`` is below 1, or codes and variables differ in number.

    Notes
    -----
    Every standardised variable weighs the same. Equal distances (to nine decimals) are put in order of
    code, so that the result depends neither on the order of the input nor on rounding.
    """
    names = np.asarray(codes, dtype=str)
    table = np.asarray(variables, dtype=float)
    if table.ndim != 2 or names.shape != table.shape[:1] or np.unique(names).size != names.size or k < 1:
        raise ValueError(
            f"{names.size} codes ({np.unique(names).size} different), variables of shape {table.shape}, "
            f"k = {k}; expected one row of variables for each different code, and at least one peer."
        )
    order = np.argsort(names)
    flags = np.broadcast_to(np.asarray(is_log, dtype=bool), table.shape[1:])
    is_excluded = np.isin(names, list(excluded))
    is_missing = ~np.isfinite(np.where(flags & ~(table > 0), np.nan, table)).all(axis=1)
    is_candidate = ~is_excluded & ~is_missing
    # Worked in order of code: sums, and so distances, are then the same whatever the order of the input.
    chosen = order[is_candidate[order]]
    near = _nearest(standardise(table[chosen], flags), k)
    index = np.full((names.size, k), -1)
    index[chosen[:, None], np.arange(near.shape[1])] = chosen[near]
    return index


def _nearest(points: Array, k: int) -> NDArray[np.int64]:
    """Return rows of the k nearest other points, ties in order of row."""
    distance = np.round(np.linalg.norm(points[:, None] - points, axis=-1), _DECIMALS)
    np.fill_diagonal(distance, np.inf)
    return np.argsort(distance, axis=1, kind="stable")[:, : max(min(k, len(points) - 1), 0)]
