"""Every edit between two snapshots is found with its right cause, and nothing else is."""

import dataclasses
import datetime as dt
import json

import pandas as pd
import pytest

from indicators.assessment.changes import CAUSES, CHANGE_COLUMNS, compute_changes
from indicators.catalogue.digest import digest_catalogue, restore_catalogue
from indicators.errors import ParameterError, SnapshotError
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.write import write_snapshot

INDICATORS = ("sotkanet:181", "sotkanet:178", "statfin:municipal_turnout", "statfin:at_risk_of_poverty")
AREAS = ("931", "435", "179", "992", "729", "MK13", "SSS")


@pytest.fixture(scope="module")
def small(bundled):
    """A few indicators and areas of the bundled figures, as plain text and numbers."""
    rows = bundled.observations
    is_chosen = rows["indicator_id"].isin(INDICATORS) & rows["area_code"].isin(AREAS)
    rows = rows[
        is_chosen | (rows["indicator_id"] == INDICATORS[-1])
    ].copy()  # counts of all make the region's
    for column in ("indicator_id", "area_code", "sex", "status", "status_note"):
        rows[column] = rows[column].astype(str)
    return rows.reset_index(drop=True)


@pytest.fixture
def save(bundled, catalogue, tmp_path):
    """Writes rows as a snapshot under a catalogue."""

    def save(rows, name, declared=None, created=dt.date(2026, 11, 24)):
        series = {key: bundled.series[key] for key in rows["indicator_id"].unique()}
        stored = write_snapshot(tmp_path / name, rows, series, declared or catalogue, created)
        return load_snapshot(str(stored.path))

    return save


def _with(catalogue, indicator_id, **changes):
    """A catalogue in which one indicator is declared otherwise."""
    item = catalogue.indicators[indicator_id].model_copy(update=changes)
    return dataclasses.replace(catalogue, indicators=catalogue.indicators | {indicator_id: item})


def _at(rows, indicator, area, year, sex="total"):
    found = (rows["indicator_id"] == indicator) & (rows["area_code"] == area) & (rows["year"] == year)
    (at,) = rows.index[found & (rows["sex"] == sex)]
    return at


def _figures(changes):
    """Changed figures once each, as tuples."""
    rows = changes.table[changes.table["aspect"] == "figure"].drop_duplicates(
        ["indicator_id", "area_code", "year", "sex", "cause"]
    )
    return {(r.cause, r.indicator_id, r.area_code, int(r.year)) for r in rows.itertuples()}


def test_a_snapshot_does_not_differ_from_itself(bundled, catalogue):
    """Nothing is found between equal snapshots, and every cause is counted."""
    changes = compute_changes(bundled, bundled, catalogue)
    assert changes.table.empty
    assert tuple(changes.table.columns) == CHANGE_COLUMNS
    assert changes.counts == dict.fromkeys(CAUSES, 0)


def test_every_edit_of_figures_is_found_with_its_cause(small, save, catalogue):
    """A new year, a revised value, a new status, a lost value and a lost row; nothing else."""
    new = small.copy()
    last = new[(new["indicator_id"] == "sotkanet:181") & (new["area_code"] == "931")].iloc[-1]
    new = pd.concat([new, last.to_frame().T.assign(year=2013, value=12.5)], ignore_index=True)
    new.loc[_at(new, "sotkanet:178", "435", 2005), "value"] += 1.0
    new.loc[_at(new, "sotkanet:178", "179", 2006), "status"] = "provisional"
    lost = _at(new, "sotkanet:181", "992", 2000)
    new.loc[lost, ["value", "count", "status"]] = [float("nan"), float("nan"), "suppressed"]
    new = new.drop(index=_at(new, "sotkanet:181", "729", 2001))
    new = new.infer_objects()
    changes = compute_changes(save(small, "old"), save(new, "new"), catalogue)
    assert _figures(changes) == {
        ("new_period", "sotkanet:181", "931", 2013),
        ("revised", "sotkanet:178", "435", 2005),
        ("revised", "sotkanet:178", "179", 2006),
        ("vanished", "sotkanet:181", "992", 2000),
        ("vanished", "sotkanet:181", "729", 2001),
    }
    assert set(changes.table["cause"]) <= {"new_period", "revised", "vanished", "verdict_changed"}
    revised = changes.table[(changes.table["cause"] == "revised") & (changes.table["area_code"] == "435")]
    assert (revised["new_value"] - revised["old_value"]).tolist() == pytest.approx([1.0] * len(revised))
    gone = changes.table[(changes.table["cause"] == "vanished") & (changes.table["area_code"] == "992")]
    assert set(gone["old_said"]) == {"normal"}
    assert set(gone["new_said"]) == {"suppressed"}


def test_a_changed_verdict_names_what_is_behind_it(small, save, catalogue):
    """A revised count turns the comparison of its area, and the verdict says so."""
    new = small.copy()
    at = _at(new, "statfin:at_risk_of_poverty", "931", 2024)
    new.loc[at, ["value", "count"]] = [new.loc[at, "value"] / 2, round(new.loc[at, "count"] / 2)]
    changes = compute_changes(save(small, "old"), save(new, "new"), catalogue)
    rows = changes.table[changes.table["cause"] == "verdict_changed"]
    own = rows[rows["area_code"] == "931"]
    assert set(own["because"]) == {"revised"}
    assert set(rows.loc[rows["area_code"] != "931", "because"]) <= {"comparator"}
    assert set(rows["indicator_id"]) == {"statfin:at_risk_of_poverty"}


