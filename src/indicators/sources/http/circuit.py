"""A breaker that stops asking a service which does not answer."""

import threading

from indicators.errors import SourceError

#: Answers about the one thing that was asked: they say nothing of the service's health.
ABOUT_ONE_THING = (400, 404, 410)


class Circuit:
    """Counts failures in a row and, past a limit, refuses further calls.

    Parameters
    ----------
    source : str
        The service's id, for the message.
    first_failures : int
        Failures that end the asking while nothing has been answered yet.
    failures_in_row : int
        Failures in a row that end it later.

    Attributes
    ----------
    reason : str
        Why further calls are refused; empty while they are not.
    """

    def __init__(self, source: str, first_failures: int, failures_in_row: int) -> None:
        self._source = source
        self._limits = {False: first_failures, True: failures_in_row}
        self._lock = threading.Lock()
        self._has_answered = False
        self.reason = ""
        self._in_row = 0

    def check(self, url: str) -> None:
        """Let a call pass.

        Raises
        ------
        SourceError
            The service failed too often.
        """
        if self.reason:
            raise SourceError(self._source, url, f"not asked, because {self.reason}")

    def stop(self, reason: str) -> None:
        """Refuse further calls, and further tries of those that are under way."""
        with self._lock:
            self.reason = self.reason or reason

    def succeeded(self) -> None:
        """The service gave a usable answer."""
        with self._lock:
            self._has_answered = True
            self._in_row = 0

    def failed(self, error: SourceError) -> None:
        """A call failed, after its repeated tries."""
        if error.status in ABOUT_ONE_THING:
            return
        with self._lock:
            self._in_row += 1
            if self._in_row >= self._limits[self._has_answered] and not self.reason:
                which = "last" if self._has_answered else "first"
                self.reason = f"the service's {which} {self._in_row} calls all failed ({error.cause})"
