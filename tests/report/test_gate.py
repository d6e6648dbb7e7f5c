"""The acceptance gate refuses every page that is not wholly its municipality's."""

import copy

import lxml.html
import pytest

from indicators import __version__
from indicators.assessment.load import open_inputs
from indicators.report.gate import gate
from indicators.report.gate.gate import Expectation, inspect_report


@pytest.fixture(scope="module")
def expected(edition, assessment):
    """What Viitasaari's report must be."""
    area = assessment.catalogue.areas.get("931")
    return Expectation(open_inputs("bundled"), area, "fi", edition.manifest["edition"], __version__)


@pytest.fixture(scope="module")
def pages(edition):
    """Parsed pages of Viitasaari and Luhanka; tests change copies."""
    return {area: lxml.html.document_fromstring(edition.page(area)) for area in ("931", "435")}


@pytest.fixture
def page(pages):
    """A copy of Viitasaari's page, free to be spoiled."""
    return copy.deepcopy(pages["931"])


def _inspect(page, expected):
    return inspect_report(lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>"), expected)


def _figure(page, indicator="sotkanet:181"):
    return page.xpath(f".//figure[@data-indicator='{indicator}']")[0]


def _latest_row(page, indicator="sotkanet:181"):
    return page.xpath(f".//table[@class='latest']//tr[@data-indicator='{indicator}']")[0]


def _field(row, name):
    return row.xpath(f".//*[@data-field='{name}']")[0]


@pytest.mark.parametrize("area", ["179", "435", "931"])
def test_a_made_report_is_accepted(edition, assessment, area):
    """Reports as made have no findings: a big city, the smallest place and one between."""
    found = assessment.catalogue.areas.get(area)
    expected = Expectation(open_inputs("bundled"), found, "fi", edition.manifest["edition"], __version__)
    assert inspect_report(edition.page(area), expected) == []


def test_a_reparsed_page_is_accepted(page, expected):
    """The way these tests take pages apart and together spoils nothing by itself."""
    assert _inspect(page, expected) == []


def test_swapping_one_figure_between_two_reports_fails_both(pages, expected, assessment):
    """The worst failure: another municipality's chart in the report."""
    ours, theirs = copy.deepcopy(pages["931"]), copy.deepcopy(pages["435"])
    one, other = _figure(ours), _figure(theirs)
    one.getparent().replace(one, copy.deepcopy(other))
    other.getparent().replace(other, copy.deepcopy(_figure(pages["931"])))
    luhanka = Expectation(
        expected.inputs, assessment.catalogue.areas.get("435"), "fi", expected.edition, __version__
    )
    assert any("another area: ['435']" in finding for finding in _inspect(ours, expected))
    assert any("another area: ['931']" in finding for finding in _inspect(theirs, luhanka))


def test_a_drawing_of_another_place_under_the_right_tags_fails(page, pages, expected):
    """Tags alone prove nothing: the drawing itself names its place and value."""
    drawing = _figure(page).find(".//svg")
    drawing.getparent().replace(drawing, copy.deepcopy(_figure(pages["435"]).find(".//svg")))
    findings = _inspect(page, expected)
    assert any("the figure of sotkanet:181 labels []" in finding for finding in findings)


def test_a_drawing_of_another_indicator_fails(page, expected):
    """The figure must end with its own indicator's latest value."""
    drawing = _figure(page).find(".//svg")
    drawing.getparent().replace(drawing, copy.deepcopy(_figure(page, "sotkanet:3071").find(".//svg")))
    assert any("figure of sotkanet:181 labels" in finding for finding in _inspect(page, expected))


def test_a_changed_latest_value_fails(page, expected):
    """The printed value must equal the assessment's."""
    _field(_latest_row(page), "value").text = "11,5 %"
    assert "sotkanet:181 shows '11,5 %'; the assessment has 11.4" in _inspect(page, expected)


def test_a_changed_year_fails(page, expected):
    """The printed year must equal the assessment's."""
    _field(_latest_row(page), "year").text = "2012"
    assert "sotkanet:181 shows the year '2012'; the assessment has 2011" in _inspect(page, expected)


def test_a_value_that_is_no_number_fails(page, expected):
    """A cell without a number is told, not skipped."""
    _field(_latest_row(page), "value").text = "–"
    assert any("sotkanet:181 shows '–'" in finding for finding in _inspect(page, expected))


def test_a_changed_cell_of_a_years_table_fails(page, expected):
    """Every year's figure is compared with the snapshot."""
    table = page.xpath(".//table[@class='years'][@data-indicator='sotkanet:181']")[0]
    table.xpath(".//tbody/tr")[3].find("td").text = "99,9 %"
    assert any("sotkanet:181: the table of years differs" in finding for finding in _inspect(page, expected))


def test_a_dropped_year_fails(page, expected):
    """A year that the snapshot has cannot be left out."""
    row = page.xpath(".//table[@class='years'][@data-indicator='sotkanet:181']//tbody/tr")[5]
    row.getparent().remove(row)
    assert any("differs from the snapshot" in finding for finding in _inspect(page, expected))


def test_a_changed_key_fact_fails(page, expected):
    """Population and age structure are read back too."""
    fact = page.xpath(".//dl//*[@data-indicator='statfin:population']")[0]
    _field(fact, "value").text = "6 000"
    assert any("statfin:population shows '6 000'" in finding for finding in _inspect(page, expected))


def test_a_lost_key_fact_fails(page, expected):
    """Key facts may not be left out."""
    fact = page.xpath(".//dl//*[@data-indicator='statfin:population']")[0]
    fact.getparent().remove(fact)
    assert any("key facts are" in finding for finding in _inspect(page, expected))


def test_a_lost_figure_fails(page, expected):
    """A warm process may lose figures silently: they are counted."""
    figure = _figure(page)
    figure.getparent().remove(figure)
    assert "sotkanet:181 has 0 figures; expected 1" in _inspect(page, expected)


def test_an_empty_drawing_fails(page, expected):
    """A figure without a line is no figure."""
    for path in _figure(page).findall(".//path"):
        path.getparent().remove(path)
    assert "the figure of sotkanet:181 has no drawing" in _inspect(page, expected)


def test_a_lost_indicator_row_fails(page, expected):
    """Nothing that has a value is silently left out."""
    row = _latest_row(page)
    row.getparent().remove(row)
    assert any("goal 3.2 shows" in finding for finding in _inspect(page, expected))


@pytest.mark.parametrize("change", ["drop", "swap"])
def test_goal_sections_must_be_all_twelve_in_order(page, expected, change):
    """Twelve goals, each once, in the agreement's order."""
    first, second = page.xpath(".//section[starts-with(@id, 'tavoite-')]")[:2]
    if change == "drop":
        first.getparent().remove(first)
    else:
        first.set("id", "tavoite-1-2")
        second.set("id", "tavoite-1-1")
    assert any(finding.startswith("goal sections are") for finding in _inspect(page, expected))


def test_an_indicator_of_the_region_only_fails(page, expected):
    """Figures that may point at people stay out of municipal reports."""
    _latest_row(page).set("data-indicator", "statfin:offences_sexual_iccs")
    assert "indicator statfin:offences_sexual_iccs may not be shown for a municipality" in _inspect(
        page, expected
    )


def test_an_undeclared_indicator_fails(page, expected):
    """Only declared indicators may appear."""
    _figure(page).set("data-indicator", "sotkanet:99999")
    assert "indicator sotkanet:99999 is not declared" in _inspect(page, expected)


@pytest.mark.parametrize("name", ["area", "snapshot"])
def test_an_element_of_another_area_or_snapshot_fails(page, expected, name):
    """One foreign mark anywhere is enough."""
    _latest_row(page).set(f"data-{name}", "179")
    assert any(f"elements of another {name}: ['179']" in finding for finding in _inspect(page, expected))


@pytest.mark.parametrize("name", ["area", "snapshot"])
def test_an_unmarked_table_fails(page, expected, name):
    """Every table and figure says whose it is."""
    del page.xpath(".//table")[0].attrib[f"data-{name}"]
    assert any(f"a table without data-{name}" in finding for finding in _inspect(page, expected))


@pytest.mark.parametrize("name", ["area", "snapshot", "edition", "version"])
def test_a_wrong_meta_fails(page, expected, name):
    """The page's head must agree with its content."""
    page.xpath(f".//meta[@name='yhdyspinta:{name}']")[0].set("content", "wrong")
    assert any(
        finding.startswith(f"meta yhdyspinta:{name} is 'wrong'") for finding in _inspect(page, expected)
    )


def test_a_wrong_language_or_title_fails(page, expected):
    """Screen readers follow lang; people follow the title."""
    page.set("lang", "en")
    page.find(".//title").text = "Luhanka"
    findings = _inspect(page, expected)
    assert "lang is 'en'; expected 'fi'" in findings
    assert any("does not name Viitasaari" in finding for finding in findings)


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<img src="https://example.org/x.png">', "would make a request"),
        ('<img src="x.png">', "would make a request"),
        ('<link rel="stylesheet" href="x.css">', "<link> element is not allowed"),
        ('<iframe src="data:text/html,x"></iframe>', "<iframe> element is not allowed"),
        ("<script>alert(1)</script>", "executable script is not allowed"),
        ('<script type="application/json">{not json</script>', "executable script is not allowed"),
        ('<a href="javascript:alert(1)">x</a>', "would run a script"),
        ('<p onclick="alert(1)">x</p>', "would run a script"),
        ("<style>@import 'x.css';</style>", "a style would make a request"),
        ('<p style="background: url(https://example.org/x)">x</p>', "a style would make a request"),
        ('<svg><use href="https://example.org/x#y"></use></svg>', "would make a request"),
        ("<pre>Traceback (most recent call last)</pre>", "trace of an error"),
        ('<p id="sisalto">again</p>', "ids are repeated: ['sisalto']"),
        ('<a href="#nowhere">x</a>', "links lead nowhere: ['nowhere']"),
    ],
)
def test_what_a_page_may_not_hold(page, expected, html, told):
    """No request, no script, no trace of an error, no repeated id, no dead link."""
    page.find(".//main").append(lxml.html.fragment_fromstring(html))
    assert any(told in finding for finding in _inspect(page, expected))


