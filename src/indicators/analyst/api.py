"""The public functions: what an analyst calls in a notebook, each one call to the parts behind it.

Areas, goals and indicators are taken by name or code, and an unknown one is an error with the nearest names.
``snapshot`` is ``latest`` (the newest stored one, else the bundled), ``bundled``, an id or a path.
"""

import difflib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from indicators.analyst.charts import make_spine_chart, make_trend_chart
from indicators.analyst.displays import AssessmentView, Chart, Comparison
from indicators.analyst.lookup import (
    AreaName,
    find_area,
    find_areas,
    find_goal,
    find_indicator,
    find_row,
    list_things,
)
from indicators.analyst.lookup import area as area
from indicators.analyst.lookup import goal as goal
from indicators.analyst.lookup import indicator as indicator
from indicators.analyst.lookup import load_catalogue as load_catalogue
from indicators.analyst.plots import plot_distribution as plot_distribution
from indicators.analyst.plots import plot_goal as plot_goal
from indicators.analyst.plots import plot_map as plot_map
from indicators.analyst.plots import plot_trend as plot_trend
from indicators.assessment.comparators import COMPARATORS
from indicators.assessment.load import load_assessment
from indicators.catalogue.records import Goal, Indicator
from indicators.config import load_settings
from indicators.edition.data_files import make_observation_table
from indicators.errors import ParameterError, UnknownNameError
from indicators.model import SOURCES
from indicators.narrative.texts import load_texts
from indicators.report.municipal import MunicipalReport, open_municipal_report
from indicators.report.regional import RegionReport, open_region_report
from indicators.snapshot import load as _snapshots
from indicators.snapshot import store as _stored
from indicators.snapshot.listing import COLUMNS, list_indicators
from indicators.snapshot.load import Snapshot

if TYPE_CHECKING:
    from indicators.batch.make import Edition
    from indicators.fetch.fetch import FetchReport

