"""Imported once by the server from which report processes are forked: loads what every report needs.

The server has one thread, is the new parent of every process that a report leaves behind, and ends with the
command whatever way that ends, taking everything below it along.
"""

import gc
import logging
import multiprocessing
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from indicators.batch.linux import adopt_orphans, die_with_parent, give_back_memory
from indicators.batch.variables import OWNER_VARIABLE, SNAPSHOT_VARIABLE


def serve() -> None:
    """Make this process a warm server."""
    # Before the signal may come: a handler that met a half imported module would not end the process.
    from indicators.batch.processes import end_descendants

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            end_descendants()
        finally:
            os._exit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command says when it is over
    signal.signal(signal.SIGTERM, end)
    adopt_orphans()
    die_with_parent(signal.SIGTERM, int(os.environ[OWNER_VARIABLE]))
    # Orphans that a report has left and that were killed since are no surprise.
    warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")

    gc.disable()  # what is loaded here stays for good: neither this process nor a child is to scan it
    snapshot = os.environ.get(SNAPSHOT_VARIABLE)
    with _without_grammars():
        import indicators.assessment.load

        can_fork = "fork" in multiprocessing.get_all_start_methods()
        assessing = Beside(_assess, snapshot) if snapshot and can_fork else None
        import indicators.batch.executors
        import indicators.batch.extras
        import indicators.batch.job

    if snapshot:
        indicators.batch.job.prepare_libraries()
        computed = assessing.value() if assessing else None
        for key, assessment in (computed or {}).items():
            indicators.assessment.load.keep_assessment(key, assessment)
        try:
            indicators.batch.job.prepare(snapshot)
        except Exception:  # each report tells it then, with its name
            logging.getLogger(__name__).exception("the snapshot could not be loaded beforehand")
    give_back_memory()
    gc.freeze()
    gc.enable()


class Beside:
    """A call in a process forked from this one, which does something else until it needs the value."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        reading, writing = os.pipe()
        self._stream = os.fdopen(reading, "rb")
        context = multiprocessing.get_context("fork")
        given = (os.getpid(), self._stream, writing, function, arguments)
        self._process = context.Process(target=_send, args=given, daemon=True)  # never waited for at an exit
        self._process.start()
        os.close(writing)

    def value(self) -> Any | None:
        """What the call returned; None where it raised, died or returned what cannot be sent."""
        try:
            return pickle.load(self._stream)
        except (EOFError, pickle.UnpicklingError):
            return None
        finally:
            self._stream.close()
            self._process.join()


def _send(
    parent: int,
    inherited: BinaryIO,
    writing: int,
    function: Callable[..., Any],
    arguments: Sequence[object],
) -> None:
    """Write the value as it is pickled: a copy of the whole would be the peak of the run's memory."""
    die_with_parent(signal.SIGKILL, parent)
    inherited.close()  # else this process would be its own reader, and wait for good once the other is gone
    try:
        with os.fdopen(writing, "wb") as stream:
            pickle.dump(function(*arguments), stream, protocol=5)
    except Exception as problem:  # whoever needs the value makes the call itself then, and tells it
        logging.getLogger(__name__).debug("not made beside: %s", problem)


def _assess(snapshot: str) -> dict[Any, Any]:
    from indicators.assessment.load import list_kept, load_assessment

    load_assessment(snapshot)
    return list_kept()


@contextmanager
def _without_grammars() -> Iterator[None]:
    """Keep jsonschema, which notebooks are validated with, from compiling its grammars of web addresses.

    That takes nearly a second, a quarter of the server's start, and notebooks have no addresses to validate.
    jsonschema does without where the package is not installed.
    """
    name = "rfc3987_syntax"
    is_absent = name not in sys.modules
    if is_absent:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if is_absent:
            del sys.modules[name]


if os.environ.get(OWNER_VARIABLE):
    serve()
