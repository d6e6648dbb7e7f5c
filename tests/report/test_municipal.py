"""The municipal report says what there is, what there is not, and why, on the screen and on paper."""

import dataclasses
import re
import shutil
import warnings

import lxml.html
import pandas as pd
import pytest
from markupsafe import escape

from indicators.assessment.load import Inputs, open_inputs
from indicators.assessment.table import compute_assessment
from indicators.catalogue import load_catalogue
from indicators.catalogue.plan import Plan, load_plan
from indicators.catalogue.records import LocalText
from indicators.config import Settings, demonstrating, load_settings
from indicators.errors import SnapshotError, UnknownAreaError, UnknownNameError
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import inspect_report
from indicators.report.municipal import MunicipalReport, open_municipal_report
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import BUNDLED_FOLDER
from indicators.snapshot.write import write_snapshot
from tests.made_page import make_municipal
from tests.region_overlay import write_goals_overlay


def _report(assessment, area="931", language="fi", settings=None, **more):
    found = assessment.catalogue.areas.get(area)
    inputs = Inputs(settings or Settings(), assessment, **more)
    return MunicipalReport(inputs, found, load_texts(language), "e")


def _parse(part):
    return lxml.html.fragment_fromstring(part.html, create_parent="div")


def _with_indicator(assessment, indicator_id, **changed):
    """The assessment under a catalogue in which one indicator is declared otherwise."""
    indicators = dict(assessment.catalogue.indicators)
    indicators[indicator_id] = indicators[indicator_id].model_copy(update=changed)
    catalogue = dataclasses.replace(assessment.catalogue, indicators=indicators)
    return dataclasses.replace(assessment, catalogue=catalogue)


def _current(assessment, area="931"):
    return [row for row in assessment.rows(area) if row.goal_id and row.value is not None and not row.is_old]


# --- what stands where --------------------------------------------------------------------------------