# --- data -------------------------------------------------------------------------------------------


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
    return _snapshots.load_snapshot(str(snapshot), load_settings().snapshots_folder)


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
    from indicators.fetch.fetch import fetch_snapshot as fetch

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
    indicator: str | Indicator | Sequence[str | Indicator],
    *areas: AreaName | Sequence[AreaName],
    snapshot: str = "latest",
) -> pd.DataFrame:
    """Observations of one indicator or several, for these areas or all: the snapshot's own tidy table.

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
    ids = [find_indicator(item).id for item in list_things(indicator)]
    stored = load_assessment(snapshot).snapshot
    rows = pd.concat([stored.rows(key) for key in ids])
    if areas:
        rows = rows[rows["area_code"].isin([item.code for item in find_areas(*areas)])]
    words = dict.fromkeys(("indicator_id", "area_code", "sex", "status", "status_note"), str)
    return rows.astype(words).reset_index(drop=True)


def figures(
    goal: str | Goal | None = None,
    indicator: str | Indicator | Sequence[str | Indicator] | None = None,
    areas: AreaName | Sequence[AreaName] = "members",
    years: tuple[int | None, int | None] = (None, None),
    names: bool = True,
    *,
    language: str = "fi",
    snapshot: str = "latest",
) -> pd.DataFrame:
    """Figures of a goal or of indicators by area and year, as one tidy table with names.

    Parameters
    ----------
    goal, indicator : optional
        All indicators of the goal, or these; every declared one where neither is given.
    areas : str, int, Area or sequence of these
        ``members`` is the municipalities of the agreement.
    years : tuple of int or None
        First and last year; None leaves an end open.
    names : bool
        Whether area, indicator and unit are told in words beside their codes.

    Returns
    -------
    DataFrame
        Columns ``area_code``, ``area``, ``indicator_id``, ``indicator``, ``unit``, ``year``, ``sex``,
        ``value``, ``count``, ``denominator``, ``status``, ``status_note``, at the levels at which an
        indicator may be shown. A missing value is NaN with its reason in ``status``.

    Raises
    ------
    UnknownAreaError, UnknownIndicatorError, UnknownNameError
        A name that is not there.
    ParameterError
        An area twice; or there is no figure of these indicators and areas, or none in the years.
    """
    assessment, texts = load_assessment(snapshot), load_texts(language)
    catalogue = assessment.catalogue
    wanted = list(catalogue.indicators.values())
    if goal is not None:
        goal_id = find_goal(goal).id
        wanted = [item for item in wanted if goal_id in (link.goal for link in item.goals)]
    if indicator is not None:
        ids = [find_indicator(item).id for item in list_things(indicator)]
        wanted = [item for item in wanted if item.id in ids]
    found = find_areas(catalogue.members if isinstance(areas, str) and areas == "members" else areas)
    rows = make_observation_table(assessment, [area.code for area in found])
    rows = rows[rows["indicator_id"].isin([item.id for item in wanted])]
    if rows.empty:
        asked = ", ".join(item.id for item in wanted[:3]) or "no indicator"
        expected = "indicators of the goal that have figures of these areas, and are shown for them"
        raise ParameterError("figures", asked, expected)
    known = rows["year"].min(), rows["year"].max()
    first, last = (end if end is not None else known[at] for at, end in enumerate(years))
    rows = rows[rows["year"].between(first, last)]
    if rows.empty:
        raise ParameterError("years", f"{first}–{last}", f"years of the figures: {known[0]}–{known[1]}")
    rows = rows.astype(dict.fromkeys(("indicator_id", "area_code", "sex", "status", "status_note"), str))
    if names:
        units = {item.id: catalogue.units[item.unit].label.text(texts.language) for item in wanted}
        titles = {item.id: item.title.text(texts.language) for item in wanted}
        rows.insert(1, "indicator", rows["indicator_id"].map(titles))
        rows.insert(2, "unit", rows["indicator_id"].map(units))
        rows.insert(
            4, "area", rows["area_code"].map({item.code: item.name(texts.language) for item in found})
        )
    return rows.reset_index(drop=True)


def search(words: str, goal: str | Goal | None = None) -> pd.DataFrame:
    """Declared indicators whose titles hold all the words, as ``yhdyspinta indicators --search`` lists them.

    Returns
    -------
    DataFrame
        Columns `indicators.snapshot.listing.COLUMNS`; no row where nothing is found.
    """
    goal_id = "" if goal is None else find_goal(goal).id
    newest = _stored.find_snapshot("latest", load_settings().snapshots_folder)
    return pd.DataFrame(list_indicators(load_catalogue(), newest, goal_id, words), columns=COLUMNS)


def assess(*areas: AreaName, goal: str | Goal | None = None, snapshot: str = "latest") -> AssessmentView:
    """Latest values with their comparators and verdicts, for these areas or all.

    Parameters
    ----------
    goal : str or Goal, optional
        Only this goal's indicators.

    Returns
    -------
    AssessmentView
        ``table`` is a DataFrame with the columns of
        `indicators.assessment.columns.ASSESSMENT_COLUMNS`, one row per area, goal and indicator.
        A notebook shows it in words.

    Raises
    ------
    UnknownAreaError, UnknownNameError
        A name that is not there.
    """
    assessment = load_assessment(snapshot)
    table = assessment.table
    if areas:
        table = table[table["area_code"].isin([item.code for item in find_areas(*areas)])]
    if goal is not None:
        table = table[table["goal_id"] == find_goal(goal).id]
    return AssessmentView(table.reset_index(drop=True), assessment)


def compare(
    area: AreaName,
    indicator: str | Indicator,
    comparator: str = "rest",
    *,
    language: str = "fi",
    snapshot: str = "latest",
) -> Comparison:
    """Compare an indicator's latest value in an area with the rest of its region, the country or its peers.

    Parameters
    ----------
    comparator : str
        rest (of the region, without the area and without the municipality with over half of its people),
        country, or peers (municipalities like this one).

    Returns
    -------
    Comparison
        Value, comparator's value and verdict, with ``text`` as a line for readers.

    Raises
    ------
    UnknownNameError
        An unknown comparator, area, indicator, language or snapshot.
    ParameterError
        The indicator is not shown at the area's level, or another one is in its place.
    """
    if comparator == "region":  # version 0.1's name; its verdict too was on the rest of the region
        warnings.warn("comparator 'region' is now 'rest': the region without the area", stacklevel=2)
        comparator = "rest"
    if comparator not in COMPARATORS:
        near = difflib.get_close_matches(str(comparator), COMPARATORS, n=3)
        raise UnknownNameError("comparator", comparator, near, f"There are {', '.join(COMPARATORS)}.")
    where, what, texts = find_area(area), find_indicator(indicator), load_texts(language)
    return Comparison.of(load_assessment(snapshot), where, what, comparator, texts)


# --- charts and reports -----------------------------------------------------------------------------


def trend_chart(
    area: AreaName, indicator: str | Indicator, *, language: str = "fi", snapshot: str = "latest"
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
        The area has fewer than two years with a value, or the indicator is not shown there.
    """
    where, what, texts = find_area(area), find_indicator(indicator), load_texts(language)
    assessment = load_assessment(snapshot)
    find_row(assessment, where, what)
    chart = make_trend_chart(assessment, where, what, texts)
    if chart is None:
        found = f"{what.id} in {where.name()}"
        raise ParameterError("trend_chart", found, "an indicator with two or more years of values there")
    return chart


def spine_chart(area: AreaName, goal: str | Goal, *, language: str = "fi", snapshot: str = "latest") -> Chart:
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
    where, what, texts = find_area(area), find_goal(goal), load_texts(language)
    chart = make_spine_chart(load_assessment(snapshot), where, what, texts)
    if chart is None:
        found = f"goal {what.id} in {where.name()}"
        raise ParameterError("spine_chart", found, "a goal of which the area has figures")
    return chart


def open_report(
    area: AreaName, *, language: str = "fi", snapshot: str = "latest"
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
    found = find_area(area)
    open_one = open_municipal_report if found.level == "municipality" else open_region_report
    return open_one(found.code, language, snapshot)


def make_reports(
    *areas: AreaName,
    languages: Sequence[str] = ("fi",),
    snapshot: str = "latest",
    out: str | Path = "reports",
) -> "Edition":
    """Make an edition of the areas' reports, or of all reports of the agreement, as the command does.

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
    from indicators.batch.make import Options, make_edition
    from indicators.edition.plan import plan_reports

    named = [load_texts(item).language for item in languages]
    codes = [find_area(item).code for item in areas]
    options = Options(may_go_back=snapshot != "latest")
    return make_edition(plan_reports(load_catalogue(), codes, named), snapshot, Path(out), options)
