"""The assessment: one table of every area, goal and indicator, computed once for all reports.

Reports only read it; so 22 reports agree with each other. The table is computed for all areas at once,
indicator by indicator.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import pandas as pd

from indicators.assessment.columns import ASSESSMENT_COLUMNS, COLUMNS, Row, empty_columns
from indicators.assessment.comparators import find_dominant
from indicators.assessment.fills import fill_panels
from indicators.assessment.panel import ABSENT, ORIGINS, AreaIndex, Panel, build_panels, index_areas
from indicators.assessment.rows import RowReader, YearFigure, list_years
from indicators.assessment.verdicts import Context, compute_verdicts, find_peer_groups
from indicators.catalogue import AreaRegister, Catalogue
from indicators.catalogue.records import Indicator
from indicators.model import STATUSES, Direction
from indicators.snapshot.load import Snapshot
from indicators.statistics.chance import flag_discoveries

#: Records kept: the agreement's areas, which a region's report reads together, and one report's series.
_AREAS_KEPT: Final = 32
_SERIES_KEPT: Final = 256


@dataclass(frozen=True)
class Assessment:
    """The assessment of one snapshot under one catalogue.

    Attributes
    ----------
    table : DataFrame
        Columns `indicators.assessment.columns.COLUMNS`; one row per current area, goal and indicator that
        may be shown at the area's level, in the catalogue's order. Key facts without a goal have an empty
        ``goal_id``. Values are in the indicator's unit; ``year`` is missing where there is no value, and
        ``status`` with ``status_note`` says why.
    panels : dict of Panel
        By indicator id; only those of which the snapshot has rows.
    """

    snapshot: Snapshot
    catalogue: Catalogue
    table: pd.DataFrame = field(repr=False)
    panels: dict[str, Panel] = field(repr=False)
    context: Context = field(repr=False)

    def find_left_out(self, area_code: str) -> str | None:
        """The municipality that the rest of an area's region leaves out for its size; None where none is."""
        index = self.context.index
        at = index.codes.index(area_code)
        city = self.context.dominant[index.region[at]] if index.region[at] >= 0 else -1
        return None if city in (-1, at) else index.codes[city]

    def of_area(self, area_code: str) -> pd.DataFrame:
        """The rows of one area."""
        self.catalogue.areas.get(area_code)
        return self.table[self.table["area_code"] == area_code]

    def rows(self, area_code: str) -> tuple[Row, ...]:
        """The rows of one area as records, in the table's order; made once.

        Raises
        ------
        UnknownAreaError
            There is no such area.
        """
        self.catalogue.areas.get(area_code)
        return self._kept_rows(area_code)

    def row(self, area_code: str, indicator_id: str) -> Row | None:
        """The area's first row of an indicator; None where it has none."""
        return next((row for row in self.rows(area_code) if row.indicator_id == indicator_id), None)

    def years(self, area_code: str, indicator_id: str) -> tuple[YearFigure, ...]:
        """All years of one area and indicator, with its comparators; empty where the snapshot has nothing."""
        return self._kept_years(area_code, indicator_id)

    @cached_property
    def _kept_rows(self) -> Callable[[str], tuple[Row, ...]]:
        """Records once made: charts, tables, remarks and the gate ask for the same ones."""
        return lru_cache(maxsize=_AREAS_KEPT)(RowReader(self.table).read)

    @cached_property
    def _kept_years(self) -> Callable[[str, str], tuple[YearFigure, ...]]:
        return lru_cache(maxsize=_SERIES_KEPT)(self._list_years)

    def _list_years(self, area_code: str, indicator_id: str) -> tuple[YearFigure, ...]:
        panel = self.panels.get(indicator_id)
        return () if panel is None else list_years(panel, area_code)


