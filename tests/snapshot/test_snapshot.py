"""Snapshots are written whole or not at all, and a damaged one is refused."""

import datetime as dt
import errno
import json
import math
import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from filelock import FileLock

from indicators.catalogue import load_catalogue
from indicators.errors import (
    LockError,
    OutputError,
    SnapshotCheckError,
    SnapshotError,
    UnknownNameError,
)
from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY
from indicators.snapshot import write as snapshots
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import (
    BUNDLED_FOLDER,
    MARKER,
    find_previous,
    find_snapshot,
    list_snapshots,
    seal_manifest,
    verify_snapshot,
)
from indicators.snapshot.write import write_snapshot

FILES = ("observations.parquet", "areas.parquet", "series.json", "manifest.json")
RATE = "statfin:at_risk_of_poverty"
UNEMPLOYED = "sotkanet:181"


def _row(indicator_id=UNEMPLOYED, area_code="931", year=2020, value=10.0, **more):
    return {"indicator_id": indicator_id, "area_code": area_code, "year": year, "value": value} | more


@pytest.fixture(scope="module")
def rows(make_rows):
    """A few observations of two series, in no order."""
    return make_rows(
        _row(area_code="992", value=12.5),
        _row(area_code="931", year=2021, value=9.0, status="provisional"),
        _row(RATE, "931", 2019, 17.5, count=1050, denominator=6000),
        _row(area_code="931", value=11.0),
        _row(
            RATE,
            "435",
            2019,
            math.nan,
            denominator=676,
            status="suppressed",
            status_note="hidden_by_provider",
        ),
        _row(area_code="MK13", value=10.5),
    )


