"""The edition's manifest: what was asked, what became of it, and what it was made from."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from indicators.catalogue.plaintext import clean_text
from indicators.edition.basis import Basis
from indicators.edition.records import Job, JobResult
from indicators.snapshot.store import StoredSnapshot

#: What an edition rests on beside its snapshot, version and code.
_BASIS: Final = ("previous", "catalogue", "plan", "publisher", "feedback", "sections", "notebook", "demo")


#: Folders of an absolute path before its last step, of either kind of system; no part of a web address.
_FOLDERS: Final = re.compile(r"(?<![\w:/.<~-])(?:~?/|[A-Za-z]:\\)(?:[^\s/\\:'\"<>]+[/\\])+(?=[^\s/\\])")


def hide_paths(text: str) -> str:
    """A text in which paths of this machine are their last step alone.

    Examples
    --------
    >>> hide_paths("No such file: '/srv/luvut/taulukko.csv'; see https://example.org/a/b")
    "No such file: 'taulukko.csv'; see https://example.org/a/b"
    """
    return _FOLDERS.sub("", text)


def name_parameters(parameters: Mapping[str, str]) -> dict[str, str]:
    """What a report was made with; of a snapshot's path its last step, which is the id of a stored one."""
    return dict(parameters) | {"snapshot": re.split(r"[/\\]", parameters["snapshot"])[-1]}


def report_entry(job: Job, result: JobResult) -> dict[str, Any]:
    """One report's entry."""
    return {
        "kind": job.task.kind,
        "area": job.task.area,
        "language": job.task.language,
        "file": job.task.file if not result.error else None,
        "state": "failed" if result.error else "published",
        "seconds": result.seconds,
        "peak_memory_mb": result.peak_memory_mb,
        "sha256": result.sha256 or None,
        "parameters": name_parameters(job.parameters),
        "error": hide_paths(clean_text(result.error)) or None,
    }


def reused_entry(job: Job, earlier: dict[str, Any]) -> dict[str, Any]:
    """Entry of a report that was there already; seconds and memory are those of its making."""
    return earlier | {"state": "reused", "parameters": name_parameters(job.parameters)}


def edition_manifest(
    basis: Basis,
    folder: str,
    snapshot: StoredSnapshot,
    reports: Sequence[dict[str, Any]],
    started: str,
    left_out: Sequence[str] = (),
) -> dict[str, Any]:
    """The manifest while its run lasts; ``started`` in ISO form, ``left_out`` the series not shown."""
    return {
        "edition": basis.edition,
        "folder": folder,
        "snapshot": {"id": snapshot.id, "sha256": snapshot.sha256},
        "version": basis.version,
        "code": basis.code,
        "basis": {name: getattr(basis, name) for name in _BASIS},
        "started": started,
        "finished": None,
        "left_out": list(left_out),
        "demo": bool(basis.demo),
        "reports": list(reports),
        "files": {},
    }


def finish_manifest(
    manifest: dict[str, Any], finished: str, hashes: Mapping[str, str], failures: Mapping[str, str]
) -> dict[str, Any]:
    """The manifest as it is published, with the hashes of the files beside the reports.

    ``failures`` are of what is left of the reports that failed.
    """
    return manifest | {"finished": finished, "files": dict(hashes), "failures": dict(failures)}
