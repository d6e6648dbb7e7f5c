"""The municipal report says what there is, what there is not, and why."""

import dataclasses

import lxml.html
import pandas as pd
import pytest

from indicators import __version__
from indicators.assessment.load import Inputs, open_inputs
from indicators.catalogue.plan import Plan, load_plan
from indicators.catalogue.records import LocalText
from indicators.config import Settings, load_settings
from indicators.errors import SnapshotError, UnknownAreaError, UnknownNameError
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import Expectation, inspect_report
from indicators.report.municipal import MunicipalReport, open_municipal_report
from indicators.report.page.document import describe_page
from indicators.report.page.html import HtmlPart
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.write import write_snapshot
from tests.made_page import make_page

ALL_GOALS = [f"{group}.{goal}" for group in range(1, 5) for goal in range(1, 4)]


def _report(assessment, area="931", language="fi", settings=None, **more):
    found = assessment.catalogue.areas.get(area)
    inputs = Inputs(settings or Settings(), assessment, **more)
    return MunicipalReport(inputs, found, load_texts(language), "e")


def _parse(part):
    return lxml.html.fragment_fromstring(part.html, create_parent="div")


def _with_title(assessment, indicator_id, title):
    """The assessment under a catalogue in which one indicator has another title."""
    indicators = dict(assessment.catalogue.indicators)
    indicators[indicator_id] = indicators[indicator_id].model_copy(update={"title": LocalText(fi=title)})
    catalogue = dataclasses.replace(assessment.catalogue, indicators=indicators)
    return dataclasses.replace(assessment, catalogue=catalogue)


def test_a_goal_names_all_its_indicators(assessment):
    """Every indicator of a goal is shown with its value or named with the reason why not."""
    report = _report(assessment, "435")
    for goal_id in ALL_GOALS:
        text = " ".join(_parse(report.goal(goal_id)).text_content().split())
        for indicator, link in assessment.catalogue.links:
            if link.goal == goal_id and indicator.fallback_for is None:
                assert " ".join(indicator.title.fi.split()) in text, (goal_id, indicator.id)


def test_old_figures_are_called_old_in_words(assessment):
    """A figure from 2011 does not pass for today's."""
    part = _parse(_report(assessment).goal("3.2"))
    row = part.xpath(".//table[@class='latest']//tr[@data-indicator='sotkanet:181']")[0]
    assert "vanha" in row.text_content()
    assert "Tieto on vuodelta 2011, joten se ei kuvaa nykytilannetta." in part.text_content()


def test_a_hidden_figure_is_told_as_hidden(assessment):
    """Luhanka's hidden figures have their reason, and the earlier year is not passed off as the newest."""
    part = _parse(_report(assessment, "435").goal("1.3"))
    text = part.text_content()
    assert "Vuodelta 2024 lukua ei ole: Tuottaja on jättänyt luvun julkaisematta" in text


def test_a_true_zero_is_a_zero(assessment):
    """Luhanka's published zero is shown as a number."""
    part = _parse(_report(assessment, "435").goal("2.1"))
    row = part.xpath(".//table[@class='latest']//tr[@data-indicator='sotkanet:4']")[0]
    assert row.xpath("string(.//*[@data-field='value'])") == "0,0"


def test_computed_comparators_are_told_apart(assessment):
    """A region's figure computed from municipalities says so; a published one does not."""
    rows = {}
    for goal_id in ("1.3", "4.2"):
        part = _parse(_report(assessment).goal(goal_id))
        rows |= {
            row.get("data-indicator"): row.text_content() for row in part.xpath(".//tr[@data-indicator]")
        }
    assert "laskettu kuntien luvuista" in rows["statfin:road_accidents"]
    assert "laskettu kuntien luvuista" not in rows["statfin:at_risk_of_poverty"]


def test_an_older_area_division_is_told(assessment):
    """In the 2013 division Keski-Suomi had Kuhmoinen."""
    assert "Kuhmoinen" in _report(assessment).goal("3.2").html


def test_a_municipality_grown_since_is_told(assessment):
    """Kurikka's figures of the 2013 division are of the town before Jalasjärvi joined it."""
    assert "Jalasjärvi" in _parse(_report(assessment, "301").goal("3.2")).text_content()


