"""Reads the cells of an Excel workbook as people see them.

Of the libraries at hand, one loses error values, number formats and formulas without a result, and the other
trusts the declared dimension, does not know Strict Open XML and needs ten seconds for formatting without
content. So the parts of the file are read here, by the local names of their elements, in one pass; openpyxl
gives what is known of number formats, dates and cell names.
"""

import datetime as dt
import io
import math
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from openpyxl.utils.escape import unescape

CellValue = str | int | float | bool | dt.datetime | dt.time | dt.timedelta | None

_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # a compound file: Excel 97-2003, or an encrypted workbook
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SAVE: Final = "save it as an Excel workbook (.xlsx) or as CSV UTF-8"
#: How a file fails that is no whole workbook.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    KeyError,
    ValueError,
    EOFError,
    OSError,
    NotImplementedError,
)
#: A part larger than this is no table of ours; it guards against zips that unpack without end.
_MAX_PART: Final = 2**30
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(E[+-]?\d+)?", re.IGNORECASE)
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
# Quoted, escaped and bracketed parts of a number format, in which a percent sign only decorates.
_DECORATION: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


class CellsError(ValueError):
    """A file whose cells cannot be read; says why, and where it is known, in which row and cell.

    Attributes
    ----------
    problem : str
    row : int or None
        From one, as spreadsheet programs count.
    place : str
        The cell or cells, such as "C2"; empty where it is the whole file.
    content : str
        What stands there.
    """

    def __init__(self, problem: str, row: int | None = None, place: str = "", content: str = "") -> None:
        super().__init__(problem, row, place, content)
        self.problem, self.row, self.place, self.content = problem, row, place, content

    def __str__(self) -> str:
        return self.problem


@dataclass(frozen=True)
class Cell:
    """A cell that is not empty.

    Attributes
    ----------
    value : str, int, float, bool, datetime, time, timedelta or None
        Of a number shown as per cent, what is shown: 12.5, not 0.125. None: a formula never computed.
    is_percent : bool
        Whether it is a number with a percent format.
    formula : str
        The formula that made it; empty where it was typed.
    """

    value: CellValue
    is_percent: bool = False
    formula: str = ""


@dataclass(frozen=True)
class Row:
    """A row with at least one filled cell: its number from one, and its filled cells by column from zero."""

    number: int
    cells: Mapping[int, Cell]


@dataclass(frozen=True)
class Sheet:
    """Filled rows in order, the ranges of merged cells, and the name where a hidden sheet was asked for."""

    rows: list[Row]
    merged: tuple[str, ...] = ()
    hidden: str = ""


def name_place(column: int, row: int) -> str:
    """A cell as spreadsheet programs name it, from its column counted from zero and row from one."""
    return f"{get_column_letter(column + 1)}{row}"


def is_workbook(content: bytes) -> bool:
    """Whether a file is one that a spreadsheet program writes, whatever its name says."""
    return content.startswith((b"PK\x03\x04", _OLD))


def read_workbook(content: bytes, wanted: str | None = None) -> Sheet:
    """The filled cells of one sheet.

    Parameters
    ----------
    content : bytes
        The file.
    wanted : str, optional
        Name of the sheet; the first visible one by default.

    Raises
    ------
    CellsError
        It is no workbook of today, is damaged, has no such sheet, or has a cell that cannot be read.
    """
    if content.startswith(_OLD):
        what = (
            "an encrypted workbook"
            if _ENCRYPTED in content
            else "an old Excel file (.xls) or an encrypted one"
        )
        raise CellsError(f"is {what}; open it in a spreadsheet program, take away any password, and {_SAVE}")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Workbook(archive).read_sheet(wanted)
    except CellsError:
        raise
    except _DAMAGED as error:
        raise CellsError(f"cannot be read as an Excel file: {error}; open it and {_SAVE}") from error


@dataclass(frozen=True)
class _SheetEntry:
    name: str
    part: str
    is_hidden: bool
    is_table: bool  # a chart sheet has no cells


