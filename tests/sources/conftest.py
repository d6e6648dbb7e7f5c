"""Shared parts of the tests of sources. No test here may contact anything but this machine itself."""

import dataclasses
import datetime as dt
import socket
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))  # tests/replica is a package beside this folder

from indicators.catalogue.records import Indicator
from indicators.sources.areas import KnownAreas
from indicators.sources.http.session import HttpLimits, ServiceSession
from replica.frames import TEST_AREAS
from replica.sotkanet import REGION_IDS

QUICK = HttpLimits(
    # Patient: on a busy machine a healthy answer is slow too.
    connect_seconds=10,
    read_seconds=20,
    answer_seconds=30,
    max_bytes=4 * 2**20,
    tries=3,
    total_seconds=60,
    wait_initial=0.01,
    wait_max=0.02,
    wait_jitter=0.01,
    wait_after_429=0.05,
    longest_retry_after=1,
)
#: For a service that is to be found silent, and for one that is endless.
HURRIED = {
    "timeout": dataclasses.replace(QUICK, read_seconds=1),
    "slow": dataclasses.replace(QUICK, answer_seconds=0.6),
}
NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch):
    """Refuse every connection that leaves this machine, whatever proxies are set."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
            raise AssertionError(f"a test tried to reach {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def quick():
    """Limits that make a test of failures end soon."""
    return QUICK


@pytest.fixture
def limits_for():
    """The limits for a fault: short waits where it is silence or an answer without end."""
    return lambda kind: HURRIED.get(kind, QUICK)


@pytest.fixture
def clock():
    """A clock that stands still."""
    return lambda: NOW


@pytest.fixture
def areas():
    """The areas of the made-up test data."""
    ids = {code: REGION_IDS[code] for code in TEST_AREAS}
    return KnownAreas(frozenset(TEST_AREAS), ids)


@pytest.fixture
def open_session():
    """Opens sessions with quick limits and closes them afterwards."""
    sessions = []

    def open_session(source="sotkanet", limits=QUICK):
        sessions.append(ServiceSession(source, "mailto:test@example.org", limits))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.close()


@pytest.fixture
def make_indicator():
    """Makes a declared indicator; anything may be given otherwise."""

    def make_indicator(id="sotkanet:181", **changes):
        service, _, key = id.partition(":")
        sources = {
            "sotkanet": {"service": "sotkanet", "key": key},
            "own": {"service": "own", "path": "taulu.csv"},
            "statfin": {},
        }
        declared = {
            "id": id,
            "title": {"fi": "Testi"},
            "unit": "percent",
            "decimals": 1,
            "value_type": "proportion",
            "producer": "thl",
            "source": sources[service],
        }
        return Indicator.model_validate(declared | changes)

    return make_indicator


@pytest.fixture
def fetch_only():
    """The one result of a fetch; its error is raised where there is one."""

    def fetch_only(source, indicator, previous=None):
        (result,) = source.fetch([indicator], previous)
        if result.error is not None:
            raise result.error
        return result

    return fetch_only