def compute_assessment(snapshot: Snapshot, catalogue: Catalogue) -> Assessment:
    """Assess every current area on every goal and indicator.

    Neither argument is changed; equal arguments give equal tables.
    """
    index = index_areas(catalogue.areas)
    panels = fill_panels(build_panels(snapshot, catalogue, index), snapshot, catalogue)
    context = make_context(panels, catalogue, index)
    levels = np.array([area.level for area in catalogue.areas])
    blocks: list[dict[str, np.ndarray]] = []
    empty = empty_columns(index.n_current)
    for indicator in catalogue.indicators.values():
        panel = panels.get(indicator.id)
        columns = empty | (_assess(panel, catalogue.areas) if panel else {})
        is_shown = np.isin(levels, indicator.levels) & ~_is_replaced(indicator, panels, index.n_current)
        shown = np.flatnonzero(is_shown)
        for link in indicator.goals or (None,):
            direction = link.direction if link else "no_judgement"
            told = compute_verdicts(panel, indicator, direction, context) if panel else {}
            goal = link.goal if link else ""
            blocks.append(_link_rows(indicator.id, goal, direction, columns | told, index, shown))
    table = _in_order(_join(blocks), catalogue, index, snapshot.created.year)
    return Assessment(snapshot, catalogue, table, panels, context)


def make_context(panels: dict[str, Panel], catalogue: Catalogue, index: AreaIndex) -> Context:
    """What the verdicts of every indicator share."""
    population = panels.get(catalogue.population)
    dominant = find_dominant(population, len(index.codes))
    return Context(catalogue, index, find_peer_groups(panels, catalogue), dominant, population)


