"""The trend chart draws what is there, and nothing between what is not."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from indicators.charts.municipal_trend import make_trend_chart
from indicators.charts.trend import RIGHT, WIDTH, Band, Line, draw_trend
from indicators.narrative.texts import load_texts

YEARS = np.arange(2010, 2020)


def _svg(values, breaks=(), others=(), **more):
    lines = [Line(np.array(values, dtype=float), "Kunta 1", "own"), *others]
    return draw_trend(YEARS, lines, breaks, lambda tick: f"{tick:g}", **more).to_svg("title", "alt", "f")


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
    assert max(numbers) <= WIDTH


def test_all_missing_cannot_be_drawn():
    """There is no chart of nothing."""
    with pytest.raises(ValueError, match="nothing to draw"):
        _svg([np.nan] * 10)


def test_labels_do_not_overlap():
    """Lines that end at the same height have labels apart."""
    others = [Line(np.full(10, 9.0), "Alue 9", "region"), Line(np.full(10, 9.0), "mediaani 9", "median")]
    root = ET.fromstring(_svg([9.0] * 10, others=others))
    heights = sorted(float(item.get("y")) for item in root.iter("text") if float(item.get("x")) > RIGHT)
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


def test_what_serves_no_goal_is_drawn(assessment):
    """A key fact has no row of the assessment, and its years all the same."""
    part = _make(assessment, "931", "statfin:aged_65_and_over")
    assert part.table["year"].iloc[-1] >= 2024


def test_one_year_gives_no_chart(assessment):
    """One point shows no development."""
    area = assessment.catalogue.areas.get("931")
    indicator = assessment.catalogue.indicators["sotkanet:5513"]
    assert make_trend_chart(assessment, area, indicator, load_texts("fi"), "f") is None


# --- interval ----------- ------------------------------------------------------------------------------


def _surfaces(svg):
    return re.findall(r'd="([^"]*)" style="fill:var\(--interval', svg)


def test_the_interval_is_not_bridged():
    """The band is cut where the line is: at gaps and at breaks."""
    values = np.arange(10.0)
    band = Band(values - 1, values + 1)
    assert [surface.count("M") for surface in _surfaces(_svg(values, band=band))] == [1]
    assert [surface.count("M") for surface in _surfaces(_svg(values, breaks=[2015], band=band))] == [2]
    values[4] = np.nan
    assert [surface.count("M") for surface in _surfaces(_svg(values, band=Band(values - 1, values + 1)))] == [
        2
    ]


def test_the_interval_ends_at_the_limits_of_the_assessment(assessment):
    """The last year's limits in the table are those that the assessment has."""
    part = _make(assessment, "931", "statfin:offences_property_iccs")
    rows = assessment.of_area("931")
    row = rows[rows["indicator_id"] == "statfin:offences_property_iccs"].iloc[0]
    last = part.table.iloc[-1]
    assert (last["lower_limit"], last["upper_limit"]) == pytest.approx(
        (row["lower_limit"], row["upper_limit"])
    )
    assert last["lower_limit"] < last["value"] < last["upper_limit"]


def test_no_counts_no_interval(assessment):
    """An indicator without counts has no band, and its table no limits."""
    part = _make(assessment, "931", "sotkanet:181")
    assert not _surfaces(part.svg)
    assert "lower_limit" not in part.table


# --- what is drawn of whom ----------------------------------------------------------------------------


def _make(assessment, area, indicator, language="fi"):
    catalogue = assessment.catalogue
    chosen = catalogue.areas.get(area), catalogue.indicators[indicator], load_texts(language)
    return make_trend_chart(assessment, *chosen, "f")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "luku kasvoi johdonmukaisesti vuosina 2015–2024 ja oli 72,4\u00a0% vuonna 2024"),
        ("sv", "talet ökade konsekvent åren 2015–2024 och var 72,4\u00a0% år 2024"),
        ("en", "the figure rose consistently in 2015–2024 and was 72.4% in 2024"),
    ],
)
def test_the_finding_is_the_message(language, words, assessment):
    """Where the assessment found a trend, the message says it with its years."""
    assert words in _make(assessment, "931", "statfin:employment_rate", language).message


def test_numbers_of_people_stand_alone(assessment):
    """A count is not drawn on one axis with the region's."""
    part = _make(assessment, "931", "statfin:population")
    labels = [item.text for item in ET.fromstring(part.svg).iter("text")]
    assert not any(label.startswith("Keski-Suomi") for label in labels)
    assert part.table["region_value"].iloc[-1] > 200_000


def test_what_is_not_shown_for_municipalities_has_no_chart(assessment):
    """An indicator of regions only gives a municipality nothing to draw."""
    region_only = [
        item.id for item in assessment.catalogue.indicators.values() if "municipality" not in item.levels
    ]
    assert region_only
    assert not any(_make(assessment, "931", item) for item in region_only)


def test_a_providers_break_cuts_the_line(assess):
    """A year that the provider marks as a break begins a new piece, and is marked in words."""
    rows = [
        {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2021, "value": 4.0},
        {"indicator_id": "sotkanet:181", "area_code": "931", "year": 2022, "value": 5.0, "status": "break"},
    ]
    part = _make(assess("sotkanet:181", years=range(2021, 2021), more=rows), "931", "sotkanet:181")
    assert _own_moves(part.svg) == [2]
    assert part.table["remark"].iloc[1] == load_texts("fi")("status_break")


def test_a_long_name_gives_way_to_its_number():
    """The value at the end of a line is never cut off."""
    others = [Line(np.arange(10.0), "Mellersta Finland och mera 1\u00a0234,5", "region")]
    root = ET.fromstring(_svg([9.0] * 10, others=others))
    (label,) = [item.text for item in root.iter("text") if item.text.endswith("1\u00a0234,5")]
    assert label.startswith("Mellersta")
    assert "…" in label
