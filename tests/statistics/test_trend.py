"""Trend verdicts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics.dispersion import Dispersion, estimate_dispersion
from indicators.statistics.linear_trend import fit_linear_trend
from indicators.statistics.test import Test
from indicators.statistics.trend import assess_count_trend, assess_value_trend, compare_courses

NAN = float("nan")
YEARS = np.arange(2015, 2025)
MIRROR = {"improving": "worsening", "worsening": "improving"}
RISING = [20, 22, 30, 37, 45]


TESTED = ("kind", "multiplier", "direction", "dispersion")


def _counts(*rows, n=500.0, years=YEARS[-5:], **options):
    declared = {"kind": "proportion", "multiplier": 100, "confidence": 0.998}
    test = Test(**declared | {name: options.pop(name) for name in TESTED if name in options})
    persons = np.broadcast_to(n, (len(rows), len(rows[0])))
    return assess_count_trend(np.array(rows, float), persons, years, test, **options)


def _values(*rows, **options):
    return assess_value_trend(np.array(rows, float), YEARS[-len(rows[0]) :], **options)


def test_change_with_evidence():
    """A change beyond 99.8 % is told with its test, slope, total change and years."""
    result = _counts(RISING, direction="lower_is_better")
    assert (result.verdict[0], result.method[0], result.reason[0]) == ("worsening", "chi_square_trend", "")
    fit = fit_linear_trend(RISING, 500.0, np.arange(5), kind="proportion")
    assert_allclose([result.statistic[0], result.p[0]], [fit.chi_square, fit.p])
    assert_allclose(result.change, 4 * result.slope)
    assert_allclose(result.slope[0], fit.slope * 100)
    assert (result.first_year[0], result.last_year[0], result.n[0]) == (2020, 2024, 5)
    assert result.lower_limit[0] > 0


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        ("higher_is_better", ["improving", "worsening"]),
        ("lower_is_better", ["worsening", "improving"]),
        ("no_judgement", ["rising", "falling"]),
    ],
)
def test_direction_gives_the_word(direction, words):
    """The same change is improving, worsening, or only rising or falling, by the direction of the link."""
    assert _counts(RISING, RISING[::-1], direction=direction).verdict.tolist() == words
    monotonic = np.arange(7.0)
    assert _values(monotonic, monotonic[::-1], direction=direction).verdict.tolist() == words


def test_no_evidence():
    """A small change is no evidence, which is not the same as steady."""
    result = _counts([20, 22, 19, 23, 21])
    assert (result.verdict[0], result.reason[0]) == ("no_evidence", "")
    assert result.lower_limit[0] < 0 < result.upper_limit[0]


def test_one_year_does_not_make_a_trend():
    """A change that one year alone makes is held back, and the reason says so."""
    result = _counts([20, 20, 20, 20, 60])
    assert result.p[0] < 0.002
    assert (result.verdict[0], result.reason[0]) == ("no_evidence", "one_year_decides")


def test_steady_needs_a_margin_that_holds_the_whole_interval():
    """Steady is told only if the limits of the change lie wholly inside the declared margin."""
    large = {"n": 2_000_000.0, "margin": [0.1]}
    row = [100_000, 100_050, 99_980, 100_010, 100_020]
    assert _counts(row, **large).verdict[0] == "steady"
    assert _counts(row, n=2_000_000.0).verdict[0] == "no_evidence"
    assert _counts(row, n=2_000_000.0, margin=[0.01]).verdict[0] == "no_evidence"
    # A change surely smaller than what matters is steady, even where it is surely a change.
    small = [100_000, 100_400, 100_800, 101_200, 101_600]
    assert _counts(small, **large).p[0] < 0.002
    assert _counts(small, n=2_000_000.0, margin=[0.5]).verdict[0] == "steady"
    assert _counts(small, n=2_000_000.0, margin=[0.05]).verdict[0] == "rising"


@pytest.mark.parametrize(
    ("row", "n", "reason"),
    [
        ([NAN] * 5, 500.0, "no_count"),
        (RISING, NAN, "no_denominator"),
        ([20, 22, NAN, 37, 45], 500.0, "too_few_points"),
        ([0, 0, 0, 0, 0], 500.0, "all_zero"),
        ([20, 22, 30, 50, 45], 50.0, "count_equals_denominator"),
        ([20, 22, 30, 60, 45], 50.0, "too_few_points"),
    ],
)
def test_not_assessed_with_its_reason(row, n, reason):
    """What cannot be tested ends in "not assessed" and its reason, with nothing but the years told."""
    result = _counts(row, n=n)
    assert (result.verdict[0], result.reason[0], result.method[0]) == ("not_assessed", reason, "none")
    assert np.isnan([result.p[0], result.slope[0], result.change[0], result.upper_limit[0]]).all()


def test_gap_and_break_are_not_assessed():
    """Gaps and breaks among the last five years end in "not assessed"."""
    ten = [*RISING, *RISING]
    gap = [*RISING, 20, 22, NAN, 37, 45]
    assert _counts(gap, years=YEARS).reason[0] == "gap"
    assert _counts(ten, years=YEARS, is_break=YEARS == 2022).reason[0] == "break"
    assert _counts(ten, years=YEARS, is_break=YEARS == 2020).verdict[0] == "rising"
    assert _values(gap).reason[0] == "gap"
    assert _values(np.arange(10.0), is_break=YEARS == 2020).reason[0] == "break"


def test_elections_follow_their_own_calendar():
    """Turnout of every fourth (once fifth) year is tested on its own calendar."""
    years = np.array([2004, 2008, 2012, 2017, 2021])
    result = _counts([310, 300, 290, 285, 260], years=years, step=(4, 5))
    assert result.reason[0] == ""
    assert_allclose(result.change, 17 * result.slope)


def test_rates_and_dispersion():
    """A rate's trend that independent events would show is not shown by clustered ones."""
    row = [20, 22, 30, 37, 45]
    plain = _counts(row, kind="rate", multiplier=1000)
    assert (plain.verdict[0], plain.method[0]) == ("rising", "poisson_trend")
    scattered = _counts(row, kind="rate", multiplier=1000, dispersion=Dispersion(np.log(0.05), 1.0))
    assert scattered.verdict[0] == "no_evidence"
    assert_allclose(scattered.statistic * (1 + 0.05 * np.mean(row)), plain.statistic)
    unknown = _counts(row, kind="rate", dispersion=Dispersion(NAN, NAN))
    assert unknown.reason[0] == "no_dispersion"


