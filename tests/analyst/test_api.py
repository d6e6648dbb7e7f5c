"""The public functions: what an analyst calls, what it shows, and what it says when something is wrong."""

import doctest
import importlib
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from papermill import execute_notebook

import indicators
from indicators.analyst.displays import show_area
from indicators.assessment.columns import ASSESSMENT_COLUMNS
from indicators.catalogue import Area
from indicators.cli import main
from indicators.config import SETTINGS_FILE
from indicators.errors import (
    ParameterError,
    UnknownAreaError,
    UnknownIndicatorError,
    UnknownNameError,
)
from indicators.model import OBSERVATION_COLUMNS
from indicators.snapshot.load import load_snapshot
from tests.region_overlay import write_region_overlay

RATE = "sotkanet:181"
#: What takes long to import.
HEAVY = "pandas numpy matplotlib pydantic scipy requests indicators.analyst.api"


# --- names ------------------------------------------------------------------------------------------


def test_public_names_are_few_documented_and_listed():
    """At most twenty names; each has a docstring, and dir() shows them."""
    assert len(indicators.__all__) <= 20
    assert set(indicators.__all__) <= set(dir(indicators))
    assert all(getattr(indicators, name).__doc__ for name in indicators.__all__)


@pytest.mark.parametrize(
    "module",
    ["indicators", "indicators.analyst.lookup", "indicators.analyst.api", "indicators.analyst.new_indicator"],
)
def test_examples_of_docstrings_hold(module):
    """What the reference shows is what happens."""
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_a_misspelt_name_gets_the_nearest():
    """The module itself suggests."""
    with pytest.raises(AttributeError, match=r"Did you mean: .*trend_chart"):
        _ = indicators.trend_chrt


def test_an_old_notebook_is_told_which_call_changed(monkeypatch):
    """A renamed function says at the import, and at the call, what took its place."""
    monkeypatch.setitem(indicators._MOVED, "draw_trend", "trend_chart(area, indicator)")
    for line in ("from indicators import draw_trend", "indicators.draw_trend('931')"):
        with pytest.raises(
            ImportError, match=r"no 'draw_trend'; the call is now trend_chart\(area, indicator\)"
        ):
            exec(line, {"indicators": indicators})


def test_what_moved_leads_to_what_there_is():
    """The advice names a function of this version, and what moved is itself gone."""
    for name, advice in indicators._MOVED.items():
        assert advice.partition("(")[0] in indicators.__all__
        assert name not in indicators.__all__


def test_a_report_tells_an_old_notebook_which_part_it_lacks():
    """A cell that calls a part of another version gets the version, the parts there are, and what to do."""
    message = r"no 'map_of_goals' in version .*; it has about, .*findings.*'yhdyspinta lab' in a new folder"
    with pytest.raises(AttributeError, match=message):
        indicators.open_report("Luhanka").map_of_goals()


@pytest.mark.parametrize("name", ["Viitasaari", "viitasaari", "931", 931])
def test_an_area_is_found_by_name_code_or_number(name):
    """Any case of letters, text or number."""
    assert indicators.area(name).code == "931"


def test_a_number_without_its_zero_is_taken_with_a_note():
    """77 is 077, Hankasalmi, and the user is told."""
    with pytest.warns(UserWarning, match="read as the code 077"):
        assert indicators.area(77).name() == "Hankasalmi"


def test_the_command_takes_a_number_without_its_zero_with_a_note():
    """The figures are of Hankasalmi alone, and the note stands beside them, once."""
    done = CliRunner().invoke(main, ["assess", "77"])
    assert done.exit_code == 0, done.output
    assert {line.split(",")[0] for line in done.stdout.splitlines()[1:]} == {"077"}
    assert done.stderr == "yhdyspinta: note: area 77 was read as the code 077; codes have three digits\n"


@pytest.mark.parametrize("name", [7.5, True, None])
def test_an_area_is_no_other_thing(name):
    """Neither fractions nor truth values name an area."""
    with pytest.raises(ParameterError, match="a name, or a code"):
        indicators.area(name)


