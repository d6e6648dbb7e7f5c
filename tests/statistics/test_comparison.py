"""Verdicts of areas against a comparator."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from indicators.statistics.comparison import compare_with_areas, compare_with_value, compare_within_bounds
from indicators.statistics.dispersion import Dispersion
from indicators.statistics.interval import figure_limits
from indicators.statistics.test import Test

NAN = float("nan")
MIRROR = {"better": "worse", "worse": "better"}


def test_similar_while_the_comparator_lies_within_the_limits():
    """An area is similar while the comparator lies within its own limits, else better or worse."""
    result = compare_with_value(
        [128, 128, 128], 676, [18.0, 25.0, 12.0], Test("proportion", 100, "lower_is_better")
    )
    assert result.verdict.tolist() == ["similar", "better", "worse"]
    assert_allclose([result.lower_limit[0], result.upper_limit[0]], [16.16016754588106, 22.06072284692248])
    assert result.method.tolist() == ["wilson"] * 3


@pytest.mark.parametrize(
    ("direction", "words"),
    [
        ("higher_is_better", ["better", "worse"]),
        ("lower_is_better", ["worse", "better"]),
        ("no_judgement", ["higher", "lower"]),
    ],
)
def test_direction_gives_the_word(direction, words):
    """The same difference is better, worse, or only higher or lower, by the direction of the link."""
    result = compare_with_value([60, 10], 100, 0.3, Test("proportion", direction=direction))
    assert result.verdict.tolist() == words


def test_exact_test_decides_where_few_are_expected():
    """Below ten expected cases the exact test decides, and the limits are those of its own method."""
    result = compare_with_value([4, 9], 40, 0.05, Test("proportion"))
    assert result.method.tolist() == ["exact_binomial"] * 2
    assert result.verdict.tolist() == ["similar", "higher"]
    assert_allclose(result.lower_limit, [0.0279, 0.1084], atol=5e-5)


def test_the_comparators_chance_is_added_to_the_areas():
    """The variance of a difference is that of both figures: a comparator of the area's size doubles it."""
    count, n = 120, 1000
    rest = compare_with_areas(count, n, 100, 1000, Test("proportion"))
    assert_allclose(rest.dispersion, 2)
    assert_allclose(rest.comparator, 0.1)
    limits = figure_limits("proportion", count, n, dispersion=2)
    assert_allclose([rest.lower_limit, rest.upper_limit], [limits.lower_limit, limits.upper_limit])
    country = compare_with_areas(count, n, 100_000_000, 1_000_000_000, Test("proportion"))
    assert_allclose(country.p, compare_with_value(count, n, 0.1, Test("proportion")).p, rtol=1e-4)
    assert rest.p > country.p


@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_two_large_figures_are_told_apart_as_by_the_score_test(kind):
    """With many events the test is the classical one of two samples, to a tenth of its p."""
    x1, n1, x2, n2 = 5400, 54_000, 4380, 46_000
    pooled = (x1 + x2) / (n1 + n2)
    variance = pooled * (1 - pooled if kind == "proportion" else 1)
    deviate = (x1 / n1 - x2 / n2) / np.sqrt(variance * (1 / n1 + 1 / n2))
    assert_allclose(compare_with_areas(x1, n1, x2, n2, Test(kind)).p, 2 * stats.norm.sf(deviate), rtol=0.1)


def test_a_comparator_of_few_events_is_none():
    """A comparator on fewer than ten events, or ten who are not counted, gives no verdict."""
    rare = compare_with_areas([1, 2], 700, [0, 10], 5600, Test("rate"))
    assert rare.reason.tolist() == ["few_events_in_comparator", ""]
    common = compare_with_areas(60, 70, [560, 550], 560, Test("proportion"))
    assert common.reason.tolist() == ["few_events_in_comparator", ""]
    assert compare_with_areas(5, 70, 19, 560, Test("proportion", dispersion=2)).reason != ""