@pytest.mark.parametrize("area", ["931", "435", "179"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pages_pass_the_gate(assessment, area, language):
    """Screen and paper with its appendix hold the area's figures, and no other."""
    report = _report(assessment, area, language)
    screen, paper = make_municipal(report, appendix=True)
    assert inspect_report(screen, report) == []
    assert inspect_report(paper, report, is_paper=True) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_of_two_people_is_told_in_words(assessment, language):
    """The gate reads the word as the number that it is, and no other word."""
    report = _report(assessment, "766", language)
    screen, _ = make_municipal(report)
    assert inspect_report(screen, report) == []
    word = {"fi": "kaksi", "sv": "två", "en": "two"}[language]
    assert f">{word}</data>" in screen
    findings = inspect_report(screen.replace(f">{word}</data>", ">three</data>"), report)
    assert any("is marked as '2'" in item or "is marked as '-2'" in item for item in findings)


def test_every_current_indicator_stands_in_its_goal(assessment):
    """Once, with its value and year; an old one never stands in the table."""
    page = _parse(_report(assessment).goals())
    shown = page.xpath(".//table[@class='baro']//tr[@data-indicator]")
    assert sorted(row.get("data-indicator") for row in shown) == sorted(
        row.indicator_id for row in _current(assessment)
    )
    years = {row.get("data-indicator"): int(row.get("data-year")) for row in shown}
    assert all(years[row.indicator_id] == row.year for row in _current(assessment))


def test_key_indicators_come_first(assessment):
    """In a goal the declared ones stand above the others, whatever the catalogue's order."""
    page = _parse(_report(assessment).goals())
    keys = {(link.goal, indicator.id) for indicator, link in assessment.catalogue.links if link.key}
    for section in page.xpath(".//section[starts-with(@id, 'tavoite-')]"):
        goal = section.get("id").removeprefix("tavoite-").replace("-", ".")
        shown = [
            (goal, row.get("data-indicator")) in keys for row in section.xpath(".//tr[@role='row'][@id]")
        ]
        assert shown == sorted(shown, reverse=True)


def test_paper_has_one_table_of_at_most_forty_rows(assessment):
    """One real table with the goals as groups, a head of six columns, and no row twice."""
    page = _parse(_report(assessment).barometer())
    (table,) = page.iter("table")
    rows = table.xpath(".//tr[@data-indicator]")
    assert 0 < len(rows) <= 40
    assert len({row.get("data-indicator") for row in rows}) == len(rows)
    assert len(table.xpath("./thead/tr/th[@scope='col']")) == 6
    assert all(len(row.xpath("./th[@scope='row'] | ./td")) == 6 for row in rows)


def test_old_figures_stand_apart(assessment):
    """An old figure is one line in its goal's second level, with its year."""
    page = _parse(_report(assessment).goals())
    old = {row.indicator_id: row.year for row in assessment.rows("931") if row.goal_id and row.is_old}
    lines = page.xpath(".//div[contains(@id, '-vanhat')]//tr[@data-indicator]")
    assert {line.get("data-indicator"): int(line.get("data-year")) for line in lines} == old


def test_a_source_is_named_once_with_its_own_years_and_address(assessment):
    """The figures of 2021 come from another service than those before, whose table says nothing of them."""
    page = _parse(_report(assessment).goals())
    (link,) = page.xpath(".//a[starts-with(@href, 'https://www.tutkihallintoa.fi')][1]")[:1]
    assert link.getparent().text_content().strip() == "Valtiokonttori, Tutkihallintoa.fi (2021)"
    assert not re.search(r"(\d{4})–\1", page.text_content())


def test_a_goal_can_be_shown_alone(assessment):
    """For copies of the notebook: some goals, or one."""
    report = _report(assessment)
    assert _parse(report.goal("3.2")).xpath(".//section[@aria-labelledby]/@id")[1:2] == ["tavoite-3-2"]
    only = _parse(report.goals(only=["1.1", "2.3"])).xpath(".//details[@class='goal']//section/@id")
    assert only == ["tavoite-1-1", "tavoite-2-3"]


def test_the_notebook_names_no_goal_and_no_area():
    """So another agreement's reports come from the same one."""
    from indicators.config import find_notebook

    source = find_notebook("kuntaraportti.ipynb").read_text("utf-8")
    calls = [line for line in source.splitlines() if "report." in line and '\\"' in line and "`" not in line]
    assert calls == []


def test_notes_are_lettered_once(assessment):
    """Each letter leads to its note, no note stands twice, and none is without a row."""
    page = _parse(_report(assessment).goals())
    letters = {link.get("href"): link.text_content() for link in page.xpath(".//a[@class='nt']")}
    notes = page.xpath(".//ol[@class='notes']/li")
    assert {f"#{note.get('id')}" for note in notes} == set(letters)
    assert len({note.text_content() for note in notes}) == len(notes)


def test_a_hidden_or_missing_figure_is_told_as_missing(assessment):
    """What has no figure is named under what is missing, with what would bring it."""
    text = _parse(_report(assessment, "435").measures()).text_content()
    missing = [row for row in assessment.rows("435") if row.goal_id and row.value is None]
    report = _report(assessment, "435")
    assert missing
    assert all(report.context.sentences.short_title(row.indicator_id) in text for row in missing)


# --- texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</script><b>",
        "a & b < c",
        "x" * 5000,
    ],
    ids=["script", "attribute", "end", "signs", "long"],
)
def test_texts_of_producers_are_shown_not_interpreted(assessment, title):
    """A title with markup is text on the page."""
    row = _current(assessment)[0]
    changed = _with_indicator(assessment, row.indicator_id, title=LocalText(fi=title), short_title=None)
    part = _parse(_report(changed).goal(row.goal_id))
    assert title in part.xpath(f".//tr[@data-indicator='{row.indicator_id}']/th")[0].text_content()
    assert not part.xpath(".//script | .//img | .//b")


def test_a_text_without_translation_falls_back_to_finnish(assessment):
    """A missing translation is better read in Finnish than lost, and says which language it is."""
    row = _current(assessment)[0]
    title = LocalText(fi="Vain <b>suomeksi")
    changed = _with_indicator(assessment, row.indicator_id, title=title, short_title=None)
    part = _parse(_report(changed, language="sv").goal(row.goal_id))
    marked = part.xpath(".//th//span[@lang='fi']") + part.xpath(".//h5/span[@lang='fi']")
    assert [item.text_content() for item in marked] == ["Vain <b>suomeksi"] * 2
    assert not _parse(_report(changed).goal(row.goal_id)).xpath(".//span[@lang]")


def test_a_name_with_quotes_cannot_leave_the_foot(assessment):
    """The foot's words stand in a style: no name may end the text or the element there."""
    named = dataclasses.replace(assessment.catalogue.areas.get("931"), names=('a"}</style><b>',) * 3)
    report = MunicipalReport(Inputs(Settings(), assessment), named, load_texts("fi"), 'e"</style>')
    assert report.header().html.count("</style>") == 1


