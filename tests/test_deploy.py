"""The scheduled run does the whole round, and never breaks what stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

pytest_plugins = ["replica.fixtures"]

DEPLOY = Path(__file__).parents[1] / "deploy"


@pytest.fixture
def scheduled(world, tmp_path):
    """Runs the script against the replicas; ``fetch`` asks for the series of the small world."""
    command = tmp_path / "command"
    series = " ".join(f'"{word}"' for word in world.arguments()[1:])
    command.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = fetch ]; then shift; set -- fetch {series} "$@"; fi\n'
        f'exec {sys.executable} -m indicators "$@"\n'
    )
    command.chmod(0o755)

    def run(**more):
        environ = os.environ | world.environ() | {"YHDYSPINTA": str(command)} | more
        environ |= {"YHDYSPINTA_REPORTS": str(tmp_path / "reports")}
        return subprocess.run(
            ["/bin/sh", DEPLOY / "yhdyspinta-run"],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.mark.slow
def test_a_whole_round_and_a_quiet_one(scheduled, tmp_path):
    """New figures are fetched, told, reported and published; the next run has nothing to do."""
    done = scheduled(YHDYSPINTA_PUBLISH=str(tmp_path / "www"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "reports" / "latest" / "index.html").is_file()
    assert (tmp_path / "www" / "kunta" / "931-viitasaari.fi.html").is_file()
    assert not (tmp_path / "www").is_symlink()
    assert list((tmp_path / "reports").glob("muutokset-*.html"))
    again = scheduled(YHDYSPINTA_PUBLISH=str(tmp_path / "www"))
    assert again.returncode == 0
    assert "nothing is new" in again.stdout
    assert sorted(path.name for path in tmp_path.glob("www*")) == ["www"]


def test_two_runs_at_once(scheduled, tmp_path):
    """The second run ends at once and says why."""
    (tmp_path / "reports").mkdir()
    with FileLock(tmp_path / "reports" / ".run.lock"):
        done = scheduled()
    assert done.returncode == 4
    assert "another scheduled run is going on" in done.stdout


def test_services_that_are_down(scheduled, world):
    """Without figures nothing is reported, and the exit code says so."""
    dead = "http://127.0.0.1:9"
    done = scheduled(YHDYSPINTA_SOTKANET_URL=dead, YHDYSPINTA_STATFIN_URL=dead)
    assert done.returncode == 3
    assert "the last reports stand" in done.stdout
    assert world.load().id == world.before.id


def test_a_reports_folder_that_cannot_be_made(scheduled, tmp_path):
    """Storage trouble has its own code."""
    (tmp_path / "reports").write_text("a file stands in the way")
    done = scheduled()
    assert done.returncode == 4
    assert "cannot be made" in done.stdout


@pytest.mark.parametrize("unit", ["yhdyspinta.service", "yhdyspinta.timer"])
def test_unit_files_hold(unit, tmp_path):
    """Systemd accepts the unit files; without systemd their sections and the script's path are checked."""
    text = (DEPLOY / unit).read_text()
    assert "[Unit]" in text
    if "[Service]" in text:
        assert "/srv/yhdyspinta/deploy/yhdyspinta-run" in text
    (tmp_path / unit).write_text(text.replace("/srv/yhdyspinta/deploy", str(DEPLOY)))
    try:
        told = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", tmp_path / unit],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return
    assert unit not in told.stderr.replace("Unit yhdyspinta.service not found", ""), told.stderr
