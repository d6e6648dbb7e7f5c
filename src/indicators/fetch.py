"""Makes a new snapshot from the services: the only act that touches the network.

Each series is checked by itself before it is accepted. One that fails, vanishes or looks wrong keeps its
earlier figures and is marked stale with the reason, so that a snapshot is always whole.
"""

import datetime as dt
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

import pandas as pd

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.config import Settings
from indicators.errors import (
    IndicatorsError,
    ParameterError,
    SnapshotCheckError,
    SnapshotError,
    SourceError,
)
from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, WORD_COLUMNS, SeriesMetadata
from indicators.snapshot import Snapshot, check_observations, hold, load_snapshot, write_snapshot
from indicators.sources import (
    STATFIN_LIMITS,
    HttpLimits,
    KnownAreas,
    Progress,
    SeriesResult,
    ServiceSession,
    Sotkanet,
    Source,
    State,
    Statfin,
    TableFiles,
    has_same_question,
)

SOURCES: Final = ("sotkanet", "statfin", "table")
#: A series that loses more of its areas than this against its earlier figures is not believed.
LARGEST_LOSS: Final = 0.2
#: How each service is asked: waits, sizes and rates.
LIMITS: Final[dict[str, HttpLimits]] = {"sotkanet": HttpLimits(), "statfin": STATFIN_LIMITS}
#: Services of the catalogue by the name of their source.
_SERVICES: Final = {"sotkanet": "sotkanet", "statfin": "statfin", "table": "own"}

ProgressCallback = Callable[[Progress], None]

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

    def to_dict(self) -> dict[str, Any]:
        """As ``fetch --json`` prints it."""
        return asdict(self)


@dataclass(frozen=True)
class OpenedSource:
    """A source with the session whose traffic is counted."""

    source: Source
    session: ServiceSession | None = None


SourceOpener = Callable[[str, Catalogue, Settings, ExitStack], OpenedSource]


