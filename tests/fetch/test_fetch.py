"""A fetch as a whole: what becomes of the series, what is written, what is said, and the exit code."""

import dataclasses
import datetime as dt
import json
import re
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from indicators.catalogue import Catalogue, load_catalogue
from indicators.config import Settings
from indicators.errors import ParameterError, SourceError
from indicators.fetch.accept import Collected, SourceSummary
from indicators.fetch.fetch import fetch_snapshot
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import BUNDLED_FOLDER, verify_snapshot
from indicators.sources.series import SeriesResult
from replica import Fault, fill_missing
from replica.frames import TEST_NOTE, shift_values
from replica.world import BEFORE, SERIES, SOTKANET, STATFIN, compute_digest, get_value, serve

pytest_plugins = ["replica.fixtures"]

FIRST = "sotkanet:181"


# --- the test data ----------------------------------------------------------------------------------


def test_made_up_rows_are_plausible_and_say_what_they_are(catalogue, bundled):
    """Made-up figures lie in the unit's range, shifted or not, and are marked as test data."""
    filled = fill_missing(bundled.observations, catalogue)
    made_up = filled[filled["status_note"] == TEST_NOTE]
    assert set(filled["indicator_id"]) >= set(catalogue.indicators)
    assert not set(made_up["indicator_id"]) & set(bundled.series)
    units = {key: catalogue.units[item.unit] for key, item in catalogue.indicators.items()}
    for seed in (0, 1, 7):
        for key, rows in shift_values(made_up, seed).groupby("indicator_id"):
            assert rows["value"].between(units[key].minimum, units[key].maximum).all(), (key, seed)
            assert rows["value"].nunique() > 30


# --- what is new ------------------------------------------------------------------------------------


def test_new_figures_are_stored_as_served(world):
    """Every figure of a new series equals the served one, which the seed made differ from the one at hand."""
    result = world.run()
    assert (result.exit_code, result.stderr.count("failed")) == (0, 0)
    after = world.load()
    assert result.stdout.splitlines()[-1] == f"New snapshot {after.id}"
    assert verify_snapshot(after.path) == []
    for key in SOTKANET:
        served = world.sotkanet.observations.query("indicator_id == @key")
        stored = after.rows(key)
        pairs = stored.astype({"area_code": str}).merge(served, on=["area_code", "year"], how="outer")
        assert (pairs["value_x"] == pairs["value_y"]).all()
        assert (pairs["value_x"].to_numpy() != world.before.rows(key)["value"].to_numpy()).all()


def test_every_new_series_tells_its_own_vintage(world):
    """Producer's date, address and day of reading are the fetch's own; nothing is carried."""
    world.run()
    after = world.load()
    assert set(after.series) == set(SERIES)
    for metadata in after.series.values():
        assert (metadata.carried, metadata.stale_reason) == (False, None)
        assert metadata.updated.startswith("2026-11-01")
        assert metadata.parts[0].vintage == metadata.retrieved_at[:10]
    assert after.manifest["previous"] == {"id": world.before.id, "sha256": world.before.sha256}


def test_new_figure_is_in_the_assessment(world):
    """What the service changed is what a report will say."""
    world.run()
    result = world.run("assess", "931", "--format", "json")
    rows = [row for row in json.loads(result.stdout) if row["indicator_id"] == FIRST]
    assert {(row["year"], row["value"]) for row in rows} == {(2024, world.served(FIRST, year=2024))}
    assert world.served(FIRST, year=2024) != get_value(world.frame, FIRST, year=2024)


def test_nothing_new_writes_nothing(world):
    """A second fetch asks for descriptions alone, writes no snapshot, says so and ends with 0."""
    world.run()
    after = world.load()
    world.sotkanet.reset_counts()
    world.statfin.reset_counts()
    result = world.run()
    assert result.exit_code == 0
    assert f"Nothing is new since {after.id}; no snapshot was written." in result.stdout
    assert world.load().id == after.id
    asked = [*world.sotkanet.questions, *world.statfin.questions]
    assert not [question for question in asked if "/json" in question or question.startswith("POST")]


