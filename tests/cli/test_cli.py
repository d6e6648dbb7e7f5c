"""The command line: what it prints, where, and with which exit code. No report is made here."""

import datetime as dt
import inspect
import json
import re
import shutil
from importlib.metadata import entry_points

import pandas as pd
import pytest
from click.testing import CliRunner

from indicators import __version__
from indicators.assessment.columns import ASSESSMENT_COLUMNS
from indicators.cli import main
from indicators.cli.output import print_table
from indicators.config import SETTINGS_FILE
from indicators.snapshot.listing import COLUMNS
from indicators.snapshot.store import BUNDLED_FOLDER

LISTS = {
    "areas": ({"code", "level", "fi", "sv", "region"}, "Viitasaari"),
    "goals": ({"id", "title", "wording", "forums"}, "Väestö sekä veto- ja pitovoima"),
    "indicators": (set(COLUMNS), "sotkanet:181"),
    "forums": ({"id", "name", "goals"}, "ks-turva"),
    "parties": ({"id", "kind", "name"}, "hyvinvointialue"),
    "snapshots": ({"id", "created", "is_bundled", "version", "path", "series"}, "2026-11-28"),
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    # Before click 8.2 the two streams were mixed unless told otherwise.
    is_mixing = "mix_stderr" in inspect.signature(CliRunner).parameters
    runner = CliRunner(**({"mix_stderr": False} if is_mixing else {}), env={"COLUMNS": "300"})
    return lambda *arguments: runner.invoke(main, [str(item) for item in arguments])


@pytest.fixture
def damaged(tmp_path, flip_byte):
    """A copy of the bundled snapshot with one changed byte."""
    folder = shutil.copytree(BUNDLED_FOLDER, tmp_path / "damaged")
    flip_byte(folder / "observations.parquet")
    return folder


@pytest.fixture
def out(tmp_path):
    """Where editions would go."""
    return tmp_path / "editions"


def _message(result):
    """The last line on stderr, which is the message; nothing else was printed."""
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


# --- help -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_lists_commands_and_exit_codes(option, run):
    """The help names every command and each exit code."""
    result = run(option)
    assert result.exit_code == 0
    assert set(main.commands) >= {*LISTS, "editions", "check", "verify", "assess", "report"}
    assert all(re.search(rf"^  {name}\b", result.stdout, re.MULTILINE) for name in main.commands)
    codes = result.stdout.partition("Exit codes:")[2]
    assert all(f"{code} " in codes for code in (0, 1, 2, 3, 4))


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_explains_itself(command, run):
    """Each command has a help of its own that says what it does."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert main.commands[command].help.split(".")[0][:40] in " ".join(result.stdout.split())


def test_version_is_the_packages(run):
    """The version told is the package's."""
    assert run("--version").stdout == f"yhdyspinta, version {__version__}\n"


def test_command_is_installed():
    """The command yhdyspinta leads to this program."""
    (found,) = entry_points(group="console_scripts", name="yhdyspinta")
    assert found.load() is main


# --- lists ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", LISTS)
def test_list_as_table(command, run):
    """A list is printed as a table with its columns."""
    columns, example = LISTS[command]
    result = run(command)
    assert (result.exit_code, result.stderr) == (0, "")
    assert set(result.stdout.splitlines()[0].split()) == columns
    assert example in result.stdout


def test_a_pipe_gets_whole_cells(run):
    """A tab between cells and a row a line, so that ids can be cut out."""
    result = run("indicators", "--goal", "3.2", "--search", "tyött")
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert lines[0] == list(COLUMNS)
    assert {len(line) for line in lines} == {len(COLUMNS)}
    assert "sotkanet:181" in [line[0] for line in lines[1:]]
    assert all("3.2" in line[3] for line in lines[1:])
    assert run("indicators", "--goal", "9.9").exit_code == 2
    assert "no indicator has these words" in run("indicators", "--search", "eiole").stderr


@pytest.mark.parametrize(("width", "has_all"), [("80", False), ("200", True)])
def test_a_terminal_gets_the_columns_it_has_room_for(width, has_all, monkeypatch, capsys):
    """A row of a list is not torn into a word a line where the terminal is narrow."""
    monkeypatch.setenv("COLUMNS", width)
    row = dict.fromkeys(COLUMNS, "Työ- ja elinkeinoministeriö (TEM)") | {"id": "sotkanet:181"}
    print_table([row], ("id", "title"))
    shown = capsys.readouterr().out
    assert ("producer" in shown) is has_all
    assert has_all or len(shown.splitlines()) == 2


def test_an_unfinished_overlay_does_not_hide_the_indicators(run, tmp_path):
    """Its fault is told, and what one could choose is listed."""
    folder = tmp_path / "oma"
    folder.mkdir()
    (folder / "agreement.yaml").write_text("replaces: true\n", "utf-8")
    (tmp_path / SETTINGS_FILE).write_text('catalogue = "oma"\n', "utf-8")
    result = run("indicators")
    assert result.exit_code == 0
    assert "agreement.yaml" in result.stderr
    assert "sotkanet:181\t" in result.stdout


@pytest.mark.parametrize("command", LISTS)
def test_list_as_json(command, run):
    """With --json stdout is one JSON document: a list of objects with the same keys."""
    columns, example = LISTS[command]
    result = run(command, "--json")
    rows = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert {frozenset(row) for row in rows} == {frozenset(columns)}
    assert any(example in str(value) for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("command", "number"), [("goals", 12), ("parties", 24), ("forums", 8), ("areas", 308 + 19 + 23 + 1)]
)
def test_list_is_complete(command, number, run):
    """Everything declared is listed."""
    assert len(json.loads(run(command, "--json").stdout)) == number


def test_editions_of_an_empty_folder(run, out):
    """Where no edition has been made there are none, as a table and as JSON."""
    assert (run("editions", "--out", out).exit_code, run("editions", "--out", out).stdout) == (0, "")
    assert json.loads(run("editions", "--out", out, "--json").stdout) == []
    assert not out.exists()


def test_editions_are_listed_from_their_manifests(run, out):
    """Each edition is listed with its snapshot and the number of its reports."""
    (out / "2026-11-24-abc").mkdir(parents=True)
    manifest = {
        "edition": "2026-11-24-abc",
        "folder": "2026-11-24-abc",
        "snapshot": {"id": "2026-11-24-def"},
        "finished": "2026-11-24T12:00:00+00:00",
        "version": "0.1.0",
        "reports": [{"state": "published", "file": "a.html"}, {"state": "failed", "file": None}],
    }
    (out / "2026-11-24-abc" / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (row,) = json.loads(run("editions", "--out", out, "--json").stdout)
    assert (row["folder"], row["snapshot"]) == ("2026-11-24-abc", "2026-11-24-def")
    assert (row["reports"], row["failed"]) == (2, 1)
    assert "2026-11-24-abc" in run("editions", "--out", out).stdout


# --- checking ---------------------------------------------------------------------------------------


def test_check_counts_what_is_declared(run, catalogue):
    """A check of sound declarations counts them and ends with 0."""
    result = run("check", "--json")
    found = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert (found["goals"], found["municipalities"], found["parties"], found["forums"]) == (12, 308, 24, 8)
    assert found["sha256"] == catalogue.sha256
    assert "goals: 12" in run("check").stdout


def test_check_names_what_an_added_indicator_lacks(run, declared_copy, monkeypatch):
    """An indicator copied within the package's file holds at once; the check says how it will be told."""
    path = declared_copy / "indicators.yaml"
    content = path.read_text("utf-8")
    (entry,) = re.findall(r"^  - id: sotkanet:189\n.*?(?=^  - id: )", content, re.MULTILINE | re.DOTALL)
    added = entry.replace("189", "9991").replace("Nuoriso", "Muut ")
    path.write_text(content.replace(entry, entry + added), "utf-8")
    monkeypatch.setattr("indicators.catalogue.load_catalogue.__defaults__", (declared_copy,))
    result = run("check")
    assert (result.exit_code, "sotkanet:9991" in result.stderr) == (0, True)


def test_check_of_broken_declarations_ends_with_2(run, declared_copy, monkeypatch):
    """A fault in the declared data is told with its place, exit code 2."""
    path = declared_copy / "agreement.yaml"
    content = path.read_text("utf-8")
    path.write_text(content.replace("    wording: working\n", "    wording: guessed\n", 1), "utf-8")
    monkeypatch.setattr("indicators.catalogue.load_catalogue.__defaults__", (declared_copy,))
    result = run("check")
    assert result.exit_code == 2
    assert re.search(r"yhdyspinta: .*agreement\.yaml:\d+: goals\[0\]\.wording: ", result.stderr)
    assert "wording: guessed" in _message(result)


def test_verify_of_a_whole_snapshot(run):
    """A whole snapshot is told as such, exit code 0."""
    result = run("verify", "bundled", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout) == {"path": str(BUNDLED_FOLDER), "is_whole": True, "problems": []}
    assert "is_whole: True" in run("verify", "bundled").stdout


def test_verify_of_a_damaged_snapshot_ends_with_4(run, damaged):
    """A damaged snapshot is told with the file's name, exit code 4, and stdout stays JSON."""
    result = run("verify", damaged, "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["problems"] == [
        "observations.parquet is damaged: its hash differs from the manifest's."
    ]
    assert "observations.parquet is damaged" in result.stderr


def test_verify_of_an_unknown_snapshot_ends_with_2(run):
    """A snapshot that is not there is told with those that are."""
    result = run("verify", "2020-01-01-none")
    assert result.exit_code == 2
    assert "Unknown snapshot '2020-01-01-none'. Did you mean: 2026-11-28" in _message(result)


# --- the assessment table ---------------------------------------------------------------------------


def test_assess_as_csv(run, assessment):
    """The table of one area is printed as CSV, codes as text, figures in full."""
    result = run("assess", "Viitasaari", "--snapshot", "bundled")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert tuple(lines[0].split(",")) == ASSESSMENT_COLUMNS
    assert len(lines) - 1 == len(assessment.of_area("931"))
    assert {line.split(",")[0] for line in lines[1:]} == {"931"}


def test_assess_as_json(run, assessment):
    """The tables of several areas, of any level, are one JSON list with null for what is missing."""
    result = run("assess", "077", "Keski-Suomi", "--format", "json", "--snapshot", "bundled")
    rows = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert {row["area_code"] for row in rows} == {"077", "MK13"}
    assert len(rows) == len(assessment.of_area("077")) + len(assessment.of_area("MK13"))
    assert None in {row["value"] for row in rows}


def test_small_p_values_are_not_printed_as_zero(run, assessment):
    """JSON has every number as the table has it; a p value of 1e-12 is none of 0."""
    result = run("assess", "Jyväskylä", "--format", "json", "--snapshot", "bundled")
    shown = [row["rest_p"] for row in json.loads(result.stdout) if row["rest_p"] is not None]
    assert shown == assessment.of_area("179")["rest_p"].dropna().tolist()
    assert any(0 < p < 1e-10 for p in shown)


def test_assess_as_parquet(run, tmp_path, assessment):
    """Without areas the whole table is written, and read back as it was."""
    file = tmp_path / "table.parquet"
    result = run("assess", "--format", "parquet", "-o", file, "--snapshot", "bundled")
    assert (result.exit_code, result.stdout) == (0, "")
    found = pd.read_parquet(file)
    assert tuple(found.columns) == ASSESSMENT_COLUMNS
    assert len(found) == len(assessment.table)
    assert found["value"].equals(assessment.table["value"])


def test_assess_as_parquet_needs_a_file(run):
    """Parquet is not printed on a terminal."""
    result = run("assess", "931", "--format", "parquet")
    assert result.exit_code == 2
    assert "--format parquet needs a file: -o FILE" in _message(result)


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_assess_into_a_missing_folder_ends_with_4(form, run, tmp_path):
    """A file that cannot be written is named with the reason, exit code 4."""
    result = run("assess", "931", "--format", form, "-o", tmp_path / "none" / "table")
    assert result.exit_code == 4
    message = _message(result)
    assert "none/table: cannot be written: " in message
    assert "None" not in message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["viitasari"], "Viitasaari (931)"),
        ([""], "The area is empty"),
        (["931", "--format", "xml"], "'xml' is not one of"),
        (["931", "--snapshot", "none"], "Unknown snapshot 'none'"),
    ],
)
def test_assess_of_what_is_not_there_ends_with_2(arguments, message, run):
    """A wrong area, format or snapshot ends with 2 and prints no table."""
    result = run("assess", *arguments)
    assert result.exit_code == 2
    assert message in _message(result)


