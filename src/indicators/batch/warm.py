"""What a worker has before its first report, and the server from which workers are forked, which has it too.

Imported by the command it does nothing; imported by multiprocessing's forkserver, started by that command, it
loads what every report needs. The server has one thread and ends with the command, whatever way that ends.
"""

import gc
import json
import logging
import multiprocessing
import os
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.util import Finalize
from types import TracebackType
from typing import Any, Final

#: The environment variable by which a command tells the server that it starts what it is for.
VARIABLE: Final = "YHDYSPINTA_WARM"
#: One thread each: a process with threads cannot be forked safely, and the reports share the cores anyway.
#: Read when the libraries are loaded, so they must be there before.
_FOR_LIBRARIES: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MPLBACKEND": "agg",
    # openpyxl's files for the time being: lxml cannot open one in a folder with a percent sign in its name.
    "OPENPYXL_LXML": "False",
}
_server: dict[str, Any] = {}


def tell(snapshot: str, main: str) -> str:
    """Value of the variable: the snapshot, this process, and the script that it runs."""
    return json.dumps({"snapshot": snapshot, "owner": os.getpid(), "main": main})


def limit_threads() -> None:
    """Give this process's libraries one thread each, before they are loaded.

    The command's too: it computes nothing itself, and threads and pools that it never uses cost it 30 MB.
    """
    for name, value in _FOR_LIBRARIES.items():
        os.environ.setdefault(name, value)


def begin_worker(snapshot: str, home: str) -> None:
    """Make this process a worker of a snapshot; ``home`` is its working folder where jobs are sent to it.

    It ends with the command, and everything below it with it.
    """
    limit_threads()
    from indicators.batch.apart import adopt_orphans, die_with_parent, end_below
    from indicators.batch.job import prepare
    from indicators.config import drop_environment

    sys.excepthook = sys.__excepthook__
    adopt_orphans()
    Finalize(None, end_below, exitpriority=10)
    if _server:
        die_with_parent(signal.SIGTERM, _server["pid"])
        sys.path[:] = _server[
            "path"
        ]  # without the folder of the command's script, or the one it was started in
    if home:
        os.chdir(home)
        drop_environment()  # what was sent there decides, not the settings of the machine
    prepare(snapshot)


def serve(snapshot: str, owner: int, main: str) -> None:
    """Make this process the server."""
    limit_threads()
    from indicators.batch.apart import die_with_parent

    for name in ("SIGINT", "SIGHUP"):  # the command says when it is over
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    die_with_parent(signal.SIGKILL, owner)
    os.environ.pop(VARIABLE)
    if main:  # so that workers find the command's script run already, which may do more than define functions
        sys.modules["__main__"].__file__ = main
    sys.excepthook = _pass_over_gone
    gc.disable()  # what is loaded here stays for good: neither this process nor a child is to scan it
    import indicators.assessment.load

    reading, writing = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("fork")
    beside = context.Process(target=_assess, args=(snapshot, writing, os.getpid()))
    beside.start()
    writing.close()
    import indicators.batch.job
    import indicators.edition.data_files
    import indicators.edition.index

    indicators.batch.job.prepare_libraries()
    for key, assessment in _receive(reading).items():
        indicators.assessment.load.keep_assessment(key, assessment)
    beside.join()
    indicators.batch.job.prepare(snapshot)
    gc.freeze()
    gc.enable()
    _server.update(pid=os.getpid(), path=[item for item in sys.path if item])


def _pass_over_gone(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
    """Say nothing of a worker that was asked for just before the command was told to stop.

    It finds the command's semaphores gone, which is an error without a file's name.
    """
    if not (isinstance(problem, FileNotFoundError) and problem.filename is None):
        sys.__excepthook__(kind, problem, trace)


def _receive(reading: Connection) -> dict[Any, Any]:
    """The assessment sent; nothing where its process died before that or meanwhile.

    Each worker computes it then, and tells what is wrong with it.
    """
    with reading, suppress(EOFError, OSError):
        return dict(reading.recv())
    return {}


def _assess(snapshot: str, writing: Connection, parent: int) -> None:
    """Send the assessment; it is computed on another core while the server imports what it does not need."""
    from indicators.assessment.load import list_kept, load_assessment
    from indicators.batch.apart import die_with_parent

    die_with_parent(signal.SIGKILL, parent)
    try:
        load_assessment(snapshot)
    except Exception as problem:
        logging.getLogger(__name__).debug("not made beside: %s", problem)
    writing.send(list_kept())


def _is_server() -> bool:
    told = os.environ.get(VARIABLE)
    return bool(told and json.loads(told)["owner"] == os.getppid())


if _is_server():
    serve(**json.loads(os.environ[VARIABLE]))
