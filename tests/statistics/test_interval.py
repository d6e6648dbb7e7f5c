"""Confidence limits of proportions and rates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics.interval import (
    byar_limits,
    clopper_pearson_limits,
    exact_poisson_limits,
    figure_limits,
    normal_quantile,
    usable_pair,
    wilson_limits,
)

CONFIDENCES = (0.95, 0.998)
NAN = float("nan")


@pytest.mark.parametrize(
    ("name", "limits"), [("wilson", wilson_limits), ("clopper_pearson", clopper_pearson_limits)]
)
def test_proportion_limits_agree_with_table(table, name, limits):
    """Wilson and Clopper-Pearson limits agree with figures worked outside to 1e-9."""
    for confidence, rows in table(name).groupby("confidence"):
        lower, upper = limits(rows["count"], rows["denominator"], confidence)
        assert_allclose(lower, rows["lower"], rtol=0, atol=1e-9)
        assert_allclose(upper, rows["upper"], rtol=0, atol=1e-9)


@pytest.mark.parametrize(("name", "limits"), [("exact_poisson", exact_poisson_limits), ("byar", byar_limits)])
def test_poisson_limits_agree_with_table(table, name, limits):
    """Exact Poisson and Byar's limits agree with figures worked outside to 1e-9."""
    for confidence, rows in table(name).groupby("confidence"):
        lower, upper = limits(rows["count"], confidence)
        assert_allclose(lower, rows["lower"], rtol=1e-9, atol=1e-9)
        assert_allclose(upper, rows["upper"], rtol=1e-9, atol=1e-9)


def test_limits_agree_with_published_examples(table):
    """Limits agree with those printed in the literature, to the decimals printed."""
    of_proportions = {"wilson": wilson_limits, "clopper_pearson": clopper_pearson_limits}
    of_counts = {"exact_poisson": exact_poisson_limits, "byar": byar_limits}
    for row in table("published").itertuples():
        if row.method in of_proportions:
            limits = of_proportions[row.method](row.count, row.denominator, row.confidence)
        else:
            limits = (v / row.denominator for v in of_counts[row.method](row.count, row.confidence))
        assert_allclose([float(v) for v in limits], [row.lower, row.upper], atol=0.51 * 10.0**-row.decimals)


def test_rates_change_method_at_ten_events():
    """Rates have exact limits with 9 events and Byar's with 10."""
    result = figure_limits("rate", [9, 10], 1000, multiplier=1000)
    assert result.method.tolist() == ["exact_poisson", "byar"]
    assert_allclose(result.lower_limit, [exact_poisson_limits(9)[0], byar_limits(10)[0]])
    assert_allclose(result.value, [9, 10])


def test_dispersion_multiplies_variance():
    """With a dispersion of 4, 400 events have the relative width of 100."""
    scattered, plain = figure_limits("rate", 400, 1000, dispersion=4), figure_limits("rate", 100, 250)
    assert_allclose([scattered.lower_limit, scattered.upper_limit], [plain.lower_limit, plain.upper_limit])


def test_missing_gives_missing_with_its_reason():
    """A missing or impossible count or denominator gives no limits and says why."""
    result = figure_limits("proportion", [NAN, 5, 5, 5, -1, 7], [10, NAN, 0, 5, 5, 5])
    expected = ["no_count", "no_denominator", "no_denominator", "", "impossible_count", "impossible_count"]
    assert result.reason.tolist() == expected
    assert np.isfinite(result.lower_limit).tolist() == [r == "" for r in expected]
    assert np.isnan(result.value).tolist() == [r != "" for r in expected]


def test_unknown_dispersion_gives_no_limits():
    """Events that are not independent have no limits where their dispersion is not known."""
    result = figure_limits("rate", 20, 1000, dispersion=NAN)
    assert np.isnan(result.upper_limit)
    assert result.reason == "no_dispersion"


def test_more_events_than_persons_is_possible_for_rates():
    """A rate may count more events than persons."""
    assert figure_limits("rate", 30, 20).reason == ""


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, NAN])
def test_impossible_confidence_is_refused(confidence):
    """A confidence that is not between 0 and 1 is refused with what was found."""
    with pytest.raises(ValueError, match="Confidence is"):
        normal_quantile(confidence)


def test_unknown_kind_is_refused():
    """A kind that is neither proportion nor rate is refused."""
    with pytest.raises(ValueError, match="Unknown kind 'share'"):
        usable_pair(1, 2, "share")


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from(CONFIDENCES))
@settings(max_examples=150, deadline=None)
def test_proportion_limits_hold_estimate_and_bounds(count, denominator, confidence):
    """Limits of a proportion contain the estimate and stay within 0 and 1."""
    count = min(count, denominator)
    for limits in (wilson_limits, clopper_pearson_limits):
        lower, upper = limits(count, denominator, confidence)
        assert 0 <= lower <= count / denominator <= upper <= 1


@given(st.integers(0, 5000), st.floats(1, 30), st.sampled_from(CONFIDENCES))
@settings(max_examples=150, deadline=None)
def test_rate_limits_hold_estimate_and_bounds(count, dispersion, confidence):
    """Limits of a rate contain the estimate and are not negative; more confidence widens them."""
    result = figure_limits("rate", count, 1000, 1000, confidence, dispersion)
    assert 0 <= result.lower_limit <= result.value <= result.upper_limit
    wider = figure_limits("rate", count, 1000, 1000, 0.999, dispersion)
    assert wider.lower_limit <= result.lower_limit
    assert wider.upper_limit > result.upper_limit


@given(st.integers(0, 50), st.integers(1, 50), st.integers(2, 40))
@settings(max_examples=100, deadline=None)
def test_limits_shrink_with_size(count, others, times):
    """The same proportion or rate of a greater population has narrower limits."""
    n = count + others
    for small, large in (
        (figure_limits("proportion", count, n), figure_limits("proportion", count * times, n * times)),
        (figure_limits("rate", count, n), figure_limits("rate", count * times, n * times)),
    ):
        assert large.upper_limit - large.lower_limit < small.upper_limit - small.lower_limit


@given(st.lists(st.integers(0, 60), min_size=2, max_size=30), st.randoms())
@settings(max_examples=50, deadline=None)
def test_permuting_areas_permutes_limits(counts, random):
    """Each area's limits depend on that area alone."""
    order = list(range(len(counts)))
    random.shuffle(order)
    counts = np.array(counts, float)
    whole, shuffled = figure_limits("rate", counts, 77.0), figure_limits("rate", counts[order], 77.0)
    assert_array_equal(whole.lower_limit[order], shuffled.lower_limit)
    assert_array_equal(whole.method[order], shuffled.method)


def test_inputs_are_not_changed():
    """The arrays given are left as they were, and results are arrays of their own."""
    count, denominator = np.array([3.0, NAN, 12.0]), np.array([10.0, 20.0, 0.0])
    kept = count.copy(), denominator.copy()
    for result in (
        figure_limits("proportion", count, denominator),
        figure_limits("rate", count, denominator),
    ):
        assert not np.shares_memory(result.value, count)
    assert_array_equal(count, kept[0])
    assert_array_equal(denominator, kept[1])