def test_region_only_indicators_are_named_without_figures(assessment):
    """Sexual offences are not shown for a municipality, and the reader is told where they are."""
    part = _parse(_report(assessment, "435").goal("4.1"))
    assert "on vain alueraportissa" in part.text_content()
    assert not part.xpath(".//*[@data-indicator='statfin:offences_sexual_iccs']")


def test_women_and_men_are_shown_apart(assessment):
    """The turnout of 2021 is known by sex too."""
    part = _parse(_report(assessment).goal("1.1"))
    table = part.xpath(".//table[@class='years'][@data-indicator='statfin:municipal_turnout']")[0]
    rows = [(row.findtext("th"), row.get("data-sex", "total")) for row in table.xpath(".//tbody/tr")]
    assert rows[:5] == [
        ("2025", "total"),
        ("2021", "total"),
        ("2021", "female"),
        ("2021", "male"),
        ("2017", "total"),
    ]
    assert rows[-1] == ("1992", "total")
    filled = table.xpath(".//tbody/tr")[-1].text_content()
    assert "lähde THL Sotkanet" in filled


def test_preparedness_is_not_measured_by_open_statistics(assessment):
    """Goal 4.3 says what its figures do not tell."""
    assert "varautumi" in _parse(_report(assessment).goal("4.3")).text_content().lower()
    assert assessment.catalogue.goal("4.3").note.fi in _parse(_report(assessment).goal("4.3")).text_content()


def test_working_titles_are_told(assessment):
    """Every report says that the goals' titles are working titles."""
    assert "työnimiä" in _report(assessment).about().html


def test_a_municipality_without_name_forms(assessment):
    """Where no case forms are declared, the text uses constructions that need none."""
    header = _parse(_report(assessment, "020").header()).text_content()
    assert "Kunta on Akaa." in header
    assert "kunnassa Akaa" not in header
    assert "seurataan Viitasaarella" in _parse(_report(assessment).header()).text_content()


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</script><b>",
        "a & b < c",
        "\u202etoisinpäin",
        "x" * 5000,
    ],
    ids=["script", "attribute", "end", "signs", "rtl", "long"],
)
def test_texts_of_producers_are_shown_not_interpreted(assessment, title):
    """A title with markup is text on the page, in tables, captions and drawings."""
    part = _parse(_report(_with_title(assessment, "sotkanet:181", title)).goal("3.2"))
    assert part.xpath(".//article[.//@data-indicator='sotkanet:181']/h4")[0].text_content() == title
    assert not part.xpath(".//script | .//img | .//b")


def test_a_text_without_translation_falls_back_to_finnish(assessment):
    """A missing translation is better read in Finnish than lost."""
    changed = _with_title(assessment, "sotkanet:181", "Vain <b>suomeksi")
    part = _parse(_report(changed, language="sv").goal("3.2"))
    marked = part.xpath(".//h4/span[@lang='fi']") + part.xpath(".//th//span[@lang='fi']")
    assert [item.text_content() for item in marked] == ["Vain <b>suomeksi"] * 2
    assert not _parse(_report(changed).goal("3.2")).xpath(".//span[@lang]")


def test_the_feedback_address_is_the_publishers(assessment):
    """The address comes from the settings; without one the report says that there is none."""
    told = _report(assessment, settings=Settings(feedback="palaute@example.fi")).about().html
    assert "palaute@example.fi" in told
    assert "ei ole ilmoittanut palauteosoitetta" in _report(assessment).about().html


def test_open_by_name_and_code():
    """A notebook may name the municipality either way."""
    assert open_municipal_report("viitasaari").area.code == "931"
    assert open_municipal_report("931", "sv").texts.language == "sv"


def test_unknown_things_are_told():
    """Unknown area, language, snapshot and goal each end with their own message."""
    with pytest.raises(UnknownAreaError, match="Did you mean: Viitasaari"):
        open_municipal_report("viitasari")
    with pytest.raises(UnknownNameError, match="Unknown language 'de'"):
        open_municipal_report("931", "de")
    with pytest.raises(UnknownNameError, match="Unknown snapshot 'nothing'"):
        open_municipal_report("931", snapshot="nothing")
    with pytest.raises(UnknownNameError, match=r"Unknown goal '5\.1'"):
        open_municipal_report("931").goal("5.1")


