"""Plots on matplotlib's own axes: an analyst changes, combines and saves them as any other plot.

Colours and words are those of the reports, and a plot hides nothing that a report would tell: breaks,
provisional figures, few events, missing areas and the source stand in it.
"""

import textwrap
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.typing import ColorType

from indicators.analyst.displays import title_with_unit
from indicators.analyst.lookup import AreaName, check_level, find_area, find_areas, find_goal, find_indicator
from indicators.analyst.wording import FigureWording
from indicators.assessment.columns import Row
from indicators.assessment.goals import find_mark
from indicators.assessment.load import load_assessment
from indicators.assessment.rows import KnownRow, KnownYear, YearFigure, is_known, list_known
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.context import find_breaks
from indicators.charts.drawing.row_scale import find_scale
from indicators.charts.drawing.style import MARKS, ROLES
from indicators.charts.map import load_boundaries
from indicators.config import DATA_FOLDER
from indicators.errors import ParameterError
from indicators.model import Language
from indicators.narrative.formats import format_number
from indicators.narrative.texts import Texts, load_texts

#: For ``matplotlib.style.use`` too.
STYLE_FILE: Final = DATA_FOLDER / "indicators.mplstyle"
#: Lines that can still be told apart by colour and label.
MOST_AREAS: Final = 8
#: Characters of a line of a title beside its row, and its most lines.
_LABEL_WIDTH, _LABEL_LINES = 44, 4
_MUTED: Final = ROLES["muted"].light
#: Look of an area without a value on a map.
_LACKING: Final = {"facecolor": "white", "hatch": "///"}


def plot_trend(
    areas: AreaName | Sequence[AreaName],
    indicator: str | Indicator,
    ax: Axes | None = None,
    *,
    language: str = "fi",
    snapshot: str = "latest",
) -> Axes:
    """Plot an indicator's years in one to eight areas, each line with its name and newest value.

    Parameters
    ----------
    areas : str, int, Area or sequence of these
        Municipalities, regions or the whole country.
    ax : Axes, optional
        Where to plot; a new figure where not given.

    Returns
    -------
    Axes
        Values in the indicator's unit. A break cuts the line, a provisional year is a hollow dot, and what
        else must be known stands under the axis with the source.

    Raises
    ------
    UnknownAreaError, UnknownIndicatorError, UnknownNameError
        A name that is not there.
    ParameterError
        An area twice, more than eight, one without a value, or at whose level the indicator is not shown.
    """
    chosen, what, plot = (
        find_areas(areas),
        find_indicator(indicator),
        Plot(load_assessment(snapshot), load_texts(language)),
    )
    if not 1 <= len(chosen) <= MOST_AREAS:
        expected = f"one to {MOST_AREAS}; more lines cannot be told apart"
        raise ParameterError("areas", f"{len(chosen)} areas", expected)
    for area in chosen:
        check_level(area, what)
    ax = ax or plot.new_axes()
    ends: list[tuple[float, str, ColorType]] = []
    newest = {}
    for area in chosen:
        figures = plot.assessment.years(area.code, what.id)
        known = list_known(figures)
        if not known:
            raise ParameterError("areas", f"{what.id} in {area.name()}", "areas that have a value of it")
        breaks = find_breaks(plot.assessment, area.code, what)
        colour = draw_years(ax, known, breaks, what)
        label = f"{plot.name(area)} {plot.wording.number(what, known[-1].value)}"
        ends.append((known[-1].value, label, colour))
        newest[area.code] = known[-1].year
        plot.drawn[what.id] += known
        plot.note_years(area, figures, breaks, plot.assessment.row(area.code, what.id))
    label_years(ax, ends)
    plot.notes.insert(0, plot.tell_newest(chosen, newest))
    return plot.finish(ax, what, axis="y")


