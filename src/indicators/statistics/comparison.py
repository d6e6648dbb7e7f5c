"""Verdicts of areas against a comparator, vectorised over areas.

Owns the tests of figures that have counts; quartile positions are in `indicators.statistics.quartile`,
the ends of a denominator that was not published in `indicators.statistics.reconstruction`. Which
comparator an indicator has is the catalogue's matter.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind, judge, withhold
from indicators.statistics.interval import clopper_pearson_limits, poisson_limits, usable_pair, wilson_limits
from indicators.statistics.significance import proportion_test, rate_test, wilson_may_decide
from indicators.statistics.test import Test

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Verdicts of areas against a comparator; every array has the same shape.

    Attributes
    ----------
    value : array of float
        The area's figure in the indicator's unit.
    lower_limit, upper_limit : array of float
        The limits that decided: similar is what lies within them. Against other areas they hold the
        comparator's chance too.
    comparator : array of float
        The value compared with, in the indicator's unit.
    statistic, p : array of float
        Signed normal deviate (NaN for exact tests) and two-sided p value.
    dispersion : array of float
        By which the variance of the area's count was multiplied, the comparator's chance included.
    method, verdict, reason : array of str
        Codes.
    """

    value: Array
    lower_limit: Array
    upper_limit: Array
    comparator: Array
    statistic: Array
    p: Array
    dispersion: Array
    method: NDArray[np.str_]
    verdict: NDArray[np.str_]
    reason: NDArray[np.str_]


def first_of(*reasons: NDArray[np.str_]) -> NDArray[np.str_]:
    """Return for each cell the first reason that is not empty."""
    first = reasons[0]
    for later in reasons[1:]:
        first = np.where(first != "", first, later)
    return first


def _deciding_limits(
    count: Array, n: Array, p0: Array, kind: Kind, confidence: float, dispersion: Array
) -> tuple[Array, Array]:
    """Return the limits, per unit of the denominator, that belong to the test."""
    if kind == "rate":
        lower, upper, _ = poisson_limits(count, confidence, dispersion)
        return lower / n, upper / n
    count, n = count / dispersion, n / dispersion
    is_wilson = wilson_may_decide(n, p0, confidence)
    lower, upper = (np.array(limit) for limit in wilson_limits(count, n, confidence))
    lower[~is_wilson], upper[~is_wilson] = clopper_pearson_limits(
        count[~is_wilson], n[~is_wilson], confidence
    )
    return lower, upper


def _compare(
    count: Array, n: Array, base: Array, dispersion: Array, reason: NDArray[np.str_], test: Test
) -> Comparison:
    """Return verdicts against a share or rate ``base``, with the whole dispersion known."""
    reason = first_of(reason, np.where(np.isnan(base), "no_comparator", ""))
    reason = first_of(reason, np.where(np.isnan(dispersion), "no_dispersion", ""))
    d = np.where(reason == "", dispersion, 1.0)
    if test.kind == "proportion":
        found = proportion_test(count / d, n / d, base, test.confidence)
    else:
        found = rate_test(count, n * base, d)
    reason = first_of(reason, np.where(np.isnan(found.p), "no_comparator", ""))
    words = judge(count / n - base, test.direction, ("better", "worse"), ("higher", "lower"))
    # "Similar when the comparator lies within the interval", its ends included: different needs p below.
    verdict = np.where(found.p < 1 - test.confidence, words, "similar")
    lower, upper = _deciding_limits(count, n, base, test.kind, test.confidence, d)
    told = Comparison(
        value=count / n * test.multiplier,
        lower_limit=lower * test.multiplier,
        upper_limit=upper * test.multiplier,
        comparator=base * test.multiplier,
        statistic=found.statistic,
        p=found.p,
        dispersion=dispersion,
        method=found.method,
        verdict=verdict,
        reason=reason,
    )
    return withhold(told, reason != "", reason)