def fetch_snapshot(
    catalogue: Catalogue,
    settings: Settings,
    sources: Collection[str] = SOURCES,
    indicator_ids: Collection[str] = (),
    progress: ProgressCallback | None = None,
    today: dt.date | None = None,
    opener: SourceOpener | None = None,
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
        Called after each series, once it is accepted or refused.
    today : date, optional
        The snapshot's date; today's by default. A snapshot never bears an earlier date than the one that
        it follows.
    opener : callable, optional
        Opens a source by its name; the services of the settings by default.

    Raises
    ------
    UnknownIndicatorError
        An id that the catalogue does not declare.
    ParameterError
        An indicator that none of the sources can be asked for.
    LockError, OutputError
        Another fetch is running, or the folder cannot be written.
    SnapshotError
        The previous snapshot is damaged.
    """
    asked = _choose(catalogue, sources, indicator_ids)
    folder = settings.snapshots_folder
    with hold(folder), ExitStack() as stack:
        previous = _load_previous(folder)
        made = _Collected(previous, catalogue, _choose_date(today, previous))
        opened = {
            name: (opener or open_service)(name, catalogue, settings, stack)
            for name, indicators in asked.items()
            if indicators
        }
        _ask(opened, asked, made, progress)
        return made.write(folder)


def _choose(
    catalogue: Catalogue, sources: Collection[str], indicator_ids: Collection[str]
) -> dict[str, list[Indicator]]:
    """What is asked of each source; nothing is asked twice."""
    named = [catalogue.indicator(key) for key in dict.fromkeys(indicator_ids)]
    wanted = named or list(catalogue.indicators.values())
    asked = {name: [item for item in wanted if _is_asked(item, name)] for name in dict.fromkeys(sources)}
    for item in named:
        if not any(item in indicators for indicators in asked.values()):
            expected = f"one with a live source among {', '.join(asked)}"
            raise ParameterError("indicator", item.id, expected)
    return asked


def _is_asked(indicator: Indicator, source: str) -> bool:
    is_archived = getattr(indicator.source, "is_archived", False)
    return indicator.source.service == _SERVICES[source] and not is_archived


def _load_previous(folder: Path) -> Snapshot:
    try:
        return load_snapshot("latest", folder)
    except SnapshotError as error:
        raise SnapshotError(error.snapshot, error.problem, "Move it away, then fetch again.") from error


def _choose_date(today: dt.date | None, previous: Snapshot) -> dt.date:
    today = today or dt.datetime.now(dt.UTC).date()
    if today < previous.created:
        logger.warning("The clock says %s, before the newest snapshot's %s.", today, previous.created)
    return max(today, previous.created)


def open_service(name: str, catalogue: Catalogue, settings: Settings, stack: ExitStack) -> OpenedSource:
    """Open a source by its name; its session is closed with the stack."""
    if name == "table":
        return OpenedSource(TableFiles(Path.cwd(), lambda text: catalogue.areas.resolve(text, None).code))
    known = KnownAreas.from_register(catalogue.areas)
    session = stack.enter_context(ServiceSession(name, settings.contact, LIMITS[name]))
    if name == "sotkanet":
        return OpenedSource(Sotkanet(session, settings.sotkanet_url, known), session)
    multipliers = {unit.id: unit.multiplier for unit in catalogue.units.values() if unit.multiplier}
    return OpenedSource(Statfin(session, settings.statfin_url, known, multipliers), session)


def _ask(
    opened: Mapping[str, OpenedSource],
    asked: Mapping[str, Sequence[Indicator]],
    made: "_Collected",
    progress: ProgressCallback | None,
) -> None:
    """Ask all sources at the same time: none of them need wait until another has answered."""
    made.summaries |= {name: SourceSummary(asked=len(indicators)) for name, indicators in asked.items()}
    started, done = time.perf_counter(), Counter[str]()
    for name, result in _merge(
        {n: _results(o.source, asked[n], made.previous.series) for n, o in opened.items()}
    ):
        summary, session = made.summaries[name], opened[name].session
        state, done[name] = made.take(result, summary), done[name] + 1
        summary.seconds = round(time.perf_counter() - started, 3)
        if session is not None:
            summary.bytes, summary.requests = session.bytes_received, session.requests_sent
        if progress is not None:
            progress(Progress(name, done[name], summary.asked, result.indicator_id, state))


def _merge(streams: Mapping[str, Iterator[SeriesResult]]) -> Iterator[tuple[str, SeriesResult]]:
    """Results of several sources as they come, each source in a thread of its own."""
    ready: SimpleQueue[tuple[str, SeriesResult | BaseException | None]] = SimpleQueue()
    is_left = threading.Event()

    def drain(name: str, results: Iterator[SeriesResult]) -> None:
        end: BaseException | None = None
        try:
            for result in results:
                if is_left.is_set():
                    return
                ready.put((name, result))
        except BaseException as error:  # raised again by whoever reads
            end = error
        ready.put((name, end))

    for name, results in streams.items():
        threading.Thread(target=drain, args=(name, results), daemon=True, name=f"read {name}").start()
    try:
        open_streams = len(streams)
        while open_streams:
            name, item = ready.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                open_streams -= 1
            else:
                yield name, item
    finally:
        is_left.set()


def _results(
    source: Source, asked: Sequence[Indicator], previous: Mapping[str, SeriesMetadata]
) -> Iterator[SeriesResult]:
    """The source's results; a source that fails as a whole fails each of its series."""
    done: set[str] = set()
    try:
        for result in source.fetch(asked, previous):
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
        self.asked: set[str] = set()
        self.level_of = {area.code: str(area.level) for area in catalogue.areas}
        self.level_of |= {item.code: "municipality" for item in catalogue.areas.former()}

    def take(self, result: SeriesResult, summary: SourceSummary) -> State:
        """Accept a result, or note why not; what became of it."""
        self.asked.add(result.indicator_id)
        if result.state == "new":
            return self._take_new(result, summary)
        if result.state == "failed":
            return self._refuse(result.indicator_id, str(result.error), summary)
        summary.unchanged += 1
        return "unchanged"

    def _take_new(self, result: SeriesResult, summary: SourceSummary) -> State:
        frame, metadata = result.observations, result.metadata
        assert frame is not None and metadata is not None  # noqa: PT018 - the protocol promises both
        try:
            self._check(result.indicator_id, frame, metadata)
        except IndicatorsError as error:
            return self._refuse(result.indicator_id, _tell(error), summary)
        self.series[result.indicator_id] = metadata
        if not len(frame):  # an empty answer is an answer, and nothing new
            summary.unchanged += 1
            return "unchanged"
        summary.new += 1
        self.frames[result.indicator_id] = frame
        return "new"

    def _refuse(self, indicator_id: str, problem: str, summary: SourceSummary) -> State:
        summary.failed += 1
        summary.stale += indicator_id in self.previous.series
        self.problems[indicator_id] = problem
        logger.info("%s: %s", indicator_id, problem)
        return "failed"

    def _check(self, indicator_id: str, frame: pd.DataFrame, metadata: SeriesMetadata) -> None:
        """The snapshot's checks on one series, and those against its earlier figures."""
        earlier = self._select_shown(indicator_id, self.previous.rows(indicator_id))
        if not len(frame):
            if earlier["value"].notna().any():
                raise SnapshotCheckError(indicator_id, "the service answers with no figures at all.")
            return
        check_observations(frame, {indicator_id: metadata}, self.catalogue, self.today)
        span = self.catalogue.indicators[indicator_id].years
        earlier = earlier[earlier["year"].between(span.first or 0, span.last or 9999)]
        _check_lost_areas(indicator_id, frame, earlier)
        if _is_said_unchanged(self.previous.series.get(indicator_id), metadata):
            _check_same_values(indicator_id, frame, earlier, metadata.updated)

    def _select_shown(self, indicator_id: str, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of the levels at which the catalogue shows the indicator, and of the country."""
        levels = {*self.catalogue.indicators[indicator_id].levels, "country"}
        return rows[rows["area_code"].map(self.level_of).isin(levels)]

    def write(self, folder: Path) -> FetchReport:
        """Write what is new with what is carried; nothing is written where nothing is new."""
        snapshot = None
        if self.frames:
            carried = self._carry()
            series = {key: self._carry_metadata(key) for key in carried} | self.series
            snapshot = write_snapshot(
                folder, _join(carried, self.frames), series, self.catalogue, self.today, self.previous
            )
        return FetchReport(
            snapshot.id if snapshot else None,
            self.previous.id,
            self.summaries,
            dict(sorted(self.problems.items())),
        )

    def _carry(self) -> dict[str, pd.DataFrame]:
        """Earlier figures of every declared series without new ones, as far as they still hold.

        What is declared may have changed since: figures that it no longer allows are left out, and told.
        """
        carried = {
            indicator_id: self._select_shown(indicator_id, self.previous.rows(indicator_id))
            for indicator_id in self.previous.series
            if indicator_id in self.catalogue.indicators and indicator_id not in self.frames
        }
        for indicator_id, rows in list(carried.items()):
            try:
                check_observations(rows, self.previous.series, self.catalogue, self.today)
            except SnapshotCheckError as error:
                self.problems[indicator_id] = (
                    f"the earlier figures no longer hold and are left out: {_tell(error)}"
                )
                del carried[indicator_id]
        return carried

    def _carry_metadata(self, indicator_id: str) -> SeriesMetadata:
        """A series that was not asked for stays as stale as it was."""
        metadata = self.previous.series[indicator_id]
        known = None if indicator_id in self.asked else metadata.stale_reason
        return replace(metadata, carried=True, stale_reason=self.problems.get(indicator_id, known))


def _join(*groups: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One table of all frames; the groups are emptied, since both need not be in memory at one time."""
    frames = [frame for group in groups for frame in group.values()]
    for group in groups:
        group.clear()
    return pd.DataFrame(
        {name: _join_column([frame[name] for frame in frames]) for name in OBSERVATION_COLUMNS}
    )


def _join_column(parts: Sequence[pd.Series]) -> pd.Series:
    """Words of one kind: without words in common, joining would spell out every cell."""
    if parts[0].name in WORD_COLUMNS:
        parts = [part.astype("category") for part in parts]
        words = pd.CategoricalDtype(sorted(set().union(*(part.cat.categories for part in parts))))
        parts = [part.astype(words) for part in parts]
    return pd.concat(parts, ignore_index=True)


def _tell(error: IndicatorsError) -> str:
    """What is wrong with a series, without naming a snapshot that does not exist."""
    return error.problem if isinstance(error, SnapshotCheckError) else str(error)


def _is_said_unchanged(known: SeriesMetadata | None, found: SeriesMetadata) -> bool:
    """Whether the provider says that the figures are those at hand; another question may have others."""
    if known is None or not known.updated or known.updated != found.updated:
        return False
    return has_same_question(known.metadata_sha256, found.metadata_sha256)


def _check_lost_areas(indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame) -> None:
    """Refuse a series in which many areas that had figures have none any more."""
    before, now = _areas_with_figures(earlier), _areas_with_figures(frame)
    lost = sorted(before - now)
    if len(lost) > LARGEST_LOSS * max(len(before), 1):
        named = ", ".join(lost[:5])
        raise SnapshotCheckError(
            indicator_id, f"{len(lost)} of {len(before)} areas that had figures have none ({named}, ...)."
        )


def _areas_with_figures(table: pd.DataFrame) -> set[str]:
    return set(table.loc[table["value"].notna(), "area_code"].unique())


def _check_same_values(
    indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame, updated: str | None
) -> None:
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
