"""The page of changes tells every change of the agreement's areas, and the command's exit codes hold."""

import dataclasses
import json

import lxml.html
import pytest
from click.testing import CliRunner

from indicators.changes import compute_changes
from indicators.cli import main
from indicators.model import LANGUAGES
from indicators.narrative.texts import load_texts
from indicators.report.changes_page import render_changes, summarise_changes, tell_since
from indicators.stored import BUNDLED_FOLDER


@pytest.fixture(scope="module")
def changes(bundled, catalogue):
    """Some figures of the bundled snapshot revised, one gone, one new, and a direction turned."""
    rows = bundled.observations.copy()

    def at(indicator, area, year):
        found = (rows["indicator_id"] == indicator) & (rows["area_code"] == area) & (rows["year"] == year)
        return rows.index[found & (rows["sex"] == "total")][0]

    rows.loc[at("sotkanet:178", "931", 2011), "value"] += 3
    rows.loc[at("sotkanet:178", "091", 2011), "value"] += 3
    rows.loc[at("statfin:at_risk_of_poverty", "931", 2019), ["value", "count"]] *= 0.5
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
    """The lines for a municipal report count its own changes and ours."""
    lines = summarise_changes(changes, "931", load_texts("fi"))
    assert "2 lukua, jotka tilaston tuottaja on korjannut" in lines
    assert "24.11.2026" in tell_since(changes, load_texts("fi"))


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