def plot_goal(
    area: AreaName,
    goal: str | Goal,
    ax: Axes | None = None,
    *,
    language: str = "fi",
    snapshot: str = "latest",
) -> Axes:
    """Plot a goal's indicators in an area among all municipalities; better is to the right.

    Returns
    -------
    Axes
        One row per indicator with a value. The band is the middle half of municipalities, its line their
        median, and the shape and colour of the mark the verdict. An indicator that is not compared, or of
        which too few municipalities have a value, has its value only.

    Raises
    ------
    UnknownAreaError, UnknownNameError
        A name that is not there.
    ParameterError
        The area has no value of the goal's indicators.
    """
    where, what, plot = (
        find_area(area),
        find_goal(goal),
        Plot(load_assessment(snapshot), load_texts(language)),
    )
    known = [row for row in plot.assessment.rows(where.code) if row.goal_id == what.id and is_known(row)]
    rows = [row for row in known if not row.is_old] or known
    if not rows:
        found = f"goal {what.id} in {where.name()}"
        raise ParameterError("plot_goal", found, "a goal of which the area has figures")
    ax = ax or plot.new_axes(1.2 + 0.5 * len(rows), width=9)
    draw_rows(plot, ax, rows)
    old = [row for row in known if row not in rows]
    plot.note("plot_old", [f"{plot.wording.title(plot.indicator(row))} {row.year}" for row in old])
    ax.set_title(f"{plot.name(where)}: {what.id} {what.title.text(plot.texts.language)}", loc="left")
    return plot.add_notes(ax, width=70)


def plot_map(
    indicator: str | Indicator,
    year: int | None = None,
    ax: Axes | None = None,
    *,
    language: str = "fi",
    snapshot: str = "latest",
) -> Axes:
    """Plot an indicator on the map of the agreement's municipalities, each with its name and value.

    Parameters
    ----------
    year : int, optional
        The newest year in which most municipalities have a value where not given.

    Raises
    ------
    UnknownIndicatorError, UnknownNameError
        A name that is not there.
    ParameterError
        No municipality has a value in the year, the indicator may not be shown for municipalities, or the
        borders of a municipality are not packaged.
    """
    what, plot = find_indicator(indicator), Plot(load_assessment(snapshot), load_texts(language))
    year, values = plot.read_members(what, year)
    borders, members = load_boundaries(), plot.assessment.catalogue.members
    lacking = [area.name() for area in members if area.code not in borders.outlines]
    if lacking:
        raise ParameterError("plot_map", f"no borders of {', '.join(lacking)}", "areas with packaged borders")
    ax = ax or plot.new_axes(6.4)
    low, high = min(values.values()), max(values.values())
    colours = plt.get_cmap("Blues")
    for area in members:
        value = values.get(area.code)
        place = 0.0 if high == low else ((low if value is None else value) - low) / (high - low)
        look = {"facecolor": colours(0.08 + 0.62 * place)} if value is not None else _LACKING
        for ring in borders.outlines[area.code]:
            ax.fill(*ring.T, **look, edgecolor=_MUTED, linewidth=0.7)
        shown = f"{plot.name(area)}\n{plot.wording.number(what, value) or plot.texts('no_value')}"
        colour = "white" if value is not None and place > 0.8 else ROLES["text"].light
        ax.text(*borders.labels[area.code], shown, ha="center", va="center", size=7, color=colour)
    ax.set_aspect("equal")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    plot.note_missing(values)
    plot.notes.append(borders.credit(plot.texts.language))
    return plot.finish(ax, what, year=year)


