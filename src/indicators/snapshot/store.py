"""Stored snapshots: listed, found and verified without reading their figures.

Loads in an instant: the command needs no more of a snapshot, and leaves its figures to the processes that
make the reports.
"""

import datetime as dt
import hashlib
import json
import logging
import os
import re
import stat
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from indicators.config import DATA_FOLDER
from indicators.errors import SnapshotError, UnknownNameError
from indicators.folders import read_json

FORMAT: Final = 2
#: Formats that are read. In 1, the first edition's, the parts of a series are of one source and producer,
#: and the manifest does not say beside which bundle it was written.
READ_FORMATS: Final = (1, 2)
BUNDLED_FOLDER: Final = DATA_FOLDER / "snapshot"
MANIFEST: Final = "manifest.json"
FILES: Final = ("observations.parquet", "areas.parquet", "series.json")
#: Beside the folder of snapshots: says that there have been some, to tell an empty folder from a new one.
MARKER: Final = ".had-snapshots"
_ID: Final = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")


@dataclass(frozen=True)
class StoredSnapshot:
    """A whole snapshot in its folder: its id, the hash of all its files, and what its manifest states.

    The age of figures is counted from ``created``.
    """

    id: str
    sha256: str
    created: dt.date
    path: Path
    manifest: dict[str, Any] = field(repr=False)

    def list_left_out(self, declared: Container[str]) -> list[str]:
        """Ids of the series that are not shown, since nothing declares them; sorted."""
        return sorted(
            item["indicator_id"] for item in self.manifest["series"] if item["indicator_id"] not in declared
        )


def list_snapshots(folder: Path | None) -> list[dict[str, Any]]:
    """Manifests of the snapshots in a folder and of the bundled one, newest first.

    One that cannot be read is left out, with a warning in the log: it does not hide the others. A folder that
    may not be read is a SnapshotError: the bundled figures would otherwise pass for the newest.
    """
    manifests = []
    for path in [BUNDLED_FOLDER, *_list_folder(folder)]:
        if _is_snapshot(path):
            try:
                manifest = read_manifest(path)
            except SnapshotError as error:
                logging.getLogger(__name__).warning("%s", error)
                continue
            manifests.append({"path": str(path), "is_bundled": path == BUNDLED_FOLDER} | manifest)
    return sorted(manifests, key=lambda item: (item["created"], item["sequence"], item["id"]), reverse=True)


