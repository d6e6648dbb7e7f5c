"""Runs jobs in processes, each report in its own, with a deadline enforced from outside.

Processes are forked from a warm server that has the libraries and the assessment loaded already
(multiprocessing's forkserver with `indicators.batch.warm` preloaded); where fork is not safe they are
spawned. Pebble keeps the deadlines.
"""

import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from typing import Final

from pebble import ProcessExpired, ProcessPool

from indicators.batch.job import EngineName, Job, JobResult, run_job
from indicators.batch.warm import SNAPSHOT_VARIABLE

DEADLINE_SECONDS: Final = 300.0
#: One thread each: a process with threads cannot be forked safely, and the reports share the cores anyway.
_SINGLE_THREADED: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MPLBACKEND": "agg",
}


def default_engine() -> EngineName:
    """``fork`` where forking is safe, else ``kernel``."""
    return "fork" if sys.platform == "linux" else "kernel"


def run_jobs(jobs: Sequence[Job], n_workers: int, deadline: float = DEADLINE_SECONDS) -> Iterator[JobResult]:
    """Run jobs at most ``n_workers`` at a time; results come as they are done.

    A job that hangs past its deadline, or whose process dies, costs its own report only.
    """
    if not jobs:
        return
    pool = ProcessPool(max_workers=n_workers, max_tasks=1, context=_context(jobs[0]))
    try:
        pending = {pool.schedule(run_job, args=(job,), timeout=deadline): job for job in jobs}
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield _result(future, pending.pop(future), deadline)
        pool.close()
    finally:
        pool.stop()
        pool.join()


def _context(job: Job) -> multiprocessing.context.BaseContext:
    os.environ.update({key: os.environ.get(key, value) for key, value in _SINGLE_THREADED.items()})
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    os.environ[SNAPSHOT_VARIABLE] = job.snapshot
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["indicators.batch.warm"])
    return context


def _result(future: Future, job: Job, deadline: float) -> JobResult:
    try:
        return future.result()
    except TimeoutError:
        return JobResult(job.task, seconds=deadline, error=f"stopped: not ready in {deadline:g} seconds")
    except ProcessExpired as error:
        return JobResult(job.task, error=f"the process died with exit code {error.exitcode}")
