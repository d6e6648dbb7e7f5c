"""The region's report shows its municipalities side by side, and the gate refuses a figure of a wrong one."""

import copy
import dataclasses

import lxml.html
import pytest

from indicators.assessment.goals import find_mark
from indicators.assessment.load import Inputs
from indicators.catalogue.catalogue import finnish_order
from indicators.catalogue.plan import load_plan
from indicators.charts.map import load_boundaries
from indicators.config import Settings
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import inspect_report
from indicators.report.regional import RegionReport
from tests.made_page import make_municipal


def _report(assessment, language="fi", **more):
    area = assessment.catalogue.areas.get("MK13")
    return RegionReport(Inputs(Settings(), assessment, **more), area, load_texts(language), "e")


@pytest.fixture(scope="module")
def report(assessment):
    """The region's report."""
    return _report(assessment)


@pytest.fixture(scope="module")
def pages(report):
    """It for the screen and for paper, as made."""
    return make_municipal(report)


@pytest.fixture
def page(pages):
    """A parsed copy for the screen, free to be spoiled."""
    return copy.deepcopy(lxml.html.document_fromstring(pages[0]))


def _inspect(page, report):
    html = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    return inspect_report(html, report)


def _cell(page, indicator, area):
    return page.xpath(f".//tr[@data-area='{area}']/td[@data-indicator='{indicator}']")[0]


SHARE = "statfin:tertiary_education"


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pages_pass_the_gate(assessment, language):
    """Screen and paper with its appendix hold the region's figures and its municipalities', and no other."""
    report = _report(assessment, language)
    screen, paper = make_municipal(report, appendix=True)
    assert inspect_report(screen, report) == []
    assert inspect_report(paper, report, is_paper=True) == []


def test_swapped_municipalities_fail(page, report):
    """A right figure beside the wrong name is a wrong figure."""
    one, other = (_cell(page, SHARE, code).find("data") for code in ("931", "435"))
    mine, others = one.get("value"), other.get("value")
    one.set("value", others)
    other.set("value", mine)
    one.text, other.text = other.text, one.text
    found = [item for item in _inspect(page, report) if f"{SHARE} 2025" in item]
    assert [item.split()[0] for item in found] == ["435", "931"]


@pytest.mark.parametrize("tag", ["svg", "figure"])
def test_a_changed_number_of_a_drawing_fails(tag, page, report):
    """Dots are listed on their drawing, and the numbers of map and strip are marked where they stand."""
    if tag == "svg":
        item = page.xpath(".//svg[contains(@data-figures, ' 931')]")[0]
        item.set("data-figures", item.get("data-figures").replace(" 931", " 435", 1))
    else:
        item = page.xpath(".//figure//*[@data-value and @data-area='931']")[0]
        item.set("data-value", "99")
    assert _inspect(page, report)


def test_a_wrong_mark_fails(page, report):
    """The mark in a cell is the assessment's."""
    mark = _cell(page, SHARE, "931").find("span")
    mark.set("data-verdict", {"better": "worse"}.get(mark.get("data-verdict"), "better"))
    assert any(f"{SHARE} of 931 has the mark" in item for item in _inspect(page, report))


def test_a_lost_municipality_fails(page, report):
    """Every municipality has its figures in each table."""
    row = _cell(page, SHARE, "931").getparent()
    row.getparent().remove(row)
    assert any(item.startswith("the page holds") for item in _inspect(page, report))
    for item in page.xpath("//*[@data-area='931']"):
        item.getparent().remove(item)
    assert f"{SHARE} of 931 is missing: its figure of 2025 is current" in _inspect(page, report)


def test_a_stranger_fails(page, report):
    """Only the agreement's municipalities have rows."""
    _cell(page, SHARE, "931").getparent().set("data-area", "091")
    found = [item for item in _inspect(page, report) if item.startswith(f"091 {SHARE}")]
    assert found[0].endswith("the figures have None")


def test_figures_of_the_region_only_are_shown_for_the_region_only(page, report):
    """What municipal reports leave out is here, and is refused in a municipality's row."""
    hidden = "statfin:offences_sexual_iccs"
    assert page.xpath(f".//table[@role='table']//tr[@data-indicator='{hidden}']//data/@value")
    assert not page.xpath(f".//td[@data-indicator='{hidden}']")
    _cell(page, SHARE, "931").set("data-indicator", hidden)
    found = [item for item in _inspect(page, report) if item.startswith(f"931 {hidden}")]
    assert found[0].endswith("the figures have None")