def test_names_complete():
    """Attributes and keys complete by name, and lead to the same thing."""
    assert "Viitasaari" in dir(indicators.area)
    assert indicators.area.Viitasaari == indicators.area["viitasaari"]
    assert "tavoite_3_2" in dir(indicators.goal)
    assert indicators.goal.tavoite_3_2 == indicators.goal("3.2") == indicators.goal(3.2)
    assert indicators.indicator.sotkanet_181.id == RATE
    assert RATE in indicators.indicator._ipython_key_completions_()
    assert all(name.isidentifier() for name in dir(indicators.indicator))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: indicators.area("Vitasaari"), UnknownAreaError, r"Viitasaari \(931\)"),
        (lambda: indicators.area.Vitasaari, AttributeError, "nearest: Viitasaari"),
        (lambda: indicators.goal("3.9"), UnknownNameError, r"Did you mean: .*3\."),
        (lambda: indicators.indicator("sotkanet:1811"), UnknownIndicatorError, "sotkanet:181"),
        (lambda: indicators.indicator("työttömät"), UnknownIndicatorError, "sotkanet:181"),
        (lambda: indicators.compare("931", RATE, "contry"), UnknownNameError, "Did you mean: country"),
        (lambda: indicators.trend_chart("931", RATE, language="de"), UnknownNameError, "fi, sv, en"),
        (lambda: indicators.load_snapshot("2020"), UnknownNameError, "yhdyspinta snapshots"),
        (lambda: indicators.trend_chart("MK01", "own:none"), UnknownIndicatorError, "own:none"),
        (lambda: indicators.open_report("MK01"), UnknownAreaError, "MK13"),
    ],
)
def test_unknown_names_are_errors_with_suggestions(call, error, message):
    """Nothing is guessed; the nearest names are told."""
    with pytest.raises(error, match=message) as caught:
        call()
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


# --- data -------------------------------------------------------------------------------------------


def test_observations_are_tidy_and_the_callers_own(bundled):
    """The declared columns, only the asked areas, and changing them changes nothing else."""
    table = indicators.observations(RATE, "Viitasaari", "435")
    assert list(table.columns) == list(OBSERVATION_COLUMNS)
    assert set(table["area_code"]) == {"931", "435"}
    before = bundled.rows(RATE)["value"].sum()
    table["value"] = 0.0
    assert bundled.rows(RATE)["value"].sum() == before


def test_assess_gives_the_rows_of_areas_and_goal(assessment):
    """The table is the assessment's own, cut to what was asked."""
    found = indicators.assess("Viitasaari", goal="3.2")
    assert list(found.table.columns) == list(ASSESSMENT_COLUMNS)
    wanted = assessment.table.query("area_code == '931' and goal_id == '3.2'").reset_index(drop=True)
    pd.testing.assert_frame_equal(found.table, wanted)
    assert len(indicators.assess().table) == len(assessment.table)


def test_compare_tells_the_assessments_verdict(assessment):
    """Value, comparator and verdict are those of the table, for every comparator."""
    rows = assessment.of_area("931")
    row = rows[rows["indicator_id"] == RATE].iloc[0]
    for name in ("rest", "country", "peers"):
        found = indicators.compare("931", RATE, name)
        assert found.value == row["value"]
        assert found.verdict == row[f"{name}_verdict"]
        assert "Viitasaari" in found.text


def test_compare_tells_a_comparator_that_is_known_though_nothing_was_tested(assessment):
    """Where a figure is not tested, the country's is told all the same."""
    table = assessment.of_area("931")
    untested = table[(table["rest_verdict"] == "not_assessed") & table["country_value"].notna()]
    row = untested.iloc[0]
    assert row["rest_verdict"] == "not_assessed"
    found = indicators.compare("931", row["indicator_id"], "country")
    assert found.comparator_value == row["country_value"]
    assert "koko maa: " in found.text
    assert "Arvio: ei arvioitu" in found.text


