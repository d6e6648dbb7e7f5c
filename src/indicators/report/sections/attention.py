"""What needs attention: current figures that a test finds worse, in the region and in its municipalities."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from markupsafe import Markup

from indicators.assessment.columns import Row
from indicators.assessment.rows import is_current
from indicators.catalogue import Area
from indicators.narrative.findings import Change, Chooser, Finding
from indicators.narrative.phrases import load_phrases
from indicators.report.marks import Number
from indicators.report.sections.barometer import find_verdict
from indicators.report.sections.context import Context

#: Ways of being worse, as the page names them: against whom, or over the years.
_WAYS: Final = ("country", "rest", "trend")


@dataclass(frozen=True)
class WatchView:
    """An indicator that needs attention.

    Attributes
    ----------
    own, country : Number or None
        The region's figure and the whole country's.
    ways : list of tuple of str
        In what way it is worse, and where: the region first, then municipalities in alphabetical order.
    """

    goal_id: str
    indicator: str
    title: Markup
    own: Number | None
    year: str
    country: Number | None
    ways: list[tuple[str, str]]


@dataclass(frozen=True)
class AttentionView:
    """What the template reads: what is worse, and what is to be said of measures and goals."""

    lead: str
    rows: list[WatchView]
    remarks: list[str]


def make_attention(c: Context, watched: Sequence[Area], remarks: Iterable[str]) -> AttentionView:
    """What needs attention in the region and in the municipalities that are watched beside it.

    Only what is current, tested and large enough to be a finding of its area is told.
    """
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for area in (c.area, *watched):
        for item in _list_worse(c, area):
            ways = found.setdefault((item.goal_id, item.indicator_id), {})
            ways.setdefault(_find_way(item), []).append(area.name(c.texts.language))
    told = [
        row
        for goal in c.catalogue.goals
        for row in c.by_goal[goal.id]
        if (row.goal_id, row.indicator_id) in found
    ]
    rows = [_make_row(c, row, found[row.goal_id, row.indicator_id]) for row in _keep_newest(c, told)]
    lead = c.texts("attention_lead" if rows else "attention_nothing")
    return AttentionView(lead, rows, list(remarks))


def _keep_newest(c: Context, rows: Sequence[Row]) -> Iterator[Row]:
    """Of one matter in a goal only the newest figures are told."""
    phrases = load_phrases(c.texts.language)
    newest: dict[tuple[str, str], int] = {}
    keys = [(row.goal_id, phrases.matter(c.indicator(row))) for row in rows]
    for key, row in zip(keys, rows, strict=True):
        newest[key] = max(newest.get(key, 0), row.year or 0)
    yield from (row for key, row in zip(keys, rows, strict=True) if (row.year or 0) == newest[key])


def _list_worse(c: Context, area: Area) -> Iterator[Finding]:
    """The area's findings that a test has shown to be worse for their goals."""
    years = partial(c.assessment.years, area.code)
    chooser = Chooser(c.catalogue, load_phrases(c.texts.language), c.assessment.rows(area.code), years)
    for item in chooser.candidates:
        is_change = isinstance(item, Change)
        verdict = item.row.trend_verdict if is_change else find_verdict(item.row)
        if item.evidence == "tested" and verdict == ("worsening" if is_change else "worse"):
            yield item


def _find_way(item: Finding) -> str:
    if isinstance(item, Change):
        return "trend"
    return "country" if item.row.country_verdict == "worse" else "rest"


def _make_row(c: Context, row: Row, ways: dict[str, list[str]]) -> WatchView:
    indicator = c.indicator(row)
    shown = row if is_current(row) else None
    return WatchView(
        goal_id=row.goal_id,
        indicator=row.indicator_id,
        title=c.title(row.indicator_id),
        own=c.number(indicator, shown.value, year=shown.year) if shown else None,
        year=c.sentences.when(row.indicator_id, shown.year) if shown else "",
        country=c.number_or_none(indicator, row.country_value, "country", row.year) if shown else None,
        ways=[(c.texts(f"attention_{way}"), ", ".join(ways[way])) for way in _WAYS if way in ways],
    )