def test_the_feedback_address_is_the_publishers(assessment):
    """The address comes from the settings; without one there is no word of it."""
    told = _report(assessment, settings=Settings(feedback="palaute@example.fi")).about()
    assert "palaute@example.fi" in told.html
    assert "palaute@example.fi" in told.make_paper()


def test_open_by_name_and_code():
    """A notebook may name the municipality either way."""
    assert open_municipal_report("viitasaari").area.code == "931"
    assert open_municipal_report("931", "sv").texts.language == "sv"


def test_unknown_things_are_told():
    """Unknown area, language, snapshot, goal and part each end with their own message."""
    with pytest.raises(UnknownAreaError, match="Did you mean: Viitasaari"):
        open_municipal_report("viitasari")
    with pytest.raises(UnknownNameError, match="Unknown language 'de'"):
        open_municipal_report("931", "de")
    with pytest.raises(UnknownNameError, match="Unknown snapshot 'nothing'"):
        open_municipal_report("931", snapshot="nothing")
    report = open_municipal_report("931")
    with pytest.raises(UnknownNameError, match=r"Unknown goal '5\.1'"):
        report.goal("5.1")
    with pytest.raises(AttributeError, match="this report has no 'summary'"):
        report.summary()


def test_a_damaged_snapshot_is_refused(tmp_path):
    """A snapshot whose file has changed is not reported on."""
    shutil.copytree(BUNDLED_FOLDER, tmp_path / "s")
    file = tmp_path / "s" / "series.json"
    file.write_text(file.read_text("utf-8").replace("201", "301", 1), "utf-8")
    with pytest.raises(SnapshotError, match=r"series\.json is damaged"):
        open_municipal_report("931", snapshot=str(tmp_path / "s"))


# --- little to tell -----------------------------------------------------------------------------------


def _only(bundled, catalogue, choose):
    """An assessment of the bundled rows that are chosen."""
    rows = bundled.observations
    return compute_assessment(dataclasses.replace(bundled, observations=rows[choose(rows)]), catalogue)


def test_a_municipality_without_a_current_figure(bundled, catalogue):
    """Every goal says so; both pages are whole and pass the gate."""
    report = _report(_only(bundled, catalogue, lambda rows: rows["year"] < 2013))
    screen, paper = make_municipal(report)
    assert inspect_report(screen, report) == []
    assert inspect_report(paper, report, is_paper=True) == []
    page = lxml.html.document_fromstring(screen)
    assert not page.xpath(".//table[@class='baro']")
    assert len(page.xpath(".//details[@class='goal']")) == len(catalogue.goals)


def test_a_snapshot_of_one_year(bundled, catalogue):
    """No line and no change is drawn of one year."""
    report = _report(_only(bundled, catalogue, lambda rows: rows["year"] == 2024))
    screen, _ = make_municipal(report)
    assert inspect_report(screen, report) == []
    page = lxml.html.document_fromstring(screen)
    assert page.xpath(".//table[@class='baro']")
    assert not page.xpath(".//svg[@class='sp' or @class='ch']")


# --- odd agreements -----------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 15, 40])
def test_an_agreement_of_so_many_goals(bundled, tmp_path, n):
    """Both pages are whole and true; where they outgrow their limits, whoever declares it is told."""
    folder = write_goals_overlay(tmp_path, n)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        catalogue = load_catalogue(overlay=folder)
    wanted = ["there are 40 goals; a report is laid out for at most 15"] if n == 40 else []
    assert [str(item.message).split(": ", 1)[1].split(",")[0] for item in told] == wanted
    report = _report(compute_assessment(bundled, catalogue))
    screen, paper = make_municipal(report)
    assert inspect_report(screen, report) == []
    assert inspect_report(paper, report, is_paper=True) == []
    page = lxml.html.document_fromstring(screen)
    assert len(page.xpath(".//details[@class='goal']")) == n
    assert len(page.xpath(".//table[@class='baro']//tr[@id]")) == len(_current(report.assessment))


def test_names_of_forty_characters(assessment):
    """A long name stands whole in the head, in the table's heads and in the feet."""
    name = "Pohjoisenkeskisuomenniemenselän kunnassa"
    assert len(name) == 40
    area = dataclasses.replace(assessment.catalogue.areas.get("931"), names=(name,) * 3)
    report = MunicipalReport(Inputs(Settings(), assessment), area, load_texts("fi"), "e")
    for html in make_municipal(report):
        page = lxml.html.document_fromstring(html)
        assert name in {cell.text_content() for cell in page.xpath(".//table[@class='baro']/thead//th")}
        assert page.xpath("string(.//h1)") == name
        assert f"{name} · Keski-Suomen yhteistyösopimus" in html


