"""A new indicator: written into the overlay, checked, and nothing left where it does not hold."""

import json

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

import indicators
from indicators.analyst import new_indicator
from indicators.analyst.new_indicator import slug
from indicators.catalogue import load_catalogue
from indicators.cli import main
from indicators.config import SETTINGS_FILE, load_settings
from indicators.errors import UnknownIndicatorError

SOTKANET = ("--kind=sotkanet", "--key=4420", "--title=Kouluterveys, %", "--unit=percent", "--goal=2.1=higher")
PXWEB = (
    "--kind=pxweb",
    "--key=StatFin/tyonv/12r5",
    "--title=Avoimia työpaikkoja",
    "--unit=persons",
    "--goal=3.2=higher",
    "--content=Avoimia työpaikkoja kuukauden lopussa",
    "--select=Ammattiryhmä=SSS",
    "--value-type=count",
)
TABLE = (
    "--kind=table",
    "--key=ladut.csv",
    "--title=Latuja, km",
    "--unit=km",
    "--unit-label=km",
    "--value-type=amount",
    "--goal=1.1=none",
    "--producer=viitasaari",
    "--producer-name=Viitasaaren kaupunki",
    "--producer-url=https://www.viitasaari.fi",
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in a working folder with nothing but a table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ladut.csv").write_text("alue;vuosi;arvo\nViitasaari;2024;12,5\nLuhanka;2023;30\n", "utf-8")
    return lambda *flags, **more: CliRunner().invoke(main, ["new-indicator", *flags], **more)


@pytest.mark.parametrize(
    ("flags", "indicator_id"),
    [(SOTKANET, "sotkanet:4420"), (PXWEB, "statfin:avoimia_tyopaikkoja"), (TABLE, "own:latuja_km")],
    ids=["sotkanet", "pxweb", "table"],
)
def test_each_kind_is_written_checked_and_in_force(run, tmp_path, flags, indicator_id):
    """After the command the catalogue of the working folder has the indicator."""
    done = run(*flags, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["id"] == indicator_id
    settings = load_settings({}, tmp_path)
    assert settings.overlay == (tmp_path / "oma").resolve()
    assert indicator_id in load_catalogue(overlay=settings.overlay).indicators


def test_what_no_flag_gives_is_asked(run):
    """Without flags the command asks for each thing in turn."""
    done = run(input="sotkanet\n4420\nKouluterveys, %\npercent\n2.1=higher\n")
    assert done.exit_code == 0, done.output
    assert "yhdyspinta fetch --indicator sotkanet:4420" in done.output


def test_a_table_is_read_at_once_and_shown_back(run, tmp_path):
    """Headings, areas, years and the first rows, before anything else is asked; then how to mend and undo."""
    done = run("--kind=table", "--key=ladut.csv", input="Latuja\npersons\nstatfin\n1.1=none\n")
    assert done.exit_code == 0, done.output
    shown, asked = done.output.index("Viitasaari | 2024 | 12,5"), done.output.index("Title in Finnish")
    assert shown < asked
    for line in (
        "'alue' is the area, 'vuosi' is the year, 'arvo' is the value",
        "2 rows, 2 areas (Luhanka, Viitasaari), years 2023-2024:",
        "--override",
        f"take the entry of own:latuja out of {tmp_path / 'oma' / 'indicators.yaml'}",
    ):
        assert line in done.output


def test_headings_of_ones_own_are_mapped(run, tmp_path):
    """An Excel table as it is, its headings named once; the entry keeps them for each fetch."""
    book = Workbook()
    for row in (["Kunta", "Vuosi", "Latuja,  km"], ["Viitasaari", 2024, 12.5]):
        book.active.append(row)
    book.save(tmp_path / "omat luvut.xlsx")
    flags = [flag for flag in TABLE if not flag.startswith("--key")]
    done = run(*flags, "--key=omat luvut.xlsx", "--columns=Latuja, km=arvo")
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(main, ["fetch", "--indicator", "own:latuja_km"]).exit_code == 0
    assert indicators.observations("own:latuja_km")["value"].tolist() == [12.5]


@pytest.mark.parametrize(
    ("content", "flags", "message"),
    [
        (None, (), "cannot be read: No such file"),
        ("Kunta;Vuosi;Latuja\nViitasaari;2024;1\n", (), "say what it is, such as --columns 'Latuja=arvo'"),
        (
            "Kunta;Vuosi;Arvo\nViitasaari;2024;1\n",
            ("--columns=Latuja=arvo",),
            "has no column 'Latuja'",
        ),
        ("Kunta;Vuosi;Km\nViitasaari;2024;1\n", ("--columns=Km=kilometri",), "expected one of area"),
        ("Kunta;Vuosi;Arvo;Km\nViitasaari;2024;1;1\n", ("--columns=Km=arvo",), "mean the same"),
        ("Kunta;Vuosi;Arvo\nVitasaari;2024;1\n", (), "Did you mean: Viitasaari"),
        ("Kunta;Vuosi;Arvo\nViitasaari;2024;paljon\n", (), "row 2, column 'Arvo': found 'paljon'"),
        ("Kunta;Vuosi;Arvo\nViitasaari;2024;1\n", ("--goal=9.9=none",), "'9.9' is not declared"),
    ],
)
def test_a_table_that_does_not_hold_leaves_nothing(run, tmp_path, content, flags, message):
    """One clear message, exit 2, and neither folder nor settings."""
    (tmp_path / "ladut.csv").unlink()
    if content:
        (tmp_path / "ladut.csv").write_text(content, "utf-8")
    done = run(*TABLE, *flags)
    assert (done.exit_code, message in done.output) == (2, True), done.output
    assert {path.name for path in tmp_path.iterdir()} <= {"ladut.csv"}


def test_a_number_of_two_readings_is_settled_by_a_flag(run, tmp_path):
    """The refusal is no dead end: the mark that is given stays in the entry."""
    (tmp_path / "ladut.csv").write_text("alue;vuosi;arvo\nViitasaari;2024;145,887\n", "utf-8")
    refused = run(*TABLE)
    assert (refused.exit_code, "--decimal" in refused.output) == (2, True), refused.output
    assert run(*TABLE, "--decimal=,").exit_code == 0
    assert "decimal: ','" in (tmp_path / "oma" / "indicators.yaml").read_text("utf-8")


def test_settings_that_cannot_be_written_leave_no_indicator(run, tmp_path, monkeypatch):
    """What is written first is taken back."""
    write = new_indicator._write

    def refuse(path, text):
        if path.name == SETTINGS_FILE:
            raise PermissionError(13, "Permission denied", str(path))
        write(path, text)

    monkeypatch.setattr(new_indicator, "_write", refuse)
    done = run(*TABLE)
    assert (done.exit_code, "Permission denied" in done.output) == (4, True)
    assert not (tmp_path / "oma" / "indicators.yaml").exists()


def test_an_open_notebook_sees_what_was_added_and_undone(run, tmp_path, monkeypatch):
    """In a folder below the settings, in the same process; an entry taken out leaves the rest in force."""
    (tmp_path / "muistikirjat").mkdir()
    monkeypatch.chdir(tmp_path / "muistikirjat")
    with pytest.raises(UnknownIndicatorError):
        indicators.indicator("own:latuja_km")
    monkeypatch.chdir(tmp_path)
    assert run(*TABLE).exit_code == 0
    monkeypatch.chdir(tmp_path / "muistikirjat")
    assert indicators.indicator("own:latuja_km").unit == "km"
    path = tmp_path / "oma" / "indicators.yaml"
    path.write_text(path.read_text("utf-8").partition("  - id: own:")[0], "utf-8")
    assert CliRunner().invoke(main, ["check"]).exit_code == 0
    with pytest.raises(UnknownIndicatorError):
        indicators.indicator("own:latuja_km")


def test_comments_and_earlier_entries_stay(run, tmp_path):
    """The file is edited, not written anew."""
    assert run(*TABLE).exit_code == 0
    path = tmp_path / "oma" / "indicators.yaml"
    path.write_text("# tärkeä huomautus\n" + path.read_text("utf-8"), "utf-8")
    assert run(*SOTKANET).exit_code == 0
    text = path.read_text("utf-8")
    assert "# tärkeä huomautus" in text
    assert text.index("own:latuja_km") < text.index("sotkanet:4420")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("--unit=prosentti", "expected percent"),
        ("--goal=9.9=higher", "'9.9' is not declared"),
        ("--goal=2.1=ylös", "expected one of higher, lower, none"),
        ("--goal=2.1", "expected goal=direction"),
        ("--key=abc", "expected digits"),
        ("--key=181", "--override replaces it"),
        ("--producer=nobody", "give a new one's --producer-name"),
    ],
)
def test_what_does_not_hold_leaves_nothing(run, tmp_path, change, message):
    """The file is as it was, the exit code says wrong use, and the message what to do."""
    assert run(*TABLE).exit_code == 0
    path = tmp_path / "oma" / "indicators.yaml"
    before = path.read_bytes()
    flags = [flag for flag in SOTKANET if flag.partition("=")[0] != change.partition("=")[0]]
    done = run(*flags, change)
    assert done.exit_code == 2
    assert message in done.output
    assert path.read_bytes() == before


