"""The page of changes tells every change of the agreement's areas, and the command's exit codes hold."""

import dataclasses
import json

import lxml.html
import pytest
from click.testing import CliRunner

from indicators.assessment.changes import compute_changes
from indicators.cli import main
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.changes_page import render_changes, summarise_changes, tell_since
from indicators.snapshot.store import BUNDLED_FOLDER
from tests.made_page import read_numbers


@pytest.fixture(scope="module")
def changes(bundled, catalogue):
    """Some figures of the bundled snapshot revised, one gone, one new, and a direction turned."""
    rows = bundled.observations.copy()

    def at(indicator, area, year):
        found = (rows["indicator_id"] == indicator) & (rows["area_code"] == area) & (rows["year"] == year)
        return rows.index[found & (rows["sex"] == "total")][0]

    rows.loc[at("sotkanet:178", "931", 2011), "value"] += 3
    rows.loc[at("sotkanet:178", "091", 2011), "value"] += 3
    rows.loc[at("statfin:at_risk_of_poverty", "931", 2024), ["value", "count"]] *= 0.5
    rows = rows.drop(index=at("sotkanet:181", "435", 2005))
    old_rows = bundled.observations.drop(index=at("sotkanet:181", "992", 2011))
    item = catalogue.indicators["sotkanet:178"]
    links = tuple(link.model_copy(update={"direction": "no_judgement"}) for link in item.goals)
    turned = catalogue.indicators | {item.id: item.model_copy(update={"goals": links, "decimals": 2})}
    return compute_changes(
        dataclasses.replace(bundled, observations=old_rows),
        dataclasses.replace(bundled, observations=rows),
        catalogue,
        new_catalogue=dataclasses.replace(catalogue, indicators=turned),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_tells_the_changes_of_the_agreements_areas(changes, language):
    """Revised with both values, gone, new, and ours; figures of other municipalities are left out."""
    page = lxml.html.document_fromstring(render_changes(changes, language))
    assert page.get("lang") == language
    rows = page.xpath("//table[@data-indicator='sotkanet:178']//tr[@data-area='931']")
    assert rows
    assert not page.xpath("//tr[@data-area='091']")
    assert page.xpath("//table[@data-indicator='sotkanet:181']//tr[@data-area='435']")
    ours = " ".join(item.text_content() for item in page.xpath("//li[@data-indicator='sotkanet:178']"))
    assert load_texts(language)("direction_no_judgement") in ours
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_new_figures_are_told_as_years_and_areas(changes):
    """A new year is one sentence, not a row for each area."""
    text = lxml.html.document_fromstring(render_changes(changes)).text_content()
    assert "Uusia lukuja vuodelta 2011; alueita 1." in text


def test_an_area_has_its_changes_in_lines(changes):
    """One line a cause with its number and its first changes; the producer's and ours are told apart."""
    lines = {line.cause: line.text for line in summarise_changes(changes, "931", load_texts("fi"))}
    assert list(lines) == [
        "revised",
        "verdict_changed",
        "indicator_redefined",
        "direction_or_mapping_changed",
    ]
    assert lines["revised"].startswith("2 lukua, jotka tilaston tuottaja on korjannut: ")
    assert "(2024): aiemmin " in lines["revised"]
    assert ", nyt " in lines["verdict_changed"]
    assert "28.11.2026" in tell_since(changes, load_texts("fi"))
    new = {line.cause: line.text for line in summarise_changes(changes, "992", load_texts("fi"))}
    assert new["new_period"].startswith("1 uusi luku: ")
    assert "(2011): " in new["new_period"]


@pytest.mark.parametrize("area", ["931", "992", "435", "179"])
def test_lines_state_the_same_numbers_in_every_language(changes, catalogue, area):
    """Line by line, causes and numbers are equal in the three languages."""
    found = []
    for language in LANGUAGES:
        lines = summarise_changes(changes, area, load_texts(language))
        titles = sorted(
            (i.title.text(language) for i in catalogue.indicators.values()), key=len, reverse=True
        )
        found.append([(line.cause, _numbers(line.text, titles, language)) for line in lines])
    assert found[0] == found[1] == found[2]
    assert found[0]


def _numbers(text, titles, language):
    for title in titles:
        text = text.replace(title, "")
    return read_numbers(text, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fi",
            (
                "1,5–2,8 henkilöä vastaa yhtä",
                "lukuja, jotka ovat alle 10, 30, ei näytetä",
                "kyllä",
                "muutos enintään 1",
            ),
        ),
        ("sv", ("1,5–2,8 personer motsvarar en", "tal under 10, 30 visas inte", "ja", "ändring högst 1")),
        (
            "en",
            (
                "1.5–2.8 persons count as one",
                "counts under 10, 30 are not shown",
                "yes",
                "change of at most 1",
            ),
        ),
    ],
)
def test_a_redefined_field_is_told_in_words(language, words, bundled, catalogue):
    """No record of the program stands in a reader's line: what was not declared says so."""
    fields = {
        "statfin:basic_security_only": {"design_effect": None, "hidden_below": ()},
        "statfin:population": {"is_stock": False},
        "statfin:unemployed": {"steady_margin": None},
    }
    before = {key: catalogue.indicators[key].model_copy(update=given) for key, given in fields.items()}
    old = dataclasses.replace(catalogue, indicators=catalogue.indicators | before)
    changes = compute_changes(bundled, bundled, catalogue, old, catalogue)
    text = " ".join(lxml.html.document_fromstring(render_changes(changes, language)).text_content().split())
    assert all(word in text for word in words)
    assert load_texts(language)("field_none") in text
    assert "source=" not in text
    assert "True" not in text


