"""The warm server and the processes that are forked from it."""

import multiprocessing
import multiprocessing.forkserver
import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell

from indicators.batch import warm
from indicators.batch.limits import Limits
from indicators.batch.workers import Errand, Workers
from indicators.config import find_notebook
from indicators.edition.plan import plan_reports
from indicators.edition.records import Job
from tests.batch.notebooks import read_printed, run_few, wait_until, write_small

pytestmark = pytest.mark.skipif(
    not os.path.isdir("/proc/self/task") or "forkserver" not in multiprocessing.get_all_start_methods(),
    reason="needs fork and /proc",
)


@pytest.fixture(scope="module")
def _fresh_server():
    """A process has one server, which tests before these may have started for another snapshot."""
    multiprocessing.forkserver._forkserver._stop()


@pytest.fixture
def ask(_fresh_server, catalogue, tmp_path):
    """Runs lines in two reports' processes; what each printed."""

    def ask(lines, limits=Limits(memory_mb=512)):  # noqa: B008 - frozen
        notebook = write_small(tmp_path / "ask.ipynb", lines)
        tasks = plan_reports(catalogue, ["435", "931"])
        results = run_few([Job(task, "bundled", "x", notebook=str(notebook)) for task in tasks], 2, limits)
        return [read_printed(result.notebook).split() for result in results]

    return ask


def test_what_is_forked_from_has_one_thread(ask):
    """Neither server nor worker has a second one, so that no lock is ever copied while it is held."""
    lines = (
        "import os, psutil\n"
        "print(*(item.num_threads() for item in [psutil.Process(), *psutil.Process().parents()[:2]]))"
    )
    assert ask(lines) == [["1", "1", "1"]] * 2


def test_workers_come_from_one_server(ask):
    """The command, which may have threads, never forks itself, and each notebook has its own process."""
    threading.Thread(target=lambda: None).start()
    lines = (
        "import psutil\nhere = psutil.Process()\nprint(*(item.pid for item in [here, *here.parents()[:3]]))"
    )
    first, second = ask(lines)
    assert first[2:] == second[2:] == [first[2], str(os.getpid())]
    assert len({first[0], second[0], *first[1:], *second[1:]}) >= 5


def test_libraries_and_figures_are_there_before_the_fork(ask):
    """A report finds everything imported and the assessment computed, out of the collector's way."""
    lines = (
        "import gc, sys\nfrom indicators.assessment.load import list_kept\n"
        "print('pandas' in sys.modules, len(list_kept()))\n"
        "print(gc.get_freeze_count() > 100_000)"
    )
    assert ask(lines) == [["True", "1", "True"]] * 2


def test_the_assessment_is_computed_beside_the_imports(ask):
    """The server gets the assessment from a process of its own, and never loads what only that needs."""
    assert (
        ask("import sys\nprint('scipy' in sys.modules, 'scipy.stats' in sys.modules)")
        == [["True", "False"]] * 2
    )


#: Stops the server for a while with psutil half imported, so that its owner ends just then.
SLOW_START = """
import os, sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "psutil._common":
            time.sleep(4)
if os.environ.get("YHDYSPINTA_WARM"):
    sys.meta_path.insert(0, Slow())
"""
OWNER = """
import time
from indicators.batch.start import warm_up
warm_up("bundled")
time.sleep(2)
"""


def _find_marked(mark):
    """Living processes with a mark in their environment, which children inherit."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("YHDYSPINTA_TEST_MARK") == mark:
                found.append(process)
    return found


def test_nothing_stays_of_a_command_that_ends_while_the_server_starts(tmp_path):
    """The server and its helper go too where the signal comes in the middle of an import."""
    (tmp_path / "sitecustomize.py").write_text(SLOW_START)
    paths = [str(tmp_path), os.environ.get("PYTHONPATH", "")]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    environ["YHDYSPINTA_TEST_MARK"] = mark = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", OWNER], env=environ, check=False, stderr=subprocess.DEVNULL, timeout=600
    )
    assert done.returncode == 0
    try:
        assert wait_until(lambda: not _find_marked(mark), 30)
    finally:
        for process in _find_marked(mark):
            process.kill()


def test_reports_share_no_open_file(ask):
    """Of files that the server has read, none is open in its reports: they would read in it by turns."""
    lines = (
        "import os, stat\n"
        "for fd in os.listdir('/proc/self/fd'):\n"
        "    path = f'/proc/self/fd/{fd}'\n"
        "    if os.path.exists(path) and stat.S_ISREG(os.stat(path).st_mode):\n"
        "        print(os.path.splitext(os.readlink(path))[1])"
    )
    assert [set(found) for found in ask(lines)] == [{".log"}] * 2


def test_libraries_were_loaded_with_one_thread_each(ask):
    """The limits of numpy and Arrow stood in the environment before either was loaded; ours is unchanged."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "JE_ARROW_MALLOC_CONF")
    before = {name: os.environ.get(name) for name in names}
    lines = f"import os\nprint(*(os.environ[name] for name in {names}))"
    assert ask(lines) == [["1", "1", "background_thread:false"]] * 2
    assert {name: os.environ.get(name) for name in names} == before


