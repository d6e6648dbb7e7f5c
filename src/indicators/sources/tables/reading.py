"""Reads the cells of a CSV or Excel table as text, under column names of ours, with the rows' numbers."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
import pandas as pd

from indicators.errors import ResponseFormatError

COLUMN_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "area": ("area", "area_code", "alue", "aluekoodi", "kunta", "kuntakoodi", "område", "kommun"),
    "year": ("year", "vuosi", "år"),
    "value": ("value", "arvo", "värde"),
    "count": ("count", "lukumäärä", "antal"),
    "denominator": ("denominator", "nimittäjä", "nämnare"),
    "sex": ("sex", "sukupuoli", "kön"),
    "note": ("note", "huomautus", "anmärkning"),
}
_REQUIRED: Final = ("area", "year", "value")
_EXCEL_ENDINGS: Final = (".xlsx", ".xlsm")
_MAX_BYTES: Final = 20 * 2**20
_MAX_ROWS: Final = 200_000

NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True)
class RawTable:
    """Cells as text.

    Attributes
    ----------
    cells : DataFrame
        All columns of `COLUMN_NAMES`, empty text where the file has none; the index is the row's number in
        the file.
    headers : dict of str to str
        The file's own name of each column that it has.
    """

    cells: pd.DataFrame
    headers: dict[str, str]


def read_raw_table(path: Path, sheet: str | None, shown_path: str) -> RawTable:
    """Read a table file.

    Parameters
    ----------
    path : Path
        A file that ends with .xlsx, .xlsm or anything else for CSV.
    sheet : str or None
        The sheet of an Excel file; the first by default.
    shown_path : str
        The file's name in messages.

    Raises
    ------
    ResponseFormatError
        The file is too large, damaged, not UTF-8, has no header, or has unknown or missing columns.
    """
    if path.stat().st_size > _MAX_BYTES:
        raise _error(shown_path, f"is larger than the {_MAX_BYTES // 2**20} MB that are read")
    is_excel = path.suffix.lower() in _EXCEL_ENDINGS
    rows = _read_excel(path, sheet, shown_path) if is_excel else _read_csv(path, shown_path)
    header, *body = list(rows) or [(0, [])]
    columns = _find_columns(header[1], shown_path)
    for number, cells in body:
        if any(cells[len(header[1]) :]):
            raise _error(shown_path, f"row {number} has more cells than the header has columns")
    columns_of_cells = {
        name: [row[columns[name]] if name in columns and columns[name] < len(row) else "" for _, row in body]
        for name in COLUMN_NAMES
    }
    table = pd.DataFrame(columns_of_cells, index=[number for number, _ in body], dtype=object)
    return RawTable(table, {name: header[1][place] for name, place in columns.items()})


def _find_columns(header: list[str], shown_path: str) -> dict[str, int]:
    meanings = {word: name for name, words in COLUMN_NAMES.items() for word in words}
    columns: dict[str, int] = {}
    for place, text in enumerate(header):
        if not text:
            continue
        name = meanings.get(text.casefold())
        if name is None:
            raise _error(shown_path, f"unknown column {text!r}; known are {', '.join(meanings)}")
        if name in columns:
            raise _error(shown_path, f"columns {header[columns[name]]!r} and {text!r} mean the same")
        columns[name] = place
    if missing := [name for name in _REQUIRED if name not in columns]:
        found = ", ".join(filter(None, header)) or "no header"
        raise _error(shown_path, f"has no column {missing[0]!r}; found {found}")
    return columns


def _read_csv(path: Path, shown_path: str) -> Iterator[NumberedRow]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _error(shown_path, f"row {line} is not UTF-8; save the file as CSV UTF-8") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";", ",", "\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from _keep_filled(((reader.line_num, row) for row in reader), shown_path)
    except csv.Error as error:
        raise _error(shown_path, f"row {reader.line_num} is not CSV: {error}") from error


def _read_excel(path: Path, sheet: str | None, shown_path: str) -> list[NumberedRow]:
    results, formulas = _open_excel(path, True, shown_path), _open_excel(path, False, shown_path)
    try:
        name = sheet or results.sheetnames[0]
        if name not in results.sheetnames:
            raise _error(shown_path, f"has no sheet {sheet!r}; found {', '.join(results.sheetnames)}")
        pairs = zip(results[name].iter_rows(), formulas[name].iter_rows(), strict=True)
        numbered = ((n, _read_cells(pair, n, shown_path)) for n, pair in enumerate(pairs, 1))
        return list(_keep_filled(numbered, shown_path))
    finally:
        results.close()
        formulas.close()


def _open_excel(path: Path, has_results: bool, shown_path: str) -> openpyxl.Workbook:
    try:
        content = io.BytesIO(path.read_bytes())  # the reader may leave a file open when it fails
        return openpyxl.load_workbook(content, read_only=True, data_only=has_results)
    except Exception as error:  # a damaged file fails in many ways inside the reader
        raise _error(shown_path, f"cannot be read as an Excel file: {error}") from error


def _read_cells(pair: tuple[Iterable[Any], Iterable[Any]], number: int, shown_path: str) -> list[str]:
    texts = []
    for place, (result, formula) in enumerate(zip(*pair, strict=True), 1):
        if result.value is None and formula.data_type == "f":
            problem = f"row {number}, column {place}: a formula without a stored result"
            raise _error(shown_path, f"{problem}; open the file in a spreadsheet program and save it")
        texts.append(_to_text(result.value))
    return texts


def _to_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _keep_filled(rows: Iterable[NumberedRow], shown_path: str) -> Iterator[NumberedRow]:
    for number, cells in rows:
        if number > _MAX_ROWS:
            raise _error(shown_path, f"has more than the {_MAX_ROWS} rows that are read")
        texts = [" ".join(cell.split()) for cell in cells]
        if any(texts):
            yield number, texts


def _error(shown_path: str, problem: str) -> ResponseFormatError:
    return ResponseFormatError("table", shown_path, problem)