def test_each_drawing_has_the_table_that_it_promises(pages, report):
    """Dots, map and strip have the municipalities' figures in the goal's table, of the same year."""
    for html in pages:
        page = lxml.html.document_fromstring(html)
        cells = {
            (item.get("data-indicator"), item.get("data-year"), item.getparent().get("data-area"))
            for item in page.xpath(".//table[contains(@class, 'by-area')]//td[data]")
        }
        drawn = set()
        for item in page.xpath(".//figure//*[@data-value and @data-area]"):
            key = item.xpath("string(ancestor::figure/@data-indicator)")
            drawn.add((key, item.get("data-year"), item.get("data-area")))
        for item in page.xpath(".//tr[@data-indicator]//svg[@data-figures]"):
            key = item.xpath("string(ancestor::tr/@data-indicator)")
            figures = [figure.split() for figure in item.get("data-figures").split(";")]
            drawn |= {(key, figure[1], figure[3]) for figure in figures if len(figure) == 4}
        assert len(drawn) > 100
        assert drawn <= cells
    assert not page.xpath(".//figure[not(ancestor::*[contains(@class, 'members')])]")


def test_one_current_indicator_a_goal_is_drawn(page, assessment):
    """Map and strip are of the same current indicator and year, one a goal: the table's first."""
    oldest = assessment.snapshot.created.year - assessment.catalogue.agreement.current_years
    maps = page.xpath(".//figure")
    assert len(maps) == len(page.xpath(".//*[@class='members']//th[@class='sc']")) > 5
    for figure in maps:
        side = figure.getparent()
        first = side.xpath(".//td[@data-indicator]/@data-indicator")[0]
        (year,) = {text.get("data-year") for text in figure.xpath(".//*[@data-year]")}
        assert figure.get("data-indicator") == first == side.xpath("string(.//p/@data-indicator)")
        assert side.xpath(f"string(.//p/data[@data-role='median' and @data-year='{year}'])")
        assert int(year) >= oldest


def test_marks_stand_only_where_they_tell_municipalities_apart(page, assessment):
    """A column in which all marks are the same says so once, at its foot."""
    for table in page.xpath(".//table[contains(@class, 'by-area')]"):
        goal = table.get("data-goal")
        for cell in table.xpath("./tbody/tr[1]/td"):
            key = cell.get("data-indicator")
            rows = (
                row
                for area in assessment.catalogue.members
                for row in assessment.rows(area.code)
                if (row.goal_id, row.indicator_id) == (goal, key) and row.value is not None and not row.is_old
            )
            found = {find_mark(row) for row in rows}
            marks = set(table.xpath(f".//td[@data-indicator='{key}']/*/@data-verdict"))
            judged = found & {"better", "worse", "similar"}
            assert marks == (judged if len(found) > 1 else set())


def test_municipalities_stand_in_alphabetical_order(page):
    """No table is ordered by its figures."""
    tables = page.xpath(".//table[contains(@class, 'by-area')]")
    assert tables
    for table in tables:
        names = [item.text for item in table.xpath("./tbody/tr/th")]
        assert names == sorted(names, key=finnish_order)


def test_first_and_newest_years_cross_no_break(page, assessment):
    """The region's own ends stand in one table, each current indicator once, within one unbroken series."""
    lines = page.xpath(".//table[contains(@class, 'ends')]/tbody/tr")
    ids = [line.get("data-indicator") for line in lines]
    assert len(ids) == len(set(ids)) > 10
    for line in lines:
        indicator = assessment.catalogue.indicators[line.get("data-indicator")]
        first, last = (int(item) for item in line.xpath(".//data/@data-year"))
        assert not any(first < item.year <= last for item in indicator.breaks)
        assert last == assessment.row("MK13", indicator.id).year


def test_each_measure_is_told_once_with_its_parties(assessment, demonstration):
    """The example plan's measures stand in one list of the region's report."""
    plan = load_plan(assessment.catalogue)
    report = _report(assessment, plan=plan)
    page = lxml.html.document_fromstring(make_municipal(report)[0])
    told = page.xpath(".//*[@data-measure]/@data-measure")
    assert sorted(told) == sorted(item.id for item in plan.select())
    assert _inspect(page, report) == []


def test_without_boundaries_the_figures_remain(assessment, monkeypatch):
    """A region whose borders are not packaged has its strips and tables, and no half map."""
    borders = dataclasses.replace(load_boundaries(), outlines={})
    monkeypatch.setattr("indicators.charts.map.load_boundaries", lambda: borders)
    report = _report(assessment)
    page = lxml.html.document_fromstring(make_municipal(report)[0])
    assert not page.xpath(".//figure")
    assert page.xpath(".//th[@class='sc']")
    assert _inspect(page, report) == []
