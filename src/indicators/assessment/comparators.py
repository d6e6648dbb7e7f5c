"""Whom an area is compared with, and what they have together in the area's own latest year.

The *rest* of a region is the region less the area itself, and less the municipality with over half of the
region's people unless it is the area: else a city would be the region. The *country* is all others. *Peers*
are chosen by likeness (`indicators.assessment.verdicts`). A larger area's published total is used where
there is one, else the sum of its parts; hidden parts are bounded, and the bounds go no farther than a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from indicators.assessment.panel import ORIGINS, Panel, add_up, find_expected, find_usable
from indicators.catalogue.records import HiddenBelow
from indicators.model import STATUSES
from indicators.statistics.comparison import Comparison, compare_with_areas, compare_within_bounds
from indicators.statistics.dispersion import Dispersion
from indicators.statistics.test import Test

#: Gives the dispersion of counts of given denominators at given rates.
Spread = Callable[[np.ndarray, np.ndarray], np.ndarray]
#: Comparators of an area; the first is the one whose verdicts are counted.
COMPARATORS: Final = ("rest", "country", "peers")
#: Fewest areas of a rest, and of a peer group: fewer are no group, and one hidden part would stand bare.
_FEWEST: Final = {"rest": 2, "country": 2, "peers": 3}


def find_dominant(population: Panel | None, index_size: int) -> np.ndarray:
    """Position of the municipality with over half of each area's people, for regions; else -1."""
    dominant = np.full(index_size, -1)
    if population is None:
        return dominant
    index, latest = population.index, population.latest()
    people = np.where(latest >= 0, population.value[np.arange(len(latest)), latest], 0.0)
    rows = np.flatnonzero(index.is_municipality & (index.region >= 0))
    totals = np.zeros(index_size)
    np.add.at(totals, index.region[rows], people[rows])
    large = rows[people[rows] > totals[index.region[rows]] / 2]
    dominant[index.region[large]] = large
    return dominant


@dataclass(frozen=True)
class Others:
    """What each area's comparator has; arrays of shape (areas,).

    Attributes
    ----------
    count, denominator : array of float
        Sums over the comparator's areas; ``count`` is NaN where hidden parts leave only bounds.
    least, greatest : array of float
        The bounds, both included; NaN where the count is known. They are for a test alone.
    dispersion : array of float or None
        The comparator's, as the sum of its parts; None where it is that of any one area.
    reason : array of str
        Why there is no comparator; empty where there is one.
    """

    count: np.ndarray
    denominator: np.ndarray
    least: np.ndarray
    greatest: np.ndarray
    dispersion: np.ndarray | None
    reason: np.ndarray

    def compare(self, count: np.ndarray, denominator: np.ndarray, test: Test) -> Comparison:
        """Verdicts of areas against these: on the sums, or where parts are hidden on their bounds."""
        exact = compare_with_areas(count, denominator, self.count, self.denominator, test, self.dispersion)
        is_bounded = np.isfinite(self.least)
        if not is_bounded.any():
            return exact
        bounded = compare_within_bounds(count, denominator, self.least, self.greatest, self.denominator, test)
        pairs = ((name, getattr(bounded, name), told) for name, told in vars(exact).items())
        return Comparison(**{name: np.where(is_bounded, one, other) for name, one, other in pairs})


