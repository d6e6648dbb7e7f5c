"""What there is to tell of an area, chosen from its assessment rows; still without words.

Sentences of all languages are made from the same findings, so they state the same numbers and verdicts.
"""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from indicators.assessment.goals import SUMMARY_COLUMNS, GoalSummary, summarise_goal

#: So many sentences of a kind in one goal; the rest is in the table.
MOST_OF_A_KIND: Final = 3
_DIFFERENCE_COLUMNS: Final = (
    "indicator_id",
    "value",
    "year",
    "region_comparator",
    "region_verdict",
    "region_is_rest",
    "region_p",
)
_MOVEMENT_COLUMNS: Final = (
    "indicator_id",
    "trend_first_year",
    "trend_last_year",
    "trend_change",
    "trend_verdict",
    "trend_method",
    "trend_p",
    "region_trend_verdict",
)
#: What findings read of the assessment. Rows of these columns only are picked several times sooner.
FINDING_COLUMNS: Final = tuple(
    dict.fromkeys(
        ("goal_id", *SUMMARY_COLUMNS, *_DIFFERENCE_COLUMNS, *_MOVEMENT_COLUMNS, "is_uncertain", "denominator")
    )
)
_DIFFERENT: Final = ("better", "worse", "higher", "lower")
_MOVED: Final = ("improving", "worsening", "rising", "falling")


@dataclass(frozen=True)
class Difference:
    """A figure that differs from its region's beyond random variation.

    Attributes
    ----------
    value, comparator : float
        In the indicator's unit.
    verdict : str
        better, worse, higher or lower.
    is_rest : bool
        Whether the comparator is the rest of the region.
    p : float
        Of the comparison.
    """

    indicator_id: str
    value: float
    year: int
    comparator: float
    verdict: str
    is_rest: bool
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


def find_goal_findings(goal_id: str, rows: pd.DataFrame) -> GoalFindings:
    """Findings of one goal from an area's assessment rows of it, which need have `FINDING_COLUMNS` only."""
    known = rows[rows["value"].notna()]
    return GoalFindings(
        summary=summarise_goal(goal_id, rows),
        differences=tuple(find_differences(known)),
        movements=tuple(find_movements(known)),
        n_without_evidence=int((known["trend_verdict"] == "no_evidence").sum()),
        n_few_events=int((known["is_uncertain"] & known["denominator"].notna()).sum()),
    )


def find_differences(rows: pd.DataFrame) -> list[Difference]:
    """Differences from the region, strongest first; equal evidence in the catalogue's order."""
    different = rows.loc[rows["region_verdict"].isin(_DIFFERENT), list(_DIFFERENCE_COLUMNS)]
    found = [
        Difference(
            indicator_id=str(row.indicator_id),
            value=float(row.value),
            year=int(row.year),
            comparator=float(row.region_comparator),
            verdict=str(row.region_verdict),
            is_rest=bool(row.region_is_rest),
            p=float(row.region_p),
        )
        for row in different.drop_duplicates("indicator_id").itertuples()
    ]
    return sorted(found, key=lambda item: item.p)


def find_movements(rows: pd.DataFrame) -> list[Movement]:
    """Movements over the years, those tested with counts first, then by evidence."""
    moved = rows.loc[rows["trend_verdict"].isin(_MOVED), list(_MOVEMENT_COLUMNS)]
    found = [_to_movement(row) for row in moved.drop_duplicates("indicator_id").itertuples()]
    return sorted(found, key=lambda item: (item.is_indicative, item.p))


def _to_movement(row: Any) -> Movement:
    return Movement(
        indicator_id=str(row.indicator_id),
        first_year=int(row.trend_first_year),
        last_year=int(row.trend_last_year),
        change=float(row.trend_change),
        verdict=str(row.trend_verdict),
        is_indicative=row.trend_method == "mann_kendall",
        is_likewise=row.trend_verdict == row.region_trend_verdict,
        p=float(row.trend_p),
    )


def find_main_points(rows: pd.DataFrame, most: int = 5) -> list[Difference | Movement]:
    """The few things of the whole report that stand on the strongest evidence.

    Judged differences come first, then tested movements with a judgement, then the rest; so the first page
    tells what a board would act on, and no verdict that was not tested.
    """
    known = rows.loc[rows["value"].notna() & (rows["goal_id"] != ""), list(FINDING_COLUMNS)]
    differences, movements = find_differences(known), find_movements(known)
    judged = [item for item in differences if item.verdict in ("better", "worse")]
    moved = [
        item for item in movements if item.verdict in ("improving", "worsening") and not item.is_indicative
    ]
    return [*judged, *moved][:most]