def compare_with_value(
    count: ArrayLike, denominator: ArrayLike, comparator: ArrayLike, test: Test
) -> Comparison:
    """Return verdicts of areas against a fixed value, such as a target.

    Parameters
    ----------
    count, denominator : array
        Events (or persons) and denominator of each area.
    comparator : array
        In the indicator's unit.
    test : Test
        How they are tested.
    """
    x, n, reason = usable_pair(count, denominator, test.kind)
    x, n, reason, base = np.broadcast_arrays(x, n, reason, np.asarray(comparator, float) / test.multiplier)
    return _compare(x, n, base, test.dispersion_at(n, base), reason, test)


def compare_with_areas(
    count: ArrayLike,
    denominator: ArrayLike,
    other_count: ArrayLike,
    other_denominator: ArrayLike,
    test: Test,
    other_dispersion: ArrayLike | None = None,
) -> Comparison:
    """Return verdicts of areas against other areas: the rest of a region, of the country, or peers.

    Parameters
    ----------
    count, denominator : array
        Events (or persons) and denominator of each area.
    other_count, other_denominator : array
        The comparator's; they never hold the area's own.
    test : Test
        How they are tested.
    other_dispersion : array, optional
        The comparator's, as the sum of its parts; without it that of one area of its size.

    Notes
    -----
    The difference of two figures has the variance v (d1 / n1 + d2 / n2), v being that of one independent
    person or event at the comparator's figure. So the comparator's chance is added to the area's as
    d = d1 + d2 n1 / n2, and the area is tested against the comparator's figure with it: the limits that
    belong to this test hold the comparator just where the verdict is "similar". A comparator of fewer
    events than ``test.minimum`` (independent ones, so divided by d2; for proportions also of fewer who are
    not counted) is too uncertain to stand for its own variance, and nothing is assessed.
    """
    x, n, reason = usable_pair(count, denominator, test.kind)
    y, m, other_reason = usable_pair(other_count, other_denominator, test.kind)
    x, n, reason, y, m, other_reason = np.broadcast_arrays(x, n, reason, y, m, other_reason)
    with np.errstate(invalid="ignore", divide="ignore"):
        base = y / m
        d2 = test.dispersion_at(m, base) if other_dispersion is None else np.asarray(other_dispersion, float)
        d = test.dispersion_at(n, base) + d2 * n / m
        is_rare = y / d2 < test.minimum
        if test.kind == "proportion":
            is_rare |= (m - y) / d2 < test.minimum
    reason = first_of(
        reason,
        np.where(other_reason != "", "no_comparator", ""),
        np.where(np.isnan(d), "no_dispersion", ""),
        np.where(is_rare, "few_events_in_comparator", ""),
    )
    return _compare(x, n, base, d, reason, test)


def settle(first: Comparison, second: Comparison, doubt: str) -> Comparison:
    """Return the second comparison where the first says the same; else nothing is assessed, for a doubt.

    For what is known only between two ends, when every value between them lies between their verdicts.
    """
    is_open = [one.verdict == "not_assessed" for one in (first, second)]
    is_apart = first.verdict != second.verdict
    reason = np.select(
        [is_open[0], is_open[1], is_apart], [first.reason, second.reason, doubt], second.reason
    )
    return withhold(second, is_open[0] | is_open[1] | is_apart, reason)


def compare_within_bounds(
    count: ArrayLike,
    denominator: ArrayLike,
    least: ArrayLike,
    greatest: ArrayLike,
    other_denominator: ArrayLike,
    test: Test,
) -> Comparison:
    """Return verdicts against areas whose count is known between two bounds only, some parts being hidden.

    Returns
    -------
    Comparison
        A verdict where both bounds give it, with the reason ``hidden_parts``. Comparator, limits, p and
        statistic are missing always: no number made from a bound leaves this function.

    Notes
    -----
    The statistic moves one way as the comparator's count grows, so that all counts between the bounds agree
    where the bounds do.
    """
    low, high = (
        compare_with_areas(count, denominator, bound, other_denominator, test) for bound in (least, greatest)
    )
    settled = settle(low, high, "hidden_parts_decide")
    reason = np.where(settled.reason == "", "hidden_parts", settled.reason)
    nothing = withhold(settled, np.ones(settled.value.shape, bool), reason)
    comparator = np.full(settled.value.shape, np.nan)
    return replace(nothing, comparator=comparator, method=settled.method, verdict=settled.verdict)
