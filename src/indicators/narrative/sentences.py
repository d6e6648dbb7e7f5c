"""The municipal report in sentences, in Finnish, Swedish and English.

Every number of a sentence is a `Figure` taken from the assessment, or worked from the numbers shown beside
it. Which things are told is chosen in `indicators.narrative.findings`; the words are ``data/texts.yaml`` and
``data/phrases.yaml``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final

from indicators.assessment.columns import Row
from indicators.assessment.rows import YearFigure
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.records import Goal, Indicator, StatfinSource
from indicators.narrative.findings import (
    COMPARATORS,
    DIFFERENT,
    MOVED,
    Chooser,
    Finding,
    Years,
    comparator,
    compared_value,
    find_span,
    is_people,
    is_pooled,
    is_tested,
    is_trend_tested,
    verdict,
)
from indicators.narrative.formats import (
    MINUS,
    format_count,
    format_month,
    format_number,
    format_value,
    round_half_up,
)
from indicators.narrative.hyphens import soften
from indicators.narrative.phrases import WORK_MATTERS, Phrase, load_phrases
from indicators.narrative.sentence import Figure, Role, Sentence, fill, join
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording

#: Roles whose figure is of the pooled years, where there are such.
_POOLED: Final = ("pooled", "rest", "country", "peers")
#: A list in a sentence has so many words at most; more are counted.
_MOST_WORDS: Final = 16
#: A row's words in the table have room for so many characters.
LONGEST_ROW: Final = 55


@dataclass(frozen=True)
class FindingText:
    """A finding in words: what it says, then the numbers; ``finding`` is None where nothing is to tell."""

    finding: Finding | None
    lead: Sentence
    more: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A label and what stands beside it."""

    label: str
    value: Sentence


@dataclass(frozen=True)
class GoalLine:
    """A goal's row on the first page; ``newest`` is None where no figure is at hand."""

    goal_id: str
    text: Sentence
    n_known: int
    n_all: int
    newest: int | None


@dataclass(frozen=True)
class Message:
    """What a chart says: a title of about ten words, what is drawn, and which years were tested."""

    finding: Finding
    title: Sentence
    subtitle: str
    tested: str
    is_pair: bool


@dataclass(frozen=True)
class Gap:
    """Indicators of one goal without a figure, and what would bring it."""

    reason: str
    titles: tuple[str, ...]


