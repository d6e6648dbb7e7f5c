"""One indicator's observations as arrays of areas x years, with region and country values beside them.

A panel is what the statistics work on: everything is done for all areas at once. Regions and the whole
country take their published value; where there is none, the sum of counts over the sum of denominators of
their current municipalities, if every one of them has both and possible ones; else they have none. A mean of
rates is never used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.catalogue import AreaRegister, Catalogue
from indicators.catalogue.records import Indicator
from indicators.errors import SnapshotError
from indicators.model import STATUSES
from indicators.snapshot.load import Snapshot
from indicators.snapshot.words import map_words
from indicators.statistics.pooling import pool_periods
from indicators.statistics.quartile import Distribution, distribution

ABSENT: Final = -1
#: How a value of a larger area came to be.
ORIGINS: Final = ("none", "published", "computed")


@dataclass(frozen=True)
class AreaIndex:
    """The areas of all panels and how they belong together; positions are rows of the arrays.

    Attributes
    ----------
    codes : tuple of str
        Current areas, then former municipalities.
    n_current : int
        How many of them are current.
    is_municipality : array of bool, shape (areas,)
        Current municipalities.
    region, country : array of int, shape (areas,)
        Position of the larger area; -1 where an area has none.
    successor : array of int, shape (areas,)
        Position of the current area on the same ground; itself for current areas.
    merge_year : array of int, shape (areas,)
        First year without the area for a former municipality; a far future for current ones.
    """

    codes: tuple[str, ...]
    n_current: int
    is_municipality: np.ndarray
    region: np.ndarray
    country: np.ndarray
    successor: np.ndarray
    merge_year: np.ndarray

    @cached_property
    def is_part(self) -> np.ndarray:
        """Rows that are parts of larger areas: municipalities, of today and former ones."""
        return self.is_municipality | (self.merge_year < 9999)

    def group_by(self, larger: np.ndarray) -> np.ndarray:
        """Position of the larger area of which each row is a part; -1 where it is none."""
        return np.where(self.is_part, larger[self.successor], -1)


def index_areas(areas: AreaRegister) -> AreaIndex:
    """Positions of all areas and of the larger areas that they belong to."""
    current, former = list(areas), areas.former()
    codes = [area.code for area in current] + [item.code for item in former]
    position = {code: at for at, code in enumerate(codes)}
    heirs = [position[areas.successor(code)] for code in codes]
    country = next(area.code for area in current if area.level == "country")
    is_municipality = np.array([area.level == "municipality" for area in current] + [False] * len(former))
    region = np.array([position.get(current[heir].region, -1) for heir in heirs])
    return AreaIndex(
        codes=tuple(codes),
        n_current=len(current),
        is_municipality=is_municipality,
        region=region,
        country=np.where(np.array(codes) == country, -1, position[country]),
        successor=np.array(heirs),
        merge_year=np.array([9999] * len(current) + [item.year for item in former]),
    )


@dataclass(frozen=True)
class Panel:
    """One indicator's figures, both sexes together.

    Attributes
    ----------
    indicator_id : str
    index : AreaIndex
        The areas of the rows.
    years : array of int, shape (years,)
        Every year from the first to the last that has a row.
    value, count, denominator : array of float, shape (areas, years)
        NaN where there is none. Regions and the country hold computed figures where none is published.
    status : array of int8, shape (areas, years)
        Position in `STATUSES`, `ABSENT` where the snapshot has no row.
    note : array of object, shape (areas, years)
        The status note; empty where there is none.
    origin : array of int8, shape (areas, years)
        Position in `ORIGINS`.
    division : array of int, shape (years,)
        Year of the area division; 0 where not known.
    vintage : array of object, shape (years,)
        When the year's figures were read.
    """

    indicator_id: str
    index: AreaIndex
    years: np.ndarray
    value: np.ndarray
    count: np.ndarray
    denominator: np.ndarray
    status: np.ndarray
    note: np.ndarray
    origin: np.ndarray
    division: np.ndarray
    vintage: np.ndarray

    @cached_property
    def spread(self) -> Distribution:
        """Distribution of the current municipalities' values in each year; arrays of shape (years,)."""
        return distribution(self.value[self.index.is_municipality].T)

    def latest(self) -> np.ndarray:
        """Position of each area's newest year with a value; -1 where it has none. Shape (areas,)."""
        has_value = ~np.isnan(self.value)
        newest = len(self.years) - 1 - np.argmax(has_value[:, ::-1], axis=1)
        return np.where(has_value.any(axis=1), newest, -1)