def plot_distribution(
    indicator: str | Indicator,
    area: AreaName | None = None,
    year: int | None = None,
    ax: Axes | None = None,
    *,
    language: str = "fi",
    snapshot: str = "latest",
) -> Axes:
    """Plot an indicator's values in the agreement's municipalities over those of all municipalities.

    Parameters
    ----------
    area : str, int or Area, optional
        A municipality to bring forward.
    year : int, optional
        The newest year in which most municipalities have a value where not given.

    Returns
    -------
    Axes
        The municipalities in alphabetical order; the band is the middle half of all municipalities of
        Finland, its line their median.

    Raises
    ------
    UnknownAreaError, UnknownIndicatorError, UnknownNameError
        A name that is not there.
    ParameterError
        No municipality has a value in the year, or the indicator may not be shown for municipalities.
    """
    what, plot = find_indicator(indicator), Plot(load_assessment(snapshot), load_texts(language))
    own = find_area(area, "municipality").code if area is not None else ""
    year, values = plot.read_members(what, year)
    panel = plot.assessment.panels[what.id]
    at, spread = year - panel.years[0], panel.spread
    members = [item for item in plot.assessment.catalogue.members if item.code in values]
    ax = ax or plot.new_axes(1.2 + 0.24 * len(members))
    ax.axvspan(spread.q1[at], spread.q3[at], color=ROLES["band"].light, linewidth=0)
    ax.axvline(spread.median[at], color=ROLES["median"].light, linewidth=1)
    for place, member in enumerate(members):
        shape, size, role = ("D", 8, "own") if member.code == own else ("o", 6, "region")
        colour, value = ROLES[role].light, values[member.code]
        ax.plot(value, place, shape, color=colour, markersize=size)
        number = plot.wording.number(what, value)
        ax.text(1.02, place, number, transform=ax.get_yaxis_transform(), va="center", color=colour)
    ax.set(ylim=(len(members) - 0.4, -0.6), yticks=range(len(members)))
    ax.set_yticklabels([plot.name(member) for member in members])
    plot.note_missing(values)
    median = plot.wording.value(what, float(spread.median[at]))
    plot.notes.insert(0, plot.texts("plot_band", n=int(spread.n[at]), median=median))
    return plot.finish(ax, what, axis="x", year=year)


class Plot:
    """What every plot needs: figures, words, and the notes that will stand under it."""

    def __init__(self, assessment: Assessment, texts: Texts) -> None:
        self.assessment, self.texts = assessment, texts
        self.wording = FigureWording(self.assessment, self.texts)
        self.notes: list[str] = []
        self.drawn: dict[str, list[Row | YearFigure]] = defaultdict(list)

    def new_axes(self, height: float = 4.2, width: float = 7.2) -> Axes:
        # Outside the style: a first figure inside it would start the notebook's drawing only to undo it.
        figure = plt.figure(figsize=(width, height), layout="constrained")
        return add_axes(figure)

    def name(self, area: Area) -> str:
        return area.name(self.texts.language)

    def indicator(self, row: Row) -> Indicator:
        return self.assessment.catalogue.indicators[row.indicator_id]

    def read_members(self, indicator: Indicator, year: int | None) -> tuple[int, dict[str, float]]:
        """The members' values in a year, by code; an error that names the years where there is none."""
        members = self.assessment.catalogue.members
        check_level(members[0], indicator)
        by_year: dict[int, dict[str, KnownYear]] = defaultdict(dict)
        for area in members:
            for item in list_known(self.assessment.years(area.code, indicator.id)):
                by_year[item.year][area.code] = item
        if not by_year or (year is not None and year not in by_year):
            years = f"it has {min(by_year)}–{max(by_year)}" if by_year else "it has none in this snapshot"
            expected = f"a year in which {indicator.id} has municipal values; {years}"
            raise ParameterError("year", year, expected)
        chosen = year if year is not None else max(by_year, key=lambda item: (len(by_year[item]), item))
        self.drawn[indicator.id] = [*by_year[chosen].values()]
        return chosen, {code: item.value for code, item in by_year[chosen].items()}

    # --- what must be known ------------------------------------------------------------------------------

    def note(self, key: str, names: Iterable[object], **words: object) -> None:
        """A note on some areas or years; none where there are none."""
        if told := ", ".join(str(name) for name in names):
            self.notes.append(self.texts(key, names=told, **words))

    def note_years(
        self, area: Area, figures: Sequence[YearFigure], breaks: Sequence[int], row: Row | None
    ) -> None:
        known = [item for item in figures if item.value is not None]
        provisional = [item.year for item in known if item.status == "provisional"]
        self.note("plot_provisional", provisional, area=self.name(area))
        told = [year for year in breaks if known[0].year < year <= known[-1].year]
        self.note("plot_breaks", told, area=self.name(area))
        if row is not None:
            self.note_row(row, self.name(area))

    def note_missing(self, values: Collection[str]) -> None:
        members = self.assessment.catalogue.members
        self.note("plot_missing", [self.name(area) for area in members if area.code not in values])

    def note_row(self, row: Row, name: str) -> None:
        if row.is_uncertain and row.denominator is not None:
            self.note("plot_few", [name])

    def tell_newest(self, areas: Sequence[Area], newest: dict[str, int]) -> str:
        """The year of the values at the lines' ends, area by area where it differs."""
        years = set(newest.values())
        told = ", ".join(f"{self.name(area)} {newest[area.code]}" for area in areas)
        return self.texts("plot_newest", years=years.pop() if len(years) == 1 else told)

    # --- the frame ---------------------------------------------------------------------------------------

    def finish(self, ax: Axes, indicator: Indicator, axis: str = "", year: int | None = None) -> Axes:
        """Title with unit and year, numbers as the language writes them, and the notes."""
        title = title_with_unit(self.assessment.catalogue, indicator, self.texts.language)
        ax.set_title(f"{title} {year}" if year is not None else title, loc="left", wrap=True)
        if axis:
            ax.grid(axis="x" if axis == "y" else "y", visible=False)
            self.write_numbers(ax.yaxis if axis == "y" else ax.xaxis)
        return self.add_notes(ax)

    def write_numbers(self, axis: Axis) -> None:
        axis.set_major_formatter(FuncFormatter(lambda tick, _: _tick_text(tick, self.texts.language)))

    def add_notes(self, ax: Axes, width: int = 100) -> Axes:
        self.notes.append(self.wording.source(self.drawn))
        return self.write_notes(ax, width)

    def write_notes(self, ax: Axes, width: int) -> Axes:
        told = [line for note in self.notes for line in textwrap.wrap(note, width)]
        ax.set_xlabel("\n".join(told), loc="left", size="small", color=_MUTED)
        return ax


