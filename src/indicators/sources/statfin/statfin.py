"""Statistics Finland: asks its PxWeb service for tables and gives observations.

A table's own description is read first. Where it, and the time at which the service last wrote the table,
are as in the previous snapshot, no figures are asked for. Series of archived tables are not asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.catalogue.records import Indicator, PxSelection, StatfinSource
from indicators.errors import CatalogueError, ResponseFormatError
from indicators.model import SeriesMetadata
from indicators.sources.areas import KnownAreas
from indicators.sources.http.answers import SharedAnswers
from indicators.sources.http.session import ServiceSession
from indicators.sources.observations import build_observations
from indicators.sources.safetext import to_safe_text
from indicators.sources.series import (
    Clock,
    SeriesDescription,
    SeriesResult,
    Source,
    check_not_older,
    get_source,
    get_utc_now,
    is_same_fingerprint,
    make_fingerprint,
)
from indicators.sources.statfin.jsonstat import Gap
from indicators.sources.statfin.periods import aggregate_years, read_period, select_periods
from indicators.sources.statfin.query import Figures, PxRequest
from indicators.sources.statfin.service import PxService, ServiceLimits
from indicators.sources.statfin.table import PxTable

#: Raised when tables are read in another way, so that unchanged series are read anew.
_READING: Final = 2
#: The parts of a figure; the first that is declared gives the areas, years and table of the series.
_PARTS: Final = ("value", "count", "denominator")
#: Status and note of a figure that is not there, by `Gap`.
_STATUSES: Final = ("missing", "missing", "missing", "not_collected", "suppressed")
_NOTES: Final = ("", "", "not_available", "not_meaningful", "hidden_by_provider")


class Statfin(Source):
    """Statistics Finland's PxWeb service, version 1.

    Parameters
    ----------
    session : ServiceSession
        How the service is asked; `indicators.sources.statfin.service.STATFIN_LIMITS` suit it.
    base_url : str
        "https://pxdata.stat.fi/PxWeb/api/v1", or a mirror's; Finnish is asked for unless it ends with a
        language.
    areas : KnownAreas
        The areas whose figures are kept.
    multipliers : mapping of str to float, optional
        By unit id: what turns count over denominator into the unit.
    clock : callable, optional
        The present moment in UTC.
    """

    name = service = "statfin"

    def __init__(
        self,
        session: ServiceSession,
        base_url: str,
        areas: KnownAreas,
        multipliers: Mapping[str, float] | None = None,
        clock: Clock = get_utc_now,
    ) -> None:
        super().__init__(clock, 2 * session.limits.at_once)
        self.session, self._service, self._areas = session, PxService(session, base_url), areas
        self._multipliers, self._described = dict(multipliers or {}), SharedAnswers()

    def describe(self, indicator: Indicator) -> SeriesDescription:
        """What the service says of a series' table, without its figures; a table is asked once.

        Raises
        ------
        SourceError
            The service did not answer, or the table has moved or is gone.
        ResponseFormatError
            The table lacks what the catalogue names.
        """
        series = _Series(self._service, self._areas, indicator, self._described)
        for name in series.selections:
            series.tables[name].choose(series.selections[name])
        table = series.main_table
        title = {self._service.language: to_safe_text(table.title)}
        return SeriesDescription.of(title, series.read_years(table), table.get_areas().values())

    def _fetch_one(
        self, indicator: Indicator, previous: SeriesMetadata | None, shared: SharedAnswers
    ) -> SeriesResult:
        series = _Series(self._service, self._areas, indicator, shared)
        multiplier = self._get_multiplier(indicator)
        fingerprint = series.make_fingerprint(multiplier)
        if is_same_fingerprint(previous, fingerprint):
            return SeriesResult(indicator.id, "unchanged")
        figures = {name: series.fetch_yearly(name, self._clock().year) for name in series.selections}
        table, division = series.main_table, series.main_table.area.division
        moved = move_former(figures, self._areas.successors)
        if moved is not figures:  # both parts now follow the newer division
            figures, division = moved, max(item.area.division or "" for item in series.tables.values())
        # A ratio is as new as the newer of its parts: they may come from different tables.
        updated = max((part.updated for part in figures.values() if part.updated), default=None)
        check_not_older(self.name, table.url, updated, previous)
        observations = combine_figures(indicator.id, figures, multiplier)
        title = {self._service.language: to_safe_text(table.title)}
        return self._make_new(
            indicator, observations, table.url, title, fingerprint, updated, division or None
        )

    def _get_multiplier(self, indicator: Indicator) -> float:
        source = get_source(indicator, StatfinSource)
        is_ratio = source.value is None and source.denominator is not None
        if is_ratio and indicator.unit not in self._multipliers:
            problem = f"unit {indicator.unit!r} has no multiplier, which count over denominator needs"
            raise CatalogueError("indicators.yaml", indicator.id, problem)
        return self._multipliers.get(indicator.unit, 1)


class _Series:
    """One series being fetched: its tables and figures, shared with the other series of the same fetch."""

    def __init__(
        self, service: PxService, areas: KnownAreas, indicator: Indicator, shared: SharedAnswers
    ) -> None:
        self.indicator = indicator
        self.source = get_source(indicator, StatfinSource)
        self._service = service
        self._shown = areas.select(indicator.levels)
        self._shared = shared
        declared = {name: getattr(self.source, name) for name in _PARTS}
        self.selections: dict[str, PxSelection] = {name: item for name, item in declared.items() if item}

    @cached_property
    def tables(self) -> dict[str, PxTable]:
        """The table of each part. Asking for it first makes the service's limits known."""
        _ = self._limits
        return {name: self._get_table(self._get_name(name)) for name in self.selections}

    @property
    def main_table(self) -> PxTable:
        """The table that gives the series its areas and years."""
        return next(iter(self.tables.values()))

    @property
    def _limits(self) -> ServiceLimits:
        return self._shared.get("limits", self._service.fetch_limits)

    def _get_name(self, part: str) -> str:
        return self.selections[part].table or self.source.table

    def _get_table(self, name: str) -> PxTable:
        return self._shared.get(("table", name), partial(self._service.fetch_table, name))

    def make_fingerprint(self, multiplier: float) -> str:
        """Fingerprint of what is declared and of the tables as they are."""
        span, declared = self.indicator.years, self.source.model_dump(mode="json")
        question = [_READING, declared, multiplier, span.first, span.last, sorted(self._shown)]
        return make_fingerprint(question, self._read_states())

    def _read_states(self) -> list[Any] | None:
        """Description of each table, and when it was written; None where the service tells no times."""
        states: list[Any] = []
        for part, table in self.tables.items():
            folder, _, file = self._get_name(part).rpartition("/")
            written = self._shared.get(("list", folder), partial(self._service.fetch_written, folder))
            if file not in written:
                return None
            states.append([table.raw, written[file]])
        return states

    def read_years(self, table: PxTable) -> list[int]:
        """The years of a table's periods; those that have the declared month, where one is declared."""
        try:
            codes: Iterable[str] = table.time.values
            if self.source.month:
                codes, _ = select_periods(table.time.values, None, None, 0, self.source.month)
            return sorted({read_period(code)[0] for code in codes})
        except ValueError as error:
            raise self._tell_periods(table, error) from error

    def fetch_yearly(self, part: str, present_year: int) -> Figures:
        """Figures of one part by area and year."""
        table, span = self.tables[part], self.indicator.years
        try:
            periods, running = select_periods(
                table.time.values, span.first, span.last, present_year, self.source.month
            )
        except ValueError as error:
            raise self._tell_periods(table, error) from error
        rule = self._find_rule(table, periods)
        answer = self._fetch_figures(part, table, periods)
        yearly = aggregate_years(answer.table, rule, running)
        labels = dict(zip(table.time.values, table.time.labels, strict=True))
        preliminary = {read_period(code)[0] for code in periods if labels[code].rstrip().endswith("*")}
        return Figures(yearly, answer.updated, frozenset(running | preliminary))

    @staticmethod
    def _tell_periods(table: PxTable, error: ValueError) -> ResponseFormatError:
        return table.error(f"variable {table.time.text!r} has periods that are not read: {error}")

    def _find_rule(self, table: PxTable, periods: list[str]) -> str | None:
        is_yearly = not periods or self.source.month or read_period(periods[0])[1] == 1
        rule = None if is_yearly else self.source.monthly
        if rule is None and not is_yearly:
            raise table.error("the table has parts of years, and no rule is declared to make years of them")
        return rule

    def _fetch_figures(self, part: str, table: PxTable, periods: list[str]) -> Figures:
        areas = {value: code for value, code in table.get_areas().items() if code in self._shown}
        if not areas:
            raise table.error("has none of the areas and levels that are declared")
        request = PxRequest(
            table.url,
            table.area.code,
            table.time.code,
            tuple(sorted(areas.items())),
            tuple(periods),
            tuple(sorted(table.choose(self.selections[part]).items())),
        )
        years_per_query = self.source.years_per_query if self._get_name(part) == self.source.table else None
        return self._shared.get(
            request, partial(self._service.fetch_figures, request, self._limits.max_cells, years_per_query)
        )


