"""The simulation of false alarms, small: the whole is run by the bench."""

import json

import numpy as np
import pytest

from indicators.statistics.dispersion import Dispersion
from tests.bench import bench_statistics as bench

DRAWS = 2000


def _within(shares):
    """Return the tests whose false alarms go beyond what is allowed, at four standard errors."""
    beyond = {}
    for test, share in shares.items():
        confidence = float(test.rsplit(", ", 1)[1])
        bound = bench.ALLOWED[confidence] * (1 - confidence)
        if share > bound + 4 * (bound * (1 - bound) / DRAWS) ** 0.5:
            beyond[test] = share
    return beyond


@pytest.mark.parametrize("expected", [2, 50])
@pytest.mark.parametrize("truth", list(bench.TRUTHS))
def test_false_alarms_keep_to_the_level(expected, truth):
    """Where nothing differs and nothing changes, verdicts say so as often as their level promises."""
    rng = np.random.default_rng(11)
    shares = bench.comparison_alarms(rng, 700, expected, bench.TRUTHS[truth], DRAWS)
    shares |= bench.trend_alarms(rng, 700, expected, bench.TRUTHS[truth], DRAWS)
    shares |= bench.proportion_alarms(rng, 700, expected, DRAWS)
    assert _within(shares) == {}


def test_simulated_counts_have_the_variance_they_should():
    """Draws have the mean and the dispersion of the truth they stand for."""
    count = bench.draw_counts(np.random.default_rng(3), np.full(200_000, 10.0), Dispersion(4.0, 0.0))
    assert abs(count.mean() - 10) < 0.1
    assert abs(count.var() / 10 - 4) < 0.1


def test_bench_tells_what_it_found_as_plain_numbers(monkeypatch):
    """The bench's result is written as JSON, with every case judged."""
    monkeypatch.setattr(bench, "POPULATIONS", (700,))
    monkeypatch.setattr(bench, "EXPECTED", (10,))
    found = bench.false_alarms(draws=20, batches=1) | {"power": bench.power(draws=10)}
    assert found["cases"] == len(found["worst"]) > 40
    assert json.loads(json.dumps(found)) == found
