"""The way out of the house: one adapter that keeps to a rate, verifies certificates and counts requests."""

import ssl
import threading
import time
from typing import Any

from pyrate_limiter import InMemoryBucket, Limiter, Rate, SingleBucketFactory
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import Retry


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

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Wait for the turn, then send."""
        while (wait := self._held_until - time.monotonic()) > 0:
            time.sleep(wait)
        self._limiter.try_acquire("call")
        with self._lock:
            self.requests_sent += 1
        return super().send(request, *args, **kwargs)
