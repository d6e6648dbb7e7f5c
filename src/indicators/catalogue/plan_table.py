"""The interface plan as a table: CSV or Excel with one measure on a row.

The columns are those of ``plan.yaml``; several parties, indicators or notes stand in one cell, parted by
semicolons. Merged cells and formulas are refused with the cell: what they show depends on the program that
opens the file.
"""

import datetime as dt
from pathlib import Path
from typing import Any, Final

from openpyxl.utils.cell import coordinate_to_tuple
from pydantic import ValidationError

from indicators.catalogue.cells import Table, read_table
from indicators.catalogue.plan_records import Measure, PlanFile, Target
from indicators.catalogue.workbook import Cell, CellsError, name_place
from indicators.errors import CatalogueError

REQUIRED: Final = ("id", "goal", "parties", "forum", "description_fi", "start", "due", "status")
OPTIONAL: Final = (
    *("description_sv", "description_en", "notes", "indicators", "after"),
    *(f"target_{name}" for name in Target.model_fields),
)
_LISTS: Final = ("parties", "indicators", "after")
_TITLE: Final = {"fi": "Yhdyspintasuunnitelma", "sv": "Gränssnittsplan", "en": "Interface plan"}

Row = dict[str, Any]


def read_plan_table(path: Path) -> tuple[PlanFile, dict[str, int]]:
    """The plan of a table, and the row of each measure.

    Raises
    ------
    CatalogueError
        The table cannot be read, a column is missing or unknown, or a cell does not hold; tells the cell.
    """
    table = _read(path)
    columns = [table.header.get(at, "") for at in range(max(table.header, default=-1) + 1)]
    if not columns:
        raise CatalogueError(path, "(whole file)", "is empty; expected a row of column names")
    _check_columns(path, columns)
    measures, lines = [], {}
    for row in table.rows:
        given = {columns[at]: _plain(path, cell, at, row.number) for at, cell in row.cells.items()}
        measures.append(_to_measure(path, row.number, columns, given))
        lines[measures[-1].id] = row.number
    return PlanFile.model_validate({"title": _TITLE, "measures": measures}), lines


def _read(path: Path) -> Table:
    try:
        table = read_table(path, {*REQUIRED, *OPTIONAL})
    except CellsError as error:
        key = f"cell {error.place}" if error.place else "(whole file)"
        raise CatalogueError(path, key, error.problem, error.row, error.content) from error
    if table.merged:
        problem = "merged cells; write each measure on a row of its own"
        row, _ = coordinate_to_tuple(table.merged[0].partition(":")[0])
        raise CatalogueError(path, f"cells {table.merged[0]}", problem, row)
    return table


def _plain(path: Path, cell: Cell, column: int, row: int) -> Any:
    """What a cell says; a day without its time."""
    formula = cell.formula or (cell.value if str(cell.value).startswith("=") else "")
    if formula:
        problem = "a formula; write the value itself"
        raise CatalogueError(path, f"cell {name_place(column, row)}", problem, row, str(formula))
    return cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value


def _check_columns(path: Path, columns: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        found = ", ".join(columns)
        raise CatalogueError(path, "columns", f"{', '.join(missing)} missing; found {found}", 1, found)
    for name in columns:
        if name and name not in (*REQUIRED, *OPTIONAL):
            known = ", ".join((*REQUIRED, *OPTIONAL))
            raise CatalogueError(path, f"column {name}", f"unknown column; known are {known}", 1, name)
        if name and columns.count(name) > 1:
            raise CatalogueError(path, f"column {name}", "the column is there twice", 1, name)


# --- measures -----------------------------------------------------------------------------------------


def _to_measure(path: Path, line: int, columns: list[str], given: Row) -> Measure:
    shown = "; ".join(str(cell) for cell in given.values())
    try:
        return Measure.model_validate(_to_fields(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = _column_of(first["loc"], columns)
        cell = name_place(columns.index(column), line) if column else f"row {line}"
        key = f"cell {cell} ({column})" if column else cell
        problem = first["msg"].removeprefix("Value error, ")
        if first["type"] != "missing" and not isinstance(first["input"], dict):
            problem += f"; found {first['input']!r}"
        raise CatalogueError(path, key, problem, line, shown) from error
    except ValueError as error:
        raise CatalogueError(path, f"row {line} (notes)", str(error), line, shown) from error


def _to_fields(given: Row) -> Row:
    """The keys of ``plan.yaml`` from a row's cells."""
    fields: Row = {name: given[name] for name in ("id", "forum", "start", "due", "status") if name in given}
    fields |= {"goal": str(given["goal"])} if "goal" in given else {}
    fields |= {name: [_code(item) for item in _split(given[name])] for name in _LISTS if name in given}
    fields |= {"notes": [_to_note(item) for item in _split(given["notes"])]} if "notes" in given else {}
    for name in ("description", "target"):
        parts = {key.removeprefix(f"{name}_"): cell for key, cell in given.items() if f"{name}_" in key}
        fields |= {name: parts} if parts else {}
    return fields


def _split(cell: Any) -> list[Any]:
    return [part.strip() for part in cell.split(";") if part.strip()] if isinstance(cell, str) else [cell]


def _code(item: Any) -> str:
    """A municipality's number as a code: spreadsheets drop leading zeros."""
    return f"{int(item):03d}" if isinstance(item, int | float) or str(item).isdigit() else str(item)


def _to_note(text: Any) -> Row:
    date, _, words = str(text).partition(" ")
    try:
        return {"date": dt.date.fromisoformat(date.rstrip(":")), "text": {"fi": words.strip()}}
    except ValueError:
        raise ValueError(f"a note begins with its date, 2026-05-01; found {text!r}") from None


def _column_of(steps: tuple[Any, ...], columns: list[str]) -> str:
    """The column in which a fault of the record lies; empty where it lies between columns."""
    names = [str(step) for step in steps if isinstance(step, str)]
    for name in ("_".join(names[:2]), names[0] if names else ""):
        if name in columns:
            return name
    return ""
