"""Runs jobs on this machine, each in a process of its own: late ones are killed, dead ones tried again."""

import os
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from indicators.batch.limits import USUAL_LIMITS, Limits
from indicators.batch.spool import read_spool
from indicators.batch.supervisor import Outcome, Supervisor
from indicators.edition.records import EngineName, Event, Job, JobResult, Listener, ignore
from indicators.errors import ReportError
from indicators.folders import UNFINISHED
from indicators.model import Language

#: A process that died is tried once more; an error in a notebook would only come again.
_ATTEMPTS: Final = 2


def default_engine() -> EngineName:
    """``fork`` where forking is safe, else ``kernel``."""
    return "fork" if sys.platform == "linux" else "kernel"


def count_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Errand:
    """One call in a warm process, made among the reports or by itself; the caller stays small.

    ``what`` it makes is told where it fails; the process keeps its log in ``folder``.
    """

    def __init__(
        self, what: str, snapshot: str, folder: Path, function: Callable[..., Any], *arguments: object
    ) -> None:
        self.what, self.snapshot, self.folder = what, snapshot, folder
        self.call = (function, snapshot, *arguments)
        self.outcome: Outcome | None = None

    def value(self) -> Any:
        """What the call returned; it is made now where it was not, or once more where its process died.

        A ReportError has the end of its log where it raised, died or was late.
        """
        outcome = self.outcome or self._make()
        if outcome.failure == "died":
            outcome = self._make()
        if outcome.failure:
            is_late = outcome.failure == "late"
            what = f"not ready in {USUAL_LIMITS.deadline:g} seconds" if is_late else _describe(outcome)
            raise ReportError("(all)", self.what, f"{what}\n{outcome.log}")
        return outcome.value

    def _make(self) -> Outcome:
        with _supervise(self.snapshot, self.folder, USUAL_LIMITS) as supervisor:
            supervisor.start(self, *self.call)
            (outcome,) = supervisor.wait()
        return outcome


@contextmanager
def _supervise(snapshot: str, folder: Path | None, limits: Limits) -> Iterator[Supervisor]:
    """A supervisor with a folder of its own, which the next run clears where this one is killed."""
    with (
        tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder, ignore_cleanup_errors=True) as name,
        Supervisor(snapshot, Path(name), limits) as supervisor,
    ):
        yield supervisor


def run_jobs(
    jobs: Sequence[Job],
    n_workers: int,
    limits: Limits = USUAL_LIMITS,
    listen: Listener = ignore,
    folder: Path | None = None,
    errands: Sequence[Errand] = (),
) -> Iterator[JobResult]:
    """Run jobs at most ``n_workers`` at a time; results come as they are done.

    A job that hangs past its deadline, or whose process dies, costs its own report only. Closing the iterator
    kills what still runs. Errands are made first, in the places of reports; how they ended is left in them.
    Logs and spools lie in ``folder``, a temporary one by default.
    """
    if not jobs:
        return
    with _supervise(jobs[0].snapshot, folder, limits) as supervisor:
        beforehand, waiting = deque(errands), deque((job, 1) for job in jobs)
        results: list[JobResult] = []
        while beforehand or waiting or supervisor.calls or results:
            while (beforehand or waiting) and len(supervisor.calls) < n_workers:
                if beforehand:
                    errand = beforehand.popleft()
                    supervisor.start(errand, *errand.call, limits=USUAL_LIMITS)
                else:
                    _start(supervisor, *waiting.popleft(), listen)
            yield from results  # only now, so that no place is empty while the caller writes them
            results = []
            for outcome in supervisor.wait() if supervisor.calls else ():
                if isinstance(outcome.key, Errand):
                    outcome.key.outcome = outcome
                    continue
                job, attempt, spool = outcome.key
                if outcome.failure == "died" and attempt < _ATTEMPTS:
                    waiting.appendleft((job, attempt + 1))
                    listen(Event("report_retried", job.task, {"error": _describe(outcome)}))
                else:
                    results.append(_result(outcome, limits))
                spool.unlink(missing_ok=True)


def _start(supervisor: Supervisor, job: Job, attempt: int, listen: Listener) -> None:
    spool = supervisor.folder / f"{job.task.kind}-{job.task.area}-{job.task.language}.{attempt}.ipynb"
    pid = supervisor.start((job, attempt, spool), run_job_later, job, spool)
    listen(Event("report_started", job.task, {"attempt": attempt, "pid": pid}))


def run_job_later(job: Job, spool: Path) -> JobResult:
    """Run a job; what that needs is loaded only where it runs."""
    from indicators.batch.job import run_job

    return run_job(job, spool)


def make_index_later(snapshot: str, manifest: dict[str, Any]) -> dict[str, bytes]:
    """The same for the index."""
    from indicators.batch.extras import make_index

    return make_index(snapshot, manifest)


def make_data_later(
    snapshot: str, reports: Sequence[tuple[str, str]], language: Language
) -> dict[str, bytes]:
    """The same for the data files."""
    from indicators.batch.extras import make_data_files

    return make_data_files(snapshot, reports, language)


def _result(outcome: Outcome, limits: Limits) -> JobResult:
    if not outcome.failure:
        return outcome.value
    job, attempt, spool = outcome.key
    notebook, cell = read_spool(spool)
    where = "" if cell is None else f" in cell {cell}"
    error = f"stopped: not ready in {limits.deadline:g} seconds{where}"
    if outcome.failure == "died":
        error = f"{_describe(outcome)}{where}" + (", as at the first attempt" if attempt > 1 else "")
    return JobResult(
        job.task, notebook=notebook, seconds=round(outcome.seconds, 3), error=error, details=outcome.log
    )


def _describe(outcome: Outcome) -> str:
    code = outcome.exit_code
    if code is not None and code < 0:
        return f"the process died of {_name_signal(-code)}"
    return f"the process ended with exit code {code} and no result"


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
