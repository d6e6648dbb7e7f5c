"""A fault costs one report and nothing else, and nothing survives it; each test states what the user sees."""

import json
import multiprocessing.forkserver
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest
from click.testing import CliRunner

from indicators.batch import make
from indicators.batch.limits import Limits
from indicators.batch.make import Options, make_edition
from indicators.cli import main
from indicators.edition.plan import plan_reports
from indicators.edition.records import Job, ignore
from indicators.errors import OutputError, ParameterError
from tests.batch.notebooks import (
    FAULT_CELL,
    find_processes,
    is_gone,
    read_printed,
    run_few,
    wait_until,
    write_faulty,
    write_small,
)
from tests.batch.stand_ins import SmallErrand, run_small

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no fork here"
    ),
]
COMMAND = [sys.executable, "-m", "indicators"]

#: What a cell does, and the error that stands in the manifest and on the index page.
FAULTS = {
    "raises": ("raise ValueError('no good')", f"cell {FAULT_CELL}: ValueError: no good"),
    "allocates 8 GB": ("kept = bytearray(8 << 30)", f"cell {FAULT_CELL}: MemoryError:"),
    "segfaults": (
        "import ctypes\nctypes.string_at(0)",
        f"the process died of SIGSEGV in cell {FAULT_CELL}, as at the first attempt",
    ),
    "ends the process": (
        "import os\nos._exit(0)",
        f"the process ended with exit code 0 and no result in cell {FAULT_CELL}, as at the first attempt",
    ),
    "is killed": (
        "import os\nos.kill(os.getpid(), 9)",
        f"the process died of SIGKILL in cell {FAULT_CELL}, as at the first attempt",
    ),
    "prints without end": (
        "while True: print('x' * 1000)",
        f"cell {FAULT_CELL}: OutputLimitError: the cell printed more than 5000000 characters",
    ),
}
#: What a cell does that a report survives.
NUISANCES = {
    "fills stdout of the process": "import os\nos.system('yes')",
    "closes stdout": "import os, sys\nsys.stdout.close()\nos.close(1)",
    "forks and does not end": "import os, time\nif os.fork() == 0:\n    time.sleep(600)\n    os._exit(0)",
    "starts threads that never end": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()"
    ),
}
#: Starts three processes that outlive their parent: in its group, out of it, and one forked twice.
ORPHANS = """import os, subprocess, time
subprocess.Popen(["sleep", "{mark}"])
subprocess.Popen(["sleep", "{mark}"], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    os.fork() or os.execvp("sleep", ["sleep", "{mark}"])
    os._exit(0)
time.sleep(0.3)
"""


@pytest.fixture
def two(catalogue):
    """Tasks of Luhanka, whose report has the fault, and of Viitasaari, whose report has none."""
    return plan_reports(catalogue, ["435", "931"])


@pytest.fixture
def run(two, tmp_path):
    """Makes an edition of the two with a fault; Viitasaari must be published and no process be left."""

    def run(fault, listen=ignore, **options):
        notebook = write_faulty(tmp_path / "faulty.ipynb", fault)
        made = make_edition(two, "bundled", tmp_path / "out", Options(notebook=notebook, **options), listen)
        states = {entry["area"]: entry["state"] for entry in made.manifest["reports"]}
        assert states["931"] == "published"
        assert _is_quiet()
        return made

    return run


@pytest.fixture
def mark(request):
    """A number that only this test's processes have in their command line."""
    return f"{600 + zip_number(request.node.name)}.{os.getpid()}"


def zip_number(text):
    """A small number from a text."""
    return sum(text.encode()) % 300


def _is_quiet():
    """Whether nothing runs below this process but the warm server, which has no children."""
    below = [item for item in psutil.Process().children(recursive=True) if not is_gone(item)]
    return all(item.ppid() == os.getpid() for item in below)


