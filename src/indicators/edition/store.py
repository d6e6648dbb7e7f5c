"""Editions: the published set of reports made from one snapshot.

An edition is built in a hidden folder and renamed into place when it is whole, so that a reader never meets
half of one. ``latest`` moves only to a complete edition. Whatever a killed run has left is cleared by the
next one.
"""

import errno
import hashlib
import json
import logging
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeGuard

from indicators import folders
from indicators.errors import OutputError, UnknownNameError
from indicators.snapshot.store import StoredSnapshot, list_snapshots

MANIFEST: Final = "manifest.json"
LATEST: Final = "latest"
#: What may have become of a report.
STATES: Final = ("published", "reused", "failed")
LOG_FILE: Final = "run.jsonl"
#: What a manifest must say to be an edition's.
_KEYS: Final = {"edition": str, "folder": str, "snapshot": dict, "finished": str, "reports": list}
#: Ends the name of an edition that stands beside a better one of the same name.
_INCOMPLETE: Final = "-vajaa"


@contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Hold the folder of editions and give a work folder inside it, which is gone afterwards.

    A LockError tells that another run is writing there, an OutputError that the folder cannot be written or
    its disk is full; nothing is left behind.
    """
    problem = "another run is writing editions here;"
    advice = "wait until it has ended, or use another --out."
    try:
        with folders.hold(folder, problem, advice), folders.building(folder) as work:
            yield work
    except OSError as error:
        raise _told(folder, error) from error


def _told(folder: Path, error: OSError) -> OutputError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return OutputError(
            folder, "the disk is full;", "make room and run again. Earlier editions are intact."
        )
    if not _concerns(folder, error.filename):
        where = f" ({error.filename})" if error.filename else ""
        problem = f"the run could not go on: {error.strerror or error}{where};"
        return OutputError(folder, problem, "nothing was published, and earlier editions are intact.")
    return OutputError(
        folder,
        f"cannot be written: {error.strerror or error};",
        "check the path and its rights, or use --out.",
    )


def _concerns(folder: Path, place: object) -> bool:
    """Whether an error is of the folder, of something in it, or of a folder above it."""
    if not isinstance(place, str | bytes | os.PathLike):
        return False
    path, own = Path(os.fsdecode(place)).absolute(), folder.absolute()
    return path.is_relative_to(own) or own.is_relative_to(path)


def write_file(work: Path, name: str, content: bytes) -> str:
    """Write one file of an edition being built; its hash."""
    path = work / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def choose_name(folder: Path, name: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """``name``, or another where an edition of that name has a report that failed this time.

    Publishing replaces an edition of the same name, and ``latest`` may point to it.
    """
    try:
        before = read_manifest(folder / name)["reports"]
    except OutputError:
        return name
    lost = {entry["file"] for entry in before} - {entry["file"] for entry in entries} - {None}
    return f"{name}{_INCOMPLETE}" if lost else name


def publish(work: Path, name: str, manifest: dict[str, Any], is_complete: bool) -> Path:
    """Put a built edition in its place, replacing one of the same name; move ``latest`` if it is complete.

    Complete is an edition that may be shown as the newest: whole, and of figures not older than those shown.
    A file that differs from the manifest is an OutputError; one that it does not name is not published.
    """
    check_files(work, manifest)
    for path in list_strays(work, manifest):
        logging.getLogger(__name__).warning("%s is no file of the edition and is not published.", path.name)
        path.unlink()
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    write_file(work, MANIFEST, text.encode())
    folder, target = work.parent, work.parent / name
    folders.put_in_place(work, target)
    if is_complete:
        point_latest(folder, name)
    return target


def check_files(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise an OutputError where a file of an edition is not there as the manifest states it."""
    there = folders.list_files(folder)  # nothing in it lies behind a link
    for name, wanted in list_stated(manifest).items():
        if name not in there or folders.hash_file(there[name]) != wanted:
            problem = "differs from the edition's manifest" if name in there else "is missing"
            raise OutputError(folder / name, f"{problem};", "make the edition again.")


