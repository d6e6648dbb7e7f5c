"""The words of a snapshot's series: the catalogue's, else those that the series carries itself.

Snapshots lie in the user's home and declarations in a folder, so a series may outlive its declaration. One
that the catalogue does not declare is left out, and told; one whose producer or service it no longer has is
shown with the words of its time.
"""

from collections.abc import Iterable
from typing import Any

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator, LocalText, Producer, Service
from indicators.model import SeriesMetadata, SeriesPart
from indicators.snapshot.load import Snapshot

#: So many series are named in a sentence.
_MOST_NAMED = 3


def gather_words(indicator: Indicator, catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """What a series needs to be shown without its declaration: title, unit, producer, service and licence."""
    records = {
        "producer": catalogue.producers[indicator.producer],
        "service": catalogue.services[indicator.source.service],
        "unit": catalogue.units[indicator.unit],
    }
    words = {name: record.model_dump(mode="json", exclude_defaults=True) for name, record in records.items()}
    return words | {"title": indicator.title.model_dump(exclude_none=True)}


def find_part(series: SeriesMetadata, year: int) -> SeriesMetadata | SeriesPart:
    """The part from which a year's figures came; the series itself where no part tells."""
    return next((part for part in series.parts if part.first_year <= year <= part.last_year), series)


def find_producer(series: SeriesMetadata, catalogue: Catalogue, key: str | None = None) -> Producer:
    """Who produced a series, or the part whose producer is named; by its id where nobody has its name."""
    words = series.words.get("producer") if key in (None, "", series.producer) else None
    key = key or series.producer
    return catalogue.producers.get(key) or Producer.model_validate(words or _name_by_id(key, series))


def find_service(series: SeriesMetadata, catalogue: Catalogue, key: str | None = None) -> Service:
    """The service that gave a series, or the part whose service is named; by its id likewise."""
    words = series.words.get("service") if key in (None, "", series.source) else None
    key = key or series.source
    return catalogue.services.get(key) or Service.model_validate(words or _name_by_id(key, series))


def _name_by_id(key: str, series: SeriesMetadata) -> dict[str, Any]:
    return {"id": key, "name": {"fi": key}, "url": series.url}


def list_producers(series: Iterable[SeriesMetadata], catalogue: Catalogue) -> list[Producer]:
    """Producers of series and of their parts, each once."""
    keys = ((item, key) for item in series for key in (None, *(part.producer for part in item.parts)))
    found = (find_producer(item, catalogue, key) for item, key in keys)
    return list({producer.id: producer for producer in found}.values())


def list_services(series: Iterable[SeriesMetadata], catalogue: Catalogue) -> list[Service]:
    """Services of series and of their parts, each once."""
    keys = ((item, key) for item in series for key in (None, *(part.source for part in item.parts)))
    found = (find_service(item, catalogue, key) for item, key in keys)
    return list({service.id: service for service in found}.values())


def name_left_out(snapshot: Snapshot, catalogue: Catalogue) -> str:
    """The series that are not shown by title and id, the first few of them; empty where all are shown."""
    ids = snapshot.list_left_out(catalogue.indicators)
    named = [_name(snapshot.series[key]) for key in ids[:_MOST_NAMED]]
    return ", ".join(named) + (", ..." if len(ids) > _MOST_NAMED else "")


def _name(series: SeriesMetadata) -> str:
    title = series.words.get("title")
    return f"{LocalText.model_validate(title).fi} ({series.indicator_id})" if title else series.indicator_id
