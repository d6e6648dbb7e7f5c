"""Finds what an earlier run has made already: the same edition's reports, whole on the disk.

An edition's id follows from the figures, the declared data, the code and the settings. So a report of the
same id, area and language that still has the hash with which this installation accepted it is what would be
made again. What somebody else's archive or manifest states is not believed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indicators.edition.accepted import AcceptedFiles
from indicators.edition.plan import ReportTask
from indicators.edition.records import PaperName, pdf_name

#: Folders and manifests of the earlier editions of the same id.
EarlierEditions = Sequence[tuple[Path, dict[str, Any]]]


@dataclass(frozen=True)
class Earlier:
    """A report of an earlier run: its entry in the manifest, its content, and its PDF where it has one."""

    entry: dict[str, Any]
    path: Path
    pdf: Path | None = None


def find_unchanged(
    editions: EarlierEditions,
    tasks: Iterable[ReportTask],
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
    for place, manifest in editions:
        for entry in manifest["reports"]:
            task = wanted.get(entry["file"] or "")
            if task is None or task in found:
                continue
            path = accepted.find(place, manifest["edition"], task.file, entry["sha256"])
            name, pdf = pdf_name(task.file, paper), None
            if paper:
                pdf = accepted.find(place, manifest["edition"], name, manifest.get("files", {}).get(name))
            if path and (pdf or not paper or task.kind != "kunta"):
                found[task] = Earlier(entry, path, pdf)
    return found


def find_extras(
    editions: EarlierEditions, entries: Sequence[dict[str, Any]], accepted: AcceptedFiles
) -> dict[str, Path]:
    """The other files of an earlier edition of exactly these reports; none where they must be made.

    Of an edition with the same PDFs: the index links to them.
    """
    for place, manifest in editions:
        if [_essence(item) for item in manifest["reports"]] != [_essence(item) for item in entries]:
            continue
        stated = manifest.get("files", {}).items()
        found = {name: accepted.find(place, manifest["edition"], name, value) for name, value in stated}
        if all(found.values()):
            return {name: path for name, path in found.items() if path}
    return {}


def _essence(entry: dict[str, Any]) -> tuple[Any, ...]:
    """What an index can show of an entry."""
    return tuple(entry.get(key) for key in ("kind", "area", "language", "file", "sha256", "error", "pdf"))
