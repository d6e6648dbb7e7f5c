"""The chi-square test for linear trend."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from indicators.statistics.linear_trend import direction_stands, fit_linear_trend

counts = st.lists(st.integers(0, 80), min_size=5, max_size=5).filter(any)


def _numbers(text):
    return np.array([float(v) for v in text.split()])


@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_agrees_with_table(table, kind):
    """Slope, chi-square and p agree with moments of fractions to 1e-9."""
    for row in table("linear_trend").itertuples():
        fit = fit_linear_trend(*(_numbers(t) for t in (row.count, row.denominator, row.time)), kind=kind)
        assert_allclose(fit.slope, row.slope, rtol=1e-9)
        assert_allclose(fit.chi_square, getattr(row, f"chi_{kind}"), rtol=1e-9)
        assert_allclose(fit.p, getattr(row, f"p_{kind}"), rtol=1e-9)


@pytest.mark.parametrize(("scores", "p"), [((0, 0.5, 1.5, 4, 8), 0.0078), ((1, 2, 3, 4, 5), 0.1765)])
def test_agrees_with_published_example(scores, p):
    """Malformations by alcohol (Graubard & Korn 1988) have the published asymptotic p values."""
    fit = fit_linear_trend(
        [48, 38, 5, 1, 1], [17114, 14502, 793, 127, 38], np.array(scores), kind="proportion"
    )
    assert_allclose(fit.p, p, atol=2e-4)


def test_dispersion_divides_chi_square():
    """A variance three times as great makes chi-square a third."""
    plain, scattered = (
        fit_linear_trend([5, 9, 8, 14, 20], 1000.0, np.arange(5), kind="rate", dispersion=d) for d in (1, 3)
    )
    assert_allclose(plain.chi_square, 3 * scattered.chi_square)
    assert_allclose(plain.slope, scattered.slope)


@given(counts, st.integers(-3000, 3000), st.sampled_from(("proportion", "rate")))
@settings(max_examples=60, deadline=None)
def test_origin_of_time_does_not_matter(count, shift, kind):
    """Adding a constant to the years changes nothing."""
    n = np.array([100.0, 98, 97, 95, 90])
    fits = [fit_linear_trend(count, n, np.arange(5.0) + s, kind=kind) for s in (0, shift)]
    assert_allclose(fits[0].slope, fits[1].slope, atol=1e-12)
    assert_allclose(fits[0].chi_square, fits[1].chi_square, atol=1e-8)


def test_sign_guard():
    """The direction stands only if no single year makes it."""
    rows = np.array([[5, 6, 7, 8, 9], [5, 5, 5, 5, 30], [9, 8, 7, 6, 5], [5, 5, 5, 5, 5]], float)
    assert direction_stands(rows, np.full((4, 5), 100.0), np.arange(5.0)[None]).tolist() == [
        True, False, True, False,
    ]  # fmt: skip


def test_sign_guard_is_that_of_separate_slopes():
    """Leaving a year out is the same as fitting the other years."""
    rng = np.random.default_rng(5)
    x, n = rng.poisson(12, (60, 5)).astype(float), rng.uniform(80, 120, (60, 5))
    t = np.arange(5.0)
    whole = np.sign(fit_linear_trend(x, n, t, kind="rate").slope)
    without = [
        np.sign(fit_linear_trend(*(np.delete(a, i, axis=-1) for a in (x, n, t)), kind="rate").slope)
        for i in range(5)
    ]
    assert direction_stands(x, n, t[None]).tolist() == (np.array(without) == whole).all(axis=0).tolist()


def test_no_variation_has_no_test():
    """Without events, or with nothing but events, there is no test."""
    for count in ([0] * 5, [10] * 5):
        assert np.isnan(fit_linear_trend(count, 10.0, np.arange(5), kind="proportion").p)
