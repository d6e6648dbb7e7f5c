"""The municipal report in sentences, in Finnish, Swedish and English.

Every number of a sentence is a `Figure` taken from the assessment, or worked from the numbers shown beside
it. Which things are told is chosen in `indicators.narrative.findings`; the words are ``data/texts.yaml`` and
``data/phrases.yaml``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from indicators.assessment.columns import Row
from indicators.assessment.rows import KnownRow, is_current, is_known, list_known
from indicators.catalogue.records import Goal, StatfinSource
from indicators.narrative.findings import (
    Change,
    Difference,
    Finding,
    comparator,
    find_pooled,
    find_span,
    is_people,
    is_tested,
)
from indicators.narrative.formats import MINUS
from indicators.narrative.phrases import WORK_MATTERS
from indicators.narrative.row_words import Fact, RowWriter
from indicators.narrative.sentence import Sentence, fill, join
from indicators.narrative.writer import is_key, percent

#: A list in a sentence has so many words at most; more are counted.
_MOST_WORDS: Final = 16


@dataclass(frozen=True)
class FindingText:
    """A finding in words: what it says, then the numbers; ``finding`` is None where nothing is to tell."""

    finding: Finding | None
    lead: Sentence
    more: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class GoalLine:
    """A goal's row on the first page; ``newest`` is None where no figure is at hand."""

    text: Sentence
    n_known: int
    n_all: int
    newest: int | None


@dataclass(frozen=True)
class Message:
    """What a chart says: a title of about ten words, what is drawn, and which years were tested."""

    finding: Change
    title: Sentence
    subtitle: str
    tested: str
    is_pair: bool