def test_compare_says_when_the_rest_of_the_region_was_compared(assessment):
    """A municipality is no part of what it is compared with, and the line says so."""
    rows = assessment.table.query("rest_comparator.notna() and rest_verdict != 'not_assessed'")
    row = rows[rows["area_code"].str.len() == 3].iloc[0]
    found = indicators.compare(row["area_code"], row["indicator_id"])
    assert found.comparator_value == row["rest_comparator"]
    assert "(verrattu maakunnan muihin kuntiin" in found.text


@pytest.mark.parametrize(
    ("given", "message"), [("contry", "Did you mean: country"), ("Äänekoski", "There are rest")]
)
def test_an_unknown_comparator_is_told_with_those_there_are(given, message):
    """The message has what was given, the nearest, and all that there are."""
    with pytest.raises(UnknownNameError) as caught:
        indicators.compare("931", RATE, given)
    assert str(caught.value).startswith(f"Unknown comparator '{given}'.")
    assert message in str(caught.value)
    assert str(caught.value).endswith("There are rest, country, peers.")


def test_snapshots_are_listed_with_the_bundled_one():
    """One row each, newest first."""
    table = indicators.list_snapshots()
    assert table["is_bundled"].tolist() == [True]
    assert indicators.load_snapshot(table["path"][0]).id == table["id"][0]


@pytest.mark.parametrize("is_whole", [True, False], ids=["folder", "one snapshot"])
def test_a_snapshot_folder_without_rights_says_so(without_rights, is_whole):
    """What is wrong and what to do, in a notebook and by the command; never older figures without a word."""
    home = Path(os.environ["YHDYSPINTA_HOME"])
    stored = home / "snapshots" / "2026-12-01-aaaaaaaa"
    shutil.copytree(load_snapshot("bundled").path, stored)
    locked, asked = (stored.parent, "latest") if is_whole else (stored, str(stored))
    locked.chmod(0)
    try:
        raised = without_rights("-c", f"import indicators; indicators.assess(snapshot={asked!r})")
        done = without_rights("-m", "indicators", "assess", "Luhanka", "--snapshot", asked)
    finally:
        locked.chmod(0o700)
    assert "SnapshotError: Snapshot" in raised.stderr
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("\n") == 1
    assert "may not be read: no rights to the folder. Ask its owner for the right to read it" in done.stderr


