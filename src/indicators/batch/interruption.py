"""Ends a run cleanly when it is told to stop: by Ctrl-C, by a scheduler, or by a terminal that closes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class Stopped(KeyboardInterrupt):
    """The run was told to stop; nothing of it is left.

    The exit code is 128 and the signal's number, as in shells.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Stopper:
    """Turns the first signal into `Stopped`, but not while something must not be interrupted."""

    def __init__(self) -> None:
        self._is_held = False
        self._number: int | None = None

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Signal handler."""
        if self._number is None:  # else it is ending already
            self._number = number
            self.check()

    def check(self) -> None:
        """Stop where a signal has come.

        To be called now and then: what a signal handler raises is lost where it runs inside a finalizer.
        """
        if self._number is not None and not self._is_held:
            raise Stopped(self._number)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let no signal into the block; one that comes then is too late, for the block ends the run."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False


@contextmanager
def stoppable() -> Iterator[Stopper]:
    """Take over the signals that end a run; a signal that is ignored stays so (``nohup``).

    Python takes signals in its first thread only; in another one nothing changes.
    """
    stopper = Stopper()
    kept = {}
    if threading.current_thread() is threading.main_thread():
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                kept[number] = signal.signal(number, stopper.handle)
    try:
        yield stopper
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
