"""What every source gives: results of series, one by one, and the loop that asks for them.

Owns the base class `Source` and the rule that one failed series never stops the others.
"""

import datetime as dt
import hashlib
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from queue import SimpleQueue
from typing import Literal, TypeVar

import pandas as pd

from indicators.catalogue.areas import get_level
from indicators.catalogue.records import Indicator, Record
from indicators.errors import IndicatorsError, ParameterError, SourceError
from indicators.model import SeriesMetadata, SeriesPart
from indicators.sources.http.answers import SharedAnswers
from indicators.sources.http.session import ServiceSession

State = Literal["new", "unchanged", "failed"]
Declared = TypeVar("Declared", bound=Record)
Item = TypeVar("Item")
Result = TypeVar("Result")
Clock = Callable[[], dt.datetime]

#: How far ahead of ours a service's clock may be: time zones, and a day for a clock that is wrong.
_CLOCKS_DIFFER = dt.timedelta(days=2)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class SeriesResult:
    """What came of asking for one series.

    Attributes
    ----------
    indicator_id : str
        The catalogue's indicator.
    state : str
        ``new`` has figures, perhaps none; ``unchanged`` says that the previous figures hold; ``failed``
        says why in ``error``.
    observations : DataFrame or None
        The columns of `indicators.model.OBSERVATION_COLUMNS`, sorted by the key; only where new.
    metadata : SeriesMetadata or None
        Only where new.
    error : IndicatorsError or None
        Only where failed.
    """

    indicator_id: str
    state: State
    observations: pd.DataFrame | None = None
    metadata: SeriesMetadata | None = None
    error: IndicatorsError | None = None


@dataclass(frozen=True)
class SeriesDescription:
    """What a service says of a series without its figures, for checks against the catalogue.

    Attributes
    ----------
    title : dict of str
        By language, as safe text.
    updated : str or None
        The provider's update date, where the service tells it without the figures.
    first_year, last_year : int or None
        The years on offer; None where there are none.
    levels : tuple of str
        The levels on offer, as far as the service tells them.
    """

    title: dict[str, str]
    updated: str | None
    first_year: int | None
    last_year: int | None
    levels: tuple[str, ...]

    @classmethod
    def of(cls, title: dict[str, str], years: Iterable[int], codes: Iterable[str]) -> "SeriesDescription":
        """What years and codes of areas say; a code that is no area's is passed over."""
        all_years, levels = [*years], dict.fromkeys(map(get_level, codes))
        first, last = min(all_years, default=None), max(all_years, default=None)
        return cls(title, None, first, last, tuple(level for level in levels if level))


class Source(ABC):
    """Gives the series of one service.

    Parameters
    ----------
    clock : callable
        The present moment in UTC.
    threads : int
        Twice as many as requests may run at once keep the service busy while rows are read.
    """

    name: str
    service: str  # its id in the catalogue
    session: ServiceSession | None = None  # whose traffic is counted; None where no service is asked

    def __init__(self, clock: Clock, threads: int) -> None:
        self._clock, self._threads = clock, threads

    def has(self, indicator: Indicator) -> bool:
        """Whether the service is to be asked for the indicator: not for one of an archived table."""
        is_archived = getattr(indicator.source, "is_archived", False)
        return indicator.source.service == self.service and not is_archived

    def fetch(
        self, indicators: Sequence[Indicator], previous: Mapping[str, SeriesMetadata] | None = None
    ) -> Iterator[SeriesResult]:
        """Ask for the series of the service among the indicators; results come as they are done.

        What is known of the series at hand is given by indicator id. A failed series carries its error.
        """
        known, shared = previous or {}, SharedAnswers()
        ours = [item for item in indicators if self.has(item)]

        def fetch_one(indicator: Indicator) -> Iterator[SeriesResult]:
            yield self._fetch_guarded(indicator, known.get(indicator.id), shared)

        return run_each(fetch_one, ours, self._threads)

    @abstractmethod
    def describe(self, indicator: Indicator) -> SeriesDescription:
        """What the service says of a series, without its figures.

        SourceError where it does not answer or the series is gone, ResponseFormatError where it is otherwise.
        """

    @abstractmethod
    def _fetch_one(
        self, indicator: Indicator, previous: SeriesMetadata | None, shared: SharedAnswers
    ) -> SeriesResult:
        """One series; whatever is raised becomes a failed one. ``shared`` is of one call of `fetch`."""

    def _fetch_guarded(
        self, indicator: Indicator, previous: SeriesMetadata | None, shared: SharedAnswers
    ) -> SeriesResult:
        try:
            return self._fetch_one(indicator, previous, shared)
        except IndicatorsError as error:
            cause = error
        except OSError as error:  # rights, a folder that is gone, a full device
            place = f" {error.filename}" if error.filename else ""
            problem = (
                f"the system refused to read or write{place}: {error.strerror or error}; check its rights"
            )
            cause = SourceError(self.name, indicator.id, problem)
        except Exception as error:  # a fault of ours in one series must not cost the others
            logger.exception("Unexpected error in %s", indicator.id)
            problem = f"an error in this package: {type(error).__name__}: {error}; please report it"
            cause = SourceError(self.name, indicator.id, problem)
        return SeriesResult(indicator.id, "failed", error=cause)

    def _make_new(
        self,
        indicator: Indicator,
        observations: pd.DataFrame,
        url: str,
        title: dict[str, str],
        fingerprint: str,
        updated: str | None = None,
        division: str | None = None,
        notices: dict[str, str] | None = None,
    ) -> SeriesResult:
        """The result of figures that are read now, with all that a snapshot keeps of them."""
        retrieved, years = self._clock(), observations["year"]
        vintage = retrieved.date().isoformat()
        part = None if years.empty else SeriesPart(int(years.min()), int(years.max()), vintage, division)
        metadata = SeriesMetadata(
            indicator_id=indicator.id,
            source=self.service,
            producer=indicator.producer,
            url=url,
            title=title,
            parts=(part,) if part else (),
            retrieved_at=retrieved.isoformat(),
            updated=updated,
            metadata_sha256=fingerprint,
            notices=notices or {},
        )
        return SeriesResult(indicator.id, "new", observations, metadata)


