"""Kills a run's processes outright at moments spread over it, and looks what that leaves behind.

``python -m tests.yardsticks.kills [MOMENTS]`` kills the command, the warm server, a worker and a notebook's
process, each in as many runs as there are moments, and prints JSON. Nothing may be left running, the earlier
edition must be as it was, and the next run must succeed; after all runs of a kind it makes all anew.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

AREAS: Final = ("435", "931")
#: By this variable the processes of a run are known, whoever is their parent.
_MARK: Final = "YARDSTICK_RUN"
#: Seconds within which all of a run must be gone, on a machine that does other things too.
_PATIENCE: Final = 30
#: Characters of a traceback that are shown.
_TOLD: Final = 3000


def measure_kills(moments: int = 20) -> dict[str, Any]:
    """What was hit and what came of it, by the process that was killed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run(folder)
        lives = _time_lives(folder)
        before = _hash_edition(folder)
        found: dict[str, Any] = {}
        for target, find in TARGETS.items():
            tries = [_kill_once(folder, find, lives[target] * (at + 0.5) / moments) for at in range(moments)]
            _run(folder, "--fresh")
            found[target] = {
                "seconds_of_life": round(lives[target], 2),
                "killed": sum(item["was_hit"] for item in tries),
                "runs_that_left_processes": sum(bool(item["left"]) for item in tries),
                "exit_codes": sorted({item["code"] for item in tries}),
                "tracebacks": [item["traceback"] for item in tries if item["traceback"]],
            }
        found["edition_is_intact"] = _hash_edition(folder) == before
        found["unfinished_after_the_next_run"] = len(list(folder.glob(".unfinished-*")))
        return found


def _run(folder: Path, *more: str) -> None:
    subprocess.run(_command(folder, *more), check=True, capture_output=True)


def _command(folder: Path, *more: str) -> list[str]:
    what = ["report", *AREAS, "--snapshot", "bundled", "--json", "--out", str(folder)]
    return [sys.executable, "-m", "indicators", *what, *more]


def _start(folder: Path, mark: str = "") -> subprocess.Popen[bytes]:
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(_command(folder, "--fresh"), env=os.environ | {_MARK: mark}, **pipes)


def _time_lives(folder: Path) -> dict[str, float]:
    """Seconds from the first to the last moment at which a run had such a process."""
    seen: dict[str, list[float]] = {target: [] for target in TARGETS}
    process = _start(folder)
    while process.poll() is None:
        for target, find in TARGETS.items():
            seen[target] += [time.monotonic()] if find(process.pid) else []
        time.sleep(0.01)
    process.communicate()
    return {target: times[-1] - times[0] if times else 0.0 for target, times in seen.items()}


def _kill_once(folder: Path, find: Callable[[int], list[int]], after: float) -> dict[str, Any]:
    """One run whose process is killed some seconds after it was first seen, and a run after that."""
    mark = str(time.monotonic_ns())
    process = _start(folder, mark)
    while process.poll() is None and not find(process.pid):
        time.sleep(0.01)
    time.sleep(after)
    was_hit = False
    while process.poll() is None and not was_hit:  # where there is none just now, the next one is hit
        for pid in find(process.pid)[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                was_hit = True
        time.sleep(0.01)
    _, told = process.communicate()
    end = time.monotonic() + _PATIENCE
    while (left := list(_list_marked(mark))) and time.monotonic() < end:
        time.sleep(0.05)
    for item in left:
        with suppress(psutil.Error):
            item.kill()
    _run(folder)
    traceback = told.decode()[-_TOLD:] if b"Traceback" in told else ""
    return {"was_hit": was_hit, "left": left, "code": process.returncode, "traceback": traceback}


def _list_marked(mark: str) -> Iterator[psutil.Process]:
    for item in psutil.process_iter():
        with suppress(psutil.Error):
            if item.environ().get(_MARK) == mark and item.status() != psutil.STATUS_ZOMBIE:
                yield item


def _hash_edition(folder: Path) -> dict[str, str]:
    """Hashes of the published pages."""
    files = sorted(path for path in folder.glob("*/kunta/*") if not path.parent.parent.is_symlink())
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# --- who is who in a run ------------------------------------------------------------------------------


def _list_below(pid: int, level: int) -> list[int]:
    """Processes so many steps below the server: its workers, and their notebooks' processes."""
    found = _find_server(pid)
    for _ in range(level):
        found = [child for parent in found for child in _list_children(parent)]
    return found


def _find_server(pid: int) -> list[int]:
    with suppress(psutil.Error):
        return [
            child.pid
            for child in psutil.Process(pid).children()
            if any("forkserver" in word for word in child.cmdline())
        ]
    return []


def _list_children(pid: int) -> list[int]:
    with suppress(psutil.Error):
        return [child.pid for child in psutil.Process(pid).children()]
    return []


TARGETS: Final[dict[str, Callable[[int], list[int]]]] = {
    "command": lambda pid: [pid],
    "server": _find_server,
    "worker": lambda pid: _list_below(pid, 1),
    "notebook": lambda pid: _list_below(pid, 2),
}

if __name__ == "__main__":
    json.dump(measure_kills(*map(int, sys.argv[1:2])), sys.stdout, indent=1)
    sys.stdout.write("\n")