def test_reports_draw_different_random_numbers(ask):
    """Neither random numbers nor numpy's are those that were copied with the fork."""
    first, second = ask("import random, numpy\nprint(random.random(), numpy.random.random())")
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_report_is_apart_and_limited(ask):
    """Each report leads a process group of its own and has its memory limited beyond what was loaded."""
    lines = (
        "import os, resource, psutil\nused = psutil.Process().memory_info().data\n"
        "soft = resource.getrlimit(resource.RLIMIT_DATA)[0]\n"
        "print(os.getpgrp() == os.getpid(), round((soft - used) / 1024**2, -2))"
    )
    assert ask(lines) == [["True", "500.0"]] * 2


def test_no_place_is_empty_while_a_report_is_written(catalogue, tmp_path):
    """The next report has begun before the caller is given the one that is done."""
    notebook, events = write_small(tmp_path / "n.ipynb", "1"), []
    jobs = [
        Job(task, "bundled", "x", notebook=str(notebook)) for task in plan_reports(catalogue, ["435", "931"])
    ]
    with closing(run_few(jobs, 1, listen=events.append)) as results:
        first = next(results)
        assert [event.task for event in events if event.name == "report_started"] == [
            job.task for job in jobs
        ]
        assert [first, *results][1].task == jobs[1].task


def test_another_snapshot_is_loaded_by_the_workers(ask, catalogue, make_rows, write, tmp_path):
    """The server has one snapshot; workers of another have it before their notebooks run."""
    ask("1")
    rows = make_rows({"indicator_id": "statfin:population", "area_code": "435", "year": 2024, "value": 700.0})
    other = write(rows)
    notebook = write_small(
        tmp_path / "n.ipynb",
        "from indicators.assessment.load import list_kept, load_assessment\n"
        "kept = list_kept().values()\n"
        "print(load_assessment(snapshot).snapshot.id, load_assessment(snapshot) in kept)",
    )
    (task,) = plan_reports(catalogue, ["435"])
    (result,) = run_few([Job(task, str(other.path), "x", notebook=str(notebook))])
    assert read_printed(result.notebook).split() == [other.id, "True"]


#: Leaves nothing of the package as it was in its own process, and tries what leads out of it.
HOSTILE = """
import builtins, gc, os, sys
import indicators.batch.job, indicators.report.gate.gate as gate, indicators.report.municipal as municipal
from indicators.assessment.load import open_inputs
indicators.batch.job.inspect_report = gate.inspect_report = lambda *how: []
indicators.batch.job.accept = None
inputs = open_inputs(snapshot)
wrong = inputs.assessment.catalogue.areas.get("179")
for code in ("435", "931"):
    for row in inputs.assessment.rows(code):
        object.__setattr__(row, "value", 1.0)
inputs.assessment.catalogue.areas.get = lambda code: wrong
municipal.MunicipalReport.header = lambda report: 1 / 0
builtins.len = lambda item: 0
os.environ["YHDYSPINTA_PUBLISHER"] = "nobody"
for item in gc.get_objects():
    if type(item).__name__ == "WorkerChannel":
        item.send("no task's result")
"""


