"""Named checks that every snapshot passes before it is written."""

import datetime as dt
from collections.abc import Container, Mapping
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from indicators.catalogue import Catalogue
from indicators.errors import SnapshotCheckError
from indicators.model import (
    OBSERVATION_COLUMNS,
    OBSERVATION_KEY,
    SEXES,
    STATUSES,
    WORD_COLUMNS,
    SeriesMetadata,
)
from indicators.snapshot.words import map_words

_VALUELESS: Final = ("missing", "suppressed", "not_collected")


def check_observations(
    table: pd.DataFrame, series: Mapping[str, SeriesMetadata], catalogue: Catalogue, created: dt.date
) -> None:
    """Named checks that every snapshot passes before it is written.

    The first that fails raises a SnapshotCheckError with the first offending row.
    """
    words = {name: table[name].astype("category") for name in WORD_COLUMNS}
    # Each word in use is then looked up once.
    table = table.assign(**{name: word.cat.remove_unused_categories() for name, word in words.items()})
    indicators = table["indicator_id"]
    is_undeclared = _is_other(indicators, catalogue.indicators)
    _refuse(table, is_undeclared, "an indicator that the catalogue does not declare")
    _refuse(table, _is_other(indicators, series), "an indicator without series metadata")
    _refuse(table, table.duplicated(list(OBSERVATION_KEY)), "two rows with the same key")
    _refuse(table, _is_other(table["status"], STATUSES), "an unknown status")
    _refuse(table, _is_other(table["sex"], SEXES), "an unknown sex")
    observed = [key for key in indicators.cat.categories if not catalogue.indicators[key].projection]
    is_to_come = (table["year"] > created.year) & ~_is_other(indicators, observed)
    _refuse(table, is_to_come, f"a year after the snapshot's {created.year}")
    valueless = ~_is_other(table["status"], _VALUELESS)
    _refuse(table, table["value"].isna() & ~valueless, "no value, and no status that says why")
    _refuse(table, table["value"].notna() & valueless, "a value under a status that says there is none")
    for name in ("value", "count", "denominator"):
        _refuse(table, np.isinf(table[name]), f"a {name} without end")
    _refuse(table, table["denominator"] <= 0, "a denominator of zero or less")
    _check_areas(table, catalogue)
    _check_ranges(table, catalogue)


def _check_areas(table: pd.DataFrame, catalogue: Catalogue) -> None:
    levels = catalogue.areas.levels
    areas, indicators = table["area_code"].cat, table["indicator_id"].cat
    level_of = [levels.get(code) for code in areas.categories]
    _refuse(table, _is_other(table["area_code"], levels), "an area that is not declared")
    shown = [{*catalogue.indicators[key].levels, "country"} for key in indicators.categories]
    is_hidden = np.array([level not in levels for levels in shown for level in level_of], dtype=bool)
    is_wrong = is_hidden.reshape(len(shown), len(level_of))[indicators.codes, areas.codes]
    _refuse(table, is_wrong, "a level at which the indicator may not be shown")


def _is_other(column: pd.Series, allowed: Container[str]) -> np.ndarray:
    """Where a categorical column has a word that is not allowed, or none. Shape (rows,)."""
    return map_words(column, lambda word: word not in allowed, True)


def _check_ranges(table: pd.DataFrame, catalogue: Catalogue) -> None:
    indicators, value = table["indicator_id"].cat, table["value"].to_numpy(dtype=float)
    units = [catalogue.units[catalogue.indicators[key].unit] for key in indicators.categories]
    for name, is_outside in (("minimum", np.less), ("maximum", np.greater)):
        limits = np.array([getattr(unit, name) for unit in units], dtype=float)  # None becomes NaN
        is_wrong = is_outside(value, limits[indicators.codes])
        _refuse(table, is_wrong, f"a value beyond the unit's {name}")


def _refuse(table: pd.DataFrame, is_wrong: ArrayLike, what: str) -> None:
    wrong = np.asarray(is_wrong, dtype=bool)
    if wrong.any():
        row = table.iloc[wrong.argmax()][list(OBSERVATION_COLUMNS)].to_dict()
        found = ", ".join(f"{key}={value}" for key, value in row.items())
        raise SnapshotCheckError("(new)", f"{int(wrong.sum())} row(s) with {what}; the first: {found}.")
