"""What holds for every chart: complete in each language, self-contained, small and repeatable."""

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from tests.charts.conftest import MAKERS

CHARTS = sorted(MAKERS)
SVG = "{http://www.w3.org/2000/svg}"
#: Greatest size of a drawing in bytes.
SIZE = 22_000


def _numbers(text):
    """The numbers of a text, however the language writes them."""
    plain = text.replace("\u00a0", "").replace("−", "-")
    return sorted(item.replace(",", ".") for item in re.findall(r"\d+(?:[.,]\d+)*", plain))


def _texts(part):
    return [item.text or "" for item in ET.fromstring(part.svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_complete(name, language, make, assessment):
    """Message, alt text and drawing are there, tagged, and name the area in the language."""
    part = make(name, language)
    area = assessment.catalogue.areas.get(MAKERS[name][0])
    assert (part.area, part.snapshot, part.language) == (area.code, assessment.snapshot.id, language)
    assert area.name(language) in part.alt
    assert part.alt.startswith(part.message.rstrip("."))
    assert len(part.alt) > len(part.message)
    root = ET.fromstring(part.svg)
    assert root.get("role") == "img"
    if name == "map":
        assert root.get("aria-labelledby").split() == ["f-1-t", "f-1-d"]
        title, description = root.findtext("title"), root.findtext("desc")
        assert title == part.message
        assert area.name(language) in description
        assert part.alt == f"{title.rstrip('.')}. {description}"
    else:
        assert root.get("aria-label") == part.alt
    told = part.message + part.alt + (part.table.to_csv(na_rep="") if name != "map" else "")
    assert not re.search(r"[{}]|\bnan\b|\bNone\b|<NA>", told)


@pytest.mark.parametrize("name", CHARTS)
def test_languages_state_the_same_numbers(name, make):
    """Table, message and marks have the same numbers in Finnish, Swedish and English."""
    parts = [make(name, language) for language in LANGUAGES]
    if name != "map":  # which has no table, and whose message holds a title with numbers
        tables = [part.table.select_dtypes("number").to_numpy(float, na_value=-1).tolist() for part in parts]
        assert str(tables[0]) == str(tables[1]) == str(tables[2])
        assert _numbers(parts[0].message) == _numbers(parts[1].message) == _numbers(parts[2].message)
    assert len({part.alt for part in parts}) == len(parts)


@pytest.mark.parametrize("name", CHARTS)
def test_numbers_of_the_message_are_in_the_alt_text(name, make):
    """The alt text loses no number of the message."""
    part = make(name)
    assert set(_numbers(part.message)) <= set(_numbers(part.alt))


def test_a_pages_drawing_is_thin_and_self_contained(make):
    """No metadata, no styles or references that leak, no fixed colours, coordinates of one decimal."""
    svg = make("map").svg
    assert len(svg.encode()) < SIZE
    assert not re.search(r"matplotlib|<metadata|<style|<defs|url\(|xlink|<script|<!--", svg)
    assert not re.search(r"(?:fill|stroke):#", svg)
    assert not re.search(r"\d\.\d\d", re.sub(r"<(title|desc|text|tspan)[^>]*>[^<]*", "", svg))
    assert "rotate" not in svg


@pytest.mark.parametrize("name", ["spine", "trend"])
def test_a_notebooks_drawing_is_self_contained(name, make):
    """Letters stay letters, nothing is fetched from elsewhere, and no program's mark is in it."""
    svg = make(name).svg
    assert len(svg.encode()) < 3 * SIZE
    assert not re.search(r"<metadata|<script|<!--|<image", svg)
    assert all(link.startswith("#") for link in re.findall(r'href="([^"]*)"', svg))
    assert _texts(make(name))


def test_everything_lies_within_the_map(make):
    """No coordinate lies outside the view box."""
    root = ET.fromstring(make("map").svg)
    width, height = (float(part) for part in root.get("viewBox").split()[2:])
    points = [
        (float(x), float(y))
        for path in root.iter("path")
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d"))
    ]
    points += [(float(item.get("x")), float(item.get("y"))) for item in root.iter("text") if item.get("x")]
    assert all(0 <= x <= width and 0 <= y <= height for x, y in points)


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_figures_give_the_same_chart(name, make, assessment):
    """A rerun gives equal bytes."""
    code, maker = MAKERS[name]
    again = maker(assessment, assessment.catalogue.areas.get(code), load_texts("fi"), "f-1")
    assert again == make(name)
    if name != "map":
        pd.testing.assert_frame_equal(again.table, make(name).table)


def test_own_latest_value_is_labelled(make, assessment):
    """The drawing has exactly one label of the area's name with the value that the assessment has."""
    part = make("trend")
    own = [text for text in _texts(part) if text.startswith("Viitasaari ")]
    (row,) = (
        row
        for row in assessment.of_area("931").itertuples()
        if row.indicator_id == part.indicator and row.value == row.value
    )
    assert own == [f"Viitasaari {row.value:.1f}".replace(".", ",")]
