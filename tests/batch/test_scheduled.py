"""Scheduled runs: their steps, codes, lock, summary and publishing; and how the last one went."""

import fcntl
import inspect
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from indicators.batch import scheduled
from indicators.catalogue import load_catalogue
from indicators.cli import main
from indicators.config import load_environment, load_settings
from indicators.errors import CatalogueError
from replica.frames import fill_missing
from replica.world import BEFORE, NOW, serve
from tests.batch.notebooks import wait_until
from tests.region_overlay import write_region_overlay

ROOT = Path(__file__).parents[2]

#: Stands for the command: each step's exit code is in CODES, and what was called goes to a file.
STAND_IN = r"""#!/bin/sh
echo "$*" >> "$CALLS"
case $1 in
  fetch)
    [ "$CODE_FETCH" = 3 ] && new=null || new='"new"'
    printf '{\n "snapshot": %s,\n "previous": "old"\n}\n' "$new"
    exit ${CODE_FETCH:-0} ;;
  report)
    sleep ${PAUSE:-0} & wait $!
    mkdir -p "$4/E1" && cd "$4/E1"
    latest=false file=null state=failed
    [ "${CODE_REPORT:-0}" = 0 ] && latest=true file='"1.html"' state=published
    snapshot='{"id": "2026-12-0'${DAY:-1}'-0123abcd", "sha256": "'${DAY:-1}'"}'
    echo "${TEXT:-1}" > 1.html
    echo "<p>changes" > muutokset.html
    printf '{"edition": "E", "folder": "E1", "finished": "%s", "snapshot": %s, "files": {}, ' \
      "$(date +%N)" "$snapshot" > manifest.json
    printf '"reports": [{"state": "%s", "file": %s, "sha256": "%s"}]}' \
      "$state" "$file" "${TEXT:-1}" >> manifest.json
    printf '{\n "folder": "E1",\n "is_latest": %s,\n "snapshot": %s\n}\n' "$latest" "$snapshot"
    exit ${CODE_REPORT:-0} ;;
esac
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a stand-in for the command of each step, and the settings of a run."""
    command = tmp_path / "yhdyspinta"
    command.write_text(STAND_IN)
    command.chmod(0o755)
    monkeypatch.setattr(scheduled, "_COMMAND", (str(command),))
    monkeypatch.setattr(scheduled, "find_snapshot", lambda name, folder: name)
    monkeypatch.setattr(scheduled, "open_snapshot", lambda name: name)
    monkeypatch.setattr(scheduled, "is_older", lambda own, shown, folder: own < shown["snapshot"]["id"])
    monkeypatch.chdir(tmp_path)
    settings = {
        "YHDYSPINTA_REPORTS": tmp_path / "reports",
        "YHDYSPINTA_PUBLISH": tmp_path / "www",
        "CALLS": tmp_path / "calls",
    }
    (tmp_path / "run.env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    before = dict(os.environ)
    yield tmp_path
    os.environ.clear()
    os.environ.update(before)


def _call(*arguments, **environment):
    is_mixing = "mix_stderr" in inspect.signature(CliRunner).parameters  # before click 8.2
    runner = CliRunner(**({"mix_stderr": False} if is_mixing else {}), env=environment)
    return runner.invoke(main, [str(item) for item in arguments], catch_exceptions=False)


def _run(place, *arguments, **environment):
    return _call("run", place / "run.env", *arguments, **environment)


def _summary(place):
    return json.loads((place / "reports" / "runs" / "last.json").read_text())


def test_a_run_fetches_reports_and_publishes(place):
    """The steps come in order; the edition and its changes are found where ``latest`` points."""
    done = _run(place, YHDYSPINTA_REPORT_OPTIONS="--lang fi --lang 's v'")
    assert done.exit_code == 0, done.stderr
    assert (place / "calls").read_text().splitlines() == [
        "fetch --json",
        f"report --json --out {place / 'reports'} --lang fi --lang s v",
    ]
    assert (place / "www" / "latest").readlink() == Path("E1")
    assert (place / "www" / "latest" / "muutokset.html").read_text() == "<p>changes\n"
    summary = _summary(place)
    assert summary | {"started": "", "finished": ""} == {
        "started": "",
        "finished": "",
        "exit_code": 0,
        "fetch": "0",
        "snapshot": "new",
        "previous": "old",
        "report": "0",
        "edition": "E1",
        "published": str(place / "www" / "E1"),
    }
    assert "exit 0; fetch 0, snapshot new, report 0, edition E1" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("codes", "expected", "n_steps", "is_published"),
    [
        ({"CODE_FETCH": "1"}, 1, 2, True),
        ({"CODE_FETCH": "3"}, 3, 2, True),
        ({"CODE_FETCH": "2"}, 2, 1, False),
        ({"CODE_FETCH": "4"}, 4, 1, False),
        ({"CODE_REPORT": "1"}, 1, 2, False),
        ({"CODE_REPORT": "2"}, 2, 2, False),
        ({"CODE_REPORT": "4"}, 4, 2, False),
        ({"CODE_FETCH": "3", "CODE_REPORT": "1"}, 1, 2, False),
    ],
    ids=str,
)
def test_exit_codes_say_what_to_do(codes, expected, n_steps, is_published, place):
    """A run goes on after a partial fetch, stops where nothing can come of it, publishes whole editions."""
    assert _run(place, **codes).exit_code == expected
    assert len((place / "calls").read_text().splitlines()) == n_steps
    assert _summary(place)["exit_code"] == expected
    assert (place / "www" / "latest").exists() == is_published


