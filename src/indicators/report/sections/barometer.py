"""The barometer: the current indicators as rows of a table, on paper one table, on the screen one a goal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from indicators.assessment.columns import Row
from indicators.assessment.rows import KnownRow, KnownYear, is_current, is_known, list_known
from indicators.catalogue.records import Indicator
from indicators.charts.range_line import Spread, draw_dots, draw_range
from indicators.charts.sparkline import Piece, draw_sparkline
from indicators.narrative.findings import comparator, find_pooled
from indicators.narrative.formats import format_count
from indicators.report.marks import Number, list_figures
from indicators.report.page.html import slug
from indicators.report.sections.context import Context

#: Key rows of one goal and of the whole table on paper: two sheets hold so many.
MOST_OF_A_GOAL: Final = 4
MOST_ON_PAPER: Final = 40
#: A set smaller than this is the region's own municipalities, not the country's.
_COUNTRYWIDE: Final = 100


@dataclass(frozen=True)
class RowView:
    """An indicator's row.

    Attributes
    ----------
    html_id : str
        Goal and indicator: "tavoite-3-2-sotkanet-181".
    title, unit : str
        The short title up to its unit, and its unit.
    words : str
        What the figure tells, at most 55 characters.
    year : str
        As written under the number.
    notes : tuple of str
        What must be known of the shown years.
    near, near_note : Number or None, str
        The rest of the region; the whole region, told by the note, where the rest cannot be worked out.
    is_key : bool
        Whether the row stands in the table on paper.
    range_svg, line_svg : Markup
        The drawings, of a region with its municipalities as dots; empty where there is nothing to draw.
    pooled : Number or None
        The own figure of the years together on which the comparison rests; their span is `pooled_years`.
    before : Number or None
        The earlier of only two figures, which are told and not drawn.
    """

    html_id: str
    indicator: str
    title: str | Markup
    unit: str
    words: str
    own: Number
    year: str
    notes: tuple[str, ...]
    near: Number | None
    near_note: str
    country: Number | None
    pooled: Number | None
    pooled_years: str
    is_key: bool
    range_svg: Markup
    line_svg: Markup
    before: Number | None


@dataclass(frozen=True)
class GroupView:
    """The rows of a goal in the table on paper."""

    id: str
    title: str
    rows: list[RowView]


@dataclass(frozen=True)
class FrameView:
    """What stands around rows, wherever they are shown.

    Attributes
    ----------
    columns : dict of str
        The heads: indicator, area, near (none of a region), country, position, development.
    legend : str
        What the strokes of the drawing are.
    letters : dict of str
        The letter of each note of the rows shown, in order.
    """

    columns: dict[str, str]
    legend: str
    letters: dict[str, str]
    chosen: str
    prefix: str
    has_dots: bool = False


def make_rows(c: Context, goal_id: str) -> list[RowView]:
    """A goal's current indicators: key ones first, then the others; among both what is judged first."""
    rows = [row for row in c.by_goal[goal_id] if is_current(row)]
    keys = choose_keys(c, rows)
    ordered = sorted(rows, key=lambda row: (row.indicator_id not in keys, row.direction == "no_judgement"))
    return [_make_row(c, row, row.indicator_id in keys) for row in ordered]


def choose_keys(c: Context, rows: Sequence[KnownRow]) -> set[str]:
    """Ids of a goal's key rows among its current ones; where none is current, of the newest other one."""
    declared = [row for row in rows if c.link(row).key][:MOST_OF_A_GOAL]
    if declared or not rows:
        return {row.indicator_id for row in declared}
    return {max(rows, key=lambda row: row.year).indicator_id}


def choose_key_groups(groups: Iterable[GroupView]) -> list[GroupView]:
    """The key rows of all goals for the table on paper, at most as many as fill it."""
    left, kept = MOST_ON_PAPER, []
    for group in groups:
        rows = [row for row in group.rows if row.is_key][:left]
        left -= len(rows)
        kept.append(GroupView(group.id, group.title, rows))
    return kept