def test_the_first_failure_leaves_no_file(run, tmp_path):
    """A folder that had no indicators has none afterwards, and its settings name none."""
    assert run(*SOTKANET, "--goal=9.9=none").exit_code == 2
    assert {path.name for path in tmp_path.iterdir()} == {"ladut.csv"}


def test_an_id_of_the_package_is_replaced_only_when_meant(run, tmp_path):
    """``--override`` marks the entry, so that no note is given at each run."""
    flags = [flag for flag in SOTKANET if not flag.startswith("--key")]
    assert run(*flags, "--key=181", "--override").exit_code == 0
    assert "overrides: true" in (tmp_path / "oma" / "indicators.yaml").read_text("utf-8")


def test_the_settings_file_keeps_what_it_had(run, tmp_path):
    """The overlay's line is put before the rest."""
    (tmp_path / SETTINGS_FILE).write_text('publisher = "Liitto"\n', "utf-8")
    assert run(*SOTKANET).exit_code == 0
    settings = load_settings({}, tmp_path)
    assert (settings.publisher, settings.overlay.name) == ("Liitto", "oma")


def test_an_own_table_reaches_the_assessment(run, tmp_path, monkeypatch):
    """Indicator, file, fetch: the figure is in the snapshot and in the report's table."""
    assert run(*TABLE).exit_code == 0
    done = CliRunner().invoke(main, ["fetch", "--indicator", "own:latuja_km"])
    assert done.exit_code == 0, done.output
    done = CliRunner().invoke(main, ["assess", "Viitasaari"])
    assert any("own:latuja_km" in line and "12.5" in line for line in done.output.splitlines())


def test_titles_make_ids():
    """Finnish letters become plain ones."""
    assert slug("Äitien työllisyys, % (20–64 v)") == "aitien_tyollisyys_20_64_v"
