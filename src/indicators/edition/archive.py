"""Archives: one zip with an edition, the snapshots it rests on, and the hash of every file in it.

An archive is checked when it is packed and again when it is unpacked: nothing is written from one that is
damaged, that holds a path out of its folder, or whose content differs from what is there already.
"""

import datetime as dt
import json
import re
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from indicators import folders
from indicators.catalogue import Catalogue
from indicators.edition.store import (
    LATEST,
    MANIFEST,
    building,
    check_files,
    list_strays,
    read_manifest,
)
from indicators.errors import OutputError, SnapshotError
from indicators.snapshot.foreign import check_foreign
from indicators.snapshot.store import FILES, mark_folder, verify_snapshot
from indicators.snapshot.write import hold
from indicators.version import __version__

FORMAT: Final = 1
CONTENTS: Final = "archive.json"
_EDITION, _SNAPSHOT, _PREVIOUS = "edition", "snapshot", "previous"
#: Nothing that this package makes comes near: a larger archive is no archive of ours.
MAXIMUM_BYTES: Final = 4 * 1024**3
MAXIMUM_FILES: Final = 20_000
_MOST_CONTENTS: Final = 16 * 1024**2
_PLAIN: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
_IS_UTF8: Final = 0x800
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
    check_files(edition_folder, manifest)
    strays = list_strays(edition_folder, manifest)
    listed = folders.list_files(edition_folder).items()
    files = {f"{_EDITION}/{name}": path for name, path in listed if path not in strays}
    files |= {f"{_SNAPSHOT}/{name}": snapshot_folder / name for name in (MANIFEST, *FILES)}
    if previous and previous_folder:
        files |= {f"{_PREVIOUS}/{name}": previous_folder / name for name in (MANIFEST, *FILES)}
    hashes = {unicodedata.normalize("NFC", name): folders.hash_file(path) for name, path in files.items()}
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


def _write_zip(path: Path, files: Mapping[str, Path], contents: Mapping[str, Any]) -> None:
    text = json.dumps(contents, ensure_ascii=False, indent=1) + "\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (CONTENTS, *files):
            entry = zipfile.ZipInfo(unicodedata.normalize("NFC", name), _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name].read_bytes() if name in files else text.encode())


# --- unpacking ----------------------------------------------------------------------------------------


def unpack_archive(
    file: Path, editions_folder: Path, snapshots_folder: Path, catalogue: Catalogue
) -> tuple[Path, ...]:
    """Unpack an archive; the folders of its edition, of its snapshot, and of the previous one if it has that.

    Everything is checked before anything is put in place. An edition or snapshot that is there already with
    the same content stays as it is. An OutputError tells of a zip that is damaged, holds a path out of its
    folder, differs from its own list, is from a newer version, or would overwrite something else, and of an
    edition or a snapshot that is not such as this version makes; nothing was written then.
    """
    try:
        with folders.telling(file, "cannot be unpacked"), zipfile.ZipFile(file) as archive:
            entries = _list_entries(file, archive)
            contents = _read_contents(file, archive, entries)
            _check_names(file, entries, contents)
            with building(editions_folder) as work, hold(snapshots_folder):
                _extract(file, archive, entries, contents, work)
                return _put_in_place(file, work, contents, editions_folder, snapshots_folder, catalogue)
    except _NOT_WHOLE as error:
        raise OutputError(file, f"is not a whole zip: {error}.", "Take another copy of it.") from error


def _list_entries(file: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The files of a zip by their composed names; other tools add folders, one around all, and their own."""
    listed = archive.infolist()
    size = sum(entry.file_size for entry in listed)
    if size > MAXIMUM_BYTES or len(listed) > MAXIMUM_FILES:
        raise OutputError(
            file,
            f"would unpack to {len(listed)} files of {size} bytes; at most {MAXIMUM_FILES} of "
            f"{MAXIMUM_BYTES} bytes are allowed.",
        )
    pairs = [(_read_name(entry), entry) for entry in listed if not entry.is_dir()]
    pairs = [(name, entry) for name, entry in pairs if not _is_of_a_tool(name)]
    tops = {name.partition("/")[0] for name, _ in pairs}
    if len(tops) == 1 and tops != {CONTENTS}:
        pairs = [(name.partition("/")[2], entry) for name, entry in pairs]
    for name, entry in pairs:
        if not _is_inside(name, entry):
            raise OutputError(file, f"holds a path that leaves its folder: {entry.filename!r}.")
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise OutputError(file, "holds a file twice.")
    return entries


def _read_name(entry: zipfile.ZipInfo) -> str:
    """Name of an entry with slashes, composed (NFC); some tools write UTF-8 and do not say so."""
    name = entry.filename
    if not entry.flag_bits & _IS_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _is_of_a_tool(name: str) -> bool:
    """Whether a file is what macOS or Windows adds to folders that it shows or packs."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db")


