"""Fixtures of the small world: ``pytest_plugins = ["replica.fixtures"]`` in a module gives them."""

import shutil

import pytest

from indicators.snapshot.load import load_snapshot
from replica.world import World, make_base, make_frame, quick_limits, serve


@pytest.fixture(scope="session")
def base_world(catalogue, tmp_path_factory):
    """The rows of the small world, and a home with the snapshot at hand; not to be changed."""
    frame, home = make_frame(catalogue), tmp_path_factory.mktemp("base")
    make_base(catalogue, frame, home)
    return frame, home


@pytest.fixture
def world_home(base_world, tmp_path):
    """A home of the test's own with the snapshot at hand."""
    return shutil.copytree(base_world[1], tmp_path / "home")


@pytest.fixture
def world(base_world, world_home, catalogue, monkeypatch, tmp_path):
    """The snapshot at hand, and both services with newer figures; waits are short."""
    monkeypatch.setattr("indicators.catalogue.load_catalogue", lambda **_: catalogue)
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serve(catalogue, base_world[0]) as (sotkanet, statfin), quick_limits():
        before = load_snapshot("latest", world_home / "snapshots")
        yield World(catalogue, base_world[0], world_home, sotkanet, statfin, before)
