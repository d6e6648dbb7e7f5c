"""Tests of figures against a share or a rate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from indicators.statistics.interval import clopper_pearson_limits, poisson_limits, wilson_limits
from indicators.statistics.significance import (
    exact_binomial_p,
    exact_poisson_p,
    proportion_test,
    rate_test,
    wilson_may_decide,
)

NAN = float("nan")


def test_exact_binomial_agrees_with_table(table):
    """The exact binomial test agrees with sums of fractions to 1e-9."""
    rows = table("exact_binomial")
    assert_allclose(exact_binomial_p(rows["count"], rows["denominator"], rows["p0"]), rows["p"], atol=1e-9)


def test_exact_binomial_agrees_with_scipy():
    """The exact binomial test doubles the smaller of scipy's two tails."""
    for count, n, p0 in [(0, 8, 0.3), (8, 8, 0.3), (3, 92, 0.12), (40, 92, 0.3)]:
        tails = [stats.binomtest(count, n, p0, alternative=a).pvalue for a in ("less", "greater")]
        assert_allclose(exact_binomial_p(count, n, p0), min(1, 2 * min(tails)), rtol=1e-9)


def test_exact_poisson_agrees_with_table(table):
    """The exact Poisson test agrees with sums of probabilities to 1e-9."""
    rows = table("exact_poisson_test")
    assert_allclose(exact_poisson_p(rows["count"], rows["expected"]), rows["p"], atol=1e-9)


@pytest.mark.parametrize(
    ("n", "p0", "confidence", "may"),
    [
        (100, 0.1, 0.95, True),
        (99, 0.1, 0.95, False),
        (100, 0.9, 0.95, True),
        (99, 0.9, 0.95, False),
        (100, 0.1, 0.998, False),
        (249, 0.1, 0.998, True),
        (NAN, 0.1, 0.95, False),
    ],
)
def test_wilson_decides_only_with_enough_expected(n, p0, confidence, may):
    """Wilson limits decide only where ten cases and ten non-cases are expected, 24.9 at 99.8 %."""
    assert wilson_may_decide(n, p0, confidence) == may
    assert proportion_test(1, n, p0, confidence).method == (
        "none" if np.isnan(n) else "wilson" if may else "exact_binomial"
    )


@given(
    st.integers(1, 3000),
    st.floats(0, 1),
    st.floats(0.001, 0.999),
    st.sampled_from((0.95, 0.998)),
)
@settings(max_examples=200, deadline=None)
def test_proportion_test_and_limits_agree(n, share, p0, confidence):
    """The test finds a difference exactly where the limits of the same method leave the comparator out."""
    count = round(n * share)
    test = proportion_test(count, n, p0, confidence)
    limits = wilson_limits if test.method == "wilson" else clopper_pearson_limits
    lower, upper = limits(count, n, confidence)
    assert (test.p < 1 - confidence) == (not lower <= p0 <= upper)


@given(st.integers(0, 400), st.floats(0.01, 400), st.floats(1, 9), st.sampled_from((0.95, 0.998)))
@settings(max_examples=200, deadline=None)
def test_rate_test_and_limits_agree(count, expected, dispersion, confidence):
    """The test finds a difference exactly where the limits of the same method leave the expected out."""
    test = rate_test(count, expected, dispersion)
    lower, upper, method = poisson_limits(count, confidence, dispersion)
    assert test.method == method
    assert (test.p < 1 - confidence) == (not lower <= expected <= upper)


def test_impossible_comparators_are_not_tested():
    """A proportion outside 0-1 or a negative expectation is no comparator."""
    assert np.isnan(proportion_test(5, 10, [-0.1, 1.1, NAN]).p).all()
    assert np.isnan(rate_test([[5], [50]], [-1, NAN]).p).all()


def test_extremes_have_p_values():
    """No events, all events and a comparator of 0 or 1 are tested, not failed."""
    assert_allclose(exact_binomial_p([0, 10, 0, 3], 10, [0.0, 1.0, 1.0, 0.0]), [1, 1, 0, 0])
    assert_allclose(rate_test([0, 3, 20], [0, 0, 0]).p, [1, 0, 0], atol=1e-15)
