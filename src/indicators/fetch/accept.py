"""What of the services' answers is accepted into the snapshot being made, and what is carried in its stead.

Each series is checked by itself. One that fails, vanishes or looks wrong keeps its earlier figures and is
marked stale with the reason.
"""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from indicators.catalogue import Catalogue
from indicators.catalogue.plaintext import clean_text
from indicators.catalogue.records import StatfinSource
from indicators.errors import IndicatorsError, SnapshotCheckError
from indicators.fetch.doubts import Doubts, check_same_values
from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, WORD_COLUMNS, SeriesMetadata, SeriesPart
from indicators.snapshot.checks import check_observations
from indicators.snapshot.load import Snapshot
from indicators.snapshot.naming import gather_words
from indicators.snapshot.store import StoredSnapshot
from indicators.snapshot.words import map_words
from indicators.snapshot.write import write_snapshot
from indicators.sources.series import SeriesResult, State, has_same_question, is_ahead, is_date

#: A reason is one line to people; what is longer is a service's page or a list.
LONGEST_REASON: Final = 300

logger = logging.getLogger(__name__)


@dataclass
class SourceSummary:
    """What came of one source: numbers of series, bytes, seconds; why it was not reached."""

    asked: int = 0
    new: int = 0
    unchanged: int = 0
    stale: int = 0
    failed: int = 0
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0
    silent: str = ""


@dataclass(frozen=True)
class Progress:
    """One series is done: ``done`` of ``asked``; it is silent where its service was not reached."""

    source: str
    done: int
    asked: int
    indicator_id: str
    state: State
    is_silent: bool = False


