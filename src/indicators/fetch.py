"""Makes a new snapshot from the services: the only act that touches the network.

Each series is checked by itself before it is accepted. One that fails, vanishes or looks wrong keeps its
earlier figures and is marked stale with the reason, so that a snapshot is always whole.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.config import Settings
from indicators.errors import IndicatorsError, SnapshotCheckError, SourceError
from indicators.model import OBSERVATION_KEY, SeriesMetadata
from indicators.snapshot import Snapshot, check_observations, hold, load_snapshot, write_snapshot
from indicators.sources import (
    STATFIN_LIMITS,
    KnownAreas,
    Progress,
    SeriesResult,
    ServiceSession,
    Sotkanet,
    Source,
    Statfin,
    TableFiles,
)

SOURCES: Final = ("sotkanet", "statfin", "table")
#: A series that loses more of its areas than this against its earlier figures is not believed.
LARGEST_LOSS: Final = 0.2
#: Services of the catalogue by the name of their source.
_SERVICES: Final = {"sotkanet": "sotkanet", "statfin": "statfin", "table": "own"}

logger = logging.getLogger(__name__)


@dataclass
class SourceSummary:
    """What came of one source: numbers of series, bytes received and seconds."""

    asked: int = 0
    new: int = 0
    unchanged: int = 0
    stale: int = 0
    failed: int = 0
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class FetchReport:
    """What a fetch did.

    Attributes
    ----------
    snapshot : str or None
        Id of the new snapshot; None where nothing was new or nothing answered.
    previous : str
        Id of the snapshot that it follows, or that still holds.
    sources : dict of SourceSummary
        By source.
    problems : dict of str
        Why, by the indicators that failed or are gone.
    """

    snapshot: str | None
    previous: str
    sources: dict[str, SourceSummary]
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def has_answers(self) -> bool:
        """Whether any series that was asked for answered."""
        return any(item.new or item.unchanged for item in self.sources.values())

    def to_dict(self) -> dict[str, Any]:
        """As ``fetch --json`` prints it."""
        return asdict(self)


@dataclass(frozen=True)
class _Opened:
    """A source with the session whose traffic is counted."""

    source: Source
    session: ServiceSession | None = None


def fetch_snapshot(
    catalogue: Catalogue,
    settings: Settings,
    sources: Collection[str] = SOURCES,
    indicator_ids: Collection[str] = (),
    progress: Callable[[Progress], None] | None = None,
    today: dt.date | None = None,
    opener: Callable[[str, Catalogue, Settings, ExitStack], _Opened] | None = None,
) -> FetchReport:
    """Fetch the declared series and write a new snapshot if anything is new.

    Parameters
    ----------
    catalogue : Catalogue
        What is declared.
    settings : Settings
        Addresses of the services and the folder of snapshots.
    sources : collection of str
        Which of `SOURCES` to ask.
    indicator_ids : collection of str
        Only these indicators; all where empty.
    progress : callable, optional
        Called after each series.
    today : date, optional
        The snapshot's date; today's by default.

    Raises
    ------
    UnknownIndicatorError
        An id that the catalogue does not declare.
    LockError, OutputError
        Another fetch is running, or the folder cannot be written.
    SnapshotError
        The previous snapshot is damaged.
    """
    wanted = [catalogue.indicator(key) for key in indicator_ids] or list(catalogue.indicators.values())
    folder = settings.snapshots_folder
    with hold(folder), ExitStack() as stack:
        previous = load_snapshot("latest", folder)
        made = _Collected(previous, catalogue, today or dt.datetime.now(dt.UTC).date())
        for name in sources:
            asked = [item for item in wanted if _is_asked(item, name)]
            if asked:
                opened = (opener or _open)(name, catalogue, settings, stack)
                made.summaries[name] = _ask(opened, asked, made, progress)
        return made.write(folder)


def _is_asked(indicator: Indicator, source: str) -> bool:
    is_archived = getattr(indicator.source, "is_archived", False)
    return indicator.source.service == _SERVICES[source] and not is_archived


def _open(name: str, catalogue: Catalogue, settings: Settings, stack: ExitStack) -> _Opened:
    if name == "table":
        folder = Path.cwd()
        return _Opened(TableFiles(folder, lambda text: catalogue.areas.resolve(text, None).code))
    known = KnownAreas.from_register(catalogue.areas)
    if name == "sotkanet":
        session = stack.enter_context(ServiceSession("sotkanet", settings.contact))
        return _Opened(Sotkanet(session, settings.sotkanet_url, known), session)
    session = stack.enter_context(ServiceSession("statfin", settings.contact, STATFIN_LIMITS))
    multipliers = {unit.id: unit.multiplier for unit in catalogue.units.values() if unit.multiplier}
    return _Opened(Statfin(session, settings.statfin_url, known, multipliers), session)


def open_source(name: str, catalogue: Catalogue, settings: Settings, stack: ExitStack) -> Source:
    """Open a source whose session is closed with the stack."""
    return _open(name, catalogue, settings, stack).source


def _ask(
    opened: _Opened,
    asked: Sequence[Indicator],
    made: "_Collected",
    progress: Callable[[Progress], None] | None,
) -> SourceSummary:
    summary, started = SourceSummary(asked=len(asked)), time.perf_counter()
    for result in _results(opened.source, asked, made.previous.series, progress):
        made.take(result, summary)
    summary.seconds = round(time.perf_counter() - started, 3)
    if opened.session is not None:
        summary.bytes, summary.requests = opened.session.bytes_received, opened.session.requests_sent
    return summary


def _results(
    source: Source,
    asked: Sequence[Indicator],
    previous: Mapping[str, SeriesMetadata],
    progress: Callable[[Progress], None] | None,
) -> Iterator[SeriesResult]:
    """The source's results; a source that fails as a whole fails each of its series."""
    done: set[str] = set()
    try:
        for result in source.fetch(asked, previous, progress):
            done.add(result.indicator_id)
            yield result
    except SourceError as error:
        for indicator in asked:
            if indicator.id not in done:
                yield SeriesResult(indicator.id, "failed", error=error)


