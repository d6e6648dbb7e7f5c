"""Which few things of an area are told first, chosen from its assessment rows; still without words.

The rule stands in ``docs/ohjeet/lauseet.md``: current figures only, what was tested or counted before what
is only described, great before small, different goals, one matter once. Sentences of all languages are made
from the same findings, so they state the same numbers and verdicts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final, TypeVar

from indicators.assessment.columns import Row
from indicators.assessment.rows import KnownRow, KnownYear, YearFigure, is_current, list_known
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.narrative.formats import round_half_up
from indicators.narrative.phrases import Phrases

Years = Callable[[str], Sequence[YearFigure]]

#: So many findings stand on the first page; what is only described fills up to the least.
MOST: Final = 5
LEAST: Final = 3
MOST_OF_A_GOAL: Final = 2
#: Charts of what has moved.
MOST_MOVED: Final = 6
#: A difference or change smaller than this part of the municipalities' middle half is no finding.
SMALLEST: Final = 0.1
#: What is only described must be at least as large as the middle half is wide.
SMALLEST_DESCRIBED: Final = 1.0
#: A change of people of so many per cent in ten years counts as one width of the middle half: in 2015-2025
#: half of Finland's 308 municipalities changed between -13.5 and -2.0 per cent.
PEOPLE_SPREAD_PCT: Final = 11.4
#: A change without a test is told over so many years, and is at least half as large as the middle half.
SPAN_YEARS: Final = 10
SMALLEST_MOVED: Final = 0.5
#: Kendall's tau of a change without a test: nine of ten pairs of years go the same way.
MOSTLY_ONE_WAY: Final = 0.8
#: The comparators of which sentences tell, the country first.
COMPARATORS: Final = ("country", "rest")

DIFFERENT: Final = ("better", "worse", "higher", "lower")
MOVED: Final = ("improving", "worsening", "rising", "falling")


@dataclass(frozen=True)
class _Finding:
    """One thing to tell.

    Attributes
    ----------
    evidence : str
        ``tested``, ``counted`` (people are counted one by one) or ``described``.
    size : float
        In widths of the municipalities' middle half, so that all indicators can be set side by side.
    """

    row: KnownRow
    evidence: str
    size: float

    @property
    def indicator_id(self) -> str:
        """Of which indicator it tells."""
        return self.row.indicator_id

    @property
    def goal_id(self) -> str:
        """To which goal it belongs."""
        return self.row.goal_id


@dataclass(frozen=True)
class Difference(_Finding):
    """A difference from comparators: those that differ by the test, and those without a clear difference."""

    differing: tuple[str, ...]
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change(_Finding):
    """A change between two years; ``counted`` is that of the population."""

    first: KnownYear
    last: KnownYear

    @property
    def is_rise(self) -> bool:
        """Whether the last of two years has the greater figure."""
        return self.last.value > self.first.value


Finding = Difference | Change
FindingT = TypeVar("FindingT", Finding, Change)


class Chooser:
    """Finds what there is to tell of one area, and chooses from it.

    Parameters
    ----------
    catalogue : Catalogue
    phrases : Phrases
        Knows which indicators are of one matter.
    rows : sequence of Row
        The area's rows.
    years : callable
        The area's years of an indicator.
    """

    def __init__(self, catalogue: Catalogue, phrases: Phrases, rows: Iterable[Row], years: Years) -> None:
        self.catalogue, self.phrases, self.years = catalogue, phrases, years
        self.rows = [row for row in rows if row.goal_id]

    def findings(self) -> tuple[Finding, ...]:
        """The report's three to five findings, the strongest first; fewer where there is less to tell."""
        strong = [item for item in self.candidates if item.evidence != "described"]
        chosen = self._choose(strong, MOST)
        if len(chosen) < LEAST:
            weak = [item for item in self.candidates if item.evidence == "described"]
            chosen = self._choose(weak, LEAST, chosen)
        return tuple(sorted(chosen, key=_strength))

    def moved(self) -> tuple[Change, ...]:
        """At most six changes, the strongest first."""
        changes = [item for item in self.candidates if isinstance(item, Change)]
        return tuple(self._choose(changes, MOST_MOVED))

    def of_goal(self, goal_id: str) -> Finding | None:
        """The strongest thing to tell of one goal; None where nothing stands out."""
        return next((item for item in self.candidates if item.goal_id == goal_id), None)

    @cached_property
    def candidates(self) -> list[Finding]:
        """Everything that could be told, the strongest first."""
        return sorted((item for row in self.rows for item in self._of_row(row)), key=_strength)

    def _choose(self, items: list[FindingT], most: int, chosen: Sequence[FindingT] = ()) -> list[FindingT]:
        """The first of each goal, then a second of it while there is room; one of a matter."""
        chosen = list(chosen)
        for most_of_a_goal in range(1, MOST_OF_A_GOAL + 1):
            for item in items:
                matters = {self._matter(other) for other in chosen}
                goals = Counter(other.goal_id for other in chosen)
                if (
                    len(chosen) < most
                    and self._matter(item) not in matters
                    and goals[item.goal_id] < most_of_a_goal
                ):
                    chosen.append(item)
        return chosen

    def _matter(self, item: Finding) -> str:
        return self.phrases.matter(self._indicator(item.row))

    def _indicator(self, row: Row) -> Indicator:
        return self.catalogue.indicators[row.indicator_id]

    # --- what one row has to tell ------------------------------------------------------------------------

    def _of_row(self, row: Row) -> Iterable[Finding]:
        if not is_current(row):
            return
        if is_people(self._indicator(row)):
            if self._indicator(row).is_key_fact:
                yield from self._people(row)
            return
        yield from self._difference(row)
        yield from self._change(row)

    def _difference(self, row: KnownRow) -> Iterable[Difference]:
        """The row's difference from country or rest; a figure of few events makes no headline."""
        if row.is_uncertain:
            return
        value = compared_value(row)
        sizes = {name: self._size(row, value, comparator(row, name)) for name in COMPARATORS}
        tested = [name for name in COMPARATORS if verdict(row, name) in DIFFERENT]
        differing = tuple(name for name in tested if sizes[name] >= SMALLEST)
        if differing:
            unclear = tuple(name for name in COMPARATORS if verdict(row, name) == "similar")
            size = max(sizes[name] for name in differing)
            yield Difference(row, "tested", size, differing, unclear)
        elif not tested and sizes["country"] >= SMALLEST_DESCRIBED and _is_extreme(row):
            yield Difference(row, "described", sizes["country"], ("country",))

    def _change(self, row: KnownRow) -> Iterable[Change]:
        """The row's change over its tested years, or where no test was possible over about ten years."""
        points: dict[int | None, KnownYear]
        points = {item.year: item for item in list_known(self.years(row.indicator_id))}
        if row.trend_verdict in MOVED and not row.is_old_trend:
            first, last = points.get(row.trend_first_year), points.get(row.trend_last_year)
            evidence, smallest = "tested" if is_trend_tested(row) else "described", SMALLEST
        elif self._can_be_described(row):
            first, last = find_span(row.year, points.values())
            evidence, smallest = "described", SMALLEST_MOVED
            if first is None or not self._goes_one_way(row, first.year):
                return
        else:  # tested without enough evidence: nothing is told of a change
            return
        if first is None or last is None:
            return
        size = self._size(row, last.value, first.value)
        if size >= smallest:
            yield Change(row, evidence, size, first, last)

    def _can_be_described(self, row: Row) -> bool:
        """Whether a change that was not tested may be told: not of few events, and not of plain counts."""
        is_count = self._indicator(row).value_type == "count"
        return row.trend_verdict == "not_assessed" and not row.is_uncertain and not is_count

    def _goes_one_way(self, row: KnownRow, first_year: int) -> bool:
        """Whether the years go mostly one way, and no break stands among them: else two years mislead."""
        points = [item for item in self.years(row.indicator_id) if first_year <= item.year <= row.year]
        breaks = {item.year for item in self._indicator(row).breaks}
        breaks |= {item.year for item in points if item.status == "break"}
        if any(first_year < year <= row.year for year in breaks):
            return False
        values = [item.value for item in list_known(points)]
        signs = [(b > a) - (b < a) for a, b in combinations(values, 2)]
        return abs(sum(signs)) >= MOSTLY_ONE_WAY * len(signs)

    def _people(self, row: KnownRow) -> Iterable[Change]:
        """The change of people over ten years: counted, not estimated, so there is nothing to test."""
        first, last = find_span(row.year, self.years(row.indicator_id))
        if first is None or last is None or not first.value:
            return
        size = abs(last.value - first.value) / first.value * 100 / PEOPLE_SPREAD_PCT
        if size >= SMALLEST:
            yield Change(row, "counted", size, first, last)

    def _size(self, row: Row, value: float | None, other: float | None) -> float:
        """A difference in widths of the middle half; 0 where it cannot be seen in the shown figures."""
        decimals = self._indicator(row).decimals
        if value is None or other is None or round_half_up(value, decimals) == round_half_up(other, decimals):
            return 0.0
        spread = None if row.q1 is None or row.q3 is None else row.q3 - row.q1
        return abs(value - other) / spread if spread else SMALLEST


