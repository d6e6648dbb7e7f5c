"""What is shown never goes back to older figures, unless a person names the snapshot."""

import datetime as dt
import os
import shutil

import pytest
from click.testing import CliRunner

from indicators.batch import make
from indicators.batch.make import Options, make_edition
from indicators.catalogue.plan import PLAN_FILE
from indicators.cli import main
from indicators.config import Settings
from indicators.edition.basis import find_basis
from indicators.edition.plan import plan_reports
from indicators.edition.store import is_older
from indicators.errors import OutputError, SnapshotError
from tests.batch.stand_ins import SmallErrand, run_small

ROW = {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2011, "value": 11.4}


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Give every job a small accepted page at once."""
    monkeypatch.setattr(make, "run_jobs", run_small)
    monkeypatch.setattr(make, "Errand", SmallErrand)
    monkeypatch.setattr(make, "warm_up", lambda *what: None)
    monkeypatch.setattr("indicators.batch.workers.warm_up", lambda *what: None)


@pytest.fixture
def store(home, write, make_rows):
    """Writes a snapshot of a day into the home of the settings."""

    def store(day, value=9.9, **more):
        return write(make_rows(ROW | {"value": value}), created=dt.date(2026, 12, day), folder=home, **more)

    return store


@pytest.fixture
def tasks(catalogue):
    """The reports of the whole agreement."""
    return plan_reports(catalogue)


def test_latest_does_not_move_to_older_figures(store, tasks, tmp_path):
    """The older edition is made and lies beside; a named snapshot moves ``latest`` back."""
    old, new = store(1), store(2)
    newer = make_edition(tasks, new.id, tmp_path / "out")
    older = make_edition(tasks, old.id, tmp_path / "out")
    assert (older.is_latest, older.folder.is_dir()) == (False, True)
    assert older.why_not_latest.startswith(f"'latest' stays: it shows newer figures, of {new.id}; --snapshot")
    assert (tmp_path / "out" / "latest").resolve() == newer.folder
    assert make_edition(tasks, old.id, tmp_path / "out", Options(may_go_back=True)).is_latest
    assert make_edition(tasks, "latest", tmp_path / "out").manifest["snapshot"]["id"] == new.id


def test_command_moves_latest_back_only_with_a_named_snapshot(store, tasks, tmp_path, monkeypatch):
    """Also an earlier edition whose failed reports are made again leaves it."""
    monkeypatch.chdir(tmp_path)
    old, new = store(1), store(2)
    earlier = make_edition(tasks, old.id, tmp_path / "reports")
    make_edition(tasks, new.id, tmp_path / "reports")
    result = CliRunner().invoke(main, ["report", "--only-failed", earlier.folder.name])
    assert "'latest' stays: it shows newer figures" in result.stdout, result.output
    assert (tmp_path / "reports" / "latest").resolve().name != earlier.folder.name
    assert CliRunner().invoke(main, ["report", "--snapshot", old.id]).exit_code == 0
    assert (tmp_path / "reports" / "latest").resolve().name == earlier.folder.name


def test_order_of_one_day_is_that_in_which_snapshots_follow(store, home):
    """By which follows which; where nothing is known of the one shown, it stays."""
    first = store(1)
    second = store(1, 8.8, previous=first)

    def shown(snapshot):
        return {"snapshot": {"id": snapshot.id, "sha256": snapshot.sha256}}

    assert [is_older(second, shown(first), home), is_older(first, shown(second), home)] == [False, True]
    assert is_older(first, shown(first), home) is False
    unknown = {"snapshot": {"id": f"{first.id[:10]}-00000000", "sha256": "0"}}
    assert is_older(second, unknown, home) is True
    assert is_older(second, {"snapshot": {"id": "2025-01-01-00000000", "sha256": "0"}}, home) is False


@pytest.mark.parametrize("how", ["emptied", "away", "file"])
def test_home_that_is_lost_ends_with_4_and_leaves_latest(how, store, home, tasks, tmp_path, monkeypatch):
    """Empty mount point, missing path, or a file in its place: no report is made of the bundled figures."""
    monkeypatch.chdir(tmp_path)
    newer = make_edition(tasks, store(2).id, tmp_path / "reports")
    shutil.rmtree(home.parent)
    if how == "emptied":
        home.mkdir(parents=True)
    elif how == "file":
        home.parent.write_text("x", "utf-8")
    result = CliRunner().invoke(main, ["report"])
    assert (result.exit_code, result.stdout) == (4, "")
    assert str(home) in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "reports" / "latest").resolve() == newer.folder
    if how != "file":
        assert f"shows figures of {newer.manifest['snapshot']['id']}: is a drive away?" in result.stderr
        assert CliRunner().invoke(main, ["report", "--snapshot", "bundled"]).exit_code == 0
        assert (tmp_path / "reports" / "latest").resolve() != newer.folder


def test_mark_in_the_home_tells_without_any_edition(store, home, tasks, tmp_path):
    """A home that had snapshots is told from a new one also where no edition is shown."""
    store(2)
    shutil.rmtree(home)
    with pytest.raises(SnapshotError, match="had snapshots and has none"):
        make_edition(tasks, "latest", tmp_path / "out")


def test_shown_edition_that_cannot_be_read_stops_the_run(tasks, home, tmp_path):
    """What would be replaced is not known; a link that leads nowhere shows nothing."""
    first = make_edition(tasks, "bundled", tmp_path / "out")
    (first.folder / "manifest.json").write_text("", "utf-8")
    with pytest.raises(OutputError, match=r"latest: manifest\.json cannot be read.*Bring a whole copy"):
        make_edition(tasks, "bundled", tmp_path / "out")
    shutil.rmtree(first.folder)
    assert make_edition(tasks, "bundled", tmp_path / "out").is_latest


def test_demonstration_never_becomes_latest(tasks, home, tmp_path, monkeypatch):
    """Nor does an edition of a plan that still says that it is an example; the command leaves no trace."""
    monkeypatch.chdir(tmp_path)
    first = make_edition(tasks, "bundled", tmp_path / "reports")
    assert (first.is_latest, first.manifest["demo"]) == (True, False)
    result = CliRunner().invoke(main, ["report", "--demo"])
    assert "('latest' never moves to an edition with the example plan)" in result.stdout, result.output
    assert "YHDYSPINTA_DEMO" not in os.environ
    assert (tmp_path / "reports" / "latest").resolve() == first.folder
    (tmp_path / "yhdyspinta.toml").write_text(f'plan = "{PLAN_FILE}"\n', "utf-8")
    assert not make_edition(tasks, "bundled", tmp_path / "reports").is_latest


def test_demonstration_is_another_edition_than_the_same_plan_of_ones_own(bundled, catalogue, home):
    """Its pages say that they are one."""
    own = find_basis(bundled, catalogue, Settings(plan=str(PLAN_FILE)), "code")
    shown = find_basis(bundled, catalogue, Settings(demo="1"), "code")
    assert (own.plan, own.edition == shown.edition) == (shown.plan, False)
