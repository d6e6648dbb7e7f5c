"""Scheduled runs: the script's steps, codes, lock and summary, and the unit files."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.notebooks import wait_until

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "yhdyspinta-run"
pytestmark = pytest.mark.skipif(
    shutil.which("flock") is None or shutil.which("bash") is None, reason="needs bash and flock"
)

#: Stands for the command: each step's exit code is in CODES, and what was called goes to a file.
STAND_IN = r"""#!/bin/sh
echo "$*" >> "$CALLS"
case $1 in
  fetch)
    [ "$CODE_FETCH" = 3 ] && new=null || new='"new"'
    printf '{\n "snapshot": %s,\n "previous": "old"\n}\n' "$new"
    exit ${CODE_FETCH:-0} ;;
  changes)
    echo "<p>$2 $3"
    exit ${CODE_CHANGES:-0} ;;
  report)
    sleep ${PAUSE:-0} & wait $!
    mkdir -p "$YHDYSPINTA_REPORTS/E1" && echo "$CODE_REPORT" > "$YHDYSPINTA_REPORTS/E1/index.html"
    [ "${CODE_REPORT:-0}" = 0 ] && latest=true || latest=false
    printf '{\n "edition": "E",\n "folder": "E1",\n "is_latest": %s\n}\n' "$latest"
    exit ${CODE_REPORT:-0} ;;
esac
"""


@pytest.fixture
def place(tmp_path):
    """A folder with a stand-in for the command, and the settings of a run."""
    command = tmp_path / "yhdyspinta"
    command.write_text(STAND_IN)
    command.chmod(0o755)
    settings = {
        "YHDYSPINTA_COMMAND": command,
        "YHDYSPINTA_REPORTS": tmp_path / "reports",
        "YHDYSPINTA_PUBLISH": tmp_path / "www",
        "CALLS": tmp_path / "calls",
    }
    (tmp_path / "run.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return tmp_path


def _run(place, **environment):
    return subprocess.run(
        [SCRIPT, place / "run.env"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _summary(place):
    return json.loads((place / "reports" / "runs" / "last.json").read_text())


def test_a_run_fetches_tells_changes_reports_and_publishes(place):
    """The steps come in order; the edition and its changes are found where ``latest`` points."""
    done = _run(place, YHDYSPINTA_REPORT_OPTIONS="--lang fi --lang sv")
    assert done.returncode == 0, done.stderr
    assert (place / "calls").read_text().splitlines() == [
        "fetch --json",
        "changes old new",
        f"report --json --out {place / 'reports'} --lang fi --lang sv",
    ]
    assert (place / "www" / "latest").readlink() == Path("E1")
    assert (place / "www" / "latest" / "muutokset.html").read_text() == "<p>old new\n"
    summary = _summary(place)
    assert summary | {"started": "", "finished": ""} == {
        "started": "",
        "finished": "",
        "exit_code": 0,
        "fetch": "0",
        "snapshot": "new",
        "previous": "old",
        "report": "0",
        "edition": "E1",
        "published": str(place / "www" / "E1"),
    }
    assert "exit 0; fetch 0, snapshot new, report 0, edition E1" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("codes", "expected", "n_steps", "is_published"),
    [
        ({"CODE_FETCH": "1"}, 1, 3, True),
        ({"CODE_FETCH": "3"}, 3, 2, True),
        ({"CODE_FETCH": "2"}, 2, 1, False),
        ({"CODE_FETCH": "4"}, 4, 1, False),
        ({"CODE_REPORT": "1"}, 1, 3, False),
        ({"CODE_REPORT": "2"}, 2, 3, False),
        ({"CODE_REPORT": "4"}, 4, 3, False),
        ({"CODE_CHANGES": "1"}, 0, 3, True),
        ({"CODE_FETCH": "3", "CODE_REPORT": "1"}, 1, 2, False),
    ],
    ids=str,
)
def test_exit_codes_say_what_to_do(codes, expected, n_steps, is_published, place):
    """A run goes on after a partial fetch, stops where nothing can come of it, publishes whole editions."""
    assert _run(place, **codes).returncode == expected
    assert len((place / "calls").read_text().splitlines()) == n_steps
    assert _summary(place)["exit_code"] == expected
    assert (place / "www" / "latest").exists() == is_published


def test_an_edition_that_failed_leaves_what_is_published(place):
    """Readers keep the earlier edition; a run of the same edition replaces it as a whole."""
    _run(place)
    before = (place / "www" / "latest" / "index.html").read_text()
    _run(place, CODE_REPORT="1")
    assert (place / "www" / "latest" / "index.html").read_text() == before
    assert _run(place).returncode == 0
    assert sorted(path.name for path in (place / "www").iterdir()) == ["E1", "latest"]


def test_published_folder_does_not_go_back_to_older_figures(place):
    """Also where the folder of editions is a new one; a snapshot that is asked for by name may."""

    def state(folder, text):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.json").write_text(text)

    def manifest(day):
        return json.dumps({"edition": "E", "snapshot": {"id": f"2026-12-{day}-0123abcd"}}, indent=1) + "\n"

    assert _run(place).returncode == 0
    shown = place / "www" / "latest"
    for stated, expected in ((manifest("02"), 4), ("", 4), (manifest("01"), 0)):
        state(shown, stated)
        state(place / "reports" / "E1", manifest("01"))
        before = (shown / "manifest.json").read_text()
        result = _run(place)
        assert result.returncode == expected, result.stderr
        assert (shown / "manifest.json").read_text() == before
    state(shown, manifest("02"))
    assert _run(place, YHDYSPINTA_REPORT_OPTIONS="--snapshot old").returncode == 0
    assert (shown / "manifest.json").read_text() == manifest("01")


def test_two_runs_at_once(place):
    """The second one says so, does nothing and ends with 75."""
    (place / "reports" / "runs").mkdir(parents=True)
    with (place / "reports" / "runs" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _run(place)
    assert (done.returncode, done.stderr) == (75, "yhdyspinta-run: another run is under way\n")
    assert not (place / "calls").exists()
    assert _run(place).returncode == 0


@pytest.mark.parametrize("missing", ["YHDYSPINTA_REPORTS", "YHDYSPINTA_COMMAND"])
def test_wrong_settings(missing, place):
    """A folder that is not stated, or a command that is not there, ends before anything is done."""
    lines = (place / "run.env").read_text().splitlines()
    kept = [line for line in lines if not line.startswith(missing)]
    (place / "run.env").write_text(
        "\n".join([*kept, f"{missing}=" if "REPORTS" in missing else f"{missing}=/no"])
    )
    done = _run(place)
    assert done.returncode != 0
    assert "yhdyspinta-run" in done.stderr
    assert not (place / "calls").exists()


def test_a_run_that_is_told_to_stop(place):
    """The step is told, the summary says so, nothing is published, and the lock is free again."""
    process = subprocess.Popen([SCRIPT, place / "run.env"], env=os.environ | {"PAUSE": "60"})
    assert wait_until(lambda: (place / "calls").exists() and "report" in (place / "calls").read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 143
    assert _summary(place)["exit_code"] == 143
    assert not (place / "www").exists()
    assert _run(place).returncode == 0


def test_a_web_folder_that_cannot_be_written(place):
    """Exit code 4 and the folder's name; the edition itself is kept."""
    (place / "www").write_text("a file")
    done = _run(place)
    assert done.returncode == 4
    assert f"{place / 'www'} could not be written" in done.stderr
    assert (place / "reports" / "E1").is_dir()


