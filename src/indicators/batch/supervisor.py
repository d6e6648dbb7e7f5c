"""Runs calls in processes, each in its own, with deadlines kept from outside.

Processes are forked by multiprocessing's forkserver from a warm server (`indicators.batch.warm`); where there
is none they are spawned. Each has a pipe of its own, so that one that dies while it tells its result harms no
other, and a process group of its own, which is killed whole when the call is over, late or dead.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, Literal

import psutil

from indicators.batch.limits import Limits
from indicators.batch.processes import TELL_WHERE, end_descendants, end_tree, enter
from indicators.batch.variables import OWNER_VARIABLE, SNAPSHOT_VARIABLE

#: One thread each: a process with threads cannot be forked safely, and the reports share the cores anyway.
#: Read when numpy and Arrow are loaded, so they must be there before.
_SINGLE_THREADED: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "agg",
}
_LOG_LENGTH: Final = 20_000
#: Seconds in which a process writes where it is before it is killed.
_LAST_WORDS: Final = 0.1

#: One warm server serves the whole process; its children that are ours to run, by pid.
_starting = threading.RLock()
_running: set[int] = set()
_warmed: dict[str, Any] = {"snapshot": None, "pid": None}


@dataclass(frozen=True)
class Outcome:
    """How a call ended: what the function returned, or a failure, ``late`` or ``died``.

    The log is the end of what the process printed, tracebacks among it; empty where the function returned.
    The exit code is negative where a signal ended the process.
    """

    key: Any
    value: Any = None
    failure: Literal["", "late", "died"] = ""
    exit_code: int | None = None
    seconds: float = 0.0
    log: str = field(default="", repr=False)


@dataclass
class _Call:
    key: Any
    process: BaseProcess
    connection: Connection
    log: Path
    started: float
    deadline: float


class Supervisor:
    """Starts calls and gives their outcomes; on leaving, whatever still runs is killed.

    The warm server has the snapshot loaded; processes keep their logs in the folder.
    """

    def __init__(self, snapshot: str, folder: Path, limits: Limits) -> None:
        self.snapshot, self.folder, self.limits = snapshot, folder, limits
        self.calls: list[_Call] = []
        self._told: list[_Call] = []  # their values are here, their processes are going
        self._count = 0

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *problem: object) -> None:
        for call in [*self.calls, *self._told]:
            self._end(call)
        self.calls.clear()
        self._told.clear()

    def start(
        self, key: object, function: Callable[..., Any], *arguments: object, limits: Limits | None = None
    ) -> int:
        """Start a call in a process of its own, with other limits if told; its process id."""
        limits = limits or self.limits
        self._count += 1
        log = self.folder / f"{self._count}.log"
        reading, writing = multiprocessing.Pipe(duplex=False)
        with _starting, _environment(self.snapshot), _without_main():
            context = _context(self.snapshot)
            process = context.Process(
                target=enter, args=(function, arguments, writing, str(log), limits), daemon=False
            )
            process.start()
            _running.add(process.pid)
            _remember_server(context, process.pid)
        writing.close()
        now = time.monotonic()
        self.calls.append(_Call(key, process, reading, log, now, now + limits.deadline))
        return process.pid

    def wait(self) -> list[Outcome]:
        """Wait until at least one call has ended or is late; the outcomes of all that have.

        What has told its value is ended here, the next time: letting go of its memory takes as long as a
        fiftieth of a report, and the caller may have started another in its place.
        """
        while self._told:
            self._end_told(self._told.pop())
        last = min(call.deadline for call in self.calls)
        watched = [item for call in self.calls for item in (call.connection, call.process.sentinel)]
        ready = set(wait(watched, timeout=max(0.0, last - time.monotonic())))
        outcomes = []
        for call in list(self.calls):
            if call.connection in ready or call.process.sentinel in ready:
                outcomes.append(self._receive(call))
            elif time.monotonic() >= call.deadline:
                outcomes.append(self._stop(call))
        return outcomes

    def _receive(self, call: _Call) -> Outcome:
        """What the call sent before it ended, if it did."""
        self.calls.remove(call)
        seconds = time.monotonic() - call.started
        if not call.process.is_alive():  # whoever else holds the pipe must not keep us waiting
            self._end(call, is_closing=False)
        try:
            value = call.connection.recv()
        except (EOFError, OSError):
            call.process.join(timeout=5)
            self._end(call)
            code, log = call.process.exitcode, _read_end(call.log)
            return Outcome(call.key, failure="died", exit_code=code, seconds=seconds, log=log)
        self._told.append(call)
        return Outcome(call.key, value, seconds=seconds)

    def _end_told(self, call: _Call) -> None:
        call.process.join(timeout=5)
        self._end(call)
        call.log.unlink(missing_ok=True)

    def _stop(self, call: _Call) -> Outcome:
        """Kill a call that is late; its log then tells where it was."""
        self.calls.remove(call)
        if TELL_WHERE is not None:
            with suppress(OSError):
                os.kill(call.process.pid, TELL_WHERE)
                time.sleep(_LAST_WORDS)
        self._end(call)
        seconds = time.monotonic() - call.started
        return Outcome(call.key, failure="late", seconds=seconds, log=_read_end(call.log))

    def _end(self, call: _Call, is_closing: bool = True) -> None:
        """Kill the call's processes, those that left its group too."""
        pid = call.process.pid
        was_clean = call.process.exitcode == 0
        end_tree(pid, call.process.is_alive())
        call.process.join()
        with _starting:
            _running.discard(pid)
            if not was_clean and _warmed["pid"]:
                end_descendants(_warmed["pid"], spared=frozenset(_running))
        if is_closing:
            call.connection.close()


