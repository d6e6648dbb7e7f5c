"""A chart with everything a reader needs who does not see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from indicators.model import Language


@dataclass(frozen=True)
class FigurePart:
    """A chart that cannot exist without its message, its alt text and its figures.

    Attributes
    ----------
    area, indicator, snapshot : str
        What it is about; written on the page, where the acceptance gate checks it. A chart of a goal's
        indicators has ``goal-1.1``, one of all goals ``goals``.
    language : str
        Language of message, alt text and words in the table.
    message : str
        One sentence: what the chart shows.
    alt : str
        The message with the numbers that carry it, for readers who do not see the drawing.
    svg : str
        The drawing, self-contained.
    make_table : callable
        Makes the table of the figures drawn; no page shows it, so it is made where it is asked for.

    Raises
    ------
    ValueError
        Any of the words is empty.
    """

    area: str
    indicator: str
    snapshot: str
    language: Language
    message: str
    alt: str
    svg: str = field(repr=False)
    make_table: Callable[[], pd.DataFrame] = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("area", "indicator", "snapshot", "language", "message", "alt", "svg"):
            if not getattr(self, name):
                raise ValueError(f"a figure needs {name!r}; it is empty ({self.indicator}, {self.area})")

    @property
    def table(self) -> pd.DataFrame:
        """The figures drawn: floats for values, whole numbers for years and counts, texts."""
        return self.make_table()

    def _repr_html_(self) -> str:
        return f"<figure>{self.svg}<figcaption>{escape(self.message)}</figcaption></figure>"
