"""The warm server and the processes that are forked from it."""

import multiprocessing
import os
import subprocess
import sys
import threading
from contextlib import closing, suppress

import psutil
import pytest

from indicators.batch.executors import run_jobs
from indicators.batch.limits import Limits
from indicators.batch.warm import Beside
from indicators.edition.plan import plan_reports
from indicators.edition.records import Job
from tests.batch.notebooks import read_printed, wait_until, write_small

pytestmark = pytest.mark.skipif(
    not os.path.isdir("/proc/self/task") or "forkserver" not in multiprocessing.get_all_start_methods(),
    reason="needs fork and /proc",
)


@pytest.fixture
def ask(catalogue, tmp_path):
    """Runs lines in two reports' processes; what each printed."""

    def ask(lines, limits=Limits(memory_mb=512)):  # noqa: B008 - frozen
        notebook = write_small(tmp_path / "ask.ipynb", lines)
        tasks = plan_reports(catalogue, ["435", "931"])
        results = run_jobs([Job(task, "bundled", "x", notebook=str(notebook)) for task in tasks], 2, limits)
        return [read_printed(result.notebook).split() for result in results]

    return ask


def test_the_server_has_one_thread(ask):
    """What is forked from has no second thread, so that no lock is ever copied while it is held."""
    lines = (
        "import os\nprint(len(os.listdir(f'/proc/{os.getppid()}/task')), len(os.listdir('/proc/self/task')))"
    )
    assert ask(lines) == [["1", "1"]] * 2


def test_the_server_is_another_process_than_the_command(ask):
    """The command, which may have threads, never forks itself; both reports come from one server."""
    threading.Thread(target=lambda: None).start()
    (first,), (second,) = ask("import os\nprint(os.getppid())")
    assert first == second != str(os.getpid())


def test_libraries_and_figures_are_there_before_the_fork(ask):
    """A report finds everything imported and the assessment computed, out of the collector's way."""
    lines = (
        "import gc, sys\nfrom indicators.assessment.load import list_kept\n"
        "print('matplotlib' in sys.modules, len(list_kept()))\n"
        "print(gc.get_freeze_count() > 100_000)"
    )
    assert ask(lines) == [["True", "1", "True"]] * 2


def test_the_assessment_is_computed_beside_the_imports(ask):
    """The server gets the assessment from a process of its own, and never loads what only that needs."""
    assert (
        ask("import sys\nprint('scipy' in sys.modules, 'scipy.stats' in sys.modules)")
        == [["True", "False"]] * 2
    )


@pytest.mark.parametrize(
    ("function", "expected"),
    [(lambda: 7, 7), (lambda: 1 / 0, None), (lambda: os._exit(3), None), (lambda: lambda: 7, None)],
    ids=["returns", "raises", "dies", "cannot be sent"],
)
def test_a_call_made_beside_gives_its_value_or_none(function, expected):
    """Whoever needs a value that did not come makes the call itself, and tells what is wrong with it."""
    assert Beside(function).value() == expected
    assert not multiprocessing.active_children()


def test_a_call_made_beside_ends_when_nobody_reads_its_value():
    """It is not its own reader: whoever it works for may go away while it writes."""
    call = Beside(lambda: b"x" * 10_000_000)
    call._stream.close()
    call._process.join(60)
    assert call._process.exitcode is not None


#: Stops the server for a while with psutil half imported, so that its owner ends just then.
SLOW_START = """
import os, sys, time
class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "psutil._common":
            time.sleep(4)
if os.environ.get("YHDYSPINTA_WARM_OWNER"):
    sys.meta_path.insert(0, Slow())
"""
OWNER = """
import time
from indicators.batch.supervisor import warm_up
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
        [sys.executable, "-c", OWNER], env=environ, check=False, stderr=subprocess.DEVNULL, timeout=120
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
    assert [set(found) for found in ask(lines)] == [{".log", ".ipynb"}] * 2


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
    with closing(run_jobs(jobs, 1, listen=events.append)) as results:
        first = next(results)
        assert [event.task for event in events if event.name == "report_started"] == [
            job.task for job in jobs
        ]
        assert [first, *results][1].task == jobs[1].task


def test_another_snapshot_gets_a_server_of_its_own(ask, catalogue, tmp_path, make_rows, write):
    """A process that makes editions of several snapshots has the right one loaded each time."""
    ask("1")
    rows = make_rows({"indicator_id": "statfin:population", "area_code": "435", "year": 2024, "value": 700.0})
    other = write(rows)
    notebook = write_small(
        tmp_path / "n.ipynb",
        "from indicators.assessment.load import list_kept, load_assessment\n"
        "print(len(list_kept()))\n"
        "print(load_assessment(snapshot).snapshot.id, len(list_kept()))",
    )
    (task,) = plan_reports(catalogue, ["435"])
    (result,) = run_jobs([Job(task, str(other.path), "x", notebook=str(notebook))], 1)
    assert read_printed(result.notebook).split() == ["1", other.id, "1"]
