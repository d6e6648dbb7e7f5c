"""Reports with sections and notebooks of one's own: what becomes of them, and what is refused."""

import matplotlib.pyplot as plt
import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell

from indicators.batch import make
from indicators.batch.job import accept, execute
from indicators.batch.make import Options, make_edition
from indicators.cli import main
from indicators.config import Settings, find_notebook
from indicators.edition.archive import pack_archive, unpack_archive
from indicators.edition.plan import plan_reports
from indicators.edition.records import Job
from indicators.errors import ParameterError
from indicators.snapshot.store import BUNDLED_FOLDER
from tests.batch.notebooks import run_few, write_small
from tests.batch.stand_ins import SmallErrand

SECTION = "---\nafter: 1.2\ntitle: Ladut\n---\nLadut ovat kunnossa.\n"
OWN = {"tags": ["own"]}


@pytest.fixture(autouse=True)
def in_process(monkeypatch):
    """Real notebooks and the real gate, in the process of the tests, without the figures of others."""
    plt.close("all")
    monkeypatch.setattr(make, "run_jobs", lambda jobs, *how: (accept(job, execute(job)) for job in jobs))
    monkeypatch.setattr(make, "Errand", SmallErrand)
    for module in ("make", "workers"):
        monkeypatch.setattr(f"indicators.batch.{module}.warm_up", lambda *what: None)


@pytest.fixture
def sections(tmp_path, monkeypatch):
    """A folder with a section, named by the environment."""
    folder = tmp_path / "osiot"
    folder.mkdir()
    (folder / "ladut.md").write_text(SECTION, "utf-8")
    monkeypatch.setenv("YHDYSPINTA_SECTIONS", str(folder))
    return folder


def _copy(path, change=lambda cells: None, old="", new=""):
    """A copy of the municipal notebook, changed."""
    notebook = nbformat.reads(find_notebook("kuntaraportti.ipynb").read_text("utf-8").replace(old, new), 4)
    change(notebook.cells)
    nbformat.write(notebook, path)
    return path


def _report(out, *more):
    return CliRunner().invoke(main, ["report", "Luhanka", "--snapshot", "bundled", "--out", str(out), *more])


def test_own_work_is_published_hashed_kept_and_carried(sections, catalogue, tmp_path):
    """Section and cells are in the page; the edition states and holds them, and so does its archive."""

    def add(cells):
        cells[5:5] = [
            new_markdown_cell("## Oma solu", metadata=OWN),
            new_code_cell(
                'import indicators as yt\nyt.plot_trend([area, "179"], "sotkanet:181")', metadata=OWN
            ),
        ]

    notebook, tasks = _copy(tmp_path / "oma.ipynb", add), plan_reports(catalogue, ["435"])
    made = make_edition(tasks, "bundled", tmp_path / "out", Options(notebook=notebook))
    assert [entry["error"] for entry in made.manifest["reports"]] == [None]
    page = (made.folder / "kunta" / "435-luhanka.fi.html").read_text("utf-8")
    assert page.count("data-own=") == 3
    assert "Ladut ovat kunnossa." in page
    assert page.count('src="data:image/png') == 1
    assert made.why_not_latest == "'latest' never moves to reports made with --notebook"
    assert len(made.manifest["basis"]["sections"]) == len(made.manifest["basis"]["notebook"]) == 64
    assert (made.folder / "muistikirja.ipynb").read_bytes() == notebook.read_bytes()
    packed = pack_archive(made.folder, BUNDLED_FOLDER, tmp_path / "a.zip")
    there, _ = unpack_archive(packed, tmp_path / "there", tmp_path / "snapshots", catalogue)
    assert (there / "osiot" / "ladut.md").read_text("utf-8") == SECTION
    assert (there / "muistikirja.ipynb").is_file()
    again = make_edition(tasks, "bundled", tmp_path / "out", Options(notebook=notebook))
    assert [entry["state"] for entry in again.manifest["reports"]] == ["reused"]
    assert (again.folder / "osiot" / "ladut.md").is_file()


