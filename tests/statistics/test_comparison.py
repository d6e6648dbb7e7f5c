"""Verdicts of areas against a comparator."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics import compare_with_areas, compare_with_value
from indicators.statistics.codes import COMPARISON_VERDICTS, METHODS, REASONS
from indicators.statistics.dispersion import Dispersion

NAN = float("nan")
MIRROR = {"better": "worse", "worse": "better"}


def test_similar_while_the_comparator_lies_within_the_limits():
    """An area is similar while the comparator lies within its own limits, else better or worse."""
    result = compare_with_value(
        [128, 128, 128], 676, [18.0, 25.0, 12.0], kind="proportion", multiplier=100,
        direction="lower_is_better",
    )  # fmt: skip
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
    result = compare_with_value([60, 10], 100, 0.3, kind="proportion", direction=direction)
    assert result.verdict.tolist() == words


def test_exact_test_decides_where_few_are_expected():
    """Below ten expected cases the exact test decides, and the limits are those of its own method."""
    result = compare_with_value([4, 9], 40, 0.05, kind="proportion")
    assert result.method.tolist() == ["exact_binomial"] * 2
    assert result.verdict.tolist() == ["similar", "higher"]
    assert_allclose(result.lower_limit, [0.0279, 0.1084], atol=5e-5)


def test_few_events_are_marked_uncertain():
    """A value on fewer than ten events is marked, at whatever number is declared."""
    result = compare_with_value([9, 10], 100, 0.1, kind="proportion")
    assert result.is_uncertain.tolist() == [True, False]
    assert compare_with_value(10, 100, 0.1, kind="proportion", minimum_events=20).is_uncertain


def test_large_part_of_the_whole_is_compared_with_the_rest():
    """Above a tenth of the comparator's denominator the comparator is the rest, in a two-sample test."""
    result = compare_with_areas([5400, 90], [54000, 1000], 9000, 100000, kind="proportion", multiplier=100)
    assert result.is_two_sample.tolist() == [True, False]
    assert_allclose(result.comparator, [100 * 3600 / 46000, 9.0])
    assert result.method.tolist() == ["pooled_score", "wilson"]
    rates = compare_with_areas([540, 9], [54000, 1000], 900, 100000, kind="rate", multiplier=1000)
    assert rates.method.tolist() == ["conditional_binomial", "exact_poisson"]


def test_a_tenth_is_still_compared_with_the_whole():
    """An area of exactly a tenth is compared with the whole."""
    assert not compare_with_areas(100, 1000, 900, 10000, kind="proportion").is_two_sample


def test_peers_are_always_a_second_sample():
    """A peer group does not hold the area, and its own chance is allowed for, however great it is."""
    result = compare_with_areas(100, 1000, 900, 1_000_000, kind="rate", includes_area=False)
    assert result.is_two_sample
    assert_allclose(result.comparator, 0.0009)


def test_an_area_is_never_compared_with_itself():
    """The whole against itself, or against less than itself, is not assessed."""
    result = compare_with_areas([50, 50, 60], [500, 500, 400], [50, 40, 50], 500, kind="proportion")
    assert result.reason.tolist() == [
        "same_area",
        "comparator_smaller_than_area",
        "comparator_smaller_than_area",
    ]
    assert (result.verdict == "not_assessed").all()
    assert np.isnan(result.p).all()


def test_missing_gives_not_assessed_with_its_reason():
    """A missing count, denominator, comparator or dispersion ends in "not assessed" and its reason."""
    result = compare_with_value(
        [NAN, 5, 5, 5, 20, 20], [10, NAN, 0, 100, 100, 100], [0.1, 0.1, 0.1, NAN, -1, 0.2], kind="rate",
        dispersion=[1, 1, 1, 1, 1, NAN],
    )  # fmt: skip
    assert result.reason.tolist() == [
        "no_count", "no_denominator", "no_denominator", "no_comparator", "no_comparator", "no_dispersion",
    ]  # fmt: skip
    assert (result.verdict == "not_assessed").all()
    assert (result.method == "none").all()
    assert np.isnan(result.lower_limit).all()
    whole = compare_with_areas([5, 5], 100, [NAN, 5], [1000, NAN], kind="rate")
    assert whole.reason.tolist() == ["no_comparator"] * 2


def test_missing_among_proportions_of_a_whole():
    """One area without a figure, or one whole, leaves the verdicts of the others alone."""
    result = compare_with_areas(
        [30, NAN, 30, 30], [100, 100, NAN, 100], [200, 200, 200, NAN], 2000, kind="proportion"
    )
    assert result.verdict.tolist() == ["higher", "not_assessed", "not_assessed", "not_assessed"]
    assert result.reason.tolist() == ["", "no_count", "no_denominator", "no_comparator"]


