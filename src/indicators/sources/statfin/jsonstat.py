"""Reads a json-stat2 dataset into an array with named axes.

Covers what PxWeb sends: one dataset, categories as a map or a list, values as a list or a map of position to
value, null for missing, and the producer's marks of missing figures. Anything else is refused by name.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.errors import ResponseFormatError


class Gap(IntEnum):
    """Why there is no figure; where several reasons meet, the greatest is told."""

    NONE = 0
    UNSAID = 1
    NOT_AVAILABLE = 2
    NOT_MEANINGFUL = 3
    HIDDEN = 4


#: The producer's marks, which stand in ``status`` beside null or, for some hidden figures, beside a zero. A
#: dash says that there are none, and goes with a zero; beside null it is no number.
_MARKS: Final = {"..": Gap.NOT_AVAILABLE, ".": Gap.NOT_MEANINGFUL, "...": Gap.HIDDEN}


@dataclass(frozen=True)
class Cube:
    """A dataset.

    Attributes
    ----------
    categories : dict of str to list of str
        Value codes of each dimension; the order of dimensions is that of the array's axes.
    values : ndarray of float
        NaN where the provider has no value.
    gaps : ndarray of int
        `Gap` of each value.
    updated : str or None
        When the provider updated the table.
    """

    categories: dict[str, list[str]]
    values: np.ndarray
    gaps: np.ndarray
    updated: str | None

    def add_up(self, *names: str) -> pd.DataFrame:
        """``value`` and ``gap`` by the named dimensions, added up over the others.

        A sum that lacks a part is NaN.
        """
        axes = tuple(axis for axis, name in enumerate(self.categories) if name not in names)
        kept = [name for name in self.categories if name in names]
        index = pd.MultiIndex.from_product([self.categories[name] for name in kept], names=kept)
        columns = {"value": self.values.sum(axis=axes).ravel(), "gap": self.gaps.max(axis=axes).ravel()}
        return pd.DataFrame(columns, index).reorder_levels([*names])


def read_cube(answer: object, url: str) -> Cube:
    """Read a parsed json-stat2 answer.

    Raises
    ------
    ResponseFormatError
        The answer is no json-stat2 dataset, its parts do not fit each other, or a value is no number.
    """
    if not isinstance(answer, dict) or answer.get("class") != "dataset":
        found = ", ".join(map(str, list(answer)[:5])) if isinstance(answer, dict) else type(answer).__name__
        raise ResponseFormatError("statfin", url, f"found {found}; expected a json-stat2 dataset")
    names, dimensions = answer.get("id"), answer.get("dimension")
    if not (
        isinstance(names, list)
        and names
        and all(isinstance(name, str) for name in names)
        and isinstance(dimensions, dict)
    ):
        raise ResponseFormatError("statfin", url, "the dataset has no 'id' or 'dimension'")
    categories = {name: _read_categories(dimensions.get(name), name, url) for name in names}
    sizes = [len(codes) for codes in categories.values()]
    if answer.get("size") != sizes or len(categories) != len(names):
        problem = f"size is {answer.get('size')}, but the categories number {sizes}"
        raise ResponseFormatError("statfin", url, problem)
    values = _read_values(answer.get("value"), math.prod(sizes), url)
    gaps = _read_gaps(answer.get("status"), values, url)
    values[gaps > 0] = math.nan  # a zero under a mark is no zero
    updated = answer.get("updated")
    updated = updated if isinstance(updated, str) else None
    return Cube(categories, values.reshape(sizes), gaps.reshape(sizes), updated)


def _read_categories(dimension: object, name: str, url: str) -> list[str]:
    category = dimension.get("category") if isinstance(dimension, dict) else None
    index = category.get("index") if isinstance(category, dict) else None
    if index is None and isinstance(category, dict) and isinstance(category.get("label"), dict):
        index = list(category["label"])  # allowed where there is but one
        codes = index if len(index) == 1 else None
    elif isinstance(index, dict):
        ordered = sorted(index.items(), key=lambda item: str(item[1]).zfill(9))
        codes = [code for code, _ in ordered] if [n for _, n in ordered] == list(range(len(index))) else None
    else:
        codes = index if isinstance(index, list) else None
    if not codes or not all(isinstance(code, str) for code in codes) or len(set(codes)) != len(codes):
        raise ResponseFormatError("statfin", url, f"dimension {name!r} has no usable categories")
    return codes


def _read_values(values: object, length: int, url: str) -> np.ndarray:
    if isinstance(values, dict):
        values = _spread(values, length, url)
    if not isinstance(values, list) or len(values) != length:
        found = f"{len(values)} values" if isinstance(values, list) else "no 'value'"
        raise ResponseFormatError("statfin", url, f"found {found}; expected {length}")
    return np.array([_to_number(value, place, url) for place, value in enumerate(values)], dtype=float)


def _read_gaps(marks: object, values: np.ndarray, url: str) -> np.ndarray:
    """The gap of each value: by the producer's mark, else by the value's absence."""
    if isinstance(marks, dict):
        marks = _spread(marks, len(values), url)
    elif marks is None or isinstance(marks, str):
        marks = [marks] * len(values)
    if not isinstance(marks, list) or len(marks) != len(values):
        raise ResponseFormatError("statfin", url, f"'status' does not fit the {len(values)} values")
    known = [_MARKS.get(mark.strip(), Gap.NONE) if isinstance(mark, str) else Gap.NONE for mark in marks]
    gaps = np.array(known, dtype=np.int8)
    return np.where((gaps == Gap.NONE) & np.isnan(values), np.int8(Gap.UNSAID), gaps)


def _spread(values: dict[str, Any], length: int, url: str) -> list[Any]:
    """A list of all values from a map that leaves out the missing ones."""
    places = {key: int(key) for key in values if key.isascii() and key.isdecimal()}
    if len(set(places.values())) != len(values) or any(place >= length for place in places.values()):
        raise ResponseFormatError("statfin", url, f"a value's place is not within the {length} cells")
    spread: list[Any] = [None] * length
    for key, place in places.items():
        spread[place] = values[key]
    return spread


def _to_number(value: Any, place: int, url: str) -> float:
    if value is None:
        return math.nan
    try:
        if type(value) in (int, float) and math.isfinite(number := float(value)):
            return number
    except OverflowError:
        pass
    raise ResponseFormatError("statfin", url, f"value {place} is {value!r}; expected a number or null")
