"""The edition's manifest: what was asked, what became of it, and what it was made from."""

from collections.abc import Sequence
from typing import Any

from indicators import __version__
from indicators.batch.job import Job, JobResult
from indicators.snapshot import Snapshot


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
        "parameters": job.parameters,
        "error": result.error or None,
    }


def edition_manifest(
    edition: str, folder: str, snapshot: Snapshot, reports: Sequence[dict[str, Any]], times: tuple[str, str]
) -> dict[str, Any]:
    """The whole manifest; ``times`` are start and end in ISO form."""
    return {
        "edition": edition,
        "folder": folder,
        "snapshot": {"id": snapshot.id, "sha256": snapshot.sha256},
        "version": __version__,
        "started": times[0],
        "finished": times[1],
        "reports": list(reports),
    }