class _Collected:
    """The series of the snapshot being made: what is new, what holds, what is stale and why."""

    def __init__(self, previous: Snapshot, catalogue: Catalogue, today: dt.date) -> None:
        self.previous, self.catalogue, self.today = previous, catalogue, today
        self.frames: dict[str, pd.DataFrame] = {}
        self.series: dict[str, SeriesMetadata] = {}
        self.problems: dict[str, str] = {}
        self.summaries: dict[str, SourceSummary] = {}

    def take(self, result: SeriesResult, summary: SourceSummary) -> None:
        """Accept a result, or note why not."""
        if result.state == "unchanged":
            summary.unchanged += 1
        elif result.state == "failed":
            self._refuse(result.indicator_id, str(result.error), summary)
        else:
            self._take_new(result, summary)

    def _take_new(self, result: SeriesResult, summary: SourceSummary) -> None:
        frame, metadata = result.observations, result.metadata
        assert frame is not None and metadata is not None  # noqa: PT018 - the protocol promises both
        try:
            self._check(result.indicator_id, frame, metadata)
        except IndicatorsError as error:
            self._refuse(result.indicator_id, str(error), summary)
            return
        self.series[result.indicator_id] = metadata
        if not len(frame):  # an empty answer is an answer, and nothing new
            summary.unchanged += 1
            return
        summary.new += 1
        self.frames[result.indicator_id] = frame

    def _refuse(self, indicator_id: str, problem: str, summary: SourceSummary) -> None:
        summary.failed += 1
        summary.stale += indicator_id in self.previous.series
        self.problems[indicator_id] = problem
        logger.warning("%s: %s", indicator_id, problem)

    def _check(self, indicator_id: str, frame: pd.DataFrame, metadata: SeriesMetadata) -> None:
        """The snapshot's checks on one series, and those against its earlier figures."""
        earlier = self.previous.rows(indicator_id)
        if not len(frame):
            if len(earlier):
                raise SnapshotCheckError(indicator_id, "the service answers with no figures at all.")
            return
        check_observations(frame, {indicator_id: metadata}, self.catalogue, self.today)
        _check_lost_areas(indicator_id, frame, earlier)
        known = self.previous.series.get(indicator_id)
        if known is not None and known.updated and known.updated == metadata.updated:
            _check_same_values(indicator_id, frame, earlier, metadata.updated)

    def write(self, folder: Path) -> FetchReport:
        """Write what is new with what is carried; nothing is written where nothing is new."""
        snapshot = None
        if self.frames:
            frames, series = dict(self._carried()), dict(self._carried_series())
            frames |= self.frames
            series |= self.series
            table = pd.concat(frames.values(), ignore_index=True)
            snapshot = write_snapshot(folder, table, series, self.catalogue, self.today, self.previous)
        return FetchReport(
            snapshot.id if snapshot else None,
            self.previous.id,
            self.summaries,
            dict(sorted(self.problems.items())),
        )

    def _carried(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Earlier figures of every declared series without new ones, at the levels now allowed."""
        level_of = {area.code: area.level for area in self.catalogue.areas}
        level_of |= {item.code: "municipality" for item in self.catalogue.areas.former()}
        for indicator_id in self.previous.series:
            if indicator_id in self.catalogue.indicators and indicator_id not in self.frames:
                rows = self.previous.rows(indicator_id)
                allowed = {*self.catalogue.indicators[indicator_id].levels, "country"}
                is_allowed = rows["area_code"].astype(str).map(level_of).isin(allowed)
                yield indicator_id, rows[is_allowed]

    def _carried_series(self) -> Iterator[tuple[str, SeriesMetadata]]:
        for indicator_id, _ in self._carried():
            metadata = self.previous.series[indicator_id]
            reason = self.problems.get(indicator_id)
            yield indicator_id, replace(metadata, carried=True, stale_reason=reason)


def _check_lost_areas(indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame) -> None:
    """Refuse a series in which many areas that had figures have none any more."""
    before = set(earlier.loc[earlier["value"].notna(), "area_code"].astype(str))
    now = set(frame.loc[frame["value"].notna(), "area_code"].astype(str))
    lost = sorted(before - now)
    if len(lost) > LARGEST_LOSS * max(len(before), 1):
        named = ", ".join(lost[:5])
        raise SnapshotCheckError(
            indicator_id, f"{len(lost)} of {len(before)} areas that had figures have none ({named}, ...)."
        )


def _check_same_values(indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame, updated: str) -> None:
    """Refuse figures that changed although the provider says that nothing was updated."""
    key = list(OBSERVATION_KEY)
    text = dict.fromkeys(("indicator_id", "area_code", "sex"), str)
    both = (
        earlier[[*key, "value"]]
        .astype(text)
        .merge(frame[[*key, "value"]].astype(text), on=key, suffixes=("_before", "_now"))
    )
    changed = both[both["value_before"].notna() & (both["value_before"] != both["value_now"])]
    if len(changed):
        row = changed.iloc[0]
        raise SnapshotCheckError(
            indicator_id,
            f"{len(changed)} figures changed although the provider's update date is still {updated}; the "
            f"first: {row['area_code']} {row['year']}, {row['value_before']} became {row['value_now']}.",
        )
