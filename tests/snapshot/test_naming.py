"""A series is shown, or left out and told, whatever has become of its declaration."""

import dataclasses

import pytest
from click.testing import CliRunner

from indicators.assessment.load import load_assessment
from indicators.catalogue import load_catalogue
from indicators.catalogue.records import LocalText
from indicators.cli import main
from indicators.config import load_settings
from indicators.edition.data_files import make_source_table
from indicators.report.municipal import open_municipal_report
from indicators.report.page.document import describe_page
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.naming import find_producer, find_service, name_left_out

NEW = (
    "--kind=table",
    "--key=ladut.csv",
    "--title=Latuja, km",
    "--name=latuja",
    "--unit=km",
    "--unit-label=km",
    "--value-type=amount",
    "--goal=1.1=none",
    "--producer=viitasaari",
    "--producer-name=Viitasaaren kaupunki",
    "--producer-url=https://www.viitasaari.fi",
)


@pytest.fixture
def own(home, tmp_path, monkeypatch):
    """A folder with an own indicator whose figures are in the newest snapshot of the home."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "ladut.csv").write_text("alue;vuosi;arvo\nLuhanka;2024;30\n", "utf-8")
    for arguments in (["new-indicator", *NEW], ["fetch", "--indicator", "own:latuja"]):
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
    return folder


def test_series_carries_its_words(own, home):
    """Title, unit, producer and licence as they were declared; carried series get them too."""
    series = load_snapshot("latest", home).series
    words = series["own:latuja"].words
    assert words["title"] == {"fi": "Latuja, km"}
    assert words["producer"]["name"] == {"fi": "Viitasaaren kaupunki"}
    assert (words["unit"]["label"], words["service"]["licence"] != "") == ({"fi": "km"}, True)
    assert series["sotkanet:181"].words["producer"]["id"] == series["sotkanet:181"].producer


def test_report_in_another_folder_leaves_the_series_out_and_says_so(own, tmp_path, monkeypatch):
    """As do check and the manifest; nothing fails."""
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    report = open_municipal_report("435", snapshot="latest")
    html = report.about().html
    assert "määrittelyissä ei ole. Niitä ei näytetä: Latuja, km (own:latuja)." in html
    assert "Viitasaaren kaupunki" not in html
    assert describe_page(report.context).title
    assert "own:latuja" not in set(make_source_table(report.assessment, "fi")["indicator_id"])
    assert report.assessment.snapshot.list_left_out(report.catalogue.indicators) == ["own:latuja"]
    checked = CliRunner().invoke(main, ["check"])
    assert checked.exit_code == 0
    assert "has 1 series that are not declared, and reports leave them out: own:latuja" in checked.stderr
    monkeypatch.chdir(own)
    assert CliRunner().invoke(main, ["check"]).stderr == ""
    assert "Niitä ei näytetä" not in open_municipal_report("435", snapshot="latest").about().html


def test_producer_that_is_declared_no_more_is_shown_with_its_words(own, home):
    """Renamed or taken away, the figures stay those of who made them."""
    path = own / "oma" / "indicators.yaml"
    path.write_text(path.read_text("utf-8").replace("viitasaari\n", "kaupunki\n"), "utf-8")
    assert "viitasaari" not in load_catalogue(overlay=load_settings().overlay).producers
    report = open_municipal_report("435", snapshot="latest")
    assert "Viitasaaren kaupunki" in report.about().html
    assert "Viitasaaren kaupunki" in report.goal("1.1").html
    table = make_source_table(load_assessment("latest"), "fi").set_index("indicator_id")
    assert table.loc["own:latuja", "producer"] == "Viitasaaren kaupunki"


def test_series_without_words_is_named_by_its_ids(own, home, catalogue):
    """As of snapshots that were written without them."""
    snapshot = load_snapshot("latest", home)
    bare = dataclasses.replace(snapshot.series["own:latuja"], words={}, source="own")
    assert find_producer(bare, catalogue).name == LocalText(fi="viitasaari")
    without = dataclasses.replace(catalogue, services={})
    assert find_service(bare, without).name == LocalText(fi="own")
    kept = dataclasses.replace(snapshot, series=snapshot.series | {"own:latuja": bare})
    assert name_left_out(kept, catalogue) == "own:latuja"


def test_note_that_an_earlier_version_kept_is_cleaned(make_rows, write):
    """A control character in a stored note stops no report."""
    row = {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2020, "value": 10.0}
    written = write(make_rows(row | {"status_note": "a\x07b"}, row | {"year": 2021, "status_note": "ab"}))
    assert written.observations["status_note"].tolist() == ["ab", "ab"]
