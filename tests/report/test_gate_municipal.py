"""The gate refuses a municipal report whose measures, targets, changes or other places are wrong."""

import copy
from dataclasses import replace

import lxml.html
import pytest

from indicators import __version__
from indicators.assessment.load import open_inputs
from indicators.catalogue.plan import PLAN_FILE
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import Expectation, inspect_report
from indicators.report.municipal import open_municipal_report
from indicators.report.page.document import describe_page
from tests.made_page import make_page

TARGETED = "statfin:no_qualification_25_29"


@pytest.fixture(scope="module")
def made():
    """Viitasaari's parsed page and what it must be."""
    report = open_municipal_report("931")
    html = make_page(report, describe_page(report.assessment, report.area, report.texts, "e"))
    return lxml.html.document_fromstring(html), Expectation(
        report.inputs, report.area, "fi", "e", __version__
    )


@pytest.fixture
def page(made):
    """A copy of the page, free to be spoiled."""
    return copy.deepcopy(made[0])


@pytest.fixture
def inspect(made):
    """Inspects a page."""

    def inspect(page):
        return inspect_report(
            lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>"), made[1]
        )

    return inspect


def _told(findings, words):
    return any(words in finding for finding in findings)


def _measure(page, name):
    return page.xpath(f".//li[@data-measure='{name}']")[0]


def test_the_page_as_made_is_accepted(page, inspect):
    """Nothing is wrong with the page before it is spoiled."""
    assert inspect(page) == []


def test_a_lost_or_foreign_measure_fails(page, inspect):
    """A measure left out, and one of another municipality."""
    line = _measure(page, "esimerkki-nuoret")
    line.set("data-measure", "esimerkki-ikaantyneet")
    assert _told(inspect(page), "goal 2.1 tells the measures")
    line.getparent().remove(line)
    assert _told(inspect(page), "goal 2.1 tells the measures {}")


def test_a_measure_that_is_no_longer_overdue_fails(page, inspect):
    """The words of the passed due date may not be lost."""
    (mark,) = _measure(page, "esimerkki-osallisuus").xpath(".//*[@data-overdue]")
    mark.getparent().remove(mark)
    assert _told(inspect(page), "goal 1.1 tells the measures")


@pytest.mark.parametrize("way", ["drop", "words"])
def test_an_example_that_is_not_called_one_fails(page, inspect, way):
    """An example's measures never pass for decisions."""
    mark = page.xpath(".//section[@id='tavoite-2-1']//*[@data-example]")[0]
    if way == "drop":
        mark.getparent().remove(mark)
    else:
        mark.text = "Toimenpiteet on päätetty."
    assert _told(inspect(page), "section tavoite-2-1 has the marks of an example plan")


def test_an_example_mark_on_a_real_plan_fails(page, made, tmp_path, monkeypatch):
    """Where the settings name the parties' own plan, nothing is called an example."""
    text = PLAN_FILE.read_text("utf-8").replace("is_example: true", "is_example: false")
    (tmp_path / "plan.yaml").write_text(text, "utf-8")
    (tmp_path / "yhdyspinta.toml").write_text('plan = "plan.yaml"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    expected = replace(made[1], inputs=open_inputs("bundled"))
    html = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    assert _told(inspect_report(html, expected), "has the marks of an example plan")


@pytest.mark.parametrize("text", ["enintään 13,0\u00a0%", "enintään 12,0\u00a0% (2018)"])
def test_another_target_fails(page, inspect, text):
    """Number and year of a target's cell are the plan's and the figure's."""
    (cell,) = page.xpath(f".//tr[@data-indicator='{TARGETED}']//*[@data-field='target']")
    cell.text = f"Tavoite vuodelle 2028 (esimerkki): {text}; tavoitetta ei vielä saavutettu (2019)"
    assert _told(inspect(page), f"{TARGETED} shows the targets")


def test_another_verdict_on_a_target_fails(page, inspect):
    """Whether a target is reached is found again."""
    (cell,) = page.xpath(f".//tr[@data-indicator='{TARGETED}']//*[@data-field='target']")
    cell.set("data-verdict", "reached")
    assert _told(inspect(page), f"{TARGETED} shows the targets [('reached'")


def test_a_target_drawn_elsewhere_fails(page, inspect):
    """The label in the drawing and the sentence in the caption state the plan's value."""
    figure = page.xpath(f".//article//figure[@data-indicator='{TARGETED}']")[0]
    (label,) = [item for item in figure.iterfind(".//text") if item.text == "tavoite 12,0"]
    label.text = "tavoite 11,0"
    assert _told(inspect(page), f"the figure of {TARGETED} draws the targets")
    figure.find("figcaption").text = "Viitasaari: 16,5 % vuonna 2019."
    assert _told(inspect(page), f"the caption of {TARGETED} does not tell its target")


def test_a_target_that_is_not_shown_fails(page, inspect):
    """A target of the plan may not be left out."""
    (cell,) = page.xpath(f".//tr[@data-indicator='{TARGETED}']//*[@data-field='target']")
    cell.getparent().remove(cell)
    assert _told(inspect(page), f"{TARGETED} shows the targets []")


def test_changes_that_were_not_fail(page, inspect):
    """Without an earlier snapshot there are no changes to tell."""
    section = page.xpath(".//section[@id='seuranta']")[0]
    section.append(lxml.html.fragment_fromstring('<ul><li data-cause="revised">3 lukua</li></ul>'))
    assert _told(inspect(page), "the changes since last time are")


def test_another_places_number_in_the_small_charts_fails(page, inspect):
    """Every number beside another municipality is that municipality's."""
    figure = page.xpath(".//figure[@class='multiples']")[0]
    text = figure.xpath(".//text[@data-municipality='179']")[0]
    text.text = "999,9"
    assert _told(inspect(page), "show '999,9' for 179")
    text.set("data-municipality", "091")
    assert _told(inspect(page), "the small charts of")


def test_the_example_is_called_one_in_every_language():
    """Words of the mark are there in the three languages, and differ."""
    assert len({load_texts(language)("measures_example") for language in ("fi", "sv", "en")}) == 3
