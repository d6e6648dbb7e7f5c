"""A scheduled run: fetch, make the reports, publish the newest whole edition, sum up.

Each step is a command of its own process, whose JSON and messages are kept. docs/operations.md tells what a
run promises.
"""

import datetime as dt
import json
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from indicators import folders
from indicators.batch.interruption import Stopped, stoppable
from indicators.config import Settings
from indicators.edition.store import find_edition, find_shown, is_older, read_manifest
from indicators.edition.webfolder import publish_copy
from indicators.errors import IndicatorsError, OutputError, ParameterError, SnapshotError
from indicators.snapshot.store import find_snapshot, open_snapshot

#: What a step runs; without the working folder on its path, where a file may have the name of a module.
_COMMAND: Final = (sys.executable, "-P", "-m", "indicators")
_LAST: Final = "last.json"
#: Codes after which the next step is taken.
_AFTER_FETCH: Final = (0, 1, 3)
_AFTER_REPORT: Final = (0, 1)

Tell = Callable[[str], None]  # called with each message of a run


@dataclass
class Summary:
    """What a run did; the exit codes of its steps are "-" where they were not reached."""

    started: str
    finished: str = ""
    exit_code: int = 0
    fetch: str = "-"
    snapshot: str = ""
    previous: str = ""
    report: str = "-"
    edition: str = ""
    published: str = ""


def run_scheduled(settings: Settings, tell: Tell, pinned: str = "") -> tuple[Summary, Path]:
    """Make one run, or publish a kept edition again.

    Returns
    -------
    tuple
        What it did, and the folder of its details. Its exit code is in the summary.

    Raises
    ------
    LockError
        Another run is under way.
    ParameterError
        The folder of editions is not set, or a setting cannot be read.
    OutputError
        The folder of editions cannot be written.
    """
    reports, keep_days = find_reports(settings), _read_days(settings.keep_runs_days)
    options, runs = _read_options(settings.report_options), reports / "runs"
    with ExitStack() as stack:
        with folders.telling(runs):
            stack.enter_context(folders.hold(runs, "another run is under way;", "wait until it has ended."))
            run = _Run(settings, reports, options, _make_folder(runs), tell)
        with stoppable():
            run.make(pinned)
        _drop_old(runs, keep_days)
    return run.summary, run.folder


def read_last(settings: Settings) -> Summary | None:
    """What the newest run did; None where there was none. An OutputError where that cannot be read."""
    path = find_reports(settings) / "runs" / _LAST
    try:
        last = Summary(**json.loads(path.read_text("utf-8")))
        dt.datetime.fromisoformat(last.finished)
        return last
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise OutputError(path, f"cannot be read: {error};", "the next run writes it anew.") from error


def find_reports(settings: Settings) -> Path:
    """The folder of editions of scheduled runs; a ParameterError where it is not set."""
    if not settings.reports:
        expected = "the folder of editions; or 'reports' in yhdyspinta.toml, here or in a folder above"
        raise ParameterError("YHDYSPINTA_REPORTS", "", expected)
    return Path(settings.reports)