def make_frame(c: Context, rows: Iterable[RowView], prefix: str = "huom") -> FrameView:
    """Heads, legend and lettered notes for the rows that are shown.

    Parameters
    ----------
    prefix : str
        Of the notes' ids; a page may have two lists.
    """
    t = c.texts
    notes = dict.fromkeys(note for row in rows for note in (*row.notes, row.near_note) if note)
    columns = {
        "indicator": t("form_column_indicator"),
        "area": c.area_name,
        **({} if c.is_region else {"near": t("form_rest")}),
        "country": t("country"),
        "position": t("form_column_dots" if c.is_region else "form_column_position"),
        "development": t("development"),
    }
    return FrameView(
        columns=columns,
        legend=t("form_legend_dots" if c.is_region else "form_legend"),
        has_dots=c.is_region,
        letters={note: _letter(at) for at, note in enumerate(notes)},
        chosen=t("form_chosen"),
        prefix=prefix,
    )


def _letter(at: int) -> str:
    """A to z, then aa: as a list of notes numbers itself."""
    before, letter = divmod(at, 26)
    return (_letter(before - 1) if before else "") + "abcdefghijklmnopqrstuvwxyz"[letter]


def _make_row(c: Context, row: KnownRow, is_key: bool) -> RowView:
    indicator = c.indicator(row)
    years = list_known(c.years(row.indicator_id))
    near, near_note = find_near(c, row)
    pooled_from = find_pooled(row)
    country = comparator(row, "country") if pooled_from else row.country_value
    title: str = c.title(row.indicator_id)
    unit = ""
    if not title.startswith("<"):  # a title of another language stays in one piece
        title, unit = split_title(c.sentences.short_title(row.indicator_id))
    return RowView(
        html_id=f"tavoite-{slug(row.goal_id)}-{slug(row.indicator_id)}",
        indicator=row.indicator_id,
        title=title,
        unit=unit,
        words=c.sentences.row_words(row),
        own=c.number(indicator, row.value, year=row.year),
        year=c.sentences.when(row.indicator_id, row.year),
        notes=_list_notes(c, row, years),
        near=near,
        near_note=near_note,
        country=c.number_or_none(indicator, country, "country", row.year, from_year=pooled_from),
        pooled=c.number_or_none(indicator, row.pooled_value, "pooled", row.year, from_year=pooled_from),
        pooled_years=f"{pooled_from}–{row.year}" if pooled_from else "",
        is_key=is_key,
        # the set's figures are of one year: beside them, one of several years together would mislead
        range_svg=_draw_dots(c, row) if c.is_region else _draw_range(c, row, None if pooled_from else near),
        line_svg=_draw_line(c, indicator, years),
        before=c.number(indicator, years[0].value, year=years[0].year) if len(years) == 2 else None,
    )


def find_near(c: Context, row: KnownRow) -> tuple[Number | None, str]:
    """What the column of the rest of the region shows, and its note.

    Without counts the rest cannot be worked out; the region's own figure then stands there, and says so. A
    region itself has none.
    """
    indicator = c.indicator(row)
    if c.is_region:
        return None, ""
    if row.rest_comparator is not None:
        return c.number(indicator, row.rest_comparator, "rest", row.year, from_year=find_pooled(row)), ""
    is_additive = c.catalogue.units[indicator.unit].is_additive
    if row.region_value is None or is_additive:  # a sum of people is nothing to compare with
        return None, ""
    return (
        c.number(indicator, row.region_value, "region", row.year),
        c.texts("form_note_region", region=c.region_name),
    )


def _list_notes(c: Context, row: KnownRow, years: Sequence[KnownYear]) -> tuple[str, ...]:
    notes = c.sentences.notes(row, [item.year for item in years])
    if not c.is_region and row.median is not None and row.n_areas < _COUNTRYWIDE:
        n = format_count(row.n_areas, c.texts.language, "genitive")
        notes = (*notes, c.texts("form_note_small_set", n=n))
    return notes