def _list_folder(folder: Path | None) -> list[Path]:
    """What lies in a folder of snapshots, unfinished ones left out; nothing where there is no folder."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith(".")) if folder else []
    except FileNotFoundError:
        return []
    except PermissionError as error:
        raise _no_rights(folder) from error
    except OSError as error:  # a file in its place, a share that does not answer
        advice = "Set 'home' in yhdyspinta.toml or YHDYSPINTA_HOME to a folder that can be read."
        raise SnapshotError(str(folder), f"cannot be read: {error.strerror or error}.", advice) from error


def _is_snapshot(path: Path) -> bool:
    """Whether a folder has a manifest; one that may not be looked into counts: reading it says why."""
    try:
        return stat.S_ISREG((path / MANIFEST).stat().st_mode)
    except PermissionError:
        return True
    except OSError:
        return False


def _no_rights(path: Path | None) -> SnapshotError:
    advice = "Ask its owner for the right to read it, or set 'home' in yhdyspinta.toml."
    return SnapshotError(str(path), "may not be read: no rights to the folder.", advice)


def find_snapshot(reference: str, folder: Path | None = None) -> Path:
    """Folder of a snapshot given as ``bundled``, ``latest``, an id or a path.

    The latest is the newest that was stored here; the bundled one only where there is none. A bundle that
    came with a newer version of the package lacks what was fetched here: the next fetch takes in its news.

    UnknownNameError where there is none, SnapshotError where the folder of snapshots may not be read; or, for
    ``latest``, where the newest one is damaged, or the folder had snapshots and has none.
    """
    if reference == "bundled":
        return BUNDLED_FOLDER
    if os.sep in reference and _is_snapshot(Path(reference)):
        return Path(reference)
    stored = list_snapshots(folder)
    if reference == "latest":
        return _find_newest(stored, folder)
    for manifest in stored:
        if manifest["id"] == reference:
            return Path(manifest["path"])
    if _is_snapshot(Path(reference)):
        return Path(reference)
    near = [manifest["id"] for manifest in stored][:3]
    raise UnknownNameError("snapshot", reference, near, "'yhdyspinta snapshots' lists them.")


def _find_newest(stored: list[dict[str, Any]], folder: Path | None) -> Path:
    """The newest of the stored snapshots, where it is certain that none newer is hidden by damage or away.

    Older figures would otherwise pass for the newest, and be published over newer ones.
    """
    if not stored:
        raise SnapshotError(
            BUNDLED_FOLDER, "is damaged, and no other is stored.", "Install the package again."
        )
    own = [item for item in stored if not item["is_bundled"]]
    readable = {item["path"] for item in own}
    for path in _list_folder(folder):
        has_id = _ID.fullmatch(path.name) is not None
        is_earlier = has_id and bool(own) and path.name[:10] < own[0]["created"]
        if str(path) not in readable and (has_id or _is_snapshot(path)) and not is_earlier:
            read_manifest(path)  # says what is wrong with it
    if folder is not None and not own and _marker(folder).is_file():
        problem = "had snapshots and has none: are they moved, or is their drive away?"
        advice = f"Bring them back; or remove {_marker(folder)} to begin anew, or give --snapshot bundled."
        raise SnapshotError(folder, problem, advice)
    return Path((own or stored)[0]["path"])


def _marker(folder: Path) -> Path:
    return folder.parent / MARKER


def mark_folder(folder: Path) -> None:
    """Leave the mark that a folder of snapshots has had some."""
    if not _marker(folder).is_file():
        _marker(folder).write_text("Snapshots have been stored here.\n", "utf-8")


def find_previous(snapshot: StoredSnapshot, folder: Path | None = None) -> Path | None:
    """Folder of the snapshot that another one follows, as its manifest names it by id and hash.

    None where it follows none, or where the one named is neither stored nor the bundled one.
    """
    named = snapshot.manifest.get("previous")
    if named is None:
        return None
    for manifest in list_snapshots(folder):
        if (manifest["id"], manifest["sha256"]) == (named["id"], named["sha256"]):
            return Path(manifest["path"])
    return None


def open_snapshot(path: Path) -> StoredSnapshot:
    """A snapshot's manifest, after checking every file's hash.

    SnapshotError where a file is missing or damaged, or the format is not this version's.
    """
    manifest = read_manifest(path)
    problems = _find_damage(path, manifest)
    if problems:
        raise SnapshotError(path, problems[0], "Do not use it; fetch again or take a copy.")
    created = dt.date.fromisoformat(manifest["created"])
    return StoredSnapshot(manifest["id"], manifest["sha256"], created, path, manifest)


def verify_snapshot(path: Path) -> list[str]:
    """Re-hash a snapshot; the problems found, an empty list when it is whole.

    SnapshotError where the manifest itself cannot be read.
    """
    return _find_damage(path, read_manifest(path))


def read_manifest(path: Path) -> dict[str, Any]:
    """What a snapshot states of itself, checked against its own seal alone.

    SnapshotError where there is no manifest, or it is damaged or of a format that is not read.
    """
    try:
        manifest: dict[str, Any] = read_json(path / MANIFEST)
        found = manifest["format"]
    except PermissionError as error:
        raise _no_rights(path) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(path, f"{MANIFEST} cannot be read: {error}.") from error
    if found not in READ_FORMATS:
        known = " and ".join(map(str, READ_FORMATS))
        raise SnapshotError(
            path,
            f"{MANIFEST} has format {found}; this version reads format {known}.",
            "Use the version that wrote it, or a newer one.",
        )
    if manifest.get("seal") != seal_manifest(manifest):
        raise SnapshotError(path, f"{MANIFEST} is damaged: its hash differs from its content's.")
    if not _has_form(manifest):
        raise SnapshotError(path, f"{MANIFEST} is not a snapshot's, though its hash is right.")
    return manifest


def _has_form(manifest: dict[str, Any]) -> bool:
    """Whether a manifest states what one must: its seal says only that nobody changed it since."""
    try:
        dt.date.fromisoformat(manifest["created"])
        series, previous = manifest["series"], manifest["previous"]
        return (
            manifest["id"] == f"{manifest['created']}-{manifest['sha256'][:8]}"
            and type(manifest["sequence"]) is int
            and isinstance(manifest["files"], dict)
            and all(isinstance(item["indicator_id"], str) and type(item["rows"]) is int for item in series)
            and (previous is None or isinstance(previous["id"] + previous["sha256"], str))
        )
    except (KeyError, TypeError, ValueError):
        return False


def _find_damage(path: Path, manifest: dict[str, Any]) -> list[str]:
    problems = []
    for name in FILES:
        try:
            found = compute_sha256((path / name).read_bytes())
        except OSError:
            problems.append(f"{name} is missing or cannot be read.")
            continue
        if found != manifest["files"].get(name):
            problems.append(f"{name} is damaged: its hash differs from the manifest's.")
    if compute_sha256(json.dumps(manifest["files"], sort_keys=True).encode()) != manifest["sha256"]:
        problems.append(f"{MANIFEST} is damaged: the whole snapshot's hash differs.")
    return problems


def seal_manifest(manifest: Mapping[str, Any]) -> str:
    """Hash of all that a manifest states, its own seal aside."""
    stated = {key: value for key, value in manifest.items() if key != "seal"}
    return compute_sha256(json.dumps(stated, sort_keys=True).encode())


def compute_sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