def end_running() -> None:
    """Kill every call of this process, whichever thread waits for it."""
    with _starting:
        for pid in list(_running):
            end_tree(pid, is_alive=True)


def limit_threads() -> None:
    """Give this process's libraries one thread each too; to be called before they are loaded.

    For the command: it computes nothing itself, and threads and pools that it never uses cost it 30 MB.
    """
    for name, value in _SINGLE_THREADED.items():
        os.environ.setdefault(name, value)


def warm_up(snapshot: str) -> None:
    """Start the warm server, where there is one, so that it loads while the caller does something else."""
    with _starting, _environment(snapshot):
        if _context(snapshot).get_start_method() == "forkserver":
            multiprocessing.forkserver.ensure_running()


def _context(snapshot: str) -> multiprocessing.context.BaseContext:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    if _warmed["snapshot"] != snapshot and not _running:
        _end_server()
        _warmed["snapshot"] = snapshot
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["indicators.batch.warm"])
    return context


def _end_server() -> None:
    """End a server that has another snapshot loaded; multiprocessing starts a new one when it is needed."""
    pid, _warmed["pid"] = _warmed["pid"], None
    if pid is None:
        return
    with suppress(OSError):
        os.kill(pid, signal.SIGTERM)
        # Seen, not taken: multiprocessing waits for it itself.
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def _remember_server(context: multiprocessing.context.BaseContext, child: int) -> None:
    if context.get_start_method() == "forkserver":
        with suppress(psutil.Error):
            _warmed["pid"] = psutil.Process(child).ppid()


@contextmanager
def _environment(snapshot: str) -> Iterator[None]:
    """What a server or a spawned process finds in its environment; ours is as before afterwards."""
    wanted = {key: os.environ.get(key, value) for key, value in _SINGLE_THREADED.items()}
    wanted |= {SNAPSHOT_VARIABLE: snapshot, OWNER_VARIABLE: str(os.getpid())}
    before = {key: os.environ.get(key) for key in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep the started process from running the caller's script, which may have no guard against that.

    multiprocessing would import it anew, for functions of its own; ours are the package's.
    """
    main = sys.modules["__main__"]
    kept = {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)}
    main.__spec__ = None
    vars(main).pop("__file__", None)
    try:
        yield
    finally:
        vars(main).update(kept)


def _read_end(path: Path) -> str:
    """The end of a log; the log is removed."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LOG_LENGTH))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        path.unlink(missing_ok=True)
