"""HTTP manners, once: how every service is asked.

Owns the User-Agent, time and size limits, the number of requests at once, the rate, repeated tries and the
check that an answer is JSON. Knows nothing of any service's addresses or fields. The snapshot is the
cache: nothing is stored here.
"""

import email.utils
import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final

import orjson
import requests
import stamina
import urllib3

from indicators.errors import ParameterError, ResponseFormatError, SourceError
from indicators.sources.http.circuit import ABOUT_ONE_THING, Circuit
from indicators.sources.http.transport import Allowance, LimitError, PoliteAdapter
from indicators.version import __version__

Params = Sequence[tuple[str, str | int]]

logger = logging.getLogger(__name__)

_TIMEOUTS: Final = (requests.Timeout, urllib3.exceptions.TimeoutError)
#: An answer that would take more when read is refused. The largest true one, 40 000 rows of Sotkanet, takes
#: 50 MB; 64 MB of brackets took 6.3 GB.
_MOST_MEMORY: Final = 512 * 2**20
_TRANSIENT_STATUSES: Final = (429, 502, 503, 504)
_WORDS_OF_STATUS: Final[Mapping[int, str]] = {
    400: "the service does not accept the question",
    403: "the service refuses the question",
    404: "the service has no such address",
    410: "the service has removed the address",
    429: "the service asks to call more seldom",
    500: "the service failed",
    502: "the service's gateway failed",
    503: "the service is not available",
    504: "the service's gateway got no answer",
}


@dataclass(frozen=True)
class HttpLimits:
    """Limits of asking one service; times in seconds.

    Attributes
    ----------
    connect_seconds, read_seconds : float
        The longest waits for a connection and for the next piece of an answer.
    answer_seconds : float
        The longest time that one answer may take as a whole, from the question to its last byte.
    max_bytes : int
        The most that one answer may have as a whole: over the wire, headers and redirects included, and as a
        body after unpacking.
    at_once : int
        Requests at once.
    calls, window_seconds : int, float
        Requests allowed in a window of time.
    tries, total_seconds : int, float
        Limits of repeating one call.
    wait_initial, wait_max, wait_jitter : float
        Waits between tries: doubled each time up to the maximum, with a random part.
    wait_after_429 : float
        Wait where the service asks to slow down without saying for how long.
    longest_retry_after : float
        The longest wait that is granted to a service that states one.
    first_failures, failures_in_row : int
        Failed calls after which the service is not asked further: before and after its first answer.
    """

    connect_seconds: float = 10
    read_seconds: float = 30
    answer_seconds: float = 120
    max_bytes: int = 64 * 2**20
    at_once: int = 4
    calls: int = 100
    window_seconds: float = 1
    tries: int = 4
    total_seconds: float = 90
    wait_initial: float = 1
    wait_max: float = 15
    wait_jitter: float = 1
    wait_after_429: float = 20
    longest_retry_after: float = 75
    first_failures: int = 3
    failures_in_row: int = 8


class GoneError(SourceError):
    """The service answers, but knows nothing of the id or the table that is asked for."""


class _TransientError(SourceError):
    """A failure that may pass; ``wait`` is how long the service asked to wait, None where it did not say."""

    def __init__(
        self, source: str, url: str, problem: str, status: int | None = None, wait: float | None = None
    ) -> None:
        super().__init__(source, url, problem, status)
        self.wait = wait


