"""The public functions: what an analyst calls in a notebook, each one call to the parts behind it.

Areas, goals and indicators are taken by name or code, and an unknown one is an error with the nearest names.
``snapshot`` is ``latest`` (the newest stored one, else the bundled), ``bundled``, an id or a path.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import pandas as pd

from indicators import catalogue as _catalogue
from indicators import snapshot as _snapshots
from indicators import stored as _stored
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.overlay import stamp_overlay
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.municipal_trend import make_trend_chart
from indicators.charts.spine import make_spine_chart
from indicators.config import load_settings
from indicators.errors import ParameterError, SnapshotError, UnknownIndicatorError, UnknownNameError
from indicators.model import Level
from indicators.narrative.texts import load_texts
from indicators.report.area_report import load_assessment
from indicators.report.municipal import MunicipalReport, open_municipal_report
from indicators.report.regional import RegionReport, open_region_report
from indicators.report.reprs import AssessmentView, Chart, Comparison, title_with_unit
from indicators.report.views import ViewMaker
from indicators.snapshot import Snapshot
from indicators.verdicts import COMPARATORS

if TYPE_CHECKING:
    from indicators.batch.make import Edition
    from indicators.fetch import FetchReport

ThingT = TypeVar("ThingT")


# --- names ------------------------------------------------------------------------------------------


class Lookup(Generic[ThingT]):
    """Finds declared things by id or name: ``area("Viitasaari")``, ``area["931"]``, ``area.Viitasaari``.

    Attributes and keys complete with the tab key. Iterating gives all things in their declared order.

    Parameters
    ----------
    find : callable
        Gives the thing of an id or name; raises `UnknownNameError` with suggestions.
    list_all : callable
        Gives all things.
    names : callable
        The names under which a thing completes.
    """

    def __init__(
        self,
        find: Callable[[Any], ThingT],
        list_all: Callable[[], Iterable[ThingT]],
        names: Callable[[ThingT], Iterable[str]],
    ) -> None:
        self._find, self._list_all, self._names = find, list_all, names
        self.__doc__ = find.__doc__

    def __call__(self, name: Any) -> ThingT:
        """The thing of an id or name."""
        return self._find(name)

    def __getitem__(self, name: Any) -> ThingT:
        return self._find(name)

    def __iter__(self) -> Iterator[ThingT]:
        return iter(self._list_all())

    def __getattr__(self, name: str) -> ThingT:
        if name.startswith("_"):
            raise AttributeError(name)
        known = self._by_attribute()
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, n=3)
        raise AttributeError(f"nothing is named {name!r}" + (f"; nearest: {', '.join(near)}" if near else ""))

    def __dir__(self) -> list[str]:
        return sorted(self._by_attribute())

    def _ipython_key_completions_(self) -> list[str]:
        return [name for thing in self for name in self._names(thing)]

    def _by_attribute(self) -> dict[str, ThingT]:
        found: dict[str, ThingT] = {}
        for thing in self:
            for name in self._names(thing):
                found.setdefault(_as_attribute(name), thing)
        return found


def _as_attribute(name: str) -> str:
    """A name as Python can write it: ``Pedersören_kunta``, ``tavoite_1_1``."""
    text = re.sub(r"\W+", "_", unicodedata.normalize("NFC", name)).strip("_")
    return f"n{text}" if text[:1].isdigit() else text


def _find_area(name: str | int | Area, level: Level | None = None) -> Area:
    """The area with a code or a Finnish or Swedish name, in any case of letters.

    Parameters
    ----------
    name : str, int or Area
        "Viitasaari", "931", "MK13"... A number is read as a code of three digits: 77 is 077, with a note.

    Raises
    ------
    UnknownAreaError
        No current area has the name; the message has the nearest ones.
    ParameterError
        Neither a text nor a whole number.
    """
    if isinstance(name, Area):
        return name
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise ParameterError("area", name, "a name, or a code of three digits as text")
    return load_catalogue().areas.resolve(str(name), level)


def _find_goal(name: str | float | Goal) -> Goal:
    """The goal with an id ("3.2") or exactly this Finnish title.

    Raises
    ------
    UnknownNameError
        No goal has the id; the message has the nearest ones.
    """
    if isinstance(name, Goal):
        return name
    for item in load_catalogue().goals:
        if _fold(str(name)) == _fold(item.title.fi):
            return item
    return load_catalogue().goal(str(name))


def _find_indicator(name: str | Indicator) -> Indicator:
    """The indicator with an id ("sotkanet:181") or exactly this Finnish title.

    Raises
    ------
    UnknownIndicatorError
        No indicator has the id; the message has the nearest ones.
    """
    if isinstance(name, Indicator):
        return name
    declared = load_catalogue()
    for item in declared.indicators.values():
        if _fold(str(name)) == _fold(item.title.fi):
            return item
    try:
        return declared.indicator(str(name))
    except UnknownNameError as error:
        near = error.suggestions or _nearest_titles(str(name), declared)
        raise UnknownIndicatorError(name, near) from None


def _nearest_titles(name: str, declared: Catalogue) -> tuple[str, ...]:
    """Ids of indicators whose title holds the words, or is close."""
    titles = {_fold(item.title.fi): item.id for item in declared.indicators.values()}
    holding = [title for title in titles if all(word in title for word in _fold(name).split())]
    near = holding[:3] or difflib.get_close_matches(_fold(name), titles, n=3, cutoff=0.4)
    return tuple(f"{titles[title]} ({title})" for title in near)


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


area: Final[Lookup[Area]] = Lookup(
    _find_area, lambda: load_catalogue().areas, lambda item: dict.fromkeys((item.names[0], item.code))
)
"""Areas: ``area("Viitasaari")``, ``area.Viitasaari``, ``area(77)``."""

goal: Final[Lookup[Goal]] = Lookup(
    _find_goal, lambda: load_catalogue().goals, lambda item: (f"tavoite {item.id}", item.id)
)
"""Goals: ``goal("3.2")``, ``goal.tavoite_3_2``."""

indicator: Final[Lookup[Indicator]] = Lookup(
    _find_indicator, lambda: load_catalogue().indicators.values(), lambda item: (item.id, item.title.fi)
)
"""Indicators: ``indicator("sotkanet:181")``, ``indicator.sotkanet_181``, or by the Finnish title."""


# --- data -------------------------------------------------------------------------------------------


def load_catalogue() -> Catalogue:
    """The declared agreement, areas and indicators, with the overlay of ``yhdyspinta.toml`` on top.

    Returns
    -------
    Catalogue
        ``goals``, ``indicators`` (by id), ``areas``, ``members`` and more.

    Raises
    ------
    CatalogueError
        Declared data does not hold; the message names file, key and line.
    """
    overlay = load_settings().overlay
    return _load_once(overlay, stamp_overlay(overlay))


@lru_cache(maxsize=2)
def _load_once(overlay: Path | None, stamp: str) -> Catalogue:
    """Kept until the overlay's files change: names are looked up at every call."""
    return _catalogue.load_catalogue(overlay=overlay)


