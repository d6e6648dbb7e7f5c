"""A region's municipalities side by side in one goal: figures and marks in a table, a map and a strip.

They stand in alphabetical order, and nothing is added up over them: no ranking can be read off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from indicators.assessment.columns import Row
from indicators.assessment.goals import find_mark
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.distribution import make_distribution_chart
from indicators.charts.drawing.style import MARKS
from indicators.charts.figure_part import FigurePart
from indicators.charts.map import make_map_chart
from indicators.report.marks import Number
from indicators.report.page.html import slug
from indicators.report.sections.context import Context, is_current

#: What tells columns apart; the other marks of a cell are no comparison.
_JUDGED: Final = ("better", "worse", "similar")


@dataclass(frozen=True)
class ColumnView:
    """An indicator's column.

    Attributes
    ----------
    year : int
        The year that most municipalities share; a cell of another year says its own.
    words : str
        What the comparison says of all of them; empty where it differs, and the cells then have marks.
    """

    indicator: str
    title: Markup
    year: int
    when: str
    words: str


@dataclass(frozen=True)
class CellView:
    """A municipality's figure: its mark where the column has marks, or why there is no figure.

    Attributes
    ----------
    mark, glyph, words : str
        What the comparison says: its name, shape and word; empty where there is no mark.
    """

    number: Number | None
    year: int
    reason: str
    mark: str = ""
    glyph: str = ""
    words: str = ""


@dataclass(frozen=True)
class MembersView:
    """What the template reads; ``rows`` have the code, the name and a cell for each column."""

    columns: list[ColumnView]
    rows: list[tuple[str, str, list[CellView]]]
    pictures: list[FigurePart]

    @property
    def has_marks(self) -> bool:
        """Whether the comparison tells municipalities apart in any column."""
        return any(not column.words for column in self.columns)


def make_members(c: Context, goal: Goal) -> MembersView | None:
    """The municipalities' current figures of a goal; None where there are none."""
    columns: list[tuple[ColumnView, Mapping[str, CellView]]] = []
    for indicator in c.catalogue.indicators.values():
        rows = c.of_members.get((goal.id, indicator.id), {})
        if any(is_current(row) for row in rows.values()):
            columns.append(_make_column(c, indicator, rows))
    if not columns:
        return None
    return MembersView(
        columns=[column for column, _ in columns],
        rows=[
            (
                member.code,
                member.name(c.texts.language),
                [cells.get(member.code, CellView(None, column.year, "")) for column, cells in columns],
            )
            for member in c.catalogue.members
        ],
        pictures=_draw(c, goal, [column for column, _ in columns]),
    )


def _make_column(
    c: Context, indicator: Indicator, rows: Mapping[str, Row]
) -> tuple[ColumnView, Mapping[str, CellView]]:
    current = [row for row in rows.values() if is_current(row)]
    years = [row.year for row in current]
    year = max(sorted(set(years), reverse=True), key=years.count)
    marks = {find_mark(row) for row in current}
    words = ""
    if len(marks) == 1 or not marks & set(_JUDGED):
        words = c.texts(f"form_column_{marks.pop()}" if marks <= set(_JUDGED) else "form_column_uncompared")
    cells = {}
    for code, row in rows.items():
        is_shown = is_current(row)
        cell = CellView(
            number=c.number(indicator, row.value) if is_shown else None,
            year=row.year if is_shown else year,
            reason=c.texts("form_hidden") if row.status == "suppressed" and not is_shown else "",
        )
        mark = find_mark(row)
        if is_shown and not words and mark in _JUDGED:
            style = MARKS[mark]
            cell = replace(cell, mark=mark, glyph=style.glyph, words=c.texts(style.text_key))
        cells[code] = cell
    return ColumnView(
        indicator.id, c.title(indicator.id), year, c.sentences.when(indicator.id, year), words
    ), cells


def _draw(c: Context, goal: Goal, columns: Sequence[ColumnView]) -> list[FigurePart]:
    """Map and strip of the goal's first key indicator of which most municipalities have a figure."""
    chosen: list[tuple[tuple[bool, bool], ColumnView]] = []
    for column in columns:
        rows = c.of_members[goal.id, column.indicator].values()
        known = [row for row in rows if is_current(row) and row.year == column.year]
        indicator = c.catalogue.indicators[column.indicator]
        if indicator.is_compared and len(known) * 2 > len(c.catalogue.members):
            chosen.append(((c.link(known[0]).key, known[0].direction != "no_judgement"), column))
    if not chosen:
        return []
    column = max(chosen, key=lambda item: item[0])[1]
    common = (c.assessment, c.area, c.catalogue.indicators[column.indicator], c.texts)
    made = [
        make_map_chart(*common, f"kartta-{slug(goal.id)}", column.year),
        make_distribution_chart(*common, f"jakauma-{slug(goal.id)}", column.year),
    ]
    return [part for part in made if part is not None]
