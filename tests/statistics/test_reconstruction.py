"""Verdicts on counts and rounded figures without a published denominator."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from indicators.statistics import Test, compare_reconstructed, compare_with_value
from indicators.statistics.reconstruction import denominator_range

NAN = float("nan")
PER_CENT = Test("proportion", 100)


def test_every_consistent_denominator_is_found():
    """12 of a rounded 15.4 % fits denominators from 78 to 78; 12 of 15 % from 78 to 82."""
    least, greatest = denominator_range([12, 12], [15.4, 15.0], 1, 100, "proportion")
    assert (least.tolist(), greatest.tolist()) == ([78, 80], [78, 80])
    least, greatest = denominator_range(12, 15, 0, 100, "proportion")
    assert (least, greatest) == (78, 82)


@given(st.integers(1, 300), st.integers(1, 3000), st.integers(0, 2))
@settings(max_examples=150, deadline=None)
def test_the_true_denominator_is_always_in_the_range(count, others, decimals):
    """Whatever was rounded, its own denominator is among those found consistent."""
    n = count + others
    least, greatest = denominator_range(count, round(100 * count / n, decimals), decimals, 100, "proportion")
    if not np.isnan(least):
        assert least <= n <= greatest


def test_verdict_stands_where_no_denominator_changes_it():
    """A verdict that every consistent denominator gives is the verdict of the true one."""
    result = compare_reconstructed(40, 20.0, 10.0, Test("proportion", 100, "lower_is_better"), decimals=1)
    assert result.verdict == "worse"
    assert result.n == 200
    assert result.value == 20.0


def test_doubtful_denominators_give_no_verdict():
    """Where consistent denominators disagree on verdict or method, nothing is assessed."""
    verdicts = {str(compare_with_value(20, n, 10.0, PER_CENT).verdict) for n in (130, 137)}
    assert verdicts == {"higher", "similar"}
    result = compare_reconstructed(20, 15, 10.0, PER_CENT, decimals=0)
    assert (result.verdict, result.reason) == ("not_assessed", "denominator_uncertain")
    assert np.isnan([result.n, result.p, result.lower_limit]).all()


def test_nothing_is_reconstructed_from_zero_or_missing():
    """A count of 0, a missing count and a missing figure give nothing; the published figure stays."""
    result = compare_reconstructed([0, NAN, 5, 5], [0.0, 12.0, NAN, 0.0], 10.0, PER_CENT, decimals=1)
    assert result.reason.tolist() == ["count_zero", "no_count", "no_value", "denominator_uncertain"]
    assert (result.verdict == "not_assessed").all()
    assert_array_equal(result.value, [0.0, 12.0, NAN, 0.0])


@given(st.integers(1, 120), st.integers(20, 900), st.floats(2, 60))
@settings(max_examples=150, deadline=None)
def test_a_reconstructed_verdict_is_never_wrong(count, others, comparator):
    """Whenever a verdict is given, it is the one that the true denominator gives."""
    n = count + others
    figure = round(100 * count / n, 1)
    result = compare_reconstructed(count, figure, comparator, PER_CENT, decimals=1)
    if result.reason == "":
        true = compare_with_value(count, n, comparator, PER_CENT)
        assert result.verdict == true.verdict
