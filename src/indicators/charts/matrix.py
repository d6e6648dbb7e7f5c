"""Matrices of the agreement's municipalities: against the goals, or against a goal's indicators.

Municipalities stand in alphabetical order, and nothing is added up over them: no ranking can be read off.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import pandas as pd

from indicators.assessment.goals import find_mark
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Goal
from indicators.charts.context import ChartContext
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.lettering import text_width, wrap
from indicators.charts.drawing.style import FONT_SIZE, MARKS, SMALL_FONT_SIZE, WIDTH
from indicators.charts.figure_part import FigurePart
from indicators.charts.goal_rows import draw_marks, subject
from indicators.charts.key import LINE, draw_key, mark_words, place_key
from indicators.narrative.texts import Texts

_ROW: Final = 16.5
_NAMES: Final = 84.0
_LINE: Final = 13.0
_GOAL_NAMES: Final = 72.0
_GOAL_COLUMN: Final = 29.0
_GOAL_ROW: Final = 25.0
_COUNT_SIZE: Final = 9.0
#: What a cell of a goal counts, at its four corners; the other marks have no value to compare.
_CORNERS: Final[dict[str, tuple[float, float]]] = {
    "better": (-0.23, 5.5),
    "worse": (0.23, 5.5),
    "similar": (-0.23, -5.5),
    "other": (0.23, -5.5),
}
_KINDS: Final = dict.fromkeys(("background", "position", "unassessed"), "other")
_JUDGED: Final = ("better", "worse", "similar")

Marks = dict[tuple[str, str], str]


def find_marks(assessment: Assessment) -> dict[tuple[str, str, str], str]:
    """Mark of every member, goal and indicator that may be shown for municipalities."""
    rows = (row for area in assessment.catalogue.members for row in assessment.rows(area.code))
    return {(row.area_code, row.goal_id, row.indicator_id): find_mark(row) for row in rows if row.goal_id}


def make_goal_matrix(assessment: Assessment, area: Area, texts: Texts, html_id: str) -> FigurePart | None:
    """Draw how many indicators of each goal have each mark, by municipality.

    Parameters
    ----------
    area : Area
        Whose report it is.

    Returns
    -------
    FigurePart or None
        None where no municipality has any value.
    """
    context = ChartContext(assessment, area, texts)
    marks = find_marks(assessment)
    if all(mark == "no_value" for mark in marks.values()):
        return None
    goals = [goal.id for goal in assessment.catalogue.goals]
    members = assessment.catalogue.members
    cells = {(member.code, goal): [] for member in members for goal in goals}
    for (code, goal, _), mark in marks.items():
        cells[code, goal].append(mark)
    message = texts(
        "chart_matrix_message",
        area=context.area_name,
        n_areas=len(members),
        n_goals=len(goals),
        counts=context.count_marks([mark for mark in marks.values() if mark != "no_value"]),
    )
    return context.part(
        "goals",
        _draw_goals(context, goals, cells),
        html_id,
        message,
        texts("chart_matrix_alt", area=context.area_name),
        lambda: pd.DataFrame(
            [
                {"area": member.name(texts.language)}
                | {goal: context.count_marks(cells[member.code, goal]) for goal in goals}
                for member in members
            ]
        ),
    )


def make_indicator_matrix(
    assessment: Assessment, area: Area, goal: Goal, texts: Texts, html_id: str
) -> FigurePart | None:
    """Draw the mark of each indicator of a goal, by municipality.

    Returns
    -------
    FigurePart or None
        None with fewer than two indicators of which a municipality has a value: a matrix of one column says
        no more than that indicator's map, distribution and table.
    """
    context = ChartContext(assessment, area, texts)
    found = {
        (code, indicator): mark
        for (code, at, indicator), mark in find_marks(assessment).items()
        if at == goal.id
    }
    shown = [
        item.id
        for item in assessment.catalogue.indicators.values()
        if any(mark != "no_value" for (_, indicator), mark in found.items() if indicator == item.id)
    ]
    if len(shown) < 2:
        return None
    members = assessment.catalogue.members
    marks = {(m.code, item): found.get((m.code, item), "no_value") for m in members for item in shown}
    words = mark_words(texts)
    message = texts(
        "chart_indicator_matrix_message",
        area=context.area_name,
        goal=goal.id,
        n=len(shown),
        n_areas=len(members),
        counts=context.count_marks([mark for mark in marks.values() if mark != "no_value"]),
    )
    titles = {item: context.title(assessment.catalogue.indicators[item]) for item in shown}
    sentences = [
        f"{title}: {context.count_marks([marks[member.code, item] for member in members])}."
        for item, title in titles.items()
    ]
    details = texts("chart_indicator_matrix_alt", area=context.area_name) + " " + context.read_out(sentences)
    return context.part(
        subject(goal),
        _draw_indicators(context, titles, marks),
        html_id,
        message,
        details,
        lambda: pd.DataFrame(
            [
                {"area": member.name(texts.language)}
                | {item: words[marks[member.code, item]] for item in shown}
                for member in members
            ]
        ),
    )


# --- drawing ------------------------------------------------------------------------------------------


def _draw_goals(
    context: ChartContext, goals: Sequence[str], cells: dict[tuple[str, str], list[str]]
) -> Canvas:
    words = mark_words(context.texts)
    width = _GOAL_NAMES + _GOAL_COLUMN * len(goals)
    present = {mark for marks in cells.values() for mark in marks}
    key = place_key(present & {"better", "similar", "worse"}, words, width)
    members = context.catalogue.members
    top = LINE * len(key) + LINE + 18
    canvas = Canvas(width, top + _GOAL_ROW * len(members) + 4)
    draw_key(canvas, key, words, 0, canvas.height)
    other = context.texts("chart_matrix_other")
    canvas.text((0, canvas.height - LINE * (len(key) + 0.5)), other, "muted", size=SMALL_FONT_SIZE)
    bottom, start = 4.0, canvas.height - top
    rules = [_GOAL_NAMES + _GOAL_COLUMN * at for at in range(len(goals))]
    canvas.lines([[(x, bottom), (x, start + 16)] for x in rules], "grid", 0.7)
    ys = _draw_rows(canvas, context, start, _GOAL_ROW, _GOAL_NAMES, SMALL_FONT_SIZE)
    xs = {goal: _GOAL_NAMES + _GOAL_COLUMN * (at + 0.5) for at, goal in enumerate(goals)}
    canvas.texts(canvas.height - top + 9, [(x, goal) for goal, x in xs.items()], "text", "center", bold=True)
    _draw_counts(canvas, xs, ys, cells)
    return canvas


def _draw_counts(
    canvas: Canvas, xs: dict[str, float], ys: dict[str, float], cells: dict[tuple[str, str], list[str]]
) -> None:
    """Each count with its mark as a character before it, in a corner of its own; a lone one in the middle."""
    counts = {place: Counter(_KINDS.get(mark, mark) for mark in marks) for place, marks in cells.items()}
    lone = {place for place, found in counts.items() if not any(found[kind] for kind in _JUDGED)}
    for kind, (along, up) in _CORNERS.items():
        glyph = "" if kind == "other" else MARKS[kind].glyph
        role = "muted" if kind in ("other", "similar") else MARKS[kind].role
        for code, y in ys.items():
            places = [
                (x + along * _GOAL_COLUMN, f"{glyph}{counts[code, goal][kind]}")
                for goal, x in xs.items()
                if counts[code, goal][kind] and (code, goal) not in lone
            ]
            if places:
                canvas.texts(y + up, places, role, "center", _COUNT_SIZE)
    for code, y in ys.items():
        alone = [
            (x, str(counts[code, goal]["other"]))
            for goal, x in xs.items()
            if (code, goal) in lone and counts[code, goal]["other"]
        ]
        if alone:
            canvas.texts(y, alone, "muted", "center", _COUNT_SIZE)


def _draw_indicators(context: ChartContext, titles: dict[str, str], marks: Marks) -> Canvas:
    """Columns numbered, with the list of their titles under the key."""
    words = mark_words(context.texts)
    listed = [
        (str(number), line, at == 0)
        for number, title in enumerate(titles.values(), start=1)
        for at, line in enumerate(wrap(title, WIDTH - 18, SMALL_FONT_SIZE))
    ]
    key = place_key(set(marks.values()), words, WIDTH)
    head = LINE * len(key) + _LINE * len(listed) + 8
    top = head + 18
    canvas = Canvas(WIDTH, top + _ROW * len(context.catalogue.members) + 4)
    draw_key(canvas, key, words, 0, canvas.height)
    for at, (number, line, is_first) in enumerate(listed):
        y = canvas.height - LINE * len(key) - _LINE * (at + 0.5) - 4
        if is_first:
            canvas.text((15, y), number, "text", "right", SMALL_FONT_SIZE, True)
        canvas.text((18, y), line, "text", "left", SMALL_FONT_SIZE)
    ys = _draw_rows(canvas, context, canvas.height - top, _ROW, _NAMES, FONT_SIZE)
    column = min((WIDTH - _NAMES) / len(titles), 40.0)
    xs = {item: _NAMES + column * (at + 0.5) for at, item in enumerate(titles)}
    numbers = [(x, str(at)) for at, x in enumerate(xs.values(), start=1)]
    canvas.texts(canvas.height - top + 9, numbers, "text", "center", SMALL_FONT_SIZE, bold=True)
    draw_marks(canvas, [(mark, xs[item], ys[code]) for (code, item), mark in marks.items()], 8)
    return canvas


def _draw_rows(
    canvas: Canvas, context: ChartContext, top: float, row: float, width: float, usual_size: float
) -> dict[str, float]:
    """Names down the left, a thin rule above each; heights by area code."""
    ys = {area.code: top - row * (at + 0.5) for at, area in enumerate(context.catalogue.members)}
    canvas.lines([[(0, y + row / 2), (canvas.width, y + row / 2)] for y in ys.values()], "grid", 0.7)
    for area in context.catalogue.members:
        is_own = area.code == context.area.code
        name, role = area.name(context.language), "own" if is_own else "text"
        size = min(usual_size, usual_size * (width - 3) / text_width(name, usual_size, is_own))
        canvas.text((0, ys[area.code]), name, role, size=round(size, 1), bold=is_own)
    return ys
