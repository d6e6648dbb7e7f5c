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
from collections.abc import Mapping
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
            packed = _Packed(file, archive)
            with (
                building(editions_folder) as work,
                hold(snapshots_folder),
                folders.building(snapshots_folder) as beside,
            ):
                # Each part beside its place: a rename reaches no other file system.
                parts = {part: beside / part for part in packed.ids} | {_EDITION: work / _EDITION}
                packed.extract(parts)
                packed.check(parts, catalogue)
                targets = {part: snapshots_folder / name for part, name in packed.ids.items()}
                targets[_EDITION] = editions_folder / packed.contents["edition"]
                for part, target in targets.items():
                    _refuse_different(parts[part], target)
                for part, target in targets.items():  # the edition last
                    if not target.exists():
                        folders.put_in_place(parts[part], target)
                mark_folder(snapshots_folder)
                return tuple(targets[part] for part in (_EDITION, *packed.ids))
    except _NOT_WHOLE as error:
        raise OutputError(file, f"is not a whole zip: {error}.", "Take another copy of it.") from error


class _Packed:
    """An archive that is open: its files by their names, and what it says of itself."""

    def __init__(self, file: Path, archive: zipfile.ZipFile) -> None:
        self.file, self._archive = file, archive
        self._entries = _list_entries(file, archive)
        self.contents = self._read_contents()
        different = sorted(set(self._entries) ^ {CONTENTS, *self.contents["files"]})
        if different:
            raise OutputError(file, f"its files differ from the list in {CONTENTS}: {different[0]!r}.")

    @property
    def ids(self) -> dict[str, str]:
        """Ids of the snapshots by their folders; not every edition has a previous one."""
        return _list_ids(self.contents)

    def _read_contents(self) -> dict[str, Any]:
        try:
            if self._entries[CONTENTS].file_size > _MOST_CONTENTS:
                raise ValueError(f"{CONTENTS} is too large")
            contents: dict[str, Any] = json.loads(self._archive.read(self._entries[CONTENTS]))
            form = contents["format"]
            named = [contents["edition"], *_list_ids(contents).values()]
            is_listed = all(isinstance(item, str) for pair in contents["files"].items() for item in pair)
        except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
            problem, advice = f"has no readable {CONTENTS};", "give a file that 'archive' has made."
            raise OutputError(self.file, problem, advice) from error
        if form != FORMAT:
            problem = f"has format {form}; this version reads format {FORMAT}."
            raise OutputError(self.file, problem, "Use a newer version.")
        if not is_listed or not all(map(_is_plain_name, named)):
            problem = f"{CONTENTS} names no edition and snapshot that could be written: {named}."
            raise OutputError(self.file, problem)
        listed = contents["files"].items()
        return contents | {"files": {unicodedata.normalize("NFC", key): value for key, value in listed}}

    def extract(self, parts: Mapping[str, Path]) -> None:
        """Write the files of each part into its folder, compared with their hashes."""
        for name, wanted in self.contents["files"].items():
            part, _, below = name.partition("/")
            path = parts[part] / below
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._archive.open(self._entries[name]) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            if folders.hash_file(path) != wanted:
                raise OutputError(self.file, f"{name} is damaged: its hash differs from the list's.")

    def check(self, parts: Mapping[str, Path], catalogue: Catalogue) -> None:
        """Refuse parts that are not such as this version makes, or that do not belong together."""
        edition, contents = parts[_EDITION], self.contents
        try:
            manifest = read_manifest(edition)
            for part in self.ids:
                check_foreign(parts[part], catalogue, dt.date.today())
            _check_snapshot(parts[_SNAPSHOT], manifest["snapshot"])
            previous = _check_previous(parts.get(_PREVIOUS), parts[_SNAPSHOT], manifest)
            check_files(edition, manifest)
        except (SnapshotError, OutputError) as error:
            # The folder in which it was unpacked is gone by now.
            place = next((part for part in (_PREVIOUS, _SNAPSHOT) if f"/{part}" in str(error)), _EDITION)
            problem = f"its {place} is not as it must be: {error.problem}"
            raise OutputError(self.file, problem, error.advice) from error
        named = (contents["edition"], contents["snapshot"]["id"], contents.get(_PREVIOUS))
        if (manifest["folder"], manifest["snapshot"]["id"], previous) != named:
            raise OutputError(self.file, f"its manifest and {CONTENTS} name different things.")
        strays = list_strays(edition, manifest)
        if strays:
            problem = f"holds {strays[0].name!r}, which the edition's manifest does not name."
            raise OutputError(self.file, problem)


def _list_ids(contents: Mapping[str, Any]) -> dict[str, str]:
    parts = (_SNAPSHOT, _PREVIOUS) if contents.get(_PREVIOUS) else (_SNAPSHOT,)
    return {part: contents[part]["id"] for part in parts}


def _is_plain_name(name: object) -> bool:
    """Whether a text may be the name of an edition's or a snapshot's folder; ``latest`` is the newest's."""
    return isinstance(name, str) and _PLAIN.fullmatch(name) is not None and name.lower() != LATEST


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


def _is_inside(name: str, entry: zipfile.ZipInfo) -> bool:
    """Whether an entry is an ordinary file of the edition or of a snapshot, no deeper than these are."""
    if name == CONTENTS:
        return True
    top, *below = name.split("/")
    depth = {_EDITION: 2, _SNAPSHOT: 1, _PREVIOUS: 1}.get(top, 0)
    is_plain = stat.S_IFMT(entry.external_attr >> 16) in (0, stat.S_IFREG)
    is_safe = all(step and not step.startswith(".") and not set(step) & set(":\0") for step in below)
    return is_plain and is_safe and 1 <= len(below) <= depth


def _refuse_different(made: Path, target: Path) -> None:
    if target.exists() and _hash_files(made) != _hash_files(target):
        raise OutputError(target, "is there already with different content;", "move it away first.")


def _hash_files(folder: Path) -> dict[str, str]:
    return {name: folders.hash_file(path) for name, path in folders.list_files(folder).items()}
