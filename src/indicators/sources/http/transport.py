"""The way out of the house: one adapter that keeps to a rate, verifies certificates and counts requests.

Whatever is read from a connection is read within the `Allowance` of the call: status lines, headers, chunk
sizes and redirects too, which neither requests nor urllib3 limits.
"""

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from pyrate_limiter import InMemoryBucket, Limiter, Rate, SingleBucketFactory
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import Retry
from urllib3.connection import HTTPConnection, HTTPSConnection


class LimitError(Exception):
    """A call took longer, or more came, than is allowed; of no kind that requests or urllib3 catches."""


class Allowance:
    """What one call may still take, redirects included: seconds, and bytes as they come over the wire."""

    def __init__(self, seconds: float, max_bytes: int) -> None:
        self._seconds, self._max_bytes = seconds, max_bytes
        self.is_reached = False  # a question was sent
        self._ends, self._left = time.monotonic() + seconds, max_bytes

    @contextmanager
    def in_force(self) -> Iterator["Allowance"]:
        """Bind what this thread reads in the block."""
        token = _ALLOWANCE.set(self)
        try:
            yield self
        finally:
            _ALLOWANCE.reset(token)

    def postpone(self, seconds: float) -> None:
        """Allow for a wait of our own."""
        self._ends += seconds

    def get_seconds(self) -> float:
        """The seconds left; LimitError where there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise LimitError(f"the answer took longer than {self._seconds:g} s")
        return left

    def take(self, count: int) -> None:
        """Count bytes that have come; LimitError where they are too many."""
        self._left -= count
        if self._left < 0:
            raise LimitError(f"the answer is larger than the {self._max_bytes} bytes that are read")


_ALLOWANCE: Final[ContextVar[Allowance]] = ContextVar("allowance")


class _Stream(io.RawIOBase):
    """What comes from a socket, each piece within the allowance of the call that reads it."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw
        self._pause = sock.gettimeout() or 0.0  # every call sets one

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        allowance = _ALLOWANCE.get()
        self._sock.settimeout(min(self._pause, allowance.get_seconds()))
        try:
            count = self._raw.readinto(buffer)
        except TimeoutError:
            allowance.get_seconds()  # tells which of the two times is up
            raise
        finally:
            self._sock.settimeout(self._pause)
        allowance.take(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    """An answer, those of a proxy and of ``100 Continue`` included, that is read through `_Stream`."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        _ALLOWANCE.get().is_reached = True
        self.fp = io.BufferedReader(_Stream(sock, self.fp.detach()))


class _Connection(HTTPConnection):
    response_class = _Answer


class _SafeConnection(HTTPSConnection):
    response_class = _Answer


class PoliteAdapter(HTTPAdapter):
    """Sends requests at no more than a given rate, shared by all threads.

    Every attempt passes here, redirects and repeated tries too, so nothing slips past the limit. urllib3's
    own repeated tries would, and are therefore off.

    Parameters
    ----------
    calls : int
        Requests allowed in a window.
    window_seconds : float
        Length of the window.
    connections : int
        Connections kept open.
    """

    def __init__(self, calls: int, window_seconds: float, connections: int) -> None:
        # The system's own certificates beside those of requests: an office's proxy is often known to the
        # system alone.
        self._tls = ssl.create_default_context()
        self._lock = threading.Lock()
        self._held_until = 0.0
        self.requests_sent = 0
        self.set_rate(calls, window_seconds)
        super().__init__(
            pool_connections=connections, pool_maxsize=connections, max_retries=Retry(0, read=False)
        )

    def set_rate(self, calls: int, window_seconds: float) -> None:
        """Keep to another rate from now on."""
        bucket = InMemoryBucket([Rate(calls, int(window_seconds * 1000))])
        self._limiter = Limiter(SingleBucketFactory(bucket, schedule_leak=False))

    def hold(self, seconds: float) -> None:
        """Send nothing for a while, from any thread: the service asked for a pause."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool of connections, with our certificates."""
        super().init_poolmanager(*args, ssl_context=self._tls, **kwargs)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """Make the pool of connections of a proxy, with our certificates."""
        return super().proxy_manager_for(proxy, ssl_context=self._tls, **kwargs)

    def cert_verify(self, conn: Any, *args: Any, **kwargs: Any) -> None:
        """Prepare the pool that is about to be used; its connections keep to the allowance of a call."""
        super().cert_verify(conn, *args, **kwargs)
        conn.ConnectionCls = _SafeConnection if conn.scheme == "https" else _Connection

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Wait for the turn, then send; what a redirect holds besides its address is never read."""
        asked = time.monotonic()
        while (wait := self._held_until - time.monotonic()) > 0:
            time.sleep(wait)
        self._limiter.try_acquire("call")
        _ALLOWANCE.get().postpone(time.monotonic() - asked)
        with self._lock:
            self.requests_sent += 1
        response = super().send(request, *args, **kwargs)
        if response.is_redirect:
            response.raw.close()
        return response
