"""The folder of a web server: copies of whole editions, and ``latest``, the one that is shown."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from indicators import folders
from indicators.edition.store import LATEST, MANIFEST, point_latest, read_manifest

#: The page of changes beside an edition's reports.
CHANGES: Final = "muutokset.html"


def publish_copy(edition: Path, web: Path, changes: Path | None = None) -> Path:
    """Copy a whole edition into a web folder, and show it there; a reader never meets half of one.

    What is there already is not copied again. The page of changes goes along; without a new one, that of the
    edition shown goes on as long as the snapshot does. Returns the copy; an OutputError tells what could not
    be written. Runs that publish into one folder must not do so at once.
    """
    manifest = read_manifest(edition)
    target = web / manifest["folder"]
    with folders.telling(web, "could not be written", "Check its rights and its space."):
        web.mkdir(parents=True, exist_ok=True)
        folders.recover(web)
        if changes or not _holds(target, manifest):
            with folders.building(web) as work:
                shutil.copytree(edition, work, dirs_exist_ok=True)
                page = changes or _find_changes(web / LATEST, manifest)
                if page:
                    shutil.copy(page, work / CHANGES)
                folders.put_in_place(work, target)
            is_shown = False
        else:
            is_shown = _is_same_file(web / LATEST / MANIFEST, target / MANIFEST)
        if not is_shown:
            point_latest(web, target.name)
    return target


def _holds(target: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether a folder has the files of an edition, whenever they were made."""
    return (
        (target / MANIFEST).is_file()
        and _list_files(read_manifest(target)) == (files := _list_files(manifest))
        and all((target / name).is_file() for name in files)
    )


def _list_files(manifest: Mapping[str, Any]) -> dict[str, str]:
    return manifest["files"] | {item["file"]: item["sha256"] for item in manifest["reports"] if item["file"]}


def _find_changes(shown: Path, manifest: Mapping[str, Any]) -> Path | None:
    is_of_it = (shown / CHANGES).is_file() and read_manifest(shown)["snapshot"] == manifest["snapshot"]
    return shown / CHANGES if is_of_it else None


def _is_same_file(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()
