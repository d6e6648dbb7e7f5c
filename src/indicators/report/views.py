"""What the page says of an indicator, in words of the report's language; no HTML and no computing here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from markupsafe import Markup, escape

from indicators.assessment.columns import Row
from indicators.assessment.fills import FILLED
from indicators.assessment.goals import find_mark
from indicators.assessment.rows import YearFigure, list_years_by_sex
from indicators.assessment.table import Assessment
from indicators.assessment.targets import Aim
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator, LocalText, Service, SotkanetSource, StatfinSource
from indicators.charts.figure_part import FigurePart
from indicators.charts.municipal_trend import describe_target, make_trend_chart
from indicators.model import SeriesMetadata, SeriesPart
from indicators.narrative.aims import AimWriter
from indicators.narrative.formats import format_number
from indicators.narrative.notes import tell_left_out
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording
from indicators.report.page.html import slug
from indicators.snapshot.naming import find_producer, find_service

#: Signs of `indicators.assessment.goals.MARKS`; each has its own shape, and its word beside it.
GLYPHS: Final[dict[str, str]] = {
    "better": "▲",
    "similar": "●",
    "worse": "▼",
    "background": "■",
    "position": "◇",
    "unassessed": "○",
    "no_value": "–",
}


@dataclass(frozen=True)
class LargerAreaFigure:
    """Value of the region or the country beside the municipality's."""

    value: str
    is_computed: bool


@dataclass(frozen=True)
class YearRow:
    """One row of an indicator's table of years."""

    year: int
    sex: str
    sex_name: str
    value: str
    count: str
    denominator: str
    region: str
    median: str
    remark: str


@dataclass(frozen=True)
class TargetView:
    """A target of the plan beside the municipality's latest figure."""

    heading: str
    goes: str
    verdict: str
    short: str


@dataclass(frozen=True)
class IndicatorView:
    """An indicator with a value, ready for the page."""

    id: str
    html_id: str
    title: str
    title_html: Markup
    direction: str
    value: str
    year: int
    is_old: bool
    region: LargerAreaFigure
    country: LargerAreaFigure
    median: str
    middle_half: str
    mark: tuple[str, str]
    verdict: str
    comparison: str
    comparison_note: str
    trend_verdict: str
    trend: str
    trend_note: str
    figure: FigurePart | None
    remarks: list[str]
    rows: list[YearRow]
    numerator: str
    denominator: str
    trend_caption: str
    source_line: str
    source_url: str
    series_name: str
    targets: list[TargetView]

    @property
    def has_counts(self) -> bool:
        """Whether any year has a count with a denominator."""
        return any(row.denominator for row in self.rows)

    @property
    def has_sexes(self) -> bool:
        """Whether women and men are shown apart."""
        return any(row.sex != "total" for row in self.rows)

    @property
    def has_row_remarks(self) -> bool:
        """Whether any year needs a remark."""
        return any(row.remark for row in self.rows)

    @property
    def n_columns(self) -> int:
        """Columns of the table of years."""
        return 4 + self.has_sexes + 2 * self.has_counts + self.has_row_remarks


