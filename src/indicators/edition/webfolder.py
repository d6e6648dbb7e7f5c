"""The folder of a web server: copies of whole editions, and ``latest``, the one that is shown."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indicators import folders
from indicators.edition.store import LATEST, MANIFEST, list_stated, point_latest, read_manifest
from indicators.errors import OutputError


def publish_copy(edition: Path, web: Path) -> Path:
    """Copy a whole edition into a web folder, and show it there; a reader never meets half of one.

    What is there already is not copied again, its page of changes neither. Returns the copy; an OutputError
    tells what could not be written. Runs that publish into one folder must not do so at once.
    """
    manifest = read_manifest(edition)
    target = web / str(manifest["folder"])
    with folders.telling(web, "could not be written", "Check its rights and its space."):
        web.mkdir(parents=True, exist_ok=True)
        folders.recover(web)
        if not _holds(target, manifest):
            with folders.building(web) as work:
                shutil.copytree(edition, work, dirs_exist_ok=True)
                folders.put_in_place(work, target)
            is_shown = False
        else:
            is_shown = _is_same_file(web / LATEST / MANIFEST, target / MANIFEST)
        if not is_shown:
            point_latest(web, target.name)
    return target


def _holds(target: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether a folder has the files of an edition, whenever they were made."""
    try:
        there, files = read_manifest(target), list_stated(manifest)
    except OutputError:  # not there, or cut: it is copied anew
        return False
    is_same = there["snapshot"] == manifest["snapshot"] and list_stated(there) == files
    return is_same and all((target / name).is_file() for name in files)


def _is_same_file(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()
