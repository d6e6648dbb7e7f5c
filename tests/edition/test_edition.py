"""The folder of editions: what is found in it, and what a killed run has left."""

import errno
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from indicators.edition.store import (
    LATEST,
    MANIFEST,
    building,
    find_edition,
    list_editions,
    publish,
    read_manifest,
    recall_snapshot,
    write_file,
)
from indicators.errors import OutputError, UnknownNameError

NAME = "2026-11-24-0a1b2c3d"


@pytest.fixture
def manifest():
    """The least that a manifest must say."""
    return {"edition": NAME, "folder": NAME, "snapshot": {}, "finished": "2026-11-24", "reports": []}


@pytest.fixture
def published(tmp_path, manifest):
    """A folder with one edition, to which ``latest`` points."""
    with building(tmp_path) as work:
        publish(work, NAME, manifest, is_complete=True)
    return tmp_path


def test_a_link_left_half_way_is_cleared(published, manifest):
    """Killed while it moved ``latest``, a run leaves a link; the next one clears it and moves it itself."""
    (published / ".unfinished-latest").symlink_to(NAME, target_is_directory=True)
    with building(published) as work:
        publish(work, NAME, manifest, is_complete=True)
    assert sorted(path.name for path in published.iterdir()) == [".lock", NAME, LATEST]
    assert (published / LATEST / MANIFEST).is_file()


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "a web app"}'], ids=["cut", "list", "foreign"])
def test_what_is_no_edition_hides_none(content, published, caplog):
    """Another program's manifest, or one cut short, is told in the log and passed over."""
    (published / "other").mkdir()
    (published / "other" / MANIFEST).write_text(content, "utf-8")
    assert [item["folder"] for _, item in list_editions(published)] == [NAME]
    assert "other" in caplog.text
    with pytest.raises(UnknownNameError, match=NAME):
        find_edition("2026", published)


def test_a_manifest_of_another_kind_is_told(published):
    """Asked for by name, it is refused with what it lacks."""
    (published / "other").mkdir()
    (published / "other" / MANIFEST).write_text(json.dumps({"name": "a web app"}), "utf-8")
    with pytest.raises(OutputError, match="is not an edition's: it must have edition"):
        read_manifest(published / "other")


def test_an_error_that_is_not_of_the_folder_is_not_blamed_on_it(tmp_path):
    """A process that could not be started is told as that, not as missing rights."""
    with pytest.raises(OutputError, match="the run could not go on: No more processes"), building(tmp_path):
        raise BlockingIOError(errno.EAGAIN, "No more processes")
    with pytest.raises(OutputError, match=r"could not go on: No such file \(/elsewhere"), building(tmp_path):
        raise FileNotFoundError(errno.ENOENT, "No such file", "/elsewhere/notebook.ipynb")
    with pytest.raises(OutputError, match="cannot be written: Permission denied"), building(tmp_path) as work:
        raise PermissionError(errno.EACCES, "Permission denied", str(work / "kunta"))


@pytest.mark.parametrize(("given", "asked"), [("bundled", "bundled"), ("2026-11-24-a", "2026-11-24-a")])
def test_a_snapshot_is_asked_for_by_its_id_or_as_bundled(given, asked):
    """No path of the machine that made the edition is needed."""
    manifest = {"snapshot": {"id": "2026-11-24-a"}, "reports": [{"parameters": {"snapshot": given}}]}
    assert recall_snapshot(manifest) == asked


def test_what_differs_from_the_manifest_is_not_published(tmp_path, manifest):
    """Whoever wrote into the folder being built: ``latest`` stays, and what nobody stated is left out."""
    stated = manifest | {"files": {"index.html": hashlib.sha256(b"right").hexdigest()}}
    with building(tmp_path) as work:
        with pytest.raises(OutputError, match=r"index\.html: is missing"):
            publish(work, NAME, stated, is_complete=True)
        write_file(work, "index.html", b"wrong")
        with pytest.raises(OutputError, match=r"index\.html: differs from"):
            publish(work, NAME, stated, is_complete=True)
    assert not (tmp_path / LATEST).exists()
    with building(tmp_path) as work:
        write_file(work, "index.html", b"right")
        write_file(work, "kunta/stray.html", b"wrong")
        (work / "link").symlink_to("/etc")
        target = publish(work, NAME, stated, is_complete=True)
    assert {path.name for path in target.rglob("*") if not path.is_dir()} == {"index.html", MANIFEST}


def test_a_file_behind_a_link_is_none_of_the_edition(tmp_path, manifest):
    """The bytes are right now, and are not ours."""
    (tmp_path / "outside.html").write_bytes(b"right")
    stated = manifest | {"files": {"index.html": hashlib.sha256(b"right").hexdigest()}}
    with building(tmp_path / "out") as work:
        (work / "index.html").symlink_to(tmp_path / "outside.html")
        with pytest.raises(OutputError, match=r"index\.html: differs from"):
            publish(work, NAME, stated, is_complete=True)


@pytest.mark.skipif(sys.platform != "linux", reason="others have no exchange in one step")
def test_an_edition_made_again_never_hides(published, manifest, monkeypatch):
    """No moment of a hundred publications in which ``latest`` shows nothing; looked at in another process."""
    look = "import pathlib, sys\nfile = pathlib.Path(sys.argv[1])\nprint('', flush=True)\n"
    look += "n = 0\nwhile not (file.parents[1] / 'end').exists(): n += not file.exists()\nprint(n)"
    file = published / LATEST / MANIFEST
    with subprocess.Popen([sys.executable, "-c", look, file], stdout=subprocess.PIPE, text=True) as watcher:
        watcher.stdout.readline()
        for _ in range(100):
            with building(published) as work:
                publish(work, NAME, manifest, is_complete=True)
        (published / "end").touch()
        assert watcher.stdout.read().strip() == "0"


def test_without_links_and_exchange_a_kill_between_is_mended(published, manifest, monkeypatch):
    """Two renames: what stood there is back with the next run, and ``latest`` is a copy."""
    monkeypatch.setattr("indicators.folders._exchange", lambda *paths: False)
    monkeypatch.setattr(
        Path, "symlink_to", lambda *paths, **named: (_ for _ in ()).throw(OSError("no links"))
    )
    with building(published) as work:
        publish(work, NAME, manifest | {"finished": "2026-11-25"}, is_complete=True)
    assert not (published / LATEST).is_symlink()
    for name in (NAME, LATEST):
        (published / name).rename(published / f".replaced-{name}")
    with building(published):
        assert read_manifest(published / LATEST)["finished"] == "2026-11-25"
        assert (published / NAME).is_dir()