def test_another_section_makes_another_edition(sections, catalogue, tmp_path):
    """Nothing is taken over, and an earlier edition is not made again with it."""
    tasks = plan_reports(catalogue, ["435"])
    first = make_edition(tasks, "bundled", tmp_path)
    (sections / "ladut.md").write_text(SECTION.replace("kunnossa", "huonossa kunnossa"), "utf-8")
    with pytest.raises(ParameterError) as raised:
        make_edition(tasks, "bundled", tmp_path, Options(is_as_of=True))
    assert "bring the own sections back as they were: they lie in the edition's folder" in str(raised.value)
    second = make_edition(tasks, "bundled", tmp_path)
    assert second.manifest["edition"] != first.manifest["edition"]
    assert second.manifest["reports"][0]["state"] == "published"
    without = make_edition(tasks, "bundled", tmp_path, settings=Settings())
    assert not without.manifest["basis"]["sections"]
    assert not (without.folder / "osiot").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (SECTION + "<script>x</script>", "ladut.md: own section: holds <script>"),
        (SECTION + '<p data-area="179">x</p>', "ladut.md: own section: holds <p data-area>"),
        (SECTION.replace("1.2", "7.1"), "'7.1' is not declared"),
    ],
)
def test_a_section_that_does_not_hold_ends_the_command(sections, tmp_path, content, told):
    """Exit 2, one message, nothing run; ``check`` tells the same."""
    (sections / "ladut.md").write_text(content, "utf-8")
    for done in (_report(tmp_path / "out"), CliRunner().invoke(main, ["check"])):
        assert done.exit_code == 2
        assert told in done.output
    assert not list((tmp_path / "out").glob("*/index.html"))


def _drop(source):
    def drop(cells):
        cells[:] = [cell for cell in cells if source not in cell.source]

    return drop


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"change": _drop("report.moved()")}, "the page lacks <section id='muuttunut'>"),
        ({"change": _drop("report.goals()")}, "the page lacks <section id='tavoitteet'>"),
        (
            {"old": "report(area,", "new": "report('931',"},
            "the page holds '<h1>Viitasaari</h1>'; expected '<h1>Luhanka</h1>'",
        ),
        (
            {"change": lambda cells: cells.append(new_code_cell("1 + 1"))},
            "an output (text/plain) that the page cannot show; tag the cell 'own'",
        ),
        (
            {"change": lambda cells: cells.append(new_markdown_cell("Kaikki on hyvin."))},
            "a markdown cell that the page cannot show; tag the cell 'own'",
        ),
        (
            {
                "change": lambda cells: cells.append(
                    new_code_cell(
                        'import indicators as yt\nyt.trend_chart("179", "sotkanet:181")', metadata=OWN
                    )
                )
            },
            "holds a chart of another area, 179; expected 435",
        ),
    ],
)
def test_a_notebook_that_makes_no_true_report_is_refused(tmp_path, change, told):
    """It lacks a part, shows another municipality, or shows what the page would drop: exit 1, and why."""
    notebook = _copy(tmp_path / "oma.ipynb", **change)
    done = _report(tmp_path / "out", "--notebook", str(notebook))
    assert done.exit_code == 1
    (told_in,) = (tmp_path / "out").glob("*/virheet/*.txt")
    assert told in told_in.read_text("utf-8")
    assert f"--notebook {notebook}" in done.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "does not exist"),
        ("Ladut.", "expected a notebook"),
        ('{"cells": [{}]}', "expected a notebook"),
        (
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            "expected exactly area, edition",
        ),
    ],
)
def test_what_is_no_notebook_is_told(tmp_path, content, told):
    """Before anything runs: exit 2."""
    path = tmp_path / "oma.ipynb"
    if content is not None:
        path.write_text(content, "utf-8")
    done = _report(tmp_path / "out", "--notebook", str(path))
    assert done.exit_code == 2
    assert told in done.output


def test_a_notebook_is_of_one_kind(tmp_path):
    """Two kinds have no common notebook."""
    path = _copy(tmp_path / "oma.ipynb")
    done = _report(tmp_path / "out", "--notebook", str(path), "--kind", "alue", "--kind", "kunta")
    assert done.exit_code == 2
    assert "give one --kind" in done.output


@pytest.mark.parametrize("engine", ["fork", "kernel"])
def test_a_notebook_that_fetches_is_stopped(catalogue, tmp_path, engine):
    """Nothing is asked of the network, whichever way, and the cell is told."""
    source = "import urllib.request\nurllib.request.urlopen('https://example.org/')"
    path = write_small(tmp_path / "oma.ipynb", source)
    (task,) = plan_reports(catalogue, ["435"])
    (result,) = run_few([Job(task, "bundled", "e", engine, str(path))])
    assert "asked of the network: found 'example.org'; expected nothing: a report is made" in result.error
