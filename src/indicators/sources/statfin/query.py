"""What is asked of a PxWeb table, split into queries under the service's limit, and proved by the answer."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from indicators.errors import ResponseFormatError
from indicators.sources.statfin.jsonstat import Cube
from indicators.sources.statfin.periods import read_period


@dataclass(frozen=True)
class Figures:
    """Figures of a table.

    Attributes
    ----------
    table : DataFrame
        One row per area and period or year, which are its index. ``value`` is NaN where there is none, and
        ``gap`` says why: `indicators.sources.statfin.jsonstat.Gap`.
    updated : str or None
        When the provider updated the table.
    provisional : frozenset of int
        Running years, and those that the provider marks as preliminary.
    """

    table: pd.DataFrame
    updated: str | None
    provisional: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PxRequest:
    """One figure of a table for some areas and periods; hashable, so that equal ones are asked once.

    Attributes
    ----------
    url : str
        The table's address.
    area, time : str
        Codes of the variables.
    areas : tuple of (str, str)
        Value code and our code of each area.
    periods : tuple of str
        Value codes of the periods.
    choices : tuple of (str, tuple of str)
        Variable code and value codes of all other variables that are asked; figures of several are added up.
    """

    url: str
    area: str
    time: str
    areas: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...]

    def split(self, max_cells: int, years_per_query: int | None) -> "Iterator[PxRequest]":
        """Requests of at most so many cells and years, in order of time."""
        per_cell = math.prod(len(values) for _, values in self.choices)
        per_area = max(1, min(len(self.areas), max_cells // per_cell))
        per_query = max(1, max_cells // (per_area * per_cell))
        if years_per_query is not None and self.periods:
            per_query = min(per_query, years_per_query * read_period(self.periods[0])[1])
        for first in range(0, len(self.periods), per_query):
            for start in range(0, len(self.areas), per_area):
                areas, periods = self.areas[start : start + per_area], self.periods[first : first + per_query]
                yield replace(self, areas=areas, periods=periods)

    def build_body(self) -> dict[str, Any]:
        """The query as the service takes it."""
        chosen = {self.area: [value for value, _ in self.areas], self.time: list(self.periods)}
        chosen |= {code: list(values) for code, values in self.choices}
        query = [
            {"code": code, "selection": {"filter": "item", "values": values}}
            for code, values in chosen.items()
        ]
        return {"query": query, "response": {"format": "json-stat2"}}

    def read_answer(self, cube: Cube) -> Figures:
        """Figures by our area code and period code.

        Raises
        ------
        ResponseFormatError
            The answer is not of what was asked.
        """
        asked = {self.area: {value for value, _ in self.areas}, self.time: set(self.periods)}
        asked |= {code: set(values) for code, values in self.choices}
        for name, categories in cube.categories.items():
            if name in asked and set(categories) != asked[name]:
                raise self._mismatch(name, set(categories) ^ asked[name])
            if name not in asked and len(categories) > 1:
                raise self._mismatch(name, set(categories))
        if missing := asked.keys() - cube.categories.keys():
            raise ResponseFormatError("statfin", self.url, f"the answer lacks variable {min(missing)!r}")
        table = cube.add_up(self.area, self.time).rename(dict(self.areas), level=self.area)
        return Figures(table.rename_axis(["area", "period"]), cube.updated)

    def _mismatch(self, name: str, values: set[str]) -> ResponseFormatError:
        problem = f"the answer is not of what was asked: variable {name!r} differs in {sorted(values)[:5]}"
        return ResponseFormatError("statfin", self.url, problem)


def join_answers(answers: list[Figures]) -> Figures:
    """All figures from the answers of a split request."""
    empty = pd.MultiIndex.from_arrays([[], []], names=["area", "period"])
    tables = [item.table for item in answers] or [pd.DataFrame({"value": [], "gap": []}, empty)]
    return Figures(pd.concat(tables), answers[0].updated if answers else None)
