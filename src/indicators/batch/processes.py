"""The process of one call: apart from all others, limited, and gone with everything it started."""

import faulthandler
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import psutil

from indicators.batch.limits import Limits
from indicators.batch.linux import adopt_orphans, die_with_parent

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

#: A report writes no large files; one that does is filling the disk.
_LARGEST_FILE: Final = 64 * 1024**2
_MEGABYTE: Final = 1024**2
#: On this signal a process writes where it is, even from within C code that never returns.
TELL_WHERE: Final = getattr(signal, "SIGUSR1", None)


def enter(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    connection: Connection,
    log: str,
    limits: Limits,
) -> None:
    """Body of the process: call the function and send what it returns.

    Where the function raises, the traceback goes to the log and the exit code is 1. Nothing that the
    function started is left running.
    """
    code = 1
    try:
        _set_apart(log)
        _limit(limits)
        value = function(*arguments)
        end_descendants()
        connection.send(value)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        # At once: threads that the notebook left would keep an ordinary exit waiting.
        os._exit(code)


def _set_apart(log: str) -> None:
    """A process group of its own, own random numbers, and a log for what goes to the terminal."""
    if hasattr(os, "setsid"):
        os.setsid()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    die_with_parent(signal.SIGTERM if sys.platform != "linux" else signal.SIGKILL)
    adopt_orphans()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number in (1, 2):
        os.dup2(descriptor, number)
    os.close(descriptor)
    os.environ["JUPYTER_RUNTIME_DIR"] = str(Path(log).parent)
    faulthandler.enable(file=2)
    if TELL_WHERE is not None:
        faulthandler.register(TELL_WHERE, file=2)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def _limit(limits: Limits) -> None:
    """Memory beyond what is in use now, and the size of files."""
    if resource is None:
        return
    kind, used = resource.RLIMIT_AS, psutil.Process().memory_info().vms
    if sys.platform == "linux":
        # Data only: the address space also counts libraries and files that are mapped, not used.
        kind, used = resource.RLIMIT_DATA, psutil.Process().memory_info().data
    for what, wanted in ((kind, used + limits.memory_mb * _MEGABYTE), (resource.RLIMIT_FSIZE, _LARGEST_FILE)):
        hard = resource.getrlimit(what)[1]
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(ValueError, OSError):  # macOS refuses limits that Linux takes
            resource.setrlimit(what, (soft, hard))


def end_descendants(pid: int | None = None, spared: frozenset[int] = frozenset()) -> None:
    """Kill everything below a process, its own descendants by default, until nothing is left.

    Children that are spared are left alone, with all below them.
    """
    if pid is None and _is_childless():
        return
    for _ in range(100):  # what forks while it is being killed is found in the next round
        try:
            children = [item for item in psutil.Process(pid).children() if item.pid not in spared]
            found = children + [below for item in children for below in _descendants(item)]
        except psutil.Error:
            return
        living = [item for item in found if _kill(item)]
        if pid is None:
            _reap()
        if not living:
            return
        time.sleep(0.01)


def _is_childless() -> bool:
    """Whether there is nothing to wait for: quick, and true of most reports."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except (ChildProcessError, AttributeError):
        return True
    return False


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _kill(process: psutil.Process) -> bool:
    """Kill a process; whether there was one that lived."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        process.kill()
    except psutil.Error:
        return False
    return True


def end_tree(pid: int, is_alive: bool) -> None:
    """Kill a process, its group and everything below it.

    Where the process itself has ended (``is_alive`` is false), its number may belong to another by now.
    """
    try:
        found = _descendants(psutil.Process(pid)) if is_alive else []
    except psutil.Error:
        found = []
    with suppress(OSError):
        if is_alive:  # by itself too: one that was just started leads no group yet
            os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
    for process in found:
        _kill(process)