def _join(blocks: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """One table of all blocks, which are emptied: column by column, so that no text is held twice.

    A table for each link, joined by pandas, would take longer than all the statistics.
    """
    columns: dict[str, np.ndarray | pd.Categorical] = {}
    for name in list(blocks[0]):
        column = np.concatenate([block.pop(name) for block in blocks])
        columns[name] = pd.Categorical(column) if column.dtype.kind in "OU" else column
    return pd.DataFrame(columns, copy=False)


def _is_replaced(indicator: Indicator, panels: dict[str, Panel], n_areas: int) -> np.ndarray:
    """Areas in which the preferred indicator of the same matter has a value. Shape (areas,)."""
    preferred = panels.get(indicator.fallback_for or "")
    return np.zeros(n_areas, dtype=bool) if preferred is None else preferred.latest()[:n_areas] >= 0


def _link_rows(
    indicator_id: str,
    goal_id: str,
    direction: Direction,
    columns: dict[str, np.ndarray],
    index: AreaIndex,
    shown: np.ndarray,
) -> dict[str, np.ndarray]:
    """Rows of one indicator under one goal, by column; a pure key fact has an empty goal."""
    rows = {name: column[shown] for name, column in columns.items()}
    codes = np.array((*index.codes, ""), dtype=object)  # an area without a region has the empty one
    rows |= {"area_code": codes[shown], "region_code": codes[index.region[shown]]}
    words = {"goal_id": goal_id, "indicator_id": indicator_id, "direction": direction}
    return rows | {name: np.full(len(shown), word, dtype=object) for name, word in words.items()}


def _assess(panel: Panel, areas: AreaRegister) -> dict[str, np.ndarray]:
    """Columns of the assessment for all current areas; as `Row` has them."""
    index, latest = panel.index, panel.latest()[: panel.index.n_current]
    rows = np.arange(index.n_current)
    at = (rows, latest)
    has_value = latest >= 0
    spread = panel.spread
    columns = {
        "year": np.where(has_value, panel.years[latest].astype(float), np.nan),
        "value": panel.value[at],
        "count": np.where(has_value, panel.count[at], np.nan),
        "denominator": np.where(has_value, panel.denominator[at], np.nan),
        "vintage": np.where(has_value, panel.vintage[latest], ""),
        "division": np.where(has_value, panel.division[latest], 0),
        "is_boundary_changed": has_value & _boundary_changed(panel, areas)[at],
    }
    columns |= _status_columns(panel, latest)
    columns |= _larger_area_columns(panel, "region", latest)
    columns |= _larger_area_columns(panel, "country", latest)
    for name in ("minimum", "q1", "median", "q3", "maximum"):
        columns[name] = np.where(has_value, getattr(spread, name)[latest], np.nan)
    for name, by_year in (("n_areas", spread.n), ("n_missing", spread.n_missing)):
        columns[name] = np.where(has_value, by_year[latest], 0)
    return columns


def _status_columns(panel: Panel, latest: np.ndarray) -> dict[str, np.ndarray]:
    """Status of the latest value, or why there is none; and a newer year that has a row but no value."""
    n, words = len(latest), np.array((*STATUSES, "missing"), dtype=object)
    status, rows = panel.status[:n], np.arange(n)
    has_row = status != ABSENT
    newest = np.where(has_row.any(axis=1), len(panel.years) - 1 - np.argmax(has_row[:, ::-1], axis=1), -1)
    told = np.where(latest >= 0, latest, newest)
    note = np.where(told >= 0, panel.note[rows, told], "no_row")
    is_newer = (latest >= 0) & (newest > latest)
    return {
        "status": words[np.where(told >= 0, status[rows, told], ABSENT)],
        "status_note": note,
        "newer_year": np.where(is_newer, panel.years[newest].astype(float), np.nan),
        "newer_status": np.where(is_newer, words[status[rows, newest]], ""),
    }


def _larger_area_columns(panel: Panel, level: str, latest: np.ndarray) -> dict[str, np.ndarray]:
    """Value of the area's region or country in the area's own latest year, and how it came to be."""
    larger = getattr(panel.index, level)[: len(latest)]
    has_value = (latest >= 0) & (larger >= 0)
    return {
        f"{level}_value": np.where(has_value, panel.value[larger, latest], np.nan),
        f"{level}_origin": np.where(has_value, np.array(ORIGINS)[panel.origin[larger, latest]], "none"),
    }


def _boundary_changed(panel: Panel, areas: AreaRegister) -> np.ndarray:
    """Whether a municipality has since absorbed another, so that its old figure covers a smaller area."""
    changed = np.zeros(panel.value.shape, dtype=bool)
    where = {code: at for at, code in enumerate(panel.index.codes)}
    for item in areas.former():
        changed[where[areas.successor(item.code)]] |= (panel.division > 0) & (item.year > panel.division)
    return changed


def _in_order(table: pd.DataFrame, catalogue: Catalogue, index: AreaIndex, this_year: int) -> pd.DataFrame:
    """Rows by area, goal and the catalogue's order of indicators; columns as declared, words categorical."""
    for column in COLUMNS:
        if column.dtype == "Int64":
            table[column.name] = table[column.name].astype("Int64")
    table["age_years"] = this_year - table["year"]
    most = catalogue.agreement.current_years
    table["is_old"] = (table["age_years"] > most).fillna(False).astype(bool)
    ended = this_year - table["trend_last_year"]
    table["is_old_trend"] = (ended > most).fillna(False).astype(bool)
    orders = {
        "area_code": list(index.codes),
        "goal_id": [*[goal.id for goal in catalogue.goals], ""],
        "indicator_id": list(catalogue.indicators),
    }
    for name, words in orders.items():
        table[name] = pd.Categorical(table[name], categories=words)
    table = table.sort_values(list(orders), ignore_index=True)
    table["is_discovery"] = _find_discoveries(table)
    return table[list(ASSESSMENT_COLUMNS)]


def _find_discoveries(table: pd.DataFrame) -> np.ndarray:
    """Benjamini and Hochberg's flag within each area's first comparisons, one an indicator."""
    at = (table["area_code"].cat.codes.to_numpy(), table["indicator_id"].cat.codes.to_numpy())
    p = np.full((len(table["area_code"].cat.categories), len(table["indicator_id"].cat.categories)), np.nan)
    p[at] = table["rest_p"].to_numpy()
    return flag_discoveries(p)[at]
