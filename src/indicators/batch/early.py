"""Starts the warm server before the command loads what it plans with; so it loads next to nothing itself."""

from pathlib import Path
from typing import Final

from indicators.batch.supervisor import warm_up
from indicators.config import Settings
from indicators.edition import store as editions
from indicators.snapshot.store import BUNDLED_FOLDER, find_snapshot

#: What ``--dask`` calls a cluster of this machine; any other is an address.
LOCAL: Final = "local"


def warm_early(snapshot: str, folder: Path, makes_all: bool, dask: str, settings: Settings) -> None:
    """Start the warm server before anything is planned, where the run will surely need it.

    That is where all is made anew, and on this machine. Loading it takes as long as making five reports, on a
    core that is idle until then.
    """
    has_earlier = not makes_all and any(folder.glob(f"*/{editions.MANIFEST}"))
    if not has_earlier and dask in ("", LOCAL):
        warm_up(find_reference(snapshot, settings)[0])


def find_reference(snapshot: str, settings: Settings) -> tuple[str, Path]:
    """How processes are told the snapshot, and where it lies."""
    path = find_snapshot(snapshot, settings.snapshots_folder)
    return "bundled" if path == BUNDLED_FOLDER else str(path.resolve()), path
