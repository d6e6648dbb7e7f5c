"""HTTP manners: what every service is asked with, and what happens when it or the network misbehaves."""

import contextlib
import dataclasses
import gzip
import json
import shutil
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.errors import ParameterError, ResponseFormatError, SourceError
from indicators.sources.http.session import ServiceSession, name_agent
from replica.server import Answer, CannedReplica, Fault


@pytest.fixture
def replica():
    """A service that answers every question with one list."""
    with CannedReplica(lambda _: Answer.of_json([1, 2, 3])) as replica:
        yield replica


def test_agent_names_the_package_its_version_and_the_contact(replica, open_session):
    """The service sees who asks and where to reach them."""
    assert open_session().get_json(f"{replica.url}/x") == [1, 2, 3]
    (agent,) = replica.agents
    assert agent.startswith("yhdyspinta-indicators/")
    assert agent.endswith(" (+mailto:test@example.org)")


def test_default_agent_is_refused_by_the_replica(replica):
    """The replica behaves as the services do: a library's default name gets 403."""
    assert requests.get(f"{replica.url}/x", timeout=5).status_code == 403


@pytest.mark.parametrize("contact", ["a\r\nX-Evil: 1", "ä@example.org", "a)b"])
def test_contact_that_a_header_cannot_carry_is_refused(contact):
    """A contact cannot smuggle a header in."""
    with pytest.raises(ParameterError, match="YHDYSPINTA_CONTACT"):
        name_agent(contact)


@pytest.mark.parametrize("status", ["429", "502", "503", "504"])
def test_transient_status_is_tried_again(replica, open_session, status):
    """A named transient failure that passes costs only time."""
    replica.faults = [Fault(status, times=2)]
    assert open_session().get_json(f"{replica.url}/x") == [1, 2, 3]
    assert replica.requests.total() == 3


@pytest.mark.parametrize("kind", ["timeout", "drop"])
def test_broken_connection_is_tried_again(replica, open_session, kind, limits_for):
    """So does a connection that breaks or stays silent."""
    replica.faults = [Fault(kind, times=1)]
    assert open_session(limits=limits_for(kind)).get_json(f"{replica.url}/x") == [1, 2, 3]
    assert replica.requests.total() == 2


@pytest.mark.parametrize("status", ["400", "403", "404", "500"])
def test_lasting_status_is_not_tried_again(replica, open_session, status):
    """A refusal is asked once, and is told with its status and address."""
    replica.faults = [Fault(status)]
    with pytest.raises(SourceError, match=f"HTTP {status}.*/x") as caught:
        open_session().get_json(f"{replica.url}/x", [("years", 2020), ("years", 2021)])
    assert caught.value.status == int(status)
    assert caught.value.url.endswith("/x?years=2020&years=2021")
    assert replica.requests.total() == 1


@pytest.mark.parametrize(
    ("kind", "problem"),
    [("503", "not available; tried 3 times"), ("timeout", "no answer in time"), ("drop", "failed or broke")],
)
def test_tries_are_limited(replica, open_session, kind, problem, limits_for):
    """A failure that lasts ends after the allowed tries."""
    replica.faults = [Fault(kind)]
    with pytest.raises(SourceError, match=problem):
        open_session(limits=limits_for(kind)).get_json(f"{replica.url}/x")
    assert replica.requests.total() == 3


def test_total_time_is_limited(replica, open_session, quick):
    """Tries end when their time is up, even where more are allowed."""
    replica.faults = [Fault("503")]
    limits = dataclasses.replace(quick, tries=100, wait_initial=0.2, wait_max=0.2, total_seconds=2)
    with pytest.raises(SourceError, match=r"tried \d\d? times"):
        open_session(limits=limits).get_json(f"{replica.url}/x")


def test_retry_after_is_obeyed(replica, open_session):
    """A service that says how long to wait is waited for."""
    replica.faults = [Fault("429", times=1, retry_after="1")]
    started = time.monotonic()
    open_session().get_json(f"{replica.url}/x")
    assert time.monotonic() - started >= 1


def test_too_long_retry_after_ends_the_call(replica, open_session):
    """A wait longer than we grant is told, not waited for."""
    replica.faults = [Fault("429", retry_after="3600")]
    with pytest.raises(SourceError, match="call more seldom, for 3600 s"):
        open_session().get_json(f"{replica.url}/x")
    assert replica.requests.total() == 1