class Collected:
    """The series of the snapshot being made: what is new, what holds, what is stale and why."""

    def __init__(
        self,
        previous: Snapshot,
        catalogue: Catalogue,
        today: dt.date,
        bundle: Snapshot | None = None,
        is_fresh: bool = False,
    ) -> None:
        self.previous, self.catalogue, self.today, self.bundle = previous, catalogue, today, bundle
        self.is_fresh = is_fresh
        self.at_hand = choose_earlier(previous, bundle)
        self.frames: dict[str, pd.DataFrame] = {}
        self.series: dict[str, SeriesMetadata] = {}
        self.problems: dict[str, str] = {}
        self.summaries: dict[str, SourceSummary] = {}
        self.asked: set[str] = set()
        self.doubts = Doubts(catalogue)

    @property
    def known(self) -> dict[str, SeriesMetadata]:
        """What is known of the series at hand, by indicator."""
        return {key: snapshot.series[key] for key, snapshot in self.at_hand.items()}

    def take(self, result: SeriesResult, summary: SourceSummary) -> State:
        """Accept a result, or note why not; what became of it."""
        self.asked.add(result.indicator_id)
        state = result.state
        if state == "new":
            state = self._take_new(result)
        elif state == "failed":
            self._refuse(result.indicator_id, str(result.error))
        summary.new += state == "new"
        summary.unchanged += state == "unchanged"
        summary.failed += state == "failed"
        summary.stale += state == "failed" and result.indicator_id in self.at_hand
        return state

    def _take_new(self, result: SeriesResult) -> State:
        frame, metadata = result.observations, result.metadata
        assert frame is not None and metadata is not None  # noqa: PT018 - the protocol promises both
        frame, metadata = self._keep_rounds(*self._drop_years_to_come(frame, metadata))
        is_undated = is_ahead(metadata.updated, self.today) or not is_date(metadata.updated)
        if is_undated:
            told = "%s: its update date %s is to come or no date, and is ignored."
            logger.warning(told, result.indicator_id, metadata.updated)
            metadata = replace(metadata, updated=None)
        try:
            self._check(result.indicator_id, frame, metadata)
        except IndicatorsError as error:
            return self._refuse(result.indicator_id, _tell(error))
        # A table that is read in a new way, or again, and says the same, keeps its vintage.
        is_again = is_undated or self.is_fresh or metadata.source == "own"
        if is_again and self._has_same_figures(frame):
            return "unchanged"
        words = gather_words(self.catalogue.indicators[result.indicator_id], self.catalogue)
        self.series[result.indicator_id] = replace(metadata, words=words)
        if frame.empty:  # an empty answer is an answer, and nothing new
            return "unchanged"
        self.frames[result.indicator_id] = frame
        return "new"

    def _refuse(self, indicator_id: str, problem: str) -> State:
        self.problems[indicator_id] = _to_reason(problem)
        logger.info("%s: %s", indicator_id, self.problems[indicator_id])
        return "failed"

    def _check(self, indicator_id: str, frame: pd.DataFrame, metadata: SeriesMetadata) -> None:
        """The snapshot's checks on one series, and those against its earlier figures."""
        earlier = self._find_earlier(indicator_id)
        if not len(frame):
            if earlier["value"].notna().any():
                raise SnapshotCheckError(indicator_id, "the service answers with no figures at all.")
            return
        check_observations(frame, {indicator_id: metadata}, self.catalogue, self.today)
        span = self.catalogue.indicators[indicator_id].years
        earlier = earlier[earlier["year"].between(span.first or 0, span.last or 9999)]
        self.doubts.check(indicator_id, frame, earlier)
        if not self.is_fresh and _is_said_unchanged(self.known.get(indicator_id), metadata):
            check_same_values(indicator_id, frame, earlier, metadata.updated)

    def _drop_years_to_come(
        self, frame: pd.DataFrame, metadata: SeriesMetadata
    ) -> tuple[pd.DataFrame, SeriesMetadata]:
        """The answer without years to come, which are slips, where it has others and is no projection."""
        last = self.today.year
        is_to_come = frame["year"].to_numpy() > last
        is_meant = self.catalogue.indicators[metadata.indicator_id].projection
        if is_meant or not is_to_come.any() or is_to_come.all():
            return frame, metadata
        years = ", ".join(str(year) for year in np.unique(frame["year"].to_numpy()[is_to_come])[:5])
        logger.warning("%s: figures of %s, which are to come, are left out.", metadata.indicator_id, years)
        kept = [part for part in metadata.parts if part.first_year <= last]
        parts = [replace(part, last_year=min(part.last_year, last)) for part in kept]
        return frame[~is_to_come].reset_index(drop=True), replace(metadata, parts=tuple(parts))

    def _has_same_figures(self, frame: pd.DataFrame) -> bool:
        """Whether the answer is, figure by figure, what is at hand."""
        indicator_id = str(frame["indicator_id"].iloc[0]) if len(frame) else ""
        earlier = self.at_hand.get(indicator_id, self.previous).rows(indicator_id)
        types = dict.fromkeys(OBSERVATION_COLUMNS, float) | dict.fromkeys(WORD_COLUMNS, str)
        both = [
            table[list(types)].astype(types).sort_values(list(OBSERVATION_KEY), ignore_index=True)
            for table in (frame, earlier)
        ]
        return both[0].equals(both[1])

    def _keep_rounds(
        self, frame: pd.DataFrame, metadata: SeriesMetadata
    ) -> tuple[pd.DataFrame, SeriesMetadata]:
        """The answer with the earlier rounds of its series, where its table has the newest one only."""
        indicator_id = metadata.indicator_id
        known, source = self.known.get(indicator_id), self.catalogue.indicators[indicator_id].source
        if known is None or frame.empty or not (isinstance(source, StatfinSource) and source.is_newest_round):
            return frame, metadata
        rows = self._find_earlier(indicator_id)
        kept = rows[~rows["year"].isin(frame["year"].unique())]
        if kept.empty:
            return frame, metadata
        years = set(kept["year"])
        parts = [
            _name_origin(part, known, metadata)
            for part in known.parts
            if years & {*range(part.first_year, part.last_year + 1)}
        ]
        joined = _join({"earlier": kept}, {"new": frame})
        return joined, replace(metadata, parts=(*parts, *metadata.parts))

    def _find_earlier(self, indicator_id: str) -> pd.DataFrame:
        """Rows at hand of the levels at which the catalogue shows the indicator, and of the country."""
        rows = self.at_hand.get(indicator_id, self.previous).rows(indicator_id)
        levels = {*self.catalogue.indicators[indicator_id].levels, "country"}
        level_of = self.catalogue.areas.levels
        return rows[map_words(rows["area_code"], lambda code: level_of.get(code) in levels, False)]

    def write(self, folder: Path) -> StoredSnapshot | None:
        """Write what is new with what is carried; nothing is written where nothing is new."""
        if not self.frames and not self._is_bundle_news():
            return None
        carried = self._carry()
        series = {key: self._carry_metadata(key) for key in carried} | self.series
        table = _join(carried, self.frames)
        return write_snapshot(folder, table, series, self.catalogue, self.today, self.previous)

    def _carry(self) -> dict[str, pd.DataFrame]:
        """Earlier figures of every declared series without new ones, as far as they still hold.

        What is declared may have changed since: figures that it no longer allows are left out, and told,
        unless the bundled ones hold.
        """
        carried = {}
        for indicator_id in list(self.at_hand):
            if indicator_id not in self.catalogue.indicators or indicator_id in self.frames:
                continue
            try:
                carried[indicator_id] = self._check_earlier(indicator_id)
            except SnapshotCheckError as error:
                problem = f"the earlier figures no longer hold and are left out: {_tell(error)}"
                self.problems[indicator_id] = _to_reason(problem)
        return carried

    def _check_earlier(self, indicator_id: str) -> pd.DataFrame:
        try:
            rows = self._find_earlier(indicator_id)
            check_observations(rows, self.known, self.catalogue, self.today)
        except SnapshotCheckError:
            bundle = self.bundle
            if bundle is None or indicator_id not in bundle.series or self.at_hand[indicator_id] is bundle:
                raise
            self.at_hand[indicator_id] = bundle
            return self._check_earlier(indicator_id)
        return rows

    def _is_bundle_news(self) -> bool:
        """Whether the bundle gives a declared series that the previous snapshot does not have so."""
        had = {item["indicator_id"]: item["sha256"] for item in self.previous.manifest["series"]}
        given = self.bundle.manifest["series"] if self.bundle else []
        return any(
            self.at_hand[key] is self.bundle and had.get(key) != item["sha256"]
            for item in given
            if (key := item["indicator_id"]) in self.catalogue.indicators
        )

    def _carry_metadata(self, indicator_id: str) -> SeriesMetadata:
        """A series that was not asked for stays as stale as it was."""
        metadata = self.at_hand[indicator_id].series[indicator_id]
        known = None if indicator_id in self.asked else metadata.stale_reason
        reason = self.problems.get(indicator_id, known)
        words = metadata.words or gather_words(self.catalogue.indicators[indicator_id], self.catalogue)
        return replace(metadata, carried=True, stale_reason=reason, words=words)


