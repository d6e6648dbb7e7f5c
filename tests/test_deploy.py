"""What starts runs on a server: units, cron line, container, Windows' task; and the pages about it."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicators.cli import main
from indicators.config import Settings, load_environment, load_settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
BUILDER = shutil.which("podman") or shutil.which("docker")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_unit_files_are_sound(tmp_path):
    """They are accepted, and name each other; only the places of an installation are put in."""
    for path in (*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")):
        text = path.read_text().replace("/opt/yhdyspinta/.venv/bin/yhdyspinta", sys.executable)
        (tmp_path / path.name).write_text(text.replace("User=yhdyspinta\n", ""))
    assert len(list(tmp_path.iterdir())) == 3
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "yhdyspinta" in line]
    assert (done.returncode, told) == (0, []), done.stderr
    (failing,) = re.findall("^OnFailure=(.*)$", (DEPLOY / "yhdyspinta.service").read_text(), re.M)
    assert (tmp_path / failing).is_file()


def test_all_that_start_runs_call_the_command():
    """Cron line, unit and Windows' task call ``run`` with their settings, the failure's unit ``status``."""
    lines = {
        name: (DEPLOY / name).read_text().replace("\\", "/").splitlines()[-1]
        for name in ("yhdyspinta.cron", "yhdyspinta-task.cmd", "yhdyspinta-failure.service")
    }
    minute, hour, *rest = lines["yhdyspinta.cron"].split()
    assert (int(minute) in range(60), int(hour) in range(24)) == (True, True)
    assert rest[:4] == ["*", "*", "1", "yhdyspinta"]
    assert rest[4:] == ["/opt/yhdyspinta/.venv/bin/yhdyspinta", "run", "/etc/yhdyspinta/run.env"]
    (started,) = re.findall("^ExecStart=(.*)$", (DEPLOY / "yhdyspinta.service").read_text(), re.M)
    assert started == " ".join(rest[4:])
    task = shlex.split(lines["yhdyspinta-task.cmd"])
    assert task[task.index("/TR") + 1].split()[1:] == ["run", "C:/yhdyspinta/run.env"]
    told = shlex.split(lines["yhdyspinta-failure.service"].removeprefix("ExecStart="))[2]
    assert told.startswith("/opt/yhdyspinta/.venv/bin/yhdyspinta status /etc/yhdyspinta/run.env 2>&1 | mail ")


def test_the_script_of_earlier_installations_still_runs():
    """It calls the command with its settings file."""
    environment = os.environ | {"YHDYSPINTA_COMMAND": "echo"}
    done = subprocess.run(
        [DEPLOY / "yhdyspinta-run", "run.env"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "run run.env\n"


@pytest.mark.parametrize("page", ["operations.md", "ohjeet/palvelin.md"])
def test_every_setting_is_told(page, monkeypatch):
    """The page's table has each key with its variable, and the sample file sets only what there is."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    load_environment(DEPLOY / "yhdyspinta.env")
    assert load_settings().keep_runs_days == "180"
    rows = re.findall(
        r"^\| `YHDYSPINTA_(\w+)` \| `(\w+)` \|", (ROOT / "docs" / page).read_text("utf-8"), re.M
    )
    assert [(name.lower(), key) for name, key in rows] == [(key, key) for _, key in rows]
    assert sorted(key for _, key in rows) == sorted(
        item.name for item in fields(Settings) if item.name not in ("folder", "demo")
    )