def test_series_not_asked_for_is_carried(world):
    """It keeps its figures and its own vintage, and says that it was carried."""
    result = world.run(*world.arguments(FIRST))
    assert result.exit_code == 0
    after = world.load()
    for key in set(SERIES) - {FIRST}:
        known = world.before.series[key]
        assert after.series[key] == dataclasses.replace(known, carried=True)
        assert after.rows(key)["value"].equals(
            world.before.rows(key)["value"].set_axis(after.rows(key).index)
        )
    entries = {entry["indicator_id"]: entry for entry in after.manifest["series"]}
    assert [key for key, entry in entries.items() if not entry["carried"]] == [FIRST]


def test_one_source_is_asked_alone(world):
    """``--source`` leaves the other services in peace."""
    result = world.run(*world.arguments(), "--source", "statfin")
    assert result.exit_code == 2
    assert "one with a live source among statfin" in result.stderr
    result = world.run("fetch", "--source", "statfin", "--json", *world.arguments(*STATFIN)[1:])
    assert result.exit_code == 0
    assert world.sotkanet.questions == []
    assert list(json.loads(result.stdout)["sources"]) == ["statfin"]


def test_source_without_series_is_no_error(world):
    """No table file is declared: nothing is asked, nothing is new."""
    result = world.run("fetch", "--source", "table", "--source", "table")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Nothing is new" in result.stdout


def test_nothing_is_asked_twice(world):
    """An indicator or source that is named twice is asked once."""
    world.run("fetch", "--source", "sotkanet", "--source", "sotkanet", *world.arguments(FIRST, FIRST)[1:])
    assert set(world.sotkanet.requests.values()) == {1}


