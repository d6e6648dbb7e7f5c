"""What is there already is not made again, and nothing that differs is taken for it."""

import hashlib
import json
import os
import shutil

import pytest

from indicators.batch import make
from indicators.batch.make import Options, make_edition, plan_again
from indicators.catalogue import load_catalogue
from indicators.config import DATA_FOLDER, PACKAGE_FOLDER, SETTINGS_FILE, find_notebook, load_settings
from indicators.edition.accepted import AcceptedFiles
from indicators.edition.code import _list_files, hash_code
from indicators.edition.plan import plan_reports
from indicators.edition.records import JobResult
from indicators.errors import ParameterError, UnknownNameError
from indicators.report.page import pdf
from tests.batch.stand_ins import SmallErrand


@pytest.fixture
def make_some(catalogue, tmp_path, monkeypatch):
    """Makes an edition of small pages of some areas; the areas that were made, and the edition."""

    def make_some(areas, failing=(), kinds=(), **options):
        made = []

        def run(jobs, *how):
            for job in jobs:
                made.append(job.task.area)
                is_failing = job.task.area in failing
                yield JobResult(job.task, error="no") if is_failing else JobResult(job.task, html=b"<p>made")

        monkeypatch.setattr(make, "run_jobs", run)
        monkeypatch.setattr(make, "Errand", SmallErrand)
        tasks = plan_reports(catalogue, areas, kinds=kinds)
        return made, make_edition(tasks, "bundled", tmp_path / "out", Options(**options))

    return make_some


def _states(edition):
    return {entry["area"]: entry["state"] for entry in edition.manifest["reports"]}


def test_an_unchanged_run_makes_nothing(make_some, monkeypatch):
    """The second run takes all reports and the index from the first, and its manifest says so."""
    _, first = make_some(["435", "931"])
    files = {path.name: path.read_bytes() for path in first.folder.rglob("*.html")}
    monkeypatch.setattr("indicators.batch.make.warm_up", lambda *what: pytest.fail("a server was started"))
    made, second = make_some(["435", "931"])
    assert made == []
    assert _states(second) == {"435": "reused", "931": "reused"}
    assert {path.name: path.read_bytes() for path in second.folder.rglob("*.html")} == files
    assert [entry["sha256"] for entry in second.manifest["reports"]] == [
        entry["sha256"] for entry in first.manifest["reports"]
    ]


def test_reports_are_taken_from_any_selection(make_some):
    """A larger edition takes what a smaller one of the same id has, and is told it file by file."""
    make_some(["435"])
    made, edition = make_some(["435", "931", "992"])
    assert made == ["931", "992"]
    assert _states(edition) == {"435": "reused", "931": "published", "992": "published"}
    assert make_some(["992"])[0] == []


def test_a_report_that_was_touched_is_made_again(make_some):
    """A file that differs from its hash, or is gone, is not taken."""
    _, first = make_some(["435", "931", "992"])
    (first.folder / "kunta" / "435-luhanka.fi.html").write_bytes(b"<p>mend")
    (first.folder / "kunta" / "992-aanekoski.fi.html").unlink()
    assert make_some(["435", "931", "992"])[0] == ["435", "992"]


