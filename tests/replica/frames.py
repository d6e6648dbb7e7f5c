"""Observation tables for the replicas: made-up test data, and shifted copies of real rows."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from indicators.model import OBSERVATION_COLUMNS

#: TEST DATA, made up: a few municipalities, their region and county, and the country.
TEST_AREAS = ("179", "435", "931", "992", "091", "MK13", "HVA15", "SSS")


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

    Whole numbers move by the seed, others by a tenth of it; downwards where that stays above zero, so that
    a share stays below a hundred. A seed of 0 changes nothing.
    """
    shifted = frame.copy()
    for name, step in (("value", 0.1 * seed), ("count", float(seed))):
        numbers = frame[name].astype(float)
        is_whole = (numbers.round() == numbers) | numbers.isna()
        steps = np.where(is_whole, float(seed), step)
        has_room = (numbers >= steps) | (numbers < 0)
        shifted[name] = (numbers - np.where(has_room, steps, -steps)).round(6)
    return shifted


def fill_missing(frame: pd.DataFrame, indicator_ids: Iterable[str], areas: Iterable[str]) -> pd.DataFrame:
    """The frame and, for indicators that it lacks, TEST DATA of ten years, so that all can be asked."""
    known = set(frame["indicator_id"].astype(str))
    lacking = tuple(sorted(set(indicator_ids) - known))
    if not lacking:
        return frame
    made_up = make_test_observations(lacking, areas=tuple(sorted(areas)), has_counts=False)
    texts = ["indicator_id", "area_code", "sex", "status", "status_note"]
    return pd.concat([frame.astype(dict.fromkeys(texts, object)), made_up], ignore_index=True)
