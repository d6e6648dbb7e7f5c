"""The key above a chart: each mark that occurs, with its word."""

from collections.abc import Iterable, Sequence
from typing import Final

from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.lettering import text_width
from indicators.charts.drawing.style import MARKS, SMALL_FONT_SIZE
from indicators.narrative.texts import Texts

LINE: Final = 15.0
_MARK, _GAP = 15.0, 10.0


def place_key(marks: Iterable[str], words: dict[str, str], width: float) -> list[list[tuple[float, str]]]:
    """Lines of places along the width and marks, in the order of `MARKS`."""
    present = set(marks)
    lines: list[list[tuple[float, str]]] = [[]]
    at = 0.0
    for mark in MARKS:
        if mark not in present:
            continue
        taken = _MARK + text_width(words[mark], SMALL_FONT_SIZE) + _GAP
        if at and at + taken - _GAP > width:
            lines.append([])
            at = 0.0
        lines[-1].append((at, mark))
        at += taken
    return lines


def draw_key(
    canvas: Canvas,
    lines: Sequence[Sequence[tuple[float, str]]],
    words: dict[str, str],
    left: float,
    top: float,
) -> None:
    """Draw the lines of a key downwards from a height."""
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