class Sentences(RowWriter):
    """Writes of one area in one language; its parameters are `Writer`'s."""

    # --- the first page -------------------------------------------------------------------------------

    def key_facts(self) -> tuple[Fact, ...]:
        """People and their change, the share of the old, and work: current figures, each with its year."""
        facts = [*self._people_facts()]
        for row in self.rows:
            indicator = self._indicator(row)
            if indicator.is_key_fact and not is_people(indicator) and is_current(row):
                is_aged = self.phrases.matter(indicator) == "age"
                label = self._key_label("key_aged", row) if is_aged else self._titled(row)
                facts.append(Fact(label, self._shown(row)))
        work = self._work_row()
        if work is not None:
            matter = self.phrases.matter(self._indicator(work))
            key = "key_unemployment" if matter == "unemployment" else "key_employment"
            facts.append(Fact(self._key_label(key, work), self._shown(work)))
        return tuple(facts)

    def _titled(self, row: KnownRow) -> str:
        """A label for what has no words of its own: its title and year."""
        return f"{self.short_title(row.indicator_id)} ({self.when(row.indicator_id, row.year)})"

    def _key_label(self, key: str, row: KnownRow) -> str:
        return self.texts(key, year=self.when(row.indicator_id, row.year))

    def _people_facts(self) -> Iterable[Fact]:
        indicators = [(row, self._indicator(row)) for row in self.rows]
        row = next((row for row, item in indicators if item.is_key_fact and is_people(item)), None)
        if row is None or not is_current(row):
            return
        yield Fact(self.texts("key_people", year=row.year), Sentence((self._figure(row),)))
        first, last = find_span(row.year, self.years(row.indicator_id))
        if first is None or last is None:
            return
        change = last.value - first.value
        sign = MINUS if change < 0 else "+" if change > 0 else ""
        figure = self._change_figure(row, first, last, sign)
        yield Fact(self.texts("key_change", year=first.year), Sentence((figure,)))

    def _work_row(self) -> KnownRow | None:
        """The newest current row of unemployment, else of employment."""
        for matter in WORK_MATTERS:
            found = [
                row for row in self.rows
                if self.phrases.matter(self._indicator(row)) == matter and is_current(row)
            ]  # fmt: skip
            if found:
                return max(found, key=lambda row: row.year)
        return None

    def findings(self) -> tuple[FindingText, ...]:
        """Three to five findings in words; one that says so where there is nothing to tell."""
        found = self.chooser.findings()
        if found:
            return tuple(self.finding(item) for item in found)
        if any(is_current(row) for row in self.chooser.rows):
            return (FindingText(None, self.texts.tell("lead_nothing")),)
        return (FindingText(None, self.texts.tell("lead_no_figures", years=self._word(self.current_years))),)

    def finding(self, item: Finding) -> FindingText:
        """One finding: the claim, and the numbers from which it can be checked."""
        if isinstance(item, Difference):
            return FindingText(item, self._difference_lead(item), tuple(self._difference_numbers(item)))
        if item.evidence == "counted":
            return FindingText(item, self._people_lead(item), tuple(self._people_numbers(item)))
        return FindingText(item, self._change_lead(item), tuple(self._change_numbers(item)))

    def unknown(self) -> tuple[Sentence, ...]:
        """How many indicators, how many with a figure, how many current, and of which goals none is."""
        by_id = {row.indicator_id: row for row in self.chooser.rows}
        known = [row for row in by_id.values() if is_known(row)]
        n_current = sum(not row.is_old for row in known)
        facts = {
            "known": self._count(len(known), "n_known", "elative"),
            "years": self._word(self.current_years),
            "current": self._count(n_current, "n_current"),
        }
        told = self.texts.tell("unknown_count", n=self._count(len(by_id), "n_indicators"))
        more = self.texts.tell("unknown_known" if known else "unknown_nothing", **facts)
        empty = [goal for goal in self.catalogue.goals if not any(map(is_current, self._rows_of(goal.id)))]
        return (told, more, *self._unknown_goals(empty))

    def _unknown_goals(self, goals: Sequence[Goal]) -> Iterable[Sentence]:
        """The goals of which nothing is known today: by what they are about, else by number."""
        if not goals:
            return
        topics = [goal.topic.text(self.language) for goal in goals if goal.topic]
        if len(topics) == len(goals) and sum(len(topic.split()) for topic in topics) <= _MOST_WORDS:
            yield self.texts.tell("unknown_topics", topics=self._listed(topics))
        elif len(goals) <= _MOST_WORDS:
            ids = self._listed([goal.id for goal in goals])
            yield self.texts.tell("unknown_goal" if len(goals) == 1 else "unknown_goals", goals=ids)
        else:
            yield self.texts.tell("unknown_many_goals", n=self._count(len(goals), "n_goals", "elative"))

    def goal_line(self, goal_id: str) -> GoalLine:
        """What the newest evidence says of a goal, naming the indicator."""
        rows = self._rows_of(goal_id)
        known = [row for row in rows if is_known(row)]
        newest = max((row.year for row in known), default=None)
        return GoalLine(self._goal_text(goal_id, known), len(known), len(rows), newest)

    def _goal_text(self, goal_id: str, known: Sequence[KnownRow]) -> Sentence:
        current = [row for row in known if not row.is_old]
        if not known:
            return self.texts.tell("line_none")
        if not current:
            newest = max(known, key=lambda row: row.year)
            title = self.short_title(newest.indicator_id).replace(" %", "\u00a0%")
            key = "line_old_region" if self.area.level == "region" else "line_old"
            return self.texts.tell(key, year=self.when(newest.indicator_id, newest.year), title=title)
        item = self.chooser.of_goal(goal_id)
        if isinstance(item, Change):
            return self._people_line(item) if item.evidence == "counted" else self._change_line(item)
        row = item.row if item else max(current, key=lambda row: (is_key(self.catalogue, row), row.year))
        return self._level_line(row, item.differing if item else ())

    # --- what has moved -------------------------------------------------------------------------------

    def moved(self) -> tuple[Message, ...]:
        """At most six messages of change, the strongest first."""
        return tuple(self._message(item) for item in self.chooser.moved())

    def _message(self, item: Change) -> Message:
        return Message(
            finding=item,
            title=self._moved_title(item),
            subtitle=self.short_title(item.indicator_id),
            tested=self._tested(item),
            is_pair=len(list_known(self.years(item.indicator_id))) == 2,
        )

    def _tested(self, item: Change) -> str:
        if item.evidence == "counted":
            return self.texts("moved_counted")
        key = "moved_tested" if item.evidence == "tested" else "moved_indicative"
        key = key if is_tested(item) else "moved_untested"
        return self.texts(key, first=item.first.year, last=item.last.year)

    def _moved_title(self, item: Change) -> Sentence:
        words: dict[str, object]
        if item.evidence == "counted":
            words = {"moved": self._went(item, "large"), "span": self._span(item)}
            key = "moved_title_residents"
        elif self._is_of_people(item):
            words = {"verb": self._now(self._phrase(item.row)), "more": self._more_or_less(item)}
            key, words = "moved_title_people", self._change_words(item) | words
        else:
            key, words = "moved_title", self._change_words(item)
        return self.texts.tell(key, **words).capitalised()

    # --- gaps and the making --------------------------------------------------------------------------

    def gaps(self, goal_id: str) -> dict[str, list[str]]:
        """Titles of a goal's indicators without a figure, by what would bring one."""
        by_reason: dict[str, list[str]] = {}
        for row in self._rows_of(goal_id):
            if row.value is None:
                by_reason.setdefault(self._gap(row), []).append(self.short_title(row.indicator_id))
        hidden = [
            self.short_title(indicator.id)
            for indicator, link in self.catalogue.links
            if link.goal == goal_id and self.area.level not in indicator.levels
        ]
        if hidden:
            by_reason[self.texts("gap_region_only")] = hidden
        return by_reason

    def _gap(self, row: Row) -> str:
        """What would bring the missing figure."""
        source = self._indicator(row).source
        if source.service == "own" and row.status_note not in ("", "no_row", "not_in_snapshot"):
            return row.status_note
        if row.status_note != "not_in_snapshot":
            key = {"hidden_by_provider": "gap_hidden", "denominator_missing": "gap_denominator_missing"}
            is_region = self.area.level == "region"
            return self.texts(key.get(row.status_note, "gap_no_row_region" if is_region else "gap_no_row"))
        if isinstance(source, StatfinSource) and source.is_archived:
            return self.texts("gap_archived")
        if source.service == "own":
            return self.texts("gap_own")
        service = self.catalogue.services[source.service].name.text(self.language)
        return self.texts("gap_service", service=service)

    def about(self, date: str, chance: str = "") -> tuple[str, ...]:
        """How the report was made, one thing a sentence.

        Parameters
        ----------
        date : str
            The snapshot's, in words.
        chance : str
            What chance alone would do, where there are more comparisons than one area has.
        """
        t, big = self.texts, self.big.name(self.language) if self.big else ""
        return (
            t("made_figures", date=date),
            t("made_current", years=self._word(self.current_years)),
            t("made_comparators"),
            t("made_rest_without" if big else "made_rest", region=self._region_name, big=big),
            *map(t, ("made_test", "made_no_evidence", "made_position", "made_trend")),
            chance or t("made_chance"),
            t("made_missing"),
            t("made_order"),
        )

    # --- sentences of differences ---------------------------------------------------------------------

    def _difference_lead(self, item: Difference) -> Sentence:
        phrase = self._phrase(item.row)
        key = "lead_difference_people" if phrase.kind == "people" else "lead_difference"
        return self.texts.tell(
            key,
            subject=phrase.subject,
            verb=self._now(phrase),
            per=self._per(item.row),
            than=self._than(item),
        ).capitalised()

    def _than(self, item: Difference) -> str:
        """More or less than where: with "mutta" where the comparators go apart."""
        told: dict[bool, list[str]] = {}
        for name in item.differing:
            told.setdefault(self._is_more(item.row, comparator(item.row, name)), []).append(self._place(name))
        sides = [f"{self._way(item.row, is_more)} {self._listed(places)}" for is_more, places in told.items()]
        if len(sides) == 1:
            return sides[0]
        return self.texts("but_comparator", first=sides[0], second=sides[1])

    def _difference_numbers(self, item: Difference) -> Iterable[Sentence]:
        row, t = item.row, self.texts
        words = {
            "quantity": self._quantity(row),
            "measure": self._measure(row, is_compared=True),
            "provisional": self._remark(row),
            "when": self._compared_when(row),
        }
        places = [self._place_value(row, name, name != item.differing[-1]) for name in item.differing]
        if len(places) == 1:
            remark = t("remark_untested") if item.evidence == "described" else ""
            told = t.tell("numbers_difference", place=places[0], remark=remark, **words)
        else:
            told = t.tell("numbers_differences", first=places[0], second=places[1], **words)
        yield told.capitalised()
        for name in item.unclear:
            value = comparator(row, name)
            if value is not None:
                yield t.tell(
                    "numbers_unclear",
                    place=self._place(name),
                    quantity=self._quantity(row),
                    value=self._beside(row, value, name),
                ).capitalised()

    def _place_value(self, row: KnownRow, name: str, is_followed: bool = False) -> Sentence:
        """A comparator's place and figure: "koko maassa 14,2 prosenttia"; the last of two has the unit."""
        value: object = self._beside(row, comparator(row, name), name)
        if is_followed and self.language != "en":
            value = self._figure(row, comparator(row, name), name)
        return self.texts.tell("place_value", place=self._place(name), value=value)

    def _level_line(self, row: KnownRow, differing: Sequence[str]) -> Sentence:
        phrase, names = self._phrase(row), differing[:1] or ("country",)
        if is_people(self._indicator(row)):
            names = ()  # a number of people is nothing to compare
        told = [self._place_value(row, name) for name in names if comparator(row, name) is not None]
        places = [fill(", {place}", place=place) for place in told]
        return self.texts.tell(
            "line_level",
            subject=phrase.subject.rstrip(","),
            verb=self._verb(phrase),
            measure=self._measure(row, is_compared=True),
            when=self._pooled_span(row) if find_pooled(row) else self.when(row.indicator_id, row.year),
            remark=self._remark(row),
            places=join(places, ""),
        ).capitalised()

    # --- sentences of changes -------------------------------------------------------------------------

    def _change_lead(self, item: Change) -> Sentence:
        key = "lead_change_people" if self._is_of_people(item) else "lead_change"
        return self.texts.tell(key, **self._change_words(item)).capitalised()

    def _change_words(self, item: Change) -> dict[str, object]:
        phrase = self._phrase(item.row)
        words: dict[str, object] = {"subject": phrase.subject, "per": self._per(item.row)}
        if phrase.kind != "people":
            return words | {"moved": self._went(item, str(phrase.kind)), "span": self._span(item)}
        return words | {
            "verb": self._verb(phrase),
            "than": self._way(item.row, item.is_rise),
            "first": self._in_time(item.indicator_id, item.first.year),
            "last": self._in_time(item.indicator_id, item.last.year),
        }

    def _change_numbers(self, item: Change) -> Iterable[Sentence]:
        row, t = item.row, self.texts
        yield t.tell(
            "numbers_change",
            quantity=self._quantity(row),
            measure=self._measure(row, item.first),
            first=self._in_time(row.indicator_id, item.first.year),
            value=self._beside(row, item.last.value, "value", item.last.year),
            last=self._in_time(row.indicator_id, item.last.year),
            remark=self._change_remark(item),
        ).capitalised()
        for name in ("country", "region"):
            first, last = (getattr(point, f"{name}_value", None) for point in (item.first, item.last))
            if first is not None and last is not None:
                yield t.tell(
                    "numbers_change_larger",
                    place=self._place(name),
                    first=self._beside(row, first, name, item.first.year),
                    last=self._beside(row, last, name, item.last.year),
                ).capitalised()
                return

    def _change_remark(self, item: Change) -> str:
        if item.evidence != "described":
            return ""
        return self.texts("remark_indicative" if is_tested(item) else "remark_untested_change")

    def _change_line(self, item: Change) -> Sentence:
        row, phrase = item.row, self._phrase(item.row)
        words: dict[str, object] = {
            "subject": phrase.subject.rstrip(","),
            "measure": self._measure(row, item.first),
            "first": self.when(row.indicator_id, item.first.year),
            "value": self._beside(row, item.last.value, "value", item.last.year),
            "last": self.when(row.indicator_id, item.last.year),
        }
        if phrase.kind == "people":
            words |= {"verb": self._verb(phrase), "more": self._more_or_less(item), "per": self._per(row)}
        else:
            words["moved"] = self._went(item, str(phrase.kind))
        key = "line_change_people" if phrase.kind == "people" else "line_change"
        unit = self._indicator(row).unit
        if phrase.kind != "people" and self.texts.has(f"from_{unit}") and not (phrase.of or phrase.measure):
            key = "line_change_between"
            first, last = (
                self._figure(row, point.value, "value", point.year) for point in (item.first, item.last)
            )
            words |= {
                "value_from": self.texts.tell(f"from_{unit}", value=first),
                "value_to": self.texts.tell(f"to_{unit}", value=last),
            }
        return self.texts.tell(key, **words).capitalised()

    # --- sentences of people --------------------------------------------------------------------------

    def _people_lead(self, item: Change) -> Sentence:
        return self.texts.tell(
            "lead_more" if item.is_rise else "lead_fewer",
            n=self._change_figure(item.row, item.first, item.last),
            where=self.where,
            first=self.texts("in_year", year=item.first.year),
        ).capitalised()

    def _people_numbers(self, item: Change) -> Iterable[Sentence]:
        row, first, last = item.row, item.first, item.last
        yield self.texts.tell(
            "numbers_people",
            first_value=self._figure(row, first.value, "value", first.year),
            last_value=self._figure(row, last.value, "value", last.year),
            first=first.year,
            last=last.year,
        )
        before, after = first.country_value, last.country_value
        if before is None or after is None:
            return
        own_pct, country_pct = percent(first.value, last.value), percent(before, after)
        if own_pct and country_pct:
            yield self.texts.tell(
                "numbers_people_pct",
                moved=self._up_or_down("large", own_pct > 0),
                pct=self._percent_figure(row, own_pct, "change_pct", first, last),
                country_moved=self._up_or_down("large", country_pct > 0),
                country_pct=self._percent_figure(row, country_pct, "country_change_pct", first, last),
            )

    def _people_line(self, item: Change) -> Sentence:
        return self.texts.tell(
            "line_people",
            value=self._figure(item.row, item.last.value, "value", item.last.year),
            last=item.last.year,
            change=self._change_figure(item.row, item.first, item.last),
            more=self.texts("people_more" if item.is_rise else "people_less"),
            first=item.first.year,
        )