def test_the_rest_of_a_region_varies_as_the_sum_of_its_parts():
    """A group's dispersion can be given; without it the group counts as one area of its size."""
    test = Test("rate", dispersion=Dispersion(0.0, 0.5))
    parts = compare_with_areas(100, 1000, 2000, 20000, test, other_dispersion=11.0)
    assert_allclose(parts.dispersion, 11 + 11 / 20)
    assert_allclose(
        compare_with_areas(100, 1000, 2000, 20000, test).dispersion, 11 + (1 + np.sqrt(2000)) / 20
    )


def test_a_verdict_that_hidden_parts_cannot_change_is_told():
    """Between bounds a verdict is told where both give it; no number of the bounds comes out."""
    told, decided = (
        compare_within_bounds(130, 700, 2000, greatest, 20_000, Test("proportion", 100, "lower_is_better"))
        for greatest in (2100, 3400)
    )
    assert (told.verdict, told.reason) == ("worse", "hidden_parts")
    assert (decided.verdict, decided.reason) == ("not_assessed", "hidden_parts_decide")
    for found in (told, decided):
        numbers = [found.comparator, found.p, found.statistic, found.lower_limit, found.upper_limit]
        assert np.isnan(numbers).all()
        assert np.isnan(found.dispersion)


@given(st.integers(0, 300), st.integers(10, 900), st.integers(0, 400))
@settings(max_examples=80, deadline=None)
def test_a_bounded_verdict_is_never_wrong(count, least, hidden):
    """Whatever the hidden parts hold, the verdict told is that of their true sum."""
    test = Test("proportion")
    found = compare_within_bounds(count, 400, least, least + hidden, 2000, test)
    if found.verdict != "not_assessed":
        for true in range(least, least + hidden + 1, 7):
            exact = compare_with_areas(count, 400, true, 2000, test)
            assert exact.verdict == found.verdict


def test_missing_gives_not_assessed_with_its_reason():
    """A missing count, denominator, comparator or dispersion ends in "not assessed" and its reason."""
    result = compare_with_value(
        [NAN, 5, 5, 5, 20, 20], [10, NAN, 0, 100, 100, 100], [0.1, 0.1, 0.1, NAN, -1, 0.2],
        Test("rate", dispersion=[1, 1, 1, 1, 1, NAN]),
    )  # fmt: skip
    assert result.reason.tolist() == [
        "no_count", "no_denominator", "no_denominator", "no_comparator", "no_comparator", "no_dispersion",
    ]  # fmt: skip
    assert (result.verdict == "not_assessed").all()
    assert (result.method == "none").all()
    assert np.isnan(result.lower_limit).all()
    whole = compare_with_areas([5, 5], 100, [NAN, 5], [1000, NAN], Test("rate"))
    assert whole.reason.tolist() == ["no_comparator"] * 2


def test_missing_among_proportions_of_a_whole():
    """One area without a figure, or one whole, leaves the verdicts of the others alone."""
    result = compare_with_areas(
        [30, NAN, 30, 30], [100, 100, NAN, 100], [200, 200, 200, NAN], 2000, Test("proportion")
    )
    assert result.verdict.tolist() == ["higher", "not_assessed", "not_assessed", "not_assessed"]
    assert result.reason.tolist() == ["", "no_count", "no_denominator", "no_comparator"]


def test_dispersion_makes_a_verdict_more_cautious():
    """What independent events would show, clustered events do not."""
    test = Test("rate", 1000, "lower_is_better")
    assert compare_with_value(40, 1000, 25.0, test).verdict == "worse"
    scattered = compare_with_value(40, 1000, 25.0, replace(test, dispersion=Dispersion(np.log(2.25), 0.0)))
    assert scattered.verdict == "similar"
    assert_allclose(scattered.dispersion, 3.25)
    assert scattered.lower_limit < 25 < scattered.upper_limit


