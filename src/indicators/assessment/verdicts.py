"""What the statistics say of one indicator, for all areas at once.

Chooses the method that the catalogue declares, feeds it the panel's arrays, and gives the columns of the
assessment table. The methods themselves are in `indicators.statistics`; nothing is decided here but which
of them applies.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from indicators.assessment.comparators import COMPARATORS, Grouping, Others, make_spread
from indicators.assessment.denominators import bound_denominators, find_residents, is_reconstructed
from indicators.assessment.panel import AreaIndex, Panel, find_boundary_breaks, pool_panel, position_set
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator, StatfinSource
from indicators.model import STATUSES, Direction
from indicators.statistics.codes import Kind, withhold
from indicators.statistics.comparison import Comparison, compare_with_value, settle
from indicators.statistics.dispersion import Dispersion, estimate_dispersion, estimate_dispersion_between
from indicators.statistics.interval import figure_limits
from indicators.statistics.peers import find_peers
from indicators.statistics.quartile import quartile_position
from indicators.statistics.test import Test
from indicators.statistics.trend import Trend, assess_count_trend, assess_value_trend, compare_courses

#: Confidence of comparisons and of trends, of which a report holds more and says more with each.
COMPARISON_CONFIDENCE: Final = 0.95
TREND_CONFIDENCE: Final = 0.998
#: Years behind a dispersion estimate.
_DISPERSION_YEARS: Final = 5


@dataclass(frozen=True)
class PeerGroups:
    """Peers of every municipality, as positions in the panels' arrays.

    Attributes
    ----------
    members : array of int, shape (areas, k)
        Positions of each area's peers in the panels, nearest first; -1 where there is none.
    variables : frozenset of str
        Indicators that chose the peers, and are therefore not compared with them.
    """

    members: np.ndarray
    variables: frozenset[str]


def find_peer_groups(panels: dict[str, Panel], catalogue: Catalogue) -> PeerGroups | None:
    """Peers by the catalogue's variables; None where the snapshot lacks one of them."""
    declared = catalogue.peers
    if any(item.indicator not in panels for item in declared.variables):
        return None
    index = panels[declared.variables[0].indicator].index
    rows = np.flatnonzero(index.is_municipality)
    values = [_latest_values(panels[item.indicator])[rows] for item in declared.variables]
    excluded = {area.code for region in declared.excluded_regions for area in catalogue.areas.members(region)}
    peers = find_peers(
        [index.codes[row] for row in rows],
        np.column_stack(values),
        is_log=[item.is_log for item in declared.variables],
        k=declared.size,
        excluded=excluded,
    )
    members = np.full((len(index.codes), declared.size), -1)
    members[rows] = np.where(peers >= 0, rows[peers], -1)
    for group in declared.own_groups:
        chosen = [index.codes.index(code) for code in group.members][: declared.size]
        row = index.codes.index(group.area)
        members[row] = -1
        members[row, : len(chosen)] = chosen
    return PeerGroups(members, frozenset(item.indicator for item in declared.variables))


def _latest_values(panel: Panel) -> np.ndarray:
    latest = panel.latest()
    return np.where(latest >= 0, panel.value[np.arange(len(latest)), latest], np.nan)


@dataclass(frozen=True)
class Context:
    """What verdicts need to know beside the indicator's own figures.

    Attributes
    ----------
    catalogue : Catalogue
    index : AreaIndex
    peer_groups : PeerGroups or None
    dominant : array of int, shape (areas,)
        As `indicators.assessment.comparators.find_dominant` gives it.
    population : Panel or None
        Residents, by which the persons behind a figure without counts are reckoned.
    """

    catalogue: Catalogue
    index: AreaIndex
    peer_groups: PeerGroups | None
    dominant: np.ndarray
    population: Panel | None


def compute_verdicts(
    panel: Panel, indicator: Indicator, direction: Direction, context: Context
) -> dict[str, np.ndarray]:
    """The columns that verdicts fill, for all current areas under one direction."""
    facts = _Facts(panel, indicator, direction, context)
    return facts.comparisons() | facts.quartiles() | facts.trends()


