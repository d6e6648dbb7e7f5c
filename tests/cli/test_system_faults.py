"""What the system refuses is one line with the stated exit code, in every command, and never a traceback."""

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from indicators.batch import scheduled
from indicators.cli import main

LONG = "a" * 300
#: Every command with the least that it needs; ``{}`` is the name of a folder or file.
COMMANDS = {
    "areas": "areas",
    "goals": "goals",
    "indicators": "indicators",
    "forums": "forums",
    "parties": "parties",
    "snapshots": "snapshots",
    "editions": "editions --out {}",
    "check": "check",
    "verify": "verify bundled",
    "assess": "assess Viitasaari -o {}",
    "report": "report Viitasaari --out {}",
    "fetch": "fetch --source table",
    "changes": "changes bundled bundled -o {}",
    "archive": "archive latest --out {}",
    "unarchive": "unarchive some.zip --out {}",
    "new-indicator": "new-indicator --kind sotkanet --key 99181 --title T --unit percent --goal 3.2=lower",
    "lab": "lab --copy-only {}",
    "run": "run",
    "status": "status",
    "prune": "prune --keep 1",
}
pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the devices of Linux")


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Runs a command in an empty working folder; exit code and lines on stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YHDYSPINTA_REPORTS", str(tmp_path / "reports"))
    monkeypatch.setattr(scheduled, "_COMMAND", ("false",))
    (tmp_path / "some.zip").write_bytes(b"PK")

    def call(command, name="there", stdout=None, undo=True):
        if stdout is not None:
            monkeypatch.setattr(sys, "stdout", stdout)
        with pytest.raises(SystemExit) as ended:
            main.main(COMMANDS.get(command, command).format(name).split(), prog_name="yhdyspinta")
        if undo:
            monkeypatch.undo()
        told = [line for line in capsys.readouterr().err.splitlines() if line]
        return ended.value.code or 0, told

    return call


def is_told(lines, words=""):
    """Whether one message says it; an entry's own line may follow it, indented."""
    return (
        sum(line.startswith("yhdyspinta: ") and "note: " not in line for line in lines) == 1
        and "Traceback" not in " ".join(lines)
        and re.search(words, " ".join(lines)) is not None
    )


def test_every_command_is_walked():
    """A new command is walked too."""
    assert COMMANDS.keys() == main.commands.keys()


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_settings_that_cannot_be_read(command, call, tmp_path):
    """The file is named: exit 2."""
    (tmp_path / "yhdyspinta.toml").symlink_to("/proc/self/mem")  # no rights would not stop root
    code, told = call(command)
    if command in (
        "editions",
        "lab",
        "archive",
        "unarchive",
    ):  # what they read comes first, or they read none
        assert code == 0 or is_told(told)
    else:
        assert (code, is_told(told, r"yhdyspinta\.toml: .*cannot be read: ")) == (2, True), told


@pytest.mark.parametrize("file", ["indicators.yaml", "plan.csv", "plan.yaml", "no.yaml"])
def test_declared_data_that_cannot_be_read(file, call, tmp_path):
    """The file is named: exit 2."""
    (tmp_path / file).symlink_to("/proc/self/mem" if file != "no.yaml" else tmp_path / "no.yaml")
    setting = "plan" if file != "indicators.yaml" else "catalogue"
    value = file if setting == "plan" else "."
    (tmp_path / "yhdyspinta.toml").write_text(f'{setting} = "{value}"')
    code, told = call("check")
    assert (code, is_told(told, f"{re.escape(file)}: .*(cannot be read|is missing)")) == (2, True), told