# --- in a notebook ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_cell_costs_its_report_only(name, run):
    """The other report is published; manifest, index and ``virheet/`` tell the fault and its cell."""
    fault, error = FAULTS[name]
    made = run(fault)
    (entry,) = made.failed
    assert (entry["area"], entry["state"], entry["file"]) == ("435", "failed", None)
    assert entry["error"].startswith(error)
    assert error[:60] in (made.folder / "index.html").read_text("utf-8")
    kept = json.loads((made.folder / "virheet" / "435-luhanka.fi.ipynb").read_text("utf-8"))
    assert 'area = "435"' in "".join(kept["cells"][FAULT_CELL - 1]["source"])
    assert error in (made.folder / "virheet" / "435-luhanka.fi.txt").read_text("utf-8")
    assert not made.is_latest


@pytest.mark.parametrize("name", NUISANCES)
def test_what_a_report_survives(name, run, capfd):
    """The report is published, the command's own stdout stays empty, and nothing runs on."""
    assert run(NUISANCES[name]).failed == []
    assert capfd.readouterr().out == ""


def test_a_segfault_leaves_its_traceback(two, tmp_path):
    """Of a process that died, the place in the code is kept."""
    notebook = write_small(tmp_path / "n.ipynb", "print('so far')", "import ctypes\nctypes.string_at(0)")
    (result,) = run_few([Job(two[0], "bundled", "x", notebook=str(notebook))], 1)
    assert "Fatal Python error: Segmentation fault" in result.details
    assert "string_at" in result.details
    assert read_printed(result.notebook) == "so far\n"


def test_a_hanging_report_is_stopped_with_all_it_started(two, tmp_path, mark):
    """At its deadline the report and every process below it are killed; where it hung is kept."""
    cells = ("print('so far')", ORPHANS.format(mark=mark), "import time\ntime.sleep(600)")
    notebook = write_small(tmp_path / "n.ipynb", *cells)
    job = Job(two[0], "bundled", "x", notebook=str(notebook))
    (result,) = run_few([job], 1, Limits(deadline=4))
    assert result.error == "stopped: not ready in 4 seconds in cell 4"
    assert "time.sleep" in result.notebook
    assert read_printed(result.notebook) == "so far\n"
    assert "time.sleep" in result.details
    assert wait_until(lambda: not find_processes(mark), 60)


def test_a_notebook_that_does_not_heed_its_deadline_is_killed(two, tmp_path, mark):
    """Told to end and going on, it is killed a little later, from outside, with all it started."""
    deaf = (
        "import time\nwhile True:\n    try:\n        time.sleep(600)\n    except BaseException:\n        pass"
    )
    notebook = write_small(tmp_path / "n.ipynb", ORPHANS.format(mark=mark), deaf)
    started = time.monotonic()
    (result,) = run_few([Job(two[0], "bundled", "x", notebook=str(notebook))], 1, Limits(deadline=1))
    assert result.error == "stopped: not ready in 1 seconds"
    assert time.monotonic() - started < 60
    assert wait_until(lambda: not find_processes(mark) and _is_quiet(), 60)


def test_a_dead_report_leaves_no_orphans(two, tmp_path, mark):
    """What a process has started is killed too when it dies by itself."""
    notebook = write_small(tmp_path / "n.ipynb", ORPHANS.format(mark=mark) + "os._exit(3)")
    (result,) = run_few([Job(two[0], "bundled", "x", notebook=str(notebook))], 1)
    assert result.error == (
        "the process ended with exit code 3 and no result in cell 2, as at the first attempt"
    )
    assert wait_until(lambda: not find_processes(mark), 60)


def test_a_hanging_kernel_is_stopped(two, tmp_path, mark):
    """With ordinary kernels the kernel is killed with its report, and what it started."""
    notebook = write_small(tmp_path / "n.ipynb", ORPHANS.format(mark=mark), "time.sleep(600)")
    job = Job(two[0], "bundled", "x", "kernel", str(notebook))
    (result,) = run_few([job], 1, Limits(deadline=5))
    assert result.error.startswith("stopped: not ready in 5 seconds")
    assert wait_until(lambda: not find_processes(mark) and _is_quiet(), 60)


#: Kills, the first time, the process with a number from its own upwards: itself, its worker, the server.
KILLS = """import os, pathlib, psutil
flag = pathlib.Path({flag!r})
if not flag.exists():
    flag.touch()
    [psutil.Process(), *psutil.Process().parents()][{steps}].kill()
    import time
    time.sleep(600)
"""


