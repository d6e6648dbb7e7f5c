"""Observation tables for the replicas: made-up test data, and shifted copies of real rows."""

import zlib

import numpy as np
import pandas as pd

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator, Unit
from indicators.model import OBSERVATION_COLUMNS

#: TEST DATA, made up: a few municipalities, their region and county, and the country.
TEST_AREAS = ("179", "435", "931", "992", "091", "MK13", "HVA15", "SSS")
#: Written into every made-up row, where the table is read as such.
TEST_NOTE = "TEST DATA, made up"
#: Where made-up figures of a unit lie; those of other units, in the lower half of the unit's range.
TYPICAL = {
    "percent": (8, 45),
    "percent_open": (5, 60),
    "per_1000": (3, 30),
    "per_1000_same_age": (5, 60),
    "offences_per_1000": (1, 25),
    "per_10000": (5, 60),
    "per_10000_same_age": (20, 200),
    "per_100000": (60, 400),
    "per_100000_same_age": (60, 900),
    "net_per_1000": (-12, 12),
    "euro": (18_000, 40_000),
    "euro_per_resident": (500, 4_000),
    "persons": (300, 30_000),
    "mean_1_5": (3.2, 3.8),
    "gini": (22, 32),
    "dependency_ratio": (55, 95),
    "index_country_100": (80, 140),
    "education_index": (200, 400),
    "index_0_1": (0.5, 0.9),
}


def make_test_observations(
    indicator_ids: tuple[str, ...] = ("sotkanet:181",),
    years: range = range(2015, 2025),
    areas: tuple[str, ...] = TEST_AREAS,
    sexes: tuple[str, ...] = ("total",),
    has_counts: bool = True,
) -> pd.DataFrame:
    """TEST DATA: made-up figures that differ in every cell; one cell in thirty-one has none."""
    index = pd.MultiIndex.from_product(
        [indicator_ids, areas, years, sexes], names=["indicator_id", "area_code", "year", "sex"]
    )
    frame = index.to_frame(index=False)
    place = np.arange(len(frame))
    frame["value"] = np.where(place % 31 == 30, np.nan, 1 + place % 97 / 2 + place / 1000).round(3)
    frame["denominator"] = np.where(has_counts, 1000.0 + place, np.nan)
    frame["count"] = np.where(has_counts, 10.0 + place % 500, np.nan)
    frame.loc[frame["value"].isna(), ["count", "denominator"]] = np.nan
    frame["status"] = np.where(frame["value"].isna(), "missing", "normal")
    frame["status_note"] = ""
    return frame[list(OBSERVATION_COLUMNS)]


def shift_values(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A copy whose values and counts differ from the original's in every cell, and stay plausible.

    Whole numbers move by the seed, others by a tenth of it, or a hundredth where they are below one;
    downwards where that stays above zero, so that a share stays below a hundred. A seed of 0 changes nothing.
    """
    shifted = frame.copy()
    for name, step in (("value", 0.1 * seed), ("count", float(seed))):
        numbers = frame[name].astype(float)
        is_whole = (numbers.round() == numbers) | numbers.isna()
        steps = np.select([is_whole, numbers.abs() < 1], [float(seed), step / 10], step)
        has_room = (numbers >= steps) | (numbers < 0)
        shifted[name] = (numbers - np.where(has_room, steps, -steps)).round(6)
    return shifted


def fill_missing(frame: pd.DataFrame, catalogue: Catalogue, years: range = range(2015, 2025)) -> pd.DataFrame:
    """The frame and TEST DATA for the declared indicators that it lacks, so that all can be asked.

    The made-up figures lie inside the unit's range and where the unit's figures usually are: each area has
    a level of its own, a slow trend and a little noise. They say of themselves that they are test data.
    """
    known = set(frame["indicator_id"].astype(str))
    population = _read_population(frame)
    made_up = [
        _make_up(indicator, catalogue, years, population)
        for indicator in catalogue.indicators.values()
        if indicator.id not in known
    ]
    texts = ["indicator_id", "area_code", "sex", "status", "status_note"]
    return pd.concat([frame.astype(dict.fromkeys(texts, object)), *made_up], ignore_index=True)


def _make_up(indicator: Indicator, catalogue: Catalogue, years: range, population: pd.Series) -> pd.DataFrame:
    areas = [area.code for area in catalogue.areas if area.level in {*indicator.levels, "country"}]
    unit = catalogue.units[indicator.unit]
    rng = np.random.default_rng(zlib.crc32(indicator.id.encode()))
    level, trend = rng.uniform(0.2, 0.8, (len(areas), 1)), rng.uniform(-0.15, 0.15, (len(areas), 1))
    noise = rng.normal(0, 0.02, (len(areas), len(years)))
    place = np.clip(level + trend * np.linspace(0, 1, len(years)) + noise, 0, 1)
    lowest, highest = _find_typical(unit)
    index = pd.MultiIndex.from_product([areas, years], names=["area_code", "year"])
    table = index.to_frame(index=False).assign(indicator_id=indicator.id, sex="total")
    # Ratios are never whole: whole numbers are shifted otherwise.
    digits = 0 if unit.is_additive else max(indicator.decimals, 1) + 1
    value = (lowest + place * (highest - lowest)).ravel().round(digits)
    is_whole_ratio = (digits > 0) & (value == value.round())
    table["value"] = value + np.where(is_whole_ratio, 10.0**-digits, 0)
    table["denominator"] = population.reindex(index).to_numpy() if unit.multiplier else np.nan
    table["count"] = (table["value"] * table["denominator"] / (unit.multiplier or 1)).round()
    table["status"], table["status_note"] = "normal", TEST_NOTE
    return table[list(OBSERVATION_COLUMNS)]


def _find_typical(unit: Unit) -> tuple[float, float]:
    lowest = unit.minimum or 0
    spread = (lowest + 100 if unit.maximum is None else unit.maximum) - lowest
    return TYPICAL.get(unit.id, (lowest + 0.1 * spread, lowest + 0.5 * spread))


def _read_population(frame: pd.DataFrame) -> pd.Series:
    """Population by area and year, for the counts behind made-up rates."""
    rows = frame[frame["indicator_id"].astype(str) == "statfin:population"]
    return rows.astype({"area_code": str}).set_index(["area_code", "year"])["value"]
