"""Peer groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics.peers import find_peers, standardise

NAN = float("nan")


def _name(codes, found):
    """Codes of the peers; empty where there is none."""
    return np.where(found >= 0, np.asarray(codes)[found], "")


def _areas(seed=1, n=40):
    rng = np.random.default_rng(seed)
    codes = np.array([f"{code:03d}" for code in rng.permutation(900)[:n]])
    variables = np.column_stack([np.exp(rng.normal(8.7, 1, n)), rng.normal(20, 4, n), rng.normal(60, 20, n)])
    return codes, variables


def test_worked_example():
    """Three areas on a line, population logged: the order is that worked by hand."""
    # log2 of the population is 0, 1, 3 above 1000: 1 and 3, 1 and 2, 2 and 3 apart.
    result = find_peers(["003", "001", "002"], [[1000.0], [2000.0], [8000.0]], is_log=True, k=2)
    assert result.tolist() == [[1, 2], [0, 2], [1, 0]]


def test_variables_are_told_in_standard_deviations():
    """Mean 4/3 and variance 14/9 of the logs 0, 1 and 3."""
    made = standardise([[1.0], [2.0], [8.0]], True)
    wanted = (np.array([[0], [1], [3]]) - 4 / 3) / np.sqrt(14 / 9)
    assert_allclose(made, wanted, atol=1e-9)


def test_peers_are_the_nearest_of_all():
    """The k nearest are those that a search through every pair finds."""
    codes, variables = _areas()
    points = standardise(variables, [True, False, False])
    result = find_peers(codes, variables, is_log=[True, False, False], k=8)
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    np.fill_diagonal(distance, np.inf)
    assert_array_equal(result, np.argsort(distance, axis=1)[:, :8])


def test_ties_go_by_code():
    """Equally near areas come in order of code, however many they are and in whatever order given."""
    codes = [f"{code:03d}" for code in range(60)][::-1]
    result = find_peers(codes, np.ones((60, 2)), k=4)
    named = _name(codes, result)
    assert named[0].tolist() == ["000", "001", "002", "003"]  # of 059
    assert named[-1].tolist() == ["001", "002", "003", "004"]  # of 000


@given(st.integers(0, 10_000), st.randoms())
@settings(max_examples=25, deadline=None)
def test_permuting_areas_permutes_peers(seed, random):
    """Peers do not depend on the order of the input, ties included."""
    codes, variables = _areas(seed)
    variables = np.round(variables, -1)
    order = list(range(len(codes)))
    random.shuffle(order)
    whole, shuffled = find_peers(codes, variables, k=5), find_peers(codes[order], variables[order], k=5)
    assert_array_equal(_name(codes, whole)[order], _name(codes[order], shuffled))


def test_excluded_and_incomplete_areas_have_and_are_no_peers():
    """Excluded areas and those lacking a variable have no peers, are none."""
    codes, variables = _areas()
    variables[3, 1] = NAN
    variables[4, 0] = 0.0
    result = find_peers(codes, variables, is_log=[True, False, False], k=3, excluded=[codes[0], "999"])
    assert (result[[0, 3, 4]] == -1).all()
    assert not np.isin(result, [0, 3, 4]).any()
    left = np.delete(codes, [0, 3, 4])
    others = find_peers(left, np.delete(variables, [0, 3, 4], axis=0),
                        is_log=[True, False, False], k=3)  # fmt: skip
    assert_array_equal(_name(codes, np.delete(result, [0, 3, 4], axis=0)), _name(left, others))


def test_too_few_areas():
    """With fewer areas than peers asked for, the rest are empty; a single area has none."""
    result = find_peers(["001", "002", "003"], [[1.0], [2.0], [4.0]], k=4)
    assert result[0].tolist() == [1, 2, -1, -1]
    assert find_peers(["001"], [[1.0]], k=2).tolist() == [[-1, -1]]


def test_variable_without_spread_has_no_part():
    """A variable that is the same everywhere changes no distance."""
    codes, variables = _areas()
    plain = find_peers(codes, variables)
    constant = find_peers(codes, np.column_stack([variables, np.full(len(codes), 7.0)]))
    assert_array_equal(plain, constant)


@pytest.mark.parametrize(
    ("codes", "k"), [(["001", "001", "002"], 1), (["001", "002"], 1), (["001", "002", "003"], 0)]
)
def test_wrong_calls_are_refused(codes, k):
    """Repeated codes, other numbers of codes than rows, and no peers are refused."""
    with pytest.raises(ValueError, match="expected one row of variables for each different code"):
        find_peers(codes, [[1.0], [2.0], [3.0]], k=k)


def test_inputs_are_not_changed():
    """Variables are left as they were."""
    codes, variables = _areas()
    kept = variables.copy()
    find_peers(codes, variables, is_log=[True, False, False])
    assert_array_equal(variables, kept)
