"""What all tests share: the declared data, the bundled figures, and a machine without a network.

Nothing here may read or write outside the clone and pytest's temporary folders.
"""

import csv
import datetime as dt
import math
import shutil
import socket
from pathlib import Path

import hypothesis
import pandas as pd
import pytest

from indicators.assessment.table import compute_assessment
from indicators.batch.start import warm_up
from indicators.batch.workers import count_cores
from indicators.catalogue import load_catalogue
from indicators.catalogue.catalogue import FILES
from indicators.config import DATA_FOLDER
from indicators.model import OBSERVATION_COLUMNS, SeriesMetadata, SeriesPart
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.write import write_snapshot
from tests.edition_fixture import edition  # noqa: F401 - a fixture

FIXTURES = Path(__file__).parent / "fixtures"
LOOPBACK = ("127.0.0.1", "::1", "localhost")

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than there are cores: tests of processes, services and browsers often wait."""
    return count_cores() + 1


def pytest_collection_modifyitems(items):
    """Slow files first, so that no process is left with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _own_home(monkeypatch, tmp_path_factory):
    """Give every test an empty home of its own and none of the caller's settings."""
    for name in ("SOTKANET_URL", "STATFIN_URL", "CONTACT"):
        monkeypatch.delenv(f"YHDYSPINTA_{name}", raising=False)
    monkeypatch.setenv("YHDYSPINTA_HOME", str(tmp_path_factory.mktemp("home")))
    # A command that a test has called in this process chose it, and a kernel would show no picture with it.
    monkeypatch.delenv("MPLBACKEND", raising=False)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Refuse every connection that would leave this machine."""
    for name in ("connect", "connect_ex"):
        real = getattr(socket.socket, name)

        def connect_here(self, address, real=real):
            if isinstance(address, tuple) and address[0] not in LOOPBACK:
                raise AssertionError(f"a test tried to reach {address}")
            return real(self, address)

        monkeypatch.setattr(socket.socket, name, connect_here)


# --- what ships with the package --------------------------------------------------------------------


@pytest.fixture(scope="session")
def catalogue():
    """The declared data."""
    return load_catalogue()


@pytest.fixture(scope="session")
def bundled():
    """The bundled snapshot."""
    return load_snapshot("bundled")


@pytest.fixture(scope="session")
def assessment(bundled, catalogue):
    """The assessment of the bundled snapshot."""
    return compute_assessment(bundled, catalogue)


@pytest.fixture(scope="session")
def read_fixture():
    """Reads one of the tables in ``fixtures/`` as a list of dicts of text."""

    def read_fixture(name):
        with (FIXTURES / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read_fixture


# --- made-up data -----------------------------------------------------------------------------------


@pytest.fixture
def declared_copy(tmp_path):
    """A folder with copies of the declared files, to be spoilt."""
    folder = tmp_path / "declared"
    folder.mkdir()
    for name in FILES:
        shutil.copy(DATA_FOLDER / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def make_rows():
    """Makes an observation table of dicts; what a dict leaves out is missing, normal and of both sexes."""
    given = {"sex": "total", "value": math.nan, "count": math.nan, "denominator": math.nan}
    given |= {"status": "normal", "status_note": ""}

    def make_rows(*rows):
        return pd.DataFrame([given | row for row in rows], columns=list(OBSERVATION_COLUMNS))

    return make_rows


@pytest.fixture(scope="session")
def describe():
    """Makes the metadata of made-up series, all of one area division."""

    def describe(observations, division="2026"):
        return {
            indicator_id: SeriesMetadata(
                indicator_id=indicator_id,
                source=indicator_id.partition(":")[0],
                producer="statfin",
                url="https://example.org/",
                title={"fi": "Testisarja"},
                parts=(SeriesPart(1900, 2100, "2026-11", division),),
                retrieved_at="2026-11-24",
            )
            for indicator_id in observations["indicator_id"].unique()
        }

    return describe


@pytest.fixture
def snapshots_folder(tmp_path):
    """An empty folder of snapshots."""
    return tmp_path / "snapshots"


@pytest.fixture
def write(snapshots_folder, catalogue, describe):
    """Writes observations as a snapshot, in the folder of snapshots unless told otherwise."""

    def write(observations, created=dt.date(2026, 11, 24), division="2026", folder=None, **more):
        series = describe(observations, division)
        target = folder or snapshots_folder
        stored = write_snapshot(target, observations, series, catalogue, created, **more)
        return load_snapshot(str(stored.path))

    return write


@pytest.fixture(scope="session")
def flip_byte():
    """Damages a file by one byte in its middle."""

    def flip_byte(path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return flip_byte


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder for snapshots that the settings name."""
    monkeypatch.setenv("YHDYSPINTA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "snapshots"


@pytest.fixture(scope="session")
def warm_server():
    """The server of this process has the bundled snapshot, whichever test comes first.

    It has only one: all tests after a first one of another snapshot would compute everything anew.
    """
    warm_up("bundled")


@pytest.fixture(autouse=True)
def _warm_first(request, _own_home):
    """Start it with the settings of none of the tests that make editions otherwise."""
    if request.node.get_closest_marker("slow"):
        request.getfixturevalue("warm_server")


@pytest.fixture
def follow(bundled, catalogue, home, warm_server):
    """Writes a snapshot of the bundled figures that follows another, with one figure of its own."""

    def follow(previous, value):
        members = {area.code for area in catalogue.members} | {catalogue.agreement.region, "SSS"}
        rows = bundled.observations[bundled.observations["area_code"].isin(members)].reset_index(drop=True)
        is_changed = (rows["indicator_id"] == "sotkanet:181") & (rows["area_code"] == "435")
        rows.loc[is_changed & rows["value"].notna(), "value"] = value
        return write_snapshot(home, rows, bundled.series, catalogue, bundled.created, previous)

    return follow