def test_an_edition_that_failed_leaves_what_is_published(place):
    """Readers keep the earlier edition; a run of the same edition replaces it as a whole."""
    _run(place)
    before = (place / "www" / "latest" / "1.html").read_text()
    _run(place, CODE_REPORT="1", TEXT="2")
    assert (place / "www" / "latest" / "1.html").read_text() == before
    assert _run(place, TEXT="3").exit_code == 0
    assert (place / "www" / "latest" / "1.html").read_text() == "3\n"
    assert sorted(path.name for path in (place / "www").iterdir()) == ["E1", "latest"]


def test_an_edition_that_is_published_is_not_copied_again(place):
    """It stays as it is with its page of changes; what is missing from it brings a new copy."""
    _run(place)
    page = place / "www" / "E1" / "1.html"
    before = page.stat().st_ino
    assert _run(place, CODE_FETCH="3").exit_code == 3
    assert page.stat().st_ino == before
    for lost in (page, page.with_name("manifest.json")):
        (place / "www" / "latest").unlink()
        lost.unlink()
        assert _run(place, CODE_FETCH="3").exit_code == 3
        assert lost.is_file()
    assert (place / "www" / "latest" / "muutokset.html").is_file()


def test_a_share_without_links_gets_a_copy(place, monkeypatch):
    """``latest`` is then a folder, which moves as a whole."""

    def refuse(*_arguments, **_more):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for text in "121":
        assert _run(place, TEXT=text).exit_code == 0
        assert (place / "www" / "latest" / "1.html").read_text() == f"{text}\n"
    assert not (place / "www" / "latest").is_symlink()
    assert sorted(path.name for path in (place / "www").iterdir()) == ["E1", "latest"]


def test_published_folder_does_not_go_back_to_older_figures(place):
    """Also where the folder of editions is a new one; a snapshot that is asked for by name may."""
    assert _run(place, DAY="2").exit_code == 0
    manifest = place / "www" / "latest" / "manifest.json"
    before = manifest.read_text()
    done = _run(place, DAY="1")
    assert done.exit_code == 4
    assert "latest: shows figures of 2026-12-02-0123abcd, newer than 2026-12-01-0123abcd" in done.stderr
    assert manifest.read_text() == before
    manifest.write_text("")
    assert _run(place, DAY="3").exit_code == 4
    manifest.write_text(before)
    assert _run(place, DAY="1", YHDYSPINTA_REPORT_OPTIONS="--snapshot old").exit_code == 0
    assert "2026-12-01" in manifest.read_text()


def test_a_kept_edition_is_published_again(place):
    """Nothing is fetched or made; one that is gone, failed, or has nowhere to go is told."""
    _run(place)
    kept = shutil.copytree(place / "reports" / "E1", place / "reports" / "E0")
    manifest = (kept / "manifest.json").read_text().replace('"E1"', '"E0"').replace("12-01", "11-01")
    (kept / "manifest.json").write_text(manifest)
    (place / "calls").unlink()
    assert _run(place, "--pin", "E0").exit_code == 0
    assert (place / "www" / "latest").readlink() == Path("E0")
    assert not (place / "calls").exists()
    gone = _run(place, "--pin", "E7")
    advice = f"Did you mean: E1, E0? 'yhdyspinta editions --out {place / 'reports'}' lists them."
    assert (gone.exit_code, gone.stderr) == (2, f"Unknown edition 'E7'. {advice}\n")
    (kept / "manifest.json").write_text(manifest.replace('"1.html"', "null"))
    broken = _run(place, "--pin", "E0")
    assert (broken.exit_code, "expected a whole edition" in broken.stderr) == (2, True)
    del os.environ["YHDYSPINTA_PUBLISH"]
    lost = _call("run", "--pin", "E1")
    assert (lost.exit_code, "YHDYSPINTA_PUBLISH: found ''" in lost.stderr) == (2, True)


