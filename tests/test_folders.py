"""A folder is held by one run, and whatever a run leaves in it is finished or cleared by the next one."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from indicators import folders
from indicators.errors import LockError

WORDS = ("another run is writing here;", "wait until it has ended.")


def _hold(folder):
    return folders.hold(folder, *WORDS)


def _write(folder, content):
    folder.mkdir()
    (folder / "content.txt").write_text(content, "utf-8")
    return folder


def _read(folder):
    return (folder / "content.txt").read_text("utf-8")


def _left(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


@pytest.fixture
def fail_replace(monkeypatch):
    """Makes the first rename fail with an error number; two folders cannot change places in one step."""
    replace = os.replace
    monkeypatch.setattr(folders, "_exchange", lambda one, other: False)

    def arm(number):
        def fail(*arguments):
            monkeypatch.setattr(os, "replace", replace)
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "replace", fail)

    return arm


def test_a_folder_set_aside_comes_back_where_nothing_took_its_place(tmp_path):
    """Killed between its two renames, a run loses nothing."""
    _write(tmp_path / ".replaced-a", "old")
    _write(tmp_path / ".replaced-b", "old")
    _write(tmp_path / "b", "new")
    _write(tmp_path / ".unfinished-1", "half")
    (tmp_path / ".unfinished-latest").symlink_to("b")
    (tmp_path / ".unfinished-a.zip").write_text("half")
    with _hold(tmp_path):
        assert _left(tmp_path) == ["a", "b"]
    assert (_read(tmp_path / "a"), _read(tmp_path / "b")) == ("old", "new")


def test_held_again_inside_nothing_is_cleared(tmp_path):
    """The work of whoever holds the folder is not taken for a killed run's."""
    with _hold(tmp_path), folders.building(tmp_path) as work:
        with _hold(tmp_path):
            assert work.is_dir()
        with pytest.raises(LockError, match="another run is writing here; wait"):
            _ask_in_a_thread(tmp_path)
    assert _left(tmp_path) == []


def _ask_in_a_thread(folder):
    def ask():
        with _hold(folder):
            pass

    with ThreadPoolExecutor(1) as pool:
        pool.submit(ask).result()


def test_a_failed_rename_puts_the_old_folder_back(tmp_path, fail_replace):
    """What stood there stands again."""
    target, work = _write(tmp_path / "a", "old"), _write(tmp_path / "work", "new")
    fail_replace(errno.EACCES)
    with pytest.raises(PermissionError):
        folders.put_in_place(work, target)
    assert _read(target) == "old"
    folders.put_in_place(work, target)
    assert (_read(target), _left(tmp_path)) == ("new", ["a"])


def test_all_is_synced_before_it_is_put_in_place(tmp_path, monkeypatch):
    """Every file and folder reaches the disk before the rename, and the rename after it."""
    done, sync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: done.append("sync") or sync(descriptor))
    monkeypatch.setattr(os, "replace", lambda *paths: done.append("replace") or replace(*paths))
    folders.put_in_place(_write(tmp_path / "work", "new"), tmp_path / "a")
    assert done == ["sync", "sync", "replace", "sync"]
    done.clear()
    with folders.replacing(tmp_path / "file.txt") as work:
        work.write_text("new", "utf-8")
    assert done == ["sync", "replace", "sync"]


def _fill(path):
    path.write_text("half", "utf-8")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    """The old content stands, and nothing lies beside it."""
    path = tmp_path / "file.txt"
    path.write_text("old", "utf-8")
    with pytest.raises(OSError, match="No space left"), folders.replacing(path) as work:
        _fill(work)
    assert (path.read_text("utf-8"), _left(tmp_path)) == ("old", ["file.txt"])
