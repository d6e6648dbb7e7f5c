"""What has moved: at most six charts with messages; a series of two points is told as two numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from indicators.assessment.rows import KnownYear, is_current, list_known
from indicators.catalogue.records import Indicator
from indicators.charts.context import find_breaks
from indicators.charts.moved_line import Series, draw_moved, is_cut
from indicators.narrative.sentences import Message
from indicators.report.marks import OWN, Number
from indicators.report.page.html import slug
from indicators.report.sections.context import Context

#: Fewest years of the larger area that make a line.
FEWEST_OF_LARGER: Final = 2


@dataclass(frozen=True)
class ChartView:
    """A chart: its message, what is drawn, what was tested, and where its numbers stand as a table."""

    indicator: str
    message: Markup
    subject: str
    tested: str
    cut: str
    svg: Markup
    table_id: str


@dataclass(frozen=True)
class PairView:
    """A change of two figures, in words and numbers."""

    indicator: str
    message: Markup
    text: Markup


@dataclass(frozen=True)
class EndsView:
    """An indicator's first and newest comparable figures, and what is said of the change."""

    indicator: str
    title: Markup
    first: Number
    last: Number
    words: str


@dataclass(frozen=True)
class MovedView:
    """What the template reads.

    Attributes
    ----------
    nothing : str
        The sentence where nothing has been seen to move.
    ends : list of EndsView
        Of a region only.
    """

    lead: str
    charts: list[ChartView]
    pairs: list[PairView]
    nothing: str
    ends: list[EndsView]


def make_moved(c: Context) -> MovedView:
    """What has moved in an area."""
    messages = c.sentences.moved()
    return MovedView(
        lead=c.texts(
            "form_moved_lead_region" if c.is_region else "form_moved_lead",
            area=c.area_name,
            region=c.region_name,
        ),
        charts=[_make_chart(c, item) for item in messages if not item.is_pair],
        pairs=[_make_pair(c, item) for item in messages if item.is_pair],
        nothing="" if messages else c.texts("form_moved_nothing"),
        ends=list(_list_ends(c)) if c.is_region else [],
    )


def _list_ends(c: Context) -> Iterator[EndsView]:
    """The region's own first and newest comparable figures, of each current indicator once."""
    seen = set()
    for row in c.rows:
        if not row.goal_id or row.indicator_id in seen or not is_current(row):
            continue
        seen.add(row.indicator_id)
        indicator = c.indicator(row)
        breaks = find_breaks(c.assessment, c.area.code, indicator)
        start = max((year for year in breaks if year <= row.year), default=0)
        comparable = [item for item in list_known(c.years(row.indicator_id)) if item.year >= start]
        if len(comparable) < 2:
            continue
        first, last = (
            c.number(indicator, item.value, year=item.year) for item in comparable[:: len(comparable) - 1]
        )
        untold = row.trend_verdict if row.trend_verdict in ("no_evidence", "steady") else "not_assessed"
        words = c.sentences.trend_words(row) or c.texts(f"form_ends_{untold}")
        yield EndsView(row.indicator_id, c.title(row.indicator_id), first, last, words)


def _make_pair(c: Context, message: Message) -> PairView:
    row = message.finding.row
    years = list_known(c.years(row.indicator_id))
    first, last = (c.number(c.indicator(row), item.value, year=item.year) for item in (years[0], years[-1]))
    words = {"first": first, "first_year": first.year, "last": last, "last_year": last.year}
    return PairView(row.indicator_id, c.html(message.title), Markup(c.texts("form_pair")).format(**words))


def _make_chart(c: Context, message: Message) -> ChartView:
    row = message.finding.row
    indicator, years = c.indicator(row), list_known(c.years(row.indicator_id))
    own = _make_series(c, indicator, {item.year: item.value for item in years}, OWN)
    other = _make_larger(c, indicator, years)
    svg = draw_moved(
        own,
        other,
        (message.finding.first.year, message.finding.last.year),
        indicator.interval_years,
        _describe(c, own, other),
        [item.year for item in indicator.breaks],
    )
    return ChartView(
        indicator=row.indicator_id,
        message=c.html(message.title),
        subject=message.subtitle,
        tested=message.tested,
        cut=c.texts("form_cut") if is_cut(own, other) else "",
        svg=Markup(svg),
        table_id=f"tavoite-{slug(row.goal_id)}-{slug(row.indicator_id)}-vuodet" if is_current(row) else "",
    )


def _make_larger(c: Context, indicator: Indicator, years: Sequence[KnownYear]) -> Series | None:
    """The larger area's line; none of numbers of people, beside which the own would lie at the foot."""
    values = {item.year: getattr(item, f"{c.larger}_value") for item in years}
    known = {year: value for year, value in values.items() if value is not None}
    if len(known) < FEWEST_OF_LARGER or c.catalogue.units[indicator.unit].is_additive:
        return None
    return _make_series(c, indicator, known, c.larger)


def _make_series(c: Context, indicator: Indicator, values: dict[int, float], role: str) -> Series:
    """A line whose written values carry their marks."""
    numbers = {year: c.number(indicator, value, role, year) for year, value in values.items()}
    return Series(
        values,
        {year: number.text for year, number in numbers.items()},
        {year: number.attributes for year, number in numbers.items()},
    )


def _describe(c: Context, own: Series, other: Series | None) -> str:
    """First and last figures of both lines, for readers who do not see the drawing."""
    told = [_describe_line(c, c.area_name, own)] + (
        [_describe_line(c, c.larger_name, other)] if other else []
    )
    return " ".join(told)


def _describe_line(c: Context, name: str, line: Series) -> str:
    first, last = min(line.values), max(line.values)
    ends = {"first": line.written[first], "last": line.written[last], "first_year": first, "last_year": last}
    return c.texts("form_line_alt", area=name, **ends)
