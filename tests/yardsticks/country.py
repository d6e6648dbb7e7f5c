"""A country of 308 municipalities of given sizes, in which a truth is drawn and the methods judge it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from indicators.catalogue import load_catalogue
from indicators.statistics.comparison import compare_with_areas
from indicators.statistics.dispersion import Dispersion, estimate_dispersion
from indicators.statistics.test import Test
from indicators.statistics.trend import assess_count_trend, assess_value_trend

SIZES = (700, 2_000, 20_000, 150_000)
#: How many of the 308 have each of the sizes that are judged; the others keep a spread of their own.
_JUDGED = (16, 65, 35, 6)
YEARS = np.arange(2020, 2025)
CHANGED = ("rising", "falling")
DIFFERENT = ("higher", "lower")
Draw = Callable[[np.random.Generator, np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Null:
    """A truth without differences and trends.

    Attributes
    ----------
    name : str
    draw : function
        Counts of given (areas, years) persons: of the generator, the persons and the number of years.
    kind, events : str
        As the catalogue would declare them.
    design_effect : float
        As the catalogue would declare it.
    levels : tuple of float or None
        Stated: greatest share of false differences and of false trends; None where nothing is promised.
    at_nominal : bool
        Whether the shares themselves must not be above 5 and 0.2 per cent by more than their own chance.
    review : dict
        The first edition's shares in per cent, by test, at `SIZES`; from the review's table.
    """

    name: str
    draw: Draw
    kind: str
    events: str = "persons"
    design_effect: float = 1.0
    levels: tuple[float | None, float | None] = (0.065, 0.004)
    large_trends: float | None = None
    review: dict[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def place_municipalities() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sizes, members of each one's rest (areas x areas) and peers (areas x 8) of 308 municipalities."""
    areas = list(load_catalogue().areas.municipalities())
    regions = np.array([area.region for area in areas])
    rng = np.random.default_rng(1)
    size = np.rint(np.exp(rng.normal(np.log(6_000), 1.1, len(areas)))).clip(200)
    judged = rng.permutation(len(areas))[: sum(_JUDGED)]
    size[judged] = np.repeat(SIZES, _JUDGED)
    rest = regions[:, None] == regions[None, :]
    for region in np.unique(regions):
        inside = regions == region
        city = inside & (size > size[inside].sum() / 2)
        rest[np.ix_(inside, city)] = False
    np.fill_diagonal(rest, False)
    distance = np.abs(np.log(size)[:, None] - np.log(size)[None, :]) + rng.uniform(0, 1e-6, rest.shape)
    np.fill_diagonal(distance, np.inf)
    return size, rest, np.argsort(distance, axis=1)[:, :8]


def judge_country(rng: np.random.Generator, null: Null) -> dict[str, np.ndarray]:
    """Which areas of one drawn country the methods call different or changed."""
    size, rest, peers = place_municipalities()
    persons = np.rint(size[:, None] * np.ones(YEARS.size))
    count = null.draw(rng, persons, YEARS.size)
    floor = null.design_effect
    scatter = estimate_dispersion(count, persons, YEARS, kind=null.kind, floor=floor)
    of_trends = Test(null.kind, confidence=0.998, dispersion=scatter)
    of_comparisons = Test(null.kind, dispersion=scatter if null.events == "events" else floor)
    trend = assess_count_trend(count, persons, YEARS, of_trends)
    x, n = count[:, -1], persons[:, -1]
    others = {"rest": (rest @ x, rest @ n), "peers": (x[peers].sum(axis=1), n[peers].sum(axis=1))}
    found = {"trend": np.isin(trend.verdict, CHANGED)}
    for name, (y, m) in others.items():
        spread = None
        if isinstance(of_comparisons.dispersion, Dispersion):
            each = of_comparisons.dispersion_at(n, x.sum() / n.sum()) * n
            spread = (rest @ each if name == "rest" else each[peers].sum(axis=1)) / m
        verdict = compare_with_areas(x, n, y, m, of_comparisons, spread).verdict
        found[name] = np.isin(verdict, DIFFERENT)
    return found


def judge_values(rng: np.random.Generator, rho: float, length: int, areas: int) -> float:
    """Share of series of correlated normal years that Mann-Kendall calls a trend."""
    values = swing(rng, areas, length, rho)
    return float(np.isin(assess_value_trend(values, np.arange(length)).verdict, CHANGED).mean())


