"""The edition's id follows from everything that the bytes of its reports rest on, and from nothing else."""

import dataclasses
import datetime as dt
import re

import pytest

from indicators.config import DATA_FOLDER, Settings
from indicators.edition import basis
from indicators.edition.basis import find_basis
from indicators.errors import CatalogueError, SnapshotError

ROW = {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2011, "value": 11.4}


@pytest.fixture
def edition_of(bundled, catalogue):
    """The id of an edition of the bundled snapshot, but for what is told."""

    def edition_of(snapshot=bundled, catalogue=catalogue, code="a", **settings):
        return find_basis(snapshot, catalogue, Settings(**settings), code).edition

    return edition_of


def test_it_is_the_snapshots_day_and_a_hash(edition_of):
    """The id begins with the snapshot's date and is the same every time."""
    assert re.fullmatch(r"2026-11-28-[0-9a-f]{8}", edition_of())
    assert edition_of() == edition_of()


def test_it_follows_snapshot_catalogue_version_code_and_settings(edition_of, bundled, catalogue, monkeypatch):
    """Another content, date, catalogue, code, publisher, feedback address or version: another edition."""
    ids = [
        edition_of(),
        edition_of(dataclasses.replace(bundled, sha256="0" * 64)),
        edition_of(dataclasses.replace(bundled, created=dt.date(2027, 1, 1))),
        edition_of(catalogue=dataclasses.replace(catalogue, sha256="0" * 64)),
        edition_of(code="b"),
        edition_of(publisher="Liitto"),
        edition_of(feedback="palaute@example.org"),
    ]
    monkeypatch.setattr(basis, "__version__", "99.0")
    ids.append(edition_of())
    assert len(set(ids)) == len(ids)


def test_it_follows_the_plans_content_and_not_its_place(edition_of, tmp_path):
    """An edited plan makes another edition, a copy elsewhere does not; a plan that is not there is told."""
    text = (DATA_FOLDER / "plan.yaml").read_text("utf-8")
    for name, content in (("a.yaml", text), ("b.yaml", text), ("c.yaml", f"{text}# edited\n")):
        (tmp_path / name).write_text(content, "utf-8")
    first, copy, edited = (edition_of(plan=str(tmp_path / name)) for name in ("a.yaml", "b.yaml", "c.yaml"))
    assert first == copy != edition_of()
    assert edited != first
    with pytest.raises(CatalogueError, match="the plan's file is missing"):
        edition_of(plan=str(tmp_path / "none.yaml"))


def test_it_follows_the_previous_snapshot_where_that_is_stored(edition_of, write, make_rows, tmp_path):
    """What reports say of the time since rests on it: with it, without it, two editions."""
    folder = tmp_path / "home" / "snapshots"
    first = write(make_rows(ROW), folder=folder)
    second = write(make_rows(ROW | {"value": 9.9}), folder=folder, previous=first)
    here, elsewhere = str(tmp_path / "home"), str(tmp_path / "elsewhere")
    assert edition_of(second, home=here) == edition_of(second, home=here)
    assert edition_of(second, home=here) != edition_of(second, home=elsewhere)
    assert edition_of(first, home=here) == edition_of(first, home=elsewhere)


def test_a_damaged_previous_snapshot_is_told(edition_of, write, make_rows, tmp_path, flip_byte):
    """Once and with what to do, before every report would fail of it."""
    folder = tmp_path / "home" / "snapshots"
    first = write(make_rows(ROW), folder=folder)
    second = write(make_rows(ROW | {"value": 9.9}), folder=folder, previous=first)
    flip_byte(first.path / "observations.parquet")
    with pytest.raises(SnapshotError, match=r"observations\.parquet is damaged: .* follows it: put a whole"):
        edition_of(second, home=str(tmp_path / "home"))


def test_it_does_not_follow_the_place(edition_of, bundled, tmp_path):
    """Where the snapshot lies, what it is called and who asked make no difference."""
    moved = dataclasses.replace(bundled, path=tmp_path, id="other")
    assert edition_of(moved, contact="x", home=str(tmp_path)) == edition_of()
