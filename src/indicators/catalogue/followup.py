"""The follow-up calendar: at which points the parties' plan is followed. Without a plan there are none."""

import datetime as dt
from dataclasses import dataclass

from indicators.catalogue.plan import Plan
from indicators.catalogue.records import LocalText


@dataclass(frozen=True)
class FollowUpPoint:
    """A point of the plan's calendar; its number, from 1, is of the follow-up round that it closes."""

    number: int
    date: dt.date
    title: LocalText


def list_follow_ups(plan: Plan) -> list[FollowUpPoint]:
    """The plan's own follow-up points in order. None is made up from the agreement's period."""
    return [FollowUpPoint(at, item.date, item.title) for at, item in enumerate(plan.follow_ups, 1)]


def find_round(plan: Plan, on: dt.date) -> FollowUpPoint | None:
    """The follow-up point that a report of the day serves: the first on or after it; None after the last."""
    return next((item for item in list_follow_ups(plan) if item.date >= on), None)
