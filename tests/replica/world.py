"""A small world for tests of whole fetches: seven declared series, a snapshot of them, and both services.

The figures are TEST DATA. The snapshot at hand was itself fetched from the replicas, so that it knows the
services' update dates; the services have since been updated, and every value shifted.
"""

import datetime as dt
import hashlib
import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from click.testing import CliRunner

from indicators.catalogue import Catalogue
from indicators.cli import main
from indicators.config import Settings
from indicators.fetch import fetch
from indicators.model import SeriesMetadata, SeriesPart
from indicators.snapshot.load import Snapshot, load_snapshot
from indicators.snapshot.write import write_snapshot
from indicators.sources.http.session import HttpLimits
from replica.declared import make_replicas
from replica.frames import fill_missing
from replica.pxweb import PxWebReplica
from replica.sotkanet import SotkanetReplica

SOTKANET = ("sotkanet:181", "sotkanet:4", "sotkanet:187", "sotkanet:761")
STATFIN = ("statfin:population", "statfin:median_income", "statfin:unemployed")
SERIES = SOTKANET + STATFIN
YEARS = range(2019, 2025)
#: The newest update of the snapshot at hand, and that of the services now.
BEFORE, NOW = "2026-10-01", "2026-11-01"
SEED = 1
CREATED = dt.date(2026, 11, 28)
QUICK = HttpLimits(
    # Patient: on a busy machine a healthy answer is slow too. `World.hurry` is for a service that is silent.
    connect_seconds=10,
    read_seconds=20,
    answer_seconds=30,
    max_bytes=2**20,
    calls=1000,
    tries=2,
    total_seconds=60,
    wait_initial=0.01,
    wait_max=0.02,
    wait_jitter=0.01,
    wait_after_429=0.02,
    longest_retry_after=1,
)


def make_frame(catalogue: Catalogue) -> pd.DataFrame:
    """Rows of the series in the agreement's municipalities, two others, their region, county and country."""
    empty = load_snapshot("bundled").observations.iloc[:0]
    frame = fill_missing(empty, catalogue, YEARS)
    ours = {area.code for area in catalogue.areas.municipalities() if area.region == "MK13"}
    is_kept = frame["indicator_id"].isin(SERIES) & frame["area_code"].isin(
        {*ours, "091", "092", "MK13", "HVA15", "SSS"}
    )
    return frame[is_kept].reset_index(drop=True)


def make_base(catalogue: Catalogue, frame: pd.DataFrame, home: Path) -> None:
    """The snapshot at hand, fetched from the services as they were."""
    folder = home / "snapshots"
    series = {
        key: SeriesMetadata(
            key, "test", "thl", "u", {"fi": "Testi"}, (SeriesPart(2019, 2024, "2024"),), "2024"
        )
        for key in SERIES
    }
    write_snapshot(folder, frame, series, catalogue, CREATED, load_snapshot("bundled"))
    with serve(catalogue, frame, seed=0, updated=BEFORE) as (sotkanet, statfin), quick_limits():
        settings = Settings(home=str(home), sotkanet_url=sotkanet.url, statfin_url=statfin.url)
        report = fetch.fetch_snapshot(catalogue, settings, indicator_ids=SERIES)
    assert not report.problems, report.problems
    assert report.snapshot


@contextmanager
def serve(
    catalogue: Catalogue, frame: pd.DataFrame, seed: int = SEED, updated: str = NOW
) -> Iterator[tuple[SotkanetReplica, PxWebReplica]]:
    """Both services, updated and with every value shifted."""
    sotkanet, statfin = replicas = make_replicas(catalogue, frame, seed, max_calls=1000)
    sotkanet.updated = updated
    for table in statfin.tables.values():
        table.updated, table.written = f"{updated}T05:00:00Z", f"{updated}T08:00:00"
    with ExitStack() as stack:
        for replica in replicas:
            stack.enter_context(replica)
        yield sotkanet, statfin


@contextmanager
def quick_limits() -> Iterator[None]:
    """Short waits for both services."""
    kept = dict(fetch.LIMITS)
    fetch.LIMITS.update(sotkanet=QUICK, statfin=replace(QUICK, max_bytes=2**21))
    try:
        yield
    finally:
        fetch.LIMITS.update(kept)


@dataclass
class World:
    """What a test of a fetch has at hand."""

    catalogue: Catalogue
    frame: pd.DataFrame
    home: Path
    sotkanet: SotkanetReplica
    statfin: PxWebReplica
    before: Snapshot

    @property
    def folder(self) -> Path:
        """The folder of snapshots."""
        return self.home / "snapshots"

    def hurry(self, service: str) -> None:
        """Wait for one service's answers only shortly: until the fixture ends."""
        fetch.LIMITS[service] = replace(fetch.LIMITS[service], read_seconds=1.5)

    def environ(self) -> dict[str, str]:
        """The settings that lead to this world."""
        return {
            "YHDYSPINTA_HOME": str(self.home),
            "YHDYSPINTA_SOTKANET_URL": self.sotkanet.url,
            "YHDYSPINTA_STATFIN_URL": self.statfin.url,
            "COLUMNS": "300",
        }

    def run(self, *arguments: object) -> Any:
        """Run the command; without arguments, fetch all series of this world."""
        # Before click 8.2 the two streams were mixed unless told otherwise.
        is_mixing = "mix_stderr" in inspect.signature(CliRunner).parameters
        runner = CliRunner(**({"mix_stderr": False} if is_mixing else {}), env=self.environ())
        result = runner.invoke(main, [str(item) for item in arguments] or self.arguments())
        assert "Traceback" not in result.stderr
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def arguments(self, *series: str) -> list[str]:
        """The command that fetches some series, all of this world by default."""
        return ["fetch", *(word for key in series or SERIES for word in ("--indicator", key))]

    def load(self) -> Snapshot:
        """The newest snapshot."""
        return load_snapshot("latest", self.folder)

    def served(self, indicator_id: str, area: str = "931", year: int = 2023) -> float:
        """The value that Sotkanet serves now."""
        return get_value(self.sotkanet.observations, indicator_id, area, year)

    def is_before_untouched(self, digest: str) -> bool:
        """Whether the snapshot at hand is byte for byte as it was, and can be loaded."""
        return digest == compute_digest(self.before.path) and load_snapshot(str(self.before.path)).sha256 == (
            self.before.sha256
        )


def get_value(rows: pd.DataFrame, indicator_id: str, area: str = "931", year: int = 2023) -> float:
    """One value of an observation table."""
    is_it = (rows["indicator_id"] == indicator_id) & (rows["area_code"] == area) & (rows["year"] == year)
    return float(rows.loc[is_it, "value"].iloc[0])


def compute_digest(folder: Path) -> str:
    """Hash of every file of a folder, with its name."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