def swing(rng: np.random.Generator, areas: int, years: int, rho: float) -> np.ndarray:
    """Standard normal years of each area, each correlated with the one before; a walk where rho is 1."""
    noise = rng.normal(size=(areas, years))
    if rho == 1:
        return np.cumsum(noise, axis=1)
    for year in range(1, years):
        noise[:, year] = rho * noise[:, year - 1] + np.sqrt(1 - rho**2) * noise[:, year]
    return noise


def find_told(ratio: float, draws: int, seed: int = 5) -> dict[str, float]:
    """Share of true differences of a given ratio to the country that are told, by size.

    Events whose dispersion bends: 0.93 times the expected count to the power 0.31, at 20 per 1 000.
    """
    size, rest, _ = place_municipalities()
    rng, told = np.random.default_rng(seed), {item: [] for item in SIZES}
    for _ in range(draws):
        persons = size[:, None] * np.ones(YEARS.size)
        count = draw_events(0.02, lambda mean: 0.93 * mean**0.31)(rng, persons, YEARS.size)
        test = Test("rate", dispersion=estimate_dispersion(count, persons, YEARS))
        mean = size * 0.02
        own = draw_clustered(rng, mean * ratio, np.maximum(0.93 * mean**0.31, 1.0))
        each = test.dispersion_at(size, 0.02) * size
        m = rest @ size
        verdict = compare_with_areas(own, size, rest @ count[:, -1], m, test, rest @ each / m).verdict
        for item in SIZES:
            told[item].append((verdict[size == item] == "higher").mean())
    return {str(item): round(float(np.mean(shares)), 3) for item, shares in told.items()}


# --- truths -------------------------------------------------------------------------------------------


def draw_persons(share: float, sd: float = 0.0, rho: float = 0.0, is_common: bool = False) -> Draw:
    """Persons, each counted with a probability whose log odds swing by ``sd`` from year to year."""

    def draw(rng: np.random.Generator, persons: np.ndarray, years: int) -> np.ndarray:
        moves = swing(rng, 1 if is_common else len(persons), years, rho) * sd if sd else 0.0
        odds = share / (1 - share) * np.exp(moves)
        return rng.binomial(persons.astype(int), odds / (1 + odds), persons.shape).astype(float)

    return draw


def draw_households(share: float, size: int) -> Draw:
    """Persons of households of one size, which are counted whole."""

    def draw(rng: np.random.Generator, persons: np.ndarray, years: int) -> np.ndarray:
        homes = (persons / size).astype(int)
        return size * rng.binomial(homes, share, persons.shape).astype(float)

    return draw


def draw_staying(share: float, rho: float) -> Draw:
    """Persons of whom the same stay counted: each year a part of those before, and some new ones."""

    def draw(rng: np.random.Generator, persons: np.ndarray, years: int) -> np.ndarray:
        n = persons[:, 0].astype(int)
        count = np.zeros(persons.shape)
        count[:, 0] = rng.binomial(n, share)
        for year in range(1, years):
            before = count[:, year - 1].astype(int)
            stay, come = rho + share * (1 - rho), share * (1 - rho)
            count[:, year] = rng.binomial(before, stay) + rng.binomial(n - before, come)
        return count

    return draw


def draw_events(
    rate: float,
    dispersion: Callable[[np.ndarray], np.ndarray] | float = 1.0,
    sd: float = 0.0,
    rho: float = 0.0,
) -> Draw:
    """Events in clusters, the rate of which may swing."""

    def draw(rng: np.random.Generator, persons: np.ndarray, years: int) -> np.ndarray:
        mean = persons * rate
        if sd:
            mean = mean * np.exp(swing(rng, len(persons), years, rho) * sd - sd**2 / 2)
        d = dispersion(mean) if callable(dispersion) else np.full(mean.shape, dispersion)
        return draw_clustered(rng, mean, np.maximum(d, 1.0))

    return draw


def draw_clustered(rng: np.random.Generator, mean: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Negative binomial counts of a mean and a dispersion; Poisson where it is 1."""
    excess = np.maximum(dispersion - 1, 1e-9)
    return rng.poisson(np.where(dispersion > 1, rng.gamma(mean / excess, excess), mean)).astype(float)


def draw_own_clusters(rate: float, low: float, high: float) -> Draw:
    """Events of which each area has a dispersion of its own."""

    def draw(rng: np.random.Generator, persons: np.ndarray, years: int) -> np.ndarray:
        d = np.linspace(low, high, len(persons))[np.random.default_rng(9).permutation(len(persons))]
        return draw_clustered(rng, persons * rate, d[:, None] * np.ones(years))

    return draw
