"""Years that a preferred indicator lacks, taken from another of the same matter with which it agrees.

For the reading bound in the catalogue agreement was shown beforehand. Once either of the two has been
fetched they must agree anew, on the figures of both in the snapshot; else the years are left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from indicators.assessment.panel import ABSENT, ORIGINS, Panel
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.model import SeriesMetadata
from indicators.snapshot.load import Snapshot

#: Areas, and common years in each, on which two series must agree.
LEAST_AREAS: Final = 20
LEAST_YEARS: Final = 5
#: Of the cells in common so many may differ: of two readings of one concept up to 3 per cent were corrected
#: between 2013 and 2021, while two concepts of migration differ in nine cells of ten.
MOST_DIFFERING: Final = 0.05
#: The note of a filled cell; the rest of it is the id of the indicator that it was taken from.
FILLED: Final = "filled_from "


@dataclass(frozen=True)
class Unproven:
    """A fill that was left out: the two have not been shown to agree.

    Attributes
    ----------
    indicator_id, preferred_id : str
        The one that would fill, and the one that would be filled.
    n_areas : int
        Areas with enough years in common that agree.
    """

    indicator_id: str
    preferred_id: str
    n_areas: int


def fill_panels(panels: dict[str, Panel], snapshot: Snapshot, catalogue: Catalogue) -> dict[str, Panel]:
    """The panels with years that preferred indicators lack, where the catalogue says so and it holds."""
    filled = dict(panels)
    for indicator, preferred, other in _pairs(panels, catalogue):
        if _is_bound(indicator, snapshot) or _agree(preferred, other, indicator.decimals):
            filled[preferred.indicator_id] = _fill(preferred, other)
    return filled


def find_unproven(panels: dict[str, Panel], snapshot: Snapshot, catalogue: Catalogue) -> list[Unproven]:
    """Declared fills that are left out, in the catalogue's order."""
    return [
        Unproven(item.id, preferred.indicator_id, _count_agreeing(preferred, other, item.decimals)[0])
        for item, preferred, other in _pairs(panels, catalogue)
        if not _is_bound(item, snapshot) and not _agree(preferred, other, item.decimals)
    ]


def _pairs(panels: dict[str, Panel], catalogue: Catalogue) -> Iterator[tuple[Indicator, Panel, Panel]]:
    """Each indicator that fills, with the panels of the preferred one and its own."""
    for indicator in catalogue.indicators.values():
        if indicator.fills and indicator.id in panels and indicator.fallback_for in panels:
            yield indicator, panels[indicator.fallback_for], panels[indicator.id]


def _is_bound(indicator: Indicator, snapshot: Snapshot) -> bool:
    """Whether the filling series is of the bound vintage and the other was not fetched since."""
    assert indicator.fills and indicator.fallback_for  # noqa: PT018 - the record sees to it
    own, preferred = snapshot.series[indicator.id], snapshot.series[indicator.fallback_for]
    vintages = {part.vintage[:4] for part in own.parts}
    return vintages == {str(indicator.fills.vintage)} and not _is_fetched(own) and not _is_fetched(preferred)


def _is_fetched(series: SeriesMetadata) -> bool:
    """Only a fetch knows the hash of the provider's metadata."""
    return series.metadata_sha256 is not None


def _agree(preferred: Panel, other: Panel, decimals: int) -> bool:
    n_areas, share = _count_agreeing(preferred, other, decimals)
    return n_areas >= LEAST_AREAS and share <= MOST_DIFFERING


def _count_agreeing(preferred: Panel, other: Panel, decimals: int) -> tuple[int, float]:
    """Municipalities with enough agreeing years, and the share of all common cells that differ.

    Those that have grown by a merger since the older division are left out: their figures are of two areas.
    """
    years, mine, theirs = np.intersect1d(preferred.years, other.years, return_indices=True)
    index = preferred.index
    oldest = min(preferred.division[mine].min(initial=9999), other.division[theirs].min(initial=9999))
    rows = index.is_municipality.copy()
    rows[index.successor[(index.merge_year < 9999) & (index.merge_year > oldest)]] = False
    difference = np.abs(preferred.value[np.ix_(rows, mine)] - other.value[np.ix_(rows, theirs)])
    is_common = ~np.isnan(difference)
    if not len(years) or not is_common.any():
        return 0, 1.0
    does_agree = difference <= 0.5 * 10.0**-decimals + 1e-9
    n_areas = int((does_agree.sum(axis=1) >= LEAST_YEARS).sum())
    return n_areas, 1 - does_agree.sum() / is_common.sum()


def _fill(preferred: Panel, other: Panel) -> Panel:
    """The preferred panel over the years of both; a year of which it has any row stays its own."""
    years = np.arange(min(preferred.years[0], other.years[0]), max(preferred.years[-1], other.years[-1]) + 1)
    own = _spread_years(preferred, years)
    is_municipality = preferred.index.is_municipality
    is_lacking = (own.status[is_municipality] == ABSENT).all(axis=0)
    given = _spread_years(other, years)
    taken = np.flatnonzero(is_lacking & (given.status != ABSENT).any(axis=0))
    if not len(taken):
        return preferred
    for name in ("value", "status", "origin"):
        getattr(own, name)[:, taken] = getattr(given, name)[:, taken]
    own.note[:, taken] = np.where(given.status[:, taken] != ABSENT, FILLED + other.indicator_id, "")
    own.division[taken], own.vintage[taken] = given.division[taken], given.vintage[taken]
    last = np.flatnonzero((own.status != ABSENT).any(axis=0))[-1] + 1
    return _spread_years(own, years[:last])


def _spread_years(panel: Panel, years: np.ndarray) -> Panel:
    """The panel over other years, which hold all of its own that have a row."""
    _, here, there = np.intersect1d(years, panel.years, return_indices=True)
    empty: dict[str, Any] = dict.fromkeys(("value", "count", "denominator"), np.nan)
    empty |= {"status": ABSENT, "note": "", "origin": ORIGINS.index("none")}
    matrices: dict[str, Any] = {}
    for name, nothing in empty.items():
        old = getattr(panel, name)
        matrices[name] = np.full((len(old), len(years)), nothing, dtype=old.dtype)
        matrices[name][:, here] = old[:, there]
    division, vintage = np.zeros(len(years), dtype=int), np.full(len(years), "", dtype=object)
    division[here], vintage[here] = panel.division[there], panel.vintage[there]
    return replace(panel, years=years, division=division, vintage=vintage, **matrices)
