"""The gate of the region report refuses a figure beside the wrong municipality."""

import copy

import lxml.html
import pytest

from indicators import __version__
from indicators.assessment.load import Inputs
from indicators.config import Settings
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import Expectation, inspect_report
from indicators.report.page.document import describe_page
from indicators.report.regional import RegionReport
from tests.made_page import make_page


@pytest.fixture(scope="module")
def expected(assessment):
    """What the region's report must be."""
    return Expectation(
        Inputs(Settings(), assessment), assessment.catalogue.areas.get("MK13"), "fi", "e", __version__
    )


@pytest.fixture(scope="module")
def original(assessment):
    """The region's report as made."""
    texts, area = load_texts("fi"), assessment.catalogue.areas.get("MK13")
    report = RegionReport(Inputs(Settings(), assessment), area, texts, "e")
    return make_page(report, describe_page(assessment, area, texts, "e"))


@pytest.fixture
def page(original):
    """A parsed copy, free to be spoiled."""
    return copy.deepcopy(lxml.html.document_fromstring(original))


def _inspect(page, expected):
    return inspect_report(lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>"), expected)


def _row(page, indicator, area):
    return page.xpath(f".//table[@data-indicator='{indicator}']//tr[@data-area='{area}']")[0]


def _value(row):
    return row.xpath(".//*[@data-field='value']")[0]


def test_the_report_as_made_is_accepted(original, expected):
    """No findings."""
    assert inspect_report(original, expected) == []


def test_swapping_two_municipalities_figures_fails(page, expected):
    """A right figure beside the wrong name is a wrong figure."""
    one, other = (_value(_row(page, "sotkanet:181", code)) for code in ("931", "435"))
    one.text, other.text = other.text, one.text
    assert len([item for item in _inspect(page, expected) if item.startswith("sotkanet:181 shows")]) == 2


def test_a_changed_figure_of_the_region_fails(page, expected):
    """The region's own figure is read back too."""
    line = page.xpath(".//p[@data-indicator='sotkanet:181']")[0]
    _value(line).text = "9,9 %"
    assert "sotkanet:181 shows '9,9 %'; the assessment has 12.2" in _inspect(page, expected)


def test_a_lost_municipality_fails(page, expected):
    """Every municipality with a figure is there."""
    row = _row(page, "sotkanet:181", "931")
    row.getparent().remove(row)
    assert "sotkanet:181 of 931 is missing from goal 3.2" in _inspect(page, expected)


def test_a_stranger_fails(page, expected):
    """Only the agreement's municipalities have rows."""
    _row(page, "sotkanet:181", "931").set("data-area", "091")
    assert any("rows of areas outside the agreement: ['091']" in item for item in _inspect(page, expected))


def test_a_region_only_figure_by_municipality_fails(page, expected):
    """Sexual offences have no table of municipalities."""
    page.xpath(".//table[@data-indicator='sotkanet:181']")[0].set(
        "data-indicator", "statfin:offences_sexual_iccs"
    )
    assert "indicator statfin:offences_sexual_iccs may not be shown by municipality" in _inspect(
        page, expected
    )


def test_region_only_figures_are_shown_for_the_region(page):
    """What municipal reports leave out is here, for the region."""
    line = page.xpath(".//p[@data-indicator='statfin:offences_sexual_iccs']")[0]
    assert line.get("data-area") == "MK13"
    assert "vain koko maakunnasta" in line.text_content()
    assert _value(line).text


def test_municipalities_stand_in_alphabetical_order(page, catalogue):
    """No table is ordered by its figures."""
    wanted = [area.code for area in catalogue.members]
    for table in page.xpath(".//table[@data-indicator]"):
        assert [row.get("data-area") for row in table.iterfind(".//tbody/tr")] == wanted


def _drawn(page, indicator="sotkanet:181"):
    return page.xpath(
        f".//figure[@data-indicator='goal-3.2']//text[@data-indicator='{indicator}'][@data-year]"
    )


def test_each_goal_with_two_years_has_its_change_drawn(page, assessment):
    """The region's first and last comparable value of an indicator stand in its goal's drawing."""
    first, last = _drawn(page)
    assert (last.get("data-year"), last.text) == ("2011", "12,2\u00a0%")
    panel = assessment.panels["sotkanet:181"]
    at = panel.index.codes.index("MK13"), int(first.get("data-year")) - panel.years[0]
    assert first.text == f"{panel.value[at]:.1f}\u00a0%".replace(".", ",")


@pytest.mark.parametrize("at", [0, 1])
def test_a_changed_value_in_a_drawing_fails(page, expected, at):
    """Both written values of a change are compared with the figures of their years."""
    _drawn(page)[at].text = "99,9 %"
    assert any("a drawing shows '99,9 %' for sotkanet:181" in item for item in _inspect(page, expected))


def test_a_changed_year_in_a_drawing_fails(page, expected):
    """A change must end with the latest year, and its years must be those of its values."""
    _drawn(page)[1].set("data-year", "2010")
    findings = _inspect(page, expected)
    assert any("the change of sotkanet:181 in goal 3.2 is drawn of" in item for item in findings)
    _drawn(page)[1].set("data-year", "1850")
    assert any("of which there are no figures" in item for item in _inspect(page, expected))
