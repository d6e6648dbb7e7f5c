"""Speed of the statistical methods. False alarms and power are in ``tests.yardsticks``.

``run()`` returns a dict of plain numbers; run from the repository's root,
``python -m tests.bench.bench_statistics`` prints it as JSON.
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np

from indicators.statistics.comparison import compare_with_areas
from indicators.statistics.interval import figure_limits
from indicators.statistics.quartile import quartile_position
from indicators.statistics.test import Test
from indicators.statistics.trend import assess_count_trend, assess_value_trend


def _assess_all(rng: np.random.Generator, areas: int, years: int = 30) -> Callable[[], None]:
    """Return a call that makes every verdict of one indicator with counts."""
    population = np.exp(rng.normal(np.log(6000), 1.1, (areas, 1))) * np.ones(years) + 50
    count = rng.poisson(population * 0.02).astype(float)
    calendar = np.arange(1995, 1995 + years)

    def assess() -> None:
        figure_limits("proportion", count[:, -1], population[:, -1])
        figure_limits("rate", count[:, -1], population[:, -1], 1000)
        whole = count[:, -1].sum(), population[:, -1].sum()
        compare_with_areas(count[:, -1], population[:, -1], *whole, Test("rate", 1000))
        assess_count_trend(count, population, calendar, Test("rate", 1000, confidence=0.998))
        assess_value_trend(count / population, calendar)
        quartile_position(count[:, -1] / population[:, -1])

    return assess


def speed(seed: int = 3, indicators: int = 80) -> dict[str, object]:
    """Return seconds for 308 areas x 80 indicators x 30 years, and microseconds a row at 1x, 10x, 100x."""
    rng = np.random.default_rng(seed)

    def seconds(areas: int, repeats: int) -> float:
        assess = _assess_all(rng, areas)
        assess()
        start = time.perf_counter()
        for _ in range(repeats):
            assess()
        return time.perf_counter() - start

    result: dict[str, object] = {"seconds_308_areas_80_indicators": round(seconds(308, indicators), 3)}
    result["microseconds_per_area_and_indicator"] = {
        str(areas): round(seconds(areas, repeats) / repeats / areas * 1e6, 2)
        for areas, repeats in ((308, 20), (3_080, 4), (30_800, 2))
    }
    return result


def run() -> dict[str, object]:
    """Return the speed as plain numbers."""
    return speed()


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=1)
