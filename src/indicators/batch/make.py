"""Makes an edition: plans, checks, runs, gates, indexes and publishes."""

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indicators import edition as editions
from indicators.batch.executors import default_engine, run_jobs
from indicators.batch.job import EngineName, Job, JobResult
from indicators.batch.manifest import edition_manifest, report_entry
from indicators.batch.parameters import check_parameters
from indicators.batch.plan import NOTEBOOKS, ReportTask, edition_id, folder_name, is_whole_agreement
from indicators.config import find_notebook
from indicators.report.index import render_index
from indicators.report.municipal import load_assessment
from indicators.snapshot import BUNDLED_FOLDER

Progress = Callable[[JobResult, int, int], None]


@dataclass(frozen=True)
class Edition:
    """A published edition.

    Attributes
    ----------
    folder : Path
        Where it lies.
    manifest : dict
        As written.
    is_latest : bool
        Whether ``latest`` now points to it.
    """

    folder: Path
    manifest: dict[str, Any]
    is_latest: bool

    @property
    def failed(self) -> list[dict[str, Any]]:
        """Entries of the reports that failed."""
        return [entry for entry in self.manifest["reports"] if entry["state"] == "failed"]


def make_edition(
    tasks: Sequence[ReportTask],
    snapshot: str,
    folder: Path,
    n_workers: int | None = None,
    engine: EngineName | None = None,
    progress: Progress = lambda result, done, total: None,
) -> Edition:
    """Make the reports and publish them as one edition.

    Parameters
    ----------
    tasks : sequence of ReportTask
        From `plan_reports`; all are checked before any runs.
    snapshot : str
        ``bundled``, ``latest``, an id or a path.
    folder : Path
        The folder of editions.
    n_workers : int, optional
        How many reports at once; the machine's cores by default.
    engine : str, optional
        ``fork`` or ``kernel``.
    progress : callable, optional
        Called with each result, the number done and the number asked.

    Raises
    ------
    ParameterError, SnapshotError, OutputError, LockError
        Nothing was published then, and ``latest`` is as it was.
    """
    started = _now()
    assessment = load_assessment(snapshot)
    catalogue = assessment.catalogue
    edition = edition_id(assessment.snapshot, catalogue)
    reference = "bundled" if assessment.snapshot.path == BUNDLED_FOLDER else str(assessment.snapshot.path)
    jobs = [Job(task, reference, edition, engine or default_engine()) for task in tasks]
    for job in jobs[:1] if len({job.task.kind for job in jobs}) == 1 else jobs:
        check_parameters(find_notebook(NOTEBOOKS[job.task.kind]), dict(job.parameters))
    with editions.building(folder) as work:
        entries = _run(jobs, work, n_workers or os.cpu_count() or 1, progress)
        manifest = edition_manifest(
            edition, folder_name(edition, tasks, catalogue), assessment.snapshot, entries, (started, _now())
        )
        editions.write_file(work, "index.html", render_index(assessment, manifest).encode())
        is_complete = is_whole_agreement(tasks, catalogue) and all(item["file"] for item in entries)
        target = editions.publish(work, manifest["folder"], manifest, is_complete)
    return Edition(target, manifest, is_complete)


def _run(jobs: Sequence[Job], work: Path, n_workers: int, progress: Progress) -> list[dict[str, Any]]:
    """Run all jobs, write what was accepted, and return the entries in the jobs' order."""
    by_task = {job.task: job for job in jobs}
    entries: dict[ReportTask, dict[str, Any]] = {}
    for result in run_jobs(jobs, min(n_workers, len(jobs))):
        entries[result.task] = report_entry(by_task[result.task], result)
        if result.html:
            editions.write_file(work, result.task.file, result.html)
        if result.notebook:
            name = Path(result.task.file).name.replace(".html", ".ipynb")
            editions.write_file(work, f"virheet/{name}", result.notebook.encode())
        progress(result, len(entries), len(jobs))
    return [entries[job.task] for job in jobs]


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
