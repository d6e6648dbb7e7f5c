"""The goals: on the screen folded, with their rows and what lies behind them; on paper a row each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

from markupsafe import Markup

from indicators.assessment.columns import Row
from indicators.assessment.rows import KnownRow, YearFigure, is_known
from indicators.catalogue.records import Goal
from indicators.narrative.formats import format_count
from indicators.report.marks import Number
from indicators.report.sections.barometer import RowView, make_rows
from indicators.report.sections.context import Context
from indicators.report.sections.members import MembersView, make_members
from indicators.snapshot.naming import find_part, find_producer, find_service

#: Years of a table in a report; all of them are in the data files.
MOST_YEARS: Final = 10


@dataclass(frozen=True)
class YearView:
    """A year of an indicator: the own figure or why there is none, women's and men's, larger areas'."""

    year: int
    own: Number | None
    female: Number | None
    male: Number | None
    larger: Number | None
    country: Number | None
    reason: str


@dataclass(frozen=True)
class SourceView:
    """Where figures came from: producer and service, table or series, and the years where not all are."""

    name: str
    url: str
    series: str
    years: str


@dataclass(frozen=True)
class DetailView:
    """What lies behind a row: position, peers and region in words, at most ten years, and the source."""

    html_id: str
    indicator: str
    title: Markup
    more: list[tuple[str, Markup]]
    years: list[YearView]
    sources: list[SourceView]

    @property
    def has_sexes(self) -> bool:
        """Whether any year has women's and men's figures."""
        return any(item.female or item.male for item in self.years)

    @property
    def has_country(self) -> bool:
        """Whether any year has the country's figure beside the region's."""
        return any(item.country for item in self.years)

    def own_of(self, year: int) -> Number | None:
        """The own figure of a year."""
        return next((item.own for item in self.years if item.year == year), None)


@dataclass(frozen=True)
class OldView:
    """An old figure, in one line."""

    indicator: str
    title: Markup
    number: Number
    year: int
    larger: Number | None


@dataclass(frozen=True)
class GoalView:
    """A goal.

    Attributes
    ----------
    sentence : Markup
        What its newest evidence says, naming the indicator.
    n_known, n_all : int
        Indicators with a figure, and all.
    newest : int or None
        The newest year of all.
    rows : list of RowView
        The current ones, key ones first.
    details : list of DetailView
        Of the current ones, in the same order.
    """

    id: str
    title: str
    note: str
    sentence: Markup
    n_known: int
    n_all: int
    newest: int | None
    rows: list[RowView]
    details: list[DetailView]
    old: list[OldView]
    old_count: str
    measures: SimpleNamespace | None
    members: MembersView | None


def make_goal(c: Context, goal: Goal, measures: SimpleNamespace | None = None) -> GoalView:
    """A goal of an area."""
    rows = make_rows(c, goal.id)
    by_id = {row.indicator_id: row for row in c.by_goal[goal.id] if is_known(row)}
    line = c.sentences.goal_line(goal.id)
    old = [_make_old(c, row) for row in by_id.values() if row.is_old]
    return GoalView(
        id=goal.id,
        title=c.sentences.local(goal.title),
        note=c.sentences.local(goal.note),
        sentence=c.html(line.text),
        n_known=line.n_known,
        n_all=line.n_all,
        newest=line.newest,
        rows=rows,
        details=[_make_detail(c, by_id[row.indicator], row.html_id) for row in rows],
        old=old,
        old_count=_count(c, len(old)),
        measures=measures,
        members=make_members(c, goal) if c.is_region else None,
    )


def _count(c: Context, n: int) -> str:
    """How many old figures there are, in words; the text itself has the word for one."""
    return c.texts("form_old_count", n=n if n == 1 else format_count(n, c.texts.language))


def _make_old(c: Context, row: KnownRow) -> OldView:
    indicator = c.indicator(row)
    return OldView(
        indicator=row.indicator_id,
        title=c.title(row.indicator_id),
        number=c.number(indicator, row.value),
        year=row.year,
        larger=c.number_or_none(indicator, getattr(row, f"{c.larger}_value"), c.larger),
    )


def _make_detail(c: Context, row: KnownRow, html_id: str) -> DetailView:
    return DetailView(
        html_id=html_id,
        indicator=row.indicator_id,
        title=c.title(row.indicator_id),
        more=[(fact.label, c.html(fact.value)) for fact in c.sentences.row_more(row)],
        years=list_years(c, row),
        sources=list_sources(c, row.indicator_id, c.years(row.indicator_id)[-MOST_YEARS:]),
    )


def list_sources(c: Context, indicator_id: str, figures: Iterable[Row | YearFigure]) -> list[SourceView]:
    """The series of the figures that are shown, that of the newest one first."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for item in sorted(figures, key=lambda item: item.year or 0, reverse=True):
        if item.value is not None and item.year is not None:
            key = c.origin(item, indicator_id)
            found.setdefault(_name_source(c, key, item.year), []).append(item.year)
    return [
        SourceView(*names, f" ({_tell_span(years)})" if len(found) > 1 else "")
        for names, years in found.items()
    ]


def _tell_span(years: list[int]) -> str:
    return str(min(years)) if len(set(years)) == 1 else f"{min(years)}–{max(years)}"


def _name_source(c: Context, indicator_id: str, year: int) -> tuple[str, str, str]:
    """Producer and service, address, and the table or series."""
    metadata = c.assessment.snapshot.series[indicator_id]
    part = find_part(metadata, year)
    found = find_service(metadata, c.catalogue, part.source)
    service = c.sentences.local(found.name)
    producer = c.sentences.local(find_producer(metadata, c.catalogue, part.producer).name)
    if part.source not in (None, metadata.source):  # of another service, which has tables of its own
        return "" if producer in service else f"{producer}:", found.url, service
    indicator = c.catalogue.indicators[indicator_id]
    of, key = indicator.source.service, indicator.source_key
    if of == "statfin":  # a table is known by its last part, "14ww", or by the name of its set
        key = key.rsplit("/", 1)[-1] if key.startswith("StatFin/") else re.sub("[_/]", " ", key)
    name = f"{service}:" if producer in service else f"{producer}, {service}:"
    return name, metadata.url, c.texts(f"table_{of}", key=key)


def list_years(c: Context, row: Row) -> list[YearView]:
    """The newest years that have a row, the newest first."""
    indicator, by_sex = c.indicator(row), c.by_sex.get(row.indicator_id, {})
    views = []
    for item in reversed(c.years(row.indicator_id)[-MOST_YEARS:]):
        views.append(
            YearView(
                year=item.year,
                own=c.number_or_none(indicator, item.value),
                female=c.number_or_none(indicator, by_sex.get((item.year, "female")), sex="female"),
                male=c.number_or_none(indicator, by_sex.get((item.year, "male")), sex="male"),
                larger=c.number_or_none(indicator, getattr(item, f"{c.larger}_value"), c.larger),
                country=None if c.is_region else c.number_or_none(indicator, item.country_value, "country"),
                reason="" if item.value is not None else c.texts(f"status_{item.status}"),
            )
        )
    return views
