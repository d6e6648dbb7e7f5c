"""A small HTTP server on the loopback address, with faults, added latency and counts of what was asked."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TRANSPORT_FAULTS = ("timeout", "drop", "truncated_json", "html_login", "huge", "empty", "slow")
LOGIN_PAGE = b"<!DOCTYPE html><html><title>Kirjaudu</title><body>Kirjaudu verkkoon</body></html>"


@dataclass
class Fault:
    """One way to misbehave.

    Attributes
    ----------
    kind : str
        One of `TRANSPORT_FAULTS`, a status as text ("500", "502", "503", "429"), or a fault of content that
        the service's replica knows: "renamed_field", "duplicate_rows", "nan", "text_number", "gone",
        "past_clock".
    path : str
        Only addresses that contain this.
    times : int or None
        How often; None for always.
    retry_after : str or None
        The header of that name.
    seconds : float
        How long a timeout lasts.
    """

    kind: str
    path: str = ""
    times: int | None = None
    retry_after: str | None = None
    seconds: float = 30


@dataclass
class Answer:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, content: object) -> "Answer":
        """A JSON answer; NaN is written as such, as careless services do."""
        return cls(body=json.dumps(content, ensure_ascii=False).encode())


@dataclass(frozen=True)
class Question:
    """What was asked; ``faults`` are the kinds of content faults in force for it."""

    method: str
    path: str
    params: list[tuple[str, str]]
    body: bytes
    headers: Mapping[str, str]
    faults: frozenset[str]

    def get_all(self, name: str) -> list[str]:
        """All values of a parameter."""
        return [value for key, value in self.params if key == name]


class Replica:
    """A server; use it as a context manager.

    Parameters
    ----------
    latency_ms : float
        Added before every answer.
    port : int
        A free port by default.

    Attributes
    ----------
    faults : list of Fault
        In force at the moment.
    requests : Counter
        Requests by method and path.
    questions, bodies : list
        Method and address of each request, with its query; and what was sent with it.
    max_concurrent : int
        The most requests that were served at once.
    agents : set of str
        User-Agents seen.
    """

    root = ""

    def __init__(self, latency_ms: float = 0, port: int = 0) -> None:
        self.latency_ms = latency_ms
        self.faults: list[Fault] = []
        self.requests: Counter[str] = Counter()
        self.questions: list[str] = []
        self.bodies: list[bytes] = []
        self.agents: set[str] = set()
        self.max_concurrent = 0
        self._concurrent = 0
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        self._server = _Server(("127.0.0.1", port), _make_handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> "Replica":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The service's base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.root}"

    def reset_counts(self) -> None:
        """Forget what was asked so far."""
        with self._lock:
            self.requests.clear()
            self.questions.clear()
            self.bodies.clear()
            self.max_concurrent = 0

    def answer(self, question: Question) -> Answer:
        """The service's own answer; to be given by each replica."""
        raise NotImplementedError

    def take_faults(self, path: str) -> list[Fault]:
        """Faults in force for an address; those with a number of times are used up."""
        with self._lock:
            hits = [fault for fault in self.faults if fault.path in path and fault.times != 0]
            for fault in hits:
                if fault.times is not None:
                    fault.times -= 1
            return hits

    def enter(self, method: str, target: str, agent: str, body: bytes) -> None:
        """Note that a request has begun."""
        with self._lock:
            self.requests[f"{method} {urlsplit(target).path}"] += 1
            self.questions.append(f"{method} {target}")
            self.bodies.append(body)
            self.agents.add(agent)
            self._concurrent += 1
            self.max_concurrent = max(self.max_concurrent, self._concurrent)

    def leave(self) -> None:
        """Note that a request has ended."""
        with self._lock:
            self._concurrent -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news here."""


def is_default_agent(agent: str) -> bool:
    """Whether a client names only its library, which the services refuse."""
    return not agent or agent.lower().startswith(("python-requests", "python-urllib", "curl"))


def _make_handler(replica: Replica) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def log_message(self, *_: object) -> None:
            pass

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            agent = self.headers.get("User-Agent", "")
            replica.enter(self.command, self.path, agent, body)
            try:
                time.sleep(replica.latency_ms / 1000)
                faults = replica.take_faults(self.path)
                if is_default_agent(agent):
                    self.send(Answer(403))
                elif not self._misbehave(faults):
                    answer = replica.answer(self._read_question(body, faults))
                    kinds = {fault.kind for fault in faults}
                    self.send(answer, cut=kinds & {"drop", "truncated_json", "slow"})
            finally:
                replica.leave()

        def _read_question(self, body: bytes, faults: list[Fault]) -> Question:
            split = urlsplit(self.path)
            params = parse_qsl(split.query, keep_blank_values=True)
            kinds = frozenset(fault.kind for fault in faults)
            return Question(self.command, split.path, params, body, self.headers, kinds)

        def _misbehave(self, faults: list[Fault]) -> bool:
            """Act out the first fault that leaves no room for an answer."""
            for fault in faults:
                if fault.kind == "timeout":
                    replica.stopping.wait(fault.seconds)
                    self.close_connection = True
                elif fault.kind == "html_login":
                    self.send(Answer(body=LOGIN_PAGE, content_type="text/html; charset=UTF-8"))
                elif fault.kind == "empty":
                    self.send(Answer())
                elif fault.kind == "huge":
                    self._send_huge()
                elif fault.kind.isdecimal():
                    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
                    self.send(Answer(int(fault.kind), headers=headers))
                else:
                    continue
                return True
            return False

        def _send_huge(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.close_connection = True
            self.wfile.write(b"[")
            for _ in range(1024):
                self.wfile.write(b" " * (1 << 20))

        def send(self, answer: Answer, cut: frozenset[str] | set[str] = frozenset()) -> None:
            body = answer.body
            if "truncated_json" in cut:
                body = body[: len(body) // 2]
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if "drop" in cut:
                body = body[: len(body) // 2]
                self.close_connection = True
            if "slow" in cut:
                self._send_slowly(body)
            else:
                self.wfile.write(body)
            self.wfile.flush()

        def _send_slowly(self, body: bytes) -> None:
            for place in range(len(body)):
                self.wfile.write(body[place : place + 1])
                self.wfile.flush()
                if replica.stopping.wait(0.05):
                    return

    return Handler


class CannedReplica(Replica):
    """Answers every question by a function; for tests of one answer."""

    def __init__(self, respond: Callable[[Question], Answer], **options: Any) -> None:
        super().__init__(**options)
        self.respond = respond

    def answer(self, question: Question) -> Answer:
        """What the function says."""
        return self.respond(question)
