"""Distributions over areas and positions in them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics.quartile import distribution, quartile_position

NAN = float("nan")
values = st.lists(st.one_of(st.integers(0, 40).map(float), st.just(NAN)), min_size=1, max_size=60)


def test_quartiles_agree_with_table(table):
    """Quartiles agree with the standard library's inclusive method to 1e-9."""
    for row in table("quartiles").itertuples():
        result = distribution([float(v) for v in row.values.split()])
        assert_allclose([result.q1, result.median, result.q3], [row.q1, row.median, row.q3], atol=1e-9)


@given(values)
@settings(max_examples=100, deadline=None)
def test_distribution_is_numpys_of_the_values_that_are_there(numbers):
    """Missing values are left out and counted; the rest have numpy's quantiles."""
    result, there = distribution(numbers), [v for v in numbers if v == v]
    assert (result.n, result.n_missing) == (len(there), len(numbers) - len(there))
    found = [result.minimum, result.q1, result.median, result.q3, result.maximum]
    expected = np.quantile(there, [0, 0.25, 0.5, 0.75, 1]) if there else [NAN] * 5
    assert_allclose(found, expected)


def test_distribution_of_many_indicators_at_once():
    """Each row of a table has its own distribution, whatever is missing in the others."""
    table = np.random.default_rng(1).normal(size=(4, 3, 30))
    table[1, 2, :7] = NAN
    whole = distribution(table)
    assert whole.median.shape == (4, 3)
    one = distribution(table[1, 2])
    assert_allclose([whole.q1[1, 2], whole.q3[1, 2], whole.n[1, 2]], [one.q1, one.q3, one.n])


def test_positions():
    """A quarter lies below, a quarter above, and a value equal to a cut belongs to the middle half."""
    position, reason = quartile_position(np.arange(21.0))
    assert position.tolist() == ["lowest_quarter"] * 5 + ["middle_half"] * 11 + ["highest_quarter"] * 5
    assert (reason == "").all()


def test_fewer_than_twenty_values_have_no_quartiles():
    """Nineteen values are too few; an area without a value has none."""
    _, few = quartile_position([*range(19), NAN])
    assert few.tolist() == ["too_few_areas"] * 19 + ["no_value"]
    position, enough = quartile_position([*range(20), NAN])
    assert enough.tolist() == [""] * 20 + ["no_value"]
    assert position[-1] == "not_assessed"


@pytest.mark.parametrize(("n_tied", "reason"), [(10, ""), (11, "ties")])
def test_large_ties_have_no_quartiles(n_tied, reason):
    """No position where more than a quarter of the areas share one value."""
    _, reasons = quartile_position([0.0] * n_tied + [*range(1, 41 - n_tied)])
    assert set(reasons.tolist()) == {reason}


def test_small_ties_do_not_matter():
    """Rounded figures are tied in pairs everywhere and still have quartiles."""
    assert (quartile_position(np.repeat(np.arange(15.0), 2))[1] == "").all()


@given(st.lists(st.integers(0, 30).map(float), min_size=20, max_size=60), st.randoms())
@settings(max_examples=60, deadline=None)
def test_permuting_areas_permutes_positions(numbers, random):
    """A position goes with its value."""
    order = list(range(len(numbers)))
    random.shuffle(order)
    array = np.array(numbers)
    position, _ = quartile_position(array)
    assert_array_equal(position[order], quartile_position(array[order])[0])
    assert (position == "lowest_quarter").sum() <= math.ceil(len(numbers) / 4)


def test_positions_mirror_when_values_are_turned_round():
    """The lowest quarter of the values is the highest of their negatives."""
    array = np.random.default_rng(2).normal(size=50)
    mirror = {"lowest_quarter": "highest_quarter", "highest_quarter": "lowest_quarter"}
    turned = [mirror.get(p, p) for p in quartile_position(-array)[0]]
    assert quartile_position(array)[0].tolist() == turned


def test_inputs_are_not_changed():
    """The values given are left as they were."""
    array = np.array([3.0, NAN, 1.0, np.inf] * 6)
    kept = array.copy()
    distribution(array)
    quartile_position(array)
    assert_array_equal(array, kept)


def test_no_areas_are_refused():
    """An empty list of areas has no distribution."""
    with pytest.raises(ValueError, match="No areas were given"):
        distribution([])
