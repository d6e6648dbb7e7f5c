"""A replica of a PxWeb service, version 1, as it is after the change of June 2026.

As the service does, it ignores the folder, answers an unknown table, variable or class with 400 and an empty
body, refuses too many cells with 403 and too many calls with 429, and totals a variable that is left out
where it may be.
"""

import itertools
import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from replica.frames import shift_values
from replica.server import Answer, Question, Replica

Cell = tuple[str, ...]


@dataclass
class PxTableReplica:
    """A table.

    Attributes
    ----------
    path : str
        "StatFin/vaerak/11ra".
    title : str
    variables : list of dict
        As the service describes them.
    cells : dict
        Value by one class of each variable, in their order; what is not there is null.
    updated, written : str
        When the figures and the file were updated.
    marks : dict
        The producer's mark ("...", "..", ".") by cell, which stands beside null, or beside the zero of cells
        that hold one.
    """

    path: str
    title: str
    variables: list[dict[str, Any]]
    cells: dict[Cell, float]
    updated: str = "2026-10-01T05:00:00Z"
    written: str = "2026-10-01T08:00:00"
    queries: list[dict[str, list[str]]] = field(default_factory=list)
    marks: dict[Cell, str] = field(default_factory=dict)


class PxWebReplica(Replica):
    """The service.

    Parameters
    ----------
    tables : sequence of PxTableReplica
        What is served.
    max_cells, max_calls, time_window
        Limits, as ``?config`` tells them.
    blocked_seconds : float
        How long calls are refused after too many.
    """

    root = "/PxWeb/api/v1"

    def __init__(
        self,
        tables: Sequence[PxTableReplica],
        max_cells: int = 120_000,
        max_calls: int = 30,
        time_window: int = 10,
        blocked_seconds: float = 60,
        config: dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.tables = {table.path.rpartition("/")[2]: table for table in tables}
        self.max_cells, self.max_calls, self.time_window = max_cells, max_calls, time_window
        self.blocked_seconds = blocked_seconds
        stated = {"maxCalls": max_calls, "timeWindow": time_window, "maxValues": max_cells}
        self.config = stated | {"maxCells": max_cells, "CORS": True} if config is None else config
        self._calls: deque[float] = deque()
        self._blocked_until = 0.0

    def answer(self, question: Question) -> Answer:
        """Route by path, as the service does."""
        if self._is_over_limit():
            return Answer(429)
        language, _, path = question.path.removeprefix(f"{self.root}/").partition("/")
        if language not in ("fi", "sv", "en"):
            return Answer(400)
        if not path and ("config", "") in question.params:
            return Answer.of_json(self.config)
        if path.endswith(".px"):
            table = self.tables.get(path.rpartition("/")[2].removesuffix(".px"))
            if table is None or "gone" in question.faults:
                return Answer(400)
            if question.method == "GET":
                return Answer.of_json(_describe(table, question.faults))
            return self._answer_query(table, question)
        return self._list_folder(path.rstrip("/"))

    def _is_over_limit(self) -> bool:
        with self._lock:
            now = time.monotonic()
            while self._calls and self._calls[0] < now - self.time_window:
                self._calls.popleft()
            self._calls.append(now)
            if len(self._calls) > self.max_calls:
                self._blocked_until = now + self.blocked_seconds
            return now < self._blocked_until

    def _list_folder(self, folder: str) -> Answer:
        found = [table for table in self.tables.values() if table.path.rpartition("/")[0] == folder]
        entries = [
            {
                "id": f"{item.path.rpartition('/')[2]}.px",
                "type": "t",
                "text": item.title,
                "updated": item.written,
            }
            for item in found
        ]
        return Answer.of_json(entries) if entries else Answer(400)

    def _answer_query(self, table: PxTableReplica, question: Question) -> Answer:
        try:
            body = json.loads(question.body)
            chosen = {item["code"]: _select(table, item) for item in body["query"]}
            is_json_stat = body["response"]["format"] == "json-stat2"
        except (ValueError, KeyError, TypeError):
            return Answer(400)
        if not is_json_stat:
            return Answer(400)
        table.queries.append(chosen)
        for variable in table.variables:
            if not variable.get("elimination"):
                chosen.setdefault(variable["code"], variable["values"])
        cells = 1
        for values in chosen.values():
            cells *= len(values)
        return (
            Answer(403)
            if cells > self.max_cells
            else Answer.of_json(_compute(table, chosen, question.faults))
        )


def _select(table: PxTableReplica, item: dict[str, Any]) -> list[str]:
    """Value codes that a selection means; unknown ones raise KeyError, as unknown variables do."""
    variable = {variable["code"]: variable for variable in table.variables}[item["code"]]
    selection, known = item["selection"], variable["values"]
    if selection["filter"] == "all":
        return list(known)
    if selection["filter"] == "top":
        return known[-int(selection["values"][0]) :]
    if selection["filter"] != "item" or not set(selection["values"]) <= set(known):
        raise KeyError(item["code"])
    return [value for value in known if value in selection["values"]]


def _compute(
    table: PxTableReplica, chosen: Mapping[str, list[str]], faults: frozenset[str]
) -> dict[str, Any]:
    shown = [variable for variable in table.variables if variable["code"] in chosen]
    axes = [chosen.get(variable["code"], [_find_total(variable)]) for variable in table.variables]
    cells = list(itertools.product(*axes))
    marks = {str(at): mark for at, cell in enumerate(cells) if (mark := table.marks.get(cell))}
    values: list[Any] = [table.cells.get(cell) for cell in cells]
    for at in map(int, marks):
        values[at] = 0 if values[at] == 0 else None
    place = next((i for i, value in enumerate(values) if value is not None), 0)
    if "duplicate_rows" in faults:
        values.append(values[place])
    if "nan" in faults:
        values[place] = float("nan")
    if "text_number" in faults:
        values[place] = ".."
    return {
        "class": "dataset",
        "label": table.title,
        "source": "Tilastokeskus",
        "updated": "2001-01-01T05:00:00Z" if "past_clock" in faults else table.updated,
        "id": [variable["code"] for variable in shown],
        "size": [len(chosen[variable["code"]]) for variable in shown],
        "dimension": {variable["code"]: _write_dimension(variable, chosen) for variable in shown},
        "arvot" if "renamed_field" in faults else "value": values,
        "role": {"time": [variable["code"] for variable in shown if variable.get("time")]},
        "version": "2.0",
    } | ({"status": marks} if marks else {})


def _find_total(variable: dict[str, Any]) -> str:
    """What stands for a variable that is left out: its total, which every table here holds."""
    return next((value for value in variable["values"] if value == "SSS"), variable["values"][0])


def _write_dimension(variable: dict[str, Any], chosen: Mapping[str, list[str]]) -> dict[str, Any]:
    values = chosen[variable["code"]]
    labels = dict(zip(variable["values"], variable["valueTexts"], strict=True))
    index = {value: place for place, value in enumerate(values)}
    return {
        "label": variable["text"],
        "category": {"index": index, "label": {value: labels[value] for value in values}},
    }


def _describe(table: PxTableReplica, faults: frozenset[str]) -> dict[str, Any]:
    variables = table.variables
    if "renamed_field" in faults:
        variables = [{("arvot" if k == "values" else k): v for k, v in item.items()} for item in variables]
    return {"title": table.title, "variables": variables}


def write_area(code: str) -> str:
    """The service's value code of an area."""
    return f"KU{code}" if code.isdecimal() else code


def make_table(
    path: str,
    observations: pd.DataFrame,
    contents: Mapping[str, tuple[str, str, str]],
    *,
    seed: int = 0,
    classes: Mapping[str, Mapping[str, str]] | None = None,
    codes: Mapping[str, str] | None = None,
    is_monthly: bool = False,
    months_of_last_year: int = 12,
    has_prefix: bool = True,
    updated: str = "2026-10-01T05:00:00Z",
) -> PxTableReplica:
    """A table from columns of an observation table.

    Parameters
    ----------
    path : str
        "StatFin/vaerak/11ra".
    observations : DataFrame
        The observation table.
    contents : mapping
        By content code: label, indicator id and the column that is served.
    seed : int
        Shifts every value.
    classes : mapping, optional
        Further variables by text: labels by value code; the first is the total and holds the figures, the
        others hold decoys.
    codes : mapping, optional
        Code of a variable by its text; the codes after the change of June 2026 by default.
    is_monthly : bool
        Each year's figure is served for its months.
    months_of_last_year : int
        How many months the last year has.
    has_prefix : bool
        Municipalities are KU and three digits, else three digits alone.
    updated : str
        When the figures were updated.
    """
    shifted = shift_values(observations, seed)
    shifted = shifted[shifted["sex"] == "total"]
    years = sorted({int(year) for year in shifted["year"]})
    months = {year: 12 if year != years[-1] else months_of_last_year for year in years}
    periods = {
        year: [f"{year}M{month:02}" for month in range(1, months[year] + 1)] if is_monthly else [str(year)]
        for year in years
    }
    write = write_area if has_prefix else str
    variables = _make_variables(shifted, contents, classes or {}, codes or {}, periods, write)
    cells: dict[Cell, float] = {}
    for content, (_, indicator_id, column) in contents.items():
        rows = shifted[(shifted["indicator_id"] == indicator_id) & shifted[column].notna()]
        for area, year, value in zip(rows["area_code"], rows["year"], rows[column], strict=True):
            for period in periods[int(year)]:
                for extra in itertools.product(*(classes or {}).values()):
                    is_total = all(
                        value_code == next(iter(labels))
                        for value_code, labels in zip(extra, (classes or {}).values(), strict=True)
                    )
                    key = (period, write(str(area)), *extra, content)
                    cells[key] = float(value) if is_total else 98765.4
    return PxTableReplica(path, f"Taulukko {path}", variables, cells, updated)


def _make_variables(
    frame: pd.DataFrame,
    contents: Mapping[str, tuple[str, str, str]],
    classes: Mapping[str, Mapping[str, str]],
    codes: Mapping[str, str],
    periods: Mapping[int, list[str]],
    write: Any,
) -> list[dict[str, Any]]:
    period_codes = list(itertools.chain.from_iterable(periods.values()))
    is_monthly = any("M" in code for code in period_codes)
    time_text = "Kuukausi" if is_monthly else "Vuosi"
    areas = sorted({write(str(code)) for code in frame["area_code"]})
    time = _write_variable(
        codes.get(time_text, "timeperiod_m" if is_monthly else "timeperiod_y"), time_text,
        {code: code for code in period_codes},
    ) | {"time": True}  # fmt: skip
    area = _write_variable(codes.get("Alue", "alue_23_20260101"), "Alue", {code: code for code in areas})
    extras = [
        _write_variable(codes.get(text, f"luokitus_{place}_20260101"), text, labels) | {"elimination": True}
        for place, (text, labels) in enumerate(classes.items())
    ]
    labels = {code: label for code, (label, *_) in contents.items()}
    return [time, area, *extras, _write_variable(codes.get("Tiedot", "contentscode"), "Tiedot", labels)]


def _write_variable(code: str, text: str, labels: Mapping[str, str]) -> dict[str, Any]:
    return {"code": code, "text": text, "values": list(labels), "valueTexts": list(labels.values())}