def test_a_damaged_snapshot_is_refused(tmp_path):
    """A snapshot whose file has changed is not reported on."""
    import shutil

    from indicators.snapshot.store import BUNDLED_FOLDER

    shutil.copytree(BUNDLED_FOLDER, tmp_path / "s")
    file = tmp_path / "s" / "series.json"
    file.write_text(file.read_text("utf-8").replace("2013", "2014", 1), "utf-8")
    with pytest.raises(SnapshotError, match=r"series\.json is damaged"):
        open_municipal_report("931", snapshot=str(tmp_path / "s"))


# --- the plan, and what has changed -------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan(catalogue):
    """The package's example plan."""
    return load_plan(catalogue)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_goal_shows_the_municipalitys_own_measures(assessment, plan, language):
    """Viitasaari's four measures stand under their goals, marked as examples; others' do not."""
    report = _report(assessment, "931", language, plan=plan)
    example = load_texts(language)("measures_example")
    for goal_id in ALL_GOALS:
        part = _parse(report.goal(goal_id))
        told = part.xpath(".//li/@data-measure")
        assert told == [item.id for item in plan.select(goal=goal_id, party="931")]
        marks = [item.text_content() for item in part.xpath(".//*[@data-example]")]
        assert marks == ([example] if told else [])
        assert bool(part.xpath(f".//h4[text()='{load_texts(language)('measures')}']")) == bool(told)


def test_overdue_measures_are_told_in_words(assessment, plan):
    """The due date that has passed is told with its day."""
    part = _parse(_report(assessment, plan=plan).goal("1.1"))
    assert "Määräaika päättyi 31.10.2026, eikä toimenpide ole valmis." in part.text_content()
    assert "Kunnalla on yksi toimenpide, ja se on käynnissä." in part.text_content()


def test_a_parties_own_plan_is_not_called_an_example(assessment, plan):
    """A real plan's measures, targets and dates carry no mark of an example."""
    own = Plan(plan.content.model_copy(update={"is_example": False}), "")
    report = _report(assessment, plan=own)
    for part in (report.follow_up(), report.goal("2.1")):
        parsed = _parse(part)
        assert not parsed.xpath(".//*[@data-example]")
        assert "(esimerkki)" not in parsed.text_content()
        assert "esimerkkisuunnitelma" not in parsed.text_content()
        assert "2028, esimerkki" not in parsed.text_content()


def test_the_follow_up_round_is_told(assessment, plan):
    """Which round the report serves, the municipality's own due dates, and that the dates are examples."""
    text = _parse(_report(assessment, plan=plan).follow_up()).text_content()
    assert "Raportti on tehty seurantaan, jonka päivä on 31.3.2027" in text
    assert "Seuraava määräpäivä on 31.12.2027." in text
    assert "esimerkkisuunnitelmasta, eivät osapuolten päätöksiä" in text
    assert "Kunnalla on neljä toimenpidettä: kolme on käynnissä ja yksi on valmis." in text
    assert "Kahden toimenpiteen määräaika on umpeutunut." in text
    other = _parse(_report(assessment, "077", plan=plan).follow_up())
    assert "ei ole toimenpiteitä, joissa kunta olisi mukana" in other.text_content()
    assert not other.xpath(".//*[@data-example]")


def test_who_is_no_party_has_no_plan(assessment, plan):
    """A municipality outside the agreement is told nothing of its follow-up."""
    text = _parse(_report(assessment, "091", plan=plan).follow_up()).text_content()
    assert "palvelee" not in text
    assert "toimenpide" not in text.replace("toimenpiteet", "")


def test_a_target_stands_beside_its_figure(assessment, plan):
    """In the table with the verdict, in the drawing and its caption, and under the table of years."""
    part = _parse(_report(assessment, plan=plan).goal("2.1"))
    row = part.xpath(".//table[@class='latest']//tr[@data-indicator='statfin:no_qualification_25_29']")[0]
    (cell,) = row.xpath(".//*[@data-field='target']")
    assert cell.get("data-verdict") == "not_reached"
    told = "Tavoite vuodelle 2028 (esimerkki): enintään 12,0\u00a0%"
    assert cell.text_content() == f"{told}; tavoitetta ei vielä saavutettu (2019)"
    article = part.xpath(".//article[.//@data-indicator='statfin:no_qualification_25_29']")[0]
    assert told in article.findtext(".//figcaption")
    labels = [item.text for item in article.iterfind(".//svg//text")]
    assert {"tavoite 12,0", "2028, esimerkki"} <= set(labels)
    foot = article.xpath(".//table[@class='years']/tfoot/tr")[0]
    assert foot.text_content() == told
    columns = len(article.xpath(".//table[@class='years']/thead/tr/th"))
    assert int(foot.xpath("./td/@colspan")[0]) == columns


