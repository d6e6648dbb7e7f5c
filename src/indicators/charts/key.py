"""The key above a chart: each class that occurs, with its word."""

from collections.abc import Mapping, Sequence
from typing import Final

from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.lettering import text_width
from indicators.charts.drawing.style import MARKS, SMALL_FONT_SIZE
from indicators.narrative.texts import Texts

LINE: Final = 15.0
_MARK, _GAP = 15.0, 10.0


def place_key(
    words: Mapping[str, str], width: float, sign: float = _MARK, gap: float = _GAP
) -> list[list[tuple[float, str]]]:
    """Lines of places along the width and classes, in the order of their words."""
    lines: list[list[tuple[float, str]]] = [[]]
    at = 0.0
    for name, word in words.items():
        taken = sign + text_width(word, SMALL_FONT_SIZE)
        if at and at + taken > width:
            lines.append([])
            at = 0.0
        lines[-1].append((at, name))
        at += taken + gap
    return lines


def draw_key(
    canvas: Canvas,
    lines: Sequence[Sequence[tuple[float, str]]],
    words: Mapping[str, str],
    left: float,
    top: float,
) -> None:
    """Draw the lines of a key of marks downwards from a height."""
    for number, line in enumerate(lines):
        height = top - LINE * (number + 0.5)
        for at, mark in line:
            style = MARKS[mark]
            canvas.marks([(left + at + 5, height)], style.shape, style.role, 8.5)
        for at, mark in line:
            canvas.text((left + at + _MARK, height), words[mark], "muted", size=SMALL_FONT_SIZE)


def mark_words(texts: Texts) -> dict[str, str]:
    """The word of every mark."""
    return {name: texts(mark.text_key) for name, mark in MARKS.items()}