class ServiceSession:
    """A session with one service; safe to use from several threads.

    Parameters
    ----------
    source : str
        The service's id, for messages: "sotkanet", "statfin".
    contact : str
        An address put in the User-Agent, so that the service can reach who asks; may be empty.
    limits : HttpLimits, optional
        Waits, sizes and rates.

    Attributes
    ----------
    bytes_received : int
        Bytes of answers, as they came over the wire.
    is_reached : bool
        Whether anything has taken a question, be it only a proxy.
    user_agent : str
        The name under which the service is asked.
    """

    def __init__(self, source: str, contact: str = "", limits: HttpLimits | None = None) -> None:
        self.source = source
        self.limits = limits or HttpLimits()
        self.user_agent = name_agent(contact)
        self.bytes_received, self.is_reached = 0, False
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(self.limits.at_once)
        self._circuit = Circuit(source, self.limits.first_failures, self.limits.failures_in_row)
        self._adapter = PoliteAdapter(self.limits.calls, self.limits.window_seconds, self.limits.at_once)
        self._http = _open_http(self.user_agent, self._adapter)

    def __enter__(self) -> "ServiceSession":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def requests_sent(self) -> int:
        """Requests that left, repeated tries and redirects included."""
        return self._adapter.requests_sent

    @property
    def stopped(self) -> str:
        """Why the service is not asked further; empty while it is."""
        return self._circuit.reason

    def close(self) -> None:
        """Close the connections; calls that other threads still wait to make are refused."""
        self._circuit.stop("the session is closed")
        self._http.close()

    def set_rate(self, calls: int, window_seconds: float) -> None:
        """Keep to the call limit that the service itself has stated."""
        self._adapter.set_rate(calls, window_seconds)

    def get_json(self, url: str, params: Params = (), gone: str = "") -> Any:
        """Ask an address and read its JSON.

        Parameters
        ----------
        url : str
            The address without its query.
        params : sequence of (name, value)
            The query; a name may occur several times.
        gone : str
            What it means where the service knows nothing of what is asked.

        Raises
        ------
        GoneError
            The service knows nothing of what is asked, and it is told what that means.
        SourceError
            No answer, a refusal, a page of HTML, too large an answer, or a service that is not asked further.
        ResponseFormatError
            The answer is not JSON, or is cut off.
        """
        try:
            return self._ask(self._prepare("GET", url, params=list(params)))
        except SourceError as error:
            if gone and error.status in ABOUT_ONE_THING:
                raise GoneError(self.source, url, gone, error.status) from error
            raise

    def post_json(self, url: str, body: object) -> Any:
        """Send JSON to an address and read the JSON of its answer. Raises as `get_json` does."""
        return self._ask(self._prepare("POST", url, json=body))

    def _prepare(self, method: str, url: str, **parts: Any) -> requests.PreparedRequest:
        try:
            return self._http.prepare_request(requests.Request(method, url, **parts))
        except (requests.RequestException, ValueError) as error:
            raise SourceError(self.source, url, f"the address cannot be used: {error}") from error

    def _ask(self, request: requests.PreparedRequest) -> Any:
        url = request.url or ""
        self._circuit.check(url)
        try:
            content = _parse_json(self.source, url, self._ask_until_done(request))
        except SourceError as error:
            self._circuit.failed(error)
            raise
        self._circuit.succeeded()
        return content

    def _ask_until_done(self, request: requests.PreparedRequest) -> bytes:
        limits, tries = self.limits, 0
        attempts = stamina.retry_context(
            on=self._decide_wait(time.monotonic()),
            attempts=limits.tries,
            timeout=limits.total_seconds,
            wait_initial=limits.wait_initial,
            wait_max=limits.wait_max,
            wait_jitter=limits.wait_jitter,
        )
        try:
            for attempt in attempts:
                tries = attempt.num
                with attempt:
                    return self._try_once(request, tries)
        except _TransientError as error:
            times = f"; tried {tries} times" if tries > 1 else ""
            raise SourceError(error.source, error.url, error.problem + times, error.status) from error
        raise SourceError(self.source, request.url or "", "was not asked")  # no tries are allowed

    def _decide_wait(self, started: float) -> Callable[[Exception], bool | float]:
        """How long to wait after an error: True for the usual wait, False for no further try."""

        def decide(error: Exception) -> bool | float:
            if not isinstance(error, _TransientError) or self._circuit.reason:
                return False
            if error.wait is None:
                return True
            wait = error.wait + random.uniform(0, self.limits.wait_jitter)
            is_within_time = time.monotonic() - started + wait <= self.limits.total_seconds
            return wait if is_within_time and error.wait <= self.limits.longest_retry_after else False

        return decide

    def _try_once(self, request: requests.PreparedRequest, number: int) -> bytes:
        try:
            return self._ask_once(request)
        except _TransientError as error:
            # A network that is away is told once, at the end.
            if number < self.limits.tries and self.is_reached:
                logger.info("%s; it may be asked again", error)
            raise

    def _ask_once(self, request: requests.PreparedRequest) -> bytes:
        url, limits = request.url or "", self.limits
        with self._slots, Allowance(limits.answer_seconds, limits.max_bytes).in_force() as allowance:
            try:
                with self._send(request) as response:
                    return self._read(response, url)
            except LimitError as error:
                raise SourceError(self.source, url, str(error)) from None
            # ValueError: a redirect to what is no address.
            except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
                raise self._explain(error, url) from error
            finally:
                self.is_reached |= allowance.is_reached

    def _send(self, request: requests.PreparedRequest) -> requests.Response:
        # The proxies and certificates of the environment are looked up per request, as requests itself does.
        settings = self._http.merge_environment_settings(request.url or "", {}, True, True, None)
        times = (self.limits.connect_seconds, self.limits.read_seconds)
        return self._http.send(request, timeout=times, allow_redirects=True, **settings)

    def _read(self, response: requests.Response, url: str) -> bytes:
        status = response.status_code
        if status != 200:
            raise self._refusal(response, url)
        if url.startswith("https:") and not response.url.startswith("https:"):
            raise SourceError(self.source, url, f"sent on to an unprotected address, {response.url}", status)
        body = self._read_body(response, url)
        if "html" in response.headers.get("Content-Type", "").lower() or body.lstrip()[:1] == b"<":
            moved = f" after a redirect to {response.url}" if response.history else ""
            problem = f"answered with a web page, not with data{moved}; a proxy or a login page in between?"
            raise SourceError(self.source, url, problem, status)
        return body

    def _read_body(self, response: requests.Response, url: str) -> bytes:
        limits, body = self.limits, bytearray()
        try:
            # What has come, not a full piece: a trickle must not pass for a pause between pieces.
            while piece := response.raw.read1(65536, decode_content=True):
                body += piece
                if len(body) > limits.max_bytes:
                    raise LimitError(f"the answer is larger than the {limits.max_bytes} bytes that are read")
        finally:
            with self._lock:
                self.bytes_received += response.raw.tell()
        return bytes(body)

    def _refusal(self, response: requests.Response, url: str) -> SourceError:
        status = response.status_code
        problem = _WORDS_OF_STATUS.get(status, "an answer without data")
        if status not in _TRANSIENT_STATUSES:
            return SourceError(self.source, url, problem, status)
        wait = _read_retry_after(response.headers.get("Retry-After"))
        if status == 429:
            wait = self.limits.wait_after_429 if wait is None else wait
            if wait <= self.limits.longest_retry_after:
                self._adapter.hold(wait)
        if wait and wait > self.limits.longest_retry_after:
            problem += f", for {wait:.0f} s"
        return _TransientError(self.source, url, problem, status, wait)

    def _explain(self, error: Exception, url: str) -> SourceError:
        """Our error for one of requests' or, while a body is read, of urllib3's own."""
        cause: BaseException = error
        while cause.__context__ is not None:  # the system's own words, without those of each layer above
            cause = cause.__context__
        if isinstance(error, requests.exceptions.SSLError):
            return SourceError(self.source, url, f"the certificate could not be verified: {cause}")
        if isinstance(error, _TIMEOUTS):
            return _TransientError(self.source, url, "no answer in time")
        if isinstance(error, requests.exceptions.ProxyError):
            return _TransientError(self.source, url, f"the proxy did not let through: {cause}")
        if isinstance(error, urllib3.exceptions.DecodeError):
            return ResponseFormatError(self.source, url, f"the answer could not be unpacked: {cause}")
        if isinstance(error, requests.ConnectionError | urllib3.exceptions.HTTPError):
            return _TransientError(self.source, url, f"the connection failed or broke: {cause}")
        if isinstance(error, ValueError):  # the address that was asked held when it was prepared
            return SourceError(self.source, url, f"sent on to an address that cannot be used: {error}")
        return SourceError(self.source, url, f"could not be asked: {error}")


