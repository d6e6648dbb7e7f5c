"""Denominators that follow from counts and rounded figures, and verdicts on them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.statistics.comparison import compare_with_value, settle
from indicators.statistics.reconstruction import denominator_range
from indicators.statistics.test import Test

NAN = float("nan")
PER_CENT = Test("proportion", 100)


def _compare(count, figure, comparator, decimals):
    """The least and greatest denominator, and the verdict where both give it."""
    ends = denominator_range(count, figure, decimals, 100, "proportion")
    found = (compare_with_value(count, n, comparator, PER_CENT) for n in ends)
    return ends, settle(*found, "denominator_uncertain")


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


def test_doubtful_denominators_give_no_verdict():
    """Where consistent denominators disagree on the verdict, nothing is assessed."""
    assert _compare(40, 20.0, 10.0, 1)[1].verdict == "higher"
    ends, found = _compare(20, 15, 10.0, 0)
    assert {str(compare_with_value(20, n, 10.0, PER_CENT).verdict) for n in ends} == {"higher", "similar"}
    assert (found.verdict, found.reason) == ("not_assessed", "denominator_uncertain")
    assert np.isnan([found.p, found.lower_limit]).all()


def test_nothing_is_reconstructed_from_zero_or_missing():
    """A count of 0, a missing count and a missing or zero figure give no denominator."""
    ends = denominator_range([0, NAN, 5, 5], [0.0, 12.0, NAN, 0.0], 1, 100, "proportion")
    assert np.isnan(ends).all()


@given(st.integers(1, 120), st.integers(20, 900), st.floats(2, 60))
@settings(max_examples=150, deadline=None)
def test_a_reconstructed_verdict_is_never_wrong(count, others, comparator):
    """Whenever a verdict is given, it is the one that the true denominator gives."""
    n = count + others
    found = _compare(count, round(100 * count / n, 1), comparator, 1)[1]
    if found.reason == "":
        assert found.verdict == compare_with_value(count, n, comparator, PER_CENT).verdict
