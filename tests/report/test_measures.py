"""Measures are told by status, overdue ones and targets in words; an example says that it is one."""

import dataclasses
import datetime as dt
import re

import pytest

from indicators.catalogue.plan import Plan, load_plan
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.measures import MeasureWriter
from indicators.report.page.html import load_macros


@pytest.fixture(scope="module")
def plan(catalogue):
    """The package's example plan."""
    return load_plan(catalogue)


@pytest.fixture(scope="module")
def writer(plan, assessment):
    """Writes the example plan in Finnish."""
    return MeasureWriter(plan, assessment, load_texts("fi"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_block_of_a_goal_has_the_example_mark(plan, assessment, language):
    """Each measure once, marked as an example, with nothing left unfilled; a real plan has no mark."""
    texts = load_texts(language)
    block = MeasureWriter(plan, assessment, texts).block("3.2", "931")
    assert block.example == texts("measures_example")
    html = "".join(
        str(load_macros("measures.html.j2").measure_list(items, False)) for _, items in block.groups
    )
    assert re.findall(r'data-measure="([^"]+)"', html) == ["esimerkki-tyollisyys"]
    assert "{" not in html
    own = MeasureWriter(Plan(plan.content.model_copy(update={"is_example": False}), ""), assessment, texts)
    assert not own.block("3.2", "931").example


def test_choice_without_measures_shows_nothing(writer):
    """No heading stands over nothing."""
    assert writer.block("4.2", "077") is None


def test_measures_are_gathered_by_status_and_overdue_told(writer):
    """Statuses in words, the overdue measure with its date, and their number in the lead."""
    block = writer.block("", "931")
    assert [words for words, _ in block.groups] == ["käynnissä", "valmis"]
    overdue = [item.id for _, items in block.groups for item in items if item.overdue]
    assert overdue == ["esimerkki-osallisuus", "esimerkki-turvallisuus"]
    assert "neljä toimenpidettä: kolme on käynnissä ja yksi on valmis." in block.lead
    assert "Kahden toimenpiteen määräaika on umpeutunut." in block.lead
    item = block.groups[0][1][0]
    assert item.overdue == "Määräaika päättyi 31.10.2026, eikä toimenpide ole valmis."


def test_overdue_is_counted_from_the_snapshots_date(plan, assessment, writer):
    """The clock of the machine plays no part."""
    earlier = dataclasses.replace(assessment.snapshot, created=dt.date(2026, 2, 1))
    other = MeasureWriter(plan, dataclasses.replace(assessment, snapshot=earlier), writer.texts)
    assert not [i for _, items in other.block("", "931").groups for i in items if i.overdue]


def test_target_stands_beside_the_latest_figure(plan, writer):
    """A band and an upper value, with the area's figure and year; without an area the target alone."""
    by_id = {item.id: item for item in plan.measures}
    band = writer.target(by_id["esimerkki-tyollisyys"], "931")
    assert "Tavoite vuodelle 2028 on 7,0–9,0\u00a0%" in band
    assert "11,4\u00a0% (2011), Viitasaari" in band
    assert "enintään 12,0\u00a0%" in writer.target(by_id["esimerkki-nuoret"])
    assert writer.target(by_id["esimerkki-talous"]) == ""


def test_a_measure_has_its_parties_and_its_forum(plan, writer):
    """All parties of a measure stand in it; the forum that reads is not told that it follows."""
    chosen = plan.select(forum="ks-turva")
    ((_, (first, *_)), *_) = writer.by_status(chosen, forum="ks-turva")
    assert first.line.startswith("Vastuussa: Jyväskylä, Viitasaari, Keski-Suomen hyvinvointialue.")
    assert first.forum == ""
    assert writer.view(chosen[0]).forum == "Seuranta: KS-Turva."


def test_follow_up_round_is_told_with_what_comes_after(plan, assessment, writer):
    """The round that the report serves, the later points and the next due dates."""
    text = writer.follow_up(plan.measures)
    assert text.startswith("Raportti on tehty seurantaan, jonka päivä on 31.3.2027 (Vuoden 2026 seuranta).")
    assert "Sen jälkeen: 31.3.2028, 31.3.2029." in text
    assert "Seuraavat määräpäivät ovat 31.12.2026, 31.3.2027, 31.5.2027." in text
    bare = Plan(plan.content.model_copy(update={"follow_up": (), "measures": ()}), "")
    assert MeasureWriter(bare, assessment, writer.texts).follow_up(()) == ""  # no date is made up
    late = dataclasses.replace(assessment.snapshot, created=dt.date(2030, 1, 1))
    other = MeasureWriter(plan, dataclasses.replace(assessment, snapshot=late), writer.texts)
    assert other.follow_up(plan.measures) == "Sovittuja seuranta-ajankohtia ei ole enää jäljellä."