def position_set(panel: Panel, year: int) -> list[np.ndarray]:
    """Rows of the municipalities among which positions are told in a year: one set, or one a region.

    A series that most municipalities lack tells no place in the country; a region's own are a set then.
    """
    rows = np.flatnonzero(panel.index.is_municipality)
    known = ~np.isnan(panel.value[rows, year])
    if known.sum() * 2 >= len(rows):
        return [rows]
    regions = panel.index.region[rows]
    return [rows[regions == region] for region in np.unique(regions[known])]


def find_boundary_breaks(panel: Panel, areas: AreaRegister) -> np.ndarray:
    """Where an area's figures begin to follow another boundary: a merger, or a move between regions.

    Returns
    -------
    array of bool, shape (areas, years)
        True in the first year whose area division has the new boundary.
    """
    breaks = np.zeros(panel.value.shape, dtype=bool)
    where = {code: at for at, code in enumerate(panel.index.codes)}
    before = np.concatenate([panel.division[:1], panel.division[:-1]])
    for item in areas.former():
        breaks[where[areas.successor(item.code)]] |= (before < item.year) & (panel.division >= item.year)
    for change in areas.regional_changes:
        for region in (change.from_region, change.to_region):
            breaks[where[region]] |= (before < change.year) & (panel.division >= change.year)
    return breaks & (before > 0)


def pool_panel(panel: Panel, n_years: int, multiplier: float) -> Panel:
    """The panel with each year standing for the period of ``n_years`` that ends in it.

    Municipalities and larger areas are pooled alike; a period with a missing year is missing.
    """
    pooled = pool_periods(panel.count, panel.denominator, panel.years, n_years, multiplier)
    columns = np.searchsorted(panel.years, pooled.last_year)
    names = ("count", "denominator", "value")
    matrices: dict[str, Any] = {name: np.full(panel.value.shape, np.nan) for name in names}
    for name, matrix in matrices.items():
        matrix[:, columns] = getattr(pooled, name)
    return replace(panel, **matrices)


def build_panels(snapshot: Snapshot, catalogue: Catalogue, index: AreaIndex) -> dict[str, Panel]:
    """Panels of all indicators of which the snapshot has rows, by indicator id.

    Raises
    ------
    SnapshotError
        It has figures of areas, or status words, that the declared data do not know.
    """
    _check_known(snapshot, index.codes)
    panels = (_build_panel(snapshot, catalogue, item, index) for item in catalogue.indicators.values())
    return {panel.indicator_id: panel for panel in panels if panel is not None}


def _build_panel(
    snapshot: Snapshot, catalogue: Catalogue, indicator: Indicator, index: AreaIndex
) -> Panel | None:
    """Arrays of one indicator; None where the snapshot has no row of it."""
    rows = snapshot.rows(indicator.id)
    rows = rows[rows["sex"] == "total"]
    if rows.empty:
        return None
    years = np.arange(rows["year"].min(), rows["year"].max() + 1)
    shape = (len(index.codes), len(years))
    at = (_positions(rows["area_code"], index.codes), rows["year"].to_numpy() - years[0])
    value, count, denominator = (np.full(shape, np.nan) for _ in range(3))
    for matrix, name in ((value, "value"), (count, "count"), (denominator, "denominator")):
        matrix[at] = rows[name].to_numpy()
    status = np.full(shape, ABSENT, dtype=np.int8)
    status[at] = _positions(rows["status"], STATUSES)
    note = np.full(shape, "", dtype=object)
    note[at] = rows["status_note"].to_numpy()
    division, vintage = _parts_by_year(snapshot, indicator.id, years)
    origin = np.where(np.isnan(value), 0, 1).astype(np.int8)
    panel = Panel(
        indicator.id, index, years, value, count, denominator, status, note, origin, division, vintage
    )
    unit = catalogue.units[indicator.unit]
    _fill_larger_areas(panel, unit.multiplier, unit.is_additive, indicator.value_type)
    return panel


