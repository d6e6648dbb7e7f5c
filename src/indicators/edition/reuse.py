"""Finds what an earlier run has made already: the same edition's reports, whole on the disk.

An edition's id follows from the figures, the declared data, the code and the settings. So a report of the
same id, area and language that still has the hash with which this installation accepted it is what would be
made again. What somebody else's archive or manifest states is not believed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from indicators import folders
from indicators.edition.accepted import AcceptedFiles
from indicators.edition.plan import ReportTask
from indicators.edition.records import PaperName, pdf_name
from indicators.edition.store import MANIFEST, read_manifest
from indicators.errors import OutputError

#: States of reports that are there.
ACCEPTED: Final = ("published", "reused")


@dataclass(frozen=True)
class Earlier:
    """A report of an earlier run: its entry in the manifest, its content, and its PDF where it has one."""

    entry: dict[str, Any]
    path: Path
    pdf: Path | None = None


def find_unchanged(
    folder: Path,
    edition: str,
    tasks: Collection[ReportTask],
    accepted: AcceptedFiles,
    paper: PaperName = "",
) -> dict[ReportTask, Earlier]:
    """Reports of the same edition that are there already and were accepted here, by task.

    Parameters
    ----------
    paper : str
        What is to be printed. A municipality's PDF is not made of its page, so without one it counts as new.
    """
    wanted = {task.file: task for task in tasks}
    found: dict[ReportTask, Earlier] = {}
    for place, manifest in list_manifests(folder, edition):
        for entry in manifest["reports"]:
            task = wanted.get(entry["file"] or "")
            if task is None or task in found or entry["state"] not in ACCEPTED:
                continue
            path, name = place / task.file, pdf_name(task.file, paper)
            printed = (manifest.get("files") or {}).get(name) if paper else None
            has_pdf = accepted.has(edition, name, printed) and folders.hash_file(place / name) == printed
            pdf = place / name if has_pdf else None
            has_all = not paper or pdf or task.kind != "kunta"
            is_accepted = accepted.has(edition, task.file, entry["sha256"])
            if has_all and is_accepted and folders.hash_file(path) == entry["sha256"]:
                found[task] = Earlier(entry, path, pdf)
    return found


def find_extras(
    folder: Path, edition: str, entries: Sequence[dict[str, Any]], accepted: AcceptedFiles
) -> dict[str, Path]:
    """The other files of an earlier edition of exactly these reports; none where they must be made.

    Of an edition with the same PDFs: the index links to them.
    """
    for place, manifest in list_manifests(folder, edition):
        if [_essence(item) for item in manifest["reports"]] != [_essence(item) for item in entries]:
            continue
        files = manifest.get("files") or {}
        is_accepted = all(accepted.has(edition, name, value) for name, value in files.items())
        if files and is_accepted and all(folders.hash_file(place / name) == files[name] for name in files):
            return {name: place / name for name in files}
    return {}


def _essence(entry: dict[str, Any]) -> tuple[Any, ...]:
    """What an index can show of an entry."""
    return tuple(entry.get(key) for key in ("kind", "area", "language", "file", "sha256", "error", "pdf"))


def list_manifests(folder: Path, edition: str = "") -> list[tuple[Path, dict[str, Any]]]:
    """Folders and manifests of all editions, or of those of one id; what cannot be read is passed over."""
    found = []
    for path in sorted(folder.glob(f"{edition or '[!.]'}*/{MANIFEST}")):
        try:
            manifest = read_manifest(path.parent)
        except OutputError:
            continue
        if edition in ("", manifest.get("edition")):
            found.append((path.parent, manifest))
    return found
