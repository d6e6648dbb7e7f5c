"""The plan's measures and the follow-up calendar in the report's language; no HTML here.

A measure is told by goal and status in words; whether it is overdue is counted from the snapshot's date.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

from indicators.assessment.table import Assessment
from indicators.assessment.targets import assess_target
from indicators.catalogue.followup import find_round, list_follow_ups
from indicators.catalogue.plan import Plan
from indicators.catalogue.plan_records import OPEN_STATUSES, Measure
from indicators.narrative.aims import AimWriter
from indicators.narrative.formats import format_count
from indicators.narrative.texts import Texts
from indicators.report.page.html import slug

#: In the order in which a reader wants them: what is going on, what waits, what is over.
STATUSES: Final = ("under_way", "not_started", "done", "stopped")
#: So many coming points and dates in one sentence.
_MOST: Final = 3


@dataclass(frozen=True)
class MeasureView:
    """A measure, ready for the page.

    Attributes
    ----------
    id : str
    goal_id : str
    description, line : str
        What, by whom and when.
    forum, overdue, target, indicators : str
        A sentence each; empty where there is nothing to say.
    notes : list of str
        Dated notes, newest first.
    """

    id: str
    goal_id: str
    description: str
    line: str
    forum: str
    overdue: str
    target: str
    indicators: str
    notes: list[str]


class MeasureWriter:
    """Tells the plan of one assessment in one language.

    Parameters
    ----------
    plan : Plan
    assessment : Assessment
        Its snapshot's date is the day from which measures are overdue; its figures stand beside targets.
    texts : Texts
    """

    def __init__(self, plan: Plan, assessment: Assessment, texts: Texts) -> None:
        self.plan, self.assessment, self.texts = plan, assessment, texts
        self.catalogue = assessment.catalogue
        self.on: dt.date = assessment.snapshot.created
        self.aims = AimWriter(self.catalogue, texts)
        self._date = self.aims.date

    @property
    def example(self) -> str:
        """The mark of an example plan; empty for the parties' own."""
        return self.texts("measures_example") if self.plan.is_example else ""

    def block(self, goal: str, area: str) -> SimpleNamespace | None:
        """A municipality's measures, of a goal where one is named; None where it has none.

        Its latest figure stands beside a target.
        """
        chosen = self.plan.select(goal, area)
        if not chosen:
            return None
        return SimpleNamespace(
            html_id="-".join(slug(part) for part in ("toimet", goal, area) if part),
            example=self.example,
            lead=self.count(chosen, "here"),
            groups=self.by_status(chosen, area),
        )

    def by_status(
        self, measures: Iterable[Measure], area: str = "", forum: str = ""
    ) -> list[tuple[str, list[MeasureView]]]:
        """Measures gathered by status in words, each group in order of due date.

        Parameters
        ----------
        area : str
            Whose latest figure stands beside a target; nobody's where empty.
        forum : str
            The forum that reads, which is not told that it follows its measures.
        """
        groups: dict[str, list[MeasureView]] = {}
        for item in sorted(measures, key=lambda item: (STATUSES.index(item.status), item.due, item.id)):
            status = self.texts(f"measure_status_{item.status}")
            groups.setdefault(status, []).append(self.view(item, area, forum))
        return list(groups.items())

    def count(self, measures: Sequence[Measure], whose: str, *, with_overdue: bool = True) -> str:
        """How many measures there are, by status, and how many are overdue, in words.

        Parameters
        ----------
        whose : str
            ``here`` of a municipality, ``forum`` or ``party``.
        """
        if not measures:
            return self.texts(f"measures_none_{whose}" if self.plan.is_attached else "plan_none_parties")
        counted = self._counted(whose, measures)
        if not with_overdue or not any(item.is_overdue(self.on) for item in measures):
            return counted
        return f"{counted} {self.overdue(measures)}"

    def overdue(self, measures: Iterable[Measure]) -> str:
        """How many measures are past their due date, in words."""
        n = sum(item.is_overdue(self.on) for item in measures)
        if not n:
            return self.texts("attention_no_overdue")
        count = format_count(n, self.texts.language, "genitive")
        told = self.texts("measures_overdue", n=1 if n == 1 else count)
        return f"{told[:1].upper()}{told[1:]}"

    def next_due(self, measures: Iterable[Measure]) -> list[str]:
        """The days by which open measures are due, the next first; those that have passed are left out."""
        due = {item.due for item in measures if item.status in OPEN_STATUSES and item.due >= self.on}
        return [self._date(day) for day in sorted(due)]

    def _counted(self, whose: str, measures: Sequence[Measure]) -> str:
        """How many there are, and how many in each status: "kaksi on käynnissä ja yksi on valmis"."""
        t, n_all = self.texts, len(measures)
        numbers = {status: sum(item.status == status for item in measures) for status in STATUSES}
        it = t("measures_it" if n_all == 1 else "measures_one")
        told = [
            t(f"measures_are_{status}", n=1 if n == 1 else format_count(n, t.language), it=it)
            for status, n in numbers.items()
            if n
        ]
        statuses = ", ".join(told[:-1])
        statuses = t("and_comparator", first=statuses, second=told[-1]) if statuses else told[-1]
        return t(
            f"measures_{whose}", n=1 if n_all == 1 else format_count(n_all, t.language), statuses=statuses
        )

    def view(self, measure: Measure, area: str = "", reader: str = "") -> MeasureView:
        """One measure in words; its forum is told to others than the forum itself."""
        t, language = self.texts, self.texts.language
        forum = next(item for item in self.catalogue.agreement.forums if item.id == measure.forum)
        titles = [self._title(key) for key in measure.indicators]
        notes = sorted(measure.notes, key=lambda note: note.date, reverse=True)
        return MeasureView(
            id=measure.id,
            goal_id=measure.goal,
            description=measure.description.text(language).rstrip("."),
            line=t(
                "measure_line",
                parties=", ".join(self.party_name(party) for party in measure.parties),
                start=self._date(measure.start),
                due=self._date(measure.due),
            ),
            forum="" if forum.id == reader else t("measure_forum", forum=forum.name.text(language)),
            overdue=t("measure_overdue", due=self._date(measure.due)) if measure.is_overdue(self.on) else "",
            target=self.target(measure, area),
            indicators=t("measure_indicators", indicators="; ".join(titles).rstrip(".")) if titles else "",
            notes=[
                t("measure_note", date=self._date(note.date), text=note.text.text(language)) for note in notes
            ],
        )

    def target(self, measure: Measure, area: str = "") -> str:
        """The measure's target, with the area's latest figure beside it; empty where there is none."""
        target, key = measure.target, measure.target_indicator
        if target is None or key is None or key not in self.catalogue.indicators:
            return ""
        indicator = self.catalogue.indicators[key]
        facts = {"year": target.year, "indicator": self.aims.title(indicator)}
        if target.value is None:
            span = self.aims.span(indicator, target.low, target.high)
            text = self.texts("measure_target_band", span=span, **facts)
        else:
            is_more = target.direction == "higher_is_better"
            name = "measure_target_at_least" if is_more else "measure_target_at_most"
            text = self.texts(name, value=self.aims.value(indicator, target.value), **facts)
        if not area:
            return text
        name = self.catalogue.areas.get(area).name(self.texts.language)
        aim = assess_target(target, key, self.assessment, area)
        return f"{text} {self.aims.finding(aim, name)}" if aim else text

    # --- the calendar ----------------------------------------------------------------------------------

    def follow_up(self, measures: Iterable[Measure]) -> str:
        """Which follow-up the report serves, what comes after it, and the next due dates of the measures.

        Empty without a plan.
        """
        points, served = list_follow_ups(self.plan), find_round(self.plan, self.on)
        sentences = []
        if points and served is None:
            return self.texts("follow_up_over")
        if served is not None:
            title = served.title.text(self.texts.language)
            sentences.append(self.texts("follow_up_round", date=self._date(served.date), title=title))
            if coming := points[served.number :]:
                dates = ", ".join(self._date(point.date) for point in coming[:_MOST])
                sentences.append(self.texts("follow_up_next", points=dates))
        if due := self.next_due(measures):
            key = "follow_up_due_one" if len(due) == 1 else "follow_up_due"
            sentences.append(self.texts(key, dates=", ".join(due[:_MOST])))
        if self.plan.is_example and (self.plan.follow_ups or due):
            sentences.append(self.texts("follow_up_example"))
        return " ".join(sentences)

    # --- pieces ----------------------------------------------------------------------------------------

    def party_name(self, party_id: str) -> str:
        """A party's name: its own, or its municipality's."""
        party = next(item for item in self.catalogue.agreement.parties if item.id == party_id)
        language = self.texts.language
        return party.name.text(language) if party.name else self.catalogue.areas.get(party_id).name(language)

    def _title(self, indicator_id: str) -> str:
        return self.aims.title(self.catalogue.indicators[indicator_id])
