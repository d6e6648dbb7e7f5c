"""False alarms, power and speed of the statistical methods, by simulation.

``run()`` returns everything as a dict of plain numbers; run from the repository's root,
``python -m tests.bench.bench_statistics`` prints it as JSON.

A false alarm is a verdict of difference or change where the simulated truth has none. Its share may be at
most 1.3 times the level at 95 % and twice the level at 99.8 %, plus three standard errors of the simulation.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from indicators.statistics import (
    assess_count_trend,
    assess_value_trend,
    compare_with_areas,
    compare_with_value,
    estimate_dispersion,
    proportion_limits,
    quartile_position,
    rate_limits,
)
from indicators.statistics.dispersion import Dispersion

POPULATIONS = (700, 2_000, 20_000, 150_000)
EXPECTED = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
ALLOWED = {0.95: 1.3, 0.998: 2.0}
YEARS = np.arange(2020, 2025)
#: Variance by mean: independent events; clusters; clusters and years that are worse for everybody at once.
TRUTHS = {
    "independent": Dispersion(1.0, 0.0),
    "clusters": Dispersion(4.0, 0.0),
    "clusters_and_years": Dispersion(2.0, 0.02),
}
#: Yearly change of the population: a shrinking municipality must not look like a trend.
SHRINKING = 0.985 ** np.arange(YEARS.size)
DIFFERENT = ("higher", "lower")
CHANGED = ("rising", "falling")


def draw_counts(rng: np.random.Generator, mean: np.ndarray, truth: Dispersion) -> np.ndarray:
    """Return counts with a mean and the truth's variance: Poisson, or negative binomial above it."""
    excess = truth.at(mean) - 1
    if not excess.any():
        return rng.poisson(mean).astype(float)
    return rng.poisson(rng.gamma(mean / excess, excess)).astype(float)


def estimate_from_country(rng: np.random.Generator, rate: float, truth: Dispersion) -> Dispersion | float:
    """Return the dispersion as it would be estimated from five years of 308 municipalities."""
    if truth.constant == 1 and truth.per_event == 0:
        return 1.0
    population = np.exp(rng.normal(np.log(6000), 1.1, (308, 1))) * np.ones(YEARS.size)
    return estimate_dispersion(draw_counts(rng, population * rate, truth), population)


def _share(verdict: np.ndarray, alarms: tuple[str, ...]) -> float:
    return float(np.isin(verdict, alarms).mean())


#: Who an area is compared with besides a fixed value, and how many times the area's size they have. Only
#: the whole holds the area itself.
OTHERS = {"rest": 0.85, "peers": 8.0, "whole": 20.0}


def _against(
    name: str, count: np.ndarray, n: float, other: np.ndarray, m: float, options: dict
) -> np.ndarray:
    """Return verdicts of areas against others of their own truth."""
    if name == "whole":
        return compare_with_areas(count, n, count + other, n + m, **options).verdict
    return compare_with_areas(count, n, other, m, includes_area=False, **options).verdict


def comparison_alarms(
    rng: np.random.Generator, population: int, expected: float, truth: Dispersion, draws: int
) -> dict[str, float]:
    """Return shares of false differences of rates: from a fixed value, the rest, peers, the whole."""
    rate = expected / population
    dispersion = estimate_from_country(rng, rate, truth)
    count = draw_counts(rng, np.full(draws, expected), truth)
    shares = {}
    for confidence in ALLOWED:
        options = {"kind": "rate", "confidence": confidence, "dispersion": dispersion}
        fixed = compare_with_value(count, population, rate, **options)
        shares[f"rate against value, {confidence}"] = _share(fixed.verdict, DIFFERENT)
        for name, size in OTHERS.items():
            other = draw_counts(rng, np.full(draws, expected * size), truth)
            verdict = _against(name, count, population, other, population * size, options)
            shares[f"rate against {name}, {confidence}"] = _share(verdict, DIFFERENT)
    return shares


def proportion_alarms(
    rng: np.random.Generator, population: int, expected: float, draws: int
) -> dict[str, float]:
    """Return shares of false differences of proportions."""
    p0 = expected / population
    count = rng.binomial(population, p0, draws)
    shares = {}
    for confidence in ALLOWED:
        options = {"kind": "proportion", "confidence": confidence}
        fixed = compare_with_value(count, population, p0, **options)
        shares[f"proportion against value, {confidence}"] = _share(fixed.verdict, DIFFERENT)
        for name, size in OTHERS.items():
            others = round(population * size)
            other = rng.binomial(others, p0, draws)
            verdict = _against(name, count, population, other, others, options)
            shares[f"proportion against {name}, {confidence}"] = _share(verdict, DIFFERENT)
    return shares


