"""The interface plan is checked like the catalogue, and every fault is told with its place."""

import csv
import datetime as dt
import unicodedata

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from openpyxl.styles import Font

from indicators.catalogue import load_catalogue
from indicators.catalogue.followup import find_round, list_follow_ups
from indicators.catalogue.plan import NO_PLAN, PLAN_FILE, Plan, load_plan
from indicators.catalogue.plan_records import Target
from indicators.cli import main
from indicators.config import Settings
from indicators.errors import CatalogueError
from tests.region_overlay import write_region_overlay

COLUMNS = ("id", "goal", "parties", "forum", "description_fi", "start", "due", "status", "indicators")
ROW = ("m1", "1.1", "931; 077", "ks-turva", "Kuvaus", "2026-01-01", "2026-12-31", "under_way", "sotkanet:181")


@pytest.fixture(scope="module")
def plan(catalogue):
    """The package's example plan."""
    return load_plan(catalogue)


@pytest.fixture
def load_yaml_text(catalogue, tmp_path):
    """Loads the example with one text replaced by another."""

    def load(old, new):
        text = PLAN_FILE.read_text("utf-8")
        assert old in text
        path = tmp_path / "plan.yaml"
        path.write_text(text.replace(old, new), "utf-8")
        return load_plan(catalogue, Settings(plan=str(path)))

    return load


@pytest.fixture
def load_table(catalogue, tmp_path):
    """Loads rows as CSV, or as Excel after a change to the sheet."""

    def load(rows, change=None, columns=COLUMNS):
        if change is None:
            path = tmp_path / "plan.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter=",").writerows([columns, *rows])
        else:
            path, book = tmp_path / "plan.xlsx", Workbook()
            for row in [columns, *rows]:
                book.active.append(row)
            change(book.active)
            book.save(path)
        return load_plan(catalogue, Settings(plan=str(path)))

    return load


def test_the_example_is_marked_as_an_example(plan, catalogue):
    """It says so itself, in its mark and in every description and note, in every language."""
    assert plan.is_example
    texts = [item.description for item in plan.measures]
    texts += [note.text for item in plan.measures for note in item.notes]
    assert all(
        text.fi.startswith("Esimerkki: ")
        and text.sv.startswith("Exempel: ")
        and text.en.startswith("Example: ")
        for text in texts
    )
    assert {item.status for item in plan.measures} == {"not_started", "under_way", "done", "stopped"}


def test_measures_are_found_by_goal_party_and_forum(plan):
    """Each narrows the choice."""
    assert {item.id for item in plan.select(forum="ks-turva")} == {
        "esimerkki-turvallisuus",
        "esimerkki-varautuminen",
    }
    assert [item.id for item in plan.select(party="931", goal="3.2")] == ["esimerkki-tyollisyys"]
    assert plan.select() == plan.measures


def test_overdue_is_counted_from_the_given_day(plan):
    """Open measures past their due date, and not those done or stopped."""
    on = dt.date(2026, 11, 24)
    assert [item.id for item in plan.overdue(on)] == [
        "esimerkki-ikaantyneet",
        "esimerkki-osallisuus",
        "esimerkki-turvallisuus",
    ]
    assert not plan.overdue(dt.date(2026, 2, 1))
    assert not plan.measures[0].is_overdue(plan.measures[0].due)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('goal: "1.1"', 'goal: "1.9"', r"measure esimerkki-osallisuus\.goal: '1\.9' is not declared"),
        ('"435"]', '"091"]', r"esimerkki-osallisuus\.parties: '091' is not declared"),
        ("forum: tym-johtoryhmat", "forum: tym", r"esimerkki-tyollisyys\.forum: 'tym' is not declared"),
        ("sotkanet:181", "sotkanet:999999", r"indicators: 'sotkanet:999999' is not declared"),
        ("due: 2026-10-31", "due: 2026-01-31", r"measures\[0\]: due 2026-01-31 is before start 2026-02-01"),
        ("due: 2026-10-31", "due: joskus", r"measures\[0\]\.due: .*found 'joskus'"),
        ("due: 2026-10-31", "due: 2026-02-30", r"plan\.yaml:33: .*\.due: there is no day 2026-02-30"),
        ("due: 2026-10-31", "due: 2026-13-01", r"plan\.yaml:33: .*\.due: there is no day 2026-13-01"),
        ("id: esimerkki-talous", "id: esimerkki-nuoret", r"'esimerkki-nuoret' is declared twice"),
        ("after: [esimerkki-nuoret]", "after: [no-such]", r"after: 'no-such' is not declared"),
        ("after: [esimerkki-nuoret]", "after: [esimerkki-kotoutuminen]", r"measures wait for each other"),
        ("status: stopped", "status: valmis", r"measures\[5\]\.status: .*found 'valmis'"),
        ("      low: 7.0\n", "", r"measures\[7\]\.target: a target has either 'value', or both"),
        ("low: 7.0", "low: 17.0", r"the band's low 17\.0 is above its high 9\.0"),
        ("is_example: true\n", "is_example: true\nextra: 1\n", r"plan\.yaml:.*extra: Extra inputs"),
    ],
)
def test_fault_in_yaml_is_told_with_its_place(load_yaml_text, old, new, message):
    """One message with file, line, place and content."""
    with pytest.raises(CatalogueError, match=message) as caught:
        load_yaml_text(old, new)
    assert caught.value.file.endswith("plan.yaml")
    assert caught.value.line