def load_snapshot(snapshot: str | Path = "latest") -> Snapshot:
    """A stored snapshot, after checking every file's hash. Never uses the network.

    Returns
    -------
    Snapshot
        ``observations`` is the whole tidy table: one row per indicator, area, year and sex.

    Raises
    ------
    UnknownNameError
        There is no such snapshot; the message has the newest ones.
    SnapshotError
        It is damaged, or may not be read.
    """
    try:
        return _snapshots.load_snapshot(str(snapshot), load_settings().snapshots_folder)
    except PermissionError as error:
        advice = "Ask its owner for the right to read it, or set 'home' in yhdyspinta.toml."
        raise SnapshotError(str(snapshot), "may not be read: no rights to the folder.", advice) from error


def fetch_snapshot(sources: Sequence[str] = (), indicators: Sequence[str] = ()) -> "FetchReport":
    """Fetch declared series from the services into a new snapshot; the only function that uses the network.

    Parameters
    ----------
    sources : sequence of str
        Any of sotkanet, statfin, table; all where empty.
    indicators : sequence of str
        Only these ids; all where empty.

    Returns
    -------
    FetchReport
        ``snapshot`` is the new id, None where nothing was new; ``problems`` says what failed and why.

    Raises
    ------
    UnknownIndicatorError
        An id that is not declared.
    OutputError
        The folder of snapshots cannot be written, or another fetch is running.
    """
    from indicators.fetch import SOURCES
    from indicators.fetch import fetch_snapshot as fetch

    return fetch(load_catalogue(), load_settings(), tuple(sources) or SOURCES, tuple(indicators))