def split_title(short_title: str) -> tuple[str, str]:
    """A short title's name, and its unit where it ends with one.

    Examples
    --------
    >>> split_title("Työttömät, % työvoimasta"), split_title("Rikokset / 1 000 asukasta")
    (('Työttömät', '% työvoimasta'), ('Rikokset', '/ 1 000 asukasta'))
    """
    for sign, joint in ((", %", ", "), (" / ", " "), (", ", ", ")):
        name, found, unit = short_title.rpartition(sign)
        if found and name and (sign != ", " or unit.split()[0] in _UNIT_WORDS):
            return name, (sign + unit).removeprefix(joint)
    return short_title, ""


#: First words by which the end of a short title is known to be its unit.
_UNIT_WORDS: Final = frozenset(
    (
        *("€", "euroa", "henkeä", "indeksi", "pistettä", "mittaluku"),
        *("euro", "personer", "index", "poäng"),
        *("euros", "persons", "per", "as", "points"),
    )
)


def _draw_range(c: Context, row: KnownRow, near: Number | None) -> Markup:
    """The range line; nothing where the set has no spread, or where the figure is a number of people."""
    indicator = c.indicator(row)
    spread = Spread.of(row)
    if spread is None or not indicator.is_compared:
        return Markup("")
    shown = {"value": row.value, **vars(spread)}
    numbers = [c.number(indicator, value, role, row.year) for role, value in shown.items()]
    words = {role: number.text for role, number in zip(shown, numbers, strict=True)}
    label = c.texts("form_range_alt", area=c.area_name, n=row.n_areas, **words)
    beside = None
    if near:
        numbers.append(near)
        beside = row.rest_comparator if near.role == "rest" else row.region_value
        name = c.texts("form_rest") if near.role == "rest" else c.region_name
        label += f" {name} {near.text}."
    return Markup(draw_range(spread, row.value, beside, find_verdict(row), label, list_figures(numbers)))


def _draw_dots(c: Context, row: KnownRow) -> Markup:
    """The municipalities of a region as dots; nothing where none has a figure of the year, or of people."""
    indicator = c.indicator(row)
    members = [
        item
        for item in c.of_members.get((row.goal_id, row.indicator_id), {}).values()
        if is_known(item) and item.year == row.year
    ]
    if not members or not indicator.is_compared:
        return Markup("")
    values = sorted(item.value for item in members)
    told = {"value": row.value, "minimum": values[0], "maximum": values[-1]}
    words = {name: c.number(indicator, value).text for name, value in told.items()}
    label = c.texts("form_dots_alt", area=c.area_name, n=len(members), **words)
    numbers = [c.number(indicator, row.value, year=row.year)]
    if country := c.number_or_none(indicator, row.country_value, "country", row.year):
        numbers.append(country)
        label += f" {c.texts('country')} {country.text}."
    numbers += [c.number(indicator, item.value, year=item.year, area=item.area_code) for item in members]
    drawn = (values, row.value, row.country_value)
    return Markup(draw_dots(*drawn, find_verdict(row), label, list_figures(numbers)))


def find_verdict(row: Row) -> str:
    """Better or worse where a comparison says so and none says otherwise; else empty."""
    verdicts = {row.rest_verdict, row.country_verdict} & {"better", "worse"}
    return verdicts.pop() if len(verdicts) == 1 else ""


def _draw_line(c: Context, indicator: Indicator, years: Sequence[KnownYear]) -> Markup:
    if len(years) < 3:
        return Markup("")
    ends = [c.number(indicator, item.value, year=item.year) for item in (years[0], years[-1])]
    label = c.texts(
        "form_line_alt",
        area=c.area_name,
        first=ends[0].text,
        first_year=ends[0].year,
        last=ends[1].text,
        last_year=ends[1].year,
    )
    return Markup(draw_sparkline(split_years(indicator, years), label, list_figures(ends)))


def split_years(indicator: Indicator, years: Sequence[KnownYear]) -> Sequence[Piece]:
    """Runs of years that may be joined: neither over a missing year nor over a break in the series."""
    breaks = [item.year for item in indicator.breaks]
    pieces: list[list[tuple[int, float]]] = [[(years[0].year, years[0].value)]]
    for before, item in pairwise(years):
        is_broken = any(before.year < year <= item.year for year in breaks)
        if is_broken or item.year - before.year > indicator.interval_years:
            pieces.append([])
        pieces[-1].append((item.year, item.value))
    return pieces
