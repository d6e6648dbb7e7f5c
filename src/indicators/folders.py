"""Folders and files that others read while we write: built aside, synced, put in place whole.

A folder is held by one run at a time. What is unfinished, or set aside to be replaced, has a name of its own
by which the next run finds it: after a kill or a power cut the old content stands, or the new.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from indicators.errors import LockError, OutputError

UNFINISHED: Final = ".unfinished-"
_REPLACED: Final = ".replaced-"


@contextmanager
def hold(folder: Path, problem: str, advice: str) -> Iterator[None]:
    """Hold a folder, made where it is not there, against other runs; it may be held again inside.

    Another run that holds it is a LockError with ``problem`` and ``advice``. What a killed run left is first
    finished or cleared: nobody else holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock", timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockError(folder, problem, advice) from error
    try:
        if lock.lock_counter == 1:
            recover(folder)
        yield
    finally:
        lock.release()


def recover(folder: Path) -> None:
    """Finish or clear what a killed run left in a folder that nobody else writes now."""
    for old in folder.glob(f"{_REPLACED}*"):
        name = folder / old.name.removeprefix(_REPLACED)
        if name.exists():
            _remove(old)
        else:
            old.rename(name)
    for work in folder.glob(f"{UNFINISHED}*"):
        _remove(work)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """A work folder inside a held folder, which is gone afterwards."""
    work = folder / f"{UNFINISHED}{os.getpid()}"
    try:
        work.mkdir(parents=True)
        yield work
    finally:
        _remove(work)


def put_in_place(work: Path, target: Path) -> None:
    """Sync a folder or a link and rename it to ``target``; what stood there goes once the new one stands."""
    replaced = target.with_name(f"{_REPLACED}{target.name}")
    _sync_all(work)
    if target.is_dir() and not target.is_symlink():
        target.rename(replaced)
    try:
        _rename(work, target)
    except OSError:
        if replaced.exists():
            replaced.rename(target)
        raise
    _sync(target.parent)
    _remove(replaced)


def _rename(work: Path, target: Path) -> None:
    """Rename; from another file system, copy beside the target first."""
    try:
        os.replace(work, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f"{UNFINISHED}{target.name}")
        try:
            _sync_all(shutil.copytree(work, beside))
            os.replace(beside, target)
        finally:
            _remove(beside)


@contextmanager
def telling(path: Path | str, problem: str = "cannot be written", advice: str = "") -> Iterator[None]:
    """Turn what the disk refuses in the block into an OutputError of ours."""
    try:
        yield
    except OSError as error:
        raise OutputError(path, f"{problem}: {error.strerror or error}.", advice) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A work file for a file's new content, which takes the file's place when the block ends well."""
    work = path.with_name(f"{UNFINISHED}{path.name}")
    try:
        yield work
        _sync(work)
        os.replace(work, path)
        _sync(path.parent)
    finally:
        work.unlink(missing_ok=True)


def _sync_all(path: Path) -> None:
    """Sync a folder with all that lies in it; a link has nothing to sync."""
    if not path.is_symlink():
        for item in (*path.rglob("*"), path):
            if not item.is_symlink():
                _sync(item)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
