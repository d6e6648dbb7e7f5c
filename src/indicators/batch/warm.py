"""Imported once by the server from which report processes are forked: loads what every report needs.

The server has one thread, is the new parent of every process that a report leaves behind, and ends with the
command whatever way that ends, taking everything below it along.
"""

import gc
import logging
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

SNAPSHOT_VARIABLE: Final = "YHDYSPINTA_WARM_SNAPSHOT"
OWNER_VARIABLE: Final = "YHDYSPINTA_WARM_OWNER"


def serve() -> None:
    """Make this process a warm server."""
    from indicators.batch.linux import adopt_orphans, die_with_parent, give_back_memory

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command says when it is over
    signal.signal(signal.SIGTERM, _end)
    adopt_orphans()
    die_with_parent(signal.SIGTERM, int(os.environ[OWNER_VARIABLE]))
    # Orphans that a report has left and that were killed since are no surprise.
    warnings.filterwarnings("ignore", "forkserver: waitpid returned unexpected pid")

    with _without_grammars():
        import indicators.batch.executors
        import indicators.batch.extras
        import indicators.batch.job

    if os.environ.get(SNAPSHOT_VARIABLE):
        try:
            indicators.batch.job.prepare(os.environ[SNAPSHOT_VARIABLE])
        except Exception:  # each report tells it then, with its name
            logging.getLogger(__name__).exception("the snapshot could not be loaded beforehand")
    # What is loaded here stays for good: children neither scan nor copy it.
    gc.collect()
    give_back_memory()
    gc.freeze()


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


def _end(*signalled: Any) -> None:
    from indicators.batch.processes import end_descendants

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    end_descendants()
    os._exit(0)


if os.environ.get(OWNER_VARIABLE):
    serve()
