"""Reads a column of numbers in one way, and refuses one that can be read in two.

A number stored as a number is what it is. A number written as text has marks: one column has one decimal
mark, and its thousands are parted alike. "145,887" alone is 145.887 or 145 887; only a person knows which.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from indicators.catalogue.workbook import Cell

_MARKS: Final = str.maketrans({"−": "-", "’": "'", "٫": ",", "٬": "'"})
_OTHER: Final = {",": ".", ".": ","}
#: What can part thousands and nothing else; the empty text where nothing does.
_PLAIN_THOUSANDS: Final = ("", " ", "'")
_SETTLE: Final = 'say decimal: "," or decimal: "." in the indicator\'s source, or --decimal in new-indicator'

Refusals = dict[int, str]  # what is expected, by row


@dataclass(frozen=True)
class Number:
    """A number and to how many decimals it was given."""

    value: float
    n_decimals: int


@dataclass(frozen=True)
class Convention:
    """How numbers are written: the decimal mark, and what parts thousands; empty where nothing does."""

    decimal: str
    thousands: str

    @property
    def is_plain(self) -> bool:
        """Whether what parts thousands could not be a decimal mark."""
        return self.thousands in _PLAIN_THOUSANDS

    def read(self, text: str) -> Number | None:
        """The number that a text is under the convention; None where it is none.

        Examples
        --------
        >>> Convention(",", "").read("145,887"), Convention(".", ",").read("145,887")
        (Number(value=145.887, n_decimals=3), Number(value=145887.0, n_decimals=0))
        """
        parted = rf"|[1-9]\d{{0,2}}(?:{re.escape(self.thousands)}\d{{3}})+" if self.thousands else ""
        pattern = rf"([+-]?)(\d+{parted})(?:{re.escape(self.decimal)}(\d+))?(?:[eE]([+-]?\d{{1,3}}))?"
        match = re.fullmatch(pattern, text)
        if match is None or (match[4] and not match[2].isdecimal()):
            return None
        sign, whole, part, power = match.groups(default="")
        value = float(f"{sign}{re.sub(r'[^0-9]', '', whole)}.{part or 0}e{power or 0}")
        return Number(value, max(0, len(part) - int(power or 0))) if math.isfinite(value) else None


def read_column(
    cells: Mapping[int, Cell],
    decimal: str | None = None,
    thousands: str | None = None,
    *,
    takes_percent: bool = False,
) -> tuple[dict[int, Number], Refusals]:
    """The numbers of a column by row, and what is expected where a cell is none or can be read in two ways.

    Parameters
    ----------
    cells : mapping of int to Cell
        Filled cells by row.
    decimal, thousands : str, optional
        The marks, where they are declared.
    takes_percent : bool
        Whether a per cent sign or format says what the unit says.
    """
    numbers: dict[int, Number] = {}
    refused: Refusals = {}
    texts: dict[int, str] = {}
    for row, cell in cells.items():
        value = cell.value
        has_sign = cell.is_percent or (isinstance(value, str) and value.endswith("%"))
        if has_sign and not takes_percent:
            refused[row] = "a number in the column's own unit, not in per cent"
        elif isinstance(value, str):
            texts[row] = _normalise(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            numbers[row] = Number(float(value), _count_decimals(value))
        elif isinstance(value, dt.datetime | dt.time):
            refused[row] = "a number: spreadsheet programs make dates of 12.5; shape the cell as a number"
        else:
            refused[row] = "a number or an empty cell"
    read, unread = _read_texts(
        texts, _list_conventions(decimal, thousands), is_declared=bool(decimal or thousands)
    )
    return numbers | read, refused | unread


def _normalise(text: str) -> str:
    """ASCII digits and marks, without a per cent sign."""
    plain = text.removesuffix("%").strip().translate(_MARKS)
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)


def _count_decimals(value: float) -> int:
    mantissa, _, power = repr(value).partition("e")
    part = mantissa.partition(".")[2].rstrip("0")
    return max(0, len(part) - int(power or 0))


def _list_conventions(decimal: str | None, thousands: str | None) -> list[Convention]:
    """The conventions that the declaration leaves open."""
    decimals = [decimal] if decimal else [mark for mark in _OTHER if mark != thousands]
    return [
        Convention(mark, parting)
        for mark in decimals
        for parting in (("", thousands) if thousands else (*_PLAIN_THOUSANDS, _OTHER[mark]))
    ]


def _read_texts(
    texts: Mapping[int, str], conventions: Sequence[Convention], is_declared: bool
) -> tuple[dict[int, Number], Refusals]:
    """Numbers of one convention that holds for all texts; refusals where none does, or several differ."""
    readings = {
        convention: {row: convention.read(text) for row, text in texts.items()} for convention in conventions
    }
    refused = {
        row: "a number or an empty cell"
        for row in texts
        if all(found[row] is None for found in readings.values())
    }
    rows = [row for row in texts if row not in refused]
    holding = [item for item, found in readings.items() if all(found[row] is not None for row in rows)]
    if not holding:
        return {}, refused | _refuse_mixed(texts, rows, readings)
    if not is_declared and not any(item.is_plain for item in holding):
        expected = f"a number whose thousands are not parted by {holding[0].thousands!r}; or {_SETTLE}"
        return {}, refused | {row: expected for row in rows if holding[0].thousands in texts[row]}
    chosen = {row: {found[row] for item, found in readings.items() if item in holding} for row in rows}
    for row, found in chosen.items():
        ways = sorted({f"{item.value:.15g}" for item in found if item is not None}, key=float)
        if len(ways) > 1:
            refused[row] = f"a number that can be read in one way; this may be {' or '.join(ways)}: {_SETTLE}"
    read = {row: next(iter(found)) for row, found in chosen.items() if row not in refused}
    return {row: number for row, number in read.items() if number is not None}, refused


def _refuse_mixed(
    texts: Mapping[int, str], rows: Sequence[int], readings: Mapping[Convention, Mapping[int, Number | None]]
) -> Refusals:
    """The rows that the convention of most rows does not read."""
    best = max(readings, key=lambda item: sum(readings[item][row] is not None for row in rows))
    usual = next(row for row in rows if readings[best][row] is not None)
    expected = f"a number written as {texts[usual]!r} of row {usual}: a column has one decimal mark"
    return {row: expected for row in rows if readings[best][row] is None}