def test_a_design_effect_divides_persons_and_population():
    """Persons of whole households weigh as so many fewer independent ones."""
    shared = compare_with_value(19, 71, 13.97, Test("proportion", 100, dispersion=2.0))
    alone = compare_with_value(9.5, 35.5, 13.97, Test("proportion", 100))
    assert_allclose([shared.p, shared.lower_limit], [alone.p, alone.lower_limit])
    assert_allclose(shared.value, 100 * 19 / 71)


def test_pooled_years_vary_as_single_ones():
    """The dispersion of a count of three years is that of one year's count."""
    curve = Dispersion(0.0, 1.0)
    found = compare_with_value(300, 3000, 0.1, Test("rate", dispersion=replace(curve, years=3)))
    assert_allclose(found.dispersion, curve.at(100))


def test_unknown_direction_is_refused():
    """A direction that is none of the three is refused with its name."""
    with pytest.raises(ValueError, match=r"Unknown direction .*upwards"):
        compare_with_value(5, 10, 0.5, Test("proportion", direction="upwards"))


areas = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 4000)), min_size=1, max_size=12)


@given(areas, st.floats(0.01, 0.9), st.sampled_from(("proportion", "rate")))
@settings(max_examples=80, deadline=None)
def test_verdicts_mirror_under_direction_flip(pairs, comparator, kind):
    """Turning the direction round turns better into worse and changes nothing else."""
    count, n = np.array(pairs, float).T
    up, down = (
        compare_with_value(count, n, comparator, Test(kind, direction=d))
        for d in ("higher_is_better", "lower_is_better")
    )
    assert [MIRROR.get(v, v) for v in up.verdict] == down.verdict.tolist()
    assert_array_equal(up.p, down.p)


@given(areas, st.floats(0.01, 0.9), st.sampled_from(("proportion", "rate")), st.randoms())
@settings(max_examples=60, deadline=None)
def test_permuting_areas_permutes_verdicts(pairs, comparator, kind, random):
    """Each area's verdict depends on that area and the comparator alone."""
    count, n = np.array(pairs, float).T
    order = list(range(len(pairs)))
    random.shuffle(order)
    result = compare_with_value(count, n, comparator, Test(kind))
    shuffled = compare_with_value(count[order], n[order], comparator, Test(kind))
    assert_array_equal(result.verdict[order], shuffled.verdict)
    assert_array_equal(result.p[order], shuffled.p)


@given(
    areas,
    st.floats(0.01, 0.9),
    st.sampled_from(("proportion", "rate")),
    st.floats(1, 6),
    st.integers(400, 40_000),
)
@settings(max_examples=80, deadline=None)
def test_verdicts_are_what_the_limits_show(pairs, comparator, kind, dispersion, size):
    """Limits and verdict never disagree, whatever the comparator, kind and dispersion."""
    count, n = np.array(pairs, float).T
    test = Test(kind, dispersion=dispersion)
    for result in (
        compare_with_value(count, n, comparator, test),
        compare_with_areas(count, n, comparator * size, size, test),
    ):
        inside = (result.lower_limit <= result.comparator) & (result.comparator <= result.upper_limit)
        is_assessed = result.reason == ""
        assert_array_equal((result.verdict == "similar")[is_assessed], inside[is_assessed])


def test_inputs_are_not_changed_and_shapes_broadcast():
    """Areas and years may be given at once; the arrays given are left as they were."""
    count, n = np.arange(12.0).reshape(3, 4), np.full((3, 1), 50.0)
    whole, size = np.full(4, 100.0), np.full(4, 900.0)
    kept = [a.copy() for a in (count, n, whole, size)]
    result = compare_with_areas(count, n, whole, size, Test("proportion", direction="lower_is_better"))
    assert result.verdict.shape == result.dispersion.shape == (3, 4)
    for array, before in zip((count, n, whole, size), kept, strict=True):
        assert_array_equal(array, before)
