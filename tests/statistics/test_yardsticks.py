"""A quick part of ``make yardsticks``: fewer countries, so that only a gross excess is seen."""

import json

import numpy as np
import pytest
from scipy import stats

from tests.yardsticks.country import SIZES, draw_clustered, find_told, place_municipalities
from tests.yardsticks.measure import measure_null
from tests.yardsticks.nulls import NULLS, POWER

COUNTRIES = 60


@pytest.mark.parametrize("null", NULLS, ids=lambda null: null.name)
def test_false_alarms_keep_to_what_is_stated(null):
    """No share of false alarms is above what is stated by more than its own chance allows."""
    size = place_municipalities()[0]
    for row in measure_null(null, COUNTRIES, seed=3):
        if row["stated"] is not None:
            draws = COUNTRIES * int((size == row["residents"]).sum())
            alarms = round(row["per_cent"] / 100 * draws)
            assert stats.binom.sf(alarms - 1, draws, row["stated"] / 100) > 1e-4, row


def test_real_differences_of_large_towns_are_told():
    """A rate 1.3 times the others' is told more often than by the straight line, at every size."""
    told = list(find_told(POWER["ratio"], 40).values())
    assert len(told) == len(SIZES)
    assert all(share >= review for share, review in zip(told, POWER["review"], strict=True))
    assert told[-1] > 0.85


def test_simulated_counts_have_the_variance_they_should():
    """Draws have the mean and the dispersion of the truth they stand for."""
    mean = np.full(200_000, 10.0)
    count = draw_clustered(np.random.default_rng(3), mean, np.full(mean.shape, 4.0))
    assert abs(count.mean() - 10) < 0.1
    assert abs(count.var() / 10 - 4) < 0.1
    plain = draw_clustered(np.random.default_rng(3), mean, np.ones(mean.shape))
    assert abs(plain.var() / 10 - 1) < 0.02


def test_rows_are_plain_numbers():
    """The table can be printed as JSON, with every case judged against what is stated."""
    rows = measure_null(NULLS[0], 2, seed=1)
    assert json.loads(json.dumps(rows)) == rows
    assert {row["test"] for row in rows} == {"trend", "rest", "peers"}
    assert all(row["passes"] is not None for row in rows)