def test_two_runs_at_once(place):
    """The second one says so, does nothing and ends with 75."""
    (place / "reports" / "runs").mkdir(parents=True)
    with (place / "reports" / "runs" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = _run(place)
    assert done.exit_code == 75
    assert done.stderr.count("\n") == 1
    assert "another run is under way" in done.stderr
    assert not (place / "calls").exists()
    assert _run(place).exit_code == 0


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("YHDYSPINTA_REPORTS=", "YHDYSPINTA_REPORTS: found ''; expected the folder of editions"),
        ("YHDYSPINTA_REPORT_OPTIONS=--lang 'fi", "expected a command line"),
        ("YHDYSPINTA_KEEP_RUNS_DAYS=many", "expected a number of days"),
        ("YHDYSPINTA_PUBLSIH=/srv", "run.env:4: YHDYSPINTA_PUBLSIH: unknown setting; known are"),
        ("reports=/srv", "run.env:4: reports: is a key of yhdyspinta.toml; expected YHDYSPINTA_REPORTS here"),
        ("export A=1", "run.env:4: settings: expected NAME=value"),
        ("just words", "run.env:4: settings: expected NAME=value"),
    ],
)
def test_wrong_settings(line, problem, place):
    """They end the run with 2 and one message, before anything is done."""
    with (place / "run.env").open("a") as file:
        file.write(f"{line}\n")
    done = _run(place)
    assert (done.exit_code, (place / "calls").exists()) == (2, False)
    assert problem in done.stderr
    assert done.stderr.count("yhdyspinta: ") == 1


def test_settings_file_is_read_whatever_wrote_it(place):
    """Marks of Windows, quotes, comments and spaces do no harm; nothing is expanded."""
    lines = [
        "# a",
        "; b",
        "",
        'YHDYSPINTA_REPORT_OPTIONS="--all --jobs 2"',
        "YHDYSPINTA_CONTACT = a@b.fi",
        "X=$HOME # c",
    ]
    (place / "run.env").write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    load_environment(place / "run.env")
    settings = load_settings()
    assert (settings.report_options, settings.contact) == ("--all --jobs 2", "a@b.fi")
    assert os.environ["X"] == "$HOME # c"
    (place / "run.env").write_bytes(b"A=\xe4\n")
    with pytest.raises(CatalogueError, match=r"run\.env: .*is not UTF-8"):
        load_environment(place / "run.env")


def test_settings_come_from_the_file_of_the_folder_too(place):
    """What ``yhdyspinta.toml`` says is enough; its paths are relative to it."""
    (place / "yhdyspinta.toml").write_text('reports = "r"\npublish = "w"\n')
    done = _call("run", CALLS=str(place / "calls"), YHDYSPINTA_REPORTS=None)
    assert "report --json --out " + str(place / "r") in (place / "calls").read_text()
    assert done.exit_code == 0, done.stderr
    assert (place / "w" / "latest" / "1.html").is_file()