def test_the_whole_has_good_and_bad_years_of_its_own():
    """Where dispersion grows with size, that of the whole is added; a constant one is left as it is."""
    options = {"kind": "rate", "dispersion": Dispersion(2.0, 0.01)}
    result = compare_with_areas(100, 1000, 2000, 20000, **options)
    assert_allclose(result.dispersion, 0.9 * (2 + 0.01 * 100) + 0.05 * (2 + 0.01 * 2000))
    constant = compare_with_areas(100, 1000, 2000, 20000, kind="rate", dispersion=Dispersion(2.0, 0.0))
    assert_allclose(constant.dispersion, 2)


def test_dispersion_makes_a_verdict_more_cautious():
    """What independent events would show, clustered events do not."""
    options = {"kind": "rate", "multiplier": 1000, "direction": "lower_is_better"}
    assert compare_with_value(40, 1000, 25.0, **options).verdict == "worse"
    scattered = compare_with_value(40, 1000, 25.0, dispersion=Dispersion(3.0, 0.01), **options)
    assert scattered.verdict == "similar"
    assert_allclose(scattered.dispersion, 3.25)
    assert scattered.lower_limit < 25 < scattered.upper_limit


def test_proportions_take_no_dispersion():
    """Persons are independent: a dispersion for a proportion is a mistake of declaration."""
    with pytest.raises(ValueError, match="takes no dispersion"):
        compare_with_value(5, 10, 0.5, kind="proportion", dispersion=2)


def test_unknown_direction_is_refused():
    """A direction that is none of the three is refused with its name."""
    with pytest.raises(ValueError, match=r"Unknown direction .*upwards"):
        compare_with_value(5, 10, 0.5, kind="proportion", direction="upwards")


areas = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 4000)), min_size=1, max_size=12)


@given(areas, st.floats(0.01, 0.9), st.sampled_from(("proportion", "rate")))
@settings(max_examples=80, deadline=None)
def test_verdicts_mirror_under_direction_flip(pairs, comparator, kind):
    """Turning the direction round turns better into worse and changes nothing else."""
    count, n = np.array(pairs, float).T
    up, down = (
        compare_with_value(count, n, comparator, kind=kind, direction=d)
        for d in ("higher_is_better", "lower_is_better")
    )
    assert [MIRROR.get(v, v) for v in up.verdict] == down.verdict.tolist()
    assert_array_equal(up.p, down.p)


@given(areas, st.floats(0.01, 0.9), st.sampled_from(("proportion", "rate")), st.randoms())
@settings(max_examples=60, deadline=None)
def test_permuting_areas_permutes_verdicts(pairs, comparator, kind, random):
    """Each area's verdict depends on that area and the comparator alone; codes are of the closed lists."""
    count, n = np.array(pairs, float).T
    order = list(range(len(pairs)))
    random.shuffle(order)
    result = compare_with_value(count, n, comparator, kind=kind)
    shuffled = compare_with_value(count[order], n[order], comparator, kind=kind)
    assert_array_equal(result.verdict[order], shuffled.verdict)
    assert_array_equal(result.p[order], shuffled.p)
    assert set(result.verdict.tolist()) <= set(COMPARISON_VERDICTS)
    assert set(result.method.tolist()) <= set(METHODS)
    assert set(result.reason.tolist()) <= set(REASONS)


@given(areas, st.floats(0.01, 0.9), st.sampled_from(("proportion", "rate")))
@settings(max_examples=60, deadline=None)
def test_verdict_against_a_value_is_what_the_limits_show(pairs, comparator, kind):
    """Limits and verdict never disagree where the comparator is a fixed value."""
    count, n = np.array(pairs, float).T
    result = compare_with_value(count, n, comparator, kind=kind)
    inside = (result.lower_limit <= result.comparator) & (result.comparator <= result.upper_limit)
    is_assessed = result.reason == ""
    assert_array_equal((result.verdict == "similar")[is_assessed], inside[is_assessed])


def test_inputs_are_not_changed_and_shapes_broadcast():
    """Areas and years may be given at once; the arrays given are left as they were."""
    count, n = np.arange(12.0).reshape(3, 4), np.full((3, 1), 50.0)
    whole, size = np.full(4, 100.0), np.full(4, 900.0)
    kept = [a.copy() for a in (count, n, whole, size)]
    result = compare_with_areas(count, n, whole, size, kind="proportion", direction="lower_is_better")
    assert result.verdict.shape == result.dispersion.shape == (3, 4)
    for array, before in zip((count, n, whole, size), kept, strict=True):
        assert_array_equal(array, before)
