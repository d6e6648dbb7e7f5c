"""A fetch ends soon when it is told to, whatever the services are doing, and leaves nothing unfinished."""

import os
import signal
import subprocess
import sys
import time

import pytest

from indicators.snapshot import write
from replica import Fault
from replica.server import Answer, CannedReplica

pytest_plugins = ["replica.fixtures"]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

FAULTS = {
    "silent": Fault("timeout", seconds=60),
    "busy": Fault("429", retry_after="60"),
    "down": Fault("503"),
    "trickling": Fault("slow"),
}


def list_files(folder):
    """What lies in a folder, with its content; but the lock, which any run leaves there."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock"]
    return {path: path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("kind", "number"), [(kind, signal.SIGINT) for kind in FAULTS] + [("silent", signal.SIGTERM)]
)
def test_fetch_that_is_stopped_ends_within_two_seconds(kind, number, world_home, tmp_path):
    """Nobody waits for a service; the exit code says how it was stopped, and all is as before."""
    before = list_files(world_home)
    with CannedReplica(lambda _: Answer.of_json(["x" * 2000])) as replica:
        replica.faults = [FAULTS[kind]]
        urls = dict.fromkeys(("YHDYSPINTA_SOTKANET_URL", "YHDYSPINTA_STATFIN_URL"), replica.url)
        environ = os.environ | urls | {"YHDYSPINTA_HOME": str(world_home), "NO_PROXY": "*"}
        # Whoever runs the tests in the background has Ctrl-C ignored, and a child would inherit that.
        start = (
            "import runpy, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
            "sys.argv = ['yhdyspinta', 'fetch']; runpy.run_module('indicators', run_name='__main__')"
        )
        command = [sys.executable, "-c", start]
        begun = time.monotonic()
        with subprocess.Popen(command, env=environ, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as run:
            while not replica.requests.total():
                assert run.poll() is None
                time.sleep(0.05)
            to_start = time.monotonic() - begun
            time.sleep(0.5)
            started = time.monotonic()
            run.send_signal(number)
            told = run.communicate(timeout=30)[1]
            took = time.monotonic() - started
    assert (run.returncode, told.splitlines()[-1]) == (128 + number, "yhdyspinta: stopped.")
    assert "Traceback" not in told
    assert took < max(2, to_start)  # on a busy machine it takes longer to start as well
    assert list_files(world_home) == before


def test_fetch_that_is_stopped_while_it_writes_leaves_nothing(world, monkeypatch):
    """SIGTERM in the middle of a snapshot: no new one, nothing unfinished, and the next fetch works."""
    before, write_files = list_files(world.home), write._write_files

    def stop(*arguments):
        write_files(*arguments)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    monkeypatch.setattr(write, "_write_files", stop)
    assert world.run().exit_code == 143
    assert list_files(world.home) == before
    monkeypatch.setattr(write, "_write_files", write_files)
    assert world.run().exit_code == 0
