"""The gate refuses a municipal report whose measures or changes are wrong."""

import copy
from dataclasses import replace

import lxml.html
import pytest

from indicators.assessment.load import open_inputs
from indicators.catalogue.plan import PLAN_FILE
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import inspect_report
from indicators.report.municipal import open_municipal_report
from tests.made_page import expect_municipal, make_municipal


@pytest.fixture(scope="module")
def made(demonstration):
    """Viitasaari's parsed page and what it must be."""
    report = open_municipal_report("931")
    return lxml.html.document_fromstring(make_municipal(report)[0]), expect_municipal(report)


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
    assert _told(inspect(page), "tavoite-2-1 tells the measures")
    line.getparent().remove(line)
    assert _told(inspect(page), "tavoite-2-1 tells the measures {}")


def test_a_measure_that_is_no_longer_overdue_fails(page, inspect):
    """The words of the passed due date may not be lost."""
    (mark,) = _measure(page, "esimerkki-osallisuus").xpath(".//*[@data-overdue]")
    mark.getparent().remove(mark)
    assert _told(inspect(page), "tavoite-1-1 tells the measures")


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
    monkeypatch.delenv("YHDYSPINTA_DEMO")
    expected = replace(made[1], inputs=open_inputs("bundled"))
    html = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    assert _told(inspect_report(html, expected), "has the marks of an example plan")


def test_changes_that_were_not_fail(page, inspect):
    """Without an earlier snapshot there are no changes to tell."""
    section = page.xpath(".//section[@id='seuranta']")[0]
    section.append(lxml.html.fragment_fromstring('<ul><li data-cause="revised">3 lukua</li></ul>'))
    assert _told(inspect(page), "the changes since last time are")


def test_the_example_is_called_one_in_every_language():
    """Words of the mark are there in the three languages, and differ."""
    assert len({load_texts(language)("measures_example") for language in ("fi", "sv", "en")}) == 3
