"""Archives: one zip with an edition, the snapshots it rests on, and the hash of every file in it.

An archive is checked when it is packed and again when it is unpacked: nothing is written from one that is
damaged, that holds a path out of its folder, or whose content differs from what is there already.
"""

import hashlib
import json
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

from indicators import folders
from indicators.edition.store import MANIFEST, building, read_manifest
from indicators.errors import OutputError, SnapshotError
from indicators.snapshot.store import mark_folder, verify_snapshot
from indicators.snapshot.write import hold
from indicators.version import __version__

FORMAT: Final = 1
CONTENTS: Final = "archive.json"
_EDITION, _SNAPSHOT, _PREVIOUS = "edition", "snapshot", "previous"
#: Nothing that this package makes comes near: a larger archive is no archive of ours.
MAXIMUM_BYTES: Final = 4 * 1024**3
_NOT_WHOLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError)
_FIXED_TIME: Final = (1980, 1, 1, 0, 0, 0)  # equal content gives an equal file


# --- packing ------------------------------------------------------------------------------------------


def pack_archive(
    edition_folder: Path, snapshot_folder: Path, target: Path, previous_folder: Path | None = None
) -> Path:
    """Pack an edition with its snapshot, and the previous one where it rests on that too; the archive's path.

    An earlier archive of the name is replaced once the new one is whole. A SnapshotError tells of a snapshot
    that is damaged, missing or another than the edition's, an OutputError of a file that differs from the
    edition's manifest, or of a zip that cannot be written.
    """
    manifest = read_manifest(edition_folder)
    snapshot = _check_snapshot(snapshot_folder, manifest["snapshot"])
    previous = _check_previous(previous_folder, snapshot_folder, manifest)
    files = {f"{_EDITION}/{name}": path for name, path in _list_files(edition_folder)}
    files |= {f"{_SNAPSHOT}/{name}": path for name, path in _list_files(snapshot_folder)}
    if previous and previous_folder:
        files |= {f"{_PREVIOUS}/{name}": path for name, path in _list_files(previous_folder)}
    hashes = {name: _hash_file(path) for name, path in files.items()}
    _check_edition(edition_folder, manifest, hashes)
    contents = {
        "format": FORMAT,
        "version": __version__,
        "edition": manifest["folder"],
        "snapshot": snapshot,
        "previous": previous,
        "files": hashes,
    }
    with folders.telling(target), folders.replacing(target) as work:
        _write_zip(work, files, contents)
    return target