def add_axes(figure: Figure) -> Axes:
    """Axes in the reports' look, which fill the figure."""
    with plt.style.context(STYLE_FILE):
        return figure.subplots()


def draw_years(
    ax: Axes, known: Sequence[KnownYear], breaks: Sequence[int], indicator: Indicator, **look: Any
) -> ColorType:
    """An area's line with hollow dots for provisional years and its breaks; the line's colour."""
    points = [(item.year, item.value) for item in known]
    (line,) = ax.plot(*cut(points, breaks, indicator.interval_years), marker="o", markersize=3, **look)
    colour = line.get_color()
    provisional = [(item.year, item.value) for item in known if item.status == "provisional"]
    if provisional:
        ax.plot(*zip(*provisional, strict=True), "o", color=colour, markerfacecolor="white", markersize=6)
    for year in breaks:
        if known[0].year < year <= known[-1].year:
            ax.axvline(year - 0.5, color=_MUTED, linewidth=0.8, linestyle=":")
    return colour


def draw_rows(plot: Plot, ax: Axes, rows: Sequence[KnownRow], region: str = "") -> None:
    """A row of the municipalities' middle half for each indicator, and what the marks mean.

    Where a region is named, its values are ticks.
    """
    labels, ticks = [], 0
    for at, row in enumerate(rows):
        indicator, mark = plot.indicator(row), MARKS[find_mark(row)]
        plot.drawn[row.indicator_id].append(row)
        other = row.region_value if region else None
        scale = find_scale(row, (row.value, other), indicator.is_compared)
        if scale is not None and row.q1 is not None and row.q3 is not None:
            left, right, *_ = scale.span(row.q1, row.q3)
            ax.barh(at, right - left, left=left, height=0.5, color=ROLES["band"].light)
            if other is not None:
                ax.plot(scale.place(other), at, "|", color=ROLES["region"].light, markersize=16)
                ticks += 1
            colour = ROLES[mark.role].light
            filled = colour if mark.is_filled else "white"
            ax.plot(
                scale.place(row.value), at, mark.shape, color=colour, markerfacecolor=filled, markersize=9
            )
        else:
            look: dict[str, Any] = {"color": _MUTED, "backgroundcolor": "white", "size": "small"}
            ax.text(0, at, plot.texts("chart_no_bar"), ha="center", va="center", **look)
        value = f"{plot.wording.value(indicator, row.value)} ({row.year})"
        ax.text(1.04, at, value, transform=ax.get_yaxis_transform(), va="center")
        title = plot.wording.title(indicator)
        lines = textwrap.wrap(title, _LABEL_WIDTH, max_lines=_LABEL_LINES, placeholder=" …")
        labels.append("\n".join(lines))
        plot.note_row(row, title)
    marks = {mark: MARKS[mark] for mark in map(find_mark, rows)}
    key = ", ".join(f"{mark.glyph} {plot.texts(mark.text_key)}" for mark in marks.values())
    reading = [plot.texts("plot_reading", key=key)]
    plot.notes[:0] = reading + [plot.texts("chart_reading_region", region=region)] * bool(ticks)
    ax.axvline(0, color=ROLES["median"].light, linewidth=0.8)
    ax.set(xlim=(-1.05, 1.05), ylim=(len(rows) - 0.4, -0.6), yticks=range(len(rows)))
    ax.set_yticklabels(labels, size="small")
    ends = [plot.texts("chart_axis_worse"), plot.texts("chart_axis_median"), plot.texts("chart_axis_better")]
    ax.set_xticks([-1, 0, 1], ends)
    ax.grid(visible=False)


