"""Reads Sotkanet's data rows, in both dialects, and keeps what was asked.

The service answers with flat rows. The present dialect has numbers under ``value`` and ``absValue``; an
older one has texts under ``primary value`` and ``absolute value``, with a comma or a point as decimal mark.
Region filters are ignored by the service, so the rows are filtered here.
"""

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.errors import ResponseFormatError
from indicators.model import SEXES
from indicators.sources.observations import build_observations

_KEYS: Final = ("indicator", "region", "year", "gender")
_ROW_KEY: Final = ["area_code", "year", "sex"]
_VALUE: Final = ("value", "primary value")
_COUNT: Final = ("absValue", "absolute value")
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?")
_WHOLE: Final = re.compile(r"[0-9]{1,9}")

Row = dict[str, Any]


@dataclass(frozen=True)
class RowRequest:
    """What was asked of the service, by which the rows are filtered.

    Attributes
    ----------
    indicator_id : str
        The catalogue's indicator.
    key : int
        Sotkanet's number of the indicator.
    url : str
        The address asked, for messages.
    years, sexes : frozenset
        What was asked.
    area_codes : mapping of int to str
        Area code by Sotkanet's region id, of the areas that are kept.
    is_count : bool
        The indicator is itself a count: where no row has a value, the count is the value.
    """

    indicator_id: str
    key: int
    url: str
    years: frozenset[int]
    sexes: frozenset[str]
    area_codes: Mapping[int, str]
    is_count: bool = False


def read_rows(answer: object, request: RowRequest) -> pd.DataFrame:
    """Observations of the asked areas, years and sexes.

    Rows of other areas, years and sexes are left out. A row without a value has the status ``missing``.

    Parameters
    ----------
    answer : object
        The service's parsed JSON: a list of rows.
    request : RowRequest
        What was asked.

    Returns
    -------
    DataFrame
        The observation table: one row per area, year and sex; ``count`` is the service's ``absValue``.

    Raises
    ------
    ResponseFormatError
        The answer is no list of rows, a field is missing or has another name, a number is no number, a row
        is of another indicator, or two rows contradict each other.
    """
    rows = _check_rows(answer, request)
    indicators, regions, years, sexes = (_read_key(rows, name, request) for name in _KEYS)
    if strange := set(indicators) - {request.key}:
        raise _error(request, f"rows of indicator {min(strange)}; expected {request.key} alone")
    if unknown := set(sexes) - set(SEXES):
        raise _error(request, f"rows of gender {min(unknown)!r}; expected {', '.join(SEXES)}")
    kept = [
        index
        for index, (region, year, sex) in enumerate(zip(regions, years, sexes, strict=True))
        if region in request.area_codes and year in request.years and sex in request.sexes
    ]
    columns: dict[str, Any] = {
        "area_code": [request.area_codes[regions[index]] for index in kept],
        "year": [years[index] for index in kept],
        "sex": [sexes[index] for index in kept],
        "value": _read_numbers(rows, kept, _VALUE, request),
        "count": _read_numbers(rows, kept, _COUNT, request),
    }
    keys = zip(*(columns[name] for name in _ROW_KEY), strict=True)
    if len(set(keys)) < len(kept):
        columns = _drop_doubles(pd.DataFrame(columns), request)
    if request.is_count and np.isnan(columns["value"]).all():
        columns["value"] = columns["count"]
    return build_observations(request.indicator_id, **columns)


def _drop_doubles(table: pd.DataFrame, request: RowRequest) -> dict[str, Any]:
    """Columns without word-for-word doubles."""
    table = table.drop_duplicates()
    twice = table[table.duplicated(_ROW_KEY, keep=False)].sort_values(_ROW_KEY)
    if not twice.empty:
        found = twice.head(2).to_dict("records")
        raise _error(request, f"two rows contradict each other: {found}")
    return {name: table[name].to_numpy() for name in table.columns}


def _check_rows(answer: object, request: RowRequest) -> list[Row]:
    if not isinstance(answer, list):
        raise _error(request, f"found {_describe(answer)}; expected a list of rows")
    known = {*_KEYS, *_VALUE, *_COUNT}
    for index, row in enumerate(answer):
        if not isinstance(row, dict):
            problem = f"found {_describe(row)} among the rows; expected fields {', '.join(_KEYS)}"
            raise _error(request, problem)
        # An unknown field and no value: the value's field was probably given another name.
        if row.keys() - known and not row.keys() & set(_VALUE):
            strange = min(row.keys() - known)
            raise _error(request, f"row {index} has no 'value' but an unknown field {strange!r}")
    return answer


def _read_key(rows: list[Row], name: str, request: RowRequest) -> list[Any]:
    """A field of each row: the sex as text, others as whole numbers, which may be written as text."""
    try:
        column = [row[name] for row in rows]
    except KeyError:
        index = next(i for i, row in enumerate(rows) if name not in row)
        found = ", ".join(map(str, rows[index]))
        raise _error(request, f"row {index} has no field {name!r}; found {found}") from None
    kind = str if name == "gender" else int
    if set(map(type, column)) <= {kind}:  # the usual case
        return column
    for index, item in enumerate(column):
        if kind is int and isinstance(item, str) and _WHOLE.fullmatch(item.strip()):
            column[index] = int(item)
        elif type(item) is not kind:
            raise _error(request, f"row {index}: {name} is {item!r}")
    return column


def _read_numbers(
    rows: list[Row], kept: Sequence[int], names: tuple[str, str], request: RowRequest
) -> np.ndarray:
    new, old = names
    column = [rows[index].get(new, rows[index].get(old)) for index in kept]
    if set(map(type, column)) <= {float, int, type(None)}:  # the usual case, all at once
        with contextlib.suppress(OverflowError):  # a whole number too large is told below
            numbers = np.array(column, dtype=float)
            if np.isfinite(numbers).sum() == len(column) - column.count(None):
                return numbers
    numbers = np.array([_to_number(item) for item in column], dtype=float)
    if np.isinf(numbers).any():
        at = int(np.isinf(numbers).argmax())
        raise _error(request, f"row {kept[at]}: {new} is {column[at]!r}; expected a number")
    return numbers


def _to_number(item: Any) -> float:
    """A number; NaN for null and empty text, infinity for what is none."""
    if item is None or (isinstance(item, str) and not item.strip()):
        return math.nan
    if isinstance(item, str) and _NUMBER.fullmatch(item.strip()):
        item = float(item.strip().replace(",", "."))
    with contextlib.suppress(OverflowError):
        if type(item) in (int, float) and math.isfinite(item):
            return float(item)
    return math.inf


def _describe(content: object) -> str:
    if isinstance(content, dict):
        return f"an object with {', '.join(map(str, list(content)[:5])) or 'no fields'}"
    return f"a {type(content).__name__}"


def _error(request: RowRequest, problem: str) -> ResponseFormatError:
    return ResponseFormatError("sotkanet", request.url, problem)