def test_persons_whose_risk_swings_need_more_for_a_trend():
    """Where every place has its own good and bad years, persons are no more independent than events."""
    rng = np.random.default_rng(7)
    n = np.repeat([[2_000], [20_000], [150_000]], [150, 120, 30], axis=0) * np.ones(5)
    odds = 0.15 / 0.85 * np.exp(rng.normal(0, 0.05, n.shape))
    count = rng.binomial(n.astype(int), odds / (1 + odds)).astype(float)
    curve = estimate_dispersion(count, n, YEARS[-5:], kind="proportion")
    assert_allclose(curve.at(150_000 * 0.15 * 0.85), 1 + 0.05**2 * 150_000 * 0.15 * 0.85, rtol=0.5)
    alone, swinging = (
        assess_count_trend(count, n, YEARS[-5:], Test("proportion", confidence=0.998, dispersion=d)).verdict
        for d in (1.0, curve)
    )
    assert np.isin(alone[-30:], ["rising", "falling"]).mean() > 0.2
    assert np.isin(swinging, ["rising", "falling"]).sum() <= 4


def test_trend_less_the_common_one():
    """Beside a common movement only what goes beyond it is a trend, with the figure's own variance."""
    common = [4.0, 5.0, 6.0, 7.0, 8.0]
    rows = [[200, 250, 300, 350, 400], [200, 200, 200, 200, 200], [200, 350, 500, 650, 800]]
    rows.append([400, 350, 300, 250, 200])
    own, relative = _counts(*rows, n=5000.0), _counts(*rows, n=5000.0, common=common)
    assert_allclose(own.change - relative.change, 4, atol=1e-9)
    assert_allclose(own.upper_limit - own.change, relative.upper_limit - relative.change)
    assert compare_courses(own, relative).tolist() == ["as_elsewhere", "slower", "faster", "against"]


def test_figures_without_counts_are_held_against_the_common_movement_too():
    """Published figures less the national median are tested as the figures are."""
    common = np.arange(8.0)
    rows = [common, np.zeros(8) + 3, 3 * common, -common]
    own, relative = _values(*rows), _values(*rows, common=common)
    found = compare_courses(own, relative, resolution=0.05)
    assert found.tolist() == ["not_assessed", "slower", "faster", "against"]  # the first: zeros are no series
    still = np.zeros(8)
    words = compare_courses(_values(common), _values(common, common=still), resolution=0.05)
    assert words.tolist() == ["faster"]


