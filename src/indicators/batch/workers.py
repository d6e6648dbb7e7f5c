"""The workers of a run: pebble's processes, which start the notebooks, render what they show and check it.

A worker never runs a notebook itself: each has a process of its own below it (`indicators.batch.apart`), so
that what checks a report has never been in the notebook's reach. Workers are forked from a warm server
(`indicators.batch.warm`) where forking is safe, else spawned. This module is small to import.
"""

import multiprocessing
import os
import sys
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from indicators.batch.limits import USUAL_LIMITS, Limits, describe_exit, describe_late
from indicators.batch.start import warm_up
from indicators.batch.warm import begin_worker
from indicators.edition.records import EngineName, Event, Job, JobResult, Listener, ignore
from indicators.errors import ReportError
from indicators.folders import UNFINISHED

if TYPE_CHECKING:
    from pebble import ProcessPool

#: What died is tried once more; an error in a notebook would only come again.
_ATTEMPTS: Final = 2
#: Seconds beyond the deadline, at which a notebook is told to end, until it is killed with its worker.
_GRACE: Final = 5.0


def default_engine() -> EngineName:
    """``fork`` where forking is safe, else ``kernel``."""
    return "fork" if sys.platform == "linux" else "kernel"


def count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class WorkersGoneError(Exception):
    """The workers of a run have been sent away, for it is over."""


class Workers:
    """At most ``n`` workers that have a snapshot loaded; on leaving, whatever still runs is killed.

    They are started when they are first needed. What notebooks leave lies in a folder inside ``folder``; the
    next run clears it where this one is killed. ``home`` is the working folder of jobs that were sent here.
    """

    def __init__(
        self,
        snapshot: str,
        n: int,
        limits: Limits = USUAL_LIMITS,
        folder: Path | None = None,
        home: str = "",
    ) -> None:
        self.n, self.limits = n, limits
        self._given, self._folder = (snapshot, home), folder
        self._pool: ProcessPool | None = None
        self._pending: set[Future[Any]] = set()
        self._is_closed, self._lock = False, threading.RLock()
        self._open = ExitStack()

    def __enter__(self) -> "Workers":
        place = tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=self._folder, ignore_cleanup_errors=True)
        self.place = Path(self._open.enter_context(place))
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()
        self._open.close()

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for them."""
        return not self._pending

    def close(self) -> None:
        """Kill what runs, and start nothing any more."""
        self._is_closed = True
        self._stop(WorkersGoneError())

    def schedule(self, function: Callable[..., Any], *arguments: object, deadline: float) -> Future[Any]:
        """Have a worker call a function; a late one is killed."""
        with self._lock:
            if self._is_closed:
                raise WorkersGoneError
            if self._pool is not None and not self._pool.active:  # all its workers died at once
                self._stop(BrokenProcessPool())
            if self._pool is None:
                self._pool = self._open_pool()
            try:
                future: Future[Any] = self._pool.schedule(function, arguments, timeout=deadline)
            except RuntimeError as problem:  # the server died: now, as they were to start, or just before
                broken = BrokenProcessPool(*problem.args)
                self._stop(broken)
                future = Future()
                future.set_exception(broken)
                return future
            self._pending.add(future)
            future.add_done_callback(self._pending.discard)
            return future

    def _open_pool(self) -> "ProcessPool":
        import pebble  # nobody else needs what it imports, and an unchanged run has no workers

        warm_up(self._given[0])
        context: Any = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
        pebble.CONSTS.sleep_unit = 0.02
        return pebble.ProcessPool(self.n, 0, begin_worker, self._given, context)

    def _stop(self, why: Exception) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None
        for future in list(self._pending):  # whoever waits for one must not wait for good
            future.set_exception(why)


class Errand:
    """A call in a worker, among the reports; ``what`` it makes is told where it fails."""

    def __init__(self, what: str, workers: Workers, function: Callable[..., Any], *arguments: object) -> None:
        self.what = what
        self._start = partial(workers.schedule, function, *arguments, deadline=USUAL_LIMITS.deadline)
        self._future = self._start()

    def value(self) -> Any:
        """What the call returned; it is made once more where its process died. Else a ReportError."""
        if _has_died(self._future.exception()):
            self._future = self._start()
        problem = self._future.exception()
        if problem is None:
            return self._future.result()
        told = describe(problem, USUAL_LIMITS)
        raise ReportError("(all)", self.what, f"{told}\n{''.join(traceback.format_exception(problem))}")


def run_jobs(
    jobs: Sequence[Job], workers: Workers, listen: Listener = ignore
) -> Generator[JobResult, None, None]:
    """Run jobs, as many at a time as there are workers; results come as they are done.

    A job that hangs past its deadline, or whose process dies, costs its own report only.
    """
    waiting = deque((job, 1) for job in jobs)
    running: dict[Future[JobResult], tuple[Job, int]] = {}
    ready: list[JobResult] = []
    while waiting or running or ready:
        while waiting and len(running) < workers.n:
            job, attempt = waiting.popleft()
            running[_start(workers, job, attempt)] = job, attempt
            listen(Event("report_started", job.task, {"attempt": attempt}))
        yield from ready  # only now, so that no worker is idle while the caller writes them
        ready = []
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            job, attempt = running.pop(future)
            result = _result(future, job, workers)
            if result.has_died and attempt < _ATTEMPTS:
                waiting.appendleft((job, attempt + 1))
                listen(Event("report_retried", job.task, {"error": result.error}))
            else:
                more = ", as at the first attempt" if result.has_died else ""
                ready.append(replace(result, error=result.error + more))


def _start(workers: Workers, job: Job, attempt: int) -> Future[JobResult]:
    # A notebook whose process has died is kept cell by cell the next time, which is slow.
    given = (job, workers.limits, str(workers.place), attempt > 1)
    return workers.schedule(_make_report_later, *given, deadline=workers.limits.deadline + _GRACE)


def _make_report_later(job: Job, limits: Limits, place: str, is_careful: bool) -> JobResult:
    """Make a report; what that needs is loaded only where it is made."""
    from indicators.batch.job import make_report

    return make_report(job, limits, Path(place), is_careful)


def _result(future: Future[JobResult], job: Job, workers: Workers) -> JobResult:
    problem = future.exception()
    if problem is None:
        return future.result()
    has_died = _has_died(problem)
    details = "" if has_died else "".join(traceback.format_exception(problem))
    return JobResult(job.task, error=describe(problem, workers.limits), details=details, has_died=has_died)


def _has_died(problem: BaseException | None) -> bool:
    from pebble import ProcessExpired

    return isinstance(problem, ProcessExpired | BrokenProcessPool)


def describe(problem: BaseException, limits: Limits) -> str:
    """Why a call has no value."""
    from pebble import ProcessExpired

    if isinstance(problem, BrokenProcessPool):
        return f"the processes that make reports cannot work: {problem}"
    if isinstance(problem, ProcessExpired):
        return describe_exit(problem.exitcode)
    if isinstance(problem, TimeoutError):
        return describe_late(limits)
    return f"{type(problem).__name__}: {problem}"
