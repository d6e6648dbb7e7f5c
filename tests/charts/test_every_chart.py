"""What holds for every chart: complete in each language, self-contained, small and repeatable."""

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from indicators.charts.figure_part import FigurePart
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from tests.charts.conftest import MAKERS

CHARTS = sorted(MAKERS)
#: Greatest size of each drawing in bytes.
SIZES = {"trend": 6_000, "spine": 12_000, "dumbbell": 12_000, "multiples": 12_000}


def _numbers(text):
    """The numbers of a text, however the language writes them."""
    plain = text.replace("\u00a0", "").replace("−", "-")
    return sorted(item.replace(",", ".") for item in re.findall(r"\d+(?:[.,]\d+)*", plain))


def _texts(part):
    return [item.text or "" for item in ET.fromstring(part.svg).iter() if item.tag in ("text", "tspan")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_complete(name, language, make, assessment):
    """Message, alt text, headings and drawing are there, tagged, and name the area in the language."""
    part = make(name, language)
    area = assessment.catalogue.areas.get(MAKERS[name][0])
    assert (part.area, part.snapshot, part.language) == (area.code, assessment.snapshot.id, language)
    assert area.name(language) in part.message
    assert part.alt.startswith(part.message.rstrip("."))
    assert len(part.alt) > len(part.message)
    root = ET.fromstring(part.svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == ["f-1-t", "f-1-d"]
    title, description = root.findtext("title"), root.findtext("desc")
    assert title == part.message
    assert area.name(language) in description
    assert part.alt == f"{title.rstrip('.')}. {description}"
    assert not re.search(r"[{}]|\bnan\b|\bNone\b|<NA>", part.message + part.alt + part.csv)


@pytest.mark.parametrize("name", CHARTS)
def test_languages_state_the_same_numbers(name, make):
    """Table, message and marks have the same numbers in Finnish, Swedish and English."""
    parts = [make(name, language) for language in LANGUAGES]
    numbers = [part.table.select_dtypes("number").to_numpy(float, na_value=-1).tolist() for part in parts]
    assert str(numbers[0]) == str(numbers[1]) == str(numbers[2])
    titles = [" ".join(part.headings.values()) for part in parts]
    if name not in ("map", "verdict map", "distribution"):  # whose messages hold a title with numbers
        assert _numbers(parts[0].message) == _numbers(parts[1].message) == _numbers(parts[2].message)
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("name", CHARTS)
def test_numbers_of_the_message_are_in_the_alt_text(name, make):
    """The alt text loses no number of the message."""
    part = make(name)
    assert set(_numbers(part.message)) <= set(_numbers(part.alt))


@pytest.mark.parametrize("name", CHARTS)
def test_drawing_is_thin_and_self_contained(name, make):
    """No metadata, no styles or references that leak, no fixed colours, coordinates of one decimal."""
    svg = make(name).svg
    assert len(svg.encode()) < SIZES.get(name, 22_000)
    assert not re.search(r"matplotlib|<metadata|<style|<defs|url\(|xlink|<script|<!--", svg)
    assert not re.search(r"(?:fill|stroke):#", svg)
    assert not re.search(r"\d\.\d\d", re.sub(r"<(title|desc|text|tspan)[^>]*>[^<]*", "", svg))
    assert "rotate" not in svg


@pytest.mark.parametrize("name", CHARTS)
def test_everything_lies_within_the_drawing(name, make):
    """No coordinate lies outside the view box."""
    root = ET.fromstring(make(name).svg)
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
    assert (again.svg, again.message, again.alt, again.csv) == (
        make(name).svg,
        make(name).message,
        make(name).alt,
        make(name).csv,
    )


@pytest.mark.parametrize("name", CHARTS)
def test_csv_holds_the_table(name, make):
    """The CSV has the reader's headings, a line for each row, and no more decimals than are shown."""
    part = make(name)
    lines = part.csv.splitlines()
    assert len(lines) == len(part.table) + 1
    assert len(part.cells) == len(part.table)
    assert {len(row) for row in part.cells} == {len(part.headings)}
    assert not re.search(r"\d\.\d{4}", part.csv)
    assert _numbers(" ".join(part.cells[0])) == _numbers(" ".join(lines[1].replace('"', " ").split(",")))


@pytest.mark.parametrize("name", ["trend", "multiples"])
def test_own_latest_value_is_labelled(name, make, assessment):
    """The drawing has exactly one label of the area's name with the value that the assessment has."""
    part = make(name)
    own = [text for text in _texts(part) if text.startswith("Viitasaari ")]
    (row,) = (
        row
        for row in assessment.of_area("931").itertuples()
        if row.indicator_id == part.indicator and row.value == row.value
    )
    assert own == [f"Viitasaari {row.value:.1f}".replace(".", ",")]


# --- the record ---------------------------------------------------------------------------------------

PARTS = {
    "area": "931",
    "indicator": "sotkanet:181",
    "snapshot": "s",
    "language": "fi",
    "message": "m",
    "alt": "a",
    "svg": "<svg/>",
    "table": pd.DataFrame({"year": [2011, 2012], "value": [1234.56, float("nan")], "word": ['a"b', ""]}),
    "headings": {"year": "Vuosi", "value": "Luku", "word": "Sana"},
    "decimals": [1, 1],
}


def test_a_figure_needs_all_its_parts():
    """A chart without a message, alt text, headings or figures does not exist."""
    FigurePart(**PARTS)
    for name in ("message", "alt", "svg", "snapshot"):
        with pytest.raises(ValueError, match=f"a figure needs '{name}'"):
            FigurePart(**PARTS | {name: ""})
    with pytest.raises(ValueError, match="a figure needs 'table'"):
        FigurePart(**PARTS | {"table": pd.DataFrame()})
    for headings in ({"year": "Vuosi"}, {"year": "", "value": "Luku", "word": "Sana"}):
        with pytest.raises(ValueError, match="a heading for each column"):
            FigurePart(**PARTS | {"headings": headings})
    with pytest.raises(ValueError, match="decimals for each row"):
        FigurePart(**PARTS | {"decimals": [1]})


def test_table_is_written_for_people_and_for_machines():
    """Cells follow the language and its rounding; the CSV keeps the point and quotes what needs it."""
    part = FigurePart(**PARTS)
    assert part.cells == [["2011", "1\u00a0234,6", 'a"b'], ["2012", "", ""]]
    assert part.csv == 'Vuosi,Luku,Sana\n2011,1234.6,"a""b"\n2012,,\n'


def test_a_goals_chart_tells_its_goal(make):
    """A chart of a goal's indicators has the goal's id, others have none."""
    assert (make("spine").indicator, make("spine").goal) == ("goal-1.3", "1.3")
    assert make("trend").goal == ""


def test_notebook_shows_the_message_escaped():
    """A message with markup is shown, not interpreted."""
    assert "<b>" not in FigurePart(**PARTS | {"message": "<b>"})._repr_html_()
