"""What the statistics say of one indicator, for all areas at once.

Chooses the method that the catalogue declares, feeds it the panel's arrays, and gives the columns of the
assessment table. The methods themselves are in `indicators.statistics`; nothing is decided here but which
of them applies.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from indicators.assessment.panel import Panel, find_boundary_breaks, pool_panel
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator, StatfinSource
from indicators.model import STATUSES, Direction
from indicators.statistics.codes import Kind
from indicators.statistics.comparison import Comparison, compare_with_areas, compare_with_value
from indicators.statistics.dispersion import (
    Dispersion,
    dispersion_at,
    estimate_dispersion,
    estimate_dispersion_between,
)
from indicators.statistics.interval import has_few_events, proportion_limits, rate_limits
from indicators.statistics.peers import Peers, find_peers
from indicators.statistics.quartile import quartile_position
from indicators.statistics.reconstruction import compare_reconstructed
from indicators.statistics.trend import Trend, assess_count_trend, assess_value_trend

#: Comparators of an area; the first is the one whose verdicts are counted.
COMPARATORS: Final = ("region", "country", "median", "peers")
#: Years behind a dispersion estimate.
_DISPERSION_YEARS: Final = 5


@dataclass(frozen=True)
class PeerGroups:
    """Peers of every municipality, as positions in the panels' arrays.

    Attributes
    ----------
    peers : Peers
        Nearest first, with distances; rows are the municipalities of ``rows``.
    codes : tuple of str
        The municipalities of ``peers``, in its order.
    members : array of int, shape (areas, k)
        Positions of each area's peers in the panels; -1 where there is none.
    variables : frozenset of str
        Indicators that chose the peers, and are therefore not compared with them.
    """

    peers: Peers
    codes: tuple[str, ...]
    members: np.ndarray
    variables: frozenset[str]

    def of_area(self, code: str) -> list[tuple[str, float]]:
        """Codes and distances of a municipality's computed peers, nearest first."""
        row = self.codes.index(code) if code in self.codes else None
        if row is None:
            return []
        pairs = zip(self.peers.code[row], self.peers.distance[row], strict=True)
        return [(str(peer), float(distance)) for peer, distance in pairs if peer]


def find_peer_groups(panels: dict[str, Panel], catalogue: Catalogue) -> PeerGroups | None:
    """Peers by the catalogue's variables; None where the snapshot lacks one of them."""
    declared = catalogue.peers
    if any(item.indicator not in panels for item in declared.variables):
        return None
    index = panels[declared.variables[0].indicator].index
    rows = np.flatnonzero(index.is_municipality)
    codes = [index.codes[row] for row in rows]
    values = [_latest_values(panels[item.indicator])[rows] for item in declared.variables]
    excluded = {area.code for region in declared.excluded_regions for area in catalogue.areas.members(region)}
    peers = find_peers(
        codes,
        np.column_stack(values),
        is_log=[item.is_log for item in declared.variables],
        k=declared.size,
        excluded=excluded,
    )
    members = np.full((len(index.codes), declared.size), -1)
    members[rows] = np.where(peers.index >= 0, rows[peers.index], -1)
    for group in declared.own_groups:
        chosen = [index.codes.index(code) for code in group.members][: declared.size]
        row = index.codes.index(group.area)
        members[row] = -1
        members[row, : len(chosen)] = chosen
    return PeerGroups(peers, tuple(codes), members, frozenset(item.indicator for item in declared.variables))


def _latest_values(panel: Panel) -> np.ndarray:
    latest = panel.latest()
    return np.where(latest >= 0, panel.value[np.arange(len(latest)), latest], np.nan)


def compute_verdicts(
    panel: Panel,
    indicator: Indicator,
    direction: Direction,
    catalogue: Catalogue,
    peer_groups: PeerGroups | None,
) -> dict[str, np.ndarray]:
    """Columns of limits, comparisons, position and trend for all current areas under one direction."""
    facts = _Facts(panel, indicator, direction, catalogue, peer_groups)
    columns = facts.limits()
    for name in COMPARATORS:
        columns |= facts.comparison(name)
    return columns | facts.quartiles() | facts.trends()


def compare_with_fixed(
    panel: Panel, indicator: Indicator, catalogue: Catalogue, value: float
) -> Comparison | None:
    """Comparison of all current areas' latest figures with one fixed value, such as a target.

    The method is the one by which the indicator is compared with a region whose counts are not known; the
    verdicts are ``higher``, ``lower``, ``similar`` and ``not_assessed``. None where the indicator declares
    no intervals.
    """
    facts = _Facts(panel, indicator, "no_judgement", catalogue, None)
    return facts.compare_fixed(value) if facts.is_interval else None