def test_a_forged_report_is_not_taken_over(make_some):
    """A manifest that agrees with its files proves nothing: what counts is what passed the gate here."""
    _, first = make_some(["435", "931"])
    page = next(first.folder.glob("kunta/931-*.html"))
    page.write_bytes(b"<p>forged")
    manifest = json.loads((first.folder / "manifest.json").read_text("utf-8"))
    entry = next(item for item in manifest["reports"] if item["area"] == "931")
    entry["sha256"] = hashlib.sha256(b"<p>forged").hexdigest()
    (first.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    made, second = make_some(["435", "931"])
    assert made == ["931"]
    assert page.read_bytes() == b"<p>made"
    assert _states(second) == {"435": "reused", "931": "published"}


def test_an_accepted_page_of_another_area_is_not_taken_over(make_some):
    """One area's page under another's name would be the worst report of all."""
    _, first = make_some(["435"])
    accepted = AcceptedFiles(load_settings().snapshots_folder.parent)
    (entry,) = first.manifest["reports"]
    shutil.copy(first.folder / entry["file"], first.folder / "kunta" / "931-viitasaari.fi.html")
    found = [
        accepted.find(first.folder, first.manifest["edition"], name, entry["sha256"])
        for name in (entry["file"], "kunta/931-viitasaari.fi.html")
    ]
    assert found == [first.folder / entry["file"], None]


def test_a_forged_index_is_not_taken_over(make_some):
    """Nor any other file of an edition."""
    _, first = make_some(["435"])
    (first.folder / "index.html").write_bytes(b"<p>forged")
    manifest = json.loads((first.folder / "manifest.json").read_text("utf-8"))
    manifest["files"]["index.html"] = hashlib.sha256(b"<p>forged").hexdigest()
    (first.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    make_some(["435"])
    assert (first.folder / "index.html").read_bytes() == b"<p>index"


@pytest.mark.parametrize("kind", ["file", "hash", "state", "device", "pipe", "nested"])
def test_a_forged_manifest_stops_nothing(kind, make_some):
    """Of whatever kind, and whatever lies where a page should be, the report is made again."""
    _, first = make_some(["435"])
    page, path = first.folder / "kunta" / "435-luhanka.fi.html", first.folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    entry = manifest["reports"][0]
    if kind in ("device", "pipe"):
        page.unlink()
        page.symlink_to("/dev/zero") if kind == "device" else os.mkfifo(page)
        manifest["files"] = {"/dev/zero": "0"}
    entry |= {"file": {"file": ["a"]}, "hash": {"sha256": 1}, "state": {"state": []}}.get(kind, {})
    path.write_text("[" * 100_000 if kind == "nested" else json.dumps(manifest), "utf-8")
    made, second = make_some(["435"])
    assert (made, page.read_bytes(), _states(second)) == (["435"], b"<p>made", {"435": "published"})


def test_what_another_installation_has_made_is_made_again(make_some, tmp_path, monkeypatch):
    """As what comes in an archive: its gate is not ours."""
    make_some(["435"])
    monkeypatch.setenv("YHDYSPINTA_HOME", str(tmp_path / "another"))
    assert make_some(["435"])[0] == ["435"]
    assert make_some(["435"])[0] == []


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\xff")])
def test_without_the_list_all_is_made_again(spoil, make_some):
    """Lost or spoilt, it costs time and nothing else."""
    make_some(["435"])
    spoil(load_settings().snapshots_folder.parent / "accepted-files")
    assert make_some(["435"])[0] == ["435"]


def test_failed_reports_are_made_again(make_some):
    """A run after one with failures makes those only."""
    make_some(["435", "931"], failing=["435"])
    made, edition = make_some(["435", "931"])
    assert made == ["435"]
    assert _states(edition) == {"435": "published", "931": "reused"}


def test_fresh_makes_all(make_some):
    """Asked for, everything is made again."""
    make_some(["435", "931"])
    assert make_some(["435", "931"], is_fresh=True)[0] == ["435", "931"]


def test_a_damaged_manifest_is_passed_over(make_some):
    """An earlier edition that cannot be read is no reason to fail."""
    _, first = make_some(["435"])
    (first.folder / "manifest.json").write_text("{")
    assert make_some(["435"])[0] == ["435"]


def test_settings_of_the_run_count(make_some, tmp_path, monkeypatch):
    """The feedback address stands in every report: after a change all are made again."""
    monkeypatch.chdir(tmp_path)
    make_some(["435"])
    (tmp_path / SETTINGS_FILE).write_text('feedback = "palaute@example.org"\n')
    assert make_some(["435"])[0] == ["435"]


def test_plan_of_the_run_counts(make_some, tmp_path, monkeypatch):
    """The plan's measures stand in the reports: after an edit of the file all are made again."""
    monkeypatch.chdir(tmp_path)
    plan = tmp_path / "suunnitelma.yaml"
    plan.write_text((DATA_FOLDER / "plan.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / SETTINGS_FILE).write_text('plan = "suunnitelma.yaml"\n')
    make_some(["435"])
    assert make_some(["435"])[0] == []
    plan.write_text(plan.read_text("utf-8") + "# edited\n", "utf-8")
    assert make_some(["435"])[0] == ["435"]


def test_forums_and_parties_are_taken_over_too(make_some):
    """Their reports are reused by kind and id, and made again after a failure."""
    kinds = ["foorumi", "osapuoli"]
    made, _ = make_some([], kinds=kinds, failing=["ks-turva"])
    assert len(made) == 10
    made, edition = make_some([], kinds=kinds)
    assert made == ["ks-turva"]
    assert _states(edition) | {"ks-turva": "reused"} == dict.fromkeys(_states(edition), "reused")


def test_another_notebook_makes_another_edition(make_some, tmp_path):
    """An edited copy of the notebook takes nothing over from the package's own."""
    _, first = make_some(["435"])
    copy = tmp_path / "copy.ipynb"
    copy.write_text(find_notebook("kuntaraportti.ipynb").read_text("utf-8") + "\n")
    made, second = make_some(["435"], notebook=copy)
    assert made == ["435"]
    assert first.manifest["edition"] != second.manifest["edition"]


def test_the_code_hash_covers_what_makes_reports(tmp_path, monkeypatch):
    """Sources, words, templates and notebooks count; figures, caches and the place do not."""
    names = dict(_list_files())
    wanted = (
        "cli/group.py",
        "data/texts.yaml",
        "report/templates/frame.html.j2",
        "notebooks/kuntaraportti.ipynb",
    )
    assert set(wanted) <= set(names)
    assert not [name for name in names if name.startswith("data/snapshot/") or name.endswith(".pyc")]
    before = hash_code()
    copy = shutil.copytree(PACKAGE_FOLDER, tmp_path / "indicators")
    monkeypatch.setattr("indicators.edition.code.PACKAGE_FOLDER", copy)
    hash_code.cache_clear()
    assert hash_code() == before
    (copy / "report" / "page.py").open("a").write("#\n")
    hash_code.cache_clear()
    assert hash_code() != before
    hash_code.cache_clear()


def test_a_failure_never_takes_the_place_of_a_report_that_is_there(make_some, tmp_path):
    """Made afresh with a failure, the edition stands beside the good one, which stays whole."""
    _, good = make_some(["435", "931"])
    files = {path.name: path.read_bytes() for path in good.folder.rglob("*.html")}
    _, bad = make_some(["435", "931"], failing=["435"], is_fresh=True)
    assert bad.folder.name == bad.manifest["folder"] == f"{good.folder.name}-vajaa"
    assert {path.name: path.read_bytes() for path in good.folder.rglob("*.html")} == files
    tasks, _, edition = plan_again(bad.folder.name, tmp_path / "out", load_catalogue())
    again = make_edition(tasks, "bundled", tmp_path / "out", Options(edition=edition))
    assert (again.folder, again.failed) == (good.folder, [])


def test_a_pdf_is_kept_as_long_as_its_report(make_some, monkeypatch):
    """An unchanged run without --pdf takes the PDFs over; with it none is printed twice."""
    printed = []
    monkeypatch.setattr(pdf, "find_browser", lambda: "chromium")
    monkeypatch.setattr(pdf, "print_pdf", lambda html, created: printed.append(html) or b"%PDF-1.7")
    make_some(["435", "931"], paper="short")
    assert len(printed) == 2
    _, plain = make_some(["435", "931"])
    _, second = make_some(["435", "931"], paper="short")
    for edition in (plain, second):
        names = [name for name in edition.manifest["files"] if name.endswith(".pdf")]
        assert sorted(names) == ["kunta/435-luhanka.fi.pdf", "kunta/931-viitasaari.fi.pdf"]
        assert all((edition.folder / name).read_bytes() == b"%PDF-1.7" for name in names)
    assert len(printed) == 2


# --- --only-failed ----------------------------------------------------------------------------------


def test_only_failed_takes_the_plan_from_the_edition(make_some, tmp_path):
    """Reports, snapshot and id are the edition's; the failed ones are made, the others taken over."""
    _, first = make_some(["435", "931"], failing=["435"])
    tasks, snapshot, edition = plan_again(first.folder.name, tmp_path / "out", load_catalogue())
    assert [(task.area, task.file) for task in tasks] == [
        ("435", "kunta/435-luhanka.fi.html"),
        ("931", "kunta/931-viitasaari.fi.html"),
    ]
    assert (snapshot, edition) == ("bundled", first.manifest["edition"])
    made = make_some(["435", "931"], edition=edition)[1]
    assert _states(made) == {"435": "published", "931": "reused"}
    assert made.folder == first.folder
    assert not (made.folder / "virheet").exists()


def test_only_failed_makes_a_report_of_its_kind(make_some, tmp_path):
    """A failed report of the region, a forum or a party goes to its own folder."""
    kinds = ["alue", "foorumi"]
    _, first = make_some([], kinds=kinds, failing=["MK13", "ks-turva"])
    tasks, _, edition = plan_again(first.folder.name, tmp_path / "out", load_catalogue())
    files = {task.area: task.file for task in tasks}
    assert (files["MK13"], files["ks-turva"]) == ("alue/MK13-keski-suomi.fi.html", "foorumi/ks-turva.fi.html")
    made, second = make_some([], kinds=kinds, edition=edition)
    assert (made, second.failed) == (["MK13", "ks-turva"], [])


def test_only_failed_refuses_a_mixed_edition(make_some):
    """Where code or data have changed since, the reports would not belong together: exit code 2."""
    make_some(["435", "931"], failing=["435"])
    with pytest.raises(ParameterError, match="have changed, so make all reports anew"):
        make_some(["435", "931"], edition="2026-11-24-00000000")


def test_only_failed_needs_an_edition(tmp_path):
    """An unknown edition is told with the nearest."""
    with pytest.raises(UnknownNameError, match="Unknown edition 'x'"):
        plan_again("x", tmp_path, load_catalogue())


def test_a_snapshot_that_was_moved_is_found_by_its_id(make_some, tmp_path):
    """The manifest's path may be gone; the snapshot's id remains."""
    _, first = make_some(["435"])
    manifest = json.loads((first.folder / "manifest.json").read_text())
    manifest["reports"][0]["parameters"]["snapshot"] = str(tmp_path / "gone")
    (first.folder / "manifest.json").write_text(json.dumps(manifest))
    assert (
        plan_again(first.folder.name, tmp_path / "out", load_catalogue())[1]
        == first.manifest["snapshot"]["id"]
    )