def _read_contents(
    file: Path, archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]
) -> dict[str, Any]:
    try:
        if entries[CONTENTS].file_size > _MOST_CONTENTS:
            raise ValueError(f"{CONTENTS} is too large")
        contents: dict[str, Any] = json.loads(archive.read(entries[CONTENTS]))
        form = contents["format"]
        named = [contents["edition"], *_snapshot_ids(contents).values()]
        is_listed = all(isinstance(item, str) for pair in contents["files"].items() for item in pair)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise OutputError(
            file, f"has no readable {CONTENTS};", "give a file that 'archive' has made."
        ) from error
    if form != FORMAT:
        raise OutputError(
            file, f"has format {form}; this version reads format {FORMAT}.", "Use a newer version."
        )
    if not is_listed or any(not _is_plain_name(name) for name in named):
        raise OutputError(file, f"{CONTENTS} names no edition and snapshot that could be written: {named}.")
    contents["files"] = {unicodedata.normalize("NFC", key): value for key, value in contents["files"].items()}
    return contents


def _snapshot_ids(contents: Mapping[str, Any]) -> dict[str, str]:
    """Ids of the snapshots in an archive by their folders; not every edition has a previous one."""
    parts = (_SNAPSHOT, _PREVIOUS) if contents.get(_PREVIOUS) else (_SNAPSHOT,)
    return {part: contents[part]["id"] for part in parts}


def _is_plain_name(name: object) -> bool:
    """Whether a text may be the name of an edition's or a snapshot's folder; ``latest`` is the newest's."""
    return isinstance(name, str) and _PLAIN.fullmatch(name) is not None and name.lower() != LATEST


def _check_names(file: Path, entries: Collection[str], contents: Mapping[str, Any]) -> None:
    different = sorted(set(entries) ^ {CONTENTS, *contents["files"]})
    if different:
        raise OutputError(file, f"its files differ from the list in {CONTENTS}: {different[0]!r}.")


def _is_inside(name: str, entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is an ordinary file of the edition or of a snapshot, no deeper than these are."""
    if name == CONTENTS:
        return True
    top, *below = name.split("/")
    depth = {_EDITION: 2, _SNAPSHOT: 1, _PREVIOUS: 1}.get(top, 0)
    is_plain = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
    is_safe = all(step and not step.startswith(".") and not set(step) & set(":\0") for step in below)
    return is_plain and is_safe and 1 <= len(below) <= depth


def _extract(
    file: Path,
    archive: zipfile.ZipFile,
    entries: Mapping[str, zipfile.ZipInfo],
    contents: Mapping[str, Any],
    work: Path,
) -> None:
    for name, wanted in contents["files"].items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entries[name]) as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        if folders.hash_file(path) != wanted:
            raise OutputError(file, f"{name} is damaged: its hash differs from the list's.")


def _put_in_place(
    file: Path,
    work: Path,
    contents: Mapping[str, Any],
    editions_folder: Path,
    snapshots_folder: Path,
    catalogue: Catalogue,
) -> tuple[Path, ...]:
    """Check what was unpacked as a whole, then move all parts in, the edition last."""
    edition, ids = work / _EDITION, _snapshot_ids(contents)
    try:
        manifest = read_manifest(edition)
        for part in ids:
            check_foreign(work / part, catalogue, dt.date.today())
        _check_snapshot(work / _SNAPSHOT, manifest["snapshot"])
        previous = _check_previous(work / _PREVIOUS if _PREVIOUS in ids else None, work / _SNAPSHOT, manifest)
        check_files(edition, manifest)
    except (SnapshotError, OutputError) as error:
        # The folder in which it was unpacked is gone by now.
        place = next((part for part in (_PREVIOUS, _SNAPSHOT) if f"/{part}" in str(error)), _EDITION)
        raise OutputError(file, f"its {place} is not as it must be: {error.problem}", error.advice) from error
    named = (contents["edition"], contents["snapshot"]["id"], contents.get(_PREVIOUS))
    if (manifest["folder"], manifest["snapshot"]["id"], previous) != named:
        raise OutputError(file, f"its manifest and {CONTENTS} name different things.")
    strays = list_strays(edition, manifest)
    if strays:
        raise OutputError(file, f"holds {strays[0].name!r}, which the edition's manifest does not name.")
    targets = {edition: editions_folder / contents["edition"]}
    targets |= {work / part: snapshots_folder / name for part, name in ids.items()}
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
    hashes = [
        {name: folders.hash_file(path) for name, path in folders.list_files(folder).items()}
        for folder in (made, target)
    ]
    if hashes[0] != hashes[1]:
        raise OutputError(target, "is there already with different content;", "move it away first.")