@pytest.mark.parametrize("page", ["operations.md", "ohjeet/palvelin.md"])
def test_the_commands_of_the_page_are_there(page):
    """Each subcommand with its options, each target of ``make`` and each file that it shows."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = "\n".join(re.findall(r"```\n(.*?)```", text, re.S))
    code = "\n".join([blocks, *re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S))])
    targets, makefile = re.findall(r"&& sudo make ([a-z]+)", code), (ROOT / "Makefile").read_text()
    assert set(targets) >= {"install"}
    assert [name for name in targets if f"\n{name}:" not in makefile] == []
    assert [name for name in re.findall(r"deploy/[\w.-]*\w", code) if not (ROOT / name).is_file()] == []
    calls = re.findall(r"(?<![/\w])yhdyspinta ([a-z]+)( [^\n#]*)?", code)
    assert {"run", "status", "prune", "archive", "unarchive"} <= {name for name, _ in calls}
    for name, rest in calls:
        told = CliRunner().invoke(main, [name, "--help"])
        assert told.exit_code == 0, name
        assert [item for item in re.findall(r"--[a-z-]+", rest) if item not in told.output] == []


# --- the container ------------------------------------------------------------------------------------


def _read_containerfile():
    """Instructions of each stage: pairs of the word and what follows it."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(), flags=re.M).replace("\\\n", " ")
    steps = [line.split(maxsplit=1) for line in text.splitlines() if line]
    starts = [at for at, (word, _) in enumerate(steps) if word == "FROM"]
    return steps[: starts[0]], steps[starts[0] : starts[1]], steps[starts[1] :]


def test_the_container_keeps_its_promises():
    """Exact versions, files that are there, no root, and nothing to write but the volumes."""
    ((_, argument),), build, last = _read_containerfile()
    python = argument.removeprefix("PYTHON=")
    assert (ROOT / "constraints" / f"python-{python}.txt").is_file()
    assert (
        "pip install --no-cache-dir -c /source/constraints/python-${PYTHON}.txt /source" in dict(build)["RUN"]
    )
    copied = [item for word, rest in build if word == "COPY" for item in rest.split()[:-1]]
    assert {"pyproject.toml", "README.md", "LICENSE", "constraints", "notebooks", "src"} == set(copied)
    found = dict(last)
    words = [word for word, _ in last]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", found["USER"])
    assert not {"RUN", "COPY", "ADD"} & set(words[words.index("USER") :])
    environment = dict(item.split("=") for item in found["ENV"].split())
    volumes = json.loads(found["VOLUME"])
    assert [environment[f"YHDYSPINTA_{name}"] for name in ("HOME", "REPORTS")] == volumes
    assert all(volume in found["RUN"] for volume in volumes)
    assert found["WORKDIR"] in volumes
    assert (json.loads(found["CMD"]), environment["HOME"]) == (["run"], "/tmp")
    assert json.loads(found["ENTRYPOINT"]) == ["/opt/yhdyspinta/bin/yhdyspinta"]


@pytest.mark.network
@pytest.mark.skipif(BUILDER is None, reason="needs podman or docker")
def test_the_container_runs():
    """Built as the page says, it makes reports as no root and with nothing to write but its volumes."""
    name, python = f"yhdyspinta-test-{os.getpid()}", ".".join(map(str, sys.version_info[:2]))

    def call(*arguments):
        done = subprocess.run([BUILDER, *arguments], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    run = ["run", "--rm", "--read-only", "--cap-drop=all", "--network=none", "--tmpfs", "/tmp"]
    run += ["-v", f"{name}-home:/var/lib/yhdyspinta", "-v", f"{name}-reports:/srv/reports"]
    build = ["build", "-t", name, "--build-arg", f"PYTHON={python}", "-f", str(DEPLOY / "Containerfile")]
    try:
        code, _, said = call(*build, str(ROOT))
        assert code == 0, said
        code, _, said = call(*run, "-e", "YHDYSPINTA_REPORT_OPTIONS=Luhanka Kuhmoinen", name)
        assert code == 3, said  # no service answers, and the bundled figures are reported
        code, told, _ = call(*run, name, "status", "--json")
        assert (code, json.loads(told)["fetch"], json.loads(told)["report"]) == (1, "3", "0")
        assert call(*run, "--entrypoint", "id", name, "-u")[1] == "10001\n"
        assert "Read-only file system" in call(*run, "--entrypoint", "touch", name, "/opt/file")[2]
    finally:
        call("volume", "rm", "-f", f"{name}-home", f"{name}-reports")
        call("rmi", "-f", name)
