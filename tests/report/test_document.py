"""Data blocks let a machine follow each figure, and no text can break out of them."""

import dataclasses
import json

import lxml.html
import nbformat
import pytest

from indicators.assessment.load import Inputs
from indicators.catalogue.records import LocalText
from indicators.config import Settings
from indicators.narrative.texts import load_texts
from indicators.report.municipal import MunicipalReport
from indicators.report.page.document import describe_page
from indicators.report.page.page import find_unshown
from indicators.report.sections.context import Context
from tests.made_page import make_municipal


@pytest.fixture(scope="module")
def blocks(assessment):
    """The data blocks of Viitasaari's page by media type."""
    info = describe_page(Context(assessment, assessment.catalogue.areas.get("931"), load_texts("fi"), "e"))
    return {kind: json.loads(text) for kind, text in info.data_blocks.items()}


def test_the_dataset_names_licence_publishers_and_years(blocks):
    """A schema.org dataset with what a catalogue of data needs."""
    dataset = blocks["application/ld+json"]
    assert dataset["@type"] == "Dataset"
    unseen = ("https://tulospalvelu.vaalit.fi", "https://www.tutkihallintoa.fi")
    assert dataset["license"] == ["CC BY 4.0", *(f"käyttöehdot tarkistamatta: {url}" for url in unseen)]
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


def test_what_a_page_cannot_show_is_told_with_its_place():
    """A drawing, printed text, a text cell or a cell without a tag would be dropped without a word."""
    html, picture = {"text/html": "<p>x"}, {"image/png": "x", "text/plain": "<Figure>"}

    def cell(tags, *outputs):
        return nbformat.v4.new_code_cell(metadata={"tags": tags}, outputs=list(outputs))

    def show(data):
        return nbformat.v4.new_output("display_data", data)

    printed = nbformat.v4.new_output("stream", name="stdout", text="x")
    warned = nbformat.v4.new_output("stream", name="stderr", text="x")
    shown = [cell(["body"], show(html), warned), cell(["jupyter-only"], show(html)), cell([], printed)]
    shown.append(nbformat.v4.new_markdown_cell("# Goals", metadata={"tags": ["jupyter-only"]}))
    shown.append(cell(["own"], show(picture)))
    assert find_unshown(nbformat.v4.new_notebook(cells=shown)) == []
    text = nbformat.v4.new_markdown_cell("own")
    lost = [cell(["body"], show(picture)), cell(["body"], printed), text, cell([], show(html))]
    advice = (
        "that the page cannot show; tag the cell 'own' to show it in a section of its own, or 'jupyter-only'"
    )
    assert find_unshown(nbformat.v4.new_notebook(cells=lost)) == [
        f"cell 0: an output (image/png, text/plain) {advice}",
        f"cell 1: an output (printed text) {advice}",
        f"cell 2: a markdown cell {advice}",
        f"cell 3: an output (text/html) {advice}",
    ]
