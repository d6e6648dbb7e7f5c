"""Verdicts of areas against a comparator, vectorised over areas.

Owns the ``interval`` method; quartile positions are in `indicators.statistics.quartile`, verdicts
on counts without a published denominator in `indicators.statistics.reconstruction`. Which comparator and
which method an indicator has is the catalogue's matter.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind, judge
from indicators.statistics.dispersion import Dispersion, dispersion_at, refuse_for_proportions
from indicators.statistics.interval import (
    clopper_pearson_limits,
    has_few_events,
    poisson_limits,
    usable_pair,
    wilson_limits,
)
from indicators.statistics.significance import (
    Significance,
    proportion_test,
    rate_test,
    two_proportions_test,
    two_rates_test,
    wilson_may_decide,
)

Array = NDArray[np.float64]

#: Greatest share of the comparator's denominator that an area may have and still be compared with the whole.
LARGEST_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Comparison:
    """Verdicts of areas against a comparator; every array has the same shape.

    Attributes
    ----------
    value, lower_limit, upper_limit : array of float
        The area's figure and its own limits, in the indicator's unit. Against a fixed value they are the
        limits of the method that decided, so that limits and verdict never disagree.
    confidence : float
        Two-sided confidence of limits and verdict.
    comparator : array of float
        The value compared with, in the indicator's unit: of the rest where the area was taken out.
    is_two_sample : array of bool
        True where both figures vary: the area was taken out of the comparator, or was never in it.
    statistic, p : array of float
        Signed normal deviate (NaN for exact tests) and two-sided p value.
    count, n : array of float
        The area's events and denominator.
    dispersion : array of float
        By which the variance was multiplied.
    is_uncertain : array of bool
        True where the value rests on few events.
    method, verdict, reason : array of str
        Codes of `indicators.statistics.codes`.
    """

    value: Array
    lower_limit: Array
    upper_limit: Array
    confidence: float
    comparator: Array
    is_two_sample: NDArray[np.bool_]
    statistic: Array
    p: Array
    count: Array
    n: Array
    dispersion: Array
    is_uncertain: NDArray[np.bool_]
    method: NDArray[np.str_]
    verdict: NDArray[np.str_]
    reason: NDArray[np.str_]


def _first(*reasons: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return for each cell the first reason that is not empty."""
    first = reasons[0]
    for later in reasons[1:]:
        first = np.where(first != "", first, later)
    return first


def _deciding_limits(
    count: Array, n: Array, p0: Array, kind: Kind, confidence: float, dispersion: Array
) -> tuple[Array, Array]:
    """Return the limits, per unit of the denominator, that belong to the test against a fixed value."""
    if kind == "rate":
        lower, upper, _ = poisson_limits(count, confidence, dispersion)
        return lower / n, upper / n
    is_wilson = wilson_may_decide(n, p0, confidence)
    wilson = wilson_limits(np.where(is_wilson, count, np.nan), n, confidence)
    exact = clopper_pearson_limits(np.where(is_wilson, np.nan, count), n, confidence)
    lower, upper = (np.where(is_wilson, w, e) for w, e in zip(wilson, exact, strict=True))
    return lower, upper


def _conclude(
    count: Array,
    n: Array,
    comparator: Array,
    test: Significance,
    reason: NDArray[np.str_],
    *,
    kind: Kind,
    multiplier: float,
    direction: ArrayLike,
    confidence: float,
    dispersion: Array,
    minimum_events: float,
) -> Comparison:
    """Return the verdicts that follow from a test and the reasons against assessing."""
    reason = _first(reason, np.where(np.isnan(dispersion), "no_dispersion", ""))
    reason = np.where((reason == "") & np.isnan(test.p), "no_comparator", reason)
    is_assessed = reason == ""
    p = np.where(is_assessed, test.p, np.nan)
    words = judge(
        count / n - comparator, direction, good="better", bad="worse", upward="higher", downward="lower"
    )
    # "Similar when the comparator lies within the interval", its ends included: different needs p below.
    verdict = np.where(p < 1 - confidence, words, "similar")
    lower, upper = _deciding_limits(count, n, comparator, kind, confidence, dispersion)
    return Comparison(
        value=count / n * multiplier,
        lower_limit=np.where(is_assessed, lower * multiplier, np.nan),
        upper_limit=np.where(is_assessed, upper * multiplier, np.nan),
        confidence=confidence,
        comparator=comparator * multiplier,
        is_two_sample=np.zeros(p.shape, dtype=bool),
        statistic=np.where(is_assessed, test.statistic, np.nan),
        p=p,
        count=count,
        n=n,
        dispersion=np.broadcast_to(dispersion, p.shape),
        is_uncertain=has_few_events(count, minimum_events),
        method=np.where(is_assessed, test.method, "none"),
        verdict=np.where(is_assessed, verdict, "not_assessed"),
        reason=reason,
    )


