"""Services that never end, wherever an answer can go on: time, bytes and memory hold for the whole."""

import dataclasses
import gzip
import socketserver
import threading
import time
from contextlib import contextmanager

import pytest

from indicators.errors import ResponseFormatError, SourceError
from replica.server import Answer, CannedReplica

OK, CHUNKED = b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n\r\n"
SLOW, LARGE = "the answer took longer than 0.7 s", "the answer is larger than the 1048576 bytes"


@contextmanager
def serve(begin, go_on, pause=0.0):
    """A service that answers with ``begin``, then with ``go_on`` again and again until it is left."""
    stopping = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(begin)
            while not stopping.wait(pause):
                self.request.sendall(go_on)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, block_on_close = True, False

        def handle_error(self, request, client_address):
            """Being left is what it is for."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        stopping.set()
        server.shutdown()


@pytest.mark.parametrize(
    ("begin", "go_on", "pause", "problem"),
    [
        pytest.param(b"", b"H", 0.1, SLOW, id="slow status"),
        pytest.param(OK + b"X: ", b"x", 0.1, SLOW, id="slow header"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.1, SLOW, id="slow 100 Continue"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 999, 0, LARGE, id="endless 100 Continue"),
        pytest.param(OK + CHUNKED, b"0", 0.1, SLOW, id="slow chunk size"),
        pytest.param(OK + CHUNKED, b"0" * 65536, 0, f"{LARGE}|reading chunk size", id="endless chunk size"),
        pytest.param(OK + CHUNKED, b"1;" + b"x" * 9999 + b"\r\n \r\n", 0, LARGE, id="endless extensions"),
        pytest.param(OK + CHUNKED + b"0\r\n", b"X: y\r\n", 0.1, SLOW, id="slow trailer"),
        pytest.param(OK + b"\r\n", b" " * 65536, 0, LARGE, id="endless body"),
        pytest.param(OK, b"X: y\r\n" * 99, 0, "more than 100 headers", id="endless headers"),
        pytest.param(
            b"HTTP/1.1 302 Found\r\nLocation: /y\r\n" + CHUNKED,
            b"ffff\r\n" + b"x" * 65535 + b"\r\n",
            0,
            "Exceeded 5 redirects",
            id="redirects with endless bodies",
        ),
    ],
)
def test_answer_without_end_is_left(begin, go_on, pause, problem, open_session, quick):
    """Each part of an answer counts within its time and its bytes; nothing is asked twice for it."""
    limits = dataclasses.replace(quick, answer_seconds=0.7, max_bytes=2**20, tries=1)
    started = time.monotonic()
    with serve(begin, go_on, pause) as url, pytest.raises(SourceError, match=problem):
        open_session(limits=limits).get_json(f"{url}/x")
    assert time.monotonic() - started < 15  # a second, but on a busy machine


def test_time_holds_over_redirects(open_session, quick):
    """Each redirect is quick enough by itself; together they are not."""

    def respond(_):
        time.sleep(0.2)
        return Answer(302, headers={"Location": "/y"})

    with CannedReplica(respond) as replica, pytest.raises(SourceError, match=SLOW):
        open_session(limits=dataclasses.replace(quick, answer_seconds=0.7)).get_json(f"{replica.url}/x")


@pytest.mark.parametrize("location", ["http://[", "http://a b:c/", "ftp://127.0.0.1/", "http://\xff\xfe/"])
def test_broken_redirect_is_the_services_fault(location, open_session):
    """An address that is none is told as what the service sent, not as an error of ours."""
    with CannedReplica(lambda _: Answer(302, headers={"Location": location})) as replica:
        with pytest.raises(SourceError, match=r"sent on to an address|connection failed") as caught:
            open_session().get_json(f"{replica.url}/x")
        assert caught.value.url == f"{replica.url}/x"


@pytest.mark.parametrize(
    ("part", "layers"),
    [(b"[],", 2), (b"{},", 1), (b'{"":0},', 1), (b"[0],", 1), (b"0,", 1), (b"[", 1), (b'{"a":', 1)],
)
def test_what_would_fill_the_memory_when_read_is_refused_before(part, layers, open_session, quick):
    """A few kilobytes of packed brackets are never made into gigabytes of lists."""
    body = b"[" + part * (12 * 2**20 // len(part)) + b"0]"
    for _ in range(layers):
        body = gzip.compress(body, 1)
    headers = {"Content-Encoding": ", ".join(["gzip"] * layers)}
    session = open_session(limits=dataclasses.replace(quick, max_bytes=64 * 2**20))
    with (
        CannedReplica(lambda _: Answer(body=body, headers=headers)) as replica,
        pytest.raises(ResponseFormatError, match="more parts than are read"),
    ):
        session.get_json(f"{replica.url}/x")


def test_largest_true_answer_is_read(open_session, quick):
    """As many rows as the largest series of Sotkanet has."""
    row = {"indicator": 4, "region": 427, "year": 2020, "gender": "total", "value": 1.5, "absValue": 3}
    with CannedReplica(lambda _: Answer.of_json([row] * 60_000)) as replica:
        limits = dataclasses.replace(quick, max_bytes=64 * 2**20)
        assert len(open_session(limits=limits).get_json(f"{replica.url}/x")) == 60_000
