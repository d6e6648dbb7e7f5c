"""Runs the same jobs on a Dask cluster: the snapshot goes there once, reports come back as bytes.

Scheduling, and trying again when a worker is lost, is Dask's. On a worker each report has a process of its
own, with the same limits as here; no disk is shared. The workers of a local cluster are threads of the
command: they share its own workers, and nothing is sent to them.
"""

import hashlib
import json
import logging
import multiprocessing
import platform
import threading
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from indicators import folders
from indicators.batch.limits import Limits
from indicators.batch.start import LOCAL
from indicators.batch.workers import Workers, WorkersGoneError, run_jobs
from indicators.config import SETTINGS_FILE, Settings
from indicators.edition.code import hash_code
from indicators.edition.records import Event, Job, JobResult, Listener, ignore
from indicators.edition.store import write_file
from indicators.errors import ParameterError

#: Seconds in which a scheduler must answer.
_PATIENCE: Final = 15
_SNAPSHOT: Final = "snapshot"
_HOME, _PREVIOUS = "home", "previous"
_NOTEBOOK: Final = "notebook.ipynb"
#: The processes of this machine that make reports, by what was sent for them; nothing was to a local cluster.
_at_hand: Final[dict[str, Workers]] = {}
#: Held while what was sent is unpacked: the threads of a worker share its disk and its processes.
_unpacking: Final = threading.Lock()


@dataclass(frozen=True)
class Baggage:
    """What a worker needs that is not in the package, sent once: files by their names in one folder."""

    sha256: str
    files: dict[str, bytes]


def run_on_cluster(
    jobs: Sequence[Job],
    address: str,
    workers: Workers,
    baggage: Baggage | None,
    listen: Listener = ignore,
) -> Generator[JobResult, None, None]:
    """Run jobs on the cluster at an address, with the limits of the workers here; results as they are done.

    A ParameterError tells where there is no Dask here, no scheduler there, or workers with other versions of
    the package. The cluster ``local`` needs no baggage: it has the workers here.
    """
    with ExitStack() as stack:
        client = _connect(stack, address, workers)
        _check_versions(client, address)
        from distributed import as_completed

        sent = client.scatter(baggage, broadcast=True, hash=True) if baggage else None
        by_future = {
            client.submit(make_on_worker, job, sent, workers.limits, hash_code(), pure=False): job
            for job in jobs
        }
        for job in jobs:
            listen(Event("report_started", job.task, {"attempt": 1}))
        try:
            for future in as_completed(by_future):
                job = by_future.pop(future)
                yield _result(future, job)
                future.release()
        except BaseException:  # stopped, or left early
            if address == LOCAL:
                workers.close()  # else the cluster would wait for its threads, and they for their reports
            raise


def pack(
    snapshot: Path, settings: Settings, previous: Path | None = None, notebook: Path | None = None
) -> Baggage:
    """A snapshot's files, what is of one's own, and the settings that stand in reports.

    The snapshot that it follows is packed too: a worker sees no other snapshots than these, and finds the
    previous one exactly where it is found here.
    """
    files = _read_folder(snapshot, _SNAPSHOT)
    if previous is not None:
        files |= _read_folder(previous, f"{_HOME}/snapshots/{_PREVIOUS}")
    values = {"home": _HOME, "publisher": settings.publisher, "feedback": settings.feedback}
    values |= {"demo": settings.demo} if settings.demo else {}
    for name, folder in (("catalogue", settings.overlay), ("sections", settings.sections)):
        if folder:
            files |= _read_folder(Path(folder), name)
            values[name] = name
    if notebook:
        files[_NOTEBOOK] = notebook.read_bytes()
    if settings.plan:
        plan = Path(settings.plan)
        values["plan"] = f"plan{plan.suffix}"
        files[values["plan"]] = plan.read_bytes()
    lines = [f"{name} = {json.dumps(value)}\n" for name, value in values.items()]
    files[SETTINGS_FILE] = "".join(lines).encode()
    total = hashlib.sha256()
    for name, content in sorted(files.items()):
        total.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return Baggage(total.hexdigest(), files)


def _read_folder(folder: Path, name: str) -> dict[str, bytes]:
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]
    return {f"{name}/{path.name}": path.read_bytes() for path in paths}


