"""Speed and memory of the changes between two snapshots of 308 areas x 80 indicators x 30 years.

Made-up figures: a new year everywhere, one value in a hundred revised, some gone. Run as
``python -m tests.bench.bench_changes``.
"""

import json
import resource
import time

import numpy as np
import pandas as pd

from indicators.assessment.changes import diff_observations

N_AREAS, N_INDICATORS, N_YEARS = 308, 80, 30
MUST_REACH_SECONDS, MUST_REACH_MB = 3.0, 500


def run() -> dict:
    """Seconds and peak memory at the required size, and seconds a row at ten times the areas."""
    seconds, peaks, found = {}, {}, 0
    for factor in (1, 10):
        old, new = _make(factor, N_YEARS, 0), _make(factor, N_YEARS + 1, 1)
        started = time.perf_counter()
        changes = diff_observations(old, new)
        seconds[factor] = time.perf_counter() - started
        peaks[factor] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = found or len(changes)
    return {
        "what": f"{N_AREAS} areas x {N_INDICATORS} indicators x {N_YEARS} years twice, figures compared",
        "seconds": round(seconds[1], 3),
        "must_reach_seconds": MUST_REACH_SECONDS,
        "peak_memory_mb": round(peaks[1]),
        "must_reach_mb": MUST_REACH_MB,
        "is_reached": seconds[1] <= MUST_REACH_SECONDS and peaks[1] <= MUST_REACH_MB,
        "changes_found": found,
        "seconds_per_row_at_10x_over_1x": round(seconds[10] / 10 / seconds[1], 3),
    }


def _make(factor: int, n_years: int, seed: int) -> pd.DataFrame:
    """A full table of both sexes together, sorted as in a snapshot."""
    n_areas = N_AREAS * factor
    shape = (N_INDICATORS, n_areas, n_years)
    indicator, area, year = (axis.ravel() for axis in np.indices(shape, dtype=np.int32))
    value = np.round(np.random.default_rng(0).normal(50, 10, (N_INDICATORS, n_areas, 40)), 1)
    value = value[:, :, :n_years].ravel()
    is_revised = np.random.default_rng(seed).random(len(value)) < 0.01 * seed
    value = np.where(is_revised, value + 1, value)
    return pd.DataFrame(
        {
            "indicator_id": pd.Categorical.from_codes(
                indicator, [f"sotkanet:{n:03d}" for n in range(N_INDICATORS)]
            ),
            "area_code": pd.Categorical.from_codes(area, [f"{n:05d}" for n in range(n_areas)]),
            "year": (1995 + year).astype("int16"),
            "sex": pd.Categorical.from_codes(np.zeros(len(value), dtype=np.int8), ["total"]),
            "value": value,
            "count": value * 10,
            "denominator": np.full(len(value), 1000.0),
            "status": pd.Categorical.from_codes(np.zeros(len(value), dtype=np.int8), ["normal"]),
        }
    )


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))  # noqa: T201 - a bench speaks