def test_pause_holds_all_threads(replica, open_session):
    """When one call is told to slow down, the others wait too."""
    session = open_session()
    started = time.monotonic()
    session._adapter.hold(0.3)
    session.get_json(f"{replica.url}/x")
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    ("kind", "kind_of_error", "problem"),
    [
        ("html_login", SourceError, "a web page, not with data; a proxy or a login page"),
        ("truncated_json", ResponseFormatError, "not whole JSON"),
        ("empty", ResponseFormatError, "the answer is empty"),
        ("huge", SourceError, "larger than the 4194304 bytes"),
        ("slow", SourceError, "took longer than 0.6 s"),
    ],
)
def test_answer_that_is_not_data_is_refused(replica, open_session, kind, kind_of_error, problem, limits_for):
    """A page, a cut, empty, huge or endless answer is told for what it is, after one call."""
    replica.faults = [Fault(kind)]
    replica.respond = lambda _: Answer.of_json(["x" * 200])
    with pytest.raises(kind_of_error, match=problem):
        open_session(limits=limits_for(kind)).get_json(f"{replica.url}/x")
    assert replica.requests.total() == 1


@pytest.mark.parametrize("body", [b"[NaN]", b"[Infinity]", b"\xff\xfe[", b"[" * 100_000, b"[1]]"])
def test_answer_that_is_no_json_is_refused(replica, open_session, body):
    """NaN, other encodings, endless nesting and trailing text are no JSON."""
    replica.respond = lambda _: Answer(body=body)
    with pytest.raises(ResponseFormatError, match="not whole JSON"):
        open_session().get_json(f"{replica.url}/x")


def test_byte_order_mark_is_accepted(replica, open_session):
    """Some services begin their JSON with a mark; it does no harm."""
    replica.respond = lambda _: Answer(body=b"\xef\xbb\xbf[1]")
    assert open_session().get_json(f"{replica.url}/x") == [1]


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}])
def test_packed_answers_are_unpacked_and_limited(replica, open_session, headers):
    """The size limit holds after unpacking, and a damaged packing is told."""
    bodies = {"/good": gzip.compress(b"[1]"), "/bomb": gzip.compress(b" " * (5 << 20)), "/bad": b"no gzip"}
    replica.respond = lambda question: Answer(body=bodies[question.path], headers=headers)
    session = open_session()
    assert session.get_json(f"{replica.url}/good") == [1]
    with pytest.raises(SourceError, match="larger than the 4194304 bytes"):
        session.get_json(f"{replica.url}/bomb")
    with pytest.raises(ResponseFormatError, match="could not be unpacked"):
        session.get_json(f"{replica.url}/bad")


def test_redirect_to_a_login_page_is_told(replica, open_session):
    """The message tells where the call was sent on to."""

    def respond(question):
        if question.path == "/login":
            return Answer(body=b"<html>", content_type="text/html")
        return Answer(302, headers={"Location": "/login"})

    replica.respond = respond
    with pytest.raises(SourceError, match=r"after a redirect to http://127.0.0.1:.*/login"):
        open_session().get_json(f"{replica.url}/x")


def test_at_most_four_requests_at_once(replica, open_session):
    """Whatever number of threads ask, the service sees four at once."""
    replica.latency_ms = 30
    session = open_session()
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: session.get_json(f"{replica.url}/{n}"), range(24)))
    assert replica.max_concurrent == 4
    assert session.requests_sent == 24


def test_rate_is_shared_by_all_threads(replica, open_session, quick):
    """No window holds more calls than allowed, over all threads and tries."""
    session = open_session(limits=dataclasses.replace(quick, calls=5, window_seconds=0.3))
    started = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: session.get_json(f"{replica.url}/{n}"), range(11)))
    assert time.monotonic() - started >= 0.6


def test_bytes_and_requests_are_counted(replica, open_session):
    """The summary of a fetch can tell how much was asked and received."""
    session = open_session()
    session.get_json(f"{replica.url}/x")
    session.post_json(f"{replica.url}/x", {"query": []})
    assert (session.requests_sent, session.bytes_received) == (2, 2 * len(b"[1, 2, 3]"))


def test_service_whose_first_calls_all_fail_is_not_asked_further(replica, open_session):
    """After three failures without an answer the service is left alone, and the error says why."""
    replica.faults = [Fault("500")]
    session = open_session()
    for _ in range(3):
        with pytest.raises(SourceError, match="the service failed"):
            session.get_json(f"{replica.url}/x")
    with pytest.raises(SourceError) as refused:
        session.get_json(f"{replica.url}/y")
    said = "not asked, because the service's first 3 calls all failed (the service failed (HTTP 500))"
    assert refused.value.problem == said
    assert replica.requests.total() == 3