def run_each(
    work: Callable[[Item], Iterable[Result]], items: Sequence[Item], threads: int
) -> Iterator[Result]:
    """What the work gives of each item, as it comes; an error that it raises is raised at the end.

    The threads of the pool are daemons, unlike those of `concurrent.futures`: whoever stops a fetch is not to
    wait until the last service has answered.
    """
    if not items:
        return
    ready: SimpleQueue[Result | None] = SimpleQueue()

    def serve(item: Item) -> None:
        for result in work(item):
            ready.put(result)

    def end(_: object) -> None:
        ready.put(None)

    with ThreadPool(threads) as pool:
        done = pool.map_async(serve, items, 1, end, end)
        while (result := ready.get()) is not None:
            yield result
            del result  # figures are freed as soon as the caller has dealt with them
        done.get()


def get_source(indicator: Indicator, kind: type[Declared]) -> Declared:
    """The source that an indicator declares.

    Raises
    ------
    ParameterError
        It is another service's.
    """
    if not isinstance(indicator.source, kind):
        raise ParameterError("indicator", indicator.id, f"one with a {kind.__name__}")
    return indicator.source


def get_utc_now() -> dt.datetime:
    """The present moment in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def compute_sha256(content: object) -> str:
    """Hash of JSON-like content, whatever the order of its keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def make_fingerprint(question: object, description: object) -> str:
    """Hash of what is asked and, after a colon, of what the provider says of the series.

    A provider that says nothing by which a change would be seen is given as None: the fingerprint then ends
    with the colon, and never tells that a series is unchanged.
    """
    said = "" if description is None else compute_sha256(description)
    return f"{compute_sha256(question)}:{said}"


def is_same_fingerprint(
    previous: SeriesMetadata | None, fingerprint: str, updated: str | None = None
) -> bool:
    """Whether the same was asked, and the provider says of the series what it said before.

    The update date is compared too, where the provider tells it before the figures are asked for.
    """
    if previous is None or fingerprint.endswith(":"):
        return False
    return previous.metadata_sha256 == fingerprint and updated in (None, previous.updated)


def has_same_question(one: str | None, other: str | None) -> bool:
    """Whether two fingerprints are of the same question, whatever the provider says of the series.

    Examples
    --------
    >>> has_same_question("ab:cd", "ab:ef"), has_same_question("ab:cd", "ef:cd")
    (True, False)
    """
    if not one or not other:
        return False
    return one.partition(":")[0] == other.partition(":")[0]


def is_ahead(updated: str | None, today: dt.date) -> bool:
    """Whether a provider's date is further ahead than clocks and time zones differ: no date to go by.

    Examples
    --------
    >>> is_ahead("2026-12-01", dt.date(2026, 11, 28)), is_ahead("2026-11-30", dt.date(2026, 11, 28))
    (True, False)
    """
    stated = _to_date(updated)
    return stated is not None and stated > today + _CLOCKS_DIFFER


def is_date(updated: str | None) -> bool:
    """Whether a provider's date is one that can be shown: none, a year, or a day with or without its time."""
    return updated is None or _to_date(updated) is not None or (len(updated) == 4 and updated.isdecimal())


def check_not_older(source: str, url: str, updated: str | None, previous: SeriesMetadata | None) -> None:
    """Refuse figures whose provider's date is before that of the figures at hand.

    A date at hand that is still to come says nothing: it would refuse every true one.

    Raises
    ------
    SourceError
        The service has gone back in time: a stale mirror or a restored copy.
    """
    new, old = _to_date(updated), _to_date(previous.updated if previous else None)
    if previous is not None and is_ahead(previous.updated, get_utc_now().date()):
        return
    if new is not None and old is not None and new < old:
        problem = f"is updated {new}, which is before the {old} of the figures at hand; these are kept"
        raise SourceError(source, url, problem)


def _to_date(text: str | None) -> dt.date | None:
    try:
        return dt.datetime.fromisoformat(text).date() if text else None
    except ValueError:
        return None  # "2024": known only as a year, which cannot be compared with a day