def test_unknown_indicator_ends_with_2(world):
    """A wrong id is told with the nearest ones; nothing is asked."""
    result = world.run(*world.arguments("sotkanet:18"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Unknown indicator 'sotkanet:18'. Did you mean: sotkanet:" in result.stderr
    assert world.sotkanet.questions == []


def test_series_of_an_archived_table_cannot_be_asked(world):
    """It has no live source, which is said instead of 'nothing is new'."""
    result = world.run(*world.arguments("statfin:offences_traffic"))
    assert result.exit_code == 2
    assert "found 'statfin:offences_traffic'; expected one with a live source" in result.stderr


# --- checks against what is at hand -----------------------------------------------------------------


class Given:
    """A source that gives what the test says."""

    name, session = "sotkanet", None

    def __init__(self, *results):
        self.results = results

    def fetch(self, indicators, previous=None):
        """Give the results; an error among them is raised."""
        for result in self.results:
            if isinstance(result, Exception):
                raise result
            yield result


@pytest.fixture
def fetch_given(world):
    """Fetches from a source that gives results or raises; of the indicators named, else of the results'."""

    def fetch_given(*results, ids=(), catalogue: Catalogue = world.catalogue, today=None):
        asked = ids or [result.indicator_id for result in results]
        return fetch_snapshot(
            catalogue,
            Settings(home=str(world.home)),
            indicator_ids=asked,
            today=today,
            opener=lambda *_: Given(*results),
        )

    return fetch_given


@pytest.fixture
def change(world):
    """A result of a series with its figures at hand, changed; updated later unless told otherwise."""

    def change(indicator_id, make=lambda rows: rows, **metadata):
        rows = world.before.rows(indicator_id)
        rows = rows.astype({name: str for name in rows if str(rows[name].dtype) == "category"})
        changes = {"updated": "2026-11-02", "metadata_sha256": "other:one"} | metadata
        return SeriesResult(
            indicator_id, "new", make(rows), dataclasses.replace(world.before.series[indicator_id], **changes)
        )

    return change


def raise_values(rows):
    """Figures that are a little larger."""
    return rows.assign(value=rows["value"] + 0.5)


REFUSED = {
    "no figures at all": (lambda rows: rows.iloc[:0], {}, "the service answers with no figures at all"),
    "areas lost": (
        lambda rows: rows[~rows["area_code"].isin(sorted(rows["area_code"].unique())[:7])],
        {},
        r"7 of 27 areas that had figures have none \(077, 091, 092, 172, 179, ...\)",
    ),
    "regions lost": (
        lambda rows: rows[~rows["area_code"].str.startswith("MK")],
        {},
        r"1 of 1 areas that had figures have none \(MK13, ...\)",
    ),
    "years lost": (
        lambda rows: rows[rows["year"] == rows["year"].max()],
        {},
        r"\d+ of 162 figures that were there are gone \(of 2019, 2020, ",
    ),
    "values lost": (
        lambda rows: rows.assign(value=np.nan, status="missing"),
        {},
        "27 of 27 areas that had figures have none",
    ),
    "changed under the same date": (
        raise_values,
        {"updated": BEFORE, "metadata_sha256": None},
        f"162 figures changed although the provider's update date is still {BEFORE}; the first: 077 2019",
    ),
    "beyond the range": (
        lambda rows: rows.assign(value=rows["value"] + 1e6),
        {},
        "value beyond the unit's maximum; the first: .*area_code=077",
    ),
    "year to come": (
        lambda rows: rows.assign(year=rows["year"] + 10),
        {},
        "a year after the snapshot's 2026",
    ),
    "unknown area": (
        lambda rows: rows.replace({"area_code": "931"}, "999"),
        {},
        "an area that is not declared",
    ),
    "same key twice": (lambda rows: pd.concat([rows, rows]), {}, "two rows with the same key"),
    "unknown status": (lambda rows: rows.assign(status="unheard"), {}, "an unknown status"),
}


def test_earlier_rounds_stay_where_a_table_has_the_newest_only(catalogue):
    """The newest turnout comes beside the earlier ones, which keep figures, vintage and producer."""
    key = "statfin:municipal_turnout"
    before = load_snapshot("bundled")
    rows = before.rows(key)
    rows = rows.astype({name: str for name in rows if str(rows[name].dtype) == "category"})
    newest = rows[rows["year"] == 2021].assign(year=2025, value=55.0)
    known = before.series[key]
    part = dataclasses.replace(known.parts[-1], first_year=2025, last_year=2025, vintage="2026-11-02")
    made = Collected(before, catalogue, dt.date(2026, 11, 28))
    fetched = dataclasses.replace(known, parts=(part,), source="statfin", producer="statfin")
    result = SeriesResult(key, "new", newest, fetched)
    assert made.take(result, SourceSummary()) == "new"
    after, parts = made.frames[key], made.series[key].parts
    assert sorted(after["year"].unique()) == [2012, 2017, 2021, 2025]
    kept = after[after["year"] < 2025].reset_index(drop=True)
    earlier = before.rows(key)
    assert kept["value"].tolist() == earlier.loc[earlier["year"] < 2025, "value"].tolist()
    assert [(item.first_year, item.vintage, item.producer) for item in parts] == [
        (2012, "2026-04-02", "oikeusministerio"),
        (2017, "2026-04-02", "oikeusministerio"),
        (2021, "2026-04-02", "oikeusministerio"),
        (2021, "2025-05", None),  # women and men, of the fetched series' own producer
        (2025, "2026-11-02", None),
    ]


def test_an_area_that_is_declared_no_more_stops_no_fetch(tmp_path):
    """Earlier figures of an area that an overlay has removed are no loss, and no reason to fail."""
    (tmp_path / "areas.yaml").write_text("municipalities:\n  - {code: '837', removed: true}\n", "utf-8")
    before, key = load_snapshot("bundled"), "sotkanet:127"
    rows = before.rows(key)
    assert "837" in set(rows["area_code"])
    made = Collected(before, load_catalogue(overlay=tmp_path), dt.date(2026, 11, 24))
    result = SeriesResult(key, "new", rows[rows["area_code"] != "837"], before.series[key])
    assert (made.take(result, SourceSummary()), made.problems) == ("new", {})


@pytest.mark.parametrize("case", REFUSED)
def test_series_that_looks_wrong_is_refused_alone(case, world, fetch_given, change):
    """It keeps its earlier figures, marked stale with the reason; the others are new."""
    make, metadata, problem = REFUSED[case]
    if metadata:
        metadata = metadata | {"metadata_sha256": world.before.series[FIRST].metadata_sha256}
    digest = compute_digest(world.before.path)
    report = fetch_given(change(FIRST, make, **metadata), change("sotkanet:4", raise_values))
    assert list(report.problems) == [FIRST]
    assert pd.Series(report.problems[FIRST]).str.contains(problem).all(), report.problems
    after = world.load()
    assert after.id == report.snapshot
    assert after.series[FIRST].carried
    assert after.series[FIRST].stale_reason == report.problems[FIRST]
    assert after.rows(FIRST)["value"].tolist() == world.before.rows(FIRST)["value"].tolist()
    assert get_value(after.rows("sotkanet:4"), "sotkanet:4") != get_value(world.frame, "sotkanet:4")
    summary = report.sources["sotkanet"]
    assert (summary.new, summary.stale, summary.failed) == (1, 1, 1)
    assert world.is_before_untouched(digest)


def test_fifth_of_the_areas_may_be_lost(fetch_given, change):
    """A few areas without figures are what small numbers look like."""
    report = fetch_given(change(FIRST, lambda rows: rows[~rows["area_code"].isin(["091", "092", "435"])]))
    assert report.problems == {}


def test_years_to_come_are_left_out_with_a_warning(world, fetch_given, change, caplog):
    """A slip of a year costs its rows alone; the vintage tells the years that are there."""

    def add(rows):
        return pd.concat([rows, rows[rows["year"] == rows["year"].max()].assign(year=2036)])

    report = fetch_given(change(FIRST, add))
    assert report.problems == {}
    assert "figures of 2036, which are to come, are left out" in caplog.text
    assert world.load().rows(FIRST)["year"].max() == world.before.rows(FIRST)["year"].max()
    assert all(part.last_year <= 2026 for part in world.load().series[FIRST].parts)


def test_declared_projection_keeps_its_years_to_come(world, fetch_given, change):
    """There they are what the series is of."""
    indicators = dict(world.catalogue.indicators)
    indicators[FIRST] = indicators[FIRST].model_copy(update={"projection": True})
    declared = dataclasses.replace(world.catalogue, indicators=indicators)

    def add(rows):
        return pd.concat([rows, rows[rows["year"] == rows["year"].max()].assign(year=2036)])

    fetch_given(change(FIRST, add), catalogue=declared)
    assert world.load().rows(FIRST)["year"].max() == 2036


def test_update_date_to_come_is_ignored_with_a_warning(world, fetch_given, change, caplog):
    """It would refuse every later answer; the figures are judged by themselves."""
    report = fetch_given(change(FIRST, raise_values, updated="2124-11-02"))
    assert report.problems == {}
    assert "its update date 2124-11-02 is to come or no date, and is ignored" in caplog.text
    assert world.load().series[FIRST].updated is None
    again = fetch_given(change(FIRST, updated="2124-11-03"))
    assert (again.problems, again.snapshot is not None) == ({}, True)


def test_same_figures_under_a_date_to_come_are_nothing_new(fetch_given, change):
    """No snapshot is written for a date that says nothing."""
    report = fetch_given(change(FIRST, updated="2124-11-02"))
    assert (report.snapshot, report.sources["sotkanet"].unchanged) == (None, 1)


def test_another_question_may_have_other_figures(world, fetch_given, change):
    """When the declaration was mended, figures differ under the same update date, and rightly so."""
    report = fetch_given(change(FIRST, raise_values, updated=BEFORE))
    assert report.problems == {}


def test_level_that_is_no_longer_shown_is_not_lost(world, fetch_given, change):
    """Areas that the catalogue no longer shows do not count as lost, and are not carried on."""
    shown = world.catalogue.indicators[FIRST].model_copy(update={"levels": ("region",)})
    other = world.catalogue.indicators["sotkanet:4"].model_copy(update={"levels": ("region",)})
    catalogue = dataclasses.replace(
        world.catalogue, indicators=world.catalogue.indicators | {FIRST: shown, "sotkanet:4": other}
    )
    report = fetch_given(
        change(FIRST, lambda rows: rows[rows["area_code"].isin(["MK13", "SSS"])]), catalogue=catalogue
    )
    assert report.problems == {}
    assert set(world.load().rows("sotkanet:4")["area_code"]) == {"MK13", "SSS"}


def test_figures_at_hand_that_are_no_longer_allowed_do_not_stop_the_others(world, fetch_given, change):
    """When a unit is declared anew, a carried series that no longer fits is left out and told."""
    units = world.catalogue.units
    changed = world.catalogue.indicators["sotkanet:187"].model_copy(update={"unit": "index_0_1"})
    catalogue = dataclasses.replace(
        world.catalogue, indicators=world.catalogue.indicators | {"sotkanet:187": changed}
    )
    assert units["index_0_1"].maximum == 1
    report = fetch_given(change(FIRST), catalogue=catalogue)
    assert "no longer hold and are left out" in report.problems["sotkanet:187"]
    assert "sotkanet:187" not in world.load().series


def test_series_that_stays_unasked_stays_stale(world, fetch_given, change):
    """The reason holds until the series has been had afresh."""
    failed = SeriesResult(FIRST, "failed", error=SourceError("sotkanet", "u", "indicator 181 is gone", 404))
    fetch_given(failed, change("sotkanet:4"))
    fetch_given(change("sotkanet:187"))
    assert "is gone" in world.load().series[FIRST].stale_reason
    fetch_given(SeriesResult(FIRST, "unchanged"), change("sotkanet:761"))
    assert world.load().series[FIRST].stale_reason is None


def test_empty_answer_is_an_answer(world, fetch_given, change):
    """A series that never had figures may have none: nothing is new, nothing failed."""
    none = change(FIRST, lambda rows: rows.iloc[:0])
    metadata = dataclasses.replace(none.metadata, indicator_id="sotkanet:3077")
    report = fetch_given(dataclasses.replace(none, indicator_id="sotkanet:3077", metadata=metadata))
    assert (report.snapshot, report.problems, report.sources["sotkanet"].unchanged) == (None, {}, 1)


def test_source_that_fails_as_a_whole_fails_its_series(world, fetch_given, change):
    """What it gave before is kept, the rest is told."""
    error = SourceError("sotkanet", "u", "the roof fell in")
    report = fetch_given(change(FIRST), error, ids=[FIRST, "sotkanet:4"])
    assert report.problems == {"sotkanet:4": "sotkanet: the roof fell in: u"}
    assert report.snapshot == world.load().id


def test_fault_of_ours_leaves_no_half_snapshot(world, fetch_given, change):
    """An unexpected error ends the fetch, and nothing is left behind."""
    before = sorted(world.folder.iterdir())
    with pytest.raises(ZeroDivisionError):
        fetch_given(change(FIRST), ZeroDivisionError(), ids=[FIRST, "sotkanet:4"])
    assert sorted(world.folder.iterdir()) == before


def test_clock_of_this_machine_that_is_slow_makes_no_older_snapshot(world, fetch_given, change, caplog):
    """The new snapshot is the newest, whatever the clock says."""
    report = fetch_given(change(FIRST), today=dt.date(2001, 1, 1))
    after = world.load()
    assert (after.id, after.created) == (report.snapshot, world.before.created)
    assert "The clock says 2001-01-01" in caplog.text


# --- the folder -------------------------------------------------------------------------------------


def test_two_fetches_at_once(world):
    """One works; the other says that another run is writing, ends with 4 and writes nothing."""
    world.sotkanet.latency_ms = 4000
    command = [sys.executable, "-m", "indicators", *world.arguments(FIRST)]
    environ = dict(world.environ())
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True, cwd=world.home) as first:
        started = time.monotonic()
        while not world.sotkanet.questions and time.monotonic() - started < 120:
            time.sleep(0.02)
        second = world.run(*world.arguments("sotkanet:4"))
        world.sotkanet.latency_ms = 0
        told, _ = first.communicate(timeout=300)
    assert (second.exit_code, second.stdout) == (4, "")
    assert "another run is writing here; wait until it has ended." in second.stderr
    assert first.returncode == 0
    assert told.splitlines()[-1] == f"New snapshot {world.load().id}"
    assert world.load().series["sotkanet:4"].carried


def test_damaged_snapshot_ends_with_4_and_says_what_to_do(world, flip_byte):
    """A fetch does not build on a damaged snapshot."""
    flip_byte(world.before.path / "observations.parquet")
    result = world.run()
    assert result.exit_code == 4
    assert "damaged" in result.stderr
    assert "Move it away, then fetch again." in result.stderr
    shutil.rmtree(world.before.path)
    assert world.run().exit_code == 0


def test_folder_that_cannot_be_written_ends_with_4(world, tmp_path):
    """The home is a file: nothing is asked."""
    (tmp_path / "file").write_text("x")
    world.home = tmp_path / "file"
    result = world.run()
    assert (result.exit_code, result.stdout) == (4, "")
    assert "cannot be written" in result.stderr
    assert world.sotkanet.questions == []


def test_full_disk_ends_with_4_and_leaves_nothing(world, monkeypatch):
    """Nothing half-written stays behind."""
    before = sorted(world.folder.iterdir())

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indicators.snapshot.write.pq.write_table", fail)
    result = world.run()
    assert result.exit_code == 4
    assert "No space left on device" in result.stderr
    assert sorted(world.folder.iterdir()) == before


# --- what is told -----------------------------------------------------------------------------------


def test_json_document_and_nothing_else(world):
    """``--json`` prints one document with the agreed keys; the rest goes to stderr."""
    world.sotkanet.faults = [Fault("gone", "/indicators/4")]
    result = world.run(*world.arguments(), "--json")
    document = json.loads(result.stdout)
    assert list(document) == ["snapshot", "previous", "sources", "problems"]
    assert (document["snapshot"], document["previous"]) == (world.load().id, world.before.id)
    assert list(document["problems"]) == ["sotkanet:4"]
    for name, asked in (("sotkanet", SOTKANET), ("statfin", STATFIN), ("table", ())):
        summary = document["sources"][name]
        assert {"asked", "new", "unchanged", "stale", "failed", "bytes", "seconds"} <= set(summary)
        assert summary["asked"] == len(asked)
    assert document["sources"]["sotkanet"]["stale"] == document["sources"]["sotkanet"]["failed"] == 1
    assert document["sources"]["sotkanet"]["bytes"] > 1000
    assert result.exit_code == 1


def test_summary_table_names_what_is_counted(world):
    """The table at the end has every count by source."""
    lines = world.run().stdout.splitlines()
    titles = ["source", "asked", "new", "unchanged", "stale", "failed", "bytes", "requests", "seconds"]
    assert lines[0].split() == titles
    assert lines[1].split()[:6] == ["sotkanet", "4", "4", "0", "0", "0"]
    assert lines[2].split()[:6] == ["statfin", "3", "3", "0", "0", "0"]


def test_each_series_is_a_plain_line_where_there_is_no_terminal(world):
    """A log can be read: one line per series, with what became of it, on stderr."""
    world.sotkanet.faults = [Fault("text_number", "indicator=4&")]
    lines = world.run().stderr.splitlines()
    told = [line.split() for line in lines if line.startswith(("sotkanet ", "statfin "))]
    assert {(source, key, state) for source, _, key, state in told} == {
        (key.partition(":")[0], key, "failed" if key == "sotkanet:4" else "new") for key in SERIES
    }
    assert [count for source, count, *_ in told if source == "sotkanet"] == ["1/4", "2/4", "3/4", "4/4"]
    assert "\x1b" not in "".join(lines)


def test_retry_is_told_once(world):
    """A repeated try is one plain line, not one from each library in between."""
    world.sotkanet.faults = [Fault("503", "/regions", times=1)]
    result = world.run()
    assert result.exit_code == 0
    told = [line for line in result.stderr.splitlines() if "503" in line or "retry" in line]
    assert len(told) == 1
    assert told[0].startswith("note: sotkanet: the service is not available (HTTP 503): http://127.0.0.1")


def test_bundled_snapshot_is_never_written_to(world):
    """A fetch leaves the package's own folder as it is."""
    digest = compute_digest(BUNDLED_FOLDER)
    world.run()
    assert compute_digest(BUNDLED_FOLDER) == digest


def test_all_declared_series_can_be_fetched_from_the_replicas(catalogue, bundled, tmp_path, monkeypatch):
    """A clean fetch of everything fails no series; what is fetched then follows the bundled snapshot."""
    from replica.world import quick_limits, serve

    monkeypatch.chdir(tmp_path)
    frame = fill_missing(bundled.observations, catalogue)
    keep = frame["area_code"].isin(["931", "179", "435", "MK13", "HVA15", "SSS"])
    frame = frame[keep | (frame["indicator_id"] == "statfin:population")]
    home = tmp_path / "home"
    with serve(catalogue, frame) as (sotkanet, statfin), quick_limits():
        settings = Settings(home=str(home), sotkanet_url=sotkanet.url, statfin_url=statfin.url)
        known = {key for key in catalogue.indicators if key not in bundled.series}
        report = fetch_snapshot(catalogue, settings, indicator_ids=known)
    assert report.problems == {}
    assert report.sources["sotkanet"].new == report.sources["sotkanet"].asked
    after = load_snapshot("latest", home / "snapshots")
    assert set(after.series) == set(catalogue.indicators)
    assert after.series["sotkanet:181"].carried
    assert after.series["sotkanet:181"].parts == bundled.series["sotkanet:181"].parts


@pytest.mark.parametrize("sources", ["sotkanet", ["sotknet"]])
def test_a_source_that_there_is_not_is_told(sources, catalogue):
    """Sources are a list of known names; one text would be read letter by letter."""
    with pytest.raises(ParameterError, match="a list of some of sotkanet, statfin, table"):
        fetch_snapshot(catalogue, Settings(), sources)


def test_fetch_without_a_network_says_one_line_a_service(world):
    """Nobody reads the same cause ninety times; the exit code and the kept figures are as before."""
    environ = world.environ() | dict.fromkeys(
        ("YHDYSPINTA_SOTKANET_URL", "YHDYSPINTA_STATFIN_URL"), "http://127.0.0.1:9"
    )
    world.environ = lambda: environ
    result, said = world.run(), r"the connection failed or broke: .*Connection refused; tried 2 times"
    assert result.exit_code == 3
    first, second, last = result.stderr.splitlines()
    assert re.fullmatch(rf"sotkanet: .*{said}\); its 4 series keep their earlier figures.", first)
    assert re.fullmatch(rf"statfin: {said}; its 3 series keep their earlier figures.", second)
    assert last == f"No snapshot was written; {world.before.id} is the newest."


def test_fresh_asks_again_what_claims_to_be_unchanged(world):
    """A correction that the provider does not tell of is found by asking anew, and by nothing else."""
    at_hand = world.frame[world.frame["indicator_id"].isin(SOTKANET)]
    with serve(world.catalogue, at_hand, seed=0, updated=BEFORE) as (sotkanet, _):
        world.sotkanet = sotkanet
        arguments = world.arguments("sotkanet:4", "sotkanet:181")
        assert "Nothing is new" in world.run(*arguments, "--fresh").stdout
        assert any("/json?indicator=4&" in question for question in sotkanet.questions)
    with serve(world.catalogue, at_hand, seed=1, updated=BEFORE) as (sotkanet, _):
        world.sotkanet = sotkanet
        assert "Nothing is new" in world.run(*arguments).stdout
        assert not any("/json?" in question for question in sotkanet.questions)
        result = world.run(*arguments, "--fresh")
        assert (result.exit_code, world.load().series["sotkanet:4"].stale_reason) == (0, None)
        assert get_value(world.load().rows("sotkanet:4"), "sotkanet:4") == world.served("sotkanet:4")
