"""Reports of forums and parties hold their goals, figures and measures; the gate refuses others."""

import copy
import dataclasses
import datetime as dt

import lxml.html
import pytest

from indicators import __version__
from indicators.assessment.load import Inputs
from indicators.catalogue.plan import Plan, load_plan
from indicators.config import Settings
from indicators.errors import UnknownNameError
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.followup_report import restrict_assessment
from indicators.report.forum import ForumReport, list_forum_goals, open_forum_report
from indicators.report.gate.forum import expect_forum, expect_party
from indicators.report.gate.gate import inspect_report
from indicators.report.kinds import describe_report
from indicators.report.measures import MeasureWriter
from indicators.report.party import PartyReport, open_party_report
from tests.made_page import make_page

PARTIES = ("keski-suomen-liitto", "hyvinvointialue")


@pytest.fixture(scope="module")
def plan(catalogue):
    """The package's example plan."""
    return load_plan(catalogue)


@pytest.fixture(scope="module")
def make(assessment, plan):
    """Makes a page and what it must be."""

    def make(kind, subject, language="fi", plan=plan, assessment=assessment):
        kinds = {"forum": (ForumReport, expect_forum), "party": (PartyReport, expect_party)}
        report, expect = kinds[kind]
        inputs = Inputs(Settings(), assessment, plan)
        expected = expect(inputs, subject, language, "e", __version__)
        made = report(inputs, subject, load_texts(language), "e")
        return make_page(made, describe_report(expected)), expected

    return make


@pytest.fixture(scope="module")
def original(make):
    """The report of KS-Turva, and what it must be."""
    return make("forum", "ks-turva")


@pytest.fixture
def page(original):
    """A parsed copy, free to be spoiled."""
    return copy.deepcopy(lxml.html.document_fromstring(original[0]))


def _inspect(page, original):
    html = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    return inspect_report(html, original[1])


