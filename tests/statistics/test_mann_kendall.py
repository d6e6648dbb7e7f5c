"""Mann-Kendall's test and the Theil-Sen slope."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from indicators.statistics.mann_kendall import mann_kendall, null_tail, theil_sen_slope

NAN = float("nan")
#: Gilbert 1987, table A18: P(S >= s) of eight values.
GILBERT = {
    0: "0.548",
    2: "0.452",
    4: "0.360",
    6: "0.274",
    8: "0.199",
    10: "0.138",
    12: "0.089",
    14: "0.054",
    16: "0.031",
    18: "0.016",
    20: "0.0071",
    22: "0.0028",
    24: "0.00087",
    26: "0.00019",
    28: "0.000025",
}
series = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=10)


def test_agrees_with_table(table):
    """S and the exact p, ties included, agree with orders counted one by one to 1e-9."""
    for row in table("mann_kendall").itertuples():
        result = mann_kendall([[float(v) for v in row.values.split()]])
        assert result.s[0] == row.s
        assert_allclose(result.p[0], row.p, rtol=1e-9)


def test_agrees_with_published_tail():
    """The null distribution of eight values is that of the printed table."""
    tail = null_tail((1,) * 8)
    for s, p in GILBERT.items():
        one_sided = (1 + tail[0] - tail[1]) / 2 if s == 0 else tail[s] / 2
        assert_allclose(one_sided, float(p), atol=10.0 ** -(len(p) - 2))


@pytest.mark.parametrize("n", range(2, 11))
def test_strictly_monotonic_series(n):
    """A series that always rises has p = 2 / n!."""
    assert_allclose(mann_kendall([np.arange(float(n))]).p[0], 2 / math.factorial(n), rtol=1e-12)


def test_only_monotonic_series_of_seven_pass():
    """Of seven different values only a strictly monotonic order is evidence at 99.8 %."""
    tail = null_tail((1,) * 7)
    assert tail[21] < 0.002 < tail[19]


@pytest.mark.parametrize("ties", [(2, 1, 1, 1), (3, 2), (2, 2, 1), (1,) * 5])
def test_null_distribution_counts_every_order(ties):
    """The tail is that of all orders of the tied values."""
    values = [i for i, tie in enumerate(ties) for _ in range(tie)]
    found = []
    for order in itertools.permutations(values):
        found.append(abs(sum(np.sign(b - a) for a, b in itertools.combinations(order, 2))))
    expected = [np.mean(np.array(found) >= k) for k in range(max(found) + 1)]
    assert_allclose(null_tail(ties), expected, rtol=1e-12)


def test_agrees_with_scipy_without_ties():
    """Without ties the p value is that of scipy's exact Kendall test on time."""
    values = np.random.default_rng(4).permutation(9).astype(float)
    expected = stats.kendalltau(np.arange(9), values, method="exact").pvalue
    assert_allclose(mann_kendall([values]).p[0], expected, rtol=1e-9)


def test_missing_values_are_left_out():
    """A missing value is not there: neither in S nor in n."""
    result = mann_kendall([[1, NAN, 2, 3], [NAN] * 4, [5, NAN, NAN, NAN]])
    assert_array_equal(result.s, [3, NAN, 0])
    assert_array_equal(result.n, [3, 0, 1])
    assert_array_equal(result.p, [2 / 6, NAN, 1])
    assert result.is_strict.tolist() == [True, False, False]


@given(st.lists(series, min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_rows_are_independent_and_turn_round(rows):
    """A row's result is its own, and the series turned round has -S and the same p."""
    table = np.full((len(rows), 10), NAN)
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    whole = mann_kendall(table)
    turned = mann_kendall(table[:, ::-1])
    assert_array_equal(whole.s, -turned.s)
    assert_array_equal(whole.p, turned.p)
    for i, row in enumerate(rows):
        assert_array_equal(mann_kendall([row]).p[0], whole.p[i])
    assert ((whole.p > 0) & (whole.p <= 1)).all()


def test_theil_sen_agrees_with_table(table):
    """Slopes agree with medians of fractions to 1e-9, Sen's own example among them."""
    for row in table("theil_sen").itertuples():
        values, years = ([[float(v) for v in text.split()]] for text in (row.values, row.time))
        assert_allclose(theil_sen_slope(values, years), [row.slope], atol=1e-9)
        assert_allclose(theil_sen_slope(values, years)[0], stats.theilslopes(values[0], years[0]).slope)


def test_theil_sen_of_too_few_values():
    """Fewer than two values have no slope."""
    assert np.isnan(theil_sen_slope([[1.0, NAN], [NAN, NAN]], [2000, 2001])).all()
    assert np.isnan(theil_sen_slope([[1.0]], [2000])).all()


def test_long_series_are_refused():
    """Series longer than the exact distribution allows are refused."""
    with pytest.raises(ValueError, match="at most 15"):
        mann_kendall(np.ones((2, 16)))