class Grouping:
    """One indicator's counts in each area's own latest year, ready to be summed over other areas.

    Parameters
    ----------
    panel : Panel
        With counts and denominators.
    dominant : array of int, shape (areas,)
        As `find_dominant` gives it.
    hidden_below : tuple of HiddenBelow
        Below what the publisher hides counts, by reading.
    """

    def __init__(
        self, panel: Panel, kind: str, dominant: np.ndarray, hidden_below: tuple[HiddenBelow, ...]
    ) -> None:
        index, self.n, self.dominant = panel.index, panel.index.n_current, dominant
        latest = panel.latest()[: self.n]
        self.has_value, self.rows = latest >= 0, np.arange(self.n)
        # Most areas share one latest year: the sums are made for the years in use alone.
        years, self.at = np.unique(np.where(self.has_value, latest, -1), return_inverse=True)
        self.count, self.denominator = panel.count[:, years], panel.denominator[:, years]
        self.usable, expected = find_usable(panel, kind)[:, years], find_expected(panel)[:, years]
        is_hidden = (panel.status[:, years] == STATUSES.index("suppressed")) & np.isnan(self.count)
        self.is_published = (panel.origin[:, years] == ORIGINS.index("published")) & self.usable
        self.parts = np.stack(
            [
                expected,
                expected & self.usable,
                expected & is_hidden & (self.denominator > 0),
                np.where(expected & self.usable, self.count, 0.0),
                np.where(expected & (self.usable | is_hidden), np.nan_to_num(self.denominator), 0.0),
            ]
        ).astype(float)
        self.is_part = index.is_part
        self.larger = {"rest": index.region, "country": index.country}
        self.groups = {name: index.group_by(larger) for name, larger in self.larger.items()}
        self.sums = {name: _add_up_each(self.parts, groups) for name, groups in self.groups.items()}
        self.below = _find_below(panel, hidden_below)[years]

    def sum_larger(self, name: str, spread: Spread | None) -> Others:
        """Sums over the rest of the region (``rest``) or of the country (``country``)."""
        at, whole = self.at, self.larger[name][: self.n]
        city = np.where((name == "rest") & (whole >= 0), self.dominant[whole], -1)
        city = np.where(city == self.rows, -1, city)
        below = np.where(self._contradicts(name), np.nan, self.below)
        left = self._take_out(self.sums[name], self._own(self.parts), whole, city)
        n_parts, n_usable, n_hidden, known, persons = left
        is_there = (whole >= 0) & self.has_value
        # The published total, less what is taken out of it; else the sum of the parts; else their bounds.
        is_published = self.is_published[whole, at] & is_there
        total = [
            np.where(is_published, self._take_out(matrix, matrix, whole, city), np.nan)
            for matrix in (self.count, self.denominator)
        ]
        is_total = np.isfinite(total).all(axis=0)
        is_sum = is_there & ~is_total & (n_usable == n_parts) & (n_parts > 0)
        greatest = known + n_hidden * (below[at] - 1)
        is_bounded = is_there & ~is_total & ~is_sum & (n_usable + n_hidden == n_parts) & np.isfinite(greatest)
        count = np.where(is_total, total[0], np.where(is_sum, known, np.nan))
        why = (
            (~is_there, "no_comparator"),
            (n_parts < 1, "same_area"),
            (n_parts < _FEWEST[name], "few_members"),
            (n_hidden >= n_parts, "no_comparator"),
            ((count < 0) | (is_total & (total[1] <= 0)), "comparator_smaller_than_area"),
            (~(is_total | is_sum | is_bounded), "no_comparator"),
        )
        dispersion = None if spread is None else self._spread_larger(spread, name, whole, city)
        persons = np.where(is_total, total[1], persons)
        return _tell(count, persons, np.where(is_bounded, [known, greatest], np.nan), dispersion, why)

    def sum_peers(self, members: np.ndarray, spread: Spread | None) -> Others:
        """Sums over each area's peers; ``members`` has their positions, -1 for none."""
        members, at = members[: self.n], self.at[:, None]
        is_member = (members >= 0) & self.has_value[:, None]
        usable = is_member & self.usable[members, at]
        hidden = is_member & ~usable & (self.parts[2][members, at] > 0)
        persons = np.where(usable | hidden, self.denominator[members, at], 0.0)
        n, n_hidden = is_member.sum(axis=1), hidden.sum(axis=1)
        is_doubtful = self._contradicts("rest") | self._contradicts("country")
        known, total = np.where(usable, self.count[members, at], 0.0).sum(axis=1), persons.sum(axis=1)
        greatest = known + n_hidden * (np.where(is_doubtful, np.nan, self.below)[self.at] - 1)
        is_whole = usable.sum(axis=1) == n
        is_bounded = ~is_whole & (usable.sum(axis=1) + n_hidden == n) & np.isfinite(greatest)
        why = (
            (n == 0, "no_comparator"),
            (n < _FEWEST["peers"], "few_members"),
            ((n_hidden >= n) | ~(is_whole | is_bounded), "no_comparator"),
        )
        dispersion = None
        if spread is not None:
            with np.errstate(invalid="ignore", divide="ignore"):
                each = spread(persons, (known / total)[:, None])
                dispersion = np.where(usable, each * persons, 0.0).sum(axis=1) / total
        bounds = np.where(is_bounded, [known, greatest], np.nan)
        return _tell(np.where(is_whole, known, np.nan), total, bounds, dispersion, why)

    def _own(self, parts: np.ndarray) -> np.ndarray:
        """The parts that each area itself is made of: a municipality of one, a region of its own."""
        return np.where(self.is_part[:, None], parts, _add_up_each(parts, self.groups["rest"]))

    def _take_out(self, sums: np.ndarray, own: np.ndarray, whole: np.ndarray, city: np.ndarray) -> np.ndarray:
        """The larger area's without the area's own, and the city's where there is one."""
        left = sums[..., whole, self.at] - own[..., self.rows, self.at]
        return left - np.where(city >= 0, own[..., city, self.at], 0.0)

    def _contradicts(self, name: str) -> np.ndarray:
        """Years in which a published total shows that hidden parts hold more than the declared bound."""
        n_parts, n_usable, n_hidden, known, _ = self.sums[name]
        is_checkable = self.is_published & (n_usable + n_hidden == n_parts) & (n_hidden > 0)
        return (is_checkable & (self.count - known > n_hidden * (self.below - 1))).any(axis=0)

    def _spread_larger(self, spread: Spread, name: str, whole: np.ndarray, city: np.ndarray) -> np.ndarray:
        """Dispersion of the comparator: its parts' at the larger area's rate, weighed by denominator."""
        groups, persons = self.groups[name], self.parts[4]
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = (self.sums[name][3] / self.sums[name][4])[groups]
            is_used = (groups[:, None] >= 0) & (persons > 0)
            pair = np.stack([np.where(is_used, spread(persons, rate) * persons, 0.0), persons])
            left = self._take_out(_add_up_each(pair, groups), self._own(pair), whole, city)
            return left[0] / left[1]


def _tell(
    count: np.ndarray,
    persons: np.ndarray,
    bounds: np.ndarray,
    dispersion: np.ndarray | None,
    why: tuple[tuple[np.ndarray, str], ...],
) -> Others:
    """The sums where no condition of ``why`` holds; else the word of the first that does."""
    reason = np.select([condition for condition, _ in why], [word for _, word in why], "")
    count, persons, least, greatest = np.where(reason == "", [count, persons, *bounds], np.nan)
    return Others(count, persons, least, greatest, dispersion, reason)


def _add_up_each(matrices: np.ndarray, groups: np.ndarray) -> np.ndarray:
    return np.stack([add_up(matrix, groups) for matrix in matrices])


def _find_below(panel: Panel, declared: tuple[HiddenBelow, ...]) -> np.ndarray:
    """Below what counts are hidden in each year; NaN where it is not known. Shape (years,)."""
    below = np.full(len(panel.years), np.nan)
    for item in declared:
        below[panel.vintage == item.vintage] = item.below
    return below


def make_spread(test: Test) -> Spread | None:
    """The dispersion of counts by denominator and rate, where it differs by size."""
    return test.dispersion_at if isinstance(test.dispersion, Dispersion) else None
