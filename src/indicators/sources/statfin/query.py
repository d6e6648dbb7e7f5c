"""What is asked of a PxWeb table, split into queries under the service's limit, and proved by the answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from indicators.errors import ResponseFormatError
from indicators.sources.statfin.jsonstat import Cube
from indicators.sources.statfin.periods import read_period
from indicators.sources.statfin.table import PxTable


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
    choices : tuple of (str, str)
        Variable code and value code of all other variables that are asked.
    """

    url: str
    area: str
    time: str
    areas: tuple[tuple[str, str], ...]
    periods: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]

    def split(self, max_cells: int, years_per_query: int | None) -> "Iterator[PxRequest]":
        """Requests of at most so many cells and years, in order of time."""
        per_area = max(1, min(len(self.areas), max_cells))
        per_query = max(1, max_cells // per_area)
        if years_per_query is not None and self.periods:
            per_query = min(per_query, years_per_query * read_period(self.periods[0])[1])
        for first in range(0, len(self.periods), per_query):
            for start in range(0, len(self.areas), per_area):
                yield PxRequest(
                    self.url,
                    self.area,
                    self.time,
                    self.areas[start : start + per_area],
                    self.periods[first : first + per_query],
                    self.choices,
                )

    def build_body(self) -> dict[str, Any]:
        """The query as the service takes it."""
        chosen = {self.area: [value for value, _ in self.areas], self.time: list(self.periods)}
        chosen |= {code: [value] for code, value in self.choices}
        query = [
            {"code": code, "selection": {"filter": "item", "values": values}}
            for code, values in chosen.items()
        ]
        return {"query": query, "response": {"format": "json-stat2"}}

    def read_answer(self, cube: Cube) -> pd.DataFrame:
        """Figures by our area code and period code.

        Raises
        ------
        ResponseFormatError
            The answer is not of what was asked.
        """
        asked = {self.area: {value for value, _ in self.areas}, self.time: set(self.periods)}
        asked |= {code: {value} for code, value in self.choices}
        for name, categories in cube.categories.items():
            if name in asked and set(categories) != asked[name]:
                raise self._mismatch(name, set(categories) ^ asked[name])
            if name not in asked and len(categories) > 1:
                raise self._mismatch(name, set(categories))
        if missing := asked.keys() - cube.categories.keys():
            raise ResponseFormatError("statfin", self.url, f"the answer lacks variable {min(missing)!r}")
        codes = dict(self.areas)
        rows = [codes[value] for value in cube.categories[self.area]]
        values = cube.select(self.area, self.time)
        return pd.DataFrame(values, index=rows, columns=cube.categories[self.time])

    def _mismatch(self, name: str, values: set[str]) -> ResponseFormatError:
        problem = f"the answer is not of what was asked: variable {name!r} differs in {sorted(values)[:5]}"
        return ResponseFormatError("statfin", self.url, problem)


def join_answers(answers: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of figures from the answers of a split request."""
    by_periods: dict[tuple[str, ...], list[pd.DataFrame]] = {}
    for answer in answers:
        by_periods.setdefault(tuple(answer.columns), []).append(answer)
    if not by_periods:
        return pd.DataFrame(dtype=float)
    return pd.concat([pd.concat(parts) for parts in by_periods.values()], axis=1)


def build_request(
    table: PxTable, areas: dict[str, str], periods: list[str], choices: dict[str, str]
) -> PxRequest:
    """A request of one figure of a table."""
    return PxRequest(
        table.url,
        table.area.code,
        table.time.code,
        tuple(sorted(areas.items())),
        tuple(periods),
        tuple(sorted(choices.items())),
    )
