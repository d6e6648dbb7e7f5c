"""The edition's manifest: what was asked, what became of it, and what it was made from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from indicators.catalogue.plaintext import clean_text
from indicators.edition.basis import Basis
from indicators.edition.records import Job, JobResult, pdf_name
from indicators.snapshot.store import StoredSnapshot

#: What of its basis a manifest states in places of their own, and in its id.
_STATED: Final = ("created", "snapshot", "version", "code")
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


def report_entry(job: Job, result: JobResult, sha256: str | None = None) -> dict[str, Any]:
    """One report's entry; one that failed has no hash."""
    return asdict(job.task) | {
        "file": None if result.error else job.task.file,
        "state": "failed" if result.error else "published",
        "seconds": result.seconds,
        "peak_memory_mb": result.peak_memory_mb,
        "sha256": sha256,
        "parameters": name_parameters(job.parameters),
        "error": hide_paths(clean_text(result.error)) or None,
        **({} if result.error else _name_pdf(job)),
    }


def reused_entry(job: Job, earlier: dict[str, Any]) -> dict[str, Any]:
    """Entry of a report that was there already; seconds and memory are those of its making."""
    return earlier | {"state": "reused", "parameters": name_parameters(job.parameters)} | _name_pdf(job)


def _name_pdf(job: Job) -> dict[str, str]:
    return {"pdf": pdf_name(job.task.file, job.paper)} if job.paper else {}


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
        "basis": {name: value for name, value in asdict(basis).items() if name not in _STATED},
        "started": started,
        "finished": None,
        "left_out": list(left_out),
        "demo": bool(basis.demo),
        "reports": list(reports),
        "files": {},
    }
