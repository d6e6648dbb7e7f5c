"""A process of its own for one call: apart from the others, limited, and gone with everything it has started.

The caller is a worker that has one such process at a time, so whatever runs below it is that call's.
"""

import ctypes
import faulthandler
import multiprocessing
import multiprocessing.resource_tracker
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psutil

from indicators.batch.limits import Limits
from indicators.errors import ParameterError

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: Exit codes of a process whose function raised, or was still running at its deadline.
RAISED, LATE = 70, 75
#: A report writes no large files; one that does is filling the disk.
_LARGEST_FILE: Final = 64 * 1024**2
_SET_PARENT_DEATH_SIGNAL: Final = 1
_SET_CHILD_SUBREAPER: Final = 36


class DeadlineError(BaseException):
    """The time of a report is up: no error, which a notebook might be prepared for."""


def run_apart(function: Callable[..., None], arguments: tuple[Any, ...], log: Path, limits: Limits) -> int:
    """Run a call in a process of its own, to its end; the exit code, negative where a signal ended it.

    What it prints, tracebacks among it, goes to the log. Nothing that it has started is left running.
    """
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    process = context.Process(target=_enter, args=(function, arguments, str(log), limits, os.getpid()))
    process.start()
    process.join()
    end_below()
    return int(process.exitcode)


def _enter(
    function: Callable[..., None], arguments: tuple[Any, ...], log: str, limits: Limits, parent: int
) -> None:
    """Body of the process."""
    code = 1
    try:
        _set_apart(log, parent)
        _limit(limits)
        function(*arguments)
        code = 0
    except Exception:
        traceback.print_exc()
        code = RAISED
    except BaseException as problem:
        traceback.print_exc()
        code = LATE if isinstance(problem, DeadlineError) else 1
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        # At once: threads that the notebook left would keep an ordinary exit waiting.
        os._exit(code)


def _set_apart(log: str, parent: int) -> None:
    """A session, a log and random numbers of its own, and none of the worker's open files."""
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    if sys.platform == "linux":
        os.setsid()
        die_with_parent(signal.SIGKILL, parent)
        # The worker's pipes lead to the command. multiprocessing must not write into what is opened later.
        os.closerange(3, 1 << 20)
        multiprocessing.resource_tracker._resource_tracker._fd = None  # type: ignore[attr-defined]
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number in (1, 2):
        os.dup2(descriptor, number)
    os.close(descriptor)
    faulthandler.enable(file=2)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _limit(limits: Limits) -> None:
    """Time, memory beyond what is in use now, and the size of files."""
    if resource is None:
        return
    signal.signal(signal.SIGALRM, _raise_late)
    signal.setitimer(signal.ITIMER_REAL, limits.deadline)
    kind, used = resource.RLIMIT_AS, psutil.Process().memory_info().vms
    if sys.platform == "linux":
        # Data only: the address space also counts libraries and files that are mapped, not used.
        kind, used = resource.RLIMIT_DATA, psutil.Process().memory_info().data
    for what, wanted in ((kind, used + limits.memory_mb * 1024**2), (resource.RLIMIT_FSIZE, _LARGEST_FILE)):
        hard = resource.getrlimit(what)[1]
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):  # macOS refuses limits that Linux takes
            resource.setrlimit(what, (soft, hard))


def _raise_late(*_: object) -> None:
    raise DeadlineError


def stay_offline() -> None:
    """Let nothing in this process ask the network: a report is made of its snapshot alone."""
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, facts: tuple[Any, ...]) -> None:
    is_connecting = event == "socket.connect" and isinstance(facts[1], tuple)
    if is_connecting or event == "socket.getaddrinfo":
        address = facts[1][0] if is_connecting else facts[0]
        advice = "nothing: a report is made of its snapshot alone; fetch beforehand, into a file"
        raise ParameterError("asked of the network", str(address), advice)


def stop_clock() -> None:
    """Let this process finish what it has: its deadline is over or met."""
    if resource is not None:
        signal.setitimer(signal.ITIMER_REAL, 0)


def measure_memory_mb() -> float:
    """Largest resident set of this process or of a child it has waited for."""
    if resource is None:
        return 0.0
    used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(used / (1024**2 if sys.platform == "darwin" else 1024), 1)


def end_below() -> None:
    """Kill everything below this process until nothing is left."""
    for _ in range(200):  # what forks while it is being killed is found in the next round
        try:
            while os.waitpid(-1, getattr(os, "WNOHANG", 0))[0]:
                pass
        except (ChildProcessError, AttributeError):
            return  # nothing is below, which is quick to see and true of most reports
        for item in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                item.kill()
        time.sleep(0.005)


def die_with_parent(number: signal.Signals, parent: int) -> None:
    """Have this process get a signal when its parent ends, at once where it has ended; Linux only."""
    if sys.platform == "linux":
        _set_process(_SET_PARENT_DEATH_SIGNAL, int(number))
        if os.getppid() != parent:
            os.kill(os.getpid(), number)


def adopt_orphans() -> None:
    """Make this process the parent of everything below it that loses its own; Linux only."""
    if sys.platform == "linux":
        _set_process(_SET_CHILD_SUBREAPER, 1)


def _set_process(option: int, value: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl {option}")