def trend_alarms(
    rng: np.random.Generator, population: int, expected: float, truth: Dispersion, draws: int
) -> dict[str, float]:
    """Return shares of false trends at 99.8 %: with counts, and of the bare figures by Mann-Kendall."""
    rate, persons = expected / population, np.rint(population * SHRINKING)
    dispersion = estimate_from_country(rng, rate, truth)
    count = draw_counts(rng, np.tile(persons * rate, (draws, 1)), truth)
    rates = assess_count_trend(count, persons[None], YEARS, kind="rate", dispersion=dispersion)
    shares = {"rate trend, 0.998": _share(rates.verdict, CHANGED)}
    if truth is TRUTHS["independent"]:
        cases = rng.binomial(persons.astype(int), rate, (draws, YEARS.size))
        result = assess_count_trend(cases, persons[None], YEARS, kind="proportion")
        shares["proportion trend, 0.998"] = _share(result.verdict, CHANGED)
    for length in (7, 8, 10):
        values = draw_counts(rng, np.full((draws, length), expected), truth) / population
        result = assess_value_trend(np.round(values, 6), np.arange(length))
        shares[f"Mann-Kendall of {length}, 0.998"] = _share(result.verdict, CHANGED)
    return shares


def _cells(rng: np.random.Generator, draws: int, batches: int) -> Iterator[dict[str, object]]:
    """Yield the share of false alarms of each test, population, expected count and truth."""
    size = draws // batches
    for population in POPULATIONS:
        for expected in EXPECTED:
            for name, truth in TRUTHS.items():
                # A new country in every batch: the estimate of dispersion is part of what is tested.
                sums: dict[str, float] = {}
                for _ in range(batches if truth.at(0) > 1 else 1):
                    n = size if truth.at(0) > 1 else draws
                    found = comparison_alarms(rng, population, expected, truth, n)
                    found |= trend_alarms(rng, population, expected, truth, n)
                    if name == "independent":
                        found |= proportion_alarms(rng, population, expected, n)
                    for test, share in found.items():
                        sums[test] = sums.get(test, 0.0) + share * n
                for test, total in sums.items():
                    yield _judged(test, population, expected, name, total / draws, draws)


def _judged(
    test: str, population: int, expected: float, truth: str, share: float, draws: int
) -> dict[str, object]:
    confidence = float(test.rsplit(", ", 1)[1])
    level, bound = 1 - confidence, ALLOWED[confidence] * (1 - confidence)
    error = (bound * (1 - bound) / draws) ** 0.5
    return {
        "test": test,
        "population": population,
        "expected": expected,
        "truth": truth,
        "share": round(share, 6),
        "times_level": round(share / level, 3),
        "limit": ALLOWED[confidence],
        "monte_carlo_error": round(error / level, 3),
        "passes": bool(share <= bound + 3 * error),
    }


def false_alarms(seed: int = 1, draws: int = 20_000, batches: int = 10) -> dict[str, object]:
    """Return the worst case of each test and every case that is beyond its limit."""
    rows = list(_cells(np.random.default_rng(seed), draws, batches))
    worst: dict[str, dict[str, object]] = {}
    for row in rows:
        key = f"{row['test']}, {row['truth']}"
        if key not in worst or row["times_level"] > worst[key]["times_level"]:
            worst[key] = row
    failures = [row for row in rows if not row["passes"]]
    return {"cases": len(rows), "draws": draws, "failures": failures, "worst": list(worst.values())}


def power(seed: int = 2, draws: int = 4_000, population: int = 20_000) -> list[dict[str, object]]:
    """Return the share of true differences (95 %) and true trends over five years (99.8 %) that are told."""
    rng = np.random.default_rng(seed)
    rows = []
    for name in ("independent", "clusters"):
        truth = TRUTHS[name]
        for expected in EXPECTED:
            rate = expected / population
            dispersion = estimate_from_country(rng, rate, truth)
            row: dict[str, object] = {"truth": name, "expected": expected}
            for ratio in (1.25, 1.5, 2, 3):
                count = draw_counts(rng, np.full(draws, expected * ratio), truth)
                result = compare_with_value(count, population, rate, kind="rate", dispersion=dispersion)
                row[f"difference x{ratio}"] = round(_share(result.verdict, ("higher",)), 3)
                mean = expected * np.linspace(1, ratio, YEARS.size)
                series = draw_counts(rng, np.tile(mean, (draws, 1)), truth)
                persons = np.full((1, YEARS.size), population)
                trend = assess_count_trend(series, persons, YEARS, kind="rate", dispersion=dispersion)
                row[f"trend x{ratio}"] = round(_share(trend.verdict, ("rising",)), 3)
            rows.append(row)
    return rows


def _assess_all(rng: np.random.Generator, areas: int, years: int = 30) -> Callable[[], None]:
    """Return a call that makes every verdict of one indicator with counts."""
    population = np.exp(rng.normal(np.log(6000), 1.1, (areas, 1))) * np.ones(years) + 50
    count = rng.poisson(population * 0.02).astype(float)
    calendar = np.arange(1995, 1995 + years)

    def assess() -> None:
        proportion_limits(count[:, -1], population[:, -1])
        rate_limits(count[:, -1], population[:, -1], 1000)
        whole = count[:, -1].sum(), population[:, -1].sum()
        compare_with_areas(count[:, -1], population[:, -1], *whole, kind="rate", multiplier=1000)
        assess_count_trend(count, population, calendar, kind="rate", multiplier=1000)
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


def run(draws: int = 20_000) -> dict[str, object]:
    """Return false alarms, power and speed as plain numbers."""
    return {"false_alarms": false_alarms(draws=draws), "power": power(), "speed": speed()}


if __name__ == "__main__":
    json.dump(run(), sys.stdout, indent=1)
