"""A row of the barometer in words: what its comparisons say, what lies behind it, and its notes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from indicators.assessment.columns import Row
from indicators.assessment.rows import KnownRow, list_known
from indicators.narrative.findings import (
    COMPARATORS,
    DIFFERENT,
    MOVED,
    comparator,
    find_span,
    is_people,
    is_trend_tested,
    verdict,
)
from indicators.narrative.formats import format_count
from indicators.narrative.sentence import Sentence
from indicators.narrative.writer import Writer

#: A row's words in the table have room for so many characters.
LONGEST_ROW: Final = 55


@dataclass(frozen=True)
class Fact:
    """A label and what stands beside it."""

    label: str
    value: Sentence


class RowWriter(Writer):
    """Tells of single rows."""

    def row_words(self, row: KnownRow) -> str:
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

    def row_more(self, row: KnownRow) -> Iterable[Fact]:
        """The row's second level: position and set, peers, region, interval, development, direction."""
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
        if row.is_uncertain and row.value >= 0 and row.denominator is not None:
            yield Fact(t("fact_few"), Sentence((t("fact_few_events"),)))
        yield Fact(t("fact_direction"), Sentence((t(f"fact_direction_{row.direction}"),)))

    def notes(self, row: KnownRow, shown_years: Sequence[int] = ()) -> tuple[str, ...]:
        """What a reader must know of the figures shown, and of nothing that is not shown."""
        return tuple(self._notes(row, [*shown_years] or [item.year for item in self.years(row.indicator_id)]))

    def _notes(self, row: KnownRow, shown: Sequence[int]) -> Iterable[str]:
        indicator, t = self._indicator(row), self.texts
        if row.status == "provisional":
            yield t("note_figure_provisional")
        if indicator.source.service == "own":  # a party's own words of its figures
            at = {*shown, row.newer_year}
            known = [item for item in self.years(row.indicator_id) if item.year in at]
            yield from (f"{item.year}: {item.status_note}" for item in known if item.status_note)
        if row.newer_year is not None:
            yield t("note_figure_newer", year=row.newer_year)
        if row.pooled_value is not None:
            n = format_count(row.pooled_years, self.language, "genitive")
            yield t("note_figure_pooled", n=n, years=self._pooled_span(row))
        if row.lower_limit is not None and indicator.design_effect:
            yield self.design_effect(indicator)
        if row.is_boundary_changed:
            merged = self.catalogue.areas.merged_since(self.area.code, row.division)
            yield t("note_figure_merged", names=", ".join(item.name.text(self.language) for item in merged))
        for item in indicator.breaks:
            if shown and min(shown) < item.year <= max(shown):
                yield item.note.text(self.language)
        told = {"persons_of_households"} if indicator.design_effect else set()  # its own note tells as much
        values = [item.value for item in list_known(self.years(row.indicator_id)) if item.year in shown]
        for warning in indicator.warnings:
            if warning not in told and self._applies(warning, values):
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

    def trend_words(self, row: KnownRow) -> str:
        """The tested change with its years; an old one is no news."""
        if is_people(self._indicator(row)):
            return self._people_trend(row)
        if row.trend_verdict not in MOVED or row.is_old_trend:
            return ""
        moved = self.texts(f"row_moved_{row.trend_verdict}")
        told = f"{moved} {row.trend_first_year}–{row.trend_last_year}"
        return told if is_trend_tested(row) else told + self.texts("remark_indicative")

    def _people_trend(self, row: KnownRow) -> str:
        """Residents are counted: their change needs no test."""
        first, last = find_span(row.year, self.years(row.indicator_id))
        if first is None or last is None or first.value == last.value:
            return ""
        key = "row_moved_rising" if last.value > first.value else "row_moved_falling"
        return f"{self.texts(key)} {first.year}–{last.year}"
