"""Reports of forums and parties hold their goals, figures and measures; the gate refuses others."""

import copy
import dataclasses
import datetime as dt

import lxml.html
import pytest

from indicators.assessment.load import Inputs
from indicators.catalogue import load_catalogue
from indicators.catalogue.plan import NO_PLAN, Plan, load_plan
from indicators.config import Settings
from indicators.errors import CatalogueError, UnknownNameError
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.followup_report import restrict_assessment
from indicators.report.forum import ForumReport, open_forum_report
from indicators.report.gate.gate import inspect_report
from indicators.report.party import PartyReport, open_party_report
from tests.made_page import make_municipal
from tests.region_overlay import AGREEMENT, write_region_overlay

PARTIES = ("keski-suomen-liitto", "hyvinvointialue")
KINDS = {"forum": ForumReport, "party": PartyReport}


@pytest.fixture(scope="module")
def plan(catalogue):
    """The package's example plan."""
    return load_plan(catalogue)


@pytest.fixture(scope="module")
def make(assessment, plan):
    """Makes a parsed page for the screen that has passed the gate, as its page for paper has."""

    def make(kind, subject, language="fi", plan=plan, assessment=assessment):
        report = KINDS[kind](Inputs(Settings(), assessment, plan), subject, load_texts(language), "e")
        pages = make_municipal(report, appendix=True)
        for html, is_paper in zip(pages, (False, True), strict=True):
            assert inspect_report(html, report, is_paper) == []
        return lxml.html.document_fromstring(pages[0]), report

    return make


@pytest.fixture(scope="module")
def original(make):
    """The report of KS-Turva, and what it must be."""
    return make("forum", "ks-turva")


@pytest.fixture
def page(original):
    """A parsed copy, free to be spoiled."""
    return copy.deepcopy(original[0])


@pytest.fixture
def inspect(original):
    """What the gate says of a spoiled page."""

    def inspect(page):
        html = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
        return inspect_report(html, original[1])

    return inspect


def _text(page, part):
    return " ".join(page.get_element_by_id(part).text_content().split())


def test_every_forums_report_is_of_its_goals(make, catalogue):
    """Each of the agreement's forums has a report of the goals that name it, and of no others."""
    for forum in catalogue.agreement.forums:
        page, _ = make("forum", forum.id)
        ids = page.xpath("//section[starts-with(@id, 'tavoite-')]/@id")
        assert ids == [
            f"tavoite-{goal.id.replace('.', '-')}" for goal in catalogue.goals if forum.id in goal.forums
        ]
        assert page.findtext(".//h1") == forum.name.fi


@pytest.mark.parametrize(("party", "language"), [(PARTIES[0], "fi"), (PARTIES[1], "sv"), (PARTIES[0], "en")])
def test_a_partys_report_is_of_all_goals_and_its_own_measures(make, plan, party, language):
    """In each language; every measure once, with its parties."""
    page, expected = make("party", party, language)
    assert len(page.xpath("//section[starts-with(@id, 'tavoite-')]")) == 12
    told = page.xpath("//*[@data-measure]/@data-measure")
    assert sorted(told) == sorted(item.id for item in plan.select(party=party))
    for line in page.xpath("//*[@data-measure]"):
        assert expected.name in line.text_content()
    assert "{" not in page.find(".//main").text_content()


def test_attention_is_current_tested_and_worse(original, assessment, catalogue):
    """Each place that is named differs by a test in its current figure, and each that differs is named."""
    indicator, areas = "statfin:offences_property_iccs", [catalogue.areas.get("MK13"), *catalogue.members]
    (row,) = original[0].xpath(f"//section[@id='huomio']//tr[@data-indicator='{indicator}']")
    found = {area.name(): assessment.row(area.code, indicator) for area in areas}
    worse = [
        name
        for name, item in found.items()
        if item.rest_verdict == "worse" and item.country_verdict != "better" and not item.is_old
    ]
    assert worse
    assert row.xpath(".//p/text()") == [f"Vain muuta maakuntaa heikompi: {', '.join(worse)}."]
    assert [item.text_content() for item in row.xpath(".//data")] == ["23,8", "28,9"]


def test_attention_leaves_out_the_old_and_the_untested(make, assessment):
    """Debt that grew until 2011 is no attention of today; what was not tested is none either."""
    page, _ = make("forum", "kuntajohtajakokous")
    told = page.xpath("//section[@id='huomio']//tr/@data-indicator")
    assert "Lainakanta" not in _text(page, "huomio")
    for key in told:
        rows = [row for row in assessment.table.itertuples() if row.indicator_id == key and not row.is_old]
        assert any("worse" in (row.rest_verdict, row.country_verdict) for row in rows)
    calm = {"rest_verdict": ("worse", "similar"), "country_verdict": ("worse", "similar")}
    calm["trend_verdict"] = ("worsening", "no_evidence")
    changed = {name: assessment.table[name].astype(str).replace(*pair) for name, pair in calm.items()}
    none = dataclasses.replace(
        assessment, table=assessment.table.assign(**{k: v.astype("category") for k, v in changed.items()})
    )
    page, _ = make("forum", "ks-turva", assessment=none)
    assert load_texts("fi")("attention_nothing") in _text(page, "huomio")