def test_longer_circle_is_told_with_its_steps(load_yaml_text):
    """Two measures that wait for each other are named."""
    with pytest.raises(CatalogueError, match="esimerkki-kotoutuminen -> esimerkki-nuoret -> esimerkki-koto"):
        load_yaml_text("status: done", "status: done\n    after: [esimerkki-kotoutuminen]")


def test_missing_file_is_told(catalogue, tmp_path):
    """A path that leads nowhere is no empty plan."""
    with pytest.raises(CatalogueError, match="the plan's file is missing"):
        load_plan(catalogue, Settings(plan=str(tmp_path / "none.yaml")))


def test_table_gives_the_same_as_yaml(load_table):
    """CSV and Excel rows become measures; numbers and dates of a spreadsheet are understood."""
    from_csv = load_table([ROW])
    excel = ["m1", 1.1, "931; 077", *ROW[3:5], dt.datetime(2026, 1, 1), dt.date(2026, 12, 31), *ROW[7:]]
    from_excel = load_table([excel], lambda sheet: None)
    assert from_csv.measures == from_excel.measures
    assert from_csv.measures[0].parties == ("931", "077")
    assert not from_csv.is_example
    single = load_table([["m1", "1.1", 77, *ROW[3:]]], lambda sheet: None)
    assert single.measures[0].parties == ("077",)


def test_table_has_targets_and_notes(load_table):
    """The optional columns are read; a note begins with its date."""
    columns = (*COLUMNS, "notes", "target_year", "target_value", "target_direction")
    more = ("2026-05-01 Aloitettu; 2026-09-01: Jatkuu", "2028", "9.5", "lower_is_better")
    (measure,) = load_table([(*ROW, *more)], columns=columns).measures
    assert [note.text.fi for note in measure.notes] == ["Aloitettu", "Jatkuu"]
    assert (measure.target.value, measure.target_indicator) == (9.5, "sotkanet:181")
    with pytest.raises(CatalogueError, match="a note begins with its date"):
        load_table([(*ROW, "Aloitettu", "", "", "")], columns=columns)


def test_merged_cells_are_refused_with_the_cells(load_table):
    """What a merged cell means on the rows below it is anybody's guess."""
    with pytest.raises(CatalogueError, match="cells C2:C3: merged cells"):
        load_table([ROW, ("m2", *ROW[1:])], lambda sheet: sheet.merge_cells("C2:C3"))


def test_formula_is_refused_with_the_cell(load_table):
    """A formula shows whatever the program that opens it makes of it."""

    def write(sheet):
        sheet["G2"], sheet["A1"].font = "=F2+30", Font(bold=True)

    with pytest.raises(CatalogueError, match=r"plan\.xlsx:2: cell G2: a formula.*\n.*=F2\+30"):
        load_table([ROW], write)
    with pytest.raises(CatalogueError, match="cell A2: a formula"):
        load_table([("=1+1", *ROW[1:])])


@pytest.mark.parametrize(
    ("at", "value", "message"),
    [
        (6, "2025-12-31", r"row 2: due 2025-12-31 is before start"),
        (6, "31.12.2026", r"cell G2 \(due\): .*found '31\.12\.2026'"),
        (7, "valmis", r"cell H2 \(status\): .*found 'valmis'"),
        (1, "9.9", r"plan\.csv:2: measure m1\.goal: '9\.9' is not declared"),
        (2, "931; 091", r"measure m1\.parties: '091' is not declared"),
        (0, "", r"row 2|cell A2 \(id\)"),
    ],
)
def test_fault_in_a_table_is_told_with_its_cell(load_table, at, value, message):
    """One message with the row, the column and the content."""
    row = list(ROW)
    row[at] = value
    with pytest.raises(CatalogueError, match=message):
        load_table([row])


def test_unknown_missing_and_doubled_columns_are_refused(load_table):
    """The columns are a contract; an empty table and a file that is no workbook are told too."""
    with pytest.raises(CatalogueError, match="column colour: unknown column"):
        load_table([(*ROW, "red")], columns=(*COLUMNS, "colour"))
    with pytest.raises(CatalogueError, match="status missing"):
        load_table([ROW[:7]], columns=COLUMNS[:7])
    with pytest.raises(CatalogueError, match="twice"):
        load_table([(*ROW, "x")], columns=(*COLUMNS, "id"))
    with pytest.raises(CatalogueError, match="'m1' is declared twice"):
        load_table([ROW, ROW])