def cut(
    points: Sequence[tuple[int, float]], breaks: Sequence[int], interval: int
) -> tuple[list[float], list[float]]:
    """Years and values of a line, cut by a NaN at each break and where a year of the calendar is missing."""
    years: list[float] = []
    values: list[float] = []
    most = interval if interval == 1 else interval + 1  # an election may be moved by a year
    for year, value in points:
        if years and (year - years[-1] > most or any(years[-1] < item <= year for item in breaks)):
            years.append(year)
            values.append(np.nan)
        years.append(year)
        values.append(value)
    return years, values


def label_years(ax: Axes, ends: Sequence[tuple[float, str, ColorType]]) -> None:
    """Whole years below; the lines' names at the right edge, apart, in the order of their heights."""
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.margins(x=0.03)
    first, last = ax.dataLim.intervalx
    if first == last:  # a lone year would stand in the middle of two centuries
        ax.set(xlim=(first - 1, last + 1), xticks=[first])
    ends = sorted(ends, key=lambda end: end[0])
    low, high = ax.get_ylim()
    height = ax.get_window_extent().height * 72 / ax.figure.dpi
    size = float(ax.xaxis.label.get_fontsize())
    heights = [(value - low) / (high - low) for value, *_ in ends]
    for place, (_, label, colour) in zip(_spread_apart(heights, 1.3 * size / height), ends, strict=True):
        ax.text(1.01, place, label, transform=ax.transAxes, color=colour, va="center")


def _spread_apart(heights: Sequence[float], gap: float) -> list[float]:
    """Move ascending heights apart to at least the gap, from 0 to 1 while there is room, in their order."""
    placed = list(heights)
    for at in range(1, len(placed)):
        placed[at] = max(placed[at], placed[at - 1] + gap)
    placed[-1] = min(placed[-1], 1.0)
    for at in reversed(range(len(placed) - 1)):
        placed[at] = min(placed[at], placed[at + 1] - gap)
    shift = max(0.0, -placed[0])
    return [height + shift for height in placed]


def _tick_text(tick: float, language: Language) -> str:
    """A tick with the decimals that it needs: none for a whole number, at most three."""
    decimals = next((n for n in range(3) if abs(tick * 10**n - round(tick * 10**n)) < 1e-6), 3)
    return format_number(tick, decimals, language)
