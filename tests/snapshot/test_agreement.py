"""A second series of a matter gives years only where it was, or is, shown to agree with the preferred one."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from indicators.catalogue.plan import load_plan
from indicators.catalogue.records import Fills
from indicators.config import load_settings
from indicators.model import WORD_COLUMNS, SeriesMetadata, SeriesPart
from indicators.snapshot.agreement import find_disagreement, measure_agreement
from indicators.snapshot.load import Snapshot

pytest_plugins = ["replica.fixtures"]

PREFERRED, OTHER = "statfin:at_risk_of_poverty", "sotkanet:3099"
YEARS = range(2005, 2012)


@pytest.fixture
def declared(catalogue):
    """The catalogue with a fallback that gives the years that the preferred indicator lacks."""
    other = catalogue.indicators[OTHER].model_copy(
        update={"fills": Fills(vintage=2013), "fallback_for": PREFERRED}
    )
    return dataclasses.replace(catalogue, indicators=catalogue.indicators | {OTHER: other})


def make_snapshot(catalogue, differences=(), n_areas=22, years=YEARS, vintage="2026-11-28"):
    """TEST DATA: the preferred series and another that differs from it by so much, figure by figure."""
    areas = [area.code for area in catalogue.areas.municipalities()][:n_areas]
    keys = pd.MultiIndex.from_product([areas, years], names=["area_code", "year"]).to_frame(index=False)
    value = 10 + np.arange(len(keys)) % 37 / 3
    shift = np.zeros(len(keys))
    shift[: len(differences)] = differences
    frames = [
        keys.assign(indicator_id=key, sex="total", value=numbers)
        for key, numbers in ((PREFERRED, value), (OTHER, (value + shift).round(1)))
    ]
    table = pd.concat(frames, ignore_index=True).assign(
        count=np.nan, denominator=np.nan, status="normal", status_note=""
    )
    table = table.astype(dict.fromkeys(WORD_COLUMNS, "category"))
    part = SeriesPart(2005, 2011, vintage)
    series = {
        key: SeriesMetadata(key, "sotkanet", "thl", "u", {}, (part,), vintage) for key in (PREFERRED, OTHER)
    }
    return Snapshot("x", "x", dt.date(2026, 11, 28), Path("x"), {}, table, series)


def judge(declared, **options):
    """Why the fallback gives no years; None where it does."""
    return find_disagreement(make_snapshot(declared, **options), declared, declared.indicators[OTHER])


def test_declared_vintage_needs_no_proof(declared):
    """The figures for which agreement was shown stand, whatever they are beside newer ones."""
    assert judge(declared, vintage="2013", differences=[5.0] * 154) is None
    assert judge(declared, vintage="2013-02-01", differences=[5.0] * 154) is None


def test_other_vintage_must_agree_within_rounding(declared):
    """Seven years of 22 municipalities that differ by rounding alone are one series."""
    assert judge(declared) is None
    found = judge(declared, differences=[0.2] * 154)
    assert (found.areas, found.figures, found.equal) == (22, 154, 0)


@pytest.mark.parametrize(("n_different", "holds"), [(7, True), (8, False)])
def test_a_twentieth_may_have_been_corrected(declared, n_different, holds):
    """Of 154 figures seven may differ, eight may not."""
    assert (judge(declared, differences=[1.0] * n_different) is None) == holds


@pytest.mark.parametrize(
    ("n_areas", "years", "holds"),
    [(20, YEARS[:5], True), (19, YEARS, False), (22, YEARS[:4], False)],
)
def test_few_common_figures_prove_nothing(declared, n_areas, years, holds):
    """Twenty municipalities with five common years each are the least."""
    assert (judge(declared, n_areas=n_areas, years=years) is None) == holds


def test_missing_figures_are_not_common(declared):
    """A figure that either lacks is neither agreement nor disagreement."""
    snapshot = make_snapshot(declared)
    is_lost = (snapshot.observations["indicator_id"] == OTHER) & (snapshot.observations["year"] > 2008)
    snapshot.observations.loc[is_lost, "value"] = np.nan
    items = [declared.indicators[key] for key in (PREFERRED, OTHER)]
    found = measure_agreement(snapshot, *items)
    assert (found.areas, found.figures, found.holds) == (0, 0, False)


def test_check_live_says_what_is_left_out(world, declared, monkeypatch):
    """The finding names both indicators, and how many figures agree."""
    ours = {key: declared.indicators[key] for key in (PREFERRED, OTHER)}
    small = dataclasses.replace(declared, indicators=ours)
    monkeypatch.setattr("indicators.catalogue.load_catalogue", lambda **_: small)
    plan = load_plan(declared, load_settings())
    monkeypatch.setattr("indicators.catalogue.plan.load_plan", lambda *_: plan)
    for differences, told in (([], []), ([0.5] * 154, [OTHER])):
        snapshot = make_snapshot(declared, differences)
        monkeypatch.setattr("indicators.fetch.compare.load_snapshot", lambda *_, it=snapshot: it)
        findings = json.loads(world.run("check", "--live", "--json").stdout)
        found = [item for item in findings if item["kind"] == "fills"]
        assert [item["indicator_id"] for item in found] == told
    assert found[0]["declared"] == f"gives years of {PREFERRED}"
    assert found[0]["found"] == (
        "0 of 154 common figures agree, of 22 municipalities with 5 common years; its years are left out"
    )
