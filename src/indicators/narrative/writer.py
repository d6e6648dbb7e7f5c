"""Numbers and words of which the sentences about one area are made, in one language.

Every number is a `Figure` taken from the assessment, or worked from the numbers shown beside it.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final

from indicators.assessment.columns import Row
from indicators.assessment.rows import KnownRow, KnownYear
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.records import Indicator
from indicators.narrative.findings import Change, Chooser, Finding, Years, compared_value, find_pooled
from indicators.narrative.formats import (
    format_count,
    format_month,
    format_number,
    round_half_up,
)
from indicators.narrative.phrases import Phrase, load_phrases
from indicators.narrative.sentence import Figure, Role, Sentence, fill
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording

#: Roles whose figure is of the pooled years, where there are such.
_POOLED: Final = ("pooled", "rest", "country", "peers")


class Writer(Wording):
    """What all sentences of one area are made from.

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
        super().__init__(catalogue, texts)
        self.area, self.years, self.big = area, years, big
        self.phrases = load_phrases(texts.language)
        self.rows = tuple(rows)
        self.chooser = Chooser(catalogue, self.phrases, self.rows, years)

    @property
    def current_years(self) -> int:
        """How old a figure may be and still be called current."""
        return self.catalogue.agreement.current_years

    # --- numbers --------------------------------------------------------------------------------------

    def _figure(
        self,
        row: KnownRow,
        value: float | None = None,
        role: Role = "value",
        year: int | None = None,
        *,
        with_unit: bool = False,
    ) -> Figure:
        """A number of the row's indicator; its own latest value where nothing else is said."""
        value, year = row.value if value is None else value, year or row.year
        text = (self.value if with_unit else self.number)(self._indicator(row), value)
        from_year = find_pooled(row) if role in _POOLED else None
        return Figure(text, value, role, row.indicator_id, year, from_year=from_year)

    def _shown(self, row: KnownRow) -> Sentence:
        return Sentence((self._figure(row, with_unit=True),))

    def _change_figure(self, row: Row, first: KnownYear, last: KnownYear, sign: str | None = None) -> Figure:
        """The difference of the two shown numbers, so that a reader can work it."""
        decimals = self._indicator(row).decimals
        change = round_half_up(last.value, decimals) - round_half_up(first.value, decimals)
        if sign is None:  # in running text: a small whole number in words
            text = format_count(int(abs(change)), self.language)
        else:
            text = sign + format_number(float(abs(change)), decimals, self.language)
        return Figure(text, float(change), "change", row.indicator_id, last.year, from_year=first.year)

    def _percent_figure(
        self, row: Row, pct: Decimal, role: Role, first: KnownYear, last: KnownYear
    ) -> Figure:
        text = format_number(float(abs(pct)), 1, self.language)
        return Figure(text, float(pct), role, row.indicator_id, last.year, from_year=first.year)

    def _count(self, n: int, role: Role, form: str = "") -> Figure:
        text = format_count(n, self.language, form) if n else self.texts("word_none")
        return Figure(text, n, role)

    def _word(self, n: int) -> str:
        return format_count(n, self.language)

    def _compared_when(self, row: KnownRow) -> str:
        first = find_pooled(row)
        if first is None:
            return self._in_time(row.indicator_id, row.year)
        return self.texts("in_years", first=first, last=row.year)

    def _pooled_span(self, row: KnownRow) -> str:
        return f"{find_pooled(row)}–{row.year}"

    def _measure(
        self, row: KnownRow, point: KnownYear | None = None, *, is_compared: bool = False
    ) -> Sentence:
        """The figure with what it is a share of or counted per: "16,3 prosenttia asuntoväestöstä"."""
        indicator, phrase = self._indicator(row), self._phrase(row)
        if point is not None:
            figure = self._figure(row, point.value, "value", point.year)
        elif is_compared and row.pooled_value is not None:
            figure = self._figure(row, row.pooled_value, "pooled")
        else:
            figure = self._figure(row)
        of = f" {phrase.of}" if phrase.of else ""
        if phrase.measure:
            return fill(phrase.measure, value=figure)
        if not self.texts.has(f"measure_{indicator.unit}"):
            return Sentence((figure,))
        return self.texts.tell(f"measure_{indicator.unit}", value=figure, of=of)

    def _beside(self, row: KnownRow, value: float | None, role: Role, year: int | None = None) -> Sentence:
        """A figure beside another of the same kind: only its number and the shortest unit."""
        figure, unit = self._figure(row, value, role, year), self._indicator(row).unit
        if not self.texts.has(f"beside_{unit}"):
            return Sentence((figure,))
        return self.texts.tell(f"beside_{unit}", value=figure)

    # --- pieces ---------------------------------------------------------------------------------------

    def short_title(self, indicator_id: str) -> str:
        """The indicator's title for tables, with its unit."""
        return self.phrases.short_title(self.catalogue.indicators[indicator_id])

    def when(self, indicator_id: str, year: int) -> str:
        """The year; of a series of one month also the month: "kesäkuu 2026"."""
        return self._timed(indicator_id, "", "at_month", year=year) or str(year)

    def _in_time(self, indicator_id: str, year: int) -> str:
        return self._timed(indicator_id, "in_year", "in_month", year=year)

    def _span(self, item: Change) -> str:
        years = {"first": item.first.year, "last": item.last.year}
        return self._timed(item.indicator_id, "span_years", "span_months", **years)

    def _timed(self, indicator_id: str, of_year: str, of_month: str, **years: int) -> str:
        """The text for a year or years; of a series of one month the one that names the month."""
        month = self.catalogue.indicators[indicator_id].month
        if month is None:
            return self.texts(of_year, **years) if of_year else ""
        return self.texts(of_month, month=format_month(month, self.language), **years)

    def _went(self, item: Change, kind: str) -> str:
        return self._up_or_down(kind, item.is_rise)

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

    def _more_or_less(self, item: Change) -> str:
        return self.texts("line_more" if item.is_rise else "line_less")

    def _quantity(self, row: Row) -> str:
        if self._is_share(row):
            return self.texts("quantity_share")
        return self.texts("quantity_counted" if self._phrase(row).kind == "people" else "quantity_other")

    def _remark(self, row: Row) -> str:
        return self.texts("remark_provisional") if row.status == "provisional" else ""

    def _is_more(self, row: KnownRow, other: float | None) -> bool:
        return other is not None and compared_value(row) > other

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


def is_key(catalogue: Catalogue, row: Row) -> bool:
    links = catalogue.indicators[row.indicator_id].goals
    return any(link.goal == row.goal_id and link.key for link in links)


def percent(first: float, last: float) -> Decimal:
    """The change in per cent, worked from whole numbers as they are shown."""
    before, after = round_half_up(first, 0), round_half_up(last, 0)
    return round_half_up(float((after - before) / before * 100), 1)