def test_own_table_that_cannot_be_read(call, tmp_path):
    """Its series fails with what the system says, and not as a fault of the package: exit 3."""
    table = tmp_path / "own.csv"
    declare = (
        "new-indicator --kind table --key own.csv --title Koe --name koe --unit percent --goal 3.2=lower "
        "--producer statfin"
    )
    table.write_text("alue;vuosi;arvo\nLuhanka;2024;30\n", "utf-8")
    assert call(declare, undo=False)[0] == 0
    table.unlink()
    table.symlink_to("/proc/self/mem")
    code, told = call("fetch --indicator own:koe")
    assert (code, "own:koe: table: the system refused to read" in " ".join(told)) == (3, True), told


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"report", "run", "lab", "unarchive"}))
def test_output_on_a_full_device(command, call):
    """Whatever a command prints: exit 4."""
    if command in ("assess", "changes"):
        code, told = call(COMMANDS[command], "/dev/full")
    elif command in ("archive", "editions", "status"):
        code, told = call(f"{command} --help", stdout=open("/dev/full", "w"))  # noqa: SIM115
    else:
        code, told = call(command, stdout=open("/dev/full", "w"))  # noqa: SIM115
    assert (code, is_told(told, "No space left on device")) == (4, True), told


@pytest.mark.parametrize("command", ["areas", "assess Viitasaari", "--help"])
def test_reader_that_leaves(command):
    """``yhdyspinta areas | head -1`` ends quietly; so does a command whose streams are closed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    line = f"{shlex.quote(sys.executable)} -m indicators {command}"
    for shell in (f"sleep 0 | {line} 2>&1 >&- | cat", f"({line} | :) 2>&1", f"{line} >&- 2>&-"):
        done = subprocess.run(
            ["sh", "-c", shell], env=environment, capture_output=True, text=True, check=False
        )
        assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("command", ["areas", "goals", "indicators", "forums", "parties", "check", "assess"])
def test_terminal_that_lacks_letters(command, call):
    """They are printed, or one line says how: exit 2."""
    ending = " --format csv" if command == "assess" else ""
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="iso8859-5")
    code, told = call(f"{command} Viitasaari{ending}" if command == "assess" else command, stdout=stdout)
    assert code == 0 or (code == 2 and is_told(told, "PYTHONIOENCODING=utf-8")), told
    assert (code == 2) == (command in ("areas", "goals", "indicators", "forums", "parties"))


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"verify"}))
def test_working_folder_that_is_gone(command, call, tmp_path, monkeypatch):
    """Told as such: exit 4; click tells of a file that is not there with 2."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    monkeypatch.setenv("YHDYSPINTA_REPORTS", "reports")
    code, told = call(command)
    if command in ("editions", "archive", "unarchive"):
        assert code == 0 or (code == 2 and "Traceback" not in " ".join(told))
    else:
        assert (code, is_told(told, "working folder is gone|cannot be")) == (4, True), told


def test_working_folder_that_may_not_be_entered(call, monkeypatch):
    """The command goes on in another, in which its processes can start; as after ``sudo -u`` in root's."""
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != os.curdir and access(path, mode))
    code, told = call("editions", undo=False)
    assert (code, os.getcwd()) == (0, "/")
    assert told == ["yhdyspinta: note: the working folder may not be entered; going on in /."]


@pytest.mark.parametrize("command", [name for name, text in COMMANDS.items() if "{}" in text])
def test_name_that_is_too_long(command, call):
    """Exit 4, and the message does not fill the screen."""
    code, told = call(command, LONG)
    assert (code, is_told(told, "name too long|whole zip")) == (4, True), told
    assert len(told[-1]) < 700


@pytest.mark.parametrize("command", ["fetch", "check --live"])
@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there(command, name, call, monkeypatch):
    """The variable and the file are named before anything is asked: exit 2."""
    monkeypatch.setenv(name, "/no/such.pem")
    code, told = call("fetch --source sotkanet" if command == "fetch" else command)
    assert (code, is_told(told, f"{name}: found '/no/such.pem'")) == (2, True), told


@pytest.mark.parametrize("command", ["snapshots", "check", "assess", "report", "fetch", "archive"])
def test_home_that_is_no_folder(command, call, monkeypatch):
    """Exit 4, or a note where the command does without."""
    monkeypatch.setenv("YHDYSPINTA_HOME", os.devnull)
    code, told = call(command)
    if command == "check":
        assert code == 0
        assert "cannot be read" in told[-1]
    else:
        assert (code, is_told(told)) == (2 if command == "archive" else 4, True), told
