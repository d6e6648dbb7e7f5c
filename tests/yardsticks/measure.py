"""The tables of yardsticks: false alarms, power, and what the bundled figures show."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import stats

from tests.yardsticks.country import SIZES, Null, find_told, judge_country, judge_values, place_municipalities
from tests.yardsticks.nulls import NULLS, POWER, VALUES

#: Of the estimate's upper bound.
_CONFIDENCE = 0.99


def measure_null(null: Null, countries: int, seed: int) -> list[dict[str, Any]]:
    """One row for each test and size: the share of false alarms, its upper bound and what was stated."""
    rng, size = np.random.default_rng(seed), place_municipalities()[0]
    sums: dict[str, np.ndarray] = {}
    for _ in range(countries):
        for name, alarms in judge_country(rng, null).items():
            sums[name] = sums.get(name, 0) + np.array([alarms[size == item].sum() for item in SIZES])
    rows = []
    for name, alarms in sums.items():
        for place, item in enumerate(SIZES):
            draws = countries * int((size == item).sum())
            rows.append(_judge(null, name, place, int(alarms[place]), draws))
    return rows


def _judge(null: Null, test: str, place: int, alarms: int, draws: int) -> dict[str, Any]:
    # Areas of one country share its estimate, but hardly depend on each other otherwise.
    upper = float(stats.beta.ppf(_CONFIDENCE, alarms + 1, max(draws - alarms, 1)))
    stated = null.levels[1] if test == "trend" else null.levels[0]
    if test == "trend" and SIZES[place] == SIZES[-1] and null.large_trends is not None:
        stated = null.large_trends
    review = null.review.get(test)
    return {
        "null": null.name,
        "test": test,
        "residents": SIZES[place],
        "per_cent": round(100 * alarms / draws, 2),
        "upper_bound": round(100 * upper, 2),
        "stated": None if stated is None else round(100 * stated, 2),
        "review": None if review is None else review[place],
        "passes": None if stated is None else bool(upper < stated),
    }


def measure(countries: int = 1_000, nulls: Sequence[Null] = NULLS, power_draws: int = 300) -> dict[str, Any]:
    """All tables, with fixed seeds."""
    rows = [row for at, null in enumerate(nulls) for row in measure_null(null, countries, seed=100 + at)]
    told = find_told(POWER["ratio"], power_draws)
    rng = np.random.default_rng(7)
    return {
        "countries": countries,
        "false_alarms": rows,
        "failed": [row for row in rows if row["passes"] is False],
        "mann_kendall_of_10_per_cent": {
            str(rho): {"per_cent": round(100 * judge_values(rng, rho, 10, 40_000), 2), "review": review}
            for rho, review in VALUES.items()
        },
        "power": POWER | {"told": list(told.values()), "residents": list(SIZES)},
    }
