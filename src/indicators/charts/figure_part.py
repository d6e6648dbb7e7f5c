"""A chart with everything a reader needs who does not see it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any, Final

import pandas as pd

from indicators.model import Language
from indicators.narrative.formats import format_number, round_half_up

_GOAL: Final = "goal-"


@dataclass(frozen=True)
class FigurePart:
    """A chart that cannot exist without its message, its alt text and its figures.

    Attributes
    ----------
    area, indicator, snapshot : str
        What it is about; written on the page, where the acceptance gate checks it. A chart of a goal's
        indicators has ``goal-1.1``, one of all goals ``goals``.
    language : str
        Language of message, alt text, headings and words in the table.
    message : str
        One sentence: what the chart shows.
    alt : str
        The message with the numbers that carry it, for readers who do not see the drawing.
    svg : str
        The drawing, self-contained.
    table : DataFrame
        The figures drawn: floats for values, whole numbers for years and counts, texts.
    headings : mapping of str
        The reader's heading of every column of the table, in the same order.
    decimals : sequence of int
        Decimals of the values in each row of the table.

    Raises
    ------
    ValueError
        Any of them is empty, or a column or row of the table lacks its heading or decimals.
    """

    area: str
    indicator: str
    snapshot: str
    language: Language
    message: str
    alt: str
    svg: str = field(repr=False)
    table: pd.DataFrame = field(repr=False)
    headings: Mapping[str, str] = field(repr=False)
    decimals: Sequence[int] = field(repr=False)

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if len(value) == 0:
                raise ValueError(f"a figure needs {item.name!r}; it is empty ({self.indicator}, {self.area})")
        if list(self.headings) != list(self.table.columns) or not all(self.headings.values()):
            raise ValueError(
                f"a figure needs a heading for each column of its table; it has {dict(self.headings)} for "
                f"{list(self.table.columns)} ({self.indicator}, {self.area})"
            )
        if len(self.decimals) != len(self.table):
            raise ValueError(
                f"a figure needs decimals for each row of its table; it has {len(self.decimals)} for "
                f"{len(self.table)} rows ({self.indicator}, {self.area})"
            )

    @property
    def goal(self) -> str:
        """Id of the goal whose indicators are drawn; empty for a chart of one indicator."""
        return self.indicator.removeprefix(_GOAL) if self.indicator.startswith(_GOAL) else ""

    @property
    def cells(self) -> list[list[str]]:
        """The table row by row as the reader's language writes it; an empty text where nothing is known."""
        return self._rows(lambda value, decimals: format_number(value, decimals, self.language))

    @property
    def csv(self) -> str:
        """The table as CSV under the reader's headings: commas between, points in decimals, as drawn."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(self.headings.values())
        writer.writerows(self._rows(lambda value, decimals: f"{round_half_up(value, decimals) + 0:f}"))
        return buffer.getvalue()

    def _rows(self, write_number: Any) -> list[list[str]]:
        rows = zip(self.table.itertuples(index=False, name=None), self.decimals, strict=True)
        return [[_cell(value, decimals, write_number) for value in row] for row, decimals in rows]

    def _repr_html_(self) -> str:
        return f"<figure>{self.svg}<figcaption>{escape(self.message)}</figcaption></figure>"


def _cell(value: Any, decimals: int, write_number: Any) -> str:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    return write_number(float(value), decimals) if isinstance(value, float) else str(int(value))
