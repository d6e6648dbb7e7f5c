"""Data blocks let a machine follow each figure, and no text can break out of them."""

import dataclasses
import json

import lxml.html
import pytest

from indicators.assessment.load import Inputs
from indicators.catalogue.records import LocalText
from indicators.config import Settings
from indicators.narrative.texts import load_texts
from indicators.report.municipal import MunicipalReport
from indicators.report.page.document import describe_page
from tests.made_page import make_municipal


@pytest.fixture(scope="module")
def blocks(assessment):
    """The data blocks of Viitasaari's page by media type."""
    info = describe_page(assessment, assessment.catalogue.areas.get("931"), load_texts("fi"), "e")
    return {kind: json.loads(text) for kind, text in info.data_blocks.items()}


def test_the_dataset_names_licence_publishers_and_years(blocks):
    """A schema.org dataset with what a catalogue of data needs."""
    dataset = blocks["application/ld+json"]
    assert dataset["@type"] == "Dataset"
    assert dataset["license"] == ["CC BY 4.0", "käyttöehdot tarkistamatta: https://tulospalvelu.vaalit.fi"]
    assert "Tilastokeskus" in [item["name"] for item in dataset["publisher"]]
    assert dataset["temporalCoverage"] == "2009/2026"
    assert dataset["spatialCoverage"]["identifier"] == "931"


def test_every_figure_has_its_provenance(blocks, assessment, bundled):
    """Each value of the area is there with producer, source, dates and methods."""
    found = blocks["application/json"]
    rows = assessment.of_area("931")
    rows = rows[rows["value"].notna()]
    assert found["snapshot"]["sha256"] == bundled.sha256
    assert [item["indicator"] for item in found["figures"]] == list(rows["indicator_id"])
    assert [item["value"] for item in found["figures"]] == list(rows["value"])
    for item in found["figures"]:
        assert item["source"].startswith("https://")
        assert item["retrieved"]
        assert len(item["comparison"]) == len(item["trend"]) == 2


def test_no_text_ends_the_block(assessment):
    """A title with a closing script tag stays inside the data."""
    agreement = assessment.catalogue.agreement
    title = "</script><script>alert(1)</script>"
    changed = agreement.model_copy(update={"title": LocalText(fi=title)})
    catalogue = dataclasses.replace(assessment.catalogue, agreement=changed)
    spoiled = dataclasses.replace(assessment, catalogue=catalogue)
    area, texts = catalogue.areas.get("931"), load_texts("fi")
    html, _ = make_municipal(MunicipalReport(Inputs(Settings(), spoiled), area, texts, "e"))
    page = lxml.html.document_fromstring(html)
    assert {item.get("type") for item in page.iter("script")} == {"application/ld+json", "application/json"}
    dataset = json.loads(page.xpath("string(.//script[@type='application/ld+json'])"))
    assert dataset["description"] == title