def test_a_run_that_is_told_to_stop(place):
    """The step is told, the summary says so, nothing is published, and the lock is free again."""
    code = (
        "from indicators.batch import scheduled; from indicators.cli import main; "
        f"scheduled._COMMAND = ({str(place / 'yhdyspinta')!r},); main()"
    )
    environment = os.environ | {"PAUSE": "60", "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen([sys.executable, "-c", code, "run", place / "run.env"], env=environment)
    assert wait_until(lambda: (place / "calls").exists() and "report" in (place / "calls").read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=120) == 143
    assert _summary(place)["exit_code"] == 143
    assert not (place / "www").exists()
    assert _run(place).exit_code == 0


def test_a_web_folder_that_cannot_be_written(place):
    """Exit code 4 and the folder's name; the edition itself is kept."""
    (place / "www").write_text("a file")
    done = _run(place)
    assert done.exit_code == 4
    assert f"{place / 'www'}: could not be written" in done.stderr
    assert (place / "reports" / "E1").is_dir()


def test_old_logs_are_dropped(place):
    """Those older than the days set; editions stay."""
    _run(place)
    old = next((place / "reports" / "runs").glob("2*"))
    os.utime(old, (0, 0))
    _run(place)
    assert not old.exists()
    assert (place / "reports" / "E1").is_dir()


def test_status_of_the_last_run(place):
    """0 fresh, 1 failed in part, 2 wrong use, 3 too old, 4 no run or none that can be read."""
    status = ("status", place / "run.env")
    none = _call(*status)
    assert none.exit_code == 4
    assert none.stderr == f"yhdyspinta: no run has ended in {place / 'reports'} yet.\n"
    _run(place)
    fresh = _call(*status, "--json")
    assert (fresh.exit_code, json.loads(fresh.stdout)["edition"]) == (0, "E1")
    last = place / "reports" / "runs" / "last.json"
    last.write_text(json.dumps(_summary(place) | {"finished": "2026-01-01T00:00:00Z"}))
    assert _call(*status).exit_code == 3
    assert _call(*status, "--max-age", "1000000").exit_code == 0
    assert _call(*status, "--max-age", "0").exit_code == 2
    _run(place, CODE_FETCH="1")
    assert _call(*status).exit_code == 1
    assert _call("--settings", place / "run.env", "status").exit_code == 1
    last.write_text("{")
    assert _call(*status).exit_code == 4
    del os.environ["YHDYSPINTA_REPORTS"]
    (place / "etc").mkdir()
    (place / "etc" / "yhdyspinta.toml").write_text('reports = "r"\n')
    lost = _call("status")
    note, problem = lost.stderr.splitlines()
    assert (lost.exit_code, problem[:45]) == (2, "yhdyspinta: YHDYSPINTA_REPORTS: found ''; exp")
    assert note.startswith(f"yhdyspinta: note: {place / 'etc' / 'yhdyspinta.toml'} is not read: ")


@pytest.mark.slow
def test_real_runs_with_and_without_news(place, bundled, monkeypatch):
    """Of a small agreement, against replicas of the services: what is published stays until there is news."""
    overlay = write_region_overlay(place / "oma")
    catalogue = load_catalogue(overlay=overlay)
    figures = bundled.observations
    figures = fill_missing(figures[figures["indicator_id"].isin(catalogue.indicators)], catalogue)
    monkeypatch.undo()
    monkeypatch.chdir(place)

    def run(seed, updated):
        with serve(catalogue, figures, seed, updated) as (sotkanet, statfin):
            done = _run(
                place,
                YHDYSPINTA_HOME=str(place / "home"),
                YHDYSPINTA_CATALOGUE=str(overlay),
                YHDYSPINTA_SOTKANET_URL=sotkanet.url,
                YHDYSPINTA_STATFIN_URL=statfin.url,
                PYTHONPATH=os.pathsep.join(sys.path),
            )
        assert done.exit_code == 0, done.stderr
        return _summary(place)

    def read(edition):
        files = (place / "www" / edition).resolve().rglob("*")
        return {path.name: (path.read_bytes(), path.stat().st_ino) for path in files if path.is_file()}

    first = run(1, BEFORE)
    pages = read("latest")
    assert first["snapshot"] not in ("", first["previous"])
    assert json.loads(pages["manifest.json"][0])["snapshot"]["id"] == first["snapshot"]
    assert b'href="muutokset.html"' in pages["index.html"][0]
    assert len(pages["muutokset.html"][0]) > 1000

    second = run(1, BEFORE)
    assert (second["snapshot"], second["edition"]) == ("", first["edition"])
    assert read("latest") == pages
    made = json.loads((place / "reports" / "latest" / "manifest.json").read_text("utf-8"))
    assert {entry["state"] for entry in made["reports"]} == {"reused"}

    third = run(2, NOW)
    news = read("latest")
    assert (third["previous"], third["edition"] != first["edition"]) == (first["snapshot"], True)
    assert news.keys() == pages.keys()
    reports = [name for name in news if name.endswith(".fi.html")]
    assert len(reports) == 6
    assert [name for name in reports if news[name][0] == pages[name][0]] == []
    assert first["snapshot"].encode() in news["muutokset.html"][0]
    assert read(first["edition"]) == pages