def test_a_target_without_interval_is_not_judged(assessment, plan):
    """Unemployment has no counts: the two numbers stand side by side."""
    part = _parse(_report(assessment, plan=plan).goal("3.2"))
    (cell,) = part.xpath(".//table[@class='latest']//*[@data-field='target']")
    assert cell.text_content() == "Tavoite vuodelle 2028 (esimerkki): 7,0–9,0\u00a0%"
    measure = part.xpath(".//li[@data-measure='esimerkki-tyollisyys']")[0].text_content()
    assert "Uusin luku: 11,4\u00a0% (2011), Viitasaari. Luvulla ei ole luottamusväliä" in measure


def test_other_municipalities_are_drawn_once(assessment):
    """One drawing of small charts, with the indicator of the first main point; none outside the agreement."""
    pages = {
        area: "".join(_report(assessment, area).goal(goal_id).html for goal_id in ALL_GOALS)
        for area in ("931", "091")
    }
    assert pages["931"].count('class="multiples"') == 1
    assert pages["091"].count('class="multiples"') == 0
    drawing = _parse(HtmlPart(pages["931"])).xpath(".//figure[@class='multiples']")[0]
    assert drawing.getparent().xpath("./figure[1]/@data-indicator") == [drawing.get("data-indicator")]


def test_without_an_earlier_snapshot_nothing_is_compared(assessment):
    """The bundled figures are the first: one sentence says so."""
    part = _parse(_report(assessment).follow_up())
    assert "Edellisen kerran lukuja" in part.text_content()
    assert not part.xpath(".//li")


@pytest.fixture
def later(bundled, catalogue):
    """A stored snapshot after the bundled one: one figure of Viitasaari revised, one new, one gone."""
    rows = bundled.observations.copy()
    found = (rows["area_code"] == "931") & (rows["sex"] == "total")
    at = {
        year: rows.index[found & (rows["indicator_id"] == "sotkanet:181") & (rows["year"] == year)][0]
        for year in (2005, 2010, 2011)
    }
    new = rows.loc[[at[2011]]].assign(year=2012, value=10.9)
    rows.loc[at[2010], "value"] = 13.3
    rows = pd.concat([rows.drop(index=at[2005]), new], ignore_index=True)
    folder = load_settings().snapshots_folder
    stored = write_snapshot(folder, rows, bundled.series, catalogue, bundled.created, previous=bundled)
    return load_snapshot(str(stored.path))


def test_changes_since_the_earlier_snapshot_are_told(later):
    """By cause with old and new value, in a report opened by its snapshot's id; the gate accepts it."""
    report = open_municipal_report("931", snapshot=later.id)
    lines = {i.get("data-cause"): i.text_content() for i in _parse(report.follow_up()).xpath(".//li")}
    title = report.catalogue.indicators["sotkanet:181"].title.fi
    assert lines["new_period"] == f"1 uusi luku: {title} (2012): 10,9\u00a0%."
    assert f"{title} (2010): aiemmin 11,5\u00a0%, nyt 13,3\u00a0%." in lines["revised"]
    assert lines["vanished"].startswith("1 luku, jota ei enää ole saatavilla: ")
    html = make_page(report, describe_page(report.assessment, report.area, report.texts, "e"))
    expected = Expectation(report.inputs, report.area, "fi", "e", __version__)
    assert inspect_report(html, expected) == []
    spoiled = html.replace("1 uusi luku:", "2 uutta lukua:")
    assert any("changes since last time" in finding for finding in inspect_report(spoiled, expected))
    # computed once for all reports of the process
    assert open_inputs(later.id).changes is report.changes
    assert not len(report.changes.old.observations)


def test_a_lost_earlier_snapshot_is_no_error(later, monkeypatch, tmp_path):
    """Where the earlier snapshot is not stored, the report says that there is nothing to compare with."""
    monkeypatch.setattr("indicators.snapshot.store.BUNDLED_FOLDER", tmp_path)
    report = open_municipal_report("931", snapshot=str(later.path))
    assert "Edellisen kerran lukuja" in report.follow_up().html