def name_agent(contact: str = "") -> str:
    """The User-Agent: the package's name and version, and an address where whoever asks can be reached.

    Raises
    ------
    ParameterError
        The contact has characters that a header cannot carry.

    Examples
    --------
    >>> name_agent("mailto:data@example.org").endswith(" (+mailto:data@example.org)")
    True
    """
    contact = contact.strip()
    if not (contact.isascii() and contact.isprintable() and not set(contact) & set("()\\")):
        raise ParameterError("YHDYSPINTA_CONTACT", contact, "an e-mail or web address in plain letters")
    return f"yhdyspinta-indicators/{__version__}" + (f" (+{contact})" if contact else "")


def _open_http(user_agent: str, adapter: PoliteAdapter) -> requests.Session:
    http = requests.Session()
    # No other packing is asked for than the one that every Python unpacks piece by piece.
    http.headers.update({"User-Agent": user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"})
    http.max_redirects = 5
    # No cookies: the services need none, and without them threads share no changing state.
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    http.mount("https://", adapter)
    http.mount("http://", adapter)
    return http


def _read_retry_after(text: str | None) -> float | None:
    """Seconds to wait, from a number or a date; None where neither is given."""
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _parse_json(source: str, url: str, body: bytes) -> Any:
    if not body.strip():
        raise ResponseFormatError(source, url, "the answer is empty; expected JSON", 200)
    if _estimate_memory(body) > _MOST_MEMORY:
        problem = f"the answer of {len(body)} bytes has more parts than are read"
        raise ResponseFormatError(source, url, problem, 200)
    with suppress(orjson.JSONDecodeError):  # json then reads it, or says better what is wrong
        return orjson.loads(body)
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        problem = f"the answer of {len(body)} bytes is not whole JSON: {error}"
        raise ResponseFormatError(source, url, problem, 200) from error


def _estimate_memory(body: bytes) -> int:
    """Bytes that a JSON text takes when it is read, at most; measured, with strings of four-byte letters."""
    return 400 * body.count(b"{") + 120 * body.count(b"[") + 150 * body.count(b",") + 4 * len(body)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"found {name} where a number or null is expected")
