"""What an installation of the first edition has is opened, listed, verified, archived and fetched on."""

import dataclasses
import inspect
import json
import shutil
import zipfile
from pathlib import Path, PurePosixPath

import pandas as pd
import pytest
from click.testing import CliRunner

from indicators.cli import main
from indicators.config import Settings
from indicators.fetch.accept import choose_earlier
from indicators.model import SeriesPart
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import find_snapshot

FIRST = Path(__file__).parents[1] / "fixtures" / "first_edition"
EDITION = "2026-11-26-6d8f50ca-931-fi"
OLDER, NEWER = "2026-11-24-b8889c5e", "2026-11-26-818f3187"
FETCHED = ("own:koe", "sotkanet:181", "statfin:population")
_PLACES = {"edition": f"reports/{EDITION}", "snapshot": f"koti/snapshots/{NEWER}"}
_PLACES["previous"] = f"koti/snapshots/{OLDER}"


@pytest.fixture
def installation(tmp_path, monkeypatch):
    """The installation, with its home and its edition laid out; the working folder."""
    folder = tmp_path / "asennus"
    shutil.copytree(FIRST, folder)
    with zipfile.ZipFile(folder / f"{EDITION}.zip") as archive:
        for name in archive.namelist():
            place, *rest = PurePosixPath(name).parts
            if rest:
                path = folder.joinpath(_PLACES[place], *rest)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
    for name in ("HOME", "CATALOGUE", "SOTKANET_URL", "STATFIN_URL", "CONTACT"):
        monkeypatch.delenv(f"YHDYSPINTA_{name}", raising=False)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(installation):
    """Runs a command there and gives its stdout."""

    def run(*arguments, code=0):
        # Before click 8.2 the two streams were mixed unless told otherwise.
        is_mixing = "mix_stderr" in inspect.signature(CliRunner).parameters
        runner = CliRunner(**({"mix_stderr": False} if is_mixing else {}), env={"COLUMNS": "300"})
        result = runner.invoke(main, list(arguments))
        assert result.exit_code == code, result.stderr
        return result.stdout

    return run


def load(installation, reference="latest"):
    """A snapshot of the home."""
    return load_snapshot(reference, installation / "koti" / "snapshots")


def get_rows(snapshot, indicator_id):
    """A series' figures, whatever words the other series have."""
    rows = snapshot.rows(indicator_id)[["area_code", "year", "sex", "value", "count", "status"]]
    texts = dict.fromkeys(("area_code", "sex", "status"), str)
    return rows.astype(texts).reset_index(drop=True)


def test_settings_overlay_and_plan_are_read(run):
    """The declared data hold with the party's own indicator and measures."""
    told = run("check")
    assert "measures: 2" in told
    assert "own:koe" in run("indicators")


def test_snapshots_are_listed_and_verified(run, installation):
    """Format 1 is read, and the newest of the home is the latest, beside a bundle of whatever date."""
    told = run("snapshots")
    assert OLDER in told
    assert NEWER in told
    for snapshot in (OLDER, NEWER):
        run("verify", snapshot)
    assert find_snapshot("latest", installation / "koti" / "snapshots").name == NEWER
    assert load(installation).manifest["format"] == 1


def test_damaged_snapshot_of_the_first_edition_is_found(run, installation):
    """Old figures are checked as new ones are."""
    path = installation / "koti" / "snapshots" / NEWER / "observations.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    run("verify", NEWER, code=4)


def test_edition_is_listed_and_archived(run, installation):
    """The first edition's edition is packed with its snapshots, byte for byte what they were."""
    assert EDITION in run("editions")
    first = installation / f"{EDITION}.zip"
    with zipfile.ZipFile(first) as archive:
        before = json.loads(archive.read("archive.json"))["files"]
    first.unlink()
    run("archive", EDITION)
    with zipfile.ZipFile(first) as archive:
        assert json.loads(archive.read("archive.json"))["files"] == before


def test_archive_is_opened(run, installation):
    """An archive of the first edition is unpacked beside a home without it."""
    shutil.rmtree(installation / "koti")
    shutil.rmtree(installation / "reports")
    run("unarchive", f"{EDITION}.zip")
    assert EDITION in run("editions")
    run("verify", NEWER)


def test_report_is_made_with_what_was_there(run, installation):
    """The own figure, the publisher and the plan are in a report of today's code."""
    run("report", "Viitasaari", "--jobs", "1", "--out", "uudet")
    (page,) = (installation / "uudet").glob("*/kunta/931-viitasaari.fi.html")
    text = page.read_text("utf-8")
    for word in ("Koeluku", "13,5", "Testikunta", "Testikuvaus: oma mittari"):
        assert word in text


def test_next_fetch_takes_in_the_bundle_and_drops_nothing(run, installation, bundled):
    """What was fetched stays as it was; the rest comes from the newer bundle, with its new indicators."""
    before = load(installation)
    told = json.loads(run("fetch", "--source", "table", "--json"))
    after = load(installation)
    assert (told["previous"], told["snapshot"]) == (NEWER, after.id)
    assert after.manifest["bundle"] == bundled.sha256
    for key in FETCHED:
        pd.testing.assert_frame_equal(get_rows(after, key), get_rows(before, key))
        assert after.series[key].parts == before.series[key].parts
    others = set(bundled.series) - set(FETCHED)
    assert others <= set(after.series)
    for key in others:
        pd.testing.assert_frame_equal(get_rows(after, key), get_rows(bundled, key))


def test_bundle_is_taken_in_once(run, installation):
    """A second fetch with nothing new writes nothing."""
    run("fetch", "--source", "table")
    newest = load(installation).id
    assert json.loads(run("fetch", "--source", "table", "--json"))["snapshot"] is None
    assert load(installation).id == newest


def test_newer_vintage_is_chosen_by_series(installation, bundled):
    """Of what neither a service nor a party gave, the newer vintage is carried; of equals the bundle's."""
    previous = load(installation)
    ours = "statfin:at_risk_of_poverty"
    for vintage, is_bundled in (("2031", False), ("1999-01-01", True), ("2019", True)):
        metadata = dataclasses.replace(previous.series[ours], parts=(SeriesPart(2015, 2019, vintage),))
        offered = dataclasses.replace(bundled.series[ours], parts=(SeriesPart(2015, 2019, "2019"),))
        had = dataclasses.replace(previous, series=previous.series | {ours: metadata})
        bundle = dataclasses.replace(bundled, series=bundled.series | {ours: offered})
        chosen = choose_earlier(had, bundle)
        assert (chosen[ours] is bundle) == is_bundled
        assert all(chosen[key] is had for key in FETCHED)


def test_settings_of_the_first_edition_lead_to_its_home(installation):
    """The file's paths are taken from its own folder."""
    from indicators.config import load_settings

    settings = load_settings(environ={}, folder=installation)
    assert isinstance(settings, Settings)
    assert settings.snapshots_folder == installation / "koti" / "snapshots"
    assert (settings.publisher, settings.feedback) == ("Testikunta", "palaute@example.org")
