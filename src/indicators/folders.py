"""Folders and files that others read while we write: built aside, synced, put in place whole.

A folder is held by one run at a time. What is unfinished, or set aside to be replaced, has a name of its own
by which the next run finds it: after a kill or a power cut the old content stands, or the new.
"""

import ctypes
import errno
import hashlib
import json
import os
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from indicators.errors import LockError, OutputError

UNFINISHED: Final = ".unfinished-"
_REPLACED: Final = ".replaced-"
#: No manifest of ours comes near it.
_MOST_JSON_BYTES: Final = 64 * 1024**2
_EXCHANGE: Final = 2  # RENAME_EXCHANGE of Linux
_HERE: Final = -100  # AT_FDCWD


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
        if os.path.lexists(name):
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


def remove(path: Path) -> None:
    """Take a folder away in one step for who reads it; an OutputError where it cannot be.

    What a kill leaves is cleared by the next run.
    """
    gone = path.with_name(f"{UNFINISHED}{path.name}")
    with telling(path, "cannot be removed", "Check its rights."):
        path.rename(gone)
        shutil.rmtree(gone)


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
    """Sync a folder or a link and rename it to ``target``; what stood there goes once the new one stands.

    What no rename can replace is exchanged in one step where the system can; else there are two renames, and
    what a kill between them leaves is mended by the next run.
    """
    replaced = target.with_name(f"{_REPLACED}{target.name}")
    _sync_all(work)
    is_in_the_way = os.path.lexists(target) and not (work.is_symlink() and target.is_symlink())
    if is_in_the_way and _exchange(work, target):
        _sync(target.parent)
        _remove(work)
        return
    if is_in_the_way:
        target.rename(replaced)
    try:
        os.replace(work, target)
    except OSError:
        if os.path.lexists(replaced):
            replaced.rename(target)
        raise
    _sync(target.parent)
    _remove(replaced)


def _exchange(one: Path, other: Path) -> bool:
    """Whether two paths could change places in one step: Linux alone can, and not on every disk."""
    try:
        rename = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


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


def read_json(path: Path) -> Any:
    """Content of a JSON file that others may have written.

    OSError where it is no ordinary file, ValueError where it is no JSON, nested too deep or too large.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "no ordinary file", str(path))
    if path.stat().st_size > _MOST_JSON_BYTES:
        raise ValueError(f"more than {_MOST_JSON_BYTES} bytes")
    try:
        return json.loads(path.read_bytes())
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def find_file(path: Path) -> Path:
    """The file of a name, whichever way its letters are composed on the disk."""
    for form in ("NFC", "NFD"):
        other = Path(unicodedata.normalize(form, str(path)))
        if not path.is_file() and other.is_file():
            return other
    return path


def hash_file(path: Path) -> str:
    """SHA-256 of an ordinary file; empty where there is none, or only a link or a device."""
    try:
        if path.is_symlink() or not path.is_file():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def list_files(folder: Path) -> dict[str, Path]:
    """Everything below a folder that is no folder, by its name with slashes; no link is followed."""
    found = {}
    for place, folders, names in os.walk(folder):
        for name in [*names, *(item for item in folders if (Path(place) / item).is_symlink())]:
            path = Path(place) / name
            found[path.relative_to(folder).as_posix()] = path
    return dict(sorted(found.items()))


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