def move_former(figures: dict[str, Figures], successors: Mapping[str, str]) -> dict[str, Figures]:
    """Parts of a ratio in one area division, where their tables follow two.

    A municipality that has merged as a whole, and is in one part and not in the other, is added to its
    successor: a count of two municipalities is never divided by the population of three. What is hidden of
    one of them is hidden of the sum. Without any such municipality the argument itself is given back.
    """
    known = [set(part.table.index.unique("area")) for part in figures.values()]
    common = set.intersection(*known)
    lost = set.union(*known) - common
    moved = {code: successors[code] for code in lost if successors.get(code) in common}
    if not moved:
        return figures
    return {name: replace(part, table=_add_moved(part.table, moved)) for name, part in figures.items()}


def _add_moved(table: pd.DataFrame, moved: Mapping[str, str]) -> pd.DataFrame:
    grouped = table.rename(moved, level="area").groupby(["area", "year"])
    return pd.DataFrame({"value": grouped["value"].sum(skipna=False), "gap": grouped["gap"].max()})


def combine_figures(indicator_id: str, figures: Mapping[str, Figures], multiplier: float) -> pd.DataFrame:
    """The observation table from the parts of a series.

    Parameters
    ----------
    indicator_id : str
        The catalogue's indicator.
    figures : mapping of str to Figures
        ``value``, ``count`` and ``denominator``, as far as declared. The first gives the areas and years.
    multiplier : float
        What turns count over denominator into the unit.

    Notes
    -----
    Without ``value``, the value is count / denominator x multiplier, or the count where there is no
    denominator. Where either part is missing, or the denominator is zero, the value is missing, for the
    reason that the parts give. Years before the first of any part are left out.
    """
    parts = ["value"] if "value" in figures else list(figures)
    first = max(min(part.table.index.unique("year"), default=0) for part in figures.values())
    index = next(iter(figures.values())).table.index
    index = index[index.get_level_values("year") >= first]
    aligned = {name: part.table["value"].reindex(index).to_numpy() for name, part in figures.items()}
    gaps = [figures[name].table["gap"].reindex(index, fill_value=Gap.UNSAID) for name in parts]
    gap = np.maximum.reduce(gaps).astype(int)
    missing = np.full(len(index), np.nan)
    count, denominator = aligned.get("count", missing), aligned.get("denominator", missing)
    ratio = count
    if "denominator" in figures:
        ratio = np.divide(count, denominator, out=missing.copy(), where=denominator > 0) * multiplier
    provisional = frozenset().union(*(part.provisional for part in figures.values()))
    years = index.get_level_values("year").to_numpy(int)
    value = aligned.get("value", ratio)
    gap = np.where(np.isnan(value), gap, Gap.NONE)
    return build_observations(
        indicator_id,
        area_code=index.get_level_values("area").to_numpy(object),
        year=years,
        value=value,
        count=count,
        denominator=denominator,
        is_provisional=np.isin(years, sorted(provisional)),
        reason=np.array(_STATUSES, dtype=object)[gap],
        status_note=np.array(_NOTES, dtype=object)[gap],
    )
