"""Finds a table's columns by their headings, and gives each column's filled cells by row."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from indicators.catalogue.cells import Table, read_table
from indicators.catalogue.plaintext import clean_text
from indicators.catalogue.workbook import Cell, CellsError
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
_MEANINGS: Final = {word: name for name, words in COLUMN_NAMES.items() for word in words}
_REQUIRED: Final = ("area", "year", "value")


@dataclass(frozen=True)
class RawTable:
    """A table's columns under names of ours.

    Attributes
    ----------
    rows : list of int
        Numbers of the filled rows, as the file has them.
    columns : dict
        Filled cells by row, of each of `COLUMN_NAMES`; none where the file lacks the column.
    headers : dict of str
        The file's own name of each column that it has.
    hidden : str
        Name of the sheet, where it is a hidden one that was asked for.
    """

    rows: list[int]
    columns: dict[str, dict[int, Cell]]
    headers: dict[str, str]
    hidden: str = ""

    def text(self, name: str, row: int) -> str:
        """A cell as text; empty where there is none."""
        cell = self.columns[name].get(row)
        return "" if cell is None else show_cell(cell)


def show_cell(cell: Cell) -> str:
    """What a cell says, as text."""
    if cell.value is None:
        return cell.formula
    return f"{cell.value} %" if cell.is_percent else str(cell.value).removesuffix(" 00:00:00")


def read_raw_table(
    path: Path, sheet: str | None, shown_path: str, columns: Mapping[str, str] | None = None
) -> RawTable:
    """Read a table file.

    Parameters
    ----------
    path : Path
        A CSV or Excel file.
    sheet : str or None
        The sheet of an Excel file; the first visible one by default.
    shown_path : str
        The file's name in messages.
    columns : mapping of str, optional
        Headings that are the file's own, with the known heading that each stands for.

    Raises
    ------
    ResponseFormatError
        The file is too large, damaged or of another kind, has no rows, has unknown or missing columns, or
        has a formula whose result was never stored.
    """
    own = {
        clean_text(text).casefold(): _find_meaning(word, shown_path) for text, word in (columns or {}).items()
    }
    try:
        table = read_table(path, _MEANINGS | own, sheet)
    except CellsError as error:
        place = "" if not error.place or error.place in error.problem else f"cell {error.place}: "
        raise _error(shown_path, place + error.problem) from error
    headings = [text.casefold() for text in table.header.values()]
    if lacking := [text for text in columns or () if clean_text(text).casefold() not in headings]:
        found = ", ".join(table.header.values()) or "no header"
        raise _error(shown_path, f"has no column {lacking[0]!r}, which 'columns' names; found {found}")
    places = _find_columns(table.header, _MEANINGS | own, shown_path)
    _refuse_uncomputed(table, shown_path)
    if not table.rows:
        found = ", ".join(table.header.values())
        raise _error(
            shown_path, f"has no rows under its header ({found}); add them, or take the indicator away"
        )
    cells = {
        name: {row.number: row.cells[places[name]] for row in table.rows if places.get(name) in row.cells}
        for name in COLUMN_NAMES
    }
    headers = {name: table.header[place] for name, place in places.items()}
    return RawTable([row.number for row in table.rows], cells, headers, table.hidden)


def _find_meaning(word: str, shown_path: str) -> str:
    if word.casefold() not in _MEANINGS:
        raise _error(shown_path, f"'columns' says {word!r}; expected one of {', '.join(_MEANINGS)}")
    return _MEANINGS[word.casefold()]


def _find_columns(header: Mapping[int, str], meanings: Mapping[str, str], shown_path: str) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, text in header.items():
        name = meanings.get(text.casefold())
        if name is None:
            advice = f"take it away, or say what it is, such as --columns {text + '=arvo'!r}"
            raise _error(shown_path, f"unknown column {text!r}; known are {', '.join(_MEANINGS)}; {advice}")
        if name in columns:
            raise _error(shown_path, f"columns {header[columns[name]]!r} and {text!r} mean the same")
        columns[name] = place
    if missing := [name for name in _REQUIRED if name not in columns]:
        found = ", ".join(header.values()) or "no header"
        raise _error(shown_path, f"has no column {missing[0]!r}; found {found}")
    return columns


def _refuse_uncomputed(table: Table, shown_path: str) -> None:
    for row in table.rows:
        for column, cell in row.cells.items():
            if cell.value is None:
                problem = f"row {row.number}, column {column + 1}: a formula without a stored result"
                raise _error(shown_path, f"{problem}; open the file in a spreadsheet program and save it")


def _error(shown_path: str, problem: str) -> ResponseFormatError:
    return ResponseFormatError("table", shown_path, problem)
