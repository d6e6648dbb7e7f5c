"""What Linux can do beyond Python: leave no process behind, give back memory; nothing elsewhere."""

import ctypes
import os
import signal
import sys
from typing import Final

_SET_PARENT_DEATH_SIGNAL: Final = 1
_SET_CHILD_SUBREAPER: Final = 36


def die_with_parent(number: signal.Signals, parent: int | None = None) -> None:
    """Have this process get a signal when the thread that started it ends.

    The signal comes at once where ``parent`` is given and is not the parent any more.
    """
    _set(_SET_PARENT_DEATH_SIGNAL, int(number))
    if parent is not None and os.getppid() != parent and sys.platform == "linux":
        os.kill(os.getpid(), number)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant that loses its own, so that it can be found."""
    _set(_SET_CHILD_SUBREAPER, 1)


def give_back_memory() -> None:
    """Return memory that is free inside this process to the system, where the C library can."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def _set(option: int, value: int) -> None:
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl {option}")