class ViewMaker(Wording):
    """Makes the views of one area in one language.

    Parameters
    ----------
    aims : mapping, optional
        The plan's targets by indicator.
    writer : AimWriter, optional
        Tells them; needed where there are any.
    """

    def __init__(
        self,
        assessment: Assessment,
        area: Area,
        texts: Texts,
        aims: Mapping[str, Sequence[Aim]] | None = None,
        writer: AimWriter | None = None,
    ) -> None:
        super().__init__(assessment.catalogue, texts)
        self.assessment, self.area = assessment, area
        self.aims, self.writer = aims or {}, writer

    def indicator(self, row: Row) -> IndicatorView:
        """The view of one assessment row that has a value."""
        indicator = self.catalogue.indicators[row.indicator_id]
        html_id = f"m-{slug(row.goal_id)}-{slug(indicator.id)}"
        title = self.title(indicator)
        source_line, url, series_name = self.source(indicator)
        low = self.number(indicator, row.q1)
        return IndicatorView(
            id=indicator.id,
            html_id=html_id,
            title=title,
            title_html=self.marked(indicator.title),
            direction=self.texts(f"direction_{row.direction}"),
            value=self.value(indicator, row.value),
            year=row.year,
            is_old=row.is_old,
            region=LargerAreaFigure(self.value(indicator, row.region_value), row.region_origin == "computed"),
            country=LargerAreaFigure(
                self.value(indicator, row.country_value), row.country_origin == "computed"
            ),
            median=self.value(indicator, row.median),
            middle_half=f"{low}–{self.value(indicator, row.q3)}" if low else "",
            mark=(find_mark(row), GLYPHS[find_mark(row)]),
            verdict=row.rest_verdict,
            comparison=self.comparison(row),
            comparison_note=self._comparison_note(row),
            trend_verdict=row.trend_verdict,
            trend=self.texts(f"trend_{row.trend_verdict}"),
            trend_note=self._trend_note(row),
            figure=self._trend_chart(indicator, html_id, row),
            remarks=self._remarks(indicator, row),
            rows=self._year_rows(indicator),
            numerator=self.local(indicator.numerator),
            denominator=self.local(indicator.denominator),
            trend_caption=self.texts("trend_caption", indicator=title, area=self.area_name),
            source_line=source_line,
            source_url=url,
            series_name=series_name,
            targets=[self._target(aim) for aim in self._aims(indicator)],
        )

    def _aims(self, indicator: Indicator) -> Sequence[Aim]:
        return self.aims.get(indicator.id, ()) if self.writer else ()

    def _target(self, aim: Aim) -> TargetView:
        writer = self.writer
        goes = writer.goes(aim.indicator_id, aim.target)
        return TargetView(writer.heading(aim.target), goes, aim.verdict, writer.short(aim))

    def _trend_chart(self, indicator: Indicator, html_id: str, row: Row) -> FigurePart | None:
        targets = [describe_target(aim, self.writer) for aim in self._aims(indicator)]
        common = (self.assessment, self.area, indicator, self.texts, html_id)
        return make_trend_chart(*common, row=row, targets=targets)

    @property
    def area_name(self) -> str:
        """The area's name in the report's language."""
        return self.area.name(self.texts.language)

    def marked(self, text: LocalText | None) -> Markup:
        """The same for the page: a text that falls back to Finnish says so to screen readers."""
        if text is None:
            return Markup("")
        language = text.language_for(self.texts.language)
        if language == self.texts.language:
            return escape(text.text(language))
        return Markup('<span lang="{}">{}</span>').format(language, text.text(language))

    def reason(self, status: str, note: str) -> str:
        """Why there is no value, as one sentence."""
        if note and self.texts.has(f"note_{note}"):
            return self.texts(f"note_{note}")
        return self.texts("note_") if status == "missing" else f"{self.texts(f'status_{status}')}."

    def _comparison_note(self, row: Row) -> str:
        """With whom the figure was compared, or that their figure is not published."""
        if row.rest_verdict == "not_assessed":
            return ""
        if row.rest_reason == "hidden_parts":
            return self.texts("reason_hidden_parts")
        left_out = self.assessment.find_left_out(self.area.code)
        return self.texts("compared_with_rest", left_out=tell_left_out(left_out, self.catalogue, self.texts))

    def comparison(self, row: Row) -> str:
        """The verdict against the rest of the region; where none was made, the position."""
        if row.rest_verdict != "not_assessed":
            return self.texts(f"verdict_{row.rest_verdict}")
        if row.quartile != "not_assessed":
            return self.texts(f"quartile_{row.quartile}")
        return self.texts("verdict_not_assessed")

    def _trend_note(self, row: Row) -> str:
        """The years of the test, or why there was none."""
        if row.trend_verdict == "not_assessed":
            has_words = self.texts.has(f"reason_{row.trend_reason}")
            return self.texts(f"reason_{row.trend_reason}") if has_words else ""
        return f"{row.trend_first_year}–{row.trend_last_year}"

    def _remarks(self, indicator: Indicator, row: Row) -> list[str]:
        """What a reader must know before using the figure, the most pressing first."""
        remarks = []
        if row.is_old:
            remarks.append(self.texts("old_value_note", year=row.year))
        if row.newer_status:
            reason = self.reason(row.newer_status, self._note_of_year(indicator, row.newer_year))
            remarks.append(self.texts("newer_without_value", year=row.newer_year, reason=reason))
        by_sex = max((item.year for _, item in self._by_sex.get(indicator.id, [])), default=row.year)
        if by_sex > row.year:
            remarks.append(self.texts("newer_by_sex", year=by_sex))
        if row.lower_limit is not None:
            low = self.number(indicator, row.lower_limit)
            remarks.append(self.texts("limits_line", lower=low, upper=self.value(indicator, row.upper_limit)))
            remarks += [words for words in (self.design_effect(indicator),) if words]
        if row.pooled_value is not None:
            n = row.pooled_years
            years = f"{row.year - n + 1}–{row.year}"
            value = self.value(indicator, row.pooled_value)
            remarks.append(self.texts("pooled_line", n=n, years=years, value=value))
        if row.is_boundary_changed:
            merged = self.catalogue.areas.merged_since(self.area.code, row.division)
            names = ", ".join(self.local(item.name) for item in merged)
            remarks.append(self.texts("boundary_changed", names=names))
        remarks += self._region_remark(row)
        remarks += [
            self.texts("break_note", year=item.year, note=self.local(item.note)) for item in indicator.breaks
        ]
        remarks += [self.marked(self.catalogue.warnings[key].text) for key in indicator.warnings]
        return remarks + ([self.marked(indicator.note)] if indicator.note else [])

    def _region_remark(self, row: Row) -> list[str]:
        """Told where the region's published figure follows an older division than today's."""
        if row.region_origin != "published" or not row.division:
            return []
        moved = self.catalogue.areas.moved_since(row.region_code, row.division)
        if not moved:
            return []
        region = self.catalogue.areas.get(row.region_code).name(self.texts.language)
        return [
            self.texts("division_line", division=row.division)
            + " "
            + self.texts("division_moved", region=region, names=", ".join(moved))
        ]

    def _note_of_year(self, indicator: Indicator, year: int) -> str:
        figures = self.assessment.years(self.area.code, indicator.id)
        return next(item.status_note for item in figures if item.year == year)

    def _year_rows(self, indicator: Indicator) -> list[YearRow]:
        figures = [("total", item) for item in self.assessment.years(self.area.code, indicator.id)]
        figures += self._by_sex.get(indicator.id, [])
        rows = [self._year_row(indicator, item, sex) for sex, item in figures]
        return sorted(rows, key=lambda row: (-row.year, ("total", "female", "male").index(row.sex)))

    @cached_property
    def _by_sex(self) -> dict[str, list[tuple[str, YearFigure]]]:
        """The area's figures of women and men, by indicator."""
        return list_years_by_sex(self.assessment.snapshot.observations, self.area.code)

    def _year_row(self, indicator: Indicator, item: YearFigure, sex: str) -> YearRow:
        language = self.texts.language
        has_value = item.value is not None
        remark = (
            ", ".join(filter(None, (self.texts(f"status_{item.status}"), self._source_of_year(item))))
            if has_value
            else self.reason(item.status, item.status_note)
        )
        return YearRow(
            year=item.year,
            sex=sex,
            sex_name="" if sex == "total" else self.texts(f"sex_{sex}"),
            value=self.value(indicator, item.value),
            count=format_number(item.count, 0, language),
            denominator=format_number(item.denominator, 0, language),
            region=self.value(indicator, item.region_value),
            median=self.value(indicator, item.median),
            remark=remark,
        )

    def source(self, indicator: Indicator) -> tuple[str, str, str]:
        """Source line, address and name of the series."""
        metadata = self.assessment.snapshot.series[indicator.id]
        service = find_service(metadata, self.catalogue)
        producer = find_producer(metadata, self.catalogue)
        line = self.texts(
            "source_line",
            service=self.local(service.name),
            producer=self.local(producer.name),
            retrieved=self._vintages(metadata),
        )
        if metadata.updated:
            line += " " + self.texts("updated_line", date=self.date(metadata.updated))
        for filling in self.catalogue.indicators.values():
            if filling.fills and filling.fallback_for == indicator.id:
                line += self._filled_line(indicator, filling)
        return line, metadata.url, self._series_name(indicator, metadata)

    def basis(self) -> str:
        """The years of the area's newest figures, and when any of them was last fetched."""
        known = [row for row in self.assessment.rows(self.area.code) if row.value is not None]
        if not known:
            return self.texts("basis_none")
        first, last = min(row.year for row in known), max(row.year for row in known)
        series = self.assessment.snapshot.series
        fetched = max(series[row.indicator_id].retrieved_at for row in known)
        return self.texts(
            "basis_line",
            years=f"{first}–{last}" if first < last else str(first),
            date=self.date(fetched[:10]),
        )

    def licensed(self, service: Service) -> str:
        """A service's name with its licence; where its terms have not been seen, its address instead."""
        terms = service.licence or f"{self.texts('licence_unseen')}, {service.url}"
        return f"{self.local(service.name)} ({terms})"

    def _series_name(self, indicator: Indicator, metadata: SeriesMetadata) -> str:
        name = f"series_{metadata.source}"
        if self.texts.has(name):
            return self.texts(name, key=_series_key(indicator))
        return self.licensed(self.catalogue.services[metadata.source])

    def _source_of_year(self, item: YearFigure) -> str:
        """Where a single year is of another series than the rest: that series' service."""
        if not item.status_note.startswith(FILLED):
            return ""
        filling = self.assessment.snapshot.series[item.status_note.removeprefix(FILLED)]
        return self.texts("source_of_year", service=self.local(self.catalogue.services[filling.source].name))

    def _filled_line(self, indicator: Indicator, filling: Indicator) -> str:
        """The years that are of the filling series; empty where there are none."""
        shown = self.assessment.years(self.area.code, indicator.id)
        years = [item.year for item in shown if item.status_note == FILLED + filling.id]
        if not years:
            return ""
        metadata = self.assessment.snapshot.series[filling.id]
        return " " + self.texts(
            "filled_line",
            years=f"{min(years)}–{max(years)}",
            service=self.local(self.catalogue.services[metadata.source].name),
            series=self.texts(f"series_{metadata.source}", key=_series_key(filling)),
            retrieved=self.date(metadata.retrieved_at[:10]),
        )

    def _vintages(self, metadata: SeriesMetadata) -> str:
        """When the figures were read: one date, or a date for each run of years."""
        dates = [self.date(part.vintage) for part in metadata.parts]
        others = [self._other_origin(part) for part in metadata.parts]
        if len(set(dates)) == 1 and not any(others):
            return dates[0]
        spans: dict[tuple[str, str], list[str]] = {}
        for part, date, origin in zip(metadata.parts, dates, others, strict=True):
            spans.setdefault((date, origin), []).append(_span(part))
        return ", ".join(
            f"{date} ({', '.join(filter(None, (*years, origin)))})" for (date, origin), years in spans.items()
        )

    def _other_origin(self, part: SeriesPart) -> str:
        """Producer and terms of a part that is of others than the rest of its series."""
        words = []
        if part.is_by_sex:
            words.append(f"{self.texts('sex_female')}, {self.texts('sex_male')}".lower())
        if part.producer:
            words.append(self.local(self.catalogue.producers[part.producer].name))
        if part.source and (service := self.catalogue.services[part.source]).licence is None:
            words.append(f"{self.texts('licence_unseen')}: {service.url}")
        return ", ".join(words)


def _span(part: SeriesPart) -> str:
    is_one = part.first_year == part.last_year
    return str(part.first_year) if is_one else f"{part.first_year}–{part.last_year}"


def _series_key(indicator: Indicator) -> str:
    source = indicator.source
    if isinstance(source, SotkanetSource):
        return str(source.key)
    return source.table if isinstance(source, StatfinSource) else source.path