@pytest.mark.slow
def test_a_real_run_against_the_services(place, bundled):
    """Against replicas of the services: a new snapshot, its reports published; then nothing is new."""
    command = [
        sys.executable,
        "-m",
        "replica",
        str(bundled.path / "observations.parquet"),
        "--fill",
        "--seed",
        "1",
    ]
    path = os.pathsep.join(sys.path)
    replicas = subprocess.Popen(
        [*command, "--max-calls", "100000"],
        cwd=ROOT / "tests",
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )
    try:
        addresses = dict(pair.split("=", 1) for pair in replicas.stdout.readline().split())
        real = place / "real"
        real.write_text(f'#!/bin/sh\nexec {sys.executable} -m indicators "$@"\n')
        real.chmod(0o755)
        more = f"\nYHDYSPINTA_COMMAND={real}\nYHDYSPINTA_HOME={place / 'home'}\nPYTHONPATH={path}\n"
        (place / "run.env").write_text((place / "run.env").read_text() + more)
        first = _run_long(place, addresses)
        summary = _summary(place)
        assert first.returncode in (0, 1), first.stderr
        assert summary["report"] == "0", first.stderr
        assert summary["snapshot"] not in ("", summary["previous"])
        published = place / "www" / "latest"
        manifest = json.loads((published / "manifest.json").read_text("utf-8"))
        assert manifest["snapshot"]["id"] == summary["snapshot"]
        assert (published / "muutokset.html").stat().st_size > 1000
        second = _run_long(place, addresses)
        assert second.returncode == first.returncode
        assert _summary(place)["snapshot"] == ""
        states = json.loads((published / "manifest.json").read_text("utf-8"))["reports"]
        assert {entry["state"] for entry in states} == {"reused"}
    finally:
        replicas.kill()
        replicas.wait()


def _run_long(place, addresses):
    return subprocess.run(
        [SCRIPT, place / "run.env"],
        env=os.environ | addresses,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_unit_files_are_sound(tmp_path):
    """The service and the timer are accepted; only the places of an installation are put in."""
    for name in ("yhdyspinta.service", "yhdyspinta.timer"):
        text = (ROOT / "deploy" / name).read_text()
        text = text.replace("/opt/yhdyspinta/deploy/yhdyspinta-run", str(SCRIPT)).replace(
            "User=yhdyspinta\n", ""
        )
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "yhdyspinta" in line]
    assert (done.returncode, told) == (0, []), done.stderr


def test_the_cron_line_and_the_settings_fit_the_script():
    """The cron line has its fields and calls the script; each setting stated is one that is read."""
    (line,) = (
        line
        for line in (ROOT / "deploy" / "yhdyspinta.cron").read_text().splitlines()
        if not line.startswith("#")
    )
    minute, hour, day, month, weekday, user, script, settings = line.split()
    assert (day, month, weekday, user) == ("*", "*", "1", "yhdyspinta")
    assert 0 <= int(minute) < 60
    assert 0 <= int(hour) < 24
    assert script.endswith("deploy/yhdyspinta-run")
    assert settings == "/etc/yhdyspinta/run.env"
    names = [
        line.partition("=")[0]
        for line in (ROOT / "deploy" / "yhdyspinta.env").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    read = SCRIPT.read_text() + (ROOT / "src" / "indicators" / "config.py").read_text()
    assert [name for name in names if name not in read] == []