class _Facts:
    """One indicator's latest figures and what is declared of it."""

    def __init__(
        self,
        panel: Panel,
        indicator: Indicator,
        direction: Direction,
        catalogue: Catalogue,
        peer_groups: PeerGroups | None,
    ) -> None:
        self.indicator, self.direction = indicator, direction
        self.peer_groups, self.areas = peer_groups, catalogue.areas
        self.multiplier = catalogue.units[indicator.unit].multiplier or 1.0
        self.yearly = panel  # trends rest on single years: periods that overlap are no independent points
        self.panel = pool_panel(panel, indicator.pooling, self.multiplier) if indicator.pooling else panel
        n = panel.index.n_current
        self.latest, self.rows = panel.latest()[:n], np.arange(n)
        self.has_value = self.latest >= 0
        self.value, self.count, self.denominator = (
            self._at(self.rows, matrix)
            for matrix in (self.panel.value, self.panel.count, self.panel.denominator)
        )
        self.is_interval = indicator.comparison == "interval" and indicator.events in ("persons", "events")
        self.kind: Kind = "proportion" if indicator.value_type == "proportion" else "rate"
        self.dispersion = self._estimate_dispersion()

    def _at(self, rows: np.ndarray, matrix: np.ndarray) -> np.ndarray:
        """Values of given rows in each area's own latest year; NaN where a row is -1."""
        return np.where(self.has_value & (rows >= 0), matrix[rows, self.latest], np.nan)

    def _estimate_dispersion(self) -> Dispersion | float:
        """1 for independent persons; for events, from all municipalities' last years."""
        if not self.is_interval or self.indicator.events != "events" or self.kind == "proportion":
            return 1.0
        is_municipality = self.yearly.index.is_municipality
        count = self.yearly.count[is_municipality][:, -_DISPERSION_YEARS:]
        denominator = self.yearly.denominator[is_municipality][:, -_DISPERSION_YEARS:]
        has_rows = ~np.isnan(count).all(axis=0)
        if has_rows.sum() >= 3:
            years = self.yearly.years[-_DISPERSION_YEARS:][has_rows]
            return estimate_dispersion(count[:, has_rows], denominator[:, has_rows], years)
        return estimate_dispersion_between(count[:, -1], denominator[:, -1])

    # --- limits ----------------------------------------------------------------------------------------

    def limits(self) -> dict[str, np.ndarray]:
        """The area's own limits at 95 and 99.8 per cent, where counts allow."""
        count = self.count if self.is_interval else np.full(len(self.rows), np.nan)
        dispersion = np.broadcast_to(dispersion_at(self.dispersion, np.nan_to_num(count)), count.shape)
        columns = {}
        for suffix, confidence in (("", 0.95), ("_998", 0.998)):
            if self.kind == "proportion":
                found = proportion_limits(count, self.denominator, confidence, multiplier=self.multiplier)
            else:
                found = rate_limits(count, self.denominator, self.multiplier, confidence, dispersion)
            columns[f"lower_limit{suffix}"] = found.lower_limit
            columns[f"upper_limit{suffix}"] = found.upper_limit
        columns["limits_method"] = found.method
        columns["pooled_value"] = self.value if self.indicator.pooling else np.full(len(self.rows), np.nan)
        columns["pooled_years"] = np.where(np.isnan(columns["pooled_value"]), 1, self.indicator.pooling or 1)
        columns["dispersion"] = np.where(found.reason == "", dispersion, np.nan)
        columns["is_uncertain"] = has_few_events(self.count, self.indicator.minimum_events)
        return columns

    # --- comparisons -----------------------------------------------------------------------------------

    def comparison(self, name: str) -> dict[str, np.ndarray]:
        """Verdicts against one comparator."""
        if not self.is_interval:
            return {f"{name}_reason": np.where(self.has_value, "not_declared", "no_value")}
        if name == "peers":
            return self._columns(name, self._compare_peers())
        if name == "median":
            median = np.where(self.has_value, self.panel.spread.median[self.latest], np.nan)
            return self._columns(name, compare_with_value(*self._own, median, **self._options))
        return self._columns(name, self._compare_larger(getattr(self.panel.index, name)[: len(self.rows)]))

    @property
    def _own(self) -> tuple[np.ndarray, np.ndarray]:
        return self.count, self.denominator

    @property
    def _options(self) -> dict:
        return {
            "kind": self.kind,
            "multiplier": self.multiplier,
            "direction": self.direction,
            "dispersion": self.dispersion,
            "minimum_events": self.indicator.minimum_events,
        }

    def _compare_larger(self, larger: np.ndarray) -> Comparison:
        """Against the region or the country: its counts where known, else its published value."""
        if self._has_counts_only:
            return self._compare_reconstructed(self._at(larger, self.panel.value))
        other = [self._at(larger, matrix) for matrix in (self.panel.count, self.panel.denominator)]
        return compare_with_areas(*self._own, *other, **self._options)

    def compare_fixed(self, value: float) -> Comparison:
        """Against one value, the same for all."""
        fixed = np.where(self.has_value, value, np.nan)
        if self._has_counts_only:
            return self._compare_reconstructed(fixed)
        return compare_with_value(*self._own, fixed, **self._options)

    @property
    def _has_counts_only(self) -> bool:
        """Whether counts are published, but no denominators."""
        return bool(np.isnan(self.denominator).all() and not np.isnan(self.count).all())

    def _compare_reconstructed(self, value: np.ndarray) -> Comparison:
        options = {key: item for key, item in self._options.items() if key != "kind"}
        return compare_reconstructed(
            self.count, self.value, value, decimals=self.indicator.decimals, kind=self.kind, **options
        )

    def _compare_peers(self) -> Comparison:
        n, groups = len(self.rows), self.peer_groups
        if groups is None or self.indicator.id in groups.variables:
            nothing = np.full(n, np.nan)
            return compare_with_areas(*self._own, nothing, nothing, includes_area=False, **self._options)
        pooled = self._pooled(groups.members[:n])
        return compare_with_areas(*self._own, *pooled, includes_area=False, **self._options)

    def _pooled(self, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Peers' counts and denominators in each area's own latest year; NaN unless every peer has both."""
        is_member = members >= 0
        sums = []
        for matrix in (self.panel.count, self.panel.denominator):
            values = np.where(is_member, matrix[members, self.latest[:, None]], 0.0)
            is_known = self.has_value & is_member.any(axis=1)
            sums.append(np.where(is_known, values.sum(axis=1), np.nan))
        return sums[0], sums[1]

    def _columns(self, name: str, found: Comparison) -> dict[str, np.ndarray]:
        return {
            f"{name}_verdict": found.verdict,
            f"{name}_comparator": np.where(self.has_value, found.comparator, np.nan),
            f"{name}_is_rest": found.is_two_sample & (name != "peers"),
            f"{name}_p": found.p,
            f"{name}_method": found.method,
            f"{name}_reason": np.where(self.has_value, found.reason, "no_value"),
        }

    # --- position and trend ----------------------------------------------------------------------------

    def quartiles(self) -> dict[str, np.ndarray]:
        """Position among the municipalities of the area's own latest year."""
        n = len(self.rows)
        position, reason = np.full(n, "not_assessed", dtype=object), np.full(n, "no_value", dtype=object)
        if self.indicator.comparison == "none":
            reason[self.has_value] = "not_declared"
            return {"quartile": position, "quartile_reason": reason}
        is_municipality = self.panel.index.is_municipality[:n]
        found = quartile_position(self.yearly.value[:n][is_municipality].T)
        column = np.cumsum(is_municipality) - 1
        told = self.has_value & is_municipality
        position[told] = found.position[self.latest[told], column[told]]
        reason[told] = found.reason[self.latest[told], column[told]]
        return {"quartile": position, "quartile_reason": reason}

    def trends(self) -> dict[str, np.ndarray]:
        """Trend of each area, and beside it what its region did."""
        found = self._trend()
        n = len(self.rows)
        region = self.panel.index.region[:n]
        columns = {
            "trend_verdict": found.verdict[:n],
            "trend_method": found.method[:n],
            "trend_slope": found.slope[:n],
            "trend_change": found.change[:n],
            "trend_lower_limit": found.lower_limit[:n],
            "trend_upper_limit": found.upper_limit[:n],
            "trend_p": found.p[:n],
            "trend_n": found.n[:n].astype(float),
            "trend_first_year": found.first_year[:n],
            "trend_last_year": found.last_year[:n],
            "trend_reason": found.reason[:n],
        }
        is_same_span = found.last_year[region] == found.last_year[:n]
        likewise = np.where((region >= 0) & is_same_span, found.verdict[region], "not_assessed")
        return columns | {"region_trend_verdict": likewise}

    def _trend(self) -> Trend:
        options = {
            "direction": self.direction,
            "step": self.indicator.interval_years,
            "is_break": self._breaks(),
        }
        panel = self._full_years()
        years = panel.years
        if not self.is_interval or self._lacks_counts(panel):
            return assess_value_trend(panel.value, years, **options)
        margin = self.indicator.steady_margin
        return assess_count_trend(
            panel.count,
            panel.denominator,
            years,
            kind=self.kind,
            multiplier=self.multiplier,
            dispersion=self.dispersion,
            margin=None if margin is None else np.full(len(panel.count), margin),
            **options,
        )

    @staticmethod
    def _lacks_counts(panel: Panel) -> bool:
        """Whether some year has values but no counts: the trend would not reach the newest figure."""
        has_value, has_count = (~np.isnan(matrix).all(axis=0) for matrix in (panel.value, panel.count))
        return bool((has_value & ~has_count).any())

    def _full_years(self) -> Panel:
        """The yearly figures without a running year, of whose months the season would pass for a change."""
        panel, source = self.yearly, self.indicator.source
        if not (isinstance(source, StatfinSource) and source.monthly):
            return panel
        is_running = (panel.status == STATUSES.index("provisional")).any(axis=0)
        matrices = {name: getattr(panel, name) for name in ("value", "count", "denominator")}
        full = {name: np.where(is_running, np.nan, matrix) for name, matrix in matrices.items()}
        return replace(panel, **full)

    def _breaks(self) -> np.ndarray:
        """First years of declared new series, and of new boundaries of an area. Shape (areas, years)."""
        is_declared = np.isin(self.panel.years, [item.year for item in self.indicator.breaks])
        return find_boundary_breaks(self.panel, self.areas) | is_declared