def list_snapshots() -> pd.DataFrame:
    """Stored snapshots and the bundled one, newest first.

    Returns
    -------
    DataFrame
        Columns ``id``, ``created``, ``series`` (their number), ``is_bundled``, ``path``.
    """
    found = _stored.list_snapshots(load_settings().snapshots_folder)
    rows = [
        (item["id"], item["created"], len(item["series"]), item["is_bundled"], item["path"]) for item in found
    ]
    return pd.DataFrame(rows, columns=["id", "created", "series", "is_bundled", "path"])


def observations(
    indicator: str | Indicator, *areas: str | int | Area, snapshot: str = "latest"
) -> pd.DataFrame:
    """Observations of one indicator, for these areas or all: the tidy table for pandas and any plotting.

    Returns
    -------
    DataFrame
        Columns ``indicator_id``, ``area_code``, ``year``, ``sex``, ``value`` (in the indicator's unit),
        ``count``, ``denominator``, ``status``, ``status_note``; one row per area, year and sex, sorted by
        these. A missing value is NaN with its reason in ``status``. A copy, yours to change.

    Raises
    ------
    UnknownIndicatorError, UnknownAreaError, UnknownNameError
        A name that is not there.
    """
    rows: pd.DataFrame = _load(snapshot).snapshot.rows(_find_indicator(indicator).id)
    if areas:
        rows = rows[rows["area_code"].isin([_find_area(item).code for item in areas])]
    words = dict.fromkeys(("indicator_id", "area_code", "sex", "status", "status_note"), str)
    return rows.astype(words).reset_index(drop=True)


def assess(
    *areas: str | int | Area, goal: str | Goal | None = None, snapshot: str = "latest"
) -> AssessmentView:
    """Latest values with their comparators and verdicts, for these areas or all.

    Parameters
    ----------
    goal : str or Goal, optional
        Only this goal's indicators.

    Returns
    -------
    AssessmentView
        ``table`` is a DataFrame with the columns of `indicators.assessment.ASSESSMENT_COLUMNS`, one row per
        area, goal and indicator. A notebook shows it in words.

    Raises
    ------
    UnknownAreaError, UnknownNameError
        A name that is not there.
    """
    assessment = _load(snapshot)
    table = assessment.table
    if areas:
        table = table[table["area_code"].isin([_find_area(item).code for item in areas])]
    if goal is not None:
        table = table[table["goal_id"] == _find_goal(goal).id]
    return AssessmentView(table.reset_index(drop=True), assessment)


def compare(
    area: str | int | Area,
    indicator: str | Indicator,
    comparator: str = "region",
    *,
    language: str = "fi",
    snapshot: str = "latest",
) -> Comparison:
    """Compare an indicator's latest value in an area with its region, the country or its peers.

    Parameters
    ----------
    comparator : str
        region, country or peers.

    Raises
    ------
    UnknownNameError
        An unknown comparator, area, indicator, language or snapshot.
    ParameterError
        The indicator is not shown at the area's level.
    """
    if comparator not in COMPARATORS:
        near = difflib.get_close_matches(str(comparator), COMPARATORS, n=3)
        raise UnknownNameError("comparator", comparator, near, f"There are {', '.join(COMPARATORS)}.")
    where, what, texts = _find_area(area), _find_indicator(indicator), load_texts(language)
    assessment = _load(snapshot)
    rows = assessment.of_area(where.code)
    rows = rows[rows["indicator_id"] == what.id]
    if rows.empty:
        raise ParameterError("indicator", what.id, f"one that is shown for a {where.level}")
    row = next(rows.itertuples())
    views = ViewMaker(assessment, where, texts)
    other = float(getattr(row, f"{comparator}_comparator"))
    verdict = str(getattr(row, f"{comparator}_verdict"))
    text = texts(
        "show_comparison",
        indicator=views.local(what.title),
        area=views.area_name,
        year="" if pd.isna(row.year) else row.year,
        value=views.value(what, row.value) or texts("no_value"),
        comparator=texts(f"show_comparator_{comparator}"),
        other=views.value(what, other) or texts("no_value"),
        verdict=texts(f"verdict_{verdict}"),
    )
    return Comparison(
        where.code,
        what.id,
        comparator,
        None if pd.isna(row.year) else int(row.year),
        float(row.value),
        other,
        verdict,
        str(getattr(row, f"{comparator}_method")),
        str(getattr(row, f"{comparator}_reason")),
        text,
    )


