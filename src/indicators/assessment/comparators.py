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
        if is_bounded.any():
            bounded = compare_within_bounds(
                count, denominator, self.least, self.greatest, self.denominator, test
            )
            names = [name for name in Comparison.__dataclass_fields__ if name != "confidence"]
            merged = {
                name: np.where(is_bounded, getattr(bounded, name), getattr(exact, name)) for name in names
            }
            exact = Comparison(confidence=exact.confidence, **merged)
        return exact


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
        index, self.n = panel.index, panel.index.n_current
        latest = panel.latest()[: self.n]
        self.has_value = latest >= 0
        # Most areas share one latest year: the sums are made for the years in use alone.
        self.columns, at = np.unique(np.where(self.has_value, latest, -1), return_inverse=True)
        self.at = at
        take = [self.columns]
        self.count, self.denominator = panel.count[:, take[0]], panel.denominator[:, take[0]]
        usable = find_usable(panel, kind)[:, take[0]]
        expected = find_expected(panel)[:, take[0]]
        is_hidden = (panel.status[:, take[0]] == STATUSES.index("suppressed")) & np.isnan(self.count)
        self.usable = usable
        self.is_published = (panel.origin[:, take[0]] == ORIGINS.index("published")) & usable
        self.parts = np.stack(
            [
                expected,
                expected & usable,
                expected & is_hidden & (self.denominator > 0),
                np.where(expected & usable, self.count, 0.0),
                np.where(expected & (usable | is_hidden), np.nan_to_num(self.denominator), 0.0),
            ]
        ).astype(float)
        self.index, self.dominant = index, dominant
        self.below = _find_below(panel, hidden_below)[take[0]]

    def sum_larger(self, name: str, spread: Callable[[np.ndarray, np.ndarray], np.ndarray] | None) -> Others:
        """Sums over the rest of the region (``rest``) or of the country (``country``).

        ``spread`` gives the dispersion of counts of given denominators at given rates; None where all have
        the same.
        """
        index, rows, at = self.index, np.arange(self.n), self.at
        larger = index.region if name == "rest" else index.country
        groups = np.where(self._is_part(), larger[index.successor], -1)
        sums = np.stack([add_up(part, groups) for part in self.parts])
        below = np.where(self._contradicts(sums), np.nan, self.below)
        whole = larger[: self.n]
        own = self._own_parts()[:, rows, at]
        city = self.parts[:, self._dominant(whole), at]
        out = own + np.where(self._is_dominated(name, rows, whole), city, 0.0)
        n_parts, n_usable, n_hidden, known, persons = sums[:, whole, at] - out
        is_there = (whole >= 0) & self.has_value
        # The published total, less what is taken out of it; else the sum of the parts; else their bounds.
        is_total = self.is_published[whole, at] & is_there
        taken = [self._taken(matrix, name, rows, whole) for matrix in (self.count, self.denominator)]
        total = [
            np.where(is_total, matrix[whole, at] - less, np.nan)
            for matrix, less in zip((self.count, self.denominator), taken, strict=True)
        ]
        is_total &= np.isfinite(total[0]) & np.isfinite(total[1])
        is_sum = is_there & ~is_total & (n_usable == n_parts) & (n_parts > 0)
        greatest = known + n_hidden * (below[at] - 1)
        is_bounded = is_there & ~is_total & ~is_sum & (n_usable + n_hidden == n_parts) & np.isfinite(greatest)
        count = np.where(is_total, total[0], np.where(is_sum, known, np.nan))
        reason = np.select(
            [
                ~is_there,
                n_parts < 1,
                n_parts < _FEWEST[name],
                n_hidden >= n_parts,
                (count < 0) | (is_total & (total[1] <= 0)),
                ~(is_total | is_sum | is_bounded),
            ],
            [
                "no_comparator",
                "same_area",
                "few_members",
                "no_comparator",
                "comparator_smaller_than_area",
                "no_comparator",
            ],
            "",
        )
        told = reason == ""
        count = np.where(told, count, np.nan)
        persons = np.where(told, np.where(is_total, total[1], persons), np.nan)
        return Others(
            count,
            persons,
            np.where(told & is_bounded, known, np.nan),
            np.where(told & is_bounded, greatest, np.nan),
            None if spread is None else self._spread_larger(spread, groups, whole, name),
            reason,
        )

    def sum_peers(
        self,
        members: np.ndarray,
        spread: Callable[[np.ndarray, np.ndarray], np.ndarray] | None,
    ) -> Others:
        """Sums over each area's peers; ``members`` has their positions, -1 for none."""
        members, at = members[: self.n], self.at[:, None]
        is_member = (members >= 0) & self.has_value[:, None]
        usable = is_member & self.usable[members, at]
        hidden = is_member & ~usable & (self.parts[2][members, at] > 0)
        count = np.where(usable, self.count[members, at], 0.0)
        persons = np.where(usable | hidden, self.denominator[members, at], 0.0)
        n, n_hidden = is_member.sum(axis=1), hidden.sum(axis=1)
        below = np.where(self._contradicts_anywhere(), np.nan, self.below)[self.at]
        known, greatest = count.sum(axis=1), count.sum(axis=1) + n_hidden * (below - 1)
        is_whole = usable.sum(axis=1) == n
        is_bounded = ~is_whole & (usable.sum(axis=1) + n_hidden == n) & np.isfinite(greatest)
        reason = np.select(
            [n == 0, n < _FEWEST["peers"], n_hidden >= n, ~(is_whole | is_bounded)],
            ["no_comparator", "few_members", "no_comparator", "no_comparator"],
            "",
        )
        told, total = reason == "", persons.sum(axis=1)
        variance = None
        if spread is not None:
            with np.errstate(invalid="ignore", divide="ignore"):
                each = spread(persons, (known / total)[:, None])
                variance = np.where(usable, each * persons, 0.0).sum(axis=1) / total
        return Others(
            np.where(told & is_whole, known, np.nan),
            np.where(told, total, np.nan),
            np.where(told & is_bounded, known, np.nan),
            np.where(told & is_bounded, greatest, np.nan),
            variance,
            reason,
        )

    def _is_part(self) -> np.ndarray:
        """Rows that are parts of larger areas: municipalities, of today and former ones."""
        return self.index.is_municipality | (self.index.merge_year < 9999)

    def _own_parts(self) -> np.ndarray:
        """The parts that each row itself is made of: a municipality of one, a region of its own."""
        groups = np.where(self._is_part(), self.index.region[self.index.successor], -1)
        regions = np.stack([add_up(part, groups) for part in self.parts])
        return np.where(self._is_part()[None, :, None], self.parts, regions)

    def _dominant(self, whole: np.ndarray) -> np.ndarray:
        return np.where(whole >= 0, self.dominant[whole], -1)

    def _is_dominated(self, name: str, rows: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """Areas of whose region a city is taken out."""
        dominant = self._dominant(whole)
        return (name == "rest") & (dominant >= 0) & (dominant != rows)

    def _taken(self, matrix: np.ndarray, name: str, rows: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """What is taken out of the larger area's total: the area's own, and the city's."""
        city = matrix[self._dominant(whole), self.at]
        return matrix[rows, self.at] + np.where(self._is_dominated(name, rows, whole), city, 0.0)

    def _contradicts(self, sums: np.ndarray) -> np.ndarray:
        """Years in which a published total shows that hidden parts hold more than the declared bound."""
        is_checkable = self.is_published & (sums[1] + sums[2] == sums[0]) & (sums[2] > 0)
        hidden = self.count - sums[3]
        return (is_checkable & (hidden > sums[2] * (self.below - 1))).any(axis=0)

    def _contradicts_anywhere(self) -> np.ndarray:
        found = []
        for larger in (self.index.region, self.index.country):
            groups = np.where(self._is_part(), larger[self.index.successor], -1)
            found.append(self._contradicts(np.stack([add_up(part, groups) for part in self.parts])))
        return np.any(found, axis=0)

    def _spread_larger(
        self,
        spread: Callable[[np.ndarray, np.ndarray], np.ndarray],
        groups: np.ndarray,
        whole: np.ndarray,
        name: str,
    ) -> np.ndarray:
        """Dispersion of the comparator: its parts' at the larger area's rate, weighed by denominator."""
        known, persons = (add_up(self.parts[place], groups) for place in (3, 4))
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = known / persons
            each = np.where(groups[:, None] >= 0, spread(self.parts[4], rate[groups]), 0.0) * self.parts[4]
        each = np.where(self.parts[4] > 0, each, 0.0)
        sums = np.stack([add_up(item, groups) for item in (each, self.parts[4])])
        rows = np.arange(self.n)
        regions = np.where(self._is_part(), self.index.region[self.index.successor], -1)
        pair = np.stack([each, self.parts[4]])
        own = np.where(
            self._is_part()[None, :, None], pair, np.stack([add_up(item, regions) for item in pair])
        )
        city = np.where(self._is_dominated(name, rows, whole), pair[:, self._dominant(whole), self.at], 0.0)
        left = sums[:, whole, self.at] - own[:, rows, self.at] - city
        with np.errstate(invalid="ignore", divide="ignore"):
            return left[0] / left[1]


def _find_below(panel: Panel, declared: tuple[HiddenBelow, ...]) -> np.ndarray:
    """Below what counts are hidden in each year; NaN where it is not known. Shape (years,)."""
    below = np.full(len(panel.years), np.nan)
    for item in declared:
        below[panel.vintage == item.vintage] = item.below
    return below


def make_spread(test: Test) -> Callable[[np.ndarray, np.ndarray], np.ndarray] | None:
    """The dispersion of counts by denominator and rate, where it differs by size."""
    return test.dispersion_at if isinstance(test.dispersion, Dispersion) else None