def _left(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


# --- writing and loading ----------------------------------------------------------------------------


def test_what_is_written_is_loaded(rows, write):
    """Writing and loading give the same figures, types aside, sorted by key, with the series' metadata."""
    written = write(rows)
    loaded = load_snapshot(str(written.path))
    expected = rows.sort_values(list(OBSERVATION_KEY), ignore_index=True)
    pd.testing.assert_frame_equal(
        loaded.observations, expected, check_dtype=False, check_categorical=False, check_column_type=False
    )
    pd.testing.assert_frame_equal(loaded.observations, written.observations)
    assert loaded.series == written.series
    assert loaded.series[RATE].parts[0].division == "2026"
    assert (loaded.id, loaded.sha256, loaded.created) == (written.id, written.sha256, dt.date(2026, 11, 24))


def test_words_are_categories(rows, write):
    """Text columns are loaded as categories, figures as numbers, columns in their order."""
    observations = write(rows).observations
    assert list(observations.columns) == list(OBSERVATION_COLUMNS)
    kinds = observations.dtypes.astype(str)
    assert set(kinds[["indicator_id", "area_code", "sex", "status", "status_note"]]) == {"category"}
    assert set(kinds[["value", "count", "denominator"]]) == {"float64"}


def test_input_is_not_changed(rows, write):
    """Writing leaves the given observations as they were."""
    before = rows.copy(deep=True)
    write(rows)
    pd.testing.assert_frame_equal(rows, before)


def test_manifest_states_origin_and_hashes(rows, write):
    """The manifest gives format, version, hashes, and each series' source, rows and retrieval."""
    written = write(rows)
    manifest = json.loads((written.path / "manifest.json").read_text("utf-8"))
    assert manifest["format"] == snapshots.FORMAT
    assert manifest["id"] == written.path.name == f"2026-11-24-{manifest['sha256'][:8]}"
    assert set(manifest["files"]) == set(FILES[:3])
    entry = next(item for item in manifest["series"] if item["indicator_id"] == UNEMPLOYED)
    assert (entry["source"], entry["provider"], entry["rows"]) == ("sotkanet", "statfin", 4)
    assert (entry["retrieved_at"], entry["carried"]) == ("2026-11-24", False)


def test_previous_snapshot_is_named(rows, write):
    """A snapshot that follows another names it."""
    first = write(rows)
    second = write(rows.assign(value=rows["value"] / 2), previous=first)
    assert second.manifest["previous"] == {"id": first.id, "sha256": first.sha256}


def test_the_previous_snapshot_is_found_where_it_is_stored(rows, write, bundled, tmp_path):
    """Only the snapshot of the named id and content counts, in the folder or bundled; none is None."""
    first = write(rows)
    folder = first.path.parent
    second = write(rows.assign(value=rows["value"] / 2), previous=first)
    assert find_previous(first, folder) is None
    assert find_previous(second, folder) == first.path
    assert find_previous(second, tmp_path / "elsewhere") is None
    after_bundled = write(rows.assign(value=rows["value"] / 4), previous=bundled)
    assert find_previous(after_bundled, tmp_path / "elsewhere") == BUNDLED_FOLDER
    shutil.rmtree(first.path)
    assert find_previous(second, folder) is None


def test_another_snapshot_under_the_previous_ones_name_is_not_taken_for_it(rows, write, tmp_path):
    """The id alone does not make it the one that was named."""
    first = write(rows)
    second = write(rows.assign(value=rows["value"] / 2), previous=first)
    second.manifest["previous"]["sha256"] = "0" * 64
    assert find_previous(second, first.path.parent) is None


def test_rows_of_an_indicator(rows, write):
    """The rows of one indicator are its own; of an absent one there are none."""
    written = write(rows)
    assert set(written.rows(RATE)["area_code"]) == {"931", "435"}
    assert written.rows("sotkanet:4").empty


def test_equal_content_gives_equal_id(rows, write):
    """The order of rows does not matter, and the same content written again is the same snapshot."""
    first = write(rows)
    again = write(rows.iloc[::-1])
    assert (again.id, again.path) == (first.id, first.path)
    assert _left(first.path.parent) == [first.id]


def test_other_content_gives_another_id(rows, write):
    """One changed figure makes another snapshot; the first stays."""
    first = write(rows)
    second = write(rows.assign(value=rows["value"].where(rows["value"] != 12.5, 12.6)))
    assert first.id != second.id
    assert _left(first.path.parent) == sorted([first.id, second.id])


def test_equal_content_gives_equal_bytes_in_another_process(rows, write, tmp_path):
    """Two processes write the same bytes from the same figures."""
    here = write(rows)
    rows.to_json(tmp_path / "rows.json", orient="records")
    script = (
        "import datetime as dt, sys, pandas as pd\n"
        "from pathlib import Path\n"
        "from indicators.catalogue import load_catalogue\n"
        "from indicators.snapshot.load import load_snapshot\n"
        "from indicators.snapshot.write import write_snapshot\n"
        "rows = pd.read_json(sys.argv[1], dtype={'area_code': str}, convert_dates=False)\n"
        "series = load_snapshot(sys.argv[2]).series\n"
        "write_snapshot(Path(sys.argv[3]), rows, series, load_catalogue(), dt.date(2026, 11, 24))\n"
    )
    other = tmp_path / "other"
    arguments = [str(tmp_path / "rows.json"), str(here.path), str(other)]
    subprocess.run(
        [sys.executable, "-c", script, *arguments], check=True, env=os.environ | {"PYTHONHASHSEED": "7"}
    )
    for name in FILES:
        assert (other / here.id / name).read_bytes() == (here.path / name).read_bytes()


def test_snapshot_is_readable_by_others(rows, write):
    """A snapshot's folder may be read by everyone, though it was made in a private one."""
    assert write(rows).path.stat().st_mode & 0o555 == 0o555


# --- checks -----------------------------------------------------------------------------------------

CHECKS = {
    "unknown indicator": (
        [_row("sotkanet:99999")],
        r"indicator that the catalogue does not declare; the first: indicator_id=sotkanet:99999",
    ),
    "unknown area": ([_row(area_code="998")], r"an area that is not declared; .*area_code=998"),
    "same key twice": (
        [_row(), _row(value=11.0)],
        r"1 row\(s\) with two rows with the same key; .*value=11\.0",
    ),
    "unknown status": ([_row(status="guessed")], r"an unknown status; .*status=guessed"),
    "unknown sex": ([_row(sex="other")], r"an unknown sex; .*sex=other"),
    "future year": ([_row(year=2027)], r"a year after the snapshot's 2026; .*year=2027"),
    "no value and no reason": (
        [_row(value=math.nan)],
        r"no value, and no status that says why; .*value=nan.*status=normal",
    ),
    "value though suppressed": (
        [_row(status="suppressed")],
        r"a value under a status that says there is none; .*status=suppressed",
    ),
    "value though missing": ([_row(status="missing")], r"a value under a status .*status=missing"),
    "over a hundred per cent": ([_row(value=100.1)], r"a value beyond the unit's maximum; .*value=100\.1"),
    "under nothing": ([_row(value=-0.1)], r"a value beyond the unit's minimum; .*value=-0\.1"),
    "without end": ([_row(value=math.inf)], r"a value without end; .*value=inf"),
    "zero denominator": (
        [_row(RATE, count=0, denominator=0)],
        r"a denominator of zero or less; .*denominator=0\.0",
    ),
    "negative denominator": (
        [_row(RATE, count=1, denominator=-5)],
        r"a denominator of zero or less; .*denominator=-5\.0",
    ),
    "municipal row of a region-only indicator": (
        [_row("statfin:offences_sexual_iccs", value=1.0)],
        r"a level at which the indicator may not be shown; .*area_code=931",
    ),
    "former municipality's row of a region-only indicator": (
        [_row("statfin:offences_sexual_iccs", "588", value=1.0)],
        r"a level at which the indicator may not be shown; .*area_code=588",
    ),
}


@pytest.mark.parametrize(("wrong", "message"), CHECKS.values(), ids=CHECKS.keys())
def test_check_refuses_and_tells_what_it_found(wrong, message, make_rows, write, snapshots_folder):
    """Each named check refuses its fault with the first offending row, and nothing is written."""
    with pytest.raises(SnapshotCheckError, match=message):
        write(make_rows(_row(area_code="992"), *wrong))
    assert not snapshots_folder.exists()


def test_indicator_without_metadata_is_refused(rows, catalogue, snapshots_folder):
    """Observations of a series that nothing is known of are refused."""
    with pytest.raises(SnapshotCheckError, match="an indicator without series metadata"):
        write_snapshot(snapshots_folder, rows, {}, catalogue, dt.date(2026, 11, 24))


def test_missing_column_is_refused(rows, write):
    """A table that lacks a column is refused by the column's name."""
    with pytest.raises(SnapshotCheckError, match=r"columns \['denominator'\] are missing"):
        write(rows.drop(columns="denominator"))


@pytest.mark.parametrize(
    "right",
    [
        _row(year=2026),
        _row(value=0.0),
        _row(value=100.0),
        _row(value=math.nan, status="not_collected"),
        _row(area_code="588", year=2020),
        _row("statfin:offences_sexual_iccs", "MK13", 2024, 1.9),
        _row("statfin:offences_sexual_iccs", "SSS", 2024, 1.9),
        _row("sotkanet:178", value=-30.0),
    ],
    ids=["this year", "zero", "hundred", "reasoned gap", "former", "region", "country", "negative"],
)
def test_check_lets_the_rightful_pass(right, make_rows, write):
    """Figures at the edge of what is allowed are written."""
    assert len(write(make_rows(right)).observations) == 1


# --- failures of the folder -------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["writing", "publishing"])
def test_full_disk_leaves_nothing_behind(step, rows, write, snapshots_folder, monkeypatch):
    """A disk that fills while a snapshot is written or renamed is told; earlier snapshots stay alone."""
    earlier = write(rows)

    def fail(*arguments, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "writing":
        monkeypatch.setattr(snapshots.pq, "write_table", fail)
    else:
        monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match=r"snapshots: could not be written: No space left on device"):
        write(rows.assign(value=rows["value"] / 2))
    assert _left(snapshots_folder) == [earlier.id]
    monkeypatch.undo()
    assert verify_snapshot(earlier.path) == []


def test_named_snapshot_survives_a_failed_replacement(rows, write, snapshots_folder, monkeypatch):
    """A snapshot written under a fixed name stays whole where its replacement fails."""
    write(rows, name="fixed")

    def fail(*arguments, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("indicators.folders._exchange", lambda *paths: False)
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write(rows.assign(value=rows["value"] / 2), name="fixed")
    assert verify_snapshot(snapshots_folder / "fixed") == []


def test_error_of_the_program_leaves_nothing_behind(rows, write, snapshots_folder, monkeypatch):
    """Whatever fails while writing, no half snapshot stays and the folder is free again."""

    def fail(*arguments):
        raise RuntimeError("stopped")

    monkeypatch.setattr(snapshots, "_series_manifest", fail)
    with pytest.raises(RuntimeError, match="stopped"):
        write(rows)
    assert _left(snapshots_folder) == []
    monkeypatch.undo()
    assert verify_snapshot(write(rows).path) == []


def test_folder_that_cannot_be_made_is_told(rows, write, tmp_path):
    """A folder under a file cannot be written; the message names it."""
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutputError, match=r"file/snapshots: cannot be written: "):
        write(rows, folder=tmp_path / "file" / "snapshots")


def test_second_run_is_refused(rows, write, snapshots_folder):
    """While one run holds the folder another is refused, and may write once it is free."""
    snapshots_folder.mkdir()
    with (
        FileLock(snapshots_folder / ".lock"),
        pytest.raises(LockError, match="another run is writing here; wait until it has ended"),
    ):
        write(rows)
    assert _left(snapshots_folder) == []
    assert write(rows).path.is_dir()


def test_run_of_another_process_is_respected(rows, write, snapshots_folder):
    """A lock held by another process refuses this one."""
    snapshots_folder.mkdir()
    script = (
        "import sys, filelock\nwith filelock.FileLock(sys.argv[1]):\n    print('held', flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(snapshots_folder / ".lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(LockError, match="another run is writing here"):
            write(rows)
        other.communicate("\n")
    assert write(rows).path.is_dir()


# --- damage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES[:3])
def test_flipped_byte_is_refused(name, rows, write, flip_byte):
    """A file with one changed byte is refused on loading and listed by verifying."""
    path = write(rows).path
    flip_byte(path / name)
    message = rf"{re.escape(name)} is damaged: its hash differs from the manifest's\."
    assert [problem for problem in verify_snapshot(path) if re.fullmatch(message, problem)]
    with pytest.raises(SnapshotError, match=message + " Do not use it"):
        load_snapshot(str(path))


@pytest.mark.parametrize("name", FILES[:3])
def test_missing_file_is_refused(name, rows, write):
    """A snapshot that lacks a file is refused by the file's name."""
    path = write(rows).path
    (path / name).unlink()
    assert verify_snapshot(path) == [f"{name} is missing or cannot be read."]
    with pytest.raises(SnapshotError, match=rf"{re.escape(name)} is missing or cannot be read"):
        load_snapshot(str(path))


def test_folder_without_manifest_is_no_snapshot(rows, write, snapshots_folder):
    """A folder that has lost its manifest is not taken for a snapshot, and verifying it says why."""
    path = write(rows).path
    (path / "manifest.json").unlink()
    with pytest.raises(UnknownNameError, match="Unknown snapshot"):
        load_snapshot(str(path))
    with pytest.raises(SnapshotError, match=r"manifest\.json cannot be read"):
        verify_snapshot(path)
    assert [item["is_bundled"] for item in list_snapshots(snapshots_folder)] == [True]


def test_any_changed_line_of_the_manifest_is_refused(rows, write):
    """One changed character on a line of any kind is refused: dates, ids and origins too."""
    path = write(rows).path / "manifest.json"
    lines, accepted = path.read_text("utf-8").splitlines(), []
    kinds = {re.match(r'\s*"?[a-z_]*', line)[0]: at for at, line in enumerate(lines)}  # by depth and key
    assert len(kinds) > 50
    for at in kinds.values():
        line = lines[at]
        letters = [place for place, letter in enumerate(line) if letter.isalnum()]
        for place in {*letters[1:2], *letters[-1:]}:
            changed = line[:place] + chr(ord(line[place]) ^ 1) + line[place + 1 :]
            path.write_text("\n".join([*lines[:at], changed, *lines[at + 1 :]]) + "\n", "utf-8")
            try:
                load_snapshot(str(path.parent))
            except SnapshotError:
                continue
            except Exception as error:
                accepted.append(f"{type(error).__name__}: {changed.strip()}")
                continue
            accepted.append(changed.strip())
    assert accepted == []


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null"])
def test_broken_manifest_is_refused(content, rows, write):
    """A manifest that is not a whole JSON object is told, for loading and for verifying."""
    path = write(rows).path
    (path / "manifest.json").write_text(content, "utf-8")
    for read in (verify_snapshot, lambda folder: load_snapshot(str(folder))):
        with pytest.raises(SnapshotError, match=r"manifest\.json cannot be read"):
            read(path)


def test_newer_format_is_told(rows, write):
    """A snapshot of a newer format is refused with the advice to use a newer version."""
    path = write(rows).path
    manifest = json.loads((path / "manifest.json").read_text("utf-8"))
    (path / "manifest.json").write_text(json.dumps(manifest | {"format": 3}), "utf-8")
    with pytest.raises(SnapshotError, match=r"has format 3; this version reads format 1 and 2\. .*a newer"):
        load_snapshot(str(path))


def test_whole_snapshot_has_no_problems(rows, write):
    """Verifying a whole snapshot finds nothing."""
    assert verify_snapshot(write(rows).path) == []


# --- finding ----------------------------------------------------------------------------------------


def test_list_is_newest_first_with_the_bundled(rows, write, snapshots_folder, bundled):
    """Snapshots are listed newest first; of one day the one that follows the bundled comes before it."""
    old = write(rows, created=dt.date(2025, 1, 1))
    new = write(rows, created=dt.date(2099, 1, 1))
    same = write(rows, created=bundled.created, previous=bundled)
    listed = list_snapshots(snapshots_folder)
    assert [item["id"] for item in listed] == [new.id, same.id, bundled.id, old.id]
    assert [item["is_bundled"] for item in listed] == [False, False, True, False]


def test_list_without_a_folder_has_the_bundled(tmp_path):
    """Before anything is fetched there is the bundled snapshot."""
    assert [item["is_bundled"] for item in list_snapshots(tmp_path / "none")] == [True]


def test_unfinished_work_is_not_listed(rows, write, snapshots_folder):
    """What a killed run has left is not taken for a snapshot."""
    written = write(rows)
    shutil.copytree(written.path, snapshots_folder / ".unfinished-abc")
    assert len(list_snapshots(snapshots_folder)) == 2


def test_one_broken_manifest_does_not_hide_the_others(rows, write, snapshots_folder):
    """A stored snapshot whose manifest is broken does not keep the others from being found by id."""
    good = write(rows)
    bad = write(rows.assign(value=rows["value"] / 2))
    (bad.path / "manifest.json").write_text("{", "utf-8")
    assert find_snapshot(good.id, snapshots_folder) == good.path


def test_snapshot_is_found_by_every_kind_of_reference(rows, write, snapshots_folder):
    """Bundled, latest, an id and a path each find their snapshot; a newer bundle is not the latest."""
    assert find_snapshot("latest", snapshots_folder) == BUNDLED_FOLDER
    old = write(rows, created=dt.date(2025, 1, 1))
    assert find_snapshot("bundled", snapshots_folder) == BUNDLED_FOLDER
    assert find_snapshot("latest", snapshots_folder) == old.path
    new = write(rows, created=dt.date(2099, 1, 1))
    assert find_snapshot("latest", snapshots_folder) == new.path
    assert find_snapshot(old.id, snapshots_folder) == old.path
    assert find_snapshot(str(old.path), snapshots_folder) == old.path


@pytest.mark.parametrize("content", ["", "{", None])
def test_newest_snapshot_that_cannot_be_read_is_never_passed_over(content, rows, write, snapshots_folder):
    """Its manifest is empty, cut or gone: older figures would pass for the newest."""
    old = write(rows, created=dt.date(2099, 1, 1))
    new = write(rows, created=dt.date(2099, 1, 2))
    manifest = new.path / "manifest.json"
    if content is None:
        manifest.unlink()
    else:
        manifest.write_text(content, "utf-8")
    with pytest.raises(SnapshotError, match=rf"{new.id}: manifest\.json cannot be read"):
        find_snapshot("latest", snapshots_folder)
    assert find_snapshot(old.id, snapshots_folder) == old.path
    shutil.rmtree(new.path)
    assert find_snapshot("latest", snapshots_folder) == old.path


def test_older_snapshot_that_cannot_be_read_does_no_harm(rows, write, snapshots_folder):
    """The newest one is certain without it."""
    old = write(rows, created=dt.date(2099, 1, 1))
    new = write(rows, created=dt.date(2099, 1, 2))
    (old.path / "manifest.json").write_text("", "utf-8")
    assert find_snapshot("latest", snapshots_folder) == new.path


def test_home_that_had_snapshots_and_has_none_is_an_error(rows, write, snapshots_folder, tmp_path):
    """Moved away, or on a drive that is away: the bundled figures do not stand in for newer ones."""
    written = write(rows)
    shutil.rmtree(written.path)
    with pytest.raises(SnapshotError, match=r"had snapshots and has none.*--snapshot bundled") as caught:
        find_snapshot("latest", snapshots_folder)
    assert caught.value.snapshot == str(snapshots_folder)
    snapshots_folder.rename(tmp_path / "away")
    with pytest.raises(SnapshotError, match="had snapshots and has none"):
        find_snapshot("latest", snapshots_folder)
    assert find_snapshot("bundled", snapshots_folder) == BUNDLED_FOLDER
    (tmp_path / MARKER).unlink()
    assert find_snapshot("latest", snapshots_folder) == BUNDLED_FOLDER


def test_file_in_place_of_the_home_is_told(tmp_path):
    """It is not an empty home."""
    (tmp_path / "home").write_text("x", "utf-8")
    with pytest.raises(SnapshotError, match=r"home/snapshots: cannot be read: Not a directory"):
        find_snapshot("latest", tmp_path / "home" / "snapshots")


def test_bundled_folder_is_found_by_its_id(bundled, snapshots_folder):
    """The bundled snapshot has an id like any other."""
    assert find_snapshot(bundled.id, snapshots_folder) == BUNDLED_FOLDER


def test_unknown_snapshot_is_told_with_what_there_is(rows, write, snapshots_folder, bundled):
    """An unknown reference is told with the newest ids."""
    write(rows, created=dt.date(2025, 1, 1))
    with pytest.raises(
        UnknownNameError, match=rf"Unknown snapshot 'other'\. Did you mean: {bundled.id}, 2025"
    ):
        find_snapshot("other", snapshots_folder)


def test_manifests_of_others_in_the_working_folder_do_no_harm(rows, write, tmp_path, monkeypatch):
    """Snapshots are written and loaded also where a neighbouring folder has a manifest of another kind."""
    (tmp_path / "here" / "edition").mkdir(parents=True)
    (tmp_path / "here" / "edition" / "manifest.json").write_text('{"edition": "x"}', "utf-8")
    monkeypatch.chdir(tmp_path / "here")
    written = write(rows)
    assert load_snapshot(str(written.path)).id == written.id


def test_catalogue_of_the_snapshot_is_in_its_areas(rows, write):
    """The table of areas has every current area with its level and its larger areas."""
    areas = pd.read_parquet(write(rows).path / "areas.parquet").set_index("area_code")
    assert areas.loc["931", ["level", "name_fi", "region_code", "county_code"]].tolist() == [
        "municipality",
        "Viitasaari",
        "MK13",
        "HVA15",
    ]
    assert len(areas) == len(list(load_catalogue().areas))


@pytest.mark.parametrize(
    "forged",
    [
        {"created": "soon"},
        {"sequence": "1"},
        {"series": [{}]},
        {"previous": {"id": 1}},
        {"id": "latest"},
        {"files": 0},
    ],
    ids=str,
)
def test_manifest_that_is_sealed_and_no_snapshots_is_told_and_passed_over(
    forged, rows, write, snapshots_folder, bundled, caplog
):
    """A right seal proves that nobody changed it since, not that it is a snapshot's."""
    good = write(rows)
    other = snapshots_folder / "2026-01-01-0000000f"
    shutil.copytree(good.path, other)
    manifest = json.loads((other / "manifest.json").read_text("utf-8")) | forged
    manifest["seal"] = seal_manifest(manifest)
    (other / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert {item["id"] for item in list_snapshots(snapshots_folder)} == {good.id, bundled.id}
    assert other.name in caplog.text


@pytest.mark.parametrize("kind", ["pipe", "device", "nested"])
def test_manifest_that_cannot_be_read_to_its_end_stops_nothing(kind, rows, write, snapshots_folder, bundled):
    """A pipe would hang, a device fill the memory, brackets end in a recursion."""
    good = write(rows)
    other = snapshots_folder / "2026-01-01-0000000f"
    other.mkdir()
    if kind == "pipe":
        os.mkfifo(other / "manifest.json")
    elif kind == "device":
        (other / "manifest.json").symlink_to("/dev/zero")
    else:
        (other / "manifest.json").write_text("[" * 100_000, "utf-8")
    assert {item["id"] for item in list_snapshots(snapshots_folder)} == {good.id, bundled.id}
