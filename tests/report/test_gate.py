"""The acceptance gate refuses every page that is not wholly its municipality's."""

import copy

import lxml.html
import pytest

from indicators.report.gate import gate
from indicators.report.gate.gate import inspect_report
from indicators.report.municipal import open_municipal_report
from tests.made_page import make_municipal


@pytest.fixture(scope="module")
def made():
    """Reports of Viitasaari and Luhanka with their parsed pages for the screen and for paper."""
    reports = {area: open_municipal_report(area, edition="e") for area in ("931", "435")}
    pages = {area: make_municipal(report, appendix=True) for area, report in reports.items()}
    parsed = {area: [lxml.html.document_fromstring(html) for html in both] for area, both in pages.items()}
    return reports, parsed


@pytest.fixture(scope="module")
def expected(made):
    """What Viitasaari's report must be."""
    return made[0]["931"]


@pytest.fixture
def page(made):
    """A copy of Viitasaari's page, free to be spoiled."""
    return copy.deepcopy(made[1]["931"][0])


@pytest.fixture
def paper(made):
    """A copy of Viitasaari's paper page."""
    return copy.deepcopy(made[1]["931"][1])


def _inspect(page, expected, is_paper=False):
    html = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    return inspect_report(html, expected, is_paper)


def _row(page, at=0):
    return page.xpath(".//table[contains(@class, 'baro')]//tr[@data-indicator]")[at]


def _own(page, at=0):
    return _row(page, at).xpath("./td[contains(@class, 'v ')]/data")[0]


def _told(findings, words):
    return any(words in finding for finding in findings)


@pytest.mark.parametrize("area", ["931", "435"])
def test_made_pages_are_accepted(made, area):
    """The way these tests take pages apart and together spoils nothing by itself."""
    reports, pages = made
    for is_paper, page in enumerate(pages[area]):
        assert _inspect(page, reports[area], bool(is_paper)) == []


def test_another_places_page_fails(made, expected):
    """The worst failure: another municipality's numbers, even under the right tags."""
    page = copy.deepcopy(made[1]["435"][0])
    assert _told(_inspect(page, expected), "435 sotkanet")
    for item in page.xpath(".//*[@data-area]"):
        item.set("data-area", "931")
    assert sum("the page shows" in finding for finding in _inspect(page, expected)) > 50


def test_a_number_that_is_not_as_marked_fails(page, expected):
    """The reader sees the text, the machine the mark: they must be one."""
    number = _own(page)
    number.text = "99,9"
    assert _told(_inspect(page, expected), f"'99,9' is marked as {number.get('value')!r}")


def test_a_changed_number_fails(page, expected):
    """Changed in text and mark alike, it is still not the figure."""
    number = _own(page)
    number.text, value = "99,9", number.get("value")
    number.set("value", "99.9")
    assert _told(_inspect(page, expected), f"the page shows 99.9; the figures have {value}")


def test_two_swapped_numbers_fail(page, expected):
    """Each of two indicators with the other's number."""
    one, other = _own(page, 1), _own(page, 2)
    (one.text, other.text), values = (other.text, one.text), (one.get("value"), other.get("value"))
    one.set("value", values[1])
    other.set("value", values[0])
    findings = _inspect(page, expected)
    assert _told(findings, f"the page shows {values[1]}")
    assert _told(findings, f"the page shows {values[0]}")


def test_a_number_of_another_year_fails(page, expected):
    """The year that is marked is the year that is compared."""
    _own(page).set("data-year", "1900")
    assert _told(_inspect(page, expected), "1900 total value")


def test_a_comparator_under_another_name_fails(page, expected):
    """The country's number is not the rest of the region's."""
    marks = page.xpath(".//tr[@data-indicator]/td/data[@data-role='country']")
    marks[0].set("data-role", "rest")
    assert _told(_inspect(page, expected), "total rest: the page shows")


def test_a_lost_row_fails(page, expected):
    """Nothing that is current is silently left out."""
    row = _row(page)
    for item in page.xpath(f".//*[@data-indicator='{row.get('data-indicator')}']"):
        item.getparent().remove(item)
    assert _told(_inspect(page, expected), f"{row.get('data-indicator')} of 931 is missing")


def test_a_drawing_of_another_indicator_fails(page, expected):
    """The numbers that a drawing shows are read back too."""
    one, other = (_row(page, at).xpath(".//svg[@data-figures]")[0] for at in (0, 1))
    one.getparent().replace(one, copy.deepcopy(other))
    assert _told(_inspect(page, expected), "median: the page shows")


def test_a_changed_number_of_a_sentence_fails(page, expected):
    """In brief is compared as tables are."""
    number = page.xpath(".//ol[@class='findings']//data[not(@data-role)]")[0]
    number.text = "7"
    number.set("value", "7")
    assert _told(_inspect(page, expected), "the page shows 7;")


def test_a_changed_year_of_a_chart_fails(page, expected):
    """So are the numbers written into charts."""
    text = page.xpath(".//svg[@class='ch']/text[@data-value]")[0]
    text.set("data-year", "1950")
    assert _told(_inspect(page, expected), "1950 total")


def test_an_indicator_of_the_region_only_fails(page, expected):
    """Figures that may point at people stay out of municipal reports."""
    _row(page).set("data-indicator", "statfin:offences_sexual_iccs")
    found = _inspect(page, expected)
    assert any("offences_sexual_iccs" in item and "the figures have None" in item for item in found)


@pytest.mark.parametrize("name", ["area", "snapshot", "edition", "version"])
def test_a_wrong_meta_fails(page, expected, name):
    """The page's head must agree with its content."""
    page.xpath(f".//meta[@name='yhdyspinta:{name}']")[0].set("content", "wrong")
    assert _told(_inspect(page, expected), f'yhdyspinta:{name}" content="wrong"')


def test_a_wrong_language_or_title_fails(page, expected):
    """Screen readers follow lang; people follow the title."""
    page.set("lang", "en")
    page.find(".//title").text = "Luhanka"
    findings = _inspect(page, expected)
    assert _told(findings, "{'lang': 'en'}")
    assert _told(findings, "<title>Luhanka</title>")


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<img src="https://example.org/x.png">', "the page holds '<img"),
        ("<script>alert(1)</script>", "the page holds '<script>"),
        ('<p id="sisalto">again</p>', "ids are repeated: ['sisalto']"),
        ('<a href="#nowhere">x</a>', "links lead nowhere: ['nowhere']"),
    ],
)
def test_what_a_page_may_not_hold(page, expected, html, told):
    """Nothing that the report has not, no repeated id, no dead link."""
    page.find(".//main").append(lxml.html.fragment_fromstring(html))
    assert any(told in finding for finding in _inspect(page, expected))


def test_the_security_policy_is_the_agreed_one(page, expected):
    """Nothing but the page's own styles, fonts and pictures is loaded; a weaker policy is no page of ours."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    (meta,) = page.xpath(".//meta[@http-equiv]")
    assert (meta.get("http-equiv"), meta.get("content")) == ("Content-Security-Policy", policy)
    meta.set("content", "default-src *")
    assert _told(_inspect(page, expected), "default-src *")


def test_a_page_that_is_too_large_fails(page, expected, monkeypatch):
    """A report stays under 900 kB."""
    monkeypatch.setattr(gate, "MAXIMUM_BYTES", 1000)
    assert "at most 1000 are allowed" in _inspect(page, expected)[0]


def test_an_empty_page_is_told():
    """Nothing at all is a finding, not a crash."""
    assert inspect_report("", None) == ["the page cannot be parsed: Document is empty"]
