"""``check --live``: how the declared data differ from what the services say of themselves."""

import dataclasses
import json

import pytest

from indicators.catalogue.plan import load_plan
from indicators.config import load_settings
from replica import Fault, fill_missing
from replica.world import SERIES, make_replicas

pytest_plugins = ["replica.fixtures"]

TABLE = "118w.px"


@pytest.fixture
def live(world, monkeypatch):
    """A world in which these series alone are declared, and the services agree with them."""
    ours = {key: world.catalogue.indicators[key] for key in SERIES}
    catalogue = dataclasses.replace(world.catalogue, indicators=ours)
    monkeypatch.setattr("indicators.catalogue.load_catalogue", lambda **_: catalogue)
    plan = load_plan(world.catalogue, load_settings())  # names series of the whole catalogue
    monkeypatch.setattr("indicators.catalogue.plan.load_plan", lambda *_: plan)
    monkeypatch.setattr("indicators.cli.declared.dt", FixedDate)
    return world


class FixedDate:
    """Stands for ``datetime`` in the command line, on a day in 2026."""

    class date:  # noqa: N801 - as in datetime
        """The day."""

        year = 2026

        @classmethod
        def today(cls):
            """That day."""
            return cls


def check(live):
    """The findings of ``check --live --json``, as kind and what was found, by indicator."""
    result = live.run("check", "--live", "--json")
    findings = json.loads(result.stdout)
    assert all(list(item) == ["indicator_id", "kind", "declared", "found"] for item in findings)
    assert result.exit_code == (1 if findings else 0)
    return {item["indicator_id"]: (item["kind"], item["found"]) for item in findings}


def test_agreement_ends_with_0(live):
    """Where nothing differs, it says so; with ``--json`` the list is empty."""
    result = live.run("check", "--live")
    assert (result.exit_code, result.stdout) == (0, "The services agree with the declared data.\n")
    assert check(live) == {}


def test_no_figures_are_asked_for(live):
    """Descriptions suffice, each asked once."""
    check(live)
    asked = [*live.sotkanet.questions, *live.statfin.questions]
    assert len(asked) == len(set(asked))
    assert not [question for question in asked if "/json" in question or question.startswith("POST")]


def test_findings_are_a_table_and_exit_1(live):
    """Each difference is a row with what is declared and what was found."""
    live.sotkanet.titles[4] = "Aivan toinen otsikko"
    result = live.run("check", "--live")
    assert result.exit_code == 1
    assert result.stdout.split()[:4] == ["indicator_id", "kind", "declared", "found"]
    assert "Aivan toinen otsikko" in result.stdout
    assert "agree" not in result.stdout


@pytest.mark.parametrize("unknown", ["404", "400", "empty"])
def test_id_that_is_gone(live, unknown):
    """However the service says so."""
    live.sotkanet.faults, live.sotkanet.unknown = [Fault("gone", "/indicators/4")], unknown
    ((key, (kind, found)),) = check(live).items()
    assert (key, kind) == ("sotkanet:4", "gone")
    assert "indicator 4 is gone" in found


def test_table_that_has_moved(live):
    """The service answers 400 with an empty body."""
    live.statfin.faults = [Fault("gone", TABLE)]
    assert check(live)["statfin:median_income"][0] == "gone"
    assert "table moved or gone (HTTP 400)" in check(live)["statfin:median_income"][1]


def test_title_that_drifted(live):
    """Another wording is found; spaces, dashes, case and a closing point are not."""
    title = live.sotkanet.titles[4]
    live.sotkanet.titles[181] = f" {live.sotkanet.titles[181].upper()} ."
    live.sotkanet.titles[4] = f"{title}, uusi rajaus"
    assert check(live) == {"sotkanet:4": ("title", f"{title}, uusi rajaus")}


def test_series_that_has_ended(live):
    """A living series whose last year is long past; one that is declared to end is not told."""
    frame = live.sotkanet._groups[4]
    live.sotkanet._groups[4] = frame[frame["year"] < 2021]
    assert check(live) == {"sotkanet:4": ("ended", "the last year is 2020")}


def test_series_without_years(live, monkeypatch):
    """A description without a range of years."""
    describe = live.sotkanet._describe

    def describe_without_range(key, faults, brief=False):
        return describe(key, faults, brief) | ({"range": None} if key == 4 else {})

    monkeypatch.setattr(live.sotkanet, "_describe", describe_without_range)
    assert check(live) == {"sotkanet:4": ("no_years", "the service offers no year")}


def test_level_that_is_lost(live):
    """A table without regions, for a series that is shown for them."""
    table = live.statfin.tables["118w"]
    area = next(item for item in table.variables if item["text"] == "Alue")
    for name in ("values", "valueTexts"):
        area[name] = [value for value in area[name] if value.startswith("KU") or value == "SSS"]
    assert check(live) == {"statfin:median_income": ("level", "municipality, country")}


def test_class_that_the_table_lost(live):
    """The content that is declared has another name now: the nearest names are told."""
    table = live.statfin.tables["118w"]
    content = next(item for item in table.variables if item["text"] == "Tiedot")
    content["values"] = content["valueTexts"] = ["Rahatulot, keskiarvo"]
    ((key, (kind, found)),) = check(live).items()
    assert (key, kind) == ("statfin:median_income", "form")
    assert "has no class 'Käytettävissä olevat rahatulot, mediaani'" in found


@pytest.mark.parametrize("kind", ["503", "drop", "html_login"])
def test_service_that_does_not_answer_is_not_taken_for_gone(live, kind):
    """Every series of the service is told, the other service's are compared; it is soon left alone."""
    live.statfin.faults = [Fault(kind)]
    found = check(live)
    assert set(found) == {key for key in SERIES if key.startswith("statfin")}
    assert {kind for kind, _ in found.values()} == {"no_answer"}
    assert live.statfin.requests.total() <= 8


def test_archived_and_own_series_are_not_compared(world, monkeypatch):
    """They have no live source."""
    archived = {
        key: item
        for key, item in world.catalogue.indicators.items()
        if getattr(item.source, "is_archived", False)
    }
    assert archived
    catalogue = dataclasses.replace(world.catalogue, indicators=archived)
    monkeypatch.setattr("indicators.catalogue.load_catalogue", lambda **_: catalogue)
    assert check(world) == {}
    assert world.statfin.questions == []


def test_all_declared_series_agree_with_replicas_that_serve_them(world, bundled, monkeypatch):
    """Where all that is declared is served up to now, nothing differs: no check finds what is not there."""
    empty = bundled.observations.iloc[:0]
    frame = fill_missing(empty, world.catalogue, range(2022, 2025))
    is_small = frame["area_code"].isin(["931", "179", "MK13", "HVA15", "SSS"])
    plan = load_plan(world.catalogue, load_settings())  # names series of the whole catalogue
    monkeypatch.setattr("indicators.catalogue.plan.load_plan", lambda *_: plan)
    monkeypatch.setattr("indicators.cli.declared.dt", FixedDate)
    sotkanet, statfin = make_replicas(world.catalogue, frame[is_small], max_calls=1000)
    with sotkanet, statfin:
        world.sotkanet, world.statfin = sotkanet, statfin
        assert check(world) == {}
    assert sum("/indicators/" in question for question in sotkanet.questions) > 80
