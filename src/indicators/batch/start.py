"""Starts the warm server, the first thing that a command does: what it imports itself can wait until then."""

import multiprocessing
import multiprocessing.forkserver
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from indicators.batch import warm
from indicators.config import Settings
from indicators.edition.store import MANIFEST
from indicators.snapshot.store import BUNDLED_FOLDER, find_snapshot

#: What ``--dask`` calls a cluster of this machine; any other is an address.
LOCAL: Final = "local"
#: The path of a socket has at most 107 bytes on Linux and 103 on macOS, 32 of them below the folder.
_LONGEST_FOLDER: Final = 70


def warm_up(snapshot: str) -> None:
    """Start the warm server, where there is one, so that it loads while the caller does something else."""
    if sys.platform == "linux":
        multiprocessing.set_forkserver_preload(["indicators.batch.warm"])
        with _prepared(snapshot):
            multiprocessing.forkserver.ensure_running()


@contextmanager
def _prepared(snapshot: str) -> Iterator[None]:
    """What the server finds in its environment when it starts; ours is as before afterwards.

    A safe path: the modules of the user's working folder, whatever their names, are no concern of the server.
    """
    main = sys.modules["__main__"]
    told = warm.tell(snapshot, getattr(main, "__file__", None) or "")
    wanted, kept = {warm.VARIABLE: told, "PYTHONSAFEPATH": "1"}, dict(os.environ)
    temporary = tempfile.tempdir
    if len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER:
        tempfile.tempdir = "/tmp"
    os.environ.update(wanted)
    try:
        yield
    finally:
        tempfile.tempdir = temporary
        for name in wanted:
            os.environ.pop(name)
            if name in kept:
                os.environ[name] = kept[name]


def warm_early(snapshot: str, folder: Path, makes_all: bool, dask: str, settings: Settings) -> None:
    """Start the warm server before anything is planned, where the run will surely need it.

    That is where all is made anew, and on this machine. Loading it takes as long as making five reports, on a
    core that is idle until then.
    """
    has_earlier = not makes_all and any(folder.glob(f"*/{MANIFEST}"))
    if not has_earlier and dask in ("", LOCAL):
        warm_up(find_reference(snapshot, settings)[0])


def find_reference(snapshot: str, settings: Settings) -> tuple[str, Path]:
    """How processes are told the snapshot, and where it lies."""
    path = find_snapshot(snapshot, settings.snapshots_folder)
    return "bundled" if path == BUNDLED_FOLDER else str(path.resolve()), path
