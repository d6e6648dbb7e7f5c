"""The trend chart draws what is there, and nothing between what is not."""

import itertools
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from indicators.analyst import charts
from indicators.analyst.charts import make_trend_chart
from indicators.charts.drawing.style import ROLES
from indicators.narrative.texts import load_texts

RATE = "sotkanet:181"
SVG = "{http://www.w3.org/2000/svg}"
GAP = float("nan")


@pytest.fixture
def draw(assess):
    """The chart of a municipality with these values from 2010 on; the others have none."""

    def draw(values, statuses=()):
        rows = [
            {"indicator_id": RATE, "area_code": "931", "year": 2010 + at, "value": value}
            for at, value in enumerate(values)
            if value == value
        ]
        for row in rows:
            row["status"] = "break" if row["year"] in statuses else "normal"
        return _make(assess(RATE, years=range(0), more=rows), "931", RATE)

    return draw


def _own(part):
    """The own line of a chart."""
    (ax,) = part.figure.axes
    return next(line for line in ax.lines if line.get_color() == ROLES["own"].light)


def _pieces(part):
    """How many separate pieces the own line has."""
    values = _own(part).get_ydata()
    return 1 + int(np.isnan(values).sum())


def _labels(part):
    return [item.text for item in ET.fromstring(part.svg).iter(f"{SVG}text")]


def test_a_gap_is_not_bridged(draw):
    """A missing year cuts the line in two."""
    assert _pieces(draw([1, 2, 3, GAP, 5, 6, 7, 8, 9, 10])) == 2
    assert _pieces(draw(range(10))) == 1


def test_a_break_is_not_bridged(draw):
    """The line is cut where a new series begins, and the place is marked."""
    broken, whole = draw(range(10), statuses=[2015]), draw(range(10))
    assert (_pieces(broken), _pieces(whole)) == (2, 1)
    assert [line.get_xdata()[0] for line in broken.figure.axes[0].lines if line.get_linestyle() == ":"] == [
        2014.5
    ]
    assert not [line for line in whole.figure.axes[0].lines if line.get_linestyle() == ":"]


def test_a_lonely_year_is_a_dot(draw):
    """A year between gaps is still seen."""
    part = draw([1, GAP, 3, GAP, 5, 6, 7, 8, 9, 10])
    assert _pieces(part) == 3
    assert _own(part).get_marker() == "o"


@pytest.mark.parametrize(
    "values",
    [[5] * 10, [0] * 10, [-5] * 5 + [5] * 5, [1e9] * 9 + [2e9], [1.0] + [GAP] * 8 + [1.0], [1e-9] * 10],
    ids=["equal", "zero", "negative", "huge", "two", "tiny"],
)
def test_unusual_series_stay_inside_the_frame(values, draw):
    """Equal, zero, negative, huge and lonely values all lie within the axes."""
    part = draw(values)
    (ax,) = part.figure.axes
    low, high = ax.get_ylim()
    known = [value for value in values if value == value]
    assert low <= min(known) <= max(known) <= high
    assert "nan" not in part.svg


def test_the_scale_begins_at_zero_where_the_values_come_near(draw):
    """A small change far from zero is not made flat, nor one near it steep."""
    assert draw([5] * 9 + [10]).figure.axes[0].get_ylim()[0] == 0
    assert draw([95] * 9 + [100]).figure.axes[0].get_ylim()[0] > 90


def test_labels_do_not_overlap(assess):
    """Lines that end at the same height have labels apart."""
    part = _make(assess(RATE, value=lambda at, year: 9), "931", RATE)
    (ax,) = part.figure.axes
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: box.y0)
    assert len(boxes) == 3
    assert all(above.y0 >= below.y1 - 2 for below, above in itertools.pairwise(boxes))


def test_text_is_shown_as_it_is(assessment, assess, with_title):
    """A title with markup, dollars or quotes is shown, not interpreted."""
    name = 'A<b>&"$x$'
    part = _make(assess(RATE, catalogue=with_title(RATE, name)), "931", RATE)
    assert part.title.startswith(name)
    assert name in ET.fromstring(part.svg).get("aria-label")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_message_and_alt_text_state_the_numbers(assessment, language):
    """Message and alt text carry the latest value, its year and the region's value, as published."""
    area = assessment.catalogue.areas.get("931")
    indicator = assessment.catalogue.indicators["sotkanet:181"]
    part = make_trend_chart(assessment, area, indicator, load_texts(language))
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
    assert make_trend_chart(assessment, area, indicator, load_texts("fi")) is None


# --- interval -----------------------------------------------------------------------------------------


def _surfaces(part):
    """The pieces of the band."""
    return [path for surface in part.figure.axes[0].collections for path in surface.get_paths()]


def test_the_interval_is_not_bridged(assessment, monkeypatch):
    """The band is cut where the line is: at gaps and at breaks."""
    offences = "931", "statfin:offences_property_iccs"
    assert len(_surfaces(_make(assessment, *offences))) == 1
    with monkeypatch.context() as patch:
        patch.setattr(charts, "find_breaks", lambda *_: [2023])
        broken = _make(assessment, *offences)
        assert (len(_surfaces(broken)), _pieces(broken)) == (2, 2)
    figures = tuple(item for item in assessment.years(*offences) if item.year != 2023)
    monkeypatch.setattr(type(assessment), "years", lambda *_: figures)
    gapped = _make(assessment, *offences)
    assert (len(_surfaces(gapped)), _pieces(gapped)) == (2, 2)


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
    assert not _surfaces(part)
    assert "lower_limit" not in part.table


# --- what is drawn of whom ----------------------------------------------------------------------------


def _make(assessment, area, indicator, language="fi"):
    catalogue = assessment.catalogue
    chosen = catalogue.areas.get(area), catalogue.indicators[indicator], load_texts(language)
    return make_trend_chart(assessment, *chosen)


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
    assert not any(label.startswith("Keski-Suomi") for label in _labels(part))
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
    assert _pieces(part) == 2
    assert part.table["remark"].iloc[1] == load_texts("fi")("status_break")