def compare_with_fixed(panel: Panel, indicator: Indicator, context: Context, value: float) -> Comparison:
    """Comparison of all current areas' latest counted figures with one fixed value, such as a target.

    The verdicts are ``higher``, ``lower``, ``similar`` and ``not_assessed``.
    """
    return _Facts(panel, indicator, "no_judgement", context).compare_fixed(value)


class _Facts:
    """One indicator's latest figures and what is declared of it."""

    def __init__(self, panel: Panel, indicator: Indicator, direction: Direction, context: Context) -> None:
        self.indicator, self.direction, self.context = indicator, direction, context
        self.multiplier = context.catalogue.units[indicator.unit].multiplier or 1.0
        self.kind: Kind = "proportion" if indicator.value_type == "proportion" else "rate"
        # Trends rest on single years: periods that overlap are no independent points.
        self.ends = tuple(self._with_denominators(panel))
        self.yearly = self.ends[0]
        has_counts = (np.isfinite(self.yearly.count) & np.isfinite(self.yearly.denominator)).any()
        self.pooling = indicator.pooling if has_counts else None
        self.pooled = tuple(
            pool_panel(end, self.pooling, self.multiplier) if self.pooling else end for end in self.ends
        )
        self.panel = self.pooled[0]
        n = panel.index.n_current
        self.latest, self.rows = self.panel.latest()[:n], np.arange(n)
        self.has_value = self.latest >= 0
        self.value, self.count = (self._at(matrix) for matrix in (self.panel.value, self.panel.count))
        effect = indicator.design_effect
        self.effects = sorted({effect.low, effect.high}) if effect else [1.0]
        is_scattered = indicator.is_counted and indicator.events == "events"
        self.dispersions: list[Dispersion | float] = [*(self._own_scatters if is_scattered else self.effects)]

    def _with_denominators(self, panel: Panel) -> list[Panel]:
        """The panel; where no denominators are published, with the least and with the greatest."""
        if not is_reconstructed(self.indicator, panel):
            return [panel]
        unit = self.context.catalogue.units[self.indicator.unit]
        ends = bound_denominators(panel, self.indicator, unit, find_residents(panel, self.context.population))
        return [replace(panel, denominator=end) for end in ends]

    def _at(self, matrix: np.ndarray) -> np.ndarray:
        """Each area's values in its own latest year; NaN where it has none."""
        return np.where(self.has_value, matrix[self.rows, self.latest], np.nan)

    def _estimate_scatter(self, floor: float, common: np.ndarray | None = None) -> Dispersion:
        """Dispersion over all municipalities' last years, of whole years alone."""
        panel = self._full_years
        is_municipality = panel.index.is_municipality
        count, denominator = (matrix[is_municipality] for matrix in (panel.count, panel.denominator))
        has_rows = (np.isfinite(count) & np.isfinite(denominator)).any(axis=0)
        moved = np.zeros(len(panel.years)) if common is None else common / self.multiplier
        columns = np.flatnonzero(has_rows & np.isfinite(moved))[-_DISPERSION_YEARS:]
        # The last years by the calendar, of which one may be missing: years before them tell of another time.
        span = (_DISPERSION_YEARS + 1) * self.indicator.interval_years
        columns = columns[panel.years[columns] > panel.years[columns[-1:]] - span]
        if len(columns) < 3:
            last = columns[-1] if len(columns) else 0
            return estimate_dispersion_between(count[:, last], denominator[:, last])
        return estimate_dispersion(
            count[:, columns],
            denominator[:, columns],
            panel.years[columns],
            kind=self.kind,
            floor=floor,
            common=moved[columns],
        )

    # --- comparisons -----------------------------------------------------------------------------------

    def comparisons(self) -> dict[str, np.ndarray]:
        """Verdicts against every comparator, and the limits that decided the first."""
        made = {name: self._compare(name) for name in COMPARATORS}
        columns = self._limits(made[COMPARATORS[0]][0])
        for name, (found, figure) in made.items():
            columns |= self._columns(name, found, figure)
        return columns

    def _tests(self) -> list[Test]:
        """One test; two where the design effect is known between two ends only."""
        years = self.pooling or 1
        return [
            Test(
                self.kind,
                self.multiplier,
                self.direction,
                COMPARISON_CONFIDENCE,
                replace(item, years=years) if isinstance(item, Dispersion) else item,
                self.indicator.minimum_events,
            )
            for item in self.dispersions
        ]

    def _compare(self, name: str) -> tuple[Comparison | None, np.ndarray]:
        """Verdicts against one comparator, and its figure; no verdicts where the counts allow none."""
        n, indicator = len(self.rows), self.indicator
        figure = np.full(n, np.nan)
        if name == "country":
            whole = self.panel.index.country[:n]
            figure = np.where(self.has_value & (whole >= 0), self.panel.value[whole, self.latest], np.nan)
        if not self._has_counts:
            return None, figure
        tests = self._tests()
        all_others = [self._sum_others(grouping, name, tests[-1]) for grouping in self._groupings]
        if len(self.pooled) == 1:
            with np.errstate(invalid="ignore", divide="ignore"):
                made = all_others[0].count / all_others[0].denominator * self.multiplier
            figure = np.where(np.isnan(figure) & self.has_value, made, figure)
        if not indicator.is_counted:
            return None, figure
        found: Comparison | None = None
        for own, others in zip(self.pooled, reversed(all_others), strict=True):
            for test in tests:
                denominator = self._at(own.denominator)
                one = others.compare(self.count, denominator, test)
                is_told = (one.reason == "no_comparator") & (others.reason != "")
                one = replace(one, reason=np.where(is_told, others.reason, one.reason))
                doubt = "design_effect_decides" if len(tests) > 1 else "denominator_uncertain"
                found = one if found is None else settle(found, one, doubt)
        return found, figure

    @property
    def _has_counts(self) -> bool:
        return bool((np.isfinite(self.panel.count) & np.isfinite(self.panel.denominator)).any())

    @cached_property
    def _groupings(self) -> list[Grouping]:
        declared = self.context.dominant, self.indicator.hidden_below
        return [Grouping(end, self.kind, *declared) for end in self.pooled]

    def _sum_others(self, grouping: Grouping, name: str, test: Test) -> Others:
        spread = make_spread(test)
        if name != "peers":
            return grouping.sum_larger(name, spread)
        groups = self.context.peer_groups
        if groups is not None and self.indicator.id not in groups.variables:
            return grouping.sum_peers(groups.members, spread)
        others = grouping.sum_peers(np.full((len(self.rows), 1), -1), spread)
        return (
            others if groups is None else replace(others, reason=np.full(len(self.rows), "chose_the_peers"))
        )

    def compare_fixed(self, value: float) -> Comparison:
        """Against one value, the same for all."""
        fixed = np.where(self.has_value, value, np.nan)
        # Under the greater design effect: what it tells, the lesser tells too.
        ends = [
            compare_with_value(self.count, self._at(end.denominator), fixed, self._tests()[-1])
            for end in self.pooled
        ]
        return replace(settle(ends[0], ends[-1], "denominator_uncertain"), value=self.value)

    def _columns(self, name: str, found: Comparison | None, figure: np.ndarray) -> dict[str, np.ndarray]:
        columns = {f"{name}_comparator": figure}
        if found is None:
            reason = "no_count" if self.indicator.is_counted else "not_declared"
            return columns | {f"{name}_reason": np.where(self.has_value, reason, "no_value")}
        return columns | {
            f"{name}_verdict": found.verdict,
            f"{name}_p": found.p,
            f"{name}_method": found.method,
            f"{name}_reason": np.where(self.has_value, found.reason, "no_value"),
        }

    # --- limits and few events -------------------------------------------------------------------------

    def _limits(self, deciding: Comparison | None) -> dict[str, np.ndarray]:
        """The limits that decided the first comparison; where there was none, the figure's own."""
        pooled = self.value if self.pooling else np.full(len(self.rows), np.nan)
        columns = {
            "pooled_value": pooled,
            "pooled_years": np.where(np.isnan(pooled), 1, self.pooling or 1),
            "is_uncertain": self._is_uncertain(),
        }
        if not (self.indicator.is_counted and self._has_counts):
            return columns
        test, denominator = self._tests()[-1], self._at(self.pooled[0].denominator)
        with np.errstate(invalid="ignore", divide="ignore"):
            d = test.dispersion_at(denominator, self.count / denominator)
        own = figure_limits(self.kind, self.count, denominator, self.multiplier, COMPARISON_CONFIDENCE, d)
        told = {"lower_limit": own.lower_limit, "upper_limit": own.upper_limit, "method": own.method}
        told["dispersion"] = d
        if deciding is not None:
            is_decided = np.isfinite(deciding.lower_limit)
            told = {key: np.where(is_decided, getattr(deciding, key), item) for key, item in told.items()}
        told["limits_method"] = told.pop("method")
        told["dispersion"] = np.where(own.reason == "", told["dispersion"], np.nan)
        return columns | told

    def _is_uncertain(self) -> np.ndarray:
        """Figures on few events: by their count, else by the persons that the figure would be of its people.

        Never a balance, which may be negative, and never a figure that is itself an amount or a population.
        """
        unit = self.context.catalogue.units[self.indicator.unit]
        is_share = self.indicator.value_type in ("proportion", "rate") and unit.multiplier
        if not is_share or (unit.minimum or 0) < 0:
            return np.zeros(len(self.rows), dtype=bool)
        residents = find_residents(self.panel, self.context.population)
        people = residents[self.rows, self.latest] * (self.pooling or 1)
        reckoned = np.where(self.has_value, self.value * people / self.multiplier, np.nan)
        events = np.where(np.isfinite(self.count), self.count, reckoned)
        return events < self.indicator.minimum_events

    # --- position and trend ----------------------------------------------------------------------------

    def quartiles(self) -> dict[str, np.ndarray]:
        """Position among the municipalities of the area's own latest year, and how many those are."""
        n = len(self.rows)
        position, reason = np.full(n, "not_assessed", dtype=object), np.full(n, "no_value", dtype=object)
        size = np.zeros(n, dtype=int)
        if not self.indicator.is_compared:
            reason[self.has_value] = "not_declared"
            return {"quartile": position, "quartile_reason": reason, "position_set": size}
        is_told = self.has_value & self.panel.index.is_municipality[:n]
        for year in np.unique(self.latest[is_told]):
            for members in position_set(self.yearly, year):
                values = self.yearly.value[members, year]
                places, reasons = quartile_position(values)
                is_here = (is_told & (self.latest == year))[members]
                at = members[is_here]
                position[at], reason[at] = places[is_here], reasons[is_here]
                size[at] = np.where(reasons[is_here] == "", np.isfinite(values).sum(), 0)
        return {"quartile": position, "quartile_reason": reason, "position_set": size}

    def trends(self) -> dict[str, np.ndarray]:
        """Trend of each area, and how its course stands to the national median's."""
        n, found, relative = len(self.rows), self._trend(None), self._trend(self._common())
        words = compare_courses(found, relative, 0.5 * 10.0**-self.indicator.decimals)[:n]
        is_told = words != "not_assessed"
        why = np.where(found.verdict == "not_assessed", found.reason, relative.reason)[:n]
        told = (
            "verdict", "method", "slope", "change", "lower_limit", "upper_limit", "p", "first_year",
            "last_year", "reason",
        )  # fmt: skip
        return {f"trend_{name}": getattr(found, name)[:n] for name in told} | {
            "trend_n": found.n[:n].astype(float),
            "relative_trend_verdict": words,
            "relative_trend_change": np.where(is_told, relative.change[:n], np.nan),
            "relative_trend_p": np.where(is_told, relative.p[:n], np.nan),
            "relative_trend_reason": np.where(is_told, "", why),
        }

    def _common(self) -> np.ndarray:
        """The national median of each year; NaN where most municipalities have no value."""
        spread = self.yearly.spread
        is_national = spread.n * 2 >= spread.n + spread.n_missing
        return np.where(is_national, spread.median, np.nan)

    def _trend(self, common: np.ndarray | None) -> Trend:
        """The trend of each area; with a common movement, what is beyond it."""
        panel, indicator = self._full_years, self.indicator
        options: dict[str, Any] = {
            "step": indicator.interval_years,
            "is_break": self._breaks,
            "common": common,
        }
        if not (indicator.is_counted and self._has_counts and self._is_newest_counted):
            options |= {"direction": self.direction, "confidence": TREND_CONFIDENCE}
            return self._without_test(assess_value_trend(panel.value, panel.years, **options))
        if indicator.steady_margin is not None and common is None:
            options["margin"] = indicator.steady_margin.value
        scatters = self._own_scatters if common is None else self._scatters(common)
        declared = self.kind, self.multiplier, self.direction, TREND_CONFIDENCE
        trends = [
            assess_count_trend(panel.count, panel.denominator, panel.years, Test(*declared, item), **options)
            for item in scatters
        ]
        return trends[0] if len(trends) == 1 else _settle_trends(*trends)

    @property
    def _is_newest_counted(self) -> bool:
        """Whether the newest year with values has counts: else their trend would end before it."""
        panel = self._full_years
        has_value, has_count = (np.isfinite(matrix).any(axis=0) for matrix in (panel.value, panel.count))
        return bool(has_count[np.flatnonzero(has_value)[-1:]].all())

    @cached_property
    def _own_scatters(self) -> list[Dispersion]:
        """Dispersion about each area's own line, for each end of the design effect."""
        return self._scatters(None)

    def _scatters(self, common: np.ndarray | None) -> list[Dispersion]:
        return [self._estimate_scatter(effect, common) for effect in self.effects]

    def _without_test(self, trend: Trend) -> Trend:
        """The trend with nothing assessed where its years cannot be independent of each other."""
        indicator = self.indicator
        is_nominal = indicator.value_type == "amount" and "constant_prices" not in indicator.warnings
        why = "stock" if indicator.is_stock else "nominal_euros" if is_nominal else ""
        if not why:
            return trend
        reason = np.where(trend.reason == "no_value", trend.reason, why)
        return withhold(trend, np.ones(trend.n.shape, dtype=bool), reason)

    @cached_property
    def _full_years(self) -> Panel:
        """The yearly figures without a running year, of whose months the season would pass for a change."""
        panel, source = self.yearly, self.indicator.source
        if not (isinstance(source, StatfinSource) and source.monthly):
            return panel
        is_running = (panel.status == STATUSES.index("provisional")).any(axis=0)
        names = ("value", "count", "denominator")
        full: Any = {name: np.where(is_running, np.nan, getattr(panel, name)) for name in names}
        return replace(panel, **full)

    @cached_property
    def _breaks(self) -> np.ndarray:
        """First years of new series: declared, told by the provider, or of an area's new boundaries."""
        is_declared = np.isin(self.panel.years, [item.year for item in self.indicator.breaks])
        is_told = self.yearly.status == STATUSES.index("break")
        return find_boundary_breaks(self.panel, self.context.catalogue.areas) | is_declared | is_told


def _settle_trends(low: Trend, high: Trend) -> Trend:
    """The trend under the greater design effect, where the lesser gives the same verdict."""
    is_apart = (low.verdict != high.verdict) & (high.reason == "") & (low.reason == "")
    return withhold(high, is_apart, np.where(is_apart, "design_effect_decides", high.reason))
