"""One report, from its task to accepted HTML; runs in a process of its own."""

import hashlib
import logging
import resource
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import nbformat
import papermill as pm
from papermill.engines import papermill_engines

from indicators import __version__
from indicators.batch.engine import NAME as IN_PROCESS
from indicators.batch.plan import NOTEBOOKS, ReportTask
from indicators.config import find_notebook
from indicators.narrative.formats import format_date
from indicators.narrative.texts import load_texts
from indicators.report.gate import Expectation, inspect_report
from indicators.report.html import stylesheet
from indicators.report.municipal import load_assessment
from indicators.report.page import PageInfo, render_page

EngineName = Literal["fork", "kernel"]
_PAPERMILL_ENGINE: Final[dict[str, str | None]] = {"fork": IN_PROCESS, "kernel": None}


@dataclass(frozen=True)
class Job:
    """A task with what it needs to run anywhere: all plain text."""

    task: ReportTask
    snapshot: str
    edition: str
    engine: EngineName = "fork"

    @property
    def parameters(self) -> dict[str, str]:
        """As given to papermill."""
        return {
            "area": self.task.area,
            "language": self.task.language,
            "snapshot": self.snapshot,
            "edition": self.edition,
        }


@dataclass(frozen=True)
class JobResult:
    """What became of a job.

    Attributes
    ----------
    html : bytes
        The accepted report; empty where it failed.
    notebook : str
        The partly run notebook of a failed report; empty otherwise.
    seconds : float
        Wall-clock time.
    peak_memory_mb : float
        Largest resident memory of the process or of its kernel.
    error : str
        Why it failed; empty where it did not.
    """

    task: ReportTask
    html: bytes = field(default=b"", repr=False)
    notebook: str = field(default="", repr=False)
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    error: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the report; empty where it failed."""
        return hashlib.sha256(self.html).hexdigest() if self.html else ""


def run_job(job: Job) -> JobResult:
    """Run the notebook, render the page and inspect it; an error is told in the result, not raised."""
    started = time.perf_counter()
    notebook: Any = None
    error, html = "", ""
    try:
        notebook = _execute(job)
        error = _first_error(notebook)
        if not error:
            html = _render(job, notebook)
            findings = _inspect(job, html)
            error = "; ".join(findings[:5])
    except Exception as problem:
        logging.getLogger(__name__).exception("report of %s", job.task.area)
        error = f"{type(problem).__name__}: {problem}"
    return JobResult(
        task=job.task,
        html=b"" if error else html.encode(),
        notebook=nbformat.writes(notebook) if error and notebook is not None else "",
        seconds=round(time.perf_counter() - started, 3),
        peak_memory_mb=_peak_memory_mb(),
        error=error,
    )


def _execute(job: Job) -> nbformat.NotebookNode:
    """The executed notebook; where a cell raised, the notebook up to it."""
    prepared = pm.execute_notebook(
        str(find_notebook(NOTEBOOKS[job.task.kind])),
        None,
        parameters=job.parameters,
        prepare_only=True,
        progress_bar=False,
    )
    return papermill_engines.execute_notebook_with_engine(
        _PAPERMILL_ENGINE[job.engine],
        prepared,
        kernel_name="python3",
        progress_bar=False,
    )


def _first_error(notebook: nbformat.NotebookNode) -> str:
    for at, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return f"cell {at}: {output.ename}: {output.evalue}"
    return ""


def _render(job: Job, notebook: nbformat.NotebookNode) -> str:
    assessment = load_assessment(job.snapshot)
    area = assessment.catalogue.areas.get(job.task.area)
    texts = load_texts(job.task.language)
    date = format_date(assessment.snapshot.created.isoformat(), texts.language)
    page = PageInfo(
        language=texts.language,
        title=texts("page_title", area=area.name(texts.language), date=date),
        skip_link=texts("skip_link"),
        stylesheet=stylesheet(),
        metas={
            "area": area.code,
            "snapshot": assessment.snapshot.id,
            "edition": job.edition,
            "version": __version__,
        },
    )
    return render_page(notebook, page)


def _inspect(job: Job, html: str) -> list[str]:
    assessment = load_assessment(job.snapshot)
    area = assessment.catalogue.areas.get(job.task.area)
    expected = Expectation(assessment, area, job.task.language, job.edition, __version__)
    return inspect_report(html, expected)


def _peak_memory_mb() -> float:
    """Largest resident set of this process or of a child it has waited for."""
    used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(used / (1024**2 if sys.platform == "darwin" else 1024), 1)