# --- charts and reports -----------------------------------------------------------------------------


def trend_chart(
    area: str | int | Area, indicator: str | Indicator, *, language: str = "fi", snapshot: str = "latest"
) -> Chart:
    """Draw an indicator's years in an area against its region and the median of municipalities.

    Returns
    -------
    Chart
        Shows itself in a notebook. ``table`` has the figures drawn (``year``, ``value``, ``region_value``,
        ``median`` in the indicator's unit), ``message`` and ``alt`` the words, ``svg`` the drawing.

    Raises
    ------
    UnknownAreaError, UnknownIndicatorError, UnknownNameError
        A name that is not there.
    ParameterError
        The area has fewer than two years with a value, so no development can be shown.
    """
    where, what, texts = _find_area(area), _find_indicator(indicator), load_texts(language)
    assessment = _load(snapshot)
    figure = make_trend_chart(assessment, where, what, texts, "kuvio")
    if figure is None:
        found = f"{what.id} in {where.name()}"
        raise ParameterError("trend_chart", found, "an indicator with two or more years of values there")
    source = ViewMaker(assessment, where, texts).source(what)[0]
    return Chart.of(figure, title_with_unit(assessment.catalogue, what, texts.language), source)


def spine_chart(
    area: str | int | Area, goal: str | Goal, *, language: str = "fi", snapshot: str = "latest"
) -> Chart:
    """Draw a goal's indicators in an area among the municipalities; better is to the right.

    Returns
    -------
    Chart
        Shows itself in a notebook; ``table`` has one row per indicator with a value.

    Raises
    ------
    UnknownAreaError, UnknownNameError
        A name that is not there.
    ParameterError
        The area has no value of the goal's indicators.
    """
    where, what, texts, assessment = _find_area(area), _find_goal(goal), load_texts(language), _load(snapshot)
    figure = make_spine_chart(assessment, where, what, texts, "kuvio")
    if figure is None:
        found = f"goal {what.id} in {where.name()}"
        raise ParameterError("spine_chart", found, "a goal of which the area has figures")
    rows = assessment.of_area(where.code)
    rows = rows[(rows["goal_id"] == what.id) & rows["value"].notna()]
    views = ViewMaker(assessment, where, texts)
    sources = dict.fromkeys(views.source(_find_indicator(str(key)))[0] for key in rows["indicator_id"])
    return Chart.of(figure, f"{what.id} {what.title.text(texts.language)}", " ".join(sources))


def open_report(
    area: str | int | Area, *, language: str = "fi", snapshot: str = "latest"
) -> MunicipalReport | RegionReport:
    """Open the report of a municipality or of the agreement's region, part by part, as the notebooks do.

    Returns
    -------
    MunicipalReport or RegionReport
        Call ``style()`` first in a notebook, then ``header()``, ``summary()``, ``goal("1.1")``...

    Raises
    ------
    UnknownAreaError, UnknownNameError
        A name that is not there, or a region that is not the agreement's.
    """
    found = _find_area(area)
    open_one = open_municipal_report if found.level == "municipality" else open_region_report
    return open_one(found.code, language, snapshot)


def make_reports(
    *areas: str | int | Area,
    languages: Sequence[str] = ("fi",),
    snapshot: str = "latest",
    out: str | Path = "reports",
) -> "Edition":
    """Make an edition of the areas' reports, or of all municipalities of the agreement, as the command does.

    Returns
    -------
    Edition
        ``folder`` is where ``index.html`` lies; ``failed`` has the reports that failed.

    Raises
    ------
    UnknownAreaError, UnknownNameError
        A name that is not there; nothing is made then.
    OutputError
        The folder cannot be written, or another run holds it.
    """
    from indicators.batch.make import make_edition
    from indicators.batch.plan import plan_reports

    named = [load_texts(item).language for item in languages]
    codes = [_find_area(item).code for item in areas]
    return make_edition(plan_reports(load_catalogue(), codes, named), snapshot, Path(out))


def _load(snapshot: str) -> Any:
    """The assessment of a snapshot; kept, so that the next call is quick."""
    try:
        return load_assessment(str(snapshot))
    except PermissionError as error:
        advice = "Ask its owner for the right to read it, or set 'home' in yhdyspinta.toml."
        raise SnapshotError(str(snapshot), "may not be read: no rights to the folder.", advice) from error