def test_every_forums_report_passes_the_gate(make, catalogue):
    """Each of the agreement's forums has a report of its goals."""
    for forum in catalogue.agreement.forums:
        html, expected = make("forum", forum.id)
        assert inspect_report(html, expected) == []
        ids = lxml.html.document_fromstring(html).xpath("//section[starts-with(@id, 'tavoite-')]/@id")
        assert len(ids) == len(list_forum_goals(forum.id, catalogue))


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_partys_report_passes_the_gate(make, party, language):
    """The Regional Council and the county have all goals of the region and their own measures."""
    html, expected = make("party", party, language)
    assert inspect_report(html, expected) == []
    page = lxml.html.document_fromstring(html)
    assert not page.xpath("//table[@data-indicator]")
    served = MeasureWriter(expected.inputs.plan, expected.assessment, load_texts(language)).follow_up()
    assert served in [item.text for item in page.iterfind(".//header//p")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forums_report_is_made_in_each_language(make, language):
    """Facts come before lists, and the reader is told which follow-up the report serves."""
    html, expected = make("forum", "maahanmuutto-kotoutuminen", language)
    assert inspect_report(html, expected) == []
    page = lxml.html.document_fromstring(html)
    assert load_texts(language)("attention") in [item.text for item in page.iterfind(".//h2")]
    assert MeasureWriter(expected.inputs.plan, expected.assessment, load_texts(language)).follow_up() in [
        item.text for item in page.iterfind(".//header//p")
    ]
    summary = page.get_element_by_id("yhteenveto")
    assert next(item.tag for item in summary.iter("p", "ul")) == "p"


def test_attention_tells_worsening_overdue_and_stale(original, assessment):
    """What worsened names areas and years in alphabetical order; the rest is there as well."""
    page = lxml.html.document_fromstring(original[0])
    attention = page.get_element_by_id("huomio").text_content()
    assert "Määräaika päättyi 1.11.2026" in attention
    assert "uusin luku vuodelta 2019" in attention
    inputs = dataclasses.replace(original[1].inputs, assessment=assessment)
    report = ForumReport(inputs, "kuntajohtajakokous", load_texts("fi"), "e")
    # Debt that grew until 2011 is a stock and long past: no attention of today.
    assert not any("Lainakanta" in line for line in report._worsening())
    table = assessment.table
    current = (table["trend_verdict"] == "worsening") & ~table["is_old_trend"]
    watched = table["area_code"].isin(["MK13", *(area.code for area in assessment.catalogue.members)])
    assert bool(list(report._worsening())) == bool((current & watched & (table["goal_id"] != "")).any())


def test_wrong_figure_goal_or_subject_is_refused(page, original):
    """A changed figure, a lost goal and another forum's name are found."""
    page.xpath("//p[@data-indicator]//*[@data-field='value']")[0].text = "99,9"
    page.xpath("//meta[@name='yhdyspinta:forum']")[0].set("content", "tym-johtoryhmat")
    page.xpath("//h1")[0].text = "HYTE-ohjausryhmä: seurantaraportti"
    lost = page.get_element_by_id("tavoite-4-3")
    lost.getparent().remove(lost)
    findings = _inspect(page, original)
    assert any("shows '99,9'" in item for item in findings)
    assert any(item.startswith("meta yhdyspinta:forum is ['tym-johtoryhmat']") for item in findings)
    assert (
        "the heading is ['HYTE-ohjausryhmä: seurantaraportti']; expected 'KS-Turva: seurantaraportti'"
        in findings
    )
    assert any(item.startswith("goal sections are") for item in findings)


def test_lost_measure_is_refused(page, original):
    """A measure of the plan may not be left out, nor another put in its place."""
    for line in page.xpath("//section[@id='toimenpiteet']//*[@data-measure='esimerkki-varautuminen']"):
        line.set("data-measure", "esimerkki-talous")
    assert any(item.startswith("measures are ['esimerkki-talous'") for item in _inspect(page, original))


def test_hidden_delay_is_refused(page, original):
    """An overdue measure is told as overdue wherever it stands."""
    mark = page.xpath("//section[@id='toimenpiteet']//*[@data-overdue]")[0]
    mark.getparent().remove(mark)
    assert "measure esimerkki-turvallisuus is wrongly told as overdue or as not overdue" in _inspect(
        page, original
    )


def test_example_without_its_mark_is_refused(page, original):
    """An example that looks like a decision is not published."""
    mark = page.xpath("//*[@data-example]")[0]
    mark.getparent().remove(mark)
    assert "the mark of an example plan is there 1 times; expected 2" in _inspect(page, original)


def test_real_plan_has_no_example_mark_and_an_empty_one_says_so(make, plan):
    """The mark follows the plan; a plan without measures for the reader is told in words."""
    own = Plan(plan.content.model_copy(update={"is_example": False, "measures": plan.measures[:1]}), "x")
    html, expected = make("forum", "ks-turva", plan=own)
    assert inspect_report(html, expected) == []
    assert load_texts("fi")("measures_example") not in html
    assert load_texts("fi")("measures_none") in html


def test_delay_follows_the_snapshots_date(make, assessment):
    """The same plan on earlier figures has nothing overdue."""
    earlier = dataclasses.replace(assessment.snapshot, created=dt.date(2026, 2, 1))
    html, expected = make("forum", "ks-turva", assessment=dataclasses.replace(assessment, snapshot=earlier))
    assert inspect_report(html, expected) == []
    assert load_texts("fi")("attention_no_overdue") in html


def test_restriction_leaves_the_assessment_as_it_was(assessment):
    """Only the copy is kept to the goals."""
    before = len(assessment.table), len(assessment.catalogue.goals)
    kept = restrict_assessment(assessment, ["4.1"])
    assert [goal.id for goal in kept.catalogue.goals] == ["4.1"]
    assert set(kept.table["goal_id"]) == {"4.1"}
    assert {goal for _, link in kept.catalogue.links for goal in [link.goal]} == {"4.1"}
    assert (len(assessment.table), len(assessment.catalogue.goals)) == before


def test_unknown_forum_and_municipality_as_party_are_told():
    """The nearest names and where to look."""
    with pytest.raises(UnknownNameError, match=r"Unknown forum 'ks-turwa'\. Did you mean: ks-turva"):
        open_forum_report("ks-turwa")
    with pytest.raises(UnknownNameError, match="A municipality has its municipal report"):
        open_party_report("931")


def test_reports_are_opened_as_in_a_notebook():
    """A forum's and a party's report open from their ids alone."""
    assert open_forum_report("ks-turva").name == "KS-Turva"
    assert open_party_report("hyvinvointialue", "sv").name == "Mellersta Finlands välfärdsområde"
