"""An earlier edition made again: the same bytes, or a message that says why not; nothing recorded is lost."""

import dataclasses
import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicators.batch import make
from indicators.batch.make import Options, make_edition
from indicators.cli import main
from indicators.config import SETTINGS_FILE
from indicators.edition import basis
from indicators.edition.archive import pack_archive, unpack_archive
from indicators.edition.plan import plan_reports
from indicators.edition.records import JobResult
from indicators.errors import ParameterError, ReportError
from indicators.snapshot.store import BUNDLED_FOLDER, find_previous
from indicators.snapshot.write import write_snapshot
from tests.batch.stand_ins import SmallErrand, run_small

ONE = Options(n_workers=1)  # each would compute the assessments of a snapshot that is not bundled
AS_OF = Options(is_as_of=True, n_workers=1)
ROW = {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2011, "value": 11.4}


@pytest.fixture
def quick(monkeypatch):
    """Give every job a small accepted page at once."""
    _hurry(monkeypatch)


def _hurry(monkeypatch):
    monkeypatch.setattr(make, "run_jobs", run_small)
    monkeypatch.setattr(make, "Errand", SmallErrand)
    monkeypatch.setattr(make, "warm_up", lambda *what: None)


@pytest.fixture
def some(catalogue):
    """Two reports: of a municipality and of a forum."""
    return [
        *plan_reports(catalogue, ["435"]),
        *plan_reports(catalogue, ["maahanmuutto-kotoutuminen"], kinds=["foorumi"]),
    ]


def _pages(edition):
    return {
        entry["file"]: (edition.folder / entry["file"]).read_bytes() for entry in edition.manifest["reports"]
    }


def test_an_earlier_edition_is_made_again_byte_for_byte(
    some, bundled, follow, home, catalogue, tmp_path, monkeypatch
):
    """After a newer snapshot, in the same folder, and in another one elsewhere from an archive alone."""
    old = follow(bundled, 9.9)
    first = make_edition(some, old.id, tmp_path / "out", ONE)
    assert first.failed == []
    assert first.manifest["basis"]["previous"] == bundled.sha256
    newer = follow(old, 8.8)
    with monkeypatch.context() as patch:
        _hurry(patch)
        assert make_edition(some, "latest", tmp_path / "out").manifest["snapshot"]["id"] == newer.id
    verified = make_edition(some, old.id, tmp_path / "out", AS_OF)
    assert (_pages(verified), verified.n_verified) == (_pages(first), 2)
    assert {entry["state"] for entry in verified.manifest["reports"]} == {"published"}
    packed = pack_archive(first.folder, old.path, tmp_path / "a.zip", find_previous(old, home))
    monkeypatch.setenv("YHDYSPINTA_HOME", str(tmp_path / "there"))
    monkeypatch.setattr("indicators.snapshot.store.BUNDLED_FOLDER", tmp_path / "no bundled one there")
    unpack_archive(packed, tmp_path / "there" / "reports", tmp_path / "there" / "snapshots", catalogue)
    elsewhere = make_edition(some, old.id, tmp_path / "there" / "reports", AS_OF)
    assert (_pages(elsewhere), elsewhere.n_verified) == (_pages(first), 2)


def test_latest_does_not_go_back(catalogue, quick, home, write, make_rows, tmp_path):
    """An earlier edition of all reports leaves latest at the newer one; without any it becomes it."""
    old = write(make_rows(ROW), folder=home)
    new = write(make_rows(ROW | {"value": 9.9}), created=dt.date(2026, 12, 24), folder=home, previous=old)
    tasks = plan_reports(catalogue)
    make_edition(tasks, old.id, tmp_path / "out")
    newer = make_edition(tasks, new.id, tmp_path / "out")
    again = make_edition(tasks, old.id, tmp_path / "out", AS_OF)
    assert (again.is_latest, again.n_verified) == (False, len(tasks))
    assert (tmp_path / "out" / "latest").resolve() == newer.folder
    assert make_edition(tasks, old.id, tmp_path / "other", AS_OF).is_latest


def test_a_report_that_differs_is_named_and_nothing_is_published(some, quick, tmp_path, monkeypatch):
    """The recorded edition stays as it is where a report comes out otherwise or fails."""
    first = make_edition(some, "bundled", tmp_path)
    before = _pages(first), first.folder.stat().st_ino

    def run(jobs, *how):
        for job in jobs:
            if job.task.kind == "kunta":
                yield JobResult(job.task, html=b"<p>another")
            else:
                yield JobResult(job.task, error="no")

    monkeypatch.setattr(make, "run_jobs", run)
    message = (
        r"435-luhanka\.fi\.html, foorumi maahanmuutto-kotoutuminen fi \(failed\): --as-of: the bytes are"
    )
    with pytest.raises(ReportError, match=message):
        make_edition(some, "bundled", tmp_path, AS_OF)
    assert (_pages(first), first.folder.stat().st_ino) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('publisher = "Liitto"', r"found 'publisher Liitto'; expected publisher none, as in edition"),
        ('plan = "oma.yaml"', r"found 'plan [0-9a-f]{12}'; expected plan none, .*bring the plan"),
    ],
)
def test_other_settings_are_refused(content, message, some, quick, tmp_path, monkeypatch):
    """What differs is named, with what to do; nothing runs."""
    monkeypatch.chdir(tmp_path)
    plan = Path(shutil.copy(BUNDLED_FOLDER.parent / "plan.yaml", tmp_path / "oma.yaml"))
    plan.write_text(plan.read_text("utf-8") + "# mine\n", "utf-8")
    make_edition(some, "bundled", tmp_path / "out")
    (tmp_path / SETTINGS_FILE).write_text(f"{content}\n", "utf-8")
    monkeypatch.setattr(make, "run_jobs", lambda *how: pytest.fail("something ran"))
    with pytest.raises(ParameterError, match=message) as refused:
        make_edition(some, "bundled", tmp_path / "out", AS_OF)
    assert "leave out --as-of to make it with today's rules" in str(refused.value)