def _read_options(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ParameterError("YHDYSPINTA_REPORT_OPTIONS", text, f"a command line ({error})") from error


def _read_days(text: str) -> float:
    if not text.isdecimal():
        raise ParameterError("YHDYSPINTA_KEEP_RUNS_DAYS", text, "a number of days")
    return float(text)


def _make_folder(runs: Path) -> Path:
    """A new folder of the time; runs within one second wait for each other."""
    while True:
        folder = runs / dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            time.sleep(0.2)


def _drop_old(runs: Path, days: float) -> None:
    for folder in runs.iterdir():
        if folder.is_dir() and folder.stat().st_mtime < time.time() - days * 86400:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Run:
    settings: Settings
    reports: Path
    options: Sequence[str]
    folder: Path
    tell: Tell
    summary: Summary = field(default_factory=lambda: Summary(_get_now()))

    def make(self, pinned: str) -> None:
        """Take the steps and write the summary, however they end."""
        code = 1
        try:
            code = self._publish_again(pinned) if pinned else self._take_steps()
        except Stopped as stop:
            code = stop.exit_code
        except IndicatorsError as error:
            code = 4 if isinstance(error, OutputError | SnapshotError) else 2
            self.tell(str(error))
        finally:
            self._sum_up(code)

    def _take_steps(self) -> int:
        code = self._step("fetch.json", "fetch", "--json")
        self.summary.fetch = str(code)
        if code not in _AFTER_FETCH:
            return code
        found = self._read("fetch.json")
        self.summary.snapshot = found.get("snapshot") or ""
        self.summary.previous = found.get("previous", "")
        made = self._step("report.json", "report", "--json", "--out", str(self.reports), *self.options)
        self.summary.report = str(made)
        if made not in _AFTER_REPORT:
            return made
        edition = self._read("report.json")
        self.summary.edition = edition.get("folder", "")
        if self.settings.publish and edition:
            self._refuse_older(edition)
            # Only a whole edition is published: a reader meets the earlier one or the new one.
            if edition["is_latest"]:
                self._publish(self.reports / edition["folder"])
        return made or code

    def _refuse_older(self, edition: dict[str, Any]) -> None:
        """Readers never go back to older figures, unless a snapshot is asked for by name."""
        web, stored = Path(self.settings.publish), self.settings.snapshots_folder
        shown = find_shown(web)
        if shown is None or any(item.startswith("--snapshot") for item in self.options):
            return
        own = edition["snapshot"]["id"]
        if is_older(open_snapshot(find_snapshot(own, stored)), shown, stored):
            newer = shown["snapshot"]["id"]
            raise OutputError(web / "latest", f"shows figures of {newer}, newer than {own};", "it stays.")

    def _publish_again(self, pinned: str) -> int:
        edition = find_edition(pinned, self.reports)
        manifest = read_manifest(edition)
        if not self.settings.publish:
            raise ParameterError("YHDYSPINTA_PUBLISH", "", "the web folder into which the edition is to go")
        if manifest.get("demo") or not all(item["file"] for item in manifest["reports"]):
            raise ParameterError("--pin", pinned, "a whole edition: none of a demonstration or with failures")
        self.summary.edition = manifest["folder"]
        self._publish(edition)
        return 0

    def _publish(self, edition: Path) -> None:
        self.summary.published = str(publish_copy(edition, Path(self.settings.publish)))

    def _step(self, name: str, *arguments: str) -> int:
        """Run one command with its output kept; its messages are told here too."""
        with (self.folder / name).open("wb") as out, (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen([*_COMMAND, *arguments], stdout=out, stderr=subprocess.PIPE)
            copying = threading.Thread(target=self._copy_lines, args=(process.stderr, log), daemon=True)
            copying.start()
            try:
                code = process.wait()
            except Stopped:
                process.terminate()  # it cleans up by itself
                process.wait()
                raise
            finally:
                copying.join(timeout=3)  # a process left behind may hold the pipe
        return code if code >= 0 else 128 - code  # ended by a signal; as in shells

    def _copy_lines(self, source: IO[bytes], log: IO[bytes]) -> None:
        for line in source:
            log.write(line)
            log.flush()
            self.tell(line.decode("utf-8", "replace").rstrip())

    def _read(self, name: str) -> dict[str, Any]:
        """What a step printed; nothing where it ended before that."""
        try:
            return json.loads((self.folder / name).read_text("utf-8"))
        except ValueError:
            return {}

    def _sum_up(self, code: int) -> None:
        self.summary.finished, self.summary.exit_code = _get_now(), code
        text = json.dumps(asdict(self.summary), ensure_ascii=False) + "\n"
        (self.folder / "summary.json").write_text(text, "utf-8")
        with folders.replacing(self.folder.parent / _LAST) as work:
            work.write_text(text, "utf-8")


def _get_now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
