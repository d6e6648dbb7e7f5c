"""Kills a fetch at every point where it writes, syncs or renames: ``python -m replica.kill HOME WORK``.

One process imports everything once; each attempt is a fork of it with a copy of the home of its own, which
is killed at the attempt's point. What is left lies in ``WORK/000``, ``WORK/001``, ... for the test to see;
the points are printed as JSON.
"""

import dataclasses
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from indicators.catalogue import load_catalogue
from indicators.catalogue.catalogue import Catalogue
from indicators.config import Settings
from indicators.fetch.fetch import FetchReport, fetch_snapshot
from indicators.snapshot.load import Snapshot, load_snapshot
from indicators.sources.series import SeriesResult

#: Where the process can be struck: the call's owner, its name, and how it is told.
POINTS: tuple[tuple[Any, str], ...] = (
    (pq, "write_table"),
    (Path, "write_text"),
    (os, "fsync"),
    (os, "replace"),
    (Path, "rename"),
)
INDICATOR = "sotkanet:181"


class RaisedSource:
    """TEST DATA: the figures at hand, each larger by a step."""

    name, session = "sotkanet", None

    def __init__(self, before: Snapshot, step: float) -> None:
        self.before, self.step = before, step

    def fetch(self, *_: object) -> Any:
        """The one series."""
        rows = self.before.rows(INDICATOR)
        rows = rows.astype({name: str for name in rows if str(rows[name].dtype) == "category"})
        metadata = dataclasses.replace(self.before.series[INDICATOR], updated=f"2026-11-0{2 * self.step:.0f}")
        yield SeriesResult(INDICATOR, "new", rows.assign(value=rows["value"] + self.step), metadata)


def fetch_raised(home: Path, catalogue: Catalogue, step: float = 0.5) -> FetchReport:
    """Fetch the one series with larger figures."""
    before = load_snapshot("latest", home / "snapshots")
    return fetch_snapshot(
        catalogue,
        Settings(home=str(home)),
        indicator_ids=[INDICATOR],
        opener=lambda *_: RaisedSource(before, step),
    )


class Striker:
    """Ends the process at one of the points: just before the call, or half way through or after it."""

    def __init__(self, target: int) -> None:
        self.target, self.passed = target, 0

    def arm(self) -> None:
        """Put itself around every call that counts."""
        for owner, name in POINTS:
            setattr(owner, name, self._wrap(name, getattr(owner, name)))

    def _wrap(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def struck(*arguments: Any, **more: Any) -> Any:
            self._pass(f"before {name} of {_name(arguments)}")
            result = call(*arguments, **more)
            if name.startswith("write"):
                self._halve(arguments)
            self._pass(f"after {name} of {_name(arguments)}")
            return result

        return struck

    def _halve(self, arguments: tuple[Any, ...]) -> None:
        """Strike in the middle of a write: half of the file is there."""
        if self.passed == self.target:
            path = next(item for item in arguments if isinstance(item, Path))
            os.truncate(path, path.stat().st_size // 2)
        self._pass(f"half way through {_name(arguments)}")

    def _pass(self, point: str) -> None:
        if self.passed == self.target:
            sys.stdout.write(json.dumps(point) + "\n")
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


def _name(arguments: tuple[Any, ...]) -> str:
    return next((item.name for item in arguments if isinstance(item, Path)), "a descriptor")


def main() -> None:
    """Attempt after attempt, until one comes through."""
    home, work = Path(sys.argv[1]), Path(sys.argv[2])
    catalogue = load_catalogue()
    for target in range(200):
        copy = shutil.copytree(home, work / f"{target:03}")
        child = os.fork()
        if child == 0:
            Striker(target).arm()
            fetch_raised(copy, catalogue)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return
    raise SystemExit("no attempt came through")


if __name__ == "__main__":
    main()
