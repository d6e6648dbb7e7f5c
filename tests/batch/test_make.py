"""Editions: whole or not at all, and the same bytes from the same figures."""

import csv
import errno
import hashlib
import json
import re
from pathlib import Path

import lxml.html
import pytest
from filelock import FileLock

from indicators.batch import make
from indicators.batch.job import accept, execute
from indicators.batch.limits import Limits
from indicators.batch.make import Options, make_edition
from indicators.config import find_notebook
from indicators.edition import store as editions
from indicators.edition.plan import NOTEBOOKS, plan_reports
from indicators.edition.records import Job, JobResult
from indicators.errors import LockError, OutputError, ParameterError
from indicators.narrative.formats import parse_number, round_half_up
from tests.batch.notebooks import run_few
from tests.batch.stand_ins import SmallErrand, run_small

SAMPLE = Path(__file__).parents[1] / "fixtures" / "published_sample.csv"


@pytest.fixture
def in_process(monkeypatch):
    """Run jobs in the test's own process, so that faults can be put into them."""
    monkeypatch.setattr(make, "run_jobs", lambda jobs, *how: (accept(job, execute(job)) for job in jobs))


@pytest.fixture
def quick(monkeypatch):
    """Give every job a small accepted page at once, for tests of what surrounds the jobs."""
    monkeypatch.setattr(make, "run_jobs", run_small)
    monkeypatch.setattr(make, "Errand", SmallErrand)


def _fail(area):
    def run(jobs, *how):
        for job in jobs:
            is_failed = job.task.area == area
            yield (
                JobResult(job.task, error="the gate said no", notebook="{}")
                if is_failed
                else JobResult(job.task, html=b"<p>made")
            )

    return run


def test_every_municipality_has_its_report(edition, catalogue):
    """22 files, each with twelve goal sections, each of the municipality its name says."""
    files = sorted((edition.folder / "kunta").iterdir())
    assert [path.name[:3] for path in files] == sorted(area.code for area in catalogue.members)
    for path in files:
        page = lxml.html.document_fromstring(path.read_text("utf-8"))
        assert len(page.xpath(".//section[starts-with(@id, 'tavoite-')]")) == 12
        assert page.xpath("string(.//meta[@name='yhdyspinta:area']/@content)") == path.name[:3]
        assert catalogue.areas.get(path.name[:3]).name() in page.findtext(".//title")


def test_the_manifest_tells_what_was_made(edition, bundled):
    """The manifest has the agreed keys, and hashes that are the files'."""
    manifest = edition.manifest
    assert manifest["snapshot"] == {"id": bundled.id, "sha256": bundled.sha256}
    assert {"edition", "folder", "version", "started", "finished", "reports"} <= manifest.keys()
    for entry in manifest["reports"]:
        assert entry["state"] == "published"
        assert entry["error"] is None
        assert entry["parameters"]["area"] == entry["area"]
        assert 0 < entry["seconds"] < 300
        assert entry["peak_memory_mb"] > 50
        content = (edition.folder / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]


@pytest.fixture(scope="module")
def index(edition):
    """The edition's index."""
    return lxml.html.document_fromstring((edition.folder / "index.html").read_text("utf-8"))


def test_the_index_lists_all_reports(edition, index, catalogue):
    """Each municipality once in the list, in alphabetical order, and once on the map; the others by kind."""
    links = index.xpath(".//section[@aria-labelledby='kunnat']//a")
    assert [link.text_content() for link in links] == [area.name() for area in catalogue.members]
    on_map = {link.findtext("title"): link.get("href") for link in index.xpath(".//svg//a")}
    assert on_map == {link.text_content(): link.get("href") for link in links}
    others = index.xpath(".//section[@aria-labelledby='yhteiset']//a")
    named = ["Keski-Suomi", *(forum.name.fi for forum in catalogue.agreement.forums)]
    assert [link.text_content() for link in others] == named + [p.name.fi for p in catalogue.regional_parties]
    assert all((edition.folder / link.get("href")).is_file() for link in (*links, *others))


def test_the_index_answers_in_brief(index, bundled, assessment):
    """Three findings of the region with its own figures, and coverage in one line instead of a table."""
    findings = index.xpath(".//ol[@class='findings']/li")
    assert len(findings) == 3
    for item in index.xpath(".//ol[@class='findings']//data[not(@data-role)]"):
        row = assessment.row("MK13", item.get("data-indicator"))
        assert float(item.get("value")) == pytest.approx(row.value, abs=0.06)
        assert not row.is_old
    rows = assessment.of_area("931").drop_duplicates("indicator_id")
    text = " ".join(index.text_content().split())
    assert f"Kuntien mittareita on {(rows['goal_id'] != '').sum()}. " in text
    assert bundled.id in text
    assert "28.11.2026" in text
    assert not index.xpath(".//table")