def test_answers_about_one_thing_do_not_stop_the_asking(replica, open_session):
    """Indicators that are gone say nothing of the service's health."""
    replica.faults = [Fault("404", times=20)]
    session = open_session()
    for _ in range(20):
        with pytest.raises(SourceError, match="no such address"):
            session.get_json(f"{replica.url}/x")
    assert session.get_json(f"{replica.url}/x") == [1, 2, 3]


def test_closed_session_asks_no_further(replica, open_session):
    """Whoever leaves early leaves no thread that goes on asking."""
    session = open_session()
    session.close()
    with pytest.raises(SourceError, match="not asked, because the session is closed"):
        session.get_json(f"{replica.url}/x")
    assert replica.requests.total() == 0


def test_service_that_goes_down_midway_is_left_alone(replica, open_session, quick):
    """After an answer, more failures in a row are borne, but not without end."""
    session = open_session()
    session.get_json(f"{replica.url}/x")
    replica.faults = [Fault("500")]
    for _ in range(20):
        with pytest.raises(SourceError, match=r"the service failed|not asked, because"):
            session.get_json(f"{replica.url}/x")
    assert replica.requests.total() == 1 + quick.failures_in_row


def test_service_that_does_not_listen(open_session):
    """A refused connection is told as such."""
    with pytest.raises(SourceError, match=r"the connection failed or broke.*tried 3 times"):
        open_session().get_json("http://127.0.0.1:9/x")


def test_address_that_is_none(open_session):
    """A wrong base address is an error of ours, not of requests."""
    with pytest.raises(SourceError, match="cannot be used"):
        open_session().get_json("sotkanet.fi/x")


def test_proxy_of_the_environment_is_used(replica, open_session, monkeypatch):
    """The system's proxy gets the call."""
    monkeypatch.setenv("http_proxy", replica.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert open_session().get_json("http://service.invalid/x") == [1, 2, 3]
    assert list(replica.questions) == ["GET http://service.invalid/x"]


@pytest.fixture
def tls_replica(tmp_path):
    """A service behind a certificate that no authority has signed."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(["openssl", *made, *files], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with CannedReplica(lambda _: Answer.of_json([1])) as replica:
        replica._server.socket = context.wrap_socket(replica._server.socket, server_side=True)
        replica.tls_url = replica.url.replace("http:", "https:")
        replica.certificate = tmp_path / "cert.pem"
        yield replica


def test_unknown_certificate_is_refused_at_once(tls_replica, open_session):
    """Nothing is read from a service that cannot prove who it is, and it is not asked again."""
    session = open_session()
    with pytest.raises(SourceError, match="certificate could not be verified"):
        session.get_json(f"{tls_replica.tls_url}/x")
    assert session.requests_sent == 1


def test_certificates_of_the_environment_are_honoured(tls_replica, open_session, monkeypatch):
    """An office's own authority, named in the environment, is trusted."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_replica.certificate))
    assert open_session().get_json(tls_replica.tls_url) == [1]


def test_system_certificates_are_honoured(tls_replica, open_session, monkeypatch):
    """An authority that the system alone knows is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_replica.certificate))
    assert open_session().get_json(tls_replica.tls_url) == [1]


def test_cookies_are_not_kept(replica, open_session):
    """Calls do not depend on those before them."""
    replica.respond = lambda question: Answer(
        body=b'"%s"' % question.headers.get("Cookie", "").encode(), headers={"Set-Cookie": "a=1"}
    )
    session = open_session()
    assert [session.get_json(f"{replica.url}/x") for _ in range(2)] == ["", ""]


def test_no_thread_is_left_behind(replica, quick):
    """A closed session leaves nothing running."""
    before = set(threading.enumerate())
    with ServiceSession("sotkanet", "", quick) as session:
        session.get_json(f"{replica.url}/x")
    ours = {thread for thread in set(threading.enumerate()) - before if "process_request" not in thread.name}
    assert not ours


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=40), st.text(alphabet='[]{}",:0123eE.-nulltrfasN \n', max_size=30)))
def test_any_body_gives_its_json_or_a_typed_error(replica, open_session, body, quick):
    """Whatever bytes come, they are read as JSON or refused by an error of ours."""
    content = body if isinstance(body, bytes) else body.encode()
    replica.respond = lambda _: Answer(body=content)
    session = open_session(limits=dataclasses.replace(quick, first_failures=10_000, failures_in_row=10_000))
    with contextlib.suppress(SourceError):
        assert session.get_json(f"{replica.url}/x") == json.loads(content.decode("utf-8-sig"))