def test_another_version_is_refused(some, quick, tmp_path, monkeypatch):
    """The version to install is told, whether an edition or only the snapshot records it."""
    make_edition(some, "bundled", tmp_path / "out")
    monkeypatch.setattr(basis, "__version__", "99.0")
    for folder, what in (
        ("out", r"as in edition 2026-11-28-\w+"),
        ("none", r"as in snapshot 2026-11-28-\w+"),
    ):
        message = rf"--as-of: found 'version 99\.0'; expected version 0\.\S+, {what}: install version 0\."
        with pytest.raises(ParameterError, match=message):
            make_edition(some, "bundled", tmp_path / folder, AS_OF)
    assert not (tmp_path / "none").exists()


def test_other_code_of_the_same_version_is_refused(some, quick, tmp_path, monkeypatch):
    """A developer's change is no version, but makes other reports."""
    make_edition(some, "bundled", tmp_path)
    monkeypatch.setattr(make, "hash_code", lambda: "f" * 64)
    with pytest.raises(ParameterError, match=r"found 'code ffffffffffff'; expected code [0-9a-f]{12}, as in"):
        make_edition(some, "bundled", tmp_path, AS_OF)


def test_a_previous_snapshot_that_came_or_went_is_refused(some, quick, home, write, make_rows, tmp_path):
    """What reports say of the time since would be otherwise."""
    old = write(make_rows(ROW), folder=home)
    new = write(make_rows(ROW | {"value": 9.9}), folder=home, previous=old)
    make_edition(some, new.id, tmp_path / "out")
    shutil.rmtree(old.path)
    message = (
        r"found 'previous none'; expected previous [0-9a-f]{12}, as in .* bring the snapshot's previous one"
    )
    with pytest.raises(ParameterError, match=message):
        make_edition(some, new.id, tmp_path / "out", AS_OF)


def test_an_edition_that_agrees_is_chosen_among_others(some, quick, tmp_path, monkeypatch):
    """Where one of several recorded editions can be made again, it is."""
    first = make_edition(some, "bundled", tmp_path)
    monkeypatch.setattr(basis, "__version__", "99.0")
    make_edition(some, "bundled", tmp_path)
    monkeypatch.undo()
    assert len(list(tmp_path.glob("2026*"))) == 2
    monkeypatch.setattr(make, "run_jobs", run_small)
    monkeypatch.setattr(make, "Errand", SmallErrand)
    assert make_edition(some, "bundled", tmp_path, AS_OF).folder == first.folder


def test_without_a_record_the_snapshot_tells(some, quick, home, catalogue, bundled, tmp_path):
    """Indicators declared otherwise than when the snapshot was written are named."""
    item = next(iter(catalogue.indicators.values()))
    other = {**catalogue.indicators, item.id: item.model_copy(update={"decimals": item.decimals + 1})}
    written = write_snapshot(
        home,
        bundled.rows(item.id),
        {item.id: bundled.series[item.id]},
        dataclasses.replace(catalogue, indicators=other),
        bundled.created,
    )
    with pytest.raises(
        ParameterError, match=rf"found 'other declarations of {item.id}'; expected the declared"
    ):
        make_edition(some, written.id, tmp_path / "out", AS_OF)


def test_an_edition_without_its_basis_is_told(some, quick, tmp_path, monkeypatch):
    """A manifest that does not state what else the edition rests on cannot be compared with."""
    first = make_edition(some, "bundled", tmp_path)
    manifest = {key: value for key, value in first.manifest.items() if key != "basis"}
    (first.folder / "manifest.json").write_text(json.dumps(manifest | {"edition": "2026-11-24-00000000"}))
    with pytest.raises(ParameterError, match="which its manifest does not state; leave out --as-of"):
        make_edition(some, "bundled", tmp_path, AS_OF)


def test_the_command_tells_what_it_verified(quick, tmp_path, monkeypatch):
    """Exit 0 with the number of equal reports; 1 where one differs; 2 without a snapshot or on a change."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(main, ["report", "--kind", "foorumi", *arguments])

    assert run("ks-turva", "--snapshot", "bundled").exit_code == 0
    again = run("--snapshot", "bundled", "--as-of")
    assert (again.exit_code, "8 of 8 reports published\n1 of them equal" in again.output) == (0, True)
    assert run("--as-of").exit_code == 2
    monkeypatch.setattr(make, "run_jobs", lambda jobs, *how: (JobResult(j.task, html=b"<p>x") for j in jobs))
    different = run("--snapshot", "bundled", "--as-of")
    assert different.exit_code == 1
    assert "ks-turva.fi.html" in different.output
    assert "Nothing was published." in different.output
    monkeypatch.setattr(basis, "__version__", "99.0")
    assert run("--snapshot", "bundled", "--as-of").exit_code == 2
