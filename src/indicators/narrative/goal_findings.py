"""What there is to tell of an area, chosen from its assessment rows; still without words.

Sentences of all languages are made from the same findings, so they state the same numbers and verdicts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from indicators.assessment.columns import Row
from indicators.assessment.goals import GoalSummary, list_once, summarise_goal

#: So many sentences of a kind in one goal; the rest is in the table.
MOST_OF_A_KIND: Final = 3
_DIFFERENT: Final = ("better", "worse", "higher", "lower")
_MOVED: Final = ("improving", "worsening", "rising", "falling")


@dataclass(frozen=True)
class Difference:
    """A figure that differs from the rest of its region beyond random variation.

    Attributes
    ----------
    value, comparator : float
        In the indicator's unit.
    verdict : str
        better, worse, higher or lower.
    p : float
        Of the comparison.
    """

    indicator_id: str
    value: float
    year: int
    comparator: float
    verdict: str
    p: float


@dataclass(frozen=True)
class Movement:
    """A figure that has moved beyond random variation.

    Attributes
    ----------
    change : float
        From the first to the last year, in the indicator's unit; its sign tells the direction.
    verdict : str
        improving, worsening, rising or falling.
    is_indicative : bool
        Whether it rests on the order of values only, without counts.
    is_likewise : bool
        Whether the region moved the same way in the same years.
    """

    indicator_id: str
    first_year: int
    last_year: int
    change: float
    verdict: str
    is_indicative: bool
    is_likewise: bool
    p: float


@dataclass(frozen=True)
class GoalFindings:
    """What there is to tell of one goal, the strongest evidence first.

    Attributes
    ----------
    n_without_evidence : int
        Trends that were tested without enough evidence of a direction.
    n_few_events : int
        Values that rest on few events.
    """

    summary: GoalSummary
    differences: tuple[Difference, ...]
    movements: tuple[Movement, ...]
    n_without_evidence: int
    n_few_events: int


def find_goal_findings(goal_id: str, rows: Sequence[Row]) -> GoalFindings:
    """Findings of one goal from an area's rows of it."""
    known = [row for row in rows if row.value is not None]
    return GoalFindings(
        summary=summarise_goal(goal_id, rows),
        differences=tuple(find_differences(known)),
        movements=tuple(find_movements(known)),
        n_without_evidence=sum(row.trend_verdict == "no_evidence" for row in known),
        n_few_events=sum(row.is_uncertain and row.denominator is not None for row in known),
    )


def find_differences(rows: Iterable[Row]) -> list[Difference]:
    """Differences from the region, strongest first; equal evidence in the catalogue's order."""
    # Where the rest of the region is not published, there is no figure to tell the difference by.
    different = list_once(
        row for row in rows if row.rest_verdict in _DIFFERENT and row.rest_comparator is not None
    )
    found = [
        Difference(
            row.indicator_id,
            row.value,
            row.year,
            row.rest_comparator,
            row.rest_verdict,
            row.rest_p,
        )
        for row in different
    ]
    return sorted(found, key=lambda item: item.p)


def find_movements(rows: Iterable[Row]) -> list[Movement]:
    """Movements over the years, those tested with counts first, then by evidence."""
    moved = list_once(row for row in rows if row.trend_verdict in _MOVED and not row.is_old_trend)
    found = [
        Movement(
            indicator_id=row.indicator_id,
            first_year=row.trend_first_year,
            last_year=row.trend_last_year,
            change=row.trend_change,
            verdict=row.trend_verdict,
            is_indicative=row.trend_method == "mann_kendall",
            is_likewise=row.is_like_region,
            p=row.trend_p,
        )
        for row in moved
    ]
    return sorted(found, key=lambda item: (item.is_indicative, item.p))


def find_main_points(rows: Iterable[Row], most: int = 5) -> list[Difference | Movement]:
    """The few things of the whole report that stand on the strongest evidence.

    Judged differences come first, then tested movements with a judgement, then the rest; so the first page
    tells what a board would act on, and no verdict that was not tested.
    """
    known = [row for row in rows if row.value is not None and row.goal_id]
    differences, movements = find_differences(known), find_movements(known)
    judged = [item for item in differences if item.verdict in ("better", "worse")]
    moved = [
        item for item in movements if item.verdict in ("improving", "worsening") and not item.is_indicative
    ]
    return [*judged, *moved][:most]
