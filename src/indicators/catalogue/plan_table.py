"""The interface plan as a table: CSV or Excel with one measure on a row.

The columns are those of ``plan.yaml``; several parties, indicators or notes stand in one cell, parted by
semicolons. Merged cells and formulas are refused with the cell: what they show depends on the program that
opens the file.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import ValidationError

from indicators.catalogue.plan_records import Measure, PlanFile
from indicators.errors import CatalogueError

REQUIRED: Final = ("id", "goal", "parties", "forum", "description_fi", "start", "due", "status")
OPTIONAL: Final = (
    "description_sv",
    "description_en",
    "notes",
    "indicators",
    "after",
    "target_year",
    "target_value",
    "target_low",
    "target_high",
    "target_direction",
    "target_indicator",
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
    rows = list(_read_csv(path) if path.suffix.lower() == ".csv" else _read_excel(path))
    if not rows:
        raise CatalogueError(path, "(whole file)", "is empty; expected a row of column names")
    columns = [str(name or "").strip() for name in rows[0][1]]
    _check_columns(path, columns)
    measures, lines = [], {}
    for line, cells in rows[1:]:
        given = {name: cell for name, cell in zip(columns, cells, strict=False) if cell not in (None, "")}
        if not given:
            continue
        measures.append(_to_measure(path, line, columns, given))
        lines[measures[-1].id] = line
    return PlanFile.model_validate({"title": _TITLE, "measures": measures}), lines


# --- cells --------------------------------------------------------------------------------------------


def _read_csv(path: Path) -> Iterator[tuple[int, list[Any]]]:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogueError(path, "(whole file)", f"is not UTF-8: {error}") from error
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text), delimiter="\t" if "\t" in first else ";" if ";" in first else ",")
    for cells in reader:
        for at, cell in enumerate(cells):
            if cell.startswith("="):
                raise _formula(path, f"{get_column_letter(at + 1)}{reader.line_num}", cell, reader.line_num)
        yield reader.line_num, [cell.strip() for cell in cells]


def _read_excel(path: Path) -> Iterator[tuple[int, list[Any]]]:
    try:
        sheet = load_workbook(path).worksheets[0]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise CatalogueError(path, "(whole file)", f"is not an Excel workbook: {error}") from error
    for merged in sheet.merged_cells.ranges:
        content = str(sheet[merged.coord.partition(":")[0]].value or "")
        problem = "merged cells; write each measure on a row of its own"
        raise CatalogueError(path, f"cells {merged.coord}", problem, merged.min_row, content)
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        for cell in cells:
            if cell.data_type == "f":
                raise _formula(path, cell.coordinate, str(cell.value), line)
        yield line, [_plain(cell.value) for cell in cells]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.date()
    return value.strip() if isinstance(value, str) else value


def _formula(path: Path, cell: str, content: str, line: int) -> CatalogueError:
    return CatalogueError(path, f"cell {cell}", "a formula; write the value itself", line, content)


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
        cell = f"{get_column_letter(columns.index(column) + 1)}{line}" if column else f"row {line}"
        key = f"cell {cell} ({column})" if column else cell
        problem = first["msg"].removeprefix("Value error, ")
        if first["type"] != "missing" and not isinstance(first["input"], dict):
            problem += f"; found {first['input']!r}"
        raise CatalogueError(path, key, problem, line, shown) from error
    except ValueError as error:
        raise CatalogueError(path, f"row {line} (notes)", str(error), line, shown) from error


def _to_fields(given: Row) -> Row:
    """The keys of ``plan.yaml`` from a row's cells."""
    fields = {name: given[name] for name in ("id", "forum", "start", "due", "status") if name in given}
    fields |= {"goal": str(given["goal"])} if "goal" in given else {}
    for name in _LISTS:
        if name in given:
            fields[name] = [_code(item) for item in _split(given[name])]
    words = {key.removeprefix("description_"): value for key, value in given.items() if "description_" in key}
    target = {key.removeprefix("target_"): value for key, value in given.items() if "target_" in key}
    fields |= {"description": words} if words else {}
    fields |= {"target": target} if target else {}
    fields |= {"notes": [_to_note(item) for item in _split(given["notes"])]} if "notes" in given else {}
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
