"""What an area's assessment rows say together: per goal, and of the part that chance plays.

Counts only: no score is made of them and no municipality is ranked by them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from indicators.assessment.columns import Row
from indicators.statistics.chance import count_tests, expected_by_chance

#: What one indicator contributes to its goal's row of marks.
MARKS: Final = ("better", "similar", "worse", "background", "position", "unassessed", "no_value")
COMPARISON_CONFIDENCE: Final = 0.95
TREND_CONFIDENCE: Final = 0.998


@dataclass(frozen=True)
class GoalSummary:
    """One goal in one area.

    Attributes
    ----------
    goal_id : str
    marks : tuple of str
        One of `MARKS` for each indicator, in the catalogue's order.
    newest : int or None
        The newest year with a value.
    n_old : int
        Values older than five years.
    trends : dict of int
        How many indicators have each trend verdict.
    """

    goal_id: str
    marks: tuple[str, ...]
    newest: int | None
    n_old: int
    trends: dict[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Indicators of the goal."""
        return len(self.marks)

    @property
    def counts(self) -> dict[str, int]:
        """How many indicators have each mark; all of `MARKS` are there."""
        found = Counter(self.marks)
        return {mark: found[mark] for mark in MARKS}

    @property
    def n_with_value(self) -> int:
        """Indicators with a value."""
        return self.n - self.counts["no_value"]


@dataclass(frozen=True)
class Chance:
    """How many tests an area's report rests on, and how many would differ by chance alone."""

    n_comparisons: int
    expected_comparisons: float
    n_trends: int
    expected_trends: float


def list_once(rows: Iterable[Row]) -> list[Row]:
    """The first row of each indicator, however many goals it serves."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.indicator_id, row)
    return list(found.values())


def find_mark(row: Row) -> str:
    """Mark of one assessment row.

    A quartile position is a position only: it is never counted as better or worse. Where the goal gives no
    direction, the indicator is background whatever the comparison says.
    """
    if row.value is None:
        return "no_value"
    if row.direction == "no_judgement":
        return "background"
    if row.rest_verdict in ("better", "worse", "similar"):
        return row.rest_verdict
    return "position" if row.quartile != "not_assessed" else "unassessed"


def summarise_goal(goal_id: str, rows: Sequence[Row]) -> GoalSummary:
    """Summary of one goal from the area's rows of it."""
    known = [row for row in rows if row.value is not None]
    newest = max((row.year for row in known if row.year is not None), default=None)
    trends = Counter(row.trend_verdict for row in known)
    marks = tuple(find_mark(row) for row in rows)
    return GoalSummary(goal_id, marks, newest, sum(row.is_old for row in known), dict(trends))


def count_chance(rows: Iterable[Row]) -> Chance:
    """Tests behind a report's rows: with the rest of the region, one an area and indicator.

    Positions are no tests.
    """
    once = {(row.area_code, row.indicator_id): row for row in rows}.values()
    compared, moved = [row.rest_verdict for row in once], [row.trend_verdict for row in once]
    return Chance(
        n_comparisons=int(count_tests(compared)),
        expected_comparisons=float(expected_by_chance(compared, COMPARISON_CONFIDENCE)),
        n_trends=int(count_tests(moved)),
        expected_trends=float(expected_by_chance(moved, TREND_CONFIDENCE)),
    )