def test_a_script_is_found_however_its_address_is_written(page, expected):
    """Browsers read the name of a scheme past control characters and capitals."""
    html = lxml.html.tostring(page, encoding="unicode")
    armed = html.replace("</main>", '<a href="&#1; Java&#10;script:alert(1)">x</a></main>')
    assert any("would run a script" in finding for finding in inspect_report(armed, expected))


def test_a_json_data_block_is_allowed(page, expected):
    """Data for machines is no script."""
    block = lxml.html.fragment_fromstring('<script type="application/ld+json">{"a": 1}</script>')
    page.find(".//main").append(block)
    assert _inspect(page, expected) == []


def test_a_weaker_security_policy_fails(page, expected):
    """The policy is exactly the agreed one."""
    page.xpath(".//meta[@http-equiv]")[0].set("content", "default-src *")
    assert any("content security policy is" in finding for finding in _inspect(page, expected))


def test_a_page_that_is_too_large_fails(page, expected, monkeypatch):
    """A report stays under 900 kB."""
    monkeypatch.setattr(gate, "MAXIMUM_BYTES", 1000)
    assert "at most 1000 are allowed" in _inspect(page, expected)[0]


def test_an_empty_page_is_told():
    """Nothing at all is a finding, not a crash."""
    assert inspect_report("", None) == ["the page cannot be parsed: Document is empty"]
