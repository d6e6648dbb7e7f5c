"""Another agreement gives its own reports: three municipalities of Pirkanmaa, two goals and two forums."""

import pytest

import indicators
from indicators.catalogue import load_catalogue
from indicators.catalogue.yamlfile import load_yaml
from indicators.config import DATA_FOLDER, SETTINGS_FILE
from indicators.errors import CatalogueError
from indicators.narrative.texts import load_texts
from tests.region_overlay import write_region_overlay

#: What only the package's own agreement may say.
OTHERS = ("Keski-Suo", "Jyväskyl", "Mellersta Finland", "Central Finland", "Kaksitoista", "kaksitoista")


@pytest.fixture
def overlay(tmp_path, monkeypatch):
    """The overlay in force in a folder of its own."""
    (tmp_path / SETTINGS_FILE).write_text('catalogue = "oma/"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    return write_region_overlay(tmp_path / "oma")


@pytest.mark.slow
def test_all_reports_are_of_the_agreement(overlay, tmp_path):
    """Every page passes the gate and names no other agreement, its index and data files neither."""
    edition = indicators.make_reports(out=tmp_path / "out")
    assert edition.failed == []
    assert edition.is_latest
    made = [(entry["kind"], entry["area"]) for entry in edition.manifest["reports"]]
    assert sorted(made) == [
        ("alue", "MK06"),
        *(("foorumi", forum) for forum in ("tyoryhma", "vakiryhma")),
        *(("kunta", code) for code in ("536", "562", "837")),
    ]
    pages = [*edition.folder.rglob("*.html")]
    assert len(pages) == 7
    for page in pages:
        text = page.read_text("utf-8")
        assert [word for word in OTHERS if word in text] == [], page.name
    region = next((edition.folder / "alue").glob("*.html")).read_text("utf-8")
    assert "Pirkanmaalla on" in region
    assert "Taloudellinen" not in region  # what only chooses peers is no key fact
    assert 'class="by-area' not in region or "Nokia" in region


@pytest.mark.slow
def test_a_leftover_of_another_agreement_is_refused(overlay, tmp_path):
    """A page that still names the package's region is not published."""
    (overlay / "texts.yaml").write_text("report_question: {fi: 'Miten Keski-Suomessa menee?'}\n", "utf-8")
    edition = indicators.make_reports("Nokia", out=tmp_path / "out")
    (failed,) = edition.failed
    assert "the page names 'Keski-Suomessa', which is of another agreement" in failed["error"]


def test_texts_of_the_overlay_are_used(overlay):
    """A text by key and language stands in the place of the package's; the others stay."""
    (overlay / "texts.yaml").write_text("report_question: {fi: 'Miten menee?'}\n", "utf-8")
    assert load_texts("fi")("report_question") == "Miten menee?"
    assert "avtalet" in load_texts("sv")("report_question")
    before = load_catalogue(overlay=overlay).sha256
    (overlay / "texts.yaml").write_text("report_question: {fi: 'Miten nyt menee?'}\n", "utf-8")
    assert load_texts("fi")("report_question") == "Miten nyt menee?"
    assert load_catalogue(overlay=overlay).sha256 != before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("report_questoin: {fi: Hei}", "is no text of the package; did you mean report_question"),
        ("report_question: Hei", "has no texts by language"),
        ("report_question: {de: Hallo}", "has no texts by language; give any of fi, sv, en"),
        ("report_question: {fi: 'Hei {kunta}'}", "has {kunta}, which nothing fills in"),
    ],
)
def test_a_wrong_text_is_named(overlay, text, message):
    """File, key and fault of the overlay's texts."""
    (overlay / "texts.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_texts("fi")


def test_files_that_nothing_reads_are_told(overlay):
    """A misspelt file is warned of; a plan and tables are not."""
    (overlay / "indicator.yaml").write_text("indicators: []\n", "utf-8")
    (overlay / "suunnitelma.yaml").write_text("measures: []\n", "utf-8")
    (overlay / "luvut.csv").write_text("a;b\n", "utf-8")
    with pytest.warns(
        UserWarning, match=r"indicator\.yaml: is not read; did you mean indicators\.yaml"
    ) as told:
        load_catalogue(overlay=overlay)
    assert len(told) == 1


def test_a_goal_that_nothing_serves_is_named(overlay):
    """One line names the goal and its file."""
    path = overlay / "indicators.yaml"
    path.write_text(path.read_text("utf-8").split("  - id: sotkanet:181")[0], "utf-8")
    with pytest.raises(CatalogueError, match=r"goals \(an indicator for each\).*2\.1"):
        load_catalogue(overlay=overlay)


def test_every_region_and_county_has_its_forms():
    """Running text needs no makeshift of any region or county."""
    declared = load_yaml(DATA_FOLDER / "areas.yaml")
    areas = [*declared["regions"], *declared["counties"]]
    assert len(areas) > 35
    assert all(area["forms"]["genitive"].endswith("n") and area["forms"]["locative"] for area in areas)
