"""The edition's data files hold what the reports show, readable by people and spreadsheets alike."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import frictionless
import pytest
from openpyxl import load_workbook

from indicators.edition.data_files import make_assessment_table, make_dataset, make_observation_table


@pytest.fixture(scope="module")
def files(assessment):
    """Data files of Viitasaari and Luhanka."""
    return make_dataset(assessment, ["931", "435"])


def _read(files, name):
    return list(csv.DictReader(io.StringIO(files[f"aineisto/{name}"].decode("utf-8"))))


def test_all_files_are_there(files):
    """CSV, JSON and Excel, in the folder that the edition's contract names."""
    names = ("luvut.csv", "arviot.csv", "arviot.json", "havainnot.csv", "lahteet.csv", "aineisto.xlsx")
    names = (*names, "datapackage.json")
    assert set(files) == {f"aineisto/{name}" for name in names}


def test_rows_are_of_the_areas_and_their_comparators(files):
    """The areas asked for, their region and the country, and nobody else."""
    assert {row["area_code"] for row in _read(files, "arviot.csv")} == {"931", "435", "MK13", "SSS"}
    assert {row["area_code"] for row in _read(files, "havainnot.csv")} == {"931", "435", "MK13", "SSS"}


def test_figures_equal_the_assessment(files, assessment):
    """Every value in the file is the assessment's, to the last digit."""
    table = assessment.of_area("931")
    wanted = {(str(r.goal_id), str(r.indicator_id)): r.value for r in table.itertuples()}
    found = {
        (row["goal_id"], row["indicator_id"]): float(row["value"]) if row["value"] else float("nan")
        for row in _read(files, "arviot.csv")
        if row["area_code"] == "931"
    }
    assert found.keys() == wanted.keys()
    for key, value in wanted.items():
        assert found[key] == pytest.approx(value, rel=1e-15, nan_ok=True)


def test_region_only_figures_have_no_municipal_rows(files, catalogue):
    """What reports leave out, files leave out."""
    hidden = {item.id for item in catalogue.indicators.values() if "municipality" not in item.levels}
    for name in ("arviot.csv", "havainnot.csv"):
        rows = [row for row in _read(files, name) if row["indicator_id"] in hidden]
        assert rows
        assert {row["area_code"] for row in rows} <= {"MK13", "SSS"}


def test_json_and_csv_say_the_same(files):
    """One table in two forms."""
    from_json = json.loads(files["aineisto/arviot.json"])
    from_csv = _read(files, "arviot.csv")
    assert len(from_json) == len(from_csv)
    for one, other in zip(from_json, from_csv, strict=True):
        assert one["indicator_id"] == other["indicator_id"]
        assert one["value"] == (pytest.approx(float(other["value"]), rel=1e-12) if other["value"] else None)


def test_the_workbook_has_a_sheet_for_each_goal_and_the_sources(files, catalogue):
    """Twelve goals, the key facts and the sources; the same number of rows in all as in the CSV."""
    book = load_workbook(io.BytesIO(files["aineisto/aineisto.xlsx"]))
    goals = [f"Tavoite {goal.id}" for goal in catalogue.goals]
    assert book.sheetnames == ["Luvut", "Perustiedot", *goals, "Lähteet"]
    rows = sum(sheet.max_row - 1 for sheet in book.worksheets[1:-1])
    assert rows == len(_read(files, "arviot.csv"))


def test_every_series_has_its_source(files, bundled):
    """Producer, licence, address, dates and the snapshot's hash stand beside each series."""
    rows = {row["indicator_id"]: row for row in _read(files, "lahteet.csv")}
    for key, row in rows.items():
        assert all(row[name] for name in ("title", "unit", "producer", "licence"))
        assert {bool(row[name]) for name in ("url", "retrieved_at", "years")} == {key in bundled.series}
        assert row["snapshot_sha256"] == bundled.sha256
    assert rows.keys() > bundled.series.keys()


def test_the_data_package_holds(files, tmp_path):
    """Frictionless finds the tables as they are described, and each way in which they would not be."""
    for path, content in files.items():
        (tmp_path / Path(path).name).write_bytes(content)
    assert not frictionless.validate(tmp_path / "datapackage.json").flatten(["type"])
    for name, old, new in (
        ("arviot", "MK13,Keski-Suomi,1.1", "435,Luhanka,1.1"),
        ("havainnot", "sotkanet:127", "sotkanet:1"),
        ("havainnot", ",normal,", ",fine,"),
    ):
        path = tmp_path / f"{name}.csv"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    found = {kind for (kind,) in frictionless.validate(tmp_path / "datapackage.json").flatten(["type"])}
    assert found >= {"primary-key", "foreign-key", "constraint-error", "hash-count"}


def test_the_data_package_tells_what_each_column_and_series_is(files, bundled):
    """No column is without its words, and each series has its address and terms."""
    package = json.loads(files["aineisto/datapackage.json"])
    fields = [field for resource in package["resources"] for field in resource["schema"]["fields"]]
    assert all(field["description"] for field in fields)
    assert len(package["sources"]) == len(bundled.series)
    assert all(source["path"] and source["licence"] for source in package["sources"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_never_becomes_a_formula(files, assessment, start, monkeypatch):
    """A note that begins like a formula is text in CSV and in Excel."""
    table = make_assessment_table(assessment, ["931"], "fi")
    table["status_note"] = f"{start}1+1"
    monkeypatch.setattr("indicators.edition.data_files.make_assessment_table", lambda *given: table)
    made = make_dataset(assessment, ["931"])
    assert {row["status_note"] for row in _read(made, "arviot.csv")} == {f"'{start}1+1"}
    sheet = load_workbook(io.BytesIO(made["aineisto/aineisto.xlsx"]))["Tavoite 1.1"]
    column = [cell.value for cell in sheet[1]].index("status_note")
    assert {row[column].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}
    assert {row[column].value for row in sheet.iter_rows(min_row=2)} == {f"{start}1+1"}


def test_negative_numbers_stay_numbers(files):
    """Only text is disarmed: a falling population is a number."""
    values = [
        row["value"]
        for row in _read(files, "arviot.csv")
        if row["indicator_id"] == "statfin:natural_increase"
    ]
    assert any(float(value) < 0 for value in values)


def test_the_snapshot_is_not_changed(assessment):
    """Making files leaves the tables alone."""
    before = assessment.snapshot.observations.copy(deep=True)
    make_observation_table(assessment, ["931"])
    assert assessment.snapshot.observations.equals(before)


def test_the_workbook_does_not_depend_on_the_clock(files, bundled):
    """It bears the snapshot's date, in the zip none at all, and names nobody's folder."""
    with zipfile.ZipFile(io.BytesIO(files["aineisto/aineisto.xlsx"])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        content = b"".join(archive.read(name) for name in archive.namelist())
    times = set(re.findall(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", content))
    assert times == {f"{bundled.created}T00:00:00Z".encode()}
    assert str(Path.cwd()).encode() not in content