def _connect(stack: ExitStack, address: str, workers: Workers) -> Any:
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ParameterError(
            "--dask", address, "the extra 'cluster': pip install 'yhdyspinta-indicators[cluster]'"
        ) from error
    if address == LOCAL:
        # When a run is stopped its parts lose each other in any order, and would tell it with tracebacks;
        # what is wrong with a report comes with its future.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        cluster = stack.enter_context(
            LocalCluster(
                n_workers=workers.n,
                threads_per_worker=1,
                processes=False,
                # Over loopback: told none, Dask looks for this machine's address in the network.
                protocol="tcp://",
                host="127.0.0.1",
                dashboard_address=None,
                silence_logs=False,
            )
        )
        client = stack.enter_context(Client(cluster))
        _at_hand[LOCAL] = workers
        return client
    try:
        return stack.enter_context(Client(address, timeout=_PATIENCE))
    except (OSError, ValueError) as error:
        raise ParameterError("--dask", address, f"the address of a Dask scheduler ({error})") from error


def _check_versions(client: Any, address: str) -> None:
    """Every worker must make the same bytes: the same code of ours, the same Python."""
    wanted = describe_versions()
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
        found = client.run(describe_versions)
    except Exception as error:  # on a worker without the package anything may be raised
        raise ParameterError(
            "--dask", f"{address}: {error}", "workers that have this package installed"
        ) from error
    for worker, versions in found.items():
        if versions != wanted:
            different = {key: value for key, value in versions.items() if value != wanted[key]}
            expected = ", ".join(f"{key} {wanted[key]}" for key in different)
            raise ParameterError(f"versions on worker {worker}", different, f"{expected}, as here")


def describe_versions() -> dict[str, str]:
    """What the bytes of a report depend on beside its figures."""
    from importlib.metadata import version

    packages = ("yhdyspinta-indicators", "matplotlib", "numpy", "pandas", "papermill")
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, "code": hash_code()[:12]} | {name: version(name) for name in packages}


def make_on_worker(job: Job, baggage: Baggage | None, limits: Limits, code: str) -> JobResult:
    """Make one report in a process of its own on a worker."""
    from distributed import get_worker

    if hash_code() != code:  # a worker that came after the check
        return JobResult(job.task, error=f"worker {get_worker().address} has another version of the package")
    if baggage is None:
        try:
            (result,) = run_jobs([job], _at_hand[LOCAL])
        except WorkersGoneError:  # the run is over, and nobody reads this any more
            result = JobResult(job.task, error="the cluster is being left")
        return result
    workers, folder = _find_workers(baggage, limits, Path(get_worker().local_directory))
    notebook = str(folder / _NOTEBOOK) if job.notebook else ""
    (result,) = run_jobs([replace(job, snapshot=str(folder / _SNAPSHOT), notebook=notebook)], workers)
    return result


def _find_workers(baggage: Baggage, limits: Limits, folder: Path) -> tuple[Workers, Path]:
    """The processes of a worker's machine for what was sent, gone when it is, and where that lies."""
    from distributed import get_worker

    with _unpacking:
        home = _unpack(baggage, folder)
        key = f"{home} {limits}"
        if key not in _at_hand:
            for other in [name for name, workers in _at_hand.items() if workers.is_idle]:
                _at_hand.pop(other).close()
            # Dask's workers are daemons by default, which may have no processes of their own.
            multiprocessing.current_process().daemon = False
            n = get_worker().state.nthreads
            _at_hand[key] = Workers(str(home / _SNAPSHOT), n, limits, folder, str(home)).__enter__()
        return _at_hand[key], home


def _unpack(baggage: Baggage, folder: Path) -> Path:
    """Write what was sent to the worker's own disk, once."""
    target = folder / f"yhdyspinta-{baggage.sha256[:16]}"
    if not target.is_dir():
        with folders.building(folder) as work:
            for name, content in baggage.files.items():
                write_file(work, name, content)
            folders.put_in_place(work, target)
    return target


def _result(future: Any, job: Job) -> JobResult:
    """The job's result; a future that failed or was lost becomes an error."""
    if future.status == "finished":
        return replace(future.result(), task=job.task)
    problem = future.exception() if future.status == "error" else "its data was lost with a worker"
    return JobResult(job.task, error=f"the cluster could not make it: {problem}")