def test_courses_of_other_years_are_not_compared():
    """Where the median lacks a year, the two trends are of other years and nothing is said."""
    common = np.array([NAN, *range(9)])
    rows = np.arange(10.0) * 2 + np.array([0, 1] * 5)
    assert compare_courses(_values(rows), _values(rows, common=common)).tolist() == ["not_assessed"]


def test_seven_values_must_be_strictly_monotonic():
    """Seven values are evidence only if each is beyond the one before; eight allow for an exception."""
    tied = _values([1, 2, 3, 3, 4, 5, 6])
    assert tied.p[0] < 0.002
    assert (tied.verdict[0], tied.reason[0]) == ("no_evidence", "not_strictly_monotonic")
    assert _values([1, 2, 3, 4, 5, 6, 7]).verdict[0] == "rising"
    assert _values([1, 2, 3, 3, 4, 5, 6, 7]).verdict[0] == "rising"


def test_values_without_counts():
    """Without counts the last ten values are used at most, and the slope is Theil and Sen's."""
    years = np.arange(2010, 2025)
    result = assess_value_trend(np.arange(15.0)[None] * 2, years)
    assert (result.n[0], result.first_year[0], result.method[0]) == (10, 2015, "mann_kendall")
    assert_allclose([result.slope[0], result.change[0], result.statistic[0]], [2, 18, 45])
    assert np.isnan(result.lower_limit[0])
    short = _values(np.arange(6.0))
    assert (short.verdict[0], short.reason[0]) == ("not_assessed", "too_few_points")


def test_equal_values():
    """All zero is not assessed; all equal otherwise is no evidence of change."""
    result = _values([0] * 8, [4] * 8, [NAN] * 8)
    assert result.verdict.tolist() == ["not_assessed", "no_evidence", "not_assessed"]
    assert result.reason.tolist() == ["all_zero", "", "no_value"]


tables = st.lists(
    st.lists(st.one_of(st.integers(0, 60).map(float), st.just(NAN)), min_size=10, max_size=10),
    min_size=1,
    max_size=6,
)


def _both(rows, years=YEARS, direction="no_judgement", margin=None):
    table = np.array(rows)
    persons = np.full(table.shape, 61.0)
    tests = (Test(kind, direction=direction, confidence=0.998) for kind in ("proportion", "rate"))
    counted = (assess_count_trend(table, persons, years, test, margin=margin) for test in tests)
    return (*counted, assess_value_trend(table, years, direction=direction))


@given(tables)
@settings(max_examples=60, deadline=None)
def test_verdicts_mirror_under_direction_flip(rows):
    """Turning the direction round turns improving into worsening and changes nothing else."""
    for up, down in zip(
        _both(rows, direction="higher_is_better"), _both(rows, direction="lower_is_better"), strict=True
    ):
        assert [MIRROR.get(v, v) for v in up.verdict] == down.verdict.tolist()
        assert_array_equal(up.p, down.p)


@given(tables, st.integers(-1000, 3000))
@settings(max_examples=60, deadline=None)
def test_adding_a_constant_to_the_years_changes_nothing(rows, shift):
    """Verdicts, slopes and p values do not depend on where the years begin."""
    for plain, moved in zip(_both(rows, margin=0.05), _both(rows, YEARS + shift, margin=0.05), strict=True):
        assert_array_equal(plain.verdict, moved.verdict)
        assert_array_equal(plain.reason, moved.reason)
        assert_allclose(plain.p, moved.p, rtol=1e-9)
        assert_allclose(plain.slope, moved.slope, atol=1e-12)


@given(tables, st.randoms())
@settings(max_examples=60, deadline=None)
def test_permuting_areas_permutes_results(rows, random):
    """Each area's trend is its own."""
    order = list(range(len(rows)))
    random.shuffle(order)
    for whole, shuffled in zip(_both(rows), _both([rows[i] for i in order]), strict=True):
        assert_array_equal(whole.verdict[order], shuffled.verdict)
        assert_array_equal(whole.statistic[order], shuffled.statistic)


def test_inputs_are_not_changed():
    """Tables given are left as they were."""
    table = np.array([[1.0, NAN, 3, 4, 5, 6, 7, 8, 9, 10]] * 2)
    persons, is_break = np.full(table.shape, 100.0), YEARS == 2016
    kept = table.copy(), persons.copy(), is_break.copy()
    assess_count_trend(table, persons, YEARS, Test("rate"), is_break=is_break)
    assess_value_trend(table, YEARS, is_break=is_break)
    for array, before in zip((table, persons, is_break), kept, strict=True):
        assert_array_equal(array, before)