def test_the_index_says_which_file_is_for_whom(edition, index):
    """The workbook is for a spreadsheet, the others for programs; all of them are there."""
    sheet, programs = index.xpath(".//dl[@class='files']/div")
    assert "Taulukkolaskentaan" in sheet.findtext("dt")
    assert sheet.xpath(".//@href") == ["aineisto/aineisto.xlsx", "aineisto/luvut.csv"]
    assert programs.findtext("dt") == "Ohjelmille"
    files = [*sheet.xpath(".//@href"), *programs.xpath(".//@href")]
    assert sorted(files) == sorted(
        path.relative_to(edition.folder.resolve()).as_posix()
        for path in (edition.folder.resolve() / "aineisto").iterdir()
    )


def test_the_index_has_the_languages_of_its_reports(catalogue, tmp_path):
    """An index a language, each leading to the other and to its own reports, which lead back to it."""
    tasks = plan_reports(catalogue, ["ks-turva"], ["fi", "sv"], kinds=["foorumi"])
    made = make_edition(tasks, "bundled", tmp_path)
    assert made.failed == []
    for name, language, other in (("index", "fi", "index.sv"), ("index.sv", "sv", "index")):
        page = lxml.html.document_fromstring((made.folder / f"{name}.html").read_text("utf-8"))
        assert page.get("lang") == language
        assert page.xpath(".//p[@class='versions']/a/@href") == [f"{other}.html"]
        (link,) = page.xpath(".//section[@aria-labelledby='yhteiset']//a")
        assert link.get("href") == f"foorumi/ks-turva.{language}.html"
        report = lxml.html.document_fromstring((made.folder / link.get("href")).read_text("utf-8"))
        ends = report.xpath(".//footer//a/@href")
        assert ends == [f"../{name}.html", "../aineisto/aineisto.xlsx", "../aineisto/luvut.csv"]
        assert all((made.folder / "foorumi" / end).is_file() for end in ends)
        assert not page.xpath(".//section[@aria-labelledby='kunnat'] | .//svg")
    with (made.folder / "aineisto" / "arviot.csv").open(encoding="utf-8-sig") as file:
        reported = {row["area_code"] for row in csv.DictReader(file)}
    assert {area.code for area in catalogue.members} < reported


def test_the_page_of_changes_is_of_the_edition(catalogue, bundled, follow, tmp_path):
    """Linked from index and report; a second run, which has nothing new to tell, leaves it as it was."""
    snapshot, tasks = follow(bundled, 9.9), plan_reports(catalogue, ["Luhanka"])
    made = make_edition(tasks, snapshot.id, tmp_path, Options(n_workers=1))
    page = (made.folder / "muutokset.html").read_bytes()
    assert "Luhanka" in page.decode()
    for place, link in (("index.html", "muutokset.html"), ("kunta/435-luhanka.fi.html", "../muutokset.html")):
        assert f'href="{link}"' in (made.folder / place).read_text("utf-8")
    assert b'href="index.html"' in page
    again = make_edition(tasks, snapshot.id, tmp_path)
    assert [entry["state"] for entry in again.manifest["reports"]] == ["reused"]
    assert (again.folder / "muutokset.html").read_bytes() == page


def test_pages_show_the_published_figures(edition, catalogue):
    """Cells drawn from the published figures are found on the pages of their municipalities."""
    members = {area.code for area in catalogue.members}
    pages, compared = {}, 0
    with SAMPLE.open(encoding="utf-8") as file:
        cells = [row for row in csv.DictReader(file) if row["area_code"] in members]
    for cell in cells:
        area = cell["area_code"]
        page = pages.setdefault(area, lxml.html.document_fromstring(edition.page(area)))
        tables = page.xpath(f".//div[@class='years']//table[@data-indicator='{cell['indicator_id']}']")
        decimals = catalogue.indicators[cell["indicator_id"]].decimals
        for row in (row for table in tables for row in table.xpath(f".//tr[@data-year='{cell['year']}']")):
            own = row if cell["sex"] != "total" else row.xpath("./td")[0]
            sex = f"@data-sex='{cell['sex']}'" if cell["sex"] != "total" else "not(@data-sex)"
            shown = own.xpath(f".//data[{sex}]")
            if cell["value"]:
                (number,) = shown
                wanted = round_half_up(float(cell["value"]), decimals)
                assert parse_number(number.text_content().rstrip("%€ \u00a0"), "fi") == wanted
                compared += 1
            else:
                assert not shown
    assert compared >= 30  # a page has ten years at most