def is_people(indicator: Indicator) -> bool:
    """Whether the indicator is the number of residents."""
    return indicator.value_type == "count" and indicator.unit == "persons"


def find_span(year: int, points: Iterable[YearFigure]) -> tuple[KnownYear | None, KnownYear | None]:
    """A year's figure and that of ten years before it, else of the nearest later year at least five."""
    known = {item.year: item for item in list_known(points)}
    before = range(year - SPAN_YEARS, year - SPAN_YEARS // 2 + 1)
    return next((known[item] for item in before if item in known), None), known.get(year)


def verdict(row: Row, name: str) -> str:
    """The verdict of the row against a comparator."""
    told: str = getattr(row, f"{name}_verdict")
    return told


def comparator(row: Row, name: str) -> float | None:
    """The comparator's figure beside the row's: of the same years as `compared_value`.

    The country is shown whole, as it is published, although its test leaves the area itself out of it.
    """
    if name == "country" and row.country_value is not None and row.pooled_value is None:
        return row.country_value
    value: float | None = getattr(row, f"{name}_comparator")
    return value


def compared_value(row: KnownRow) -> float:
    """What is compared: the figure itself, or that of the pooled years where a year has few events."""
    return row.value if row.pooled_value is None else row.pooled_value


def find_pooled(row: KnownRow) -> int | None:
    """The first of several years on whose figures together the comparison rests; None where it is of one."""
    return None if row.pooled_value is None else row.year - row.pooled_years + 1


def _is_extreme(row: Row) -> bool:
    return row.quartile in ("highest_quarter", "lowest_quarter")


def is_tested(item: Finding) -> bool:
    """Whether the finding's change was tested, if only by the order of its values."""
    return item.row.trend_verdict in MOVED


def is_trend_tested(row: Row) -> bool:
    """Whether a change is tested: an order of values alone only where the area also moved apart."""
    return row.trend_method != "mann_kendall" or row.relative_trend_verdict == row.trend_verdict


def _strength(item: Finding) -> tuple[bool, float]:
    return (item.evidence == "described", -item.size)
