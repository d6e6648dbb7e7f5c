"""Charts that show the agreement's municipalities side by side: map and strip."""

import json
import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from indicators.charts.map import BOUNDARIES_FILE, hatch, load_boundaries, make_map_chart
from indicators.charts.strip import Strip
from indicators.narrative.texts import load_texts

FI = load_texts("fi")
VALUES = "sotkanet:181"


def _make(assessment, indicator=VALUES, year=2019):
    chosen = assessment.catalogue.areas.get("MK13"), assessment.catalogue.indicators[indicator], FI
    return make_map_chart(assessment, *chosen, "f", year)


def _labels(part):
    return [item.text for item in ET.fromstring(part.svg).iter("text")]


def test_regions_only_is_never_drawn_for_municipalities(assessment):
    """An indicator that is not shown for municipalities has none of these charts."""
    for item in assessment.catalogue.indicators.values():
        if "municipality" not in item.levels:
            assert _make(assessment, indicator=item.id) is None


@pytest.mark.parametrize(
    "value",
    [lambda at, year: 5, lambda at, year: -at, lambda at, year: 10.0**9 * at, lambda at, year: 1e-9],
    ids=["equal", "negative", "huge", "tiny"],
)
def test_unusual_values_are_drawn(value, assess):
    """Equal, negative, huge and tiny values give a complete chart within its frame."""
    part = _make(assess(VALUES, value=value))
    root = ET.fromstring(part.svg)
    width, height = (float(item) for item in root.get("viewBox").split()[2:])
    for path in root.iter("path"):
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_no_values_no_chart(assess):
    """There is no chart of nothing."""
    assert _make(assess("sotkanet:3113", years=[])) is None


def test_missing_municipalities_are_told(assess, catalogue):
    """A municipality without a value keeps its place and has the sign of no value."""
    gaps = [
        {"indicator_id": VALUES, "area_code": area.code, "year": 2019, "value": value}
        for area in catalogue.members
        for value in ([] if area.code == "435" else [float(len(area.code))])
    ]
    gaps += [{"indicator_id": VALUES, "area_code": "931", "year": 2018, "value": 3.0}]
    part = _make(assess(VALUES, years=[], more=gaps))
    labels = _labels(part)
    assert "Luhanka" in labels
    assert FI("no_value") in labels


def test_titles_with_markup_are_escaped(assess, with_title):
    """A title with markup and quotes is text in the drawing's description."""
    title = '<img src=x onerror=alert(1)>"&'
    part = _make(assess(VALUES, catalogue=with_title(VALUES, title)))
    assert "<img" not in part.svg
    assert title in part.message
    assert title in ET.fromstring(part.svg).findtext("title")


# --- map ----------------------------------------------------------------------------------------------


def test_borders_state_their_source(catalogue):
    """The file holds the agreement's 22 municipalities and nothing else, with source, licence and year."""
    declared = json.loads(BOUNDARIES_FILE.read_text("utf-8"))
    assert set(declared["areas"]) == {area.code for area in catalogue.members}
    assert (declared["licence"], declared["year"]) == ("CC BY 4.0", 2023)
    assert set(declared["source"]) == {"fi", "sv", "en"}


