"""A chart with everything a reader needs who does not see it."""

from dataclasses import dataclass, field

from indicators.model import Language


@dataclass(frozen=True)
class FigurePart:
    """A chart with its message, its alt text and its figures.

    Attributes
    ----------
    area, indicator, snapshot : str
        What it is about; written on the page. A chart of a goal's indicators has ``goal-1.1``.
    language : str
        Language of message, alt text and words in the table.
    message : str
        One sentence: what the chart shows.
    alt : str
        The message with the numbers that carry it, for readers who do not see the drawing.
    svg : str
        The drawing, self-contained.
    """

    area: str
    indicator: str
    snapshot: str
    language: Language
    message: str
    alt: str
    svg: str = field(repr=False)
