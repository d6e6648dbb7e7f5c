"""The municipal report says what there is, what there is not, and why."""

import dataclasses

import lxml.html
import pytest

from indicators.catalogue.records import LocalText
from indicators.config import Settings
from indicators.errors import SnapshotError, UnknownAreaError, UnknownNameError
from indicators.narrative.texts import load_texts
from indicators.report.municipal import MunicipalReport, open_municipal_report

ALL_GOALS = [f"{group}.{goal}" for group in range(1, 5) for goal in range(1, 4)]


def _report(assessment, area="931", language="fi", settings=None):
    found = assessment.catalogue.areas.get(area)
    return MunicipalReport(assessment, found, load_texts(language), "e", settings or Settings())


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
    assert "Vuodelta 2019 lukua ei ole: Tuottaja on jättänyt luvun julkaisematta" in text


def test_a_true_zero_is_a_zero(assessment):
    """Luhanka's published zero is shown as a number."""
    part = _parse(_report(assessment, "435").goal("2.1"))
    row = part.xpath(".//table[@class='latest']//tr[@data-indicator='sotkanet:4']")[0]
    assert row.xpath("string(.//*[@data-field='value'])") == "0,0"


def test_computed_comparators_are_told_apart(assessment):
    """A region's figure computed from municipalities says so; a published one does not."""
    part = _parse(_report(assessment).goal("1.3"))
    rows = {row.get("data-indicator"): row.text_content() for row in part.xpath(".//tr[@data-indicator]")}
    assert "laskettu kuntien luvuista" in rows["statfin:at_risk_of_poverty"]
    assert "laskettu kuntien luvuista" not in rows["sotkanet:3126"]


def test_an_older_area_division_is_told(assessment):
    """In the 2013 division Keski-Suomi had Kuhmoinen."""
    assert "Kuhmoinen" in _report(assessment).goal("3.2").html


def test_a_municipality_grown_since_is_told(assessment):
    """Kurikka's figures of the 2013 division are of the town before Jalasjärvi joined it."""
    assert "Jalasjärvi" in _parse(_report(assessment, "301").goal("3.2")).text_content()


def test_region_only_indicators_are_named_without_figures(assessment):
    """Sexual offences are not shown for a municipality, and the reader is told where they are."""
    part = _parse(_report(assessment, "435").goal("4.1"))
    assert "esitetään vain alueraportissa" in part.text_content()
    assert not part.xpath(".//*[@data-indicator='statfin:offences_sexual_iccs']")


def test_women_and_men_are_shown_apart(assessment):
    """The turnout of 2021 is known by sex only."""
    part = _parse(_report(assessment).goal("1.1"))
    table = part.xpath(".//table[@class='years'][@data-indicator='statfin:municipal_turnout']")[0]
    rows = [(row.findtext("th"), row.get("data-sex", "total")) for row in table.xpath(".//tbody/tr")]
    assert rows == [("2021", "female"), ("2021", "male"), ("2017", "total")]


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

    from indicators.stored import BUNDLED_FOLDER

    shutil.copytree(BUNDLED_FOLDER, tmp_path / "s")
    file = tmp_path / "s" / "series.json"
    file.write_text(file.read_text("utf-8").replace("2013", "2014", 1), "utf-8")
    with pytest.raises(SnapshotError, match=r"series\.json is damaged"):
        open_municipal_report("931", snapshot=str(tmp_path / "s"))