def test_borders_are_where_they_should_be():
    """Outlines enclose their labels and areas near the known ones, and Pihtipudas lies north of Joutsa."""
    borders = load_boundaries()
    for code, rings in borders.outlines.items():
        (ring,) = rings
        x, y = borders.labels[code]
        following = np.roll(ring, -1, axis=0)
        crosses = (ring[:, 1] > y) != (following[:, 1] > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (y - ring[:, 1]) / (following[:, 1] - ring[:, 1])
            at = ring[:, 0] + share * (following[:, 0] - ring[:, 0])
        assert (crosses & (x < at)).sum() % 2 == 1
    assert borders.labels["601"][1] > borders.labels["931"][1] > borders.labels["172"][1]
    sizes = {code: _area(rings[0]) for code, rings in borders.outlines.items()}
    # Viitasaari has 1 589 and Muurame 186 square kilometres with their waters.
    assert sizes["931"] / sizes["500"] == pytest.approx(1589 / 186, rel=0.15)


def _area(ring):
    x, y = ring[:, 0], ring[:, 1]
    return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def test_the_map_has_every_municipality(make, catalogue):
    """22 outlines with 22 names, each with its value, and the source of the borders."""
    part = make("map")
    labels = _labels(part)
    assert {area.name() for area in catalogue.members} <= set(labels)
    surfaces = [
        path.get("d")
        for path in ET.fromstring(part.svg).iter("path")
        if "stroke-width:1;" in path.get("style") + ";" or "stroke:var(--mark" in path.get("style")
        if not path.get("style").startswith("fill:none")
    ]
    assert sum(surface.count("M") for surface in surfaces) - _n_swatches(surfaces) == 22
    assert any("Maanmittauslaitos" in label and "CC BY 4.0" in label for label in labels)


def _n_swatches(surfaces):
    return sum(piece.count("L") == 4 for surface in surfaces for piece in surface.split("M"))


def test_classes_differ_without_colour(make):
    """Quarters differ by hatching, and each has its word."""
    svg = make("map").svg
    for kind in ("highest_quarter", "lowest_quarter"):
        assert FI(f"chart_map_{kind}") in svg
    assert svg.count("stroke-width:0.7") >= 2


def test_hatching_stays_inside():
    """Every hatching line lies within its outline, slanting one way or the other."""
    square = np.array([(0.0, 0.0), (30.0, 0.0), (30.0, 20.0), (0.0, 20.0)])
    for way, sign in (("rising", 1), ("falling", -1)):
        lines = hatch([square], way)
        assert lines
        for (x0, y0), (x1, y1) in lines:
            assert 0 <= x0 <= x1 <= 30
            assert min(y0, y1) >= 0
            assert max(y0, y1) <= 20
            assert (y1 - y0) * sign >= -1e-9


def test_older_figures_are_not_mixed_in(assess, catalogue):
    """A municipality whose newest figure is older than the others' is drawn without one."""
    years = {area.code: 2015 if area.code == "435" else 2019 for area in catalogue.members}
    rows = [
        {"indicator_id": VALUES, "area_code": code, "year": year, "value": 3.0}
        for code, year in years.items()
    ]
    part = _make(assess(VALUES, years=[], more=rows))
    shown = {item.get("data-area"): item for item in ET.fromstring(part.svg).iter("text")}
    assert "435" not in shown
    assert (shown["931"].text, shown["931"].get("data-year")) == ("3,0", "2019")
    assert f"{FI('chart_mark_no_value').capitalize()}: Luhanka." in part.alt


# --- strip ---------------------------------------------------------------------------------------------


def test_strip_and_rows_share_one_axis():
    """A value has one place as a tick and as a dot of its row; far ones do not press the others."""
    every = [float(at) for at in range(21)] + [10.0**6]
    strip = Strip(every, [3.0, 20.0, math.nan], 10.0, 5.0, 10.0, 15.0)
    place = re.search(r'cx="([\d.]+)"', strip.draw_row(3.0)).group(1)
    ticks = re.search(r'class="tk" d="([^"]+)"', strip.draw_head("kunnat")).group(1)
    assert f"M{place} " in ticks
    assert ticks.count("M") == 21
    assert 'aria-label="kunnat"' in strip.draw_head("kunnat")


@pytest.mark.parametrize("values", [[5.0, 5.0], [-3.0, 1e9], [math.nan, 2.0]])
def test_unusual_strips_are_drawn(values):
    """Equal, huge and missing values stay inside the drawing; a missing one has no dot."""
    strip = Strip([item for item in values if item == item], values, math.nan, math.nan, math.nan, math.nan)
    for value in values:
        svg = strip.draw_row(value)
        assert "nan" not in svg
        assert svg.count("<circle") == (value == value)
        assert all(0 <= float(x) <= 120 for x in re.findall(r'cx="([\d.]+)"', svg))
