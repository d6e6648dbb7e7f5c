"""One reader of tables that people bring, CSV and Excel alike: a header, and rows of cells under it.

What the cells mean is their reader's matter; that none of them is dropped without a word is settled here.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from openpyxl.utils import get_column_letter

from indicators.catalogue.plaintext import clean_text
from indicators.catalogue.workbook import Cell, CellsError, Row, Sheet, is_workbook, name_place, read_workbook

EXCEL_SUFFIXES: Final = (".xlsx", ".xlsm")
MAX_BYTES: Final = 20 * 2**20
MAX_ROWS: Final = 200_000
#: A header stands among the first filled rows: above it may be lines of title.
_TITLE_ROWS: Final = 10
_DELIMITERS: Final = ";,\t|"
#: How files begin that are no table, whatever their name says.
_OTHER_KINDS: Final = {b"%PDF": "a PDF", b"<": "a web page or XML"}
_SEPARATOR_LINE: Final = re.compile(r"\"?sep=(.)\"?\r?\n?", re.IGNORECASE)


@dataclass(frozen=True)
class Table:
    """A table as its file has it.

    Attributes
    ----------
    header : dict of str
        Heading by column from zero, on one line and with composed letters.
    rows : list of Row
        The filled rows below; every cell stands under a heading.
    merged : tuple of str
        Ranges of merged cells: "C2:C3".
    hidden : str
        Name of the sheet, where it is a hidden one that was asked for.
    """

    header: dict[int, str]
    rows: list[Row]
    merged: tuple[str, ...] = ()
    hidden: str = ""


def read_table(path: Path, headings: Collection[str], sheet: str | None = None) -> Table:
    """The table of a CSV or Excel file, told apart by its content.

    Parameters
    ----------
    path : Path
    headings : collection of str
        Known headings in lower case, by which the header is found below lines of title.
    sheet : str, optional
        The sheet of a workbook; the first visible one by default.

    Returns
    -------
    Table
        Without a header and rows where the file is empty.

    Raises
    ------
    CellsError
        The file cannot be read, or has cells that stand under no heading.
    """
    content = _read_file(path)
    if is_workbook(content):
        found = read_workbook(content, sheet)
    elif kind := next((kind for start, kind in _OTHER_KINDS.items() if _begins(content, start)), ""):
        raise CellsError(f"is {kind}; open it in a spreadsheet program and save it as .xlsx or CSV UTF-8")
    elif path.suffix.lower() in EXCEL_SUFFIXES:
        raise CellsError("is not an Excel workbook, whatever its name says; open it and save it as one")
    else:
        found = Sheet(_read_csv(content, headings))
    rows = [row for row in map(_clean_row, found.rows) if row.cells]
    if rows and rows[-1].number > MAX_ROWS:
        raise CellsError(f"has more than the {MAX_ROWS} rows that are read: row {rows[-1].number} is filled")
    if not rows:
        return Table({}, [], found.merged, found.hidden)
    at = _find_header(rows, headings)
    header = {column: str(cell.value) for column, cell in rows[at].cells.items()}
    _refuse_unnamed(header, rows[at + 1 :])
    return Table(header, rows[at + 1 :], found.merged, found.hidden)


def _begins(content: bytes, start: bytes) -> bool:
    return content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(start)


def _read_file(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CellsError(f"is larger than the {MAX_BYTES // 2**20} MB that are read")
        return path.read_bytes()
    except OSError as error:
        raise CellsError(
            f"cannot be read: {error.strerror or error}; check the file and its rights"
        ) from error


def _clean_row(row: Row) -> Row:
    """The row without cells of white space and control characters alone; its texts cleaned."""
    cells = {
        column: replace(cell, value=clean_text(cell.value)) if isinstance(cell.value, str) else cell
        for column, cell in row.cells.items()
    }
    return Row(row.number, {column: cell for column, cell in cells.items() if cell.value != ""})


def _find_header(rows: list[Row], headings: Collection[str]) -> int:
    """The first row with two known headings, if lines of title alone stand above it; else the first row."""
    for at, row in enumerate(rows[:_TITLE_ROWS]):
        texts = [str(cell.value) for cell in row.cells.values()]
        n_known = _count_known(texts, headings)
        if n_known > 1:
            return at
        # A title has one cell, or several without a number where it is parted by its own commas.
        if n_known or (len(texts) > 1 and any(re.match(r"[-+−]?\d", text) for text in texts)):
            break
    return 0


def _count_known(texts: Collection[str] | Iterator[str], headings: Collection[str]) -> int:
    return sum(clean_text(text).casefold() in headings for text in texts)


def _refuse_unnamed(header: Mapping[int, str], rows: list[Row]) -> None:
    """Raise where cells stand under no heading: their meaning is not known, and they would be lost."""
    found: dict[int, Row] = {}
    for row in rows:
        for column in row.cells.keys() - header.keys():
            found.setdefault(column, row)
    if not found:
        return
    column, row = min(found.items(), key=lambda item: (item[1].number, item[0]))
    content, place = str(row.cells[column].value), name_place(column, row.number)
    if column > max(header, default=0):
        problem = f"row {row.number} has more cells than the header has columns"
    else:
        problem = f"column {get_column_letter(column + 1)} has no heading"
    columns = ", ".join(get_column_letter(at + 1) for at in sorted(found))
    problem += f": cell {place} holds {content!r}; name or empty column {columns}"
    raise CellsError(problem, row.number, place, content)


# --- CSV ----------------------------------------------------------------------------------------------


def _read_csv(content: bytes, headings: Collection[str]) -> list[Row]:
    text = _decode(content)
    declared = _SEPARATOR_LINE.match(text)
    n_passed = 0
    if declared:
        text, n_passed = text[declared.end() :], 1
    delimiter = declared[1] if declared else _find_delimiter(text, headings)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            filled = {column: Cell(text) for column, text in enumerate(cells) if text}
            rows.append(Row(reader.line_num + n_passed, filled))
    except csv.Error as error:
        line = reader.line_num + n_passed
        raise CellsError(f"row {line} is not CSV: {error}", line) from error
    return rows


def _decode(content: bytes) -> str:
    # Excel's "Unicode text" is UTF-16.
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CellsError(f"row {line} is not UTF-8; save the file as CSV UTF-8", line) from error


def _find_delimiter(text: str, headings: Collection[str]) -> str:
    """The one that parts most known headings in a line; else the commonest of the first line."""
    lines = [line for line in text.splitlines() if line.strip()][:_TITLE_ROWS] or [""]

    def count(delimiter: str) -> tuple[int, int]:
        known = max(
            _count_known((cell.strip('"') for cell in line.split(delimiter)), headings) for line in lines
        )
        return known, lines[0].count(delimiter)

    return max(_DELIMITERS, key=count)
