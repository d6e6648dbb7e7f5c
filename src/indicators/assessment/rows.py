"""An area's assessment as typed records: made of the table and the panels once, read by all that tells them.

Missing numbers are None, years and counts of areas whole numbers, words text.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from indicators.assessment.columns import COLUMNS, Column, Row
from indicators.assessment.panel import ABSENT, Panel
from indicators.model import STATUSES


@dataclass(frozen=True, slots=True)
class YearFigure:
    """One year of an indicator in an area, with its comparators; None where a number is missing.

    Attributes
    ----------
    value : float or None
        In the indicator's unit.
    count, denominator : float or None
    status, status_note : str
        As in the observations.
    region_value : float or None
        The area's region in the same year.
    median : float or None
        Of the ``n_areas`` municipalities with a value.
    country_value : float or None
        The whole country in the same year.
    """

    year: int
    value: float | None
    count: float | None
    denominator: float | None
    status: str
    status_note: str
    region_value: float | None
    median: float | None
    n_areas: int
    country_value: float | None = None


class KnownRow(Row):
    """A row with a figure: what `is_known` and `is_current` tell a type checker of a `Row`; never made."""

    year: int
    value: float


class KnownYear(YearFigure):
    """A year with a figure, as `list_known` tells of them; never made."""

    value: float


def is_known(row: Row) -> TypeGuard[KnownRow]:
    """Whether the row has a figure."""
    return row.value is not None


def is_current(row: Row) -> TypeGuard[KnownRow]:
    """Whether the row has a figure that is not old."""
    return row.value is not None and not row.is_old


def list_known(years: Iterable[YearFigure]) -> list[KnownYear]:
    """The years with a figure."""
    return [item for item in years if _has_value(item)]


def _has_value(item: YearFigure) -> TypeGuard[KnownYear]:
    return item.value is not None


class RowReader:
    """Makes the rows of any area of one table, which it has taken apart into arrays once.

    Parameters
    ----------
    table : DataFrame
        Columns `indicators.assessment.columns.COLUMNS`; an area's rows stand together.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self._columns = [_reader(column, table[column.name]) for column in COLUMNS]
        areas = table["area_code"].cat
        codes, starts, counts = np.unique(areas.codes.to_numpy(), return_index=True, return_counts=True)
        words = areas.categories
        self._places = {
            words[code]: slice(start, start + n) for code, start, n in zip(codes, starts, counts, strict=True)
        }

    def read(self, area_code: str) -> tuple[Row, ...]:
        """The area's rows in the table's order; none of an area that the table has not."""
        place = self._places.get(area_code)
        return () if place is None else tuple(map(Row, *(read(place) for read in self._columns)))

    def read_all(self) -> Iterator[Row]:
        """The rows of all areas."""
        return map(Row, *(read(slice(None)) for read in self._columns))


def _reader(declared: Column, column: pd.Series) -> Callable[[slice], list[Any]]:
    """What gives a part of a column as Python's own values."""
    if declared.kind is str:
        words, codes = np.array([*column.cat.categories, ""], dtype=object), column.cat.codes.to_numpy()
        return lambda place: words[codes[place]].tolist()
    if declared.kind in (int, bool):
        values = column.to_numpy()
        return lambda place: values[place].tolist()
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    if declared.kind == int | None:
        return lambda place: [None if item != item else int(item) for item in numbers[place].tolist()]
    return lambda place: _numbers(numbers[place])


def list_years(panel: Panel, area_code: str) -> tuple[YearFigure, ...]:
    """The years of one area of which the snapshot has a row, in order."""
    at = panel.index.codes.index(area_code)
    shown = np.flatnonzero(panel.status[at] != ABSENT)
    region, country = panel.index.region[at], panel.index.country[at]
    n = len(shown)
    columns = (
        panel.years[shown].tolist(),
        *(_numbers(matrix[at, shown]) for matrix in (panel.value, panel.count, panel.denominator)),
        [STATUSES[item] for item in panel.status[at, shown].tolist()],
        panel.note[at, shown].tolist(),
        _numbers(panel.value[region, shown]) if region >= 0 else [None] * n,
        _numbers(panel.spread.median[shown]),
        panel.spread.n[shown].tolist(),
        _numbers(panel.value[country, shown]) if country >= 0 else [None] * n,
    )
    return tuple(map(YearFigure, *columns))


def _numbers(values: np.ndarray) -> list[float | None]:
    return [None if item != item else item for item in values.tolist()]
