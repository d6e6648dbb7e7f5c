"""The folder of editions: what is found in it, and what a killed run has left."""

import errno
import json

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
    assert [item["folder"] for item in list_editions(published)] == [NAME]
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


@pytest.mark.parametrize("name", ["bundled", "gone"])
def test_a_snapshot_is_asked_for_as_it_was_given_or_by_its_id(name, tmp_path):
    """A path that is there still is taken; the id remains where it is not."""
    given = {"bundled": "bundled", "gone": str(tmp_path / "gone")}[name]
    manifest = {"snapshot": {"id": "2026-11-24-a"}, "reports": [{"parameters": {"snapshot": given}}]}
    assert recall_snapshot(manifest) == ("bundled" if name == "bundled" else "2026-11-24-a")
    manifest["reports"][0]["parameters"]["snapshot"] = str(tmp_path)
    assert recall_snapshot(manifest) == str(tmp_path)
