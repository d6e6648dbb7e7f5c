"""Typed records of the interface plan: the parties' measures, and when the agreement is followed up."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from indicators.catalogue.records import GoalId, IndicatorId, LocalText, Record, Slug, Text, Year

MeasureStatus = Literal["not_started", "under_way", "done", "stopped"]
#: Statuses under which a measure still waits for its due date.
OPEN_STATUSES = ("not_started", "under_way")


class MeasureNote(Record):
    """A dated note on how a measure goes."""

    date: dt.date
    text: LocalText


class Target(Record):
    """What a measure's indicator should reach: a value, or a band between two, by a year."""

    year: Year
    value: float | None = None
    low: float | None = None
    high: float | None = None
    direction: Literal["higher_is_better", "lower_is_better"] | None = None
    indicator: IndicatorId | None = None  # where the measure has several

    @model_validator(mode="after")
    def _value_or_band(self) -> "Target":
        is_band = self.low is not None and self.high is not None
        has_end = self.low is not None or self.high is not None
        if (self.value is None) != is_band or (self.value is not None and has_end):
            raise ValueError("a target has either 'value', or both 'low' and 'high'")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"the band's low {self.low} is above its high {self.high}")
        if self.value is not None and self.direction is None:
            raise ValueError("a target value needs 'direction': higher_is_better or lower_is_better")
        return self


class Measure(Record):
    """What one or more parties do to advance a goal.

    It comes ``after`` other measures, and should be seen in its indicators.
    """

    id: Slug
    goal: GoalId
    parties: Annotated[tuple[Text, ...], Field(min_length=1)]
    forum: Slug
    description: LocalText
    start: dt.date
    due: dt.date
    status: MeasureStatus
    notes: tuple[MeasureNote, ...] = ()
    indicators: tuple[IndicatorId, ...] = ()
    target: Target | None = None
    after: tuple[Slug, ...] = ()

    @model_validator(mode="after")
    def _dates_in_order_and_target_has_indicator(self) -> "Measure":
        if self.due < self.start:
            raise ValueError(f"due {self.due} is before start {self.start}")
        if self.target is None:
            return self
        if self.target.indicator is None and len(self.indicators) != 1:
            raise ValueError("a target needs the measure's only indicator, or 'indicator' of its own")
        if self.target.indicator is not None and self.target.indicator not in self.indicators:
            raise ValueError(f"the target's indicator {self.target.indicator} is not among the measure's")
        return self

    @property
    def target_indicator(self) -> str | None:
        """The indicator that the target is of."""
        if self.target is None:
            return None
        return self.target.indicator or self.indicators[0]

    def is_overdue(self, on: dt.date) -> bool:
        """Whether the measure is open although its due date has passed."""
        return self.status in OPEN_STATUSES and self.due < on


class FollowUp(Record):
    """A point at which the parties look at the results together."""

    date: dt.date
    title: LocalText


class PlanFile(Record):
    """``plan.yaml``."""

    title: LocalText
    is_example: bool = False
    follow_up: tuple[FollowUp, ...] = ()
    measures: tuple[Measure, ...]
