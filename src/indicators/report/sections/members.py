"""A region's municipalities side by side in one goal: figures and marks in a table, a map and a strip.

They stand in alphabetical order, and nothing is added up over them: no ranking can be read off.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Final

import numpy as np
from markupsafe import Markup

from indicators.assessment.columns import Row
from indicators.assessment.goals import find_mark
from indicators.assessment.rows import is_current
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.drawing.style import MARKS
from indicators.charts.figure_part import FigurePart
from indicators.charts.map import make_map_chart
from indicators.charts.strip import Strip
from indicators.report.marks import OWN, Number
from indicators.report.page.html import slug
from indicators.report.sections.barometer import MOST_OF_A_GOAL, choose_keys
from indicators.report.sections.context import Context

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
    """A municipality's figure with the mark and its word where the column has marks, or why there is none."""

    number: Number | None
    year: int
    reason: str
    mark: str = ""
    words: str = ""


@dataclass(frozen=True)
class StripView:
    """The strip of the first column: its head, a row for each code, and what its strokes are."""

    head: Markup
    rows: dict[str, Markup]
    words: Markup
    indicator: str


@dataclass(frozen=True)
class MembersView:
    """What the template reads.

    Attributes
    ----------
    columns : list of ColumnView
        That of the indicator on the map and the strip first.
    rows : list of tuple
        Code, name and a cell for each column.
    key : set of str
        The indicators that stand on paper too.
    """

    columns: list[ColumnView]
    rows: list[tuple[str, str, list[CellView]]]
    map: FigurePart | None
    strip: StripView | None
    key: set[str]

    @property
    def on_paper(self) -> "MembersView":
        """The same with its key indicators only."""
        return self._narrowed(is_key=True)

    @property
    def others(self) -> "MembersView":
        """The table of its other indicators."""
        return replace(self._narrowed(is_key=False), map=None, strip=None)

    def _narrowed(self, is_key: bool) -> "MembersView":
        at = [place for place, item in enumerate(self.columns) if (item.indicator in self.key) == is_key]
        rows = [(code, name, [cells[place] for place in at]) for code, name, cells in self.rows]
        return replace(self, columns=[self.columns[place] for place in at], rows=rows)


def make_members(c: Context, goal: Goal) -> MembersView | None:
    """The municipalities' current figures of a goal; None where there are none."""
    columns: list[tuple[ColumnView, Mapping[str, CellView]]] = []
    for indicator in c.catalogue.indicators.values():
        rows = c.of_members.get((goal.id, indicator.id), {})
        if any(is_current(row) for row in rows.values()):
            columns.append(_make_column(c, indicator, rows))
    if not columns:
        return None
    shown = _choose(c, goal, [column for column, _ in columns])
    columns.sort(key=lambda item: item[0] is not shown)
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
        map=_draw_map(c, goal, shown) if shown else None,
        strip=_make_strip(c, shown) if shown else None,
        key=_choose_keys(c, goal, [column for column, _ in columns]),
    )


def _choose_keys(c: Context, goal: Goal, columns: Sequence[ColumnView]) -> set[str]:
    """The key indicators of the region's own table, other declared ones while there is room, or the first."""
    keys = choose_keys(c, [row for row in c.by_goal[goal.id] if is_current(row)])
    for column in columns:
        row = next(iter(c.of_members[goal.id, column.indicator].values()))
        if len(keys) < MOST_OF_A_GOAL and c.link(row).key:
            keys.add(column.indicator)
    return keys | {columns[0].indicator}


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
        if not is_current(row):
            reason = c.texts("form_hidden") if row.status == "suppressed" else ""
            cells[code] = CellView(None, year, reason)
            continue
        cells[code] = CellView(c.number(indicator, row.value), row.year, "")
        mark = find_mark(row)
        if not words and mark in _JUDGED:
            cells[code] = replace(cells[code], mark=mark, words=c.texts(MARKS[mark].text_key))
    return ColumnView(
        indicator.id, c.title(indicator.id), year, c.sentences.when(indicator.id, year), words
    ), cells


def _choose(c: Context, goal: Goal, columns: Sequence[ColumnView]) -> ColumnView | None:
    """What map and strip show: the first key indicator of which most municipalities have a figure."""
    own = {row.indicator_id: row.year for row in c.by_goal[goal.id]}
    chosen: list[tuple[tuple[bool, bool, bool], ColumnView]] = []
    for column in columns:
        rows = c.of_members[goal.id, column.indicator].values()
        known = [row for row in rows if is_current(row) and row.year == column.year]
        indicator = c.catalogue.indicators[column.indicator]
        if indicator.is_compared and len(known) * 2 > len(c.catalogue.members):
            has_own = own.get(column.indicator) == column.year
            is_judged = known[0].direction != "no_judgement"
            chosen.append(((c.link(known[0]).key, has_own, is_judged), column))
    return max(chosen, key=lambda item: item[0])[1] if chosen else None


def _draw_map(c: Context, goal: Goal, column: ColumnView) -> FigurePart | None:
    common = (c.assessment, c.area, c.catalogue.indicators[column.indicator], c.texts)
    return make_map_chart(*common, f"kartta-{slug(goal.id)}", column.year)


def _make_strip(c: Context, column: ColumnView) -> StripView:
    """The strip of a column's year: all municipalities, and the agreement's under them."""
    indicator, panel = c.catalogue.indicators[column.indicator], c.assessment.panels[column.indicator]
    at, codes = panel.years.tolist().index(column.year), panel.index.codes
    values = dict(zip(codes, panel.value[:, at].tolist(), strict=True))
    every = panel.value[panel.index.is_municipality, at]
    every = every[~np.isnan(every)].tolist()
    members = {member.code: values[member.code] for member in c.catalogue.members}
    quartiles = (float(getattr(panel.spread, name)[at]) for name in ("q1", "median", "q3"))
    strip = Strip(every, list(members.values()), values[c.area.code], *quartiles)
    label = c.texts("form_strip_alt", n=len(every))
    told = {"form_strip_region": {"region": strip.region}}
    told["form_strip_median"] = {name: getattr(strip, name) for name in ("median", "q1", "q3")}
    words = []
    for key, found in told.items():
        numbers = {
            name: c.number(indicator, value, OWN if name == "region" else name, column.year)
            for name, value in found.items()
            if not isnan(value)
        }
        if len(numbers) == len(found):
            words.append(Markup(c.texts(key)).format(area=c.area_name, **numbers))
    return StripView(
        head=Markup(strip.draw_head(label)),
        rows={code: Markup(strip.draw_row(value)) for code, value in members.items()},
        words=Markup(" ").join(words),
        indicator=indicator.id,
    )
