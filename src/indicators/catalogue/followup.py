"""The follow-up calendar: at which points the agreement is followed, from its period and the plan's dates."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from indicators.catalogue.plan import Plan
from indicators.catalogue.records import Agreement, LocalText

#: Years ahead for which yearly points are counted where the agreement has no end.
_AHEAD: Final = 4


@dataclass(frozen=True)
class FollowUpPoint:
    """A point of the calendar; its number, from 1, is of the follow-up round that it closes.

    One that the plan does not declare follows from the agreement's period, year by year, and has no title.
    """

    number: int
    date: dt.date
    title: LocalText | None
    is_declared: bool


def list_follow_ups(plan: Plan, agreement: Agreement, on: dt.date) -> list[FollowUpPoint]:
    """All follow-up points in order: the plan's own; where it has none, the agreement's year ends.

    Where the agreement has no end, years ahead are counted from ``on``.
    """
    declared = [(item.date, item.title) for item in plan.follow_ups]
    points = declared or [(day, None) for day in _year_ends(agreement, on)]
    return [FollowUpPoint(at, day, title, bool(declared)) for at, (day, title) in enumerate(points, 1)]


def find_round(plan: Plan, agreement: Agreement, on: dt.date) -> FollowUpPoint | None:
    """The follow-up point that a report of the day serves: the first on or after it; None after the last."""
    return next((item for item in list_follow_ups(plan, agreement, on) if item.date >= on), None)


def _year_ends(agreement: Agreement, on: dt.date) -> list[dt.date]:
    period = agreement.period
    last = period.end or dt.date(max(on, period.start).year + _AHEAD, 12, 31)
    ends = [dt.date(year, 12, 31) for year in range(period.start.year, last.year + 1)]
    return [*(day for day in ends if day < last), last]