def test_data_files_hold_the_published_figures(edition, catalogue):
    """Cells drawn from the published figures stand in the edition's file of observations, of all years."""
    with (edition.folder / "aineisto" / "havainnot.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        stored = {(r["indicator_id"], r["area_code"], r["year"], r["sex"]): r["value"] for r in rows}
    members = {area.code for area in catalogue.members}
    with SAMPLE.open(encoding="utf-8") as file:
        cells = [row for row in csv.DictReader(file) if row["area_code"] in members]
    assert len(cells) >= 100
    for cell in cells:
        found = stored[cell["indicator_id"], cell["area_code"], cell["year"], cell["sex"]]
        assert (float(found) if found else None) == (float(cell["value"]) if cell["value"] else None)


def test_a_rerun_gives_the_same_bytes(edition, catalogue, tmp_path):
    """Reports depend on figures, version and parameters only: another run and folder change nothing."""
    made = make_edition(plan_reports(catalogue, ["435"]), "bundled", tmp_path)
    (entry,) = made.manifest["reports"]
    assert (made.folder / entry["file"]).read_text("utf-8") == edition.page("435")


def test_an_ordinary_kernel_gives_the_same_bytes(edition, catalogue, tmp_path):
    """The engine is a matter of speed only."""
    made = make_edition(plan_reports(catalogue, ["435"]), "bundled", tmp_path, Options(engine="kernel"))
    assert made.failed == []
    assert (made.folder / made.manifest["reports"][0]["file"]).read_text("utf-8") == edition.page("435")


def test_swedish_and_english_reports_pass_the_gate(catalogue, tmp_path):
    """The three languages are made from the same figures."""
    made = make_edition(plan_reports(catalogue, ["931"], ["sv", "en"]), "bundled", tmp_path)
    assert made.failed == []
    assert [entry["language"] for entry in made.manifest["reports"]] == ["sv", "en"]


def test_a_report_that_fails_is_left_out_and_told(catalogue, tmp_path, monkeypatch):
    """The others are published, the reason stands in manifest and index, latest does not move."""
    monkeypatch.setattr(make, "run_jobs", _fail("435"))
    made = make_edition(plan_reports(catalogue), "bundled", tmp_path)
    (entry,) = made.failed
    assert (entry["area"], entry["file"], entry["error"]) == ("435", None, "the gate said no")
    assert len(list((made.folder / "kunta").iterdir())) == 21
    assert (made.folder / "virheet" / "435-luhanka.fi.ipynb").read_text() == "{}"
    assert "Raporttia ei julkaistu: the gate said no" in (made.folder / "index.html").read_text("utf-8")
    assert not (tmp_path / "latest").exists()


def test_the_gate_decides_what_is_published(catalogue, tmp_path, monkeypatch, in_process):
    """A page with findings is not published."""
    monkeypatch.setattr("indicators.batch.job.inspect_report", lambda html, expected: ["wrong area"])
    made = make_edition(plan_reports(catalogue, ["435"]), "bundled", tmp_path)
    assert [entry["error"] for entry in made.failed] == ["wrong area"]
    assert not (made.folder / "kunta").exists()


def test_a_cell_that_raises_fails_its_report(catalogue, tmp_path, monkeypatch, in_process):
    """An error in a cell ends in the manifest, with the notebook kept as far as it ran."""
    monkeypatch.setattr("indicators.report.municipal.MunicipalReport.findings", lambda self: 1 / 0)
    made = make_edition(plan_reports(catalogue, ["435"]), "bundled", tmp_path)
    assert "ZeroDivisionError: division by zero" in made.failed[0]["error"]
    assert "ZeroDivisionError" in (made.folder / "virheet" / "435-luhanka.fi.ipynb").read_text("utf-8")


@pytest.mark.parametrize(
    ("kind", "asked", "shown"),
    [
        ("foorumi", "tym-johtoryhmat", "ks-turva"),
        ("foorumi", "hyte-ohjausryhma", "hyvinvointikoordinaattorit"),
        ("osapuoli", "hyvinvointialue", "keski-suomen-liitto"),
    ],
)
def test_another_forums_or_partys_page_is_refused(kind, asked, shown, catalogue, tmp_path):
    """A notebook that shows another subject than it was asked for does not get past the gate."""
    original = find_notebook(NOTEBOOKS[kind]).read_text("utf-8")
    notebook = tmp_path / "other.ipynb"
    call = {"foorumi": "open_forum_report(", "osapuoli": "open_party_report("}[kind]
    assert f"{call}area" in original
    notebook.write_text(original.replace(f"{call}area", f"{call}'{shown}'"), "utf-8")
    (task,) = plan_reports(catalogue, [asked], kinds=[kind])
    job = Job(task, "bundled", "e", notebook=str(notebook))
    result = accept(job, execute(job))
    assert re.match("the page holds '<h1>[^<]+</h1>'; expected '<h1>[^<]+</h1>'", result.details)
    assert (result.html, bool(result.error)) == (b"", True)


def test_a_hanging_report_is_stopped(catalogue):
    """The deadline is enforced from outside the report's process."""
    (task,) = plan_reports(catalogue, ["435"])
    (result,) = run_few([Job(task, "bundled", "x")], 1, Limits(deadline=0.02))
    assert result.error.startswith("stopped: not ready in 0.02 seconds")


def test_a_smaller_edition_leaves_latest(catalogue, tmp_path, quick):
    """Only an edition with every municipality becomes the latest, and folders do not collide."""
    whole = make_edition(plan_reports(catalogue), "bundled", tmp_path)
    one = make_edition(plan_reports(catalogue, ["931"]), "bundled", tmp_path)
    assert (tmp_path / "latest").resolve() == whole.folder
    assert (tmp_path / "latest").readlink() == Path(whole.folder.name)
    assert one.folder.name == f"{whole.folder.name}-931-fi"
    assert not one.is_latest


def test_a_copy_stands_for_latest_where_links_are_not_allowed(catalogue, tmp_path, quick, monkeypatch):
    """On file systems without links latest is a copy, made anew each time."""

    def refuse(*arguments, **options):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for _ in range(2):
        made = make_edition(plan_reports(catalogue), "bundled", tmp_path)
        assert not (tmp_path / "latest").is_symlink()
        assert (tmp_path / "latest" / "index.html").read_bytes() == (made.folder / "index.html").read_bytes()
    assert [path.name for path in tmp_path.glob(".*")] == [".lock"]


def test_two_runs_into_one_folder(catalogue, tmp_path, quick):
    """The second one says so and touches nothing."""
    with FileLock(tmp_path / ".lock"), pytest.raises(LockError, match="another run is writing editions here"):
        make_edition(plan_reports(catalogue), "bundled", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_a_full_disk_leaves_the_last_edition(catalogue, tmp_path, quick, monkeypatch):
    """Nothing half-written stays, and latest is as it was."""
    whole = make_edition(plan_reports(catalogue), "bundled", tmp_path)
    before = json.loads((tmp_path / "latest" / "manifest.json").read_text())
    write = editions.write_file

    def fill(work, name, content):
        if name == "index.html":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(work, name, content)

    monkeypatch.setattr(editions, "write_file", fill)
    with pytest.raises(OutputError, match="the disk is full; make room and run again"):
        make_edition(plan_reports(catalogue), "bundled", tmp_path)
    assert json.loads((tmp_path / "latest" / "manifest.json").read_text()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", whole.folder.name, "latest"]


def test_a_folder_that_cannot_be_made(catalogue, tmp_path, quick):
    """A path through a file is told with the path and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file/out: cannot be written: .*check the path"):
        make_edition(plan_reports(catalogue), "bundled", tmp_path / "file" / "out")


@pytest.mark.parametrize("is_swapped", [True, False])
def test_what_a_killed_run_left_is_cleared(catalogue, tmp_path, quick, is_swapped):
    """A run killed between its two renames loses nothing: the next run puts the old edition back first."""
    whole = make_edition(plan_reports(catalogue), "bundled", tmp_path)
    (tmp_path / ".unfinished-x").mkdir()
    replaced = tmp_path / f".replaced-{whole.folder.name}"
    if is_swapped:
        replaced.mkdir()
    else:
        whole.folder.rename(replaced)
    make_edition(plan_reports(catalogue, ["931"]), "bundled", tmp_path)
    assert (tmp_path / "latest" / "manifest.json").is_file()
    assert [path.name for path in tmp_path.glob(".*")] == [".lock"]


def test_wrong_parameters_stop_before_anything_runs(catalogue, tmp_path, monkeypatch):
    """Parameters are checked before a process starts or a folder is made."""
    monkeypatch.setattr(make, "run_jobs", lambda *how: pytest.fail("something ran"))
    monkeypatch.setattr(Job, "parameters", {"kunta": "077"})
    with pytest.raises(ParameterError, match="parameter"):
        make_edition(plan_reports(catalogue, ["931"]), "bundled", tmp_path / "out")
    assert not (tmp_path / "out").exists()