def choose_earlier(previous: Snapshot, bundle: Snapshot | None) -> dict[str, Snapshot]:
    """Which snapshot gives the earlier figures of each series: the previous one, or a newer bundle.

    What was fetched into the previous snapshot, from a service or an own table, stays; of what it had from
    an earlier bundle, and of what it does not have, the newer vintage is taken, of equal ones the bundle's:
    it may have been mended.
    """
    chosen = dict.fromkeys(previous.series, previous)
    if bundle is None:
        return chosen
    for key, offered in bundle.series.items():
        had = previous.series.get(key)
        is_fetched = had is not None and (had.source == "own" or had.metadata_sha256 is not None)
        if had is None or (not is_fetched and _find_vintage(offered) >= _find_vintage(had)):
            chosen[key] = bundle
    return chosen


def _find_vintage(metadata: SeriesMetadata) -> str:
    return max((part.vintage for part in metadata.parts), default="")


def _name_origin(part: SeriesPart, known: SeriesMetadata, metadata: SeriesMetadata) -> SeriesPart:
    """An earlier part under a series that may be of another service or producer than it was."""
    source, producer = part.source or known.source, part.producer or known.producer
    return replace(
        part,
        source=None if source == metadata.source else source,
        producer=None if producer == metadata.producer else producer,
    )


def _join(*groups: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One table of all frames; the groups are emptied, since both need not be in memory at one time."""
    frames = [frame for group in groups for frame in group.values()]
    for group in groups:
        group.clear()
    columns = {name: _join_column([frame[name] for frame in frames]) for name in OBSERVATION_COLUMNS}
    return pd.DataFrame(columns)


def _join_column(parts: Sequence[pd.Series]) -> pd.Series:
    """Words of one kind: without words in common, joining would spell out every cell."""
    if parts[0].name in WORD_COLUMNS:
        parts = [part.astype("category") for part in parts]
        words = pd.CategoricalDtype(sorted(set().union(*(part.cat.categories for part in parts))))
        parts = [part.astype(words) for part in parts]
    return pd.concat(parts, ignore_index=True)


def _to_reason(problem: str) -> str:
    """A problem as it is kept and shown; services may put pages into it."""
    text = clean_text(problem[: 10 * LONGEST_REASON])
    return text if len(text) <= LONGEST_REASON else f"{text[: LONGEST_REASON - 1]}…"


def _tell(error: IndicatorsError) -> str:
    """What is wrong with a series, without naming a snapshot that does not exist."""
    return error.problem if isinstance(error, SnapshotCheckError) else str(error)


def _is_said_unchanged(known: SeriesMetadata | None, found: SeriesMetadata) -> bool:
    """Whether the provider says that the figures are those at hand; another question may have others."""
    if known is None or not known.updated or known.updated != found.updated:
        return False
    return has_same_question(known.metadata_sha256, found.metadata_sha256)