# --- the plan, and what has changed -------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan(catalogue):
    """The package's example plan."""
    return load_plan(catalogue)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_goal_shows_the_municipalitys_own_measures(assessment, plan, language):
    """Viitasaari's measures stand under their goals, marked as examples; others' do not."""
    report = _report(assessment, "931", language, plan=plan)
    example = load_texts(language)("measures_example")
    for goal in assessment.catalogue.goals:
        part = _parse(report.goal(goal.id))
        told = part.xpath(".//li/@data-measure")
        assert told == [item.id for item in plan.select(goal=goal.id, party="931")]
        marks = [item.text_content() for item in part.xpath(".//*[@data-example]")]
        assert marks == ([example] if told else [])


def test_paper_lists_the_measures(assessment, plan):
    """On paper, where no goal can be opened, all of the municipality's measures stand in one list."""
    part = lxml.html.fragment_fromstring(
        _report(assessment, plan=plan).measures().make_paper(), create_parent="div"
    )
    told = part.xpath(".//section[@id='toimet']//li/@data-measure")
    assert sorted(told) == sorted(item.id for item in plan.select(party="931"))


def test_overdue_measures_are_told_in_words(assessment, plan):
    """The due date that has passed is told with its day."""
    part = _parse(_report(assessment, plan=plan).goal("1.1"))
    assert "Määräaika päättyi 31.10.2026, eikä toimenpide ole valmis." in part.text_content()


def test_a_parties_own_plan_is_not_called_an_example(assessment, plan):
    """A real plan's measures and dates carry no mark of an example."""
    own = Plan(plan.content.model_copy(update={"is_example": False}), "")
    report = _report(assessment, plan=own)
    for part in (report.measures(), report.goal("2.1")):
        parsed = _parse(part)
        assert not parsed.xpath(".//*[@data-example]")
        assert "esimerkkisuunnitelma" not in parsed.text_content()


def test_without_a_plan_one_line_says_so(assessment):
    """No measure, target or date is made up."""
    text = _parse(_report(assessment).measures()).xpath(".//section[@id='toimet']")[0].text_content()
    assert _report(assessment).context.texts("plan_none") in text
    assert "esimerk" not in text.lower()
    assert not re.search(r"\d+\.\d+\.20\d\d", text)


def test_without_an_earlier_snapshot_nothing_is_compared(assessment):
    """The bundled figures are the first: one sentence says so."""
    part = _parse(_report(assessment).about()).xpath(".//section[@id='seuranta']")[0]
    assert load_texts("fi")("since_nothing_before") in part.text_content()
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
    lines = {
        i.get("data-cause"): i.text_content() for i in _parse(report.about()).xpath(".//li[@data-cause]")
    }
    assert {"new_period", "revised", "vanished"} <= set(lines)
    assert "11,5\u00a0%, nyt 13,3\u00a0%" in lines["revised"]
    screen, _ = make_municipal(report)
    assert inspect_report(screen, report) == []
    spoiled = screen.replace(lines["new_period"][:5], "7 uut", 1)
    assert any("7 uut" in finding for finding in inspect_report(spoiled, report))
    # computed once for all reports of the process
    assert open_inputs(later.id).changes is report.inputs.changes


def test_a_lost_earlier_snapshot_is_no_error(later, monkeypatch, tmp_path):
    """Where the earlier snapshot is not stored, the report says that there is nothing to compare with."""
    monkeypatch.setattr("indicators.snapshot.store.BUNDLED_FOLDER", tmp_path)
    report = open_municipal_report("931", snapshot=str(later.path))
    assert load_texts("fi")("since_nothing_before") in report.about().html


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_demonstration_marks_the_page(language):
    """No example passes for the parties' own plan; in a demonstration the header marks the page."""
    mark = str(escape(load_texts(language)("demo_mark")))
    with demonstrating():
        assert mark in open_municipal_report("931", language).header().html
    report = open_municipal_report("931", language)
    html = report.header().html + report.measures().html + report.goals().html
    assert mark not in html
    assert "data-measure" not in html
    assert "data-example" not in html
