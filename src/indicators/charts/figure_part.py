"""A chart with everything a reader needs who does not see it."""

from dataclasses import dataclass, field, fields

import pandas as pd


@dataclass(frozen=True)
class FigurePart:
    """A chart that cannot exist without its message, its alt text and its figures.

    Attributes
    ----------
    area, indicator, snapshot : str
        What it is about; written on the page, where the acceptance gate checks it.
    language : str
        Language of message and alt text.
    message : str
        One sentence: what the chart shows.
    alt : str
        The message with the numbers that carry it, for readers who do not see the drawing.
    svg : str
        The drawing, self-contained.
    table : DataFrame
        The figures drawn.

    Raises
    ------
    ValueError
        Any of them is empty.
    """

    area: str
    indicator: str
    snapshot: str
    language: str
    message: str
    alt: str
    svg: str = field(repr=False)
    table: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if len(value) == 0:
                raise ValueError(f"a figure needs {item.name!r}; it is empty ({self.indicator}, {self.area})")

    def _repr_html_(self) -> str:
        return f"<figure>{self.svg}<figcaption>{self.message}</figcaption></figure>"