class _Workbook:
    """An open workbook: its parts are read when they are needed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        names = set(archive.namelist())
        if "xl/workbook.bin" in names:
            raise CellsError(f"is a binary workbook (.xlsb); open it and {_SAVE}")
        if "content.xml" in names:
            raise CellsError(f"is an OpenDocument file; open it and {_SAVE}")
        main = [target for kind, target in self._relations("").values() if kind == "officeDocument"]
        if not main:
            raise CellsError(f"is not an Excel workbook: it names no main part; open it and {_SAVE}")
        self._main = main[0]
        self._root = self._parse(self._main)
        self._related = self._relations(self._main)
        properties = self._root.find("{*}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._epoch = CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900

    def read_sheet(self, wanted: str | None) -> Sheet:
        entry = _choose_sheet(list(self._list_sheets()), wanted)
        reader = _SheetReader(self._read_strings(), self._read_formats(), self._epoch)
        with self._open(entry.part) as file:
            rows = list(reader.read_rows(file))
        return Sheet(rows, tuple(reader.merged), entry.name if entry.is_hidden else "")

    def _list_sheets(self) -> Iterator[_SheetEntry]:
        for element in self._root.iterfind("{*}sheets/{*}sheet"):
            # The link's name has another namespace in Strict Open XML.
            link = next((value for name, value in element.items() if name.endswith("}id")), "")
            kind, part = self._related.get(link, ("", ""))
            is_hidden = element.get("state", "visible") != "visible"
            yield _SheetEntry(element.get("name", ""), part, is_hidden, kind == "worksheet")

    def _read_strings(self) -> list[str]:
        parts = [part for kind, part in self._related.values() if kind == "sharedStrings"]
        return [_join_text(item) for item in self._parse(parts[0]).iterfind("{*}si")] if parts else []

    def _read_formats(self) -> list[str]:
        """Number format of each cell style."""
        parts = [part for kind, part in self._related.values() if kind == "styles"]
        if not parts:
            return []
        root = self._parse(parts[0])
        own = {
            item.get("numFmtId"): item.get("formatCode", "") for item in root.iterfind("{*}numFmts/{*}numFmt")
        }
        ids = [item.get("numFmtId", "0") for item in root.iterfind("{*}cellXfs/{*}xf")]
        return [own[key] if key in own else BUILTIN_FORMATS.get(int(key), "General") for key in ids]

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and part of everything that a part refers to, by the link's name."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        return {
            item.get("Id", ""): (
                item.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, item.get("Target", ""))).lstrip("/"),
            )
            for item in self._parse(path).iterfind("{*}Relationship")
        }

    def _parse(self, part: str) -> Any:
        with self._open(part) as file:
            return etree.parse(file, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()

    def _open(self, part: str) -> IO[bytes]:
        entry = self._archive.getinfo(part)
        if entry.flag_bits & 1:
            raise CellsError(f"is encrypted; take away its password and {_SAVE}")
        if entry.file_size > _MAX_PART:
            raise CellsError(f"unpacks to more than the {_MAX_PART // 2**20} MB that are read")
        return self._archive.open(entry)


def _choose_sheet(entries: list[_SheetEntry], wanted: str | None) -> _SheetEntry:
    """The sheet of the name, else the first that people see; chart sheets are passed over."""
    tables = [entry for entry in entries if entry.is_table]
    found = [entry for entry in tables if entry.name == wanted or (wanted is None and not entry.is_hidden)]
    if found:
        return found[0]
    names = ", ".join(entry.name + (" (hidden)" if entry.is_hidden else "") for entry in tables)
    if wanted is not None:
        raise CellsError(f"has no sheet {wanted!r}; found {names or 'none with cells'}")
    raise CellsError(f"has no visible sheet with cells; found {names or 'none'}; name one with 'sheet'")


def _join_text(item: Any) -> str:
    """The text of a string and of its runs, without the reading aids of East Asian text."""
    runs = (child for child in item if etree.QName(child).localname in ("t", "r"))
    return str(unescape("".join(text.text or "" for run in runs for text in run.iter("{*}t"))))


@dataclass
class _SheetReader:
    """Reads the rows of one sheet."""

    strings: list[str]
    formats: list[str]
    epoch: dt.datetime
    merged: list[str] = field(default_factory=list)

    def read_rows(self, file: IO[bytes]) -> Iterator[Row]:
        """Rows with a filled cell, wherever the sheet says that it ends."""
        at = 0
        events = etree.iterparse(
            file, tag=("{*}row", "{*}mergeCell"), resolve_entities=False, no_network=True
        )
        for _, element in events:
            if etree.QName(element).localname == "mergeCell":
                self.merged.append(element.get("ref", ""))
                continue
            number = int(element.get("r", at + 1))
            if number <= at:
                raise CellsError(
                    f"is damaged: row {number} stands below row {at}; open it and {_SAVE}", number
                )
            at, cells = number, {}
            for column, cell in self._read_cells(element, at):
                if column in cells:
                    problem = f"is damaged: cell {name_place(column, at)} is there twice; open it and {_SAVE}"
                    raise CellsError(problem, at)
                cells[column] = cell
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
            if cells:
                yield Row(at, cells)

    def _read_cells(self, row: Any, number: int) -> Iterator[tuple[int, Cell]]:
        at = -1
        for element in row:
            named = _PLACE.fullmatch(element.get("r", ""))
            at = column_index_from_string(named[1]) - 1 if named else at + 1
            if not len(element):  # formatting without content
                continue
            parts = {etree.QName(child).localname: child for child in element}
            cell = self._read_cell(element, parts, number, name_place(at, number))
            if cell is not None:
                yield at, cell

    def _read_cell(self, element: Any, parts: Mapping[str, Any], row: int, place: str) -> Cell | None:
        kind, text = element.get("t", "n"), (parts["v"].text or "") if "v" in parts else ""
        formula = f"={parts['f'].text or ''}" if "f" in parts else ""
        if kind == "inlineStr" and "is" in parts:
            text = _join_text(parts["is"])
        if not text:
            is_empty_result = kind == "str" and "v" in parts
            return Cell(None, formula=formula) if formula and not is_empty_result else None
        if kind in ("str", "inlineStr", "e"):
            return Cell(unescape(text) if kind == "str" else text, formula=formula)
        if kind == "s":
            shared = self.strings[int(text)] if text.isdecimal() and int(text) < len(self.strings) else None
            if shared is None:
                raise CellsError(f"names a text {text} that the workbook does not have", row, place)
            return Cell(shared, formula=formula) if shared else None
        if kind == "b":
            return Cell(text in ("1", "true"), formula=formula)
        if kind == "d":
            return Cell(_read_date(text, row, place), formula=formula)
        return self._read_number(text.strip(), int(element.get("s", 0)), formula, row, place)

    def _read_number(self, text: str, style: int, formula: str, row: int, place: str) -> Cell:
        if not (_NUMBER.fullmatch(text) and math.isfinite(value := float(text))):
            problem = f"is stored as a number but holds {text!r}; type it again and save the file"
            raise CellsError(problem, row, place, text)
        shape = self.formats[style] if style < len(self.formats) else "General"
        if is_date_format(shape):
            try:
                return Cell(from_excel(value, self.epoch), formula=formula)
            except (OverflowError, ValueError) as error:
                raise CellsError(f"is shown as a date, but {text} is none", row, place, text) from error
        is_percent = "%" in _DECORATION.sub("", shape).partition(";")[0]
        if is_percent:
            value = float(f"{value * 100:.15g}")  # 0.07 x 100 is 7.000000000000001 in binary
        return Cell(int(value) if value.is_integer() else value, is_percent, formula)


def _read_date(text: str, row: int, place: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError as error:
        raise CellsError(f"is shown as a date, but {text} is none", row, place, text) from error