@pytest.mark.parametrize("steps", [0, 1, 2], ids=["notebook", "worker", "server"])
def test_what_is_killed_costs_an_attempt_only(steps, run, tmp_path, request):
    """A notebook's process, its worker or the warm server killed once, as by a machine short of memory."""
    told = []
    if steps == 2:  # the pool has started a cold one, with which all later tests would be slow
        request.addfinalizer(multiprocessing.forkserver._forkserver._stop)
    made = run(KILLS.format(flag=str(tmp_path / "flag"), steps=steps), listen=told.append)
    assert made.failed == []
    retried = [event for event in told if event.name == "report_retried"]
    assert "435" in {event.task.area for event in retried}
    assert (len(retried) == 1) or steps == 2  # the server takes all along


def test_an_error_in_the_notebook_is_not_tried_again(two, tmp_path):
    """An error would only come again."""
    notebook, told = write_small(tmp_path / "n.ipynb", "1/0"), []
    list(run_few([Job(two[0], "bundled", "x", notebook=str(notebook))], 1, listen=told.append))
    assert [event.name for event in told] == ["report_started"]


# --- around the notebooks ---------------------------------------------------------------------------


def test_a_notebook_without_parameters_stops_before_anything_runs(two, tmp_path):
    """Nothing runs and no folder is made; the notebook is named. On the command line that is exit code 2."""
    notebook = write_small(tmp_path / "bare.ipynb", "1", has_parameters=False)
    with pytest.raises(ParameterError, match=r"parameters cell of bare\.ipynb: found 'no parameters'"):
        make_edition(two, "bundled", tmp_path / "out", Options(notebook=notebook))
    assert not (tmp_path / "out").exists()


def test_failed_reports_end_with_exit_code_1(tmp_path, monkeypatch):
    """The command tells where the remains lie and how to make the failed reports again."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(
        main, ["report", "435", "--snapshot", "bundled", "--out", "out", "--deadline", "0.01"]
    )
    assert result.exit_code == 1
    assert "0 of 1 reports published" in result.output
    assert "--only-failed" in result.output


@pytest.fixture
def latest(tmp_path, catalogue, monkeypatch):
    """A folder of editions with a whole one in it, and what is in that."""
    monkeypatch.setattr(make, "run_jobs", run_small)
    monkeypatch.setattr(make, "Errand", SmallErrand)
    make_edition(plan_reports(catalogue), "bundled", tmp_path / "out")
    monkeypatch.undo()
    return tmp_path / "out", _read_latest(tmp_path / "out")


def _read_latest(folder):
    found = sorted((folder / "latest").rglob("*"))
    return {str(path): path.read_bytes() for path in found if path.is_file()}


def test_a_disk_that_fills_up_leaves_earlier_editions(latest, tmp_path):
    """On a disk that is really full: exit code 4, the reason, no remains, and the earlier edition whole."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = " ".join(COMMAND)
    script = f"""mount -t tmpfs -o size=800k tmpfs {folder} || exit 77
    cd {folder}
    cp -a {latest[0]}/. . && before=$(find . -type f | xargs sha256sum)
    {command} report --snapshot bundled --out . --fresh >&2; code=$?
    ls -A .; after=$(find . -type f | xargs sha256sum)
    [ "$before" = "$after" ] && exit $code"""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode == 77 or "Operation not permitted" in done.stderr.splitlines()[:1]:
        pytest.skip("no file system may be mounted here")
    assert done.returncode == 4, done.stderr
    assert "the disk is full; make room and run again. Earlier editions are intact." in done.stderr
    names = {path.name for path in latest[0].iterdir()}
    assert set(done.stdout.split()) == names
    assert len(names) == 3  # the lock, the edition and latest


def _start(arguments, folder):
    """Start a command and wait until it makes reports; it and all processes below it."""
    process = subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
    )
    wait_until(lambda: _has_started(folder) or process.poll() is not None, 60)
    assert process.poll() is None, process.communicate()
    return process, psutil.Process(process.pid).children(recursive=True)


def _has_started(folder):
    logs = list(folder.glob(".unfinished-*/run.jsonl"))
    return any('"report_started"' in path.read_text("utf-8") for path in logs)