def _check_snapshot(folder: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Id and hash of a snapshot, which must be whole and the one that is wanted."""
    problems = verify_snapshot(folder)
    if problems:
        raise SnapshotError(folder, problems[0], "It cannot be archived.")
    found = json.loads((folder / MANIFEST).read_text("utf-8"))
    if (found["id"], found["sha256"]) != (wanted["id"], wanted["sha256"]):
        raise SnapshotError(folder, f"is {found['id']}, but the edition rests on {wanted['id']}.")
    return {"id": found["id"], "sha256": found["sha256"]}


def _check_previous(
    folder: Path | None, snapshot_folder: Path, manifest: Mapping[str, Any]
) -> dict[str, str] | None:
    """Id and hash of the previous snapshot; None where the edition rests on none."""
    if not manifest.get("basis", {}).get("previous"):
        return None
    wanted = json.loads((snapshot_folder / MANIFEST).read_text("utf-8"))["previous"]
    if folder is None:
        problem = f"follows {wanted['id']}, which is not stored any more."
        advice = "Bring that back among the snapshots, or make the edition again without it."
        raise SnapshotError(snapshot_folder, problem, advice)
    return _check_snapshot(folder, wanted)


def _check_edition(folder: Path, manifest: Mapping[str, Any], hashes: Mapping[str, str]) -> None:
    stated = {item["file"]: item["sha256"] for item in manifest["reports"] if item["file"]}
    stated |= manifest.get("files", {})
    for name, wanted in stated.items():
        found = hashes.get(f"{_EDITION}/{name}")
        if found != wanted:
            problem = "is missing" if found is None else "differs from the edition's manifest"
            raise OutputError(folder / name, f"{problem};", "make the edition again before archiving it.")


def _list_files(folder: Path) -> Iterable[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix(), path


def _write_zip(path: Path, files: Mapping[str, Path], contents: Mapping[str, Any]) -> None:
    text = json.dumps(contents, ensure_ascii=False, indent=1) + "\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [(CONTENTS, text.encode()), *((n, p.read_bytes()) for n, p in files.items())]:
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- unpacking ----------------------------------------------------------------------------------------


def unpack_archive(file: Path, editions_folder: Path, snapshots_folder: Path) -> tuple[Path, ...]:
    """Unpack an archive; the folders of its edition, of its snapshot, and of the previous one if it has that.

    Everything is checked before anything is put in place. An edition or snapshot that is there already with
    the same content stays as it is. An OutputError tells of a zip that is damaged, holds a path out of its
    folder, differs from its own list, is from a newer version, or would overwrite something else; nothing was
    written then.
    """
    try:
        with folders.telling(file, "cannot be unpacked"), zipfile.ZipFile(file) as archive:
            contents = _read_contents(file, archive)
            _check_names(file, archive, contents)
            with building(editions_folder) as work, hold(snapshots_folder):
                _extract(file, archive, contents["files"], work)
                return _put_in_place(work, contents, editions_folder, snapshots_folder)
    except _NOT_WHOLE as error:
        raise OutputError(file, f"is not a whole zip: {error}.", "Take another copy of it.") from error


def _read_contents(file: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        contents = json.loads(archive.read(CONTENTS))
        form = contents["format"]
        named = [contents["edition"], *_snapshot_ids(contents).values()]
        is_listed = all(isinstance(item, str) for pair in contents["files"].items() for item in pair)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise OutputError(
            file, f"has no readable {CONTENTS};", "give a file that 'archive' has made."
        ) from error
    if form != FORMAT:
        raise OutputError(
            file, f"has format {form}; this version reads format {FORMAT}.", "Use a newer version."
        )
    if not is_listed or any(not _is_plain_name(name) for name in named):
        raise OutputError(file, f"{CONTENTS} names no edition and snapshot that could be written: {named}.")
    return contents


def _snapshot_ids(contents: Mapping[str, Any]) -> dict[str, str]:
    """Ids of the snapshots in an archive by their folders; not every edition has a previous one."""
    parts = (_SNAPSHOT, _PREVIOUS) if contents.get(_PREVIOUS) else (_SNAPSHOT,)
    return {part: contents[part]["id"] for part in parts}


def _is_plain_name(name: object) -> bool:
    """Whether a text may be the name of a folder: one step, not hidden."""
    return isinstance(name, str) and bool(name) and not name.startswith(".") and not set(name) & set("/\\:\0")


def _check_names(file: Path, archive: zipfile.ZipFile, contents: Mapping[str, Any]) -> None:
    for entry in archive.infolist():
        if not _is_inside(entry):
            raise OutputError(file, f"holds a path that leaves its folder: {entry.filename!r}.")
    names = [entry.filename for entry in archive.infolist()]
    if len(names) != len(set(names)):
        raise OutputError(file, "holds a file twice.")
    different = sorted(set(names) ^ {CONTENTS, *contents["files"]})
    if different:
        raise OutputError(file, f"its files differ from the list in {CONTENTS}: {different[0]!r}.")
    size = sum(entry.file_size for entry in archive.infolist())
    if size > MAXIMUM_BYTES:
        raise OutputError(file, f"would unpack to {size} bytes; at most {MAXIMUM_BYTES} are allowed.")


def _is_inside(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is an ordinary file of the edition or of a snapshot."""
    path = PurePosixPath(entry.filename)
    if entry.filename == CONTENTS:
        return True
    mode = entry.external_attr >> 16
    is_plain = not mode or stat.S_IFMT(mode) in (0, stat.S_IFREG)
    is_ours = len(path.parts) > 1 and path.parts[0] in (_EDITION, _SNAPSHOT, _PREVIOUS)
    is_safe = ".." not in path.parts and not set(entry.filename) & set("\\:\0") and not path.is_absolute()
    return is_plain and is_ours and is_safe and entry.filename == str(path)


def _extract(file: Path, archive: zipfile.ZipFile, hashes: Mapping[str, str], work: Path) -> None:
    for name, wanted in hashes.items():
        content = archive.read(name)
        if hashlib.sha256(content).hexdigest() != wanted:
            raise OutputError(file, f"{name} is damaged: its hash differs from the list's.")
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _put_in_place(
    work: Path, contents: Mapping[str, Any], editions_folder: Path, snapshots_folder: Path
) -> tuple[Path, ...]:
    """Check what was unpacked as a whole, then move all parts in, the edition last."""
    edition, snapshot = work / _EDITION, work / _SNAPSHOT
    manifest = read_manifest(edition)
    _check_snapshot(snapshot, manifest["snapshot"])
    previous = work / _PREVIOUS if contents.get(_PREVIOUS) else None
    found = _check_previous(previous, snapshot, manifest)
    named = (contents["edition"], contents["snapshot"]["id"], contents.get(_PREVIOUS))
    if (manifest["folder"], manifest["snapshot"]["id"], found) != named:
        raise OutputError(edition, f"its manifest and {CONTENTS} name different things.")
    _check_edition(edition, manifest, {f"{_EDITION}/{n}": _hash_file(p) for n, p in _list_files(edition)})
    targets = {edition: editions_folder / contents["edition"]}
    targets |= {work / part: snapshots_folder / name for part, name in _snapshot_ids(contents).items()}
    for made, target in targets.items():
        _refuse_different(made, target)
    for made, target in reversed(targets.items()):
        if not target.exists():
            folders.put_in_place(made, target)
    mark_folder(snapshots_folder)
    return tuple(targets.values())


def _refuse_different(made: Path, target: Path) -> None:
    if not target.exists():
        return
    hashes = [{name: _hash_file(path) for name, path in _list_files(folder)} for folder in (made, target)]
    if hashes[0] != hashes[1]:
        raise OutputError(target, "is there already with different content;", "move it away first.")
