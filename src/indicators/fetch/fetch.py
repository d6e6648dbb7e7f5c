"""Makes a new snapshot from the services: the only act that touches the network.

Each series is checked by itself before it is accepted. One that fails, vanishes or looks wrong keeps its
earlier figures and is marked stale with the reason, so that a snapshot is always whole.
"""

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.config import Settings, check_certificates
from indicators.errors import ParameterError, SnapshotError, SourceError
from indicators.fetch.accept import Collected, Progress, SourceSummary
from indicators.model import SOURCES, SeriesMetadata
from indicators.snapshot.load import Snapshot, load_snapshot
from indicators.snapshot.store import BUNDLED_FOLDER, mark_folder, open_snapshot
from indicators.snapshot.write import hold
from indicators.sources.areas import KnownAreas
from indicators.sources.http.session import HttpLimits, ServiceSession
from indicators.sources.series import SeriesResult, Source, run_each
from indicators.sources.sotkanet.sotkanet import Sotkanet
from indicators.sources.statfin.service import STATFIN_LIMITS
from indicators.sources.statfin.statfin import Statfin
from indicators.sources.tables.files import TableFiles

#: How each service is asked: waits, sizes and rates.
LIMITS: Final[dict[str, HttpLimits]] = {"sotkanet": HttpLimits(), "statfin": STATFIN_LIMITS}

ProgressCallback = Callable[[Progress], None]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FetchReport:
    """What a fetch did, by source, and why the indicators that failed or are gone did.

    ``snapshot`` is None where nothing was new or nothing answered; ``previous`` is the one that the new one
    follows, or that still holds.
    """

    snapshot: str | None
    previous: str
    sources: dict[str, SourceSummary]
    problems: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As ``fetch --json`` prints it."""
        return asdict(self)


SourceOpener = Callable[[str, Catalogue, Settings, ExitStack], Source]


def fetch_snapshot(
    catalogue: Catalogue,
    settings: Settings,
    sources: Collection[str] = SOURCES,
    indicator_ids: Collection[str] = (),
    progress: ProgressCallback | None = None,
    today: dt.date | None = None,
    opener: SourceOpener | None = None,
    is_fresh: bool = False,
) -> FetchReport:
    """Fetch the declared series, those named or all, and write a new snapshot if anything is new.

    ``progress`` is called after each series, once it is accepted or refused. ``is_fresh`` asks for the
    figures of series that claim to be unchanged too. A snapshot never bears an earlier date than the one that
    it follows. Raises an UnknownIndicatorError for an id that is not declared,
    a ParameterError for a source that there is not or cannot be asked for an indicator, a LockError while
    another fetch is running, an OutputError, and a SnapshotError where the previous snapshot is damaged.
    """
    asked = _choose(catalogue, sources, indicator_ids)
    folder = settings.snapshots_folder
    with hold(folder), ExitStack() as stack:
        previous = _load_previous(folder)
        if previous.path.parent == folder:
            mark_folder(folder)
        date = _choose_date(today, previous)
        made = Collected(previous, catalogue, date, _load_newer_bundle(previous), is_fresh)
        opened = {
            name: (opener or open_service)(name, catalogue, settings, stack)
            for name, indicators in asked.items()
            if indicators
        }
        _ask(opened, asked, made, progress)
        snapshot = made.write(folder)
    problems = dict(sorted(made.problems.items()))
    return FetchReport(snapshot.id if snapshot else None, previous.id, made.summaries, problems)


def _choose(
    catalogue: Catalogue, sources: Collection[str], indicator_ids: Collection[str]
) -> dict[str, list[Indicator]]:
    """What is asked of each source; nothing is asked twice."""
    unknown = [name for name in ([sources] if isinstance(sources, str) else sources) if name not in SOURCES]
    if unknown or isinstance(sources, str):
        raise ParameterError("sources", sources, f"a list of some of {', '.join(SOURCES)}")
    named = [catalogue.indicator(key) for key in dict.fromkeys(indicator_ids)]
    wanted = named or list(catalogue.indicators.values())
    living = [item for item in wanted if not getattr(item.source, "is_archived", False)]
    asked = {
        name: [item for item in living if item.source.service == SOURCES[name]]
        for name in dict.fromkeys(sources)
    }
    for item in named:
        if not any(item in indicators for indicators in asked.values()):
            expected = f"one with a live source among {', '.join(asked)}"
            raise ParameterError("indicator", item.id, expected)
    return asked


def _load_previous(folder: Path) -> Snapshot:
    try:
        return load_snapshot("latest", folder)
    except SnapshotError as error:
        if Path(error.snapshot) == folder:  # not one of them is at fault
            raise
        raise SnapshotError(error.snapshot, error.problem, "Move it away, then fetch again.") from error


def _load_newer_bundle(previous: Snapshot) -> Snapshot | None:
    """The bundled snapshot, where the previous one was not written beside it or is it itself."""
    bundle = open_snapshot(BUNDLED_FOLDER)
    if bundle.sha256 in (previous.sha256, previous.manifest.get("bundle")):
        return None
    return load_snapshot("bundled")


def _choose_date(today: dt.date | None, previous: Snapshot) -> dt.date:
    today = today or dt.datetime.now(dt.UTC).date()
    if today < previous.created:
        logger.warning("The clock says %s, before the newest snapshot's %s.", today, previous.created)
    return max(today, previous.created)


def open_service(name: str, catalogue: Catalogue, settings: Settings, stack: ExitStack) -> Source:
    """Open a source by its name; its session is closed with the stack."""
    if name == "table":
        areas, folder = catalogue.areas, settings.folder or Path.cwd()
        return TableFiles(folder, lambda text: areas.resolve(text, None).code, units=catalogue.units)
    check_certificates()
    known = KnownAreas.from_register(catalogue.areas)
    session = stack.enter_context(ServiceSession(name, settings.contact, LIMITS[name]))
    if name == "sotkanet":
        return Sotkanet(session, settings.sotkanet_url, known)
    multipliers = {unit.id: unit.multiplier for unit in catalogue.units.values() if unit.multiplier}
    return Statfin(session, settings.statfin_url, known, multipliers)


def _ask(
    opened: Mapping[str, Source],
    asked: Mapping[str, Sequence[Indicator]],
    made: "Collected",
    progress: ProgressCallback | None,
) -> None:
    """Ask all sources at the same time: none of them need wait until another has answered."""
    made.summaries |= {name: SourceSummary(asked=len(indicators)) for name, indicators in asked.items()}
    started, done = time.perf_counter(), Counter[str]()
    known = made.known
    if made.is_fresh:  # without its fingerprint a series is not known to be unchanged
        known = {key: replace(metadata, metadata_sha256=None) for key, metadata in known.items()}

    def ask(name: str) -> Iterator[tuple[str, SeriesResult]]:
        return ((name, result) for result in _results(opened[name], asked[name], known))

    for name, result in run_each(ask, [*opened], len(opened)):
        summary, session = made.summaries[name], opened[name].session
        state, done[name] = made.take(result, summary), done[name] + 1
        summary.seconds = round(time.perf_counter() - started, 3)
        if session is not None:
            summary.bytes, summary.requests = session.bytes_received, session.requests_sent
            cause = session.stopped or getattr(result.error, "cause", str(result.error))
            summary.silent = "" if session.is_reached else cause
        if progress is not None:
            item = Progress(name, done[name], summary.asked, result.indicator_id, state, bool(summary.silent))
            progress(item)


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