def list_strays(folder: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """What lies in an edition's folder and is none of its files."""
    known = {MANIFEST, LOG_FILE, *list_stated(manifest)}
    return [
        path for name, path in folders.list_files(folder).items() if name not in known or path.is_symlink()
    ]


def list_stated(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The files of an edition of which its manifest tells, with their hashes."""
    stated = {item["file"]: item["sha256"] for item in manifest["reports"] if item["file"]}
    stated |= manifest.get("files", {}) | manifest.get("failures", {})
    return stated


def find_shown(folder: Path) -> dict[str, Any] | None:
    """Manifest of the edition that ``latest`` shows; None where it shows none.

    Raises
    ------
    OutputError
        It shows one whose manifest cannot be read: what would be replaced is not known.
    """
    if not (folder / LATEST).exists():
        return None
    try:
        return read_manifest(folder / LATEST)
    except OutputError as error:
        advice = "Bring a whole copy of the edition back, or remove it."
        raise OutputError(error.path, error.problem, advice) from error


def is_older(snapshot: StoredSnapshot, shown: Mapping[str, Any], snapshots_folder: Path | None) -> bool:
    """Whether a snapshot is older than the one on which a shown edition rests.

    By date; of one day by their order in the folder of snapshots, or by which follows which. Where neither is
    known, it counts as older: what is shown stays.
    """
    known = shown["snapshot"]
    if (known["id"], known["sha256"]) == (snapshot.id, snapshot.sha256):
        return False
    created, day = snapshot.created.isoformat(), str(known["id"])[:10]
    if created != day:
        return created < day
    if (snapshot.manifest.get("previous") or {}).get("sha256") == known["sha256"]:
        return False
    sequences = {item["sha256"]: item["sequence"] for item in list_snapshots(snapshots_folder)}
    return bool(sequences.get(known["sha256"], math.inf) >= snapshot.manifest["sequence"])


def point_latest(folder: Path, name: str) -> None:
    """Move ``latest`` in one step; a copy stands for it where links are not allowed."""
    new = folder / f"{folders.UNFINISHED}{LATEST}"
    try:
        new.symlink_to(name, target_is_directory=True)
    except OSError:
        shutil.copytree(folder / name, new)
    folders.put_in_place(new, folder / LATEST)


def take_stock(folder: Path) -> dict[str, tuple[int, ...]]:
    """State of every file and link of the editions in a folder, by path; any change to one shows in it.

    A time of change that the system keeps is part of it, which no program can set back.
    """
    found: dict[str, tuple[int, ...]] = {}
    for path in folder.glob("[!.]*/**/*"):
        name = path.relative_to(folder)  # of an edition, not of the logs of scheduled runs
        if path.is_file() and (folder / name.parts[0] / MANIFEST).is_file():
            state = path.lstat()
            found[str(name)] = (state.st_ino, state.st_size, state.st_ctime_ns)
    return found


def refuse_changes(folder: Path, before: Mapping[str, tuple[int, ...]]) -> None:
    """Raise an OutputError where an edition is not as it was: no notebook may write there."""
    after = take_stock(folder)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if changed:
        problem = f"was changed while reports were made: {', '.join(changed[:3])};"
        raise OutputError(folder, problem, "nothing was published. Find out what wrote there, and run again.")


def list_editions(folder: Path, edition: str = "") -> list[tuple[Path, dict[str, Any]]]:
    """Folders and manifests of the editions in a folder, newest first: all, or those of one id.

    What is no edition's is told in the log.
    """
    found = []
    for path in folder.glob(f"{edition or '[!.]'}*/{MANIFEST}"):
        try:
            manifest = read_manifest(path.parent)
        except OutputError as error:
            logging.getLogger(__name__).warning("%s", error)
            continue
        if path.parent.name != LATEST and edition in ("", manifest["edition"]):
            found.append((path.parent, manifest))
    return sorted(found, key=lambda item: (item[1]["finished"], item[0].name), reverse=True)


def find_edition(reference: str, folder: Path) -> Path:
    """Folder of an edition given by its folder name, ``latest`` or a path.

    UnknownNameError where there is no such edition.
    """
    for path in (folder / reference, Path(reference)):
        if (path / MANIFEST).is_file():
            return path.resolve()
    near = [item["folder"] for _, item in list_editions(folder)][:3]
    raise UnknownNameError("edition", reference, near, f"'yhdyspinta editions --out {folder}' lists them.")


def recall_snapshot(manifest: Mapping[str, Any]) -> str:
    """How an edition's snapshot is to be asked for: the bundled one by that word, others by id."""
    given = {entry.get("parameters", {}).get("snapshot") for entry in manifest["reports"]}
    return "bundled" if "bundled" in given else str(manifest["snapshot"].get("id"))


def read_manifest(path: Path) -> dict[str, Any]:
    """Manifest of an edition's folder; OutputError where it cannot be read or is not an edition's."""
    try:
        manifest = folders.read_json(path / MANIFEST)
    except (OSError, ValueError) as error:
        raise OutputError(path, f"{MANIFEST} cannot be read: {error}.") from error
    if not _is_edition(manifest):
        raise OutputError(path, f"{MANIFEST} is not an edition's: it must have {', '.join(_KEYS)}.")
    return manifest


def _is_edition(manifest: object) -> TypeGuard[dict[str, Any]]:
    """Whether what was read has the form of a manifest; others may have written it."""
    return (
        isinstance(manifest, dict)
        and all(isinstance(manifest.get(key), kind) for key, kind in _KEYS.items())
        and all(_is_hashes(manifest.get(key, {})) for key in ("files", "failures"))
        and all(_is_report(item) for item in manifest["reports"])
    )


def _is_hashes(listed: object) -> bool:
    return isinstance(listed, dict) and all(isinstance(value, str) for value in listed.values())


def _is_report(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("state") in STATES
        and all(
            isinstance(entry.get(key), str | None) for key in ("file", "sha256", "kind", "area", "language")
        )
        and "file" in entry
        and isinstance(entry.get("parameters", {}), dict)
    )