def test_a_forum_tells_its_own_due_dates(make, plan):
    """Of the forum's open measures, and of nobody else's; it is not told that it follows them itself."""
    page, _ = make("forum", "ks-turva")
    assert "Seuraava määräpäivä on 31.5.2027." in _text(page, "toimet")
    assert [item.text for item in page.xpath("//header//dd")] == ["4.1, 4.2, 4.3", "2", "31.5.2027"]
    assert "Yhden toimenpiteen määräaika on umpeutunut." in _text(page, "huomio")
    assert "Määräaika päättyi 1.11.2026" in _text(page, "toimet")
    assert "Seuranta: KS-Turva" not in _text(page, "toimet")
    page, _ = make("forum", "tym-johtoryhmat")
    assert "Seuraava määräpäivä on 31.12.2027." in _text(page, "toimet")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forum_without_measures_says_so(make, plan, language):
    """With a plan that has none for it, and without a plan; no date and no example mark is left."""
    own = Plan(plan.content.model_copy(update={"is_example": False, "measures": plan.measures[:1]}), "x")
    texts = load_texts(language)
    for chosen, key in ((own, "measures_none_forum"), (NO_PLAN, "plan_none_parties")):
        page, _ = make("forum", "ks-turva", language, plan=chosen)
        assert texts(key) in _text(page, "toimet")
        assert texts("measures_example") not in page.text_content()
        assert not page.xpath("//*[@data-measure]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_party_without_goals_has_a_whole_page(make, language, monkeypatch):
    """One clear line instead of figures, and its measures."""
    monkeypatch.setattr(PartyReport, "list_goals", staticmethod(lambda subject, catalogue: []))
    page, _ = make("party", "hyvinvointialue", language)
    assert _text(page, "lyhyesti").endswith(load_texts(language)("follow_no_goals"))
    assert not page.xpath("//section[@id='tavoitteet'] | //section[@id='muuttunut']")
    assert len(page.xpath("//*[@data-measure]")) == 6


def test_a_goal_that_no_forum_follows_is_told_to_parties(make, assessment):
    """The goal stays in the report, and the gap is one line."""
    catalogue = assessment.catalogue
    goals = [goal.model_copy(update={"forums": ()}) if goal.id == "4.3" else goal for goal in catalogue.goals]
    agreement = catalogue.agreement.model_copy(update={"goals": tuple(goals)})
    loose = dataclasses.replace(assessment, catalogue=dataclasses.replace(catalogue, agreement=agreement))
    page, _ = make("party", "hyvinvointialue", assessment=loose)
    assert "Tavoitteet, joita mikään foorumi ei seuraa: 4.3." in _text(page, "huomio")
    assert page.get_element_by_id("tavoite-4-3") is not None


def test_a_forum_that_follows_no_goal_is_refused(tmp_path):
    """The declared data say whose it is and where."""
    overlay = write_region_overlay(tmp_path / "oma")
    spare = "  - {id: tyhja-foorumi, name: {fi: Tyhjä foorumi}}\ngroups:"
    (overlay / "agreement.yaml").write_text(AGREEMENT.replace("groups:", spare), "utf-8")
    with pytest.raises(CatalogueError, match="tyhja-foorumi"):
        load_catalogue(overlay=overlay)


def test_wrong_figure_or_subject_is_refused(page, inspect):
    """A changed figure and another forum's name are found."""
    page.xpath("//td[contains(@class, 'v ')]/data")[0].text = "99,9"
    page.xpath("//meta[@name='yhdyspinta:forum']")[0].set("content", "tym-johtoryhmat")
    page.xpath("//h1")[0].text = "HYTE-ohjausryhmä"
    findings = inspect(page)
    assert any("'99,9' is marked as" in item for item in findings)
    assert any("tym-johtoryhmat" in item for item in findings)
    assert any("HYTE-ohjausryhm" in item for item in findings)


def test_lost_or_hidden_measures_are_refused(page, inspect):
    """A delay may not be hidden, nor an example look like a decision."""
    for place in ("//*[@data-overdue]", "//*[@data-example]", "//section[@id='tavoite-4-3']"):
        spoiled = copy.deepcopy(page)
        spoiled.xpath(place)[0].drop_tree()
        assert inspect(spoiled), place


def test_delay_follows_the_snapshots_date(make, assessment):
    """The same plan on earlier figures has nothing overdue."""
    earlier = dataclasses.replace(assessment.snapshot, created=dt.date(2026, 2, 1))
    page, _ = make("forum", "ks-turva", assessment=dataclasses.replace(assessment, snapshot=earlier))
    assert load_texts("fi")("attention_no_overdue") in _text(page, "huomio")


def test_restriction_leaves_the_assessment_as_it_was(assessment):
    """Only the copy is kept to the goals."""
    before = len(assessment.table), len(assessment.catalogue.goals)
    kept = restrict_assessment(assessment, ["4.1"])
    assert [goal.id for goal in kept.catalogue.goals] == ["4.1"]
    assert set(kept.table["goal_id"]) == {"4.1"}
    assert {link.goal for _, link in kept.catalogue.links} == {"4.1"}
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