def test_cells_under_no_column_name_are_refused(load_table):
    """They would be lost without a word; empty columns at the end do no harm."""
    with pytest.raises(CatalogueError, match=r"plan\.csv:2: cell J2: row 2 has more cells .*\n.*hukka"):
        load_table([(*ROW, "hukka")])
    with pytest.raises(CatalogueError, match=r"plan\.xlsx:2: cell J2: row 2 has more cells .*'hukka'"):
        load_table([(*ROW, "hukka")], lambda sheet: None)
    assert load_table([(*ROW, "", "")], columns=(*COLUMNS, "", "")).measures[0].id == "m1"


def test_control_characters_of_a_table_are_cleaned(load_table):
    """One bad character in a plan can never stop a report."""
    row = (*ROW[:4], "Ko\x07e\x00", *ROW[5:])
    assert load_table([row]).measures[0].description.fi == "Koe"


def test_sheet_of_a_plan_is_read_as_people_see_it(load_table):
    """A hidden sheet is passed over, and a per cent is what is shown."""
    columns = (*COLUMNS, "target_year", "target_value", "target_direction")

    def change(sheet):
        sheet["K2"].number_format = "0.0%"
        old = sheet.parent.create_sheet("vanha", 0)
        old.append(["x"])
        old.sheet_state = "hidden"

    (measure,) = load_table([(*ROW, 2028, 0.095, "lower_is_better")], change, columns).measures
    assert measure.target.value == 9.5


def test_file_that_is_no_workbook_is_told(catalogue, tmp_path):
    """A renamed text file is no Excel file."""
    path = tmp_path / "plan.xlsx"
    path.write_text("no workbook", "utf-8")
    with pytest.raises(CatalogueError, match="is not an Excel workbook"):
        load_plan(catalogue, Settings(plan=str(path)))


@pytest.mark.parametrize("name", ["plan.txt", "plan.tsv", "pla\u0308n.csv", "plan.CSV"])
def test_table_is_read_whatever_its_name(catalogue, tmp_path, name):
    """Only YAML is told by its name; a wrong reference in a text of Excel's own encoding is told too."""
    path, text = tmp_path / name, "\t".join(COLUMNS) + "\n" + "\t".join(ROW) + "\n"
    path.write_text(text, "utf-8")
    asked = unicodedata.normalize("NFC", str(path))
    assert len(load_plan(catalogue, Settings(plan=asked)).measures) == 1
    path.write_text(text.replace("ks-turva", "no-such"), "utf-16")
    with pytest.raises(CatalogueError, match=r":2: measure m1\.forum: 'no-such' is not declared"):
        load_plan(catalogue, Settings(plan=asked))


def test_report_of_a_day_serves_the_next_follow_up(plan):
    """The plan's own points, and after the last of them none."""
    found = find_round(plan, dt.date(2026, 11, 24))
    assert (found.number, found.date) == (2, dt.date(2027, 3, 31))
    assert find_round(plan, dt.date(2027, 3, 31)).number == 2
    assert find_round(plan, dt.date(2030, 1, 1)) is None


def test_without_the_plans_dates_there_is_no_follow_up(plan):
    """No date is made up from the agreement's period: nobody has agreed on it."""
    bare = Plan(plan.content.model_copy(update={"follow_up": ()}), "")
    assert list_follow_ups(bare) == []
    assert find_round(bare, dt.date(2026, 11, 24)) is None


def test_check_tells_a_wrong_plan(tmp_path, monkeypatch):
    """The command that validates declared data validates the plan too: exit 2 with the place."""
    (tmp_path / "oma.yaml").write_text(
        PLAN_FILE.read_text("utf-8").replace("forum: tym-johtoryhmat", "forum: tym"), "utf-8"
    )
    (tmp_path / "yhdyspinta.toml").write_text('plan = "oma.yaml"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 2
    assert "oma.yaml:" in done.output
    assert "'tym' is not declared" in done.output


def test_the_example_is_of_the_packages_agreement_only(tmp_path):
    """Under another agreement there is no example; a plan that the settings name must fit it."""
    overlaid = load_catalogue(overlay=write_region_overlay(tmp_path / "oma"))
    assert load_plan(overlaid) is NO_PLAN
    assert not NO_PLAN.is_example
    with pytest.raises(CatalogueError, match="is not declared"):
        load_plan(overlaid, Settings(plan=str(PLAN_FILE)))


def test_a_target_of_zero_is_a_target():
    """An end of zero beside a value is as wrong as any other, and a band may begin at zero."""
    with pytest.raises(ValueError, match="either 'value', or both"):
        Target(year=2028, value=5.0, low=0.0, direction="lower_is_better")
    assert Target(year=2028, low=0.0, high=1.0).low == 0.0
