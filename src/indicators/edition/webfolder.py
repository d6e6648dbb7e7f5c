"""The folder of a web server: copies of whole editions, and ``latest``, the one that is shown."""

import shutil
from pathlib import Path

from indicators import folders
from indicators.edition.store import LATEST, MANIFEST, list_stated, point_latest, read_manifest
from indicators.errors import OutputError


def publish_copy(edition: Path, web: Path) -> Path:
    """Copy a whole edition into a web folder, and show it there; a reader never meets half of one.

    What is there already is not copied again, its page of changes neither. Returns the copy; an OutputError
    tells what could not be written. Runs that publish into one folder must not do so at once.
    """
    target = web / str(read_manifest(edition)["folder"])
    with folders.telling(web, "could not be written", "Check its rights and its space."):
        web.mkdir(parents=True, exist_ok=True)
        folders.recover(web)
        if not _holds(target, edition):
            with folders.building(web) as work:
                shutil.copytree(edition, work, dirs_exist_ok=True)
                folders.put_in_place(work, target)
            point_latest(web, target.name)
        elif folders.hash_file(web / LATEST / MANIFEST) != folders.hash_file(target / MANIFEST):
            point_latest(web, target.name)
    return target


def _holds(target: Path, edition: Path) -> bool:
    """Whether a folder has the files of an edition, whenever they were made."""
    try:
        there, wanted = read_manifest(target), read_manifest(edition)
    except OutputError:  # not there, or cut: it is copied anew
        return False
    files = list_stated(wanted)
    is_same = there["snapshot"] == wanted["snapshot"] and list_stated(there) == files
    return is_same and all((target / name).is_file() for name in files)