def compare_with_value(
    count: ArrayLike,
    denominator: ArrayLike,
    comparator: ArrayLike,
    *,
    kind: Kind,
    multiplier: float = 1.0,
    direction: ArrayLike = "no_judgement",
    confidence: float = 0.95,
    dispersion: Dispersion | ArrayLike = 1.0,
    minimum_events: float = 10,
) -> Comparison:
    """Return verdicts of areas against a fixed value: a target, a median, a far greater area.

    Parameters
    ----------
    count, denominator : array
        Events (or persons) and denominator of each area.
    comparator : array
        In the indicator's unit.
    kind : {"proportion", "rate"}
        Whether the count is part of the denominator.
    multiplier : float
        100 for per cent, 1000 for per thousand.
    direction : str or array of str
        ``higher_is_better``, ``lower_is_better`` or ``no_judgement``.
    confidence : float
        Two-sided confidence of the verdict.
    dispersion : Dispersion or array
        For rates of events that are not independent; see `indicators.statistics.dispersion`.
    minimum_events : float
        Values on fewer events are marked uncertain.

    Raises
    ------
    ValueError
        For an unknown kind or direction, a confidence outside 0-1, or a dispersion for proportions.
    """
    refuse_for_proportions(kind, dispersion)
    x, n, reason = usable_pair(count, denominator, kind)
    x, n, reason, base = np.broadcast_arrays(x, n, reason, np.asarray(comparator, float) / multiplier)
    d = dispersion_at(dispersion, n * base)
    test = proportion_test(x, n, base, confidence) if kind == "proportion" else rate_test(x, n * base, d)
    d = np.where(np.isnan(base) | (reason != ""), 1.0, d)
    return _conclude(
        x,
        n,
        base,
        test,
        reason,
        kind=kind,
        multiplier=multiplier,
        direction=direction,
        confidence=confidence,
        dispersion=d,
        minimum_events=minimum_events,
    )


def _compare_two(
    count: Array,
    n: Array,
    other_count: Array,
    other_n: Array,
    reason: NDArray[np.str_],
    *,
    kind: Kind,
    confidence: float,
    dispersion: Dispersion | ArrayLike,
    **presentation: Any,
) -> Comparison:
    """Return verdicts of areas against other areas that hold none of their residents."""
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled, base = (count + other_count) / (n + other_n), other_count / other_n
    d, other_d = dispersion_at(dispersion, n * pooled), dispersion_at(dispersion, other_n * pooled)
    if kind == "proportion":
        test = two_proportions_test(count, n, other_count, other_n, confidence)
    else:
        test = two_rates_test(count, n, other_count, other_n, d, other_d)
    d = np.where(np.isnan(pooled) | (reason != ""), 1.0, d)
    result = _conclude(
        count, n, base, test, reason, kind=kind, confidence=confidence, dispersion=d, **presentation
    )
    return replace(result, is_two_sample=result.reason == "")


def compare_with_areas(
    count: ArrayLike,
    denominator: ArrayLike,
    other_count: ArrayLike,
    other_denominator: ArrayLike,
    *,
    kind: Kind,
    includes_area: bool = True,
    multiplier: float = 1.0,
    direction: ArrayLike = "no_judgement",
    confidence: float = 0.95,
    dispersion: Dispersion | ArrayLike = 1.0,
    minimum_events: float = 10,
    largest_share: float = LARGEST_SHARE,
) -> Comparison:
    """Return verdicts of areas against a region, a country or a peer group of which counts are known.

    Parameters
    ----------
    count, denominator : array
        Events (or persons) and denominator of each area.
    other_count, other_denominator : array
        The comparator's; they hold the area's own where ``includes_area`` is true.
    includes_area : bool
        True for a region or a country; False for a peer group, which is always a second sample.
    largest_share : float
        Where the area makes more of the comparator's denominator, it is compared with the rest.
    kind, multiplier, direction, confidence, dispersion, minimum_events
        As for `compare_with_value`.

    Notes
    -----
    Up to a tenth of the whole, the whole's figure is taken as fixed. That is cautious: the area's own
    residents draw it towards the area. Only where dispersion grows with size does the whole have a chance
    of its own worth counting, and it is added to the area's. Above a tenth, and for peers, both figures
    vary and a two-sample test decides: two proportions by the pooled score test or Fisher's, two rates by
    the conditional binomial test.
    """
    refuse_for_proportions(kind, dispersion)
    x, n, reason = usable_pair(count, denominator, kind)
    y, m, other_reason = usable_pair(other_count, other_denominator, kind)
    x, n, reason, y, m, other_reason = np.broadcast_arrays(x, n, reason, y, m, other_reason)
    common: dict[str, Any] = {
        "kind": kind,
        "multiplier": multiplier,
        "direction": direction,
        "confidence": confidence,
        "dispersion": dispersion,
        "minimum_events": minimum_events,
    }
    no_comparator = np.where(other_reason != "", "no_comparator", "")
    if not includes_area:
        return _compare_two(x, n, y, m, _first(reason, no_comparator), **common)
    misfit = np.select(
        [(n == m) & (x == y), (n >= m) | (x > y)], ["same_area", "comparator_smaller_than_area"], ""
    )
    reason = _first(reason, no_comparator, misfit)
    is_usable = reason == ""
    rest = _compare_two(
        x, n, np.where(is_usable, y - x, np.nan), np.where(is_usable, m - n, np.nan), reason, **common
    )
    base = np.where(is_usable, y / m, np.nan)
    common["dispersion"] = _dispersion_from_whole(dispersion, n, m, base)
    whole = compare_with_value(x, n, base * multiplier, **common)
    return _choose(is_usable & (n <= largest_share * m), whole, rest)


def _dispersion_from_whole(dispersion: Dispersion | ArrayLike, n: Array, m: Array, base: Array) -> Array:
    """Return the dispersion of an area's distance from the whole that holds it.

    The area's own share s is in the whole, which lessens the distance; but the whole has good and bad years
    of its own: d(1 - 2s) + s d of the whole. The plain d, where that is greater.
    """
    share = n / m
    own, whole = dispersion_at(dispersion, n * base), dispersion_at(dispersion, m * base)
    return np.fmax(own, (1 - 2 * share) * own + share * whole)


def _choose(is_first: NDArray[np.bool_], first: Comparison, second: Comparison) -> Comparison:
    """Return a comparison with the cells of the first where told, else of the second."""
    arrays = {
        name: np.where(is_first, getattr(first, name), getattr(second, name))
        for name in Comparison.__dataclass_fields__
        if name != "confidence"
    }
    return Comparison(confidence=first.confidence, **arrays)
