"""The trend chart draws what is there, and nothing between what is not."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from indicators.charts.figure_part import FigurePart
from indicators.charts.municipal_trend import make_trend_chart
from indicators.charts.trend import Line, draw_trend
from indicators.narrative.texts import load_texts

YEARS = np.arange(2010, 2020)


def _svg(values, breaks=(), others=()):
    lines = [Line(np.array(values, dtype=float), "Kunta 1", "own"), *others]
    return draw_trend(YEARS, lines, breaks, lambda tick: f"{tick:g}").to_svg("title", "alt", "f")


def _own_moves(svg):
    """How many separate pieces the own line has."""
    paths = re.findall(r'd="([^"]*)" style="[^"]*var\(--own[^"]*stroke-width:2.4', svg)
    return [path.count("M") for path in paths]


def test_the_svg_is_well_formed_and_describes_itself():
    """One svg element with title, description, role and text as text."""
    root = ET.fromstring(_svg(range(10)))
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == ["title", "desc"]
    assert "Kunta 1" in [item.text for item in root.iter("text")]


def test_a_gap_is_not_bridged():
    """A missing year cuts the line in two."""
    values = [1, 2, 3, np.nan, 5, 6, 7, 8, 9, 10]
    assert _own_moves(_svg(values)) == [2]
    assert _own_moves(_svg(range(10))) == [1]


def test_a_break_is_not_bridged():
    """The line is cut where a new series begins, and the place is marked."""
    assert _own_moves(_svg(range(10), breaks=[2015])) == [2]
    assert "stroke-dasharray" in _svg(range(10), breaks=[2015])
    assert "stroke-dasharray" not in _svg(range(10))


def test_a_lonely_year_is_a_dot():
    """A year between gaps is still seen."""
    values = [1, np.nan, 3, np.nan, 5, 6, 7, 8, 9, 10]
    assert _own_moves(_svg(values)) == [3]


@pytest.mark.parametrize(
    "values",
    [[5] * 10, [0] * 10, [-5] * 5 + [5] * 5, [1e9] * 9 + [2e9], [np.nan] * 9 + [1.0], [1e-9] * 10],
    ids=["equal", "zero", "negative", "huge", "one", "tiny"],
)
def test_unusual_series_stay_inside_the_frame(values):
    """Equal, zero, negative, huge and lonely values all give coordinates within the drawing."""
    svg = _svg(values)
    numbers = [
        float(n) for path in re.findall(r' d="([^"]*)"', svg) for n in re.findall(r"-?\d+\.?\d*", path)
    ]
    assert numbers
    assert min(numbers) >= 0
    assert max(numbers) <= 420


def test_all_missing_cannot_be_drawn():
    """There is no chart of nothing."""
    with pytest.raises(ValueError, match="nothing to draw"):
        _svg([np.nan] * 10)


def test_labels_do_not_overlap():
    """Lines that end at the same height have labels apart."""
    others = [Line(np.full(10, 9.0), "Alue 9", "region"), Line(np.full(10, 9.0), "mediaani 9", "median")]
    root = ET.fromstring(_svg([9.0] * 10, others=others))
    heights = sorted(float(item.get("y")) for item in root.iter("text") if float(item.get("x")) > 300)
    assert len(heights) == 3
    assert min(b - a for a, b in itertools.pairwise(heights)) >= 12.9


def test_text_is_escaped():
    """A name with markup, dollars or quotes is shown, not interpreted."""
    name = 'A<b>&"$x$'
    line = Line(np.arange(10.0), name, "own")
    svg = draw_trend(YEARS, [line], [], str).to_svg(name, name, "f")
    root = ET.fromstring(svg)
    assert name in [item.text for item in root.iter("text")]
    assert root.findtext("title") == name


def test_the_same_figures_give_the_same_svg():
    """Nothing of the process or the time is in the drawing."""
    assert _svg(range(10)) == _svg(range(10))
    assert "matplotlib" not in _svg(range(10)).lower()


def test_a_figure_needs_all_its_parts():
    """A chart without a message, alt text or figures does not exist."""
    parts = {
        "area": "931",
        "indicator": "sotkanet:181",
        "snapshot": "s",
        "language": "fi",
        "message": "m",
        "alt": "a",
        "svg": "<svg/>",
        "table": pd.DataFrame({"year": [2011]}),
    }
    FigurePart(**parts)
    for name in ("message", "alt", "svg"):
        with pytest.raises(ValueError, match=f"a figure needs '{name}'"):
            FigurePart(**parts | {name: ""})
    with pytest.raises(ValueError, match="a figure needs 'table'"):
        FigurePart(**parts | {"table": pd.DataFrame()})


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_message_and_alt_text_state_the_numbers(assessment, language):
    """Message and alt text carry the latest value, its year and the region's value, as published."""
    area = assessment.catalogue.areas.get("931")
    indicator = assessment.catalogue.indicators["sotkanet:181"]
    part = make_trend_chart(assessment, area, indicator, load_texts(language), "f")
    number = {"fi": "11,4\u00a0%", "sv": "11,4\u00a0%", "en": "11.4%"}[language]
    region = {"fi": "12,2\u00a0%", "sv": "12,2\u00a0%", "en": "12.2%"}[language]
    for text in (part.message, part.alt):
        assert "Viitasaari" in text
        assert number in text
        assert region in text
        assert "2011" in text
    assert part.table["value"].iloc[-1] == 11.4


def test_one_year_gives_no_chart(assessment):
    """One point shows no development."""
    area = assessment.catalogue.areas.get("931")
    indicator = assessment.catalogue.indicators["sotkanet:5513"]
    assert make_trend_chart(assessment, area, indicator, load_texts("fi"), "f") is None
