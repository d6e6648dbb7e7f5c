"""Words that every module shares: columns, statuses, levels, languages. No logic and no heavy imports."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Language = Literal["fi", "sv", "en"]
Level = Literal["municipality", "region", "county", "country"]
Sex = Literal["total", "female", "male"]
Direction = Literal["higher_is_better", "lower_is_better", "no_judgement"]
Status = Literal["normal", "provisional", "break", "missing", "suppressed", "not_collected"]

LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
SEXES: Final[tuple[Sex, ...]] = get_args(Sex)
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
#: What can be asked for figures, and the catalogue's service of each.
SOURCES: Final = {"sotkanet": "sotkanet", "statfin": "statfin", "table": "own"}

OBSERVATION_KEY: Final = ("indicator_id", "area_code", "year", "sex")
#: Columns of the observation table, in order. One row per indicator, area, year and sex, sorted by these.
#: ``value`` is in the indicator's unit; ``count`` and ``denominator`` are events or persons, NaN where the
#: provider gives none; where ``value`` is NaN, ``status`` says why.
OBSERVATION_COLUMNS: Final = (*OBSERVATION_KEY, "value", "count", "denominator", "status", "status_note")
#: Columns of few words in many rows.
WORD_COLUMNS: Final[tuple[str, ...]] = ("indicator_id", "area_code", "sex", "status", "status_note")


@dataclass(frozen=True)
class SeriesPart:
    """A run of years of one series that came in one vintage.

    Attributes
    ----------
    first_year, last_year : int
        The years of the part, both included.
    vintage : str
        When the provider's figures were read, as precisely as known: "2024" is not padded into a date.
    division : str or None
        The year of the area division that the part's figures follow; None where it is not known.
    source, producer : str or None
        The service and the producer, where they are others than the series'.
    is_by_sex : bool
        True where the part has women and men only, beside a part of both sexes together.
    """

    first_year: int
    last_year: int
    vintage: str
    division: str | None = None
    source: str | None = None
    producer: str | None = None
    is_by_sex: bool = False


@dataclass(frozen=True)
class SeriesMetadata:
    """What is known of one series of a snapshot besides its observations.

    Attributes
    ----------
    indicator_id : str
        The catalogue's indicator.
    source, producer : str
        The service that gave the figures, and who produced them (ids of the catalogue).
    url : str
        The address asked, or of the page that describes the figures.
    title : dict of str
        The provider's title by language, as safe text.
    parts : tuple of SeriesPart
        The vintages, in order of years.
    retrieved_at : str
        When the figures were fetched: an ISO time in UTC, or as much as is known.
    updated : str or None
        The provider's own update date.
    metadata_sha256 : str or None
        Hash of the provider's metadata, by which an unchanged series is recognised.
    notices : dict of str
        The provider's notices by language, as safe text.
    carried : bool
        True where the figures were taken from an earlier snapshot.
    stale_reason : str or None
        Why a carried series could not be had afresh; None where it was not asked for.
    words : dict of dict
        Declared title, unit, producer and service of its time, by which it can be shown where the catalogue
        no longer has them; empty for snapshots that were written without.
    """

    indicator_id: str
    source: str
    producer: str
    url: str
    title: dict[str, str]
    parts: tuple[SeriesPart, ...]
    retrieved_at: str
    updated: str | None = None
    metadata_sha256: str | None = None
    notices: dict[str, str] = field(default_factory=dict)
    carried: bool = False
    stale_reason: str | None = None
    words: dict[str, dict[str, Any]] = field(default_factory=dict)