@pytest.mark.parametrize(
    ("number", "code", "how"),
    [(signal.SIGTERM, 143, []), (signal.SIGINT, 130, []), (signal.SIGTERM, 143, ["--dask", "local"])],
)
def test_a_run_that_is_told_to_stop_ends_cleanly(number, code, how, latest):
    """Exit code and message say that it was stopped; nothing of it is left, running or on the disk."""
    folder, before = latest
    process, below = _start(
        [*COMMAND, "report", "--snapshot", "bundled", "--out", str(folder), "--fresh", *how], folder
    )
    process.send_signal(number)
    _, told = process.communicate(timeout=600)
    assert process.returncode == code
    assert told.splitlines()[-1] == (
        "yhdyspinta: stopped; nothing was published, and earlier editions are intact."
    )
    assert "Traceback" not in told
    assert wait_until(lambda: all(map(is_gone, below)), 60)
    assert _read_latest(folder) == before
    assert not list(folder.glob(".unfinished*"))


ASKED_IN_VAIN = """
import multiprocessing
import os
from multiprocessing.synchronize import SemLock
from indicators.batch.start import warm_up
if __name__ == "__main__":
    warm_up("bundled")
    context = multiprocessing.get_context("forkserver")
    lock = context.Lock()
    process = context.Process(target=print, args=(lock,))
    SemLock._cleanup(lock._semlock.name)
    process.start()
    process.join()
    os._exit(process.exitcode)  # at once: an ordinary exit would take the lock away again
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there is a warm server on Linux only")
def test_a_worker_asked_for_at_the_very_end_says_nothing(tmp_path):
    """The server is still loading then, and the worker finds what the command has taken away."""
    script = tmp_path / "driver.py"
    script.write_text(ASKED_IN_VAIN)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("act", "name"),
    [
        ("path.write_text('<p>forged')", "kunta/435-luhanka.fi.html"),
        ("path.unlink()", "index.html"),
        ("path.write_text('<p>more')", "kunta/more.html"),
    ],
)
def test_a_notebook_that_writes_into_an_edition_is_found_out(act, name, two, latest, tmp_path):
    """Nothing is published then, and the file is named, though sizes and times may have been put back."""
    folder, _ = latest
    path = (folder / "latest").resolve() / name
    act += "\nif path.exists():\n    os.utime(path, ns=(0, 0))"
    notebook = write_faulty(
        tmp_path / "n.ipynb", f"import os, pathlib\npath = pathlib.Path({str(path)!r})\n{act}"
    )
    with pytest.raises(OutputError, match=f"was changed while reports were made: [^;]*{name}"):
        make_edition(two, "bundled", folder, Options(notebook=notebook))
    assert len([item for item in folder.iterdir() if item.name[0] != "."]) == 2  # the edition and latest


DRIVER = """
import sys
from pathlib import Path
from indicators.batch.make import Options, make_edition
from indicators.edition.plan import plan_reports
from indicators.catalogue import load_catalogue
if __name__ == "__main__":
    tasks = plan_reports(load_catalogue(), ["435", "931"])
    make_edition(tasks, "bundled", Path(sys.argv[1]), Options(notebook=Path(sys.argv[2])))
"""


def test_nothing_survives_a_killed_command(latest, tmp_path, mark, two):
    """Killed outright, the command takes all processes along; the next run starts clean, latest is intact."""
    folder, before = latest
    fault = ORPHANS.format(mark=mark) + "time.sleep(600)"
    notebook = write_faulty(tmp_path / "faulty.ipynb", fault)
    (tmp_path / "driver.py").write_text(DRIVER)
    process, below = _start([sys.executable, str(tmp_path / "driver.py"), str(folder), str(notebook)], folder)
    assert wait_until(lambda: len(find_processes(mark)) == 3)
    below += psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    assert wait_until(lambda: all(map(is_gone, below)) and not find_processes(mark), 60)
    assert list(folder.glob(".unfinished-*"))
    assert _read_latest(folder) == before
    made = make_edition(two[:1], "bundled", folder)
    assert made.failed == []
    assert not list(folder.glob(".unfinished-*"))
    assert _read_latest(folder) == before
