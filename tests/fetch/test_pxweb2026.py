"""The whole command against StatFin's tables of 2026: what is fetched, and what ``check --live`` says."""

import json

import pytest

from indicators.catalogue.plan import load_plan
from indicators.config import load_settings
from indicators.fetch import fetch
from indicators.snapshot.load import load_snapshot
from replica.declared import make_replicas
from replica.frames import fill_missing
from replica.pxweb import PxWebReplica
from replica.pxweb2026 import TABLES, make_tables_of_2026
from replica.world import QUICK, World

#: Tables of which no account is known, or of which the contents are not: they are not in the replica.
UNSEEN = {"14vl", "12qh", "13kq", "118w", "15fh", "159t"}


def list_tables(source):
    """Names of a series' tables."""
    parts = [part for part in (source.value, source.count, source.denominator) if part]
    return {(part.table or source.table).rpartition("/")[2] for part in parts}


@pytest.fixture
def of_2026(catalogue, bundled, tmp_path, monkeypatch):
    """An empty home, both services as they are in 2026, and the live series of Statistics Finland."""
    monkeypatch.setattr("indicators.catalogue.load_catalogue", lambda **_: catalogue)
    monkeypatch.chdir(tmp_path)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(fetch.LIMITS, "statfin", QUICK.__class__(calls=1000, max_bytes=2**26))
    monkeypatch.setitem(fetch.LIMITS, "sotkanet", QUICK)
    frame = fill_missing(bundled.observations.iloc[:0], catalogue, range(2022, 2025))
    is_small = frame["area_code"].isin(["931", "179", "MK13", "HVA15", "SSS"])
    sotkanet, _ = make_replicas(catalogue, frame[is_small], max_calls=1000)
    statfin = PxWebReplica(make_tables_of_2026(catalogue), max_calls=10_000)
    with sotkanet, statfin:
        yield World(catalogue, frame, tmp_path / "home", sotkanet, statfin, bundled)


@pytest.fixture
def declared(catalogue):
    """Live series of Statistics Finland."""
    return {
        key: item.source
        for key, item in catalogue.indicators.items()
        if item.source.service == "statfin" and not item.source.is_archived
    }


def test_fetch_reads_every_series_whose_table_is_there(of_2026, declared):
    """The others are stale and keep what they had; nothing else fails."""
    result = of_2026.run("fetch", "--source", "statfin", "--json")
    told = json.loads(result.stdout)
    seen = {key for key, source in declared.items() if list_tables(source) <= TABLES.keys()}
    assert set(told["problems"]) == set(declared) - seen
    assert all("table moved or gone" in problem for problem in told["problems"].values())
    snapshot = load_snapshot("latest", of_2026.folder)
    for key in seen:
        metadata = snapshot.series[key]
        assert (metadata.carried, metadata.parts[-1].last_year >= 2024) == (False, True)
    children = snapshot.rows("statfin:children_at_risk_of_poverty").set_index(["area_code", "year"])
    assert children.loc[("435", 2024), "status"] == "suppressed"
    assert children.loc[("216", 2024), "status"] == "suppressed"
    assert children.loc[("931", 2024), "count"] == 141


def test_check_live_tells_only_what_was_never_seen_and_that_first(of_2026, declared, monkeypatch):
    """It is silent about every series whose table is there."""
    plan = load_plan(of_2026.catalogue, load_settings())
    monkeypatch.setattr("indicators.catalogue.plan.load_plan", lambda *_: plan)
    of_2026.sotkanet.titles[4] = "Aivan toinen otsikko"
    findings = json.loads(of_2026.run("check", "--live", "--json").stdout)
    unseen = [key for key, source in declared.items() if list_tables(source) & UNSEEN]
    assert [item["indicator_id"] for item in findings] == [*unseen, "sotkanet:4"]
    assert {item["kind"] for item in findings[:-1]} == {"gone"}
    assert all(declared[key].is_unverified for key in unseen)