def test_a_long_list_is_cut_and_counted(bundled, catalogue):
    """Hundreds of new figures are two examples and a number."""
    rows = bundled.observations
    old = dataclasses.replace(bundled, observations=rows[rows["year"] < 2019])
    lines = summarise_changes(compute_changes(old, bundled, catalogue), "931", load_texts("en"))
    (line,) = [line for line in lines if line.cause == "new_period"]
    numbers = read_numbers(line.text, "en")
    n_new = ((rows["area_code"] == "931") & (rows["year"] >= 2019) & rows["value"].notna()).sum().item()
    assert (numbers[0], numbers[-1]) == (n_new, n_new - 2)
    assert len(lines) <= 9
    assert len(line.text) < 400


def test_equal_snapshots_say_so(bundled, catalogue):
    """A page without changes says that there are none."""
    assert load_texts("en")("changes_none") in render_changes(
        compute_changes(bundled, bundled, catalogue), "en"
    )


def test_command_prints_json_and_writes_the_page(tmp_path):
    """JSON on stdout, HTML into a file; an unknown snapshot or language is wrong use."""
    run = CliRunner().invoke
    shown = run(main, ["changes", "bundled", "bundled", "--format", "json"])
    assert shown.exit_code == 0
    assert json.loads(shown.stdout)["changes"] == []
    target = tmp_path / "muutokset.html"
    assert run(main, ["changes", "bundled", "bundled", "-o", str(target)]).exit_code == 0
    assert target.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert run(main, ["changes", "bundled", "no-such"]).exit_code == 2
    assert run(main, ["changes", "bundled", "bundled", "--lang", "xx"]).exit_code == 2
    assert run(main, ["changes", "bundled", "bundled", "-o", str(tmp_path / "no" / "x.html")]).exit_code == 4


def test_damaged_and_newer_snapshots_end_with_storage_error(tmp_path):
    """A snapshot of a newer format is told with exit 4."""
    manifest = json.loads((BUNDLED_FOLDER / "manifest.json").read_text("utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"format": 99}), "utf-8")
    done = CliRunner().invoke(main, ["changes", "bundled", str(tmp_path)])
    assert done.exit_code == 4
    assert "format 99" in done.output
