"""What a notebook says of a figure: its verdict, why there is none, and its source."""

from indicators.assessment.columns import Row
from indicators.assessment.fills import FILLED
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator, SotkanetSource, StatfinSource
from indicators.model import SeriesMetadata, SeriesPart
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording
from indicators.snapshot.naming import find_producer, find_service


class FigureWording(Wording):
    """Tells the figures of one area in one language."""

    def __init__(self, assessment: Assessment, area: Area, texts: Texts) -> None:
        super().__init__(assessment.catalogue, texts)
        self.assessment, self.area = assessment, area
        self.area_name = area.name(texts.language)

    def reason(self, status: str, note: str) -> str:
        """Why there is no value, as one sentence."""
        if note and self.texts.has(f"note_{note}"):
            return self.texts(f"note_{note}")
        return self.texts("note_") if status == "missing" else f"{self.texts(f'status_{status}')}."

    def comparison(self, row: Row) -> str:
        """The verdict against the rest of the region; where none was made, the position."""
        if row.rest_verdict != "not_assessed":
            return self.texts(f"verdict_{row.rest_verdict}")
        if row.quartile != "not_assessed":
            return self.texts(f"quartile_{row.quartile}")
        return self.texts("verdict_not_assessed")

    def source(self, indicator: Indicator) -> str:
        """Where the indicator's figures come from, and when they were read."""
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
        return line

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
