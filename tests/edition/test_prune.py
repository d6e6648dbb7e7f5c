"""Pruning: what old may go, and what readers see or an edition rests on stays."""

import datetime as dt
import fcntl
import json
import shutil

import pytest
from click.testing import CliRunner

from indicators.cli import main
from indicators.snapshot.store import list_snapshots, verify_snapshot

ROW = {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2011}


@pytest.fixture
def server(tmp_path, home, write, make_rows, monkeypatch):
    """Six weeks of a snapshot and an edition each, the third of them pinned; the snapshots' ids."""
    reports, web = tmp_path / "reports", tmp_path / "www"
    monkeypatch.setenv("YHDYSPINTA_REPORTS", str(reports))
    monkeypatch.setenv("YHDYSPINTA_PUBLISH", str(web))
    monkeypatch.chdir(tmp_path)
    snapshot, ids = None, []
    for week in range(1, 7):
        before = snapshot
        created = dt.date(2026, 11, week)
        snapshot = write(make_rows(ROW | {"value": week}), created=created, folder=home, previous=before)
        ids.append(snapshot.id)
        manifest = {
            "edition": f"E{week}",
            "folder": f"E{week}",
            "finished": f"2026-11-{week:02}T05:30:00+00:00",
            "snapshot": {"id": snapshot.id, "sha256": snapshot.sha256},
            "basis": {"previous": before.sha256 if before else ""},
            "reports": [],
        }
        (reports / f"E{week}").mkdir(parents=True)
        (reports / f"E{week}" / "manifest.json").write_text(json.dumps(manifest))
    shutil.copytree(reports, web)
    (reports / "latest").symlink_to("E6")
    (web / "latest").symlink_to("E3")
    (reports / "runs").mkdir()
    return ids


def _prune(*arguments):
    return CliRunner().invoke(main, ["prune", *arguments], catch_exceptions=False)


def _names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_what_is_shown_and_what_it_rests_on_stays(server, tmp_path, home):
    """The newest stay, the pinned one, its two snapshots, and the newest snapshot's previous one."""
    told = {}
    for arguments in (["--keep", "1", "--dry-run"], ["--keep", "1"], ["--keep", "1"]):
        before = _names(tmp_path / "reports")
        done = _prune(*arguments)
        assert done.exit_code == 0, done.output
        told[len(told)] = done.stdout.splitlines()
        if "--dry-run" in arguments:
            assert _names(tmp_path / "reports") == before
    assert told[0] == [line.replace("removed ", "would remove ") for line in told[1]]
    stay = [f"{tmp_path / place / 'E3'} stays: readers see it." for place in ("reports", "www")]
    assert [line for line in told[1] if "removed" not in line] == stay
    assert told[2] == [*stay, "Nothing is to be removed."]
    assert _names(tmp_path / "reports") == ["E3", "E6", "latest", "runs"]
    assert _names(tmp_path / "www") == ["E3", "E6", "latest"]
    kept = [item for item in list_snapshots(home) if not item["is_bundled"]]
    assert [item["id"] for item in kept] == [server[week - 1] for week in (6, 5, 3, 2)]
    assert not any(verify_snapshot(home / item["id"]) for item in kept)
    assert not list(tmp_path.rglob(".unfinished*"))


@pytest.mark.usefixtures("server")
def test_nothing_goes_where_more_are_kept_than_there_are(tmp_path):
    """A copy that stands for ``latest`` is no edition more."""
    (tmp_path / "reports" / "latest").unlink()
    shutil.copytree(tmp_path / "reports" / "E6", tmp_path / "reports" / "latest")
    assert _prune("--keep", "6").stdout == "Nothing is to be removed.\n"


def _unmount(root):
    (root / "www" / "latest").unlink()


def _spoil(root):
    (root / "www" / "E3" / "manifest.json").write_text("{")


def _unset(root):
    (root / "run.env").write_text("YHDYSPINTA_REPORTS=\n")


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("spoil", "code", "problem"),
    [
        (_unmount, 4, "www/latest: is not there: which edition readers see is not known. Bring it back"),
        (_spoil, 4, "www/latest: manifest.json cannot be read"),
        (_unset, 2, "YHDYSPINTA_REPORTS: found ''; expected the folder of editions"),
    ],
)
def test_a_prune_that_could_take_what_is_shown(spoil, code, problem, tmp_path):
    """Where that is not known nothing is removed, and one line says so."""
    (tmp_path / "run.env").write_text("")
    spoil(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = _prune("run.env", "--keep", "1")
    assert (done.exit_code, problem in done.output, done.output.count("\n")) == (code, True, 1), done.output
    assert [path for path in before if not path.exists()] == []


@pytest.mark.usefixtures("server")
def test_a_prune_waits_for_no_run(tmp_path):
    """While one is under way nothing is removed; zero editions to keep are refused."""
    with (tmp_path / "reports" / "runs" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _prune("--keep", "1")
    assert (done.exit_code, "a run is writing here" in done.output) == (4, True)
    assert _prune("--keep", "0").exit_code == 2
    assert (tmp_path / "reports" / "E1").is_dir()


@pytest.mark.usefixtures("server")
def test_what_cannot_be_removed_is_told(tmp_path, monkeypatch):
    """By its name; what is left of it goes when it can."""

    def refuse(path, *_arguments, **_more):
        raise PermissionError(13, "Permission denied", str(path))

    remove = shutil.rmtree
    monkeypatch.setattr(shutil, "rmtree", refuse)
    done = _prune("--keep", "5")
    assert done.exit_code == 4
    assert "reports/E1: cannot be removed: Permission denied. Check its rights." in done.output
    monkeypatch.setattr(shutil, "rmtree", remove)
    assert _prune("--keep", "6").exit_code == 0
    assert not list((tmp_path / "reports").glob(".unfinished*"))