class Sentences:
    """Writes of one municipality in one language.

    Parameters
    ----------
    catalogue : Catalogue
    area : Area
        Of whom it is written.
    texts : Texts
        The words.
    rows : sequence of Row
        The area's rows of the assessment.
    years : callable
        The area's years of an indicator: ``years(indicator_id)``.
    big : Area or None
        The municipality that the rest of the region leaves out besides the area itself, if any.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        area: Area,
        texts: Texts,
        rows: Iterable[Row],
        years: Years,
        big: Area | None = None,
    ) -> None:
        self.catalogue, self.area, self.texts, self.years, self.big = catalogue, area, texts, years, big
        self.language = texts.language
        self.phrases = load_phrases(texts.language)
        self.rows = tuple(rows)
        self.chooser = Chooser(catalogue, self.phrases, self.rows, years)

    @property
    def current_years(self) -> int:
        """How old a figure may be and still be called current."""
        return getattr(self.catalogue.agreement, "current_years", 5)

    # --- the first page -------------------------------------------------------------------------------

    def question(self) -> str:
        """What the report answers."""
        return self.texts("report_question")

    def key_facts(self) -> tuple[Fact, ...]:
        """People and their change, the share of the old, and work: current figures, each with its year."""
        facts = [*self._people_facts()]
        for row in self.rows:
            indicator = self._indicator(row)
            if indicator.is_key_fact and not is_people(indicator) and _is_current(row):
                is_aged = self.phrases.matter(indicator) == "age"
                label = self._key_label("key_aged", row) if is_aged else self._titled(row)
                facts.append(Fact(label, self._shown(row)))
        work = self._work_row()
        if work is not None:
            matter = self.phrases.matter(self._indicator(work))
            key = "key_unemployment" if matter == "unemployment" else "key_employment"
            facts.append(Fact(self._key_label(key, work), self._shown(work)))
        return tuple(facts)

    def _titled(self, row: Row) -> str:
        """A label for what has no words of its own: its title and year."""
        return f"{self.short_title(row.indicator_id)} ({self.when(row.indicator_id, row.year)})"

    def _key_label(self, key: str, row: Row) -> str:
        return self.texts(key, year=self.when(row.indicator_id, row.year))

    def _people_facts(self) -> Iterable[Fact]:
        row = next(
            (
                row
                for row in self.rows
                if self._indicator(row).is_key_fact and is_people(self._indicator(row))
            ),
            None,
        )
        if row is None or not _is_current(row):
            return
        yield Fact(self.texts("key_people", year=row.year), Sentence((self._figure(row),)))
        first, last = find_span(row.year, self.years(row.indicator_id))
        if first is None or last is None:
            return
        change = last.value - first.value
        sign = MINUS if change < 0 else "+" if change > 0 else ""
        figure = self._change_figure(row, first, last, sign)
        yield Fact(self.texts("key_change", year=first.year), Sentence((figure,)))

    def _work_row(self) -> Row | None:
        """The newest current row of unemployment, else of employment."""
        for matter in WORK_MATTERS:
            found = [
                row for row in self.rows
                if self.phrases.matter(self._indicator(row)) == matter and _is_current(row)
            ]  # fmt: skip
            if found:
                return max(found, key=lambda row: row.year)
        return None

    def findings(self) -> tuple[FindingText, ...]:
        """Three to five findings in words; one that says so where there is nothing to tell."""
        found = self.chooser.findings()
        if found:
            return tuple(self.finding(item) for item in found)
        if any(_is_current(row) for row in self.chooser.rows):
            return (FindingText(None, self.texts.tell("lead_nothing")),)
        return (FindingText(None, self.texts.tell("lead_no_figures", years=self._word(self.current_years))),)

    def finding(self, item: Finding) -> FindingText:
        """One finding: the claim, and the numbers from which it can be checked."""
        if item.kind == "people":
            return FindingText(item, self._people_lead(item), tuple(self._people_numbers(item)))
        if item.kind == "change":
            return FindingText(item, self._change_lead(item), tuple(self._change_numbers(item)))
        return FindingText(item, self._difference_lead(item), tuple(self._difference_numbers(item)))

    def unknown(self) -> tuple[Sentence, ...]:
        """How many indicators, how many with a figure, how many current, and of which goals none is."""
        by_id = {row.indicator_id: row for row in self.chooser.rows}
        known = [row for row in by_id.values() if row.value is not None]
        n_current = sum(not row.is_old for row in known)
        told = [self.texts.tell("unknown_count", n=self._count(len(by_id), "n_indicators"))]
        if known:
            told.append(
                self.texts.tell(
                    "unknown_known",
                    known=self._count(len(known), "n_known", "elative"),
                    years=self._word(self.current_years),
                    current=self._count(n_current, "n_current"),
                )
            )
        else:
            told.append(self.texts.tell("unknown_nothing"))
        empty = [goal for goal in self.catalogue.goals if self._lacks_current(goal)]
        return (*told, *self._unknown_goals(empty))

    def _lacks_current(self, goal: Goal) -> bool:
        return not any(_is_current(row) for row in self._rows_of(goal.id))

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
        known = [row for row in rows if row.value is not None]
        newest = max((row.year for row in known), default=None)
        return GoalLine(goal_id, self._goal_text(goal_id, known), len(known), len(rows), newest)

    def _goal_text(self, goal_id: str, known: Sequence[Row]) -> Sentence:
        current = [row for row in known if not row.is_old]
        if not known:
            return self.texts.tell("line_none")
        if not current:
            newest = max(known, key=lambda row: row.year)
            title = self.short_title(newest.indicator_id)
            return self.texts.tell("line_old", year=self.when(newest.indicator_id, newest.year), title=title)
        item = self.chooser.of_goal(goal_id)
        if item is None or item.kind == "difference":
            row = item.row if item else max(current, key=lambda row: (_is_key(self.catalogue, row), row.year))
            return self._level_line(row, item.differing if item else ())
        return self._people_line(item) if item.kind == "people" else self._change_line(item)

    # --- rows -----------------------------------------------------------------------------------------

    def row_words(self, row: Row) -> str:
        """What the comparisons say, and the change where there is room: at most 55 characters."""
        told = self._comparison_words(row)
        for more in (self._peer_words(row), self.trend_words(row)):
            joined = "; ".join(part for part in (told, more) if part)
            if len(joined) <= LONGEST_ROW:
                told = joined
        if not told:
            is_compared = row.quartile != "not_assessed" or self.area.level == "region"
            told = self.texts("row_untested" if is_compared else "row_no_comparison")
        return told[:1].upper() + told[1:]

    def row_more(self, row: Row) -> tuple[Fact, ...]:
        """The row's second level: position and set, peers, region, interval, development, direction."""
        return tuple(self._row_facts(row))

    def _row_facts(self, row: Row) -> Iterable[Fact]:
        t = self.texts
        if row.quartile != "not_assessed":
            words = t(f"position_{row.quartile}")
            yield Fact(t("fact_position", n=row.n_areas), Sentence((words,)))
        for name, label in (("peers", t("fact_peers")), ("region", self._region_name)):
            value = row.region_value if name == "region" else comparator(row, name)
            if value is not None:
                yield Fact(label, Sentence((self._figure(row, value, name, with_unit=True),)))
        if row.lower_limit is not None and row.upper_limit is not None:
            ends = {
                "lower": self._figure(row, row.lower_limit, "lower"),
                "upper": self._figure(row, row.upper_limit, "upper", with_unit=True),
            }
            yield Fact(t("fact_interval"), t.tell("interval", **ends))
        if words := self.trend_words(row):
            yield Fact(t("fact_trend"), Sentence((words,)))
        if row.is_uncertain and row.value is not None and row.value >= 0 and row.denominator is not None:
            yield Fact(t("fact_few"), Sentence((t("fact_few_events"),)))
        yield Fact(t("fact_direction"), Sentence((t(f"fact_direction_{row.direction}"),)))

    def notes(self, row: Row, shown_years: Sequence[int] = ()) -> tuple[str, ...]:
        """What a reader must know of the figures shown, and of nothing that is not shown."""
        return tuple(self._notes(row, [*shown_years] or [item.year for item in self.years(row.indicator_id)]))

    def _notes(self, row: Row, shown: Sequence[int]) -> Iterable[str]:
        indicator, t = self._indicator(row), self.texts
        if row.status == "provisional":
            yield t("note_figure_provisional")
        if indicator.source.service == "own":  # a party's own words of its figures
            told = {*shown, row.newer_year}
            known = [item for item in self.years(row.indicator_id) if item.year in told]
            yield from (f"{item.year}: {item.status_note}" for item in known if item.status_note)
        if row.newer_year is not None:
            yield t("note_figure_newer", year=row.newer_year)
        if row.pooled_years is not None and row.pooled_years > 1:
            n = format_count(row.pooled_years, self.language, "genitive")
            yield t("note_figure_pooled", n=n, years=self._pooled_span(row))
        if row.lower_limit is not None and indicator.design_effect:
            yield Wording(self.catalogue, t).design_effect(indicator)
        if row.is_boundary_changed:
            merged = self.catalogue.areas.merged_since(self.area.code, row.division)
            yield t("note_figure_merged", names=", ".join(item.name.text(self.language) for item in merged))
        for item in indicator.breaks:
            if shown and min(shown) < item.year <= max(shown):
                yield item.note.text(self.language)
        by_year = {item.year: item.value for item in self.years(row.indicator_id) if item.year in shown}
        for warning in indicator.warnings:
            if self._applies(warning, [value for value in by_year.values() if value is not None]):
                yield self.catalogue.warnings[warning].text.text(self.language)

    @staticmethod
    def _applies(warning: str, values: Sequence[float]) -> bool:
        """Whether the shown values meet what the warning speaks of."""
        if warning == "zero_is_hidden":
            return any(value == 0 for value in values)
        if warning in ("two_points_no_trend", "short_series_no_trend", "title_to_verify"):
            return False  # the one is seen from the years, the other is for whoever keeps the catalogue
        return warning != "negative_values_possible"

    def _comparison_words(self, row: Row) -> str:
        """The tested comparisons in words; empty where none was made."""
        verdicts = {name: verdict(row, name) for name in COMPARATORS}
        differing = [name for name in COMPARATORS if verdicts[name] in DIFFERENT]
        unclear = [name for name in COMPARATORS if verdicts[name] == "similar"]
        if len(differing) == 2 and len(set(verdicts.values())) == 1:
            return self.texts(f"row_{verdicts['rest']}", object=self.texts("row_both"))
        if len(unclear) == 2:
            return self.texts("row_unclear_both")
        if unclear and not differing:
            return self.texts(f"row_only_unclear_{unclear[0]}")
        parts = [
            self.texts(f"row_{verdicts[name]}", object=self.texts(f"object_{name}")) for name in differing
        ]
        parts += [self.texts(f"row_unclear_{name}") for name in unclear]
        return "; ".join(parts)

    def _peer_words(self, row: Row) -> str:
        """The peers' verdict, only where it differs from the others'."""
        told, others = verdict(row, "peers"), {verdict(row, name) for name in COMPARATORS}
        if told not in DIFFERENT or told in others:
            return ""
        return self.texts(f"row_{told}", object=self.texts("object_peers"))

    def trend_words(self, row: Row) -> str:
        """The tested change with its years; an old one is no news."""
        if is_people(self._indicator(row)):
            return self._people_trend(row)
        if row.trend_verdict not in MOVED or row.is_old_trend:
            return ""
        moved = self.texts(f"row_moved_{row.trend_verdict}")
        told = f"{moved} {row.trend_first_year}–{row.trend_last_year}"
        return told if is_trend_tested(row) else told + self.texts("remark_indicative")

    def _people_trend(self, row: Row) -> str:
        """Residents are counted: their change needs no test."""
        first, last = find_span(row.year, self.years(row.indicator_id))
        if first is None or last is None or first.value == last.value:
            return ""
        key = "row_moved_rising" if last.value > first.value else "row_moved_falling"
        return f"{self.texts(key)} {first.year}–{last.year}"

    # --- what has moved -------------------------------------------------------------------------------

    def moved(self) -> tuple[Message, ...]:
        """At most six messages of change, the strongest first."""
        return tuple(self._message(item) for item in self.chooser.moved())

    def _message(self, item: Finding) -> Message:
        points = [point for point in self.years(item.indicator_id) if point.value is not None]
        return Message(
            finding=item,
            title=self._moved_title(item),
            subtitle=self.short_title(item.indicator_id),
            tested=self._tested(item),
            is_pair=len(points) == 2,
        )

    def _tested(self, item: Finding) -> str:
        if item.evidence == "counted":
            return self.texts("moved_counted")
        key = "moved_tested" if item.evidence == "tested" else "moved_indicative"
        if not is_tested(item):
            key = "moved_untested"
        return self.texts(key, first=item.first.year, last=item.last.year)

    def _moved_title(self, item: Finding) -> Sentence:
        if item.kind == "people":
            made = self.texts.tell(
                "moved_title_residents", moved=self._went(item, "large"), span=self._span(item)
            )
        else:
            words = self._change_words(item)
            if not self._is_of_people(item):
                made = self.texts.tell("moved_title", **words)
            else:
                words |= {"verb": self._now(self._phrase(item.row)), "more": self._more_or_less(item)}
                made = self.texts.tell("moved_title_people", **words)
        return made.capitalised()

    # --- gaps and the making --------------------------------------------------------------------------

    def gaps(self, goal_id: str) -> tuple[Gap, ...]:
        """Indicators of a goal without a figure, gathered by what would bring one."""
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
        return tuple(Gap(reason, tuple(titles)) for reason, titles in by_reason.items())

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

    def no_plan(self) -> str:
        """That the parties' own plan is not there."""
        return self.texts("plan_none")

    def about(self, date: str, chance: str = "") -> tuple[str, ...]:
        """How the report was made, one thing a sentence.

        Parameters
        ----------
        date : str
            The snapshot's, in words.
        chance : str
            What chance alone would do, where there are more comparisons than one area has.
        """
        t, region = self.texts, self._region_name
        rest = (
            t("made_rest", region=region)
            if self.big is None
            else t("made_rest_without", region=region, big=self.big.name(self.language))
        )
        return (
            t("made_figures", date=date),
            t("made_current", years=self._word(self.current_years)),
            t("made_comparators"),
            rest,
            t("made_test"),
            t("made_no_evidence"),
            t("made_position"),
            t("made_trend"),
            chance or t("made_chance"),
            t("made_missing"),
            t("made_order"),
        )

    # --- sentences of differences ---------------------------------------------------------------------

    def _difference_lead(self, item: Finding) -> Sentence:
        phrase = self._phrase(item.row)
        key = "lead_difference_people" if phrase.kind == "people" else "lead_difference"
        return self.texts.tell(
            key,
            subject=phrase.subject,
            verb=self._now(phrase),
            per=self._per(item.row),
            than=self._than(item),
        ).capitalised()

    def _than(self, item: Finding) -> str:
        """More or less than where: with "mutta" where the comparators go apart."""
        told: dict[bool, list[str]] = {}
        for name in item.differing:
            told.setdefault(self._is_more(item.row, comparator(item.row, name)), []).append(self._place(name))
        sides = [f"{self._way(item.row, is_more)} {self._listed(places)}" for is_more, places in told.items()]
        if len(sides) == 1:
            return sides[0]
        return self.texts("but_comparator", first=sides[0], second=sides[1])

    def _difference_numbers(self, item: Finding) -> Iterable[Sentence]:
        row, t = item.row, self.texts
        words = {
            "quantity": self._quantity(row),
            "measure": self._measure(row, is_compared=True),
            "provisional": self._remark(row),
            "when": self._compared_when(row),
        }
        places = [self._place_value(row, name) for name in item.differing]
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

    def _place_value(self, row: Row, name: str) -> Sentence:
        """A comparator's place and figure: "koko maassa 14,2 prosenttia"."""
        value = self._beside(row, comparator(row, name), name)
        return self.texts.tell("place_value", place=self._place(name), value=value)

    def _level_line(self, row: Row, differing: Sequence[str]) -> Sentence:
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
            when=self._pooled_span(row) if is_pooled(row) else self.when(row.indicator_id, row.year),
            remark=self._remark(row),
            places=join(places, ""),
        ).capitalised()

    # --- sentences of changes -------------------------------------------------------------------------

    def _change_lead(self, item: Finding) -> Sentence:
        key = "lead_change_people" if self._is_of_people(item) else "lead_change"
        return self.texts.tell(key, **self._change_words(item)).capitalised()

    def _change_words(self, item: Finding) -> dict[str, object]:
        phrase = self._phrase(item.row)
        words: dict[str, object] = {"subject": phrase.subject, "per": self._per(item.row)}
        if phrase.kind != "people":
            return words | {"moved": self._went(item, str(phrase.kind)), "span": self._span(item)}
        return words | {
            "verb": self._verb(phrase),
            "than": self._way(item.row, item.last.value > item.first.value),
            "first": self._in_time(item.indicator_id, item.first.year),
            "last": self._in_time(item.indicator_id, item.last.year),
        }

    def _change_numbers(self, item: Finding) -> Iterable[Sentence]:
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

    def _change_remark(self, item: Finding) -> str:
        if item.evidence != "described":
            return ""
        return self.texts("remark_indicative" if is_tested(item) else "remark_untested_change")

    def _change_line(self, item: Finding) -> Sentence:
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
        return self.texts.tell(key, **words).capitalised()

    # --- sentences of people --------------------------------------------------------------------------

    def _people_lead(self, item: Finding) -> Sentence:
        key = "lead_more" if item.last.value > item.first.value else "lead_fewer"
        return self.texts.tell(
            key,
            n=self._change_figure(item.row, item.first, item.last),
            where=self.where,
            first=self.texts("in_year", year=item.first.year),
        ).capitalised()

    def _people_numbers(self, item: Finding) -> Iterable[Sentence]:
        row, first, last = item.row, item.first, item.last
        yield self.texts.tell(
            "numbers_people",
            first_value=self._figure(row, first.value, "value", first.year),
            last_value=self._figure(row, last.value, "value", last.year),
            first=first.year,
            last=last.year,
        )
        country = [point.country_value for point in (first, last)]
        if None in country:
            return
        own_pct, country_pct = _percent(first.value, last.value), _percent(*country)
        if own_pct and country_pct:
            yield self.texts.tell(
                "numbers_people_pct",
                moved=self._up_or_down("large", own_pct > 0),
                pct=self._percent_figure(row, own_pct, "change_pct", first, last),
                country_moved=self._up_or_down("large", country_pct > 0),
                country_pct=self._percent_figure(row, country_pct, "country_change_pct", first, last),
            )

    def _people_line(self, item: Finding) -> Sentence:
        key = "people_more" if item.last.value > item.first.value else "people_less"
        return self.texts.tell(
            "line_people",
            value=self._figure(item.row, item.last.value, "value", item.last.year),
            last=item.last.year,
            change=self._change_figure(item.row, item.first, item.last),
            more=self.texts(key),
            first=item.first.year,
        )

    # --- numbers --------------------------------------------------------------------------------------

    def _figure(
        self,
        row: Row,
        value: float | None = None,
        role: Role = "value",
        year: int | None = None,
        *,
        with_unit: bool = False,
    ) -> Figure:
        """A number of the row's indicator; its own latest value where nothing else is said."""
        value, year = row.value if value is None else value, year or row.year
        indicator = self._indicator(row)
        symbol = self.catalogue.units[indicator.unit].symbol if with_unit else ""
        text = format_value(value, indicator.decimals, symbol, self.language)
        from_year = row.year - row.pooled_years + 1 if role in _POOLED and is_pooled(row) else None
        return Figure(text, value, role, row.indicator_id, year, from_year=from_year)

    def _shown(self, row: Row) -> Sentence:
        return Sentence((self._figure(row, with_unit=True),))

    def _change_figure(
        self, row: Row, first: YearFigure, last: YearFigure, sign: str | None = None
    ) -> Figure:
        """The difference of the two shown numbers, so that a reader can work it."""
        decimals = self._indicator(row).decimals
        change = round_half_up(last.value, decimals) - round_half_up(first.value, decimals)
        if sign is None:  # in running text: a small whole number in words
            text = format_count(int(abs(change)), self.language)
        else:
            text = sign + format_number(float(abs(change)), decimals, self.language)
        return Figure(text, float(change), "change", row.indicator_id, last.year, from_year=first.year)

    def _percent_figure(
        self, row: Row, pct: Decimal, role: Role, first: YearFigure, last: YearFigure
    ) -> Figure:
        text = format_number(float(abs(pct)), 1, self.language)
        return Figure(text, float(pct), role, row.indicator_id, last.year, from_year=first.year)

    def _count(self, n: int, role: Role, form: str = "") -> Figure:
        text = format_count(n, self.language, form) if n else self.texts("word_none")
        return Figure(text, n, role)

    def _word(self, n: int) -> str:
        return format_count(n, self.language)

    def _compared_when(self, row: Row) -> str:
        if not is_pooled(row):
            return self._in_time(row.indicator_id, row.year)
        return self.texts("span_years", first=row.year - row.pooled_years + 1, last=row.year)

    def _pooled_span(self, row: Row) -> str:
        return f"{row.year - row.pooled_years + 1}–{row.year}"

    def _measure(self, row: Row, point: YearFigure | None = None, *, is_compared: bool = False) -> Sentence:
        """The figure with what it is a share of or counted per: "16,3 prosenttia asuntoväestöstä"."""
        indicator, phrase = self._indicator(row), self._phrase(row)
        if point is not None:
            figure = self._figure(row, point.value, "value", point.year)
        elif is_compared and is_pooled(row):
            figure = self._figure(row, row.pooled_value, "pooled")
        else:
            figure = self._figure(row)
        of = f" {phrase.of}" if phrase.of else ""
        if phrase.measure:
            return fill(phrase.measure, value=figure)
        if not self.texts.has(f"measure_{indicator.unit}"):
            return Sentence((figure,))
        return self.texts.tell(f"measure_{indicator.unit}", value=figure, of=of)

    def _beside(self, row: Row, value: float | None, role: Role, year: int | None = None) -> Sentence:
        """A figure beside another of the same kind: only its number and the shortest unit."""
        figure, unit = self._figure(row, value, role, year), self._indicator(row).unit
        if not self.texts.has(f"beside_{unit}"):
            return Sentence((figure,))
        return self.texts.tell(f"beside_{unit}", value=figure)

    # --- pieces ---------------------------------------------------------------------------------------

    def short_title(self, indicator_id: str) -> str:
        """The indicator's title for tables, with its unit."""
        return self.phrases.short_title(self.catalogue.indicators[indicator_id])

    def narrow_title(self, indicator_id: str) -> str:
        """The same with soft hyphens in long words, for narrow columns."""
        return soften(self.short_title(indicator_id), self.language)

    def when(self, indicator_id: str, year: int) -> str:
        """The year; of a series of one month also the month: "kesäkuu 2026"."""
        month = self._month(indicator_id)
        if month is None:
            return str(year)
        return self.texts("at_month", month=format_month(month, self.language), year=year)

    def _in_time(self, indicator_id: str, year: int) -> str:
        month = self._month(indicator_id)
        if month is None:
            return self.texts("in_year", year=year)
        return self.texts("in_month", month=format_month(month, self.language), year=year)

    def _month(self, indicator_id: str) -> int | None:
        return getattr(self.catalogue.indicators[indicator_id], "month", None)

    def _span(self, item: Finding) -> str:
        month, years = self._month(item.indicator_id), {"first": item.first.year, "last": item.last.year}
        if month is None:
            return self.texts("span_years", **years)
        return self.texts("span_months", month=format_month(month, self.language), **years)

    def _went(self, item: Finding, kind: str) -> str:
        return self._up_or_down(kind, item.last.value > item.first.value)

    def _up_or_down(self, kind: str, is_up: bool) -> str:
        return self.texts(f"up_{kind}") if is_up else self.texts(f"down_{kind}")

    def _is_of_people(self, item: Finding) -> bool:
        return self._phrase(item.row).kind == "people"

    def _verb(self, phrase: Phrase) -> str:
        return phrase.verb or self.texts(f"verb_{phrase.kind}")

    def _way(self, row: Row, is_more: bool) -> str:
        kind = self._phrase(row).kind
        return self.texts(f"more_{kind}") if is_more else self.texts(f"less_{kind}")

    def _is_share(self, row: Row) -> bool:
        return self._indicator(row).unit in ("percent", "percent_open")

    def _per(self, row: Row) -> str:
        """Per whom, for words without a number: "asukasta kohti", "suhteellisesti"."""
        unit = self._indicator(row).unit
        if unit.endswith("same_age"):
            return self.texts("per_age_group")
        if "per_1" in unit:
            return self.texts("per_residents")
        is_of_people = self._phrase(row).kind == "people"
        return self.texts("per_share") if is_of_people and self._is_share(row) else ""

    def _now(self, phrase: Phrase) -> str:
        return phrase.now or self.texts(f"now_{phrase.kind}")

    def _more_or_less(self, item: Finding) -> str:
        return self.texts("line_more" if item.last.value > item.first.value else "line_less")

    def _quantity(self, row: Row) -> str:
        return self.texts("quantity_share" if self._is_share(row) else "quantity_other")

    def _remark(self, row: Row) -> str:
        return self.texts("remark_provisional") if row.status == "provisional" else ""

    def _is_more(self, row: Row, other: float | None) -> bool:
        value = compared_value(row)
        return value is not None and other is not None and value > other

    def _phrase(self, row: Row) -> Phrase:
        return self.phrases.phrase(self._indicator(row))

    def _indicator(self, row: Row) -> Indicator:
        return self.catalogue.indicators[row.indicator_id]

    def _rows_of(self, goal_id: str) -> list[Row]:
        return [row for row in self.rows if row.goal_id == goal_id]

    @cached_property
    def where(self) -> str:
        """Where: "Viitasaarella", "i Viitasaari", "in Viitasaari"; without a declared form "kunnassa"."""
        if self.language == "fi" and self.area.forms:
            return self.area.forms.locative
        return self.texts("place_area", area=self.area.name(self.language))

    def _place(self, name: str) -> str:
        """Where a comparator is, in words."""
        if name == "country":
            return self.texts("place_country")
        if name == "rest":
            return self.texts("place_other")
        region = self._region
        if region.forms is None and self.language == "fi":
            return self.texts("place_region_plain")
        locative = region.forms.locative if region.forms else ""
        return self.texts("place_whole_region", region=region.name(self.language), region_locative=locative)

    @property
    def _region(self) -> Area:
        """The area's region; a region is its own."""
        return self.catalogue.areas.get(self.area.region or self.area.code)

    @cached_property
    def _region_name(self) -> str:
        return self._region.name(self.language)

    def _listed(self, words: Sequence[str]) -> str:
        """Words one after another: "a, b ja c"."""
        if len(words) == 1:
            return words[0]
        return self.texts("and_comparator", first=", ".join(words[:-1]), second=words[-1])


def _is_current(row: Row) -> bool:
    return row.value is not None and not row.is_old


def _is_key(catalogue: Catalogue, row: Row) -> bool:
    links = catalogue.indicators[row.indicator_id].goals
    return any(link.goal == row.goal_id and getattr(link, "key", False) for link in links)


def _percent(first: float, last: float) -> Decimal:
    """The change in per cent, worked from whole numbers as they are shown."""
    before, after = round_half_up(first, 0), round_half_up(last, 0)
    return round_half_up(float((after - before) / before * 100), 1)