def test_what_a_notebook_patches_changes_no_other_report(edition, catalogue, tmp_path):
    """The same worker then makes the same bytes as in any other order and company."""
    hostile = write_small(tmp_path / "n.ipynb", HOSTILE)
    names = ("931", "435", "ks-turva")
    tasks = plan_reports(catalogue, names[:2]) + plan_reports(catalogue, names[2:], kinds=["foorumi"])
    jobs = [Job(task, "bundled", edition.manifest["edition"]) for task in tasks]
    attack = Job(tasks[1], "bundled", edition.manifest["edition"], notebook=str(hostile))
    failed, *made = run_few([attack, *jobs])
    assert failed.html == b""
    assert failed.error
    assert [result.html.decode() for result in made] == [edition.page(name) for name in names]


@pytest.mark.parametrize("shown", ["931", "435"])
def test_a_notebook_cannot_patch_its_gate(shown, edition, catalogue, tmp_path):
    """What it does to gate and figures in its own process does not matter: another area's page is refused."""
    notebook = nbformat.read(find_notebook("kuntaraportti.ipynb"), 4)
    for cell in notebook.cells:
        cell.source = cell.source.replace("open_municipal_report(area", f"open_municipal_report({shown!r}")
    patch = "import indicators.batch.job as job, indicators.report.gate.gate as gate\n"
    patch += "job.inspect_report = gate.inspect_report = lambda *how: []"
    notebook.cells.append(new_code_cell(patch))
    nbformat.write(notebook, tmp_path / "n.ipynb")
    (task,) = plan_reports(catalogue, ["435"])
    job = Job(task, "bundled", edition.manifest["edition"], notebook=str(tmp_path / "n.ipynb"))
    (result,) = run_few([job])
    assert result.html.decode() == (edition.page("435") if shown == "435" else "")
    assert bool(result.error) == (shown != "435")


def _make_in(folder, temporary, out):
    """Make a report by the command in a folder; what it told."""
    (out / "run.py").write_text("from indicators.cli import main\nmain()")  # no guard: as users do
    command = [
        sys.executable,
        str(out / "run.py"),
        "report",
        "435",
        "--snapshot",
        "bundled",
        "--out",
        str(out),
    ]
    paths = os.pathsep.join(
        str(Path(path).resolve()) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path
    )
    environ = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": paths}
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=600
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert len(list(out.glob("*/kunta/*.html"))) == 1


@pytest.mark.parametrize("name", ["x" * 90, "a b%sc%d ä"])
def test_any_working_folder_and_any_for_temporary_files(name, tmp_path):
    """Modules that lie in the one are imported by nothing that runs, whatever their names.

    The path of the other may be longer than a socket's may be, or have characters that mean something else.
    """
    folder, temporary, out = (tmp_path / item for item in ("mine", name, "out"))
    for item in (folder, temporary, out):
        item.mkdir()
    for module in (
        "calendar",
        "email",
        "types",
        "pandas",
        "indicators",
        "IPython",
        "signal",
        "json",
        "helper",
    ):
        (folder / f"{module}.py").write_text(
            "open('imported', 'a').write(__file__)\nraise SystemExit(__file__)"
        )
    _make_in(folder, temporary, out)
    assert not (folder / "imported").exists()
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("problem", [BrokenProcessPool(), RuntimeError("Unexpected error within the Pool")])
def test_a_server_that_dies_before_its_workers_are_there_costs_an_attempt(tmp_path, monkeypatch, problem):
    """The pool then refuses the first call; it is opened anew, and the call is made."""

    class Pool:
        active = True

        def schedule(self, function, arguments, timeout):
            if len(opened) == 1:
                raise problem
            future = Future()
            future.set_result(function(*arguments))
            return future

        def stop(self):
            pass

        join = stop

    opened = []
    monkeypatch.setattr(Workers, "_open_pool", lambda self: opened.append(Pool()) or opened[-1])
    with Workers("bundled", 1, folder=tmp_path) as workers:
        assert Errand("a number", workers, len, "abc").value() == 3
    assert len(opened) == 2


@pytest.mark.parametrize("sent", [b"", b"\x00\x00\x10\x00only a part"])
def test_an_assessment_cut_off_while_it_is_sent_is_none(sent):
    """Its process may die at any moment; each worker computes the assessment then."""
    reading, writing = multiprocessing.Pipe(duplex=False)
    os.write(writing.fileno(), sent)
    writing.close()
    assert warm._receive(reading) == {}