def test_our_own_changes_are_told_apart_from_the_producers(small, save, catalogue):
    """Redefinition, direction and goal: each once, with what it was and is, and no change of figures."""
    links = catalogue.indicators["sotkanet:181"].goals
    turned = tuple(link.model_copy(update={"direction": "no_judgement"}) for link in links)
    declared = _with(catalogue, "sotkanet:181", goals=turned)
    declared = _with(declared, "sotkanet:178", decimals=2)
    changes = compute_changes(save(small, "old"), save(small, "new", declared), catalogue)
    ours = changes.table[changes.table["area_code"] == ""]
    assert {(r.cause, r.indicator_id, r.aspect, r.old_said, r.new_said) for r in ours.itertuples()} == {
        ("direction_or_mapping_changed", "sotkanet:181", "direction", "lower_is_better", "no_judgement"),
        ("indicator_redefined", "sotkanet:178", "decimals", "1", "2"),
    }
    assert not _figures(changes)
    others = changes.table[changes.table["area_code"] != ""]
    assert set(others["cause"]) <= {"verdict_changed"}
    assert set(others["because"]) <= {"direction_or_mapping_changed", "indicator_redefined"}


def test_an_old_trend_is_no_news(bundled, save, catalogue):
    """A turned direction turns trends to 2011: news in 2013, none when they are fifteen years old."""
    rows = bundled.rows("sotkanet:181").astype({"indicator_id": str, "area_code": str, "sex": str})
    links = catalogue.indicators["sotkanet:181"].goals
    turned = tuple(link.model_copy(update={"direction": "higher_is_better"}) for link in links)
    declared = _with(catalogue, "sotkanet:181", goals=turned)
    found = {}
    for year in (2013, 2026):
        created = dt.date(year, 11, 24)
        sides = [save(rows, f"{name}{year}", item, created) for name, item in (("a", None), ("b", declared))]
        found[year] = compute_changes(*sides, catalogue).table["aspect"].value_counts()
    assert found[2013]["trend"] > 10
    assert "trend" not in found[2026]
    assert found[2026]["direction"] == found[2013]["direction"] == 1


def test_figures_of_a_redefined_indicator_are_no_revisions(small, save, catalogue):
    """Where we changed the years or the source, a changed value is ours, not the producer's."""
    new = small.copy()
    new.loc[_at(new, "sotkanet:178", "435", 2005), "value"] += 1.0
    declared = _with(catalogue, "sotkanet:178", interval_years=2)
    changes = compute_changes(save(small, "old"), save(new, "new", declared), catalogue)
    assert _figures(changes) == {("indicator_redefined", "sotkanet:178", "435", 2005)}


def test_added_and_removed_indicators_are_told_once_a_goal(small, save, catalogue):
    """All figures of an added or removed indicator are one change, not thousands."""
    less = {key: item for key, item in catalogue.indicators.items() if key != "sotkanet:178"}
    without = dataclasses.replace(catalogue, indicators=less)
    rows = small[small["indicator_id"] != "sotkanet:178"]
    with_it, left = save(small, "with"), save(rows, "without", without)
    for old, new, cause in ((left, with_it, "indicator_added"), (with_it, left, "indicator_removed")):
        changes = compute_changes(old, new, catalogue)
        assert set(changes.table["indicator_id"]) == {"sotkanet:178"}
        assert changes.table["cause"].tolist() == [cause] * len(catalogue.indicators["sotkanet:178"].goals)


def test_another_version_is_a_change_of_method(small, save, catalogue, monkeypatch):
    """Snapshots of two versions of the package say so."""
    old = save(small, "old")
    monkeypatch.setattr("indicators.snapshot.write.__version__", "9.0.0")
    changes = compute_changes(old, save(small, "new"), catalogue)
    (row,) = changes.table.itertuples()
    assert (row.cause, row.new_said) == ("method_changed", "9.0.0")


def test_the_arguments_are_not_changed_and_json_is_plain(small, save, catalogue):
    """The snapshots stay as they were, and the plain data has no NaN."""
    new = small.copy()
    new.loc[_at(new, "sotkanet:178", "435", 2005), "value"] += 1.0
    old, new = save(small, "old"), save(new, "new")
    before = old.observations.copy()
    text = json.dumps(compute_changes(old, new, catalogue).to_dict(), allow_nan=False)
    pd.testing.assert_frame_equal(old.observations, before)
    assert json.loads(text)["counts"]["revised"] == 1


def test_snapshots_without_a_common_indicator_are_refused(small, save, catalogue):
    """Nothing can be compared, and the message says what was found."""
    sides = [save(small[small["indicator_id"] == key], key[-3:]) for key in ("sotkanet:181", "sotkanet:178")]
    with pytest.raises(ParameterError, match="at least one indicator in common"):
        compute_changes(*sides, catalogue)


def test_a_snapshot_of_a_newer_format_is_refused(small, save):
    """A snapshot from a version to come is not read half."""
    path = save(small, "old").path
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    (path / "manifest.json").write_text(json.dumps(manifest | {"format": 3}), "utf-8")
    with pytest.raises(SnapshotError, match="format 3; this version reads format 1 and 2"):
        load_snapshot(str(path))


def test_the_digest_restores_the_catalogue(catalogue):
    """What a snapshot keeps is enough to have every indicator back; an older snapshot keeps none."""
    kept = json.loads(json.dumps(digest_catalogue(catalogue)))
    assert restore_catalogue(kept, catalogue).indicators == catalogue.indicators
    assert restore_catalogue(None, catalogue) is catalogue
    kept["sotkanet:181"]["unit"] = "no-longer-declared"
    assert "sotkanet:181" not in restore_catalogue(kept, catalogue).indicators
