"""Findings to be expected by chance, and those that stand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from indicators.statistics.chance import adjust_p, expected_by_chance, flag_discoveries

NAN = float("nan")
#: Benjamini & Hochberg 1995, section 3.2: fifteen hypotheses, four rejected at 5 %.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
    0.7590, 1.0,
]  # fmt: skip


def test_published_example():
    """The example of Benjamini and Hochberg has four discoveries."""
    assert flag_discoveries(PUBLISHED, rate=0.05).sum() == 4


@given(st.lists(st.one_of(st.floats(0, 1), st.just(NAN)), min_size=1, max_size=30))
@settings(max_examples=100, deadline=None)
def test_missing_tests_do_not_count(p):
    """Adjusted p values are scipy's of the tests that were made; missing stays missing."""
    made = np.array([v for v in p if v == v])
    adjusted = adjust_p(p)
    assert np.isnan(adjusted).tolist() == [v != v for v in p]
    if made.size:
        expected = stats.false_discovery_control(made)
        assert_allclose(adjusted[~np.isnan(adjusted)], expected, rtol=1e-9, atol=1e-300)


def test_each_report_is_adjusted_by_itself():
    """Rows of a table are reports: each has its own number of tests."""
    table = np.array([PUBLISHED, [*PUBLISHED[:9], *[NAN] * 6]])
    assert_allclose(adjust_p(table)[1, :9], stats.false_discovery_control(PUBLISHED[:9]))


def test_verdicts_that_were_told_are_the_tests():
    """Whatever was assessed was a test, also where its p is not kept; the rest was none."""
    verdicts = [["similar", "better", "not_assessed"], ["not_assessed"] * 3]
    assert_allclose(expected_by_chance(verdicts, 0.998), [0.004, 0])


def test_nothing_tested():
    """A report without tests has no findings."""
    assert not flag_discoveries([NAN, NAN]).any()
    assert flag_discoveries([]).size == 0