@pytest.fixture
def without_rights():
    """Runs Python as a user whom the rights of files bind; root is made such by giving up what frees it."""
    binds = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root reads everything, and there is no setpriv to give that up")
        binds = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]

    def run(*arguments):
        command = [*binds, sys.executable, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return run


# --- charts and reports -----------------------------------------------------------------------------


def test_a_trend_chart_has_title_source_and_figures():
    """The chart shows what a reader needs, and its figures are the observations."""
    chart = indicators.trend_chart("Viitasaari", RATE)
    html = chart._repr_html_()
    assert "Työttömät, % työvoimasta" in html
    assert "THL Sotkanet: indikaattori 181. Viimeksi haettu 8.9.2013." in html
    assert "<svg" in html
    wanted = indicators.observations(RATE, "931").query("sex == 'total'").set_index("year")["value"]
    found = chart.table.set_index("year")["value"].dropna()
    pd.testing.assert_series_equal(found, wanted.loc[found.index], check_index_type=False)


def test_a_chart_that_cannot_be_drawn_says_why():
    """Of all indicators: too few years, another in its place, or not shown for municipalities."""
    told = set()
    for item in indicators.load_catalogue().indicators.values():
        try:
            indicators.trend_chart("435", item)
        except ParameterError as error:
            told.add(re.sub(r".* expected (?:statfin:\w+)?", "", str(error)))
    assert told == {
        "an indicator with two or more years of values there.",
        ", which is shown in its place.",
        "one that is shown for a municipality; it is shown for: region, county.",
    }


def test_a_spine_chart_names_goal_and_sources():
    """Title of the goal, one row for each indicator with a value."""
    chart = indicators.spine_chart("435", "3.2", language="sv")
    assert chart.title.startswith("3.2 ")
    rows = indicators.assess("435", goal="3.2").table
    assert len(chart.table) == rows["value"].notna().sum()


def test_a_title_of_several_indicators_is_not_guessed():
    """Two services publish people living alone under one title; the ids are told."""
    with pytest.raises(ParameterError, match="an id, since several have this title: sotkanet:324, statfin"):
        indicators.indicator("Yhden hengen asuntokunnat, % asuntokunnista")


def test_reports_open_by_name_and_level():
    """A municipality gets its own report, the region its own."""
    assert "Luhanka" in indicators.open_report("Luhanka").header().html
    assert "Keski-Suomi" in indicators.open_report("MK13").header().html


@pytest.mark.slow
def test_another_regions_reports_are_made_through_the_gate(tmp_path, monkeypatch):
    """Three municipalities, two goals of their own, bundled figures, none of Keski-Suomi's goals."""
    write_region_overlay(tmp_path / "oma")
    (tmp_path / SETTINGS_FILE).write_text('catalogue = "oma/"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    edition = indicators.make_reports(out=tmp_path / "out")
    assert edition.failed == []
    assert edition.is_latest
    assert [entry["area"] for entry in edition.manifest["reports"]][:3] == ["536", "562", "837"]
    page = next((edition.folder / "kunta").glob("536-*.html")).read_text("utf-8")
    assert 'id="tavoite-2-1"' in page
    assert 'id="tavoite-1-2"' not in page
    assert "Pirkanmaa" in page
    assert "Keski-Suomi" not in page


def test_reports_are_made_from_a_plain_script(tmp_path):
    """A script without a guard for its main part is not run anew by the processes of the reports."""
    script = tmp_path / "raportti.py"
    script.write_text(
        f"import indicators\nprint('run')\nedition = indicators.make_reports('435', out={str(tmp_path)!r})\n"
        "print(edition.failed)\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.returncode) == (["run", "[]"], 0), done.stderr


# --- in a notebook ----------------------------------------------------------------------------------


def test_objects_show_themselves():
    """Areas, goals, indicators with their source, the snapshot with its age, and the assessment in words."""
    shown = {
        "Keski": indicators.area("MK13"),
        "työnimi": indicators.goal("3.2"),
        "sotkanet 181": indicators.indicator(RATE),
        "ennen aineiston vuotta": indicators.load_snapshot(),
        "% työvoimasta": indicators.assess("Viitasaari", goal="3.2"),
        "Vertailukohta": indicators.compare("931", RATE),
    }
    for text, thing in shown.items():
        assert text in thing._repr_html_(), thing


def test_shown_texts_are_escaped():
    """A name from a data file cannot bring markup into a notebook."""
    html = show_area(Area("001", "municipality", ("<script>", "&", "x"), "MK13", "HVA13"))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_long_assessment_says_what_it_leaves_out():
    """The table for reading is short; it tells where the rest is."""
    assert "koko taulukko on oliossa .table" in indicators.assess()._repr_html_()


# --- what is loaded ---------------------------------------------------------------------------------


def test_import_loads_nothing_heavy():
    """``import indicators`` is quick since it loads no more than it needs; `make bench` measures it."""
    code = f"import sys, indicators; print(set('{HEAVY}'.split()) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_help_loads_nothing_heavy():
    """``yhdyspinta --help`` too."""
    code = (
        "import sys; from indicators.cli import main; main(['--help'], standalone_mode=False); "
        f"print(set('{HEAVY}'.split()) & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip().endswith("set()")


@pytest.mark.slow
def test_the_notebook_of_the_first_edition_still_runs(tmp_path):
    """Whoever has a copy of version 0.1's notebook keeps it; its comparator's old name is told."""
    notebook = Path(__file__).parents[1] / "fixtures" / "tutkimus-0.1.ipynb"
    # In half of the runs nbclient notices the answer of the cell with widgets only when its time is over.
    how = {"cwd": tmp_path, "progress_bar": False, "execution_timeout": 60}
    made = execute_notebook(notebook, tmp_path / "out.ipynb", **how)
    told = json.dumps(made["cells"], ensure_ascii=False)
    assert "is now 'rest'" in told
    assert told.count("<svg") >= 2