def _positions(words: pd.Series, allowed: Sequence[str]) -> np.ndarray:
    """Positions of words in a list; -1 for a word not in it, and for none."""
    where = {word: at for at, word in enumerate(allowed)}
    return map_words(words, lambda word: where.get(word, -1), -1)


def _check_known(snapshot: Snapshot, codes: Sequence[str]) -> None:
    """Refuse figures that have no place in the arrays: -1 would put them in another area's row.

    Leaving them out would leave them out of the sums of regions too, which would then pass for whole.
    """
    keep = "Keep such an area in areas.yaml, merged into another if it is no more, or fetch anew."
    update = "A newer version may have written it: update, or fetch anew."
    for name, known, advice in (("area_code", codes, keep), ("status", STATUSES, update)):
        words = snapshot.observations[name]
        unknown = sorted(set(words[_positions(words, known) < 0].astype(str)))
        if unknown:
            few = ", ".join(unknown[:5]) + (" and others" if len(unknown) > 5 else "")
            problem = f"{name} has {few}, which the declared data do not know."
            raise SnapshotError(snapshot.path, problem, advice)


def _parts_by_year(snapshot: Snapshot, indicator_id: str, years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    division, vintage = np.zeros(len(years), dtype=int), np.full(len(years), "", dtype=object)
    for part in snapshot.series[indicator_id].parts:
        if part.is_by_sex:
            continue
        inside = (years >= part.first_year) & (years <= part.last_year)
        division[inside] = int(part.division or 0)
        vintage[inside] = part.vintage
    return division, vintage


def _fill_larger_areas(panel: Panel, multiplier: float | None, is_additive: bool, kind: str) -> None:
    """Put computed figures in the rows of regions and the country that have no row of their own.

    The panel's arrays were made for it, so filling them in place surprises nobody.
    """
    if not is_additive and (multiplier is None or np.isnan(panel.denominator).all()):
        return
    parts = [panel.count] if is_additive else [panel.count, panel.denominator]
    usable = ~np.isnan(panel.count) if is_additive else find_usable(panel, kind)
    for larger in (panel.index.region, panel.index.country):
        sums = _sum_whole_groups(parts, usable, panel, larger)
        total = sums[0] if is_additive else sums[0] / sums[1] * multiplier
        is_filled = (panel.status == ABSENT) & ~np.isnan(total)
        panel.value[is_filled] = total[is_filled]
        panel.count[is_filled] = sums[0][is_filled]
        if not is_additive:
            panel.denominator[is_filled] = sums[1][is_filled]
        panel.origin[is_filled] = ORIGINS.index("computed")
        panel.status[is_filled] = STATUSES.index("normal")


def find_usable(panel: Panel, kind: str) -> np.ndarray:
    """Where a count and its denominator are both there and possible. Shape (areas, years)."""
    with np.errstate(invalid="ignore"):
        is_possible = (panel.count >= 0) & (panel.denominator > 0)
        return is_possible & ((kind != "proportion") | (panel.count <= panel.denominator))


def find_expected(panel: Panel) -> np.ndarray:
    """Municipalities of each year: one that has merged away only while the area division still has it."""
    index = panel.index
    return index.is_part[:, None] & (index.merge_year[:, None] > panel.division[None, :])


def _sum_whole_groups(
    parts: list[np.ndarray], usable: np.ndarray, panel: Panel, larger: np.ndarray
) -> list[np.ndarray]:
    """Sums over the municipalities of each larger area, NaN unless every one of them has all parts."""
    expected, groups = find_expected(panel), panel.index.group_by(larger)
    present = expected & usable
    n_expected, n_present = add_up(expected, groups), add_up(present, groups)
    is_whole = (n_expected > 0) & (n_present == n_expected)
    return [np.where(is_whole, add_up(np.where(present, part, 0), groups), np.nan) for part in parts]


def add_up(matrix: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Sum rows into the row of their group; rows without a group (-1) are left out."""
    total = np.zeros(matrix.shape)
    inside = groups >= 0
    np.add.at(total, groups[inside], matrix[inside])
    return total