# --- reports that are refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["viitasari"], "Unknown area 'viitasari'. Did you mean: Viitasaari (931)"),
        (["Viitasaari", "viitasari"], "Did you mean: Viitasaari (931)"),
        ([""], "The area is empty; give a three-digit code or a name."),
        (["Stockholm"], "Unknown area 'Stockholm'. Give a three-digit code"),
        (["Jämsänkoski"], "Jämsänkoski (183) merged into Jämsä in 2009."),
        (["Pertunmaa"], "Pertunmaa (588) merged into Mäntyharju in 2025."),
        (["Keski-Suomi"], "Keski-Suomi is a region; here a municipality is expected."),
        (["931", "--lang", "se"], "Unknown language 'se'. Reports are made in fi, sv, en."),
        (["931", "--snapshot", "none"], "Unknown snapshot 'none'."),
        (["931", "--snapshot", "/no/such/folder"], "Unknown snapshot '/no/such/folder'."),
        (["931", "--colour", "red"], "No such option"),
        (["931", "--kind", "maa"], "'maa' is not"),
        (["931", "--jobs", "0"], "0 is not in the range"),
        (["931", "--engine", "steam"], "'steam' is not one of"),
        (["931", "--all"], "--all stands alone"),
        (["--all", "--country"], "--all stands alone"),
        (["--kind", "foorumi", "ks-turwa"], "Unknown forum 'ks-turwa'. Did you mean: ks-turva?"),
        (["--kind", "foorumi", "ks-turva", "931"], "Unknown forum '931'."),
        (["--kind", "osapuoli", "Viitasaari"], "A municipality has its municipal report"),
        (["ks-turva"], "It has a report of its own kind: add --kind foorumi."),
        (["931", "--as-of"], "--as-of needs the snapshot of the earlier edition"),
        (["--only-failed", "x", "--as-of"], "--only-failed stands alone"),
        (["--only-failed", "x", "--lang", "sv"], "--only-failed stands alone"),
        (["--only-failed", "x", "931"], "--only-failed stands alone"),
        (["--all", "--kind", "alue"], "--all stands alone"),
        (["--country", "--kind", "alue"], "--country is every municipality of Finland"),
        (["931", "--country"], "--country: found '931'; expected no areas beside it"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_wrong_use_ends_with_2_and_writes_nothing(form, arguments, message, run, out):
    """Wrong use is told in one message on stderr, exit code 2, and no folder is made."""
    result = run("report", *arguments, "--out", out, *form)
    assert result.exit_code == 2
    assert message in _message(result)
    assert not out.exists()


def test_unknown_command_ends_with_2(run):
    """A command that is not there ends with 2."""
    result = run("raport")
    assert result.exit_code == 2
    assert "No such command 'raport'" in _message(result)


def test_out_under_a_file_ends_with_4(run, tmp_path):
    """A folder that cannot be made is named, exit code 4."""
    (tmp_path / "file").write_text("kept", "utf-8")
    result = run("report", "931", "--snapshot", "bundled", "--out", tmp_path / "file" / "editions")
    assert result.exit_code == 4
    assert "file/editions: cannot be written" in _message(result)
    assert (tmp_path / "file").read_text("utf-8") == "kept"


def test_out_that_is_a_file_ends_with_4(run, tmp_path):
    """A file where the folder of editions should be is left alone, exit code 4."""
    (tmp_path / "file").write_text("kept", "utf-8")
    result = run("report", "931", "--snapshot", "bundled", "--out", tmp_path / "file")
    assert result.exit_code == 4
    assert (tmp_path / "file").read_text("utf-8") == "kept"


@pytest.mark.parametrize("command", ["report", "assess"])
def test_damaged_snapshot_ends_with_4(command, run, damaged, out):
    """A damaged snapshot is refused with the file's name, exit code 4, and nothing is made of it."""
    more = ["--out", out] if command == "report" else []
    result = run(command, "931", "--snapshot", damaged, *more)
    assert result.exit_code == 4
    assert "observations.parquet is damaged" in _message(result)
    assert not out.exists()


def test_newest_stored_snapshot_is_the_default(run, write, make_rows, tmp_path, monkeypatch):
    """Without --snapshot the newest stored one is used, and it is listed first."""
    monkeypatch.setenv("YHDYSPINTA_HOME", str(tmp_path / "home"))
    rows = make_rows({"indicator_id": "sotkanet:181", "area_code": "931", "year": 2027, "value": 7.7})
    written = write(rows, created=dt.date(2028, 1, 1), folder=tmp_path / "home" / "snapshots")
    listed = json.loads(run("snapshots", "--json").stdout)
    assert listed[0]["id"] == written.id
    table = json.loads(run("assess", "931", "--format", "json").stdout)
    assert {row["value"] for row in table if row["indicator_id"] == "sotkanet:181"} == {7.7}


def test_settings_file_that_is_wrong_ends_with_2(run, tmp_path):
    """A faulty settings file in the working folder is told with its key, exit code 2."""
    (tmp_path / "yhdyspinta.toml").write_text('colour = "red"', "utf-8")
    result = run("snapshots")
    assert result.exit_code == 2
    assert "yhdyspinta.toml: colour: unknown key" in _message(result)
