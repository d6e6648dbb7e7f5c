"""One report, from its task to accepted HTML; runs in a process of its own."""

import logging
import os
import re
import sys
import time
import traceback
from pathlib import Path
from typing import Any, Final

import nbformat
import papermill as pm
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node

from indicators.assessment.load import open_inputs
from indicators.batch.engine import NAME as IN_PROCESS
from indicators.batch.spool import Spool
from indicators.charts.drawing import lettering
from indicators.config import drop_environment, find_notebook
from indicators.edition.plan import NOTEBOOKS
from indicators.edition.records import Job, JobResult
from indicators.errors import CatalogueError
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import inspect_report
from indicators.report.kinds import describe_report, expect_report
from indicators.report.municipal import MunicipalReport
from indicators.report.page.html import load_macros
from indicators.report.page.look import municipal_stylesheet
from indicators.report.page.page import PAPER_TAGS, PageInfo, find_unshown, render_page, render_paper

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_PAPERMILL_ENGINE: Final[dict[str, str | None]] = {"fork": IN_PROCESS, "kernel": None}
#: Cells that are run, by what is printed; the others' tags are left out.
_TAGS_LEFT_OUT: Final = {"": set(PAPER_TAGS), "short": {"appendix"}, "whole": set()}
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")


def run_job(job: Job, spool: Path | None = None) -> JobResult:
    """Run the notebook, render the page and inspect it; an error is told in the result, not raised.

    The spool keeps the notebook while it runs, for the case that this process is killed.
    """
    started = time.perf_counter()
    notebook: Any = None
    error, details, html, paper = "", "", "", ""
    if job.folder:
        os.chdir(job.folder)
        drop_environment()  # what was sent there decides, not the settings of the machine
    try:
        notebook = _execute(job, spool)
        error, details = _find_error(notebook)
        if not error:
            unshown = find_unshown(notebook)
            error, details = "; ".join(unshown[:5]), "\n".join(unshown)
        if not error:
            task = job.task
            inputs = open_inputs(job.snapshot)
            expected = expect_report(task.kind, task.area, task.language, inputs, job.edition)
            html = render_page(notebook, describe_report(expected))
            findings = inspect_report(html, expected)
            if job.paper:
                paper = render_paper(notebook, describe_report(expected))
                findings += [f"on paper: {finding}" for finding in inspect_report(paper, expected, True)]
            error, details = "; ".join(findings[:5]), "\n".join(findings)
    except Exception as problem:
        logging.getLogger(__name__).exception("report of %s", job.task.area)
        error, details = f"{type(problem).__name__}: {problem}", traceback.format_exc()
    return JobResult(
        task=job.task,
        html=b"" if error else html.encode(),
        paper="" if error else paper,
        notebook=nbformat.writes(notebook) if error and notebook is not None else "",
        seconds=round(time.perf_counter() - started, 3),
        peak_memory_mb=_peak_memory_mb(),
        error=error,
        details=details,
    )


def prepare_libraries() -> None:
    """Do once what the first notebook and the first page would: compile schema and templates, read words."""
    load_notebook_node(str(find_notebook(NOTEBOOKS["kunta"])))
    render_page(nbformat.v4.new_notebook(), PageInfo("fi", "", "", municipal_stylesheet()))
    load_macros("sections/goals.html.j2")
    load_texts("fi")


def prepare(snapshot: str) -> None:
    """Load what all reports of a snapshot need, and make a part of one, for fonts and locales.

    Always the same part: what it leaves behind must not differ from one run to another. And it must leave no
    open file: forked processes would share the place at which they read in it, and read each other's glyphs.
    matplotlib drops its own fonts in a forked process; ours are dropped here.
    """
    try:
        inputs = open_inputs(snapshot)
    except CatalogueError:  # the command tells it
        return
    catalogue = inputs.assessment.catalogue
    report = MunicipalReport(inputs, catalogue.members[0], load_texts("fi"))
    report.header()
    report.goals(only=[catalogue.goals[0].id])
    lettering._font.cache_clear()


def _execute(job: Job, spool: Path | None) -> nbformat.NotebookNode:
    """The executed notebook; where a cell raised, the notebook up to it."""
    prepared = pm.execute_notebook(
        str(job.path),
        None,
        parameters=job.parameters,
        prepare_only=True,
        progress_bar=False,
    )
    left_out = _TAGS_LEFT_OUT[job.paper]
    prepared.cells = [cell for cell in prepared.cells if not left_out & set(cell.metadata.get("tags", []))]
    # papermill saves after each cell by itself where it is given a place; that is slow, but so are kernels.
    keeping = (
        {"spool": Spool(spool)} if job.engine == "fork" else {"output_path": str(spool) if spool else None}
    )
    return papermill_engines.execute_notebook_with_engine(
        _PAPERMILL_ENGINE[job.engine],
        prepared,
        kernel_name="python3",
        progress_bar=False,
        **keeping,
    )


def _find_error(notebook: nbformat.NotebookNode) -> tuple[str, str]:
    """The first error in the outputs, in one line and with its traceback; empty where there is none."""
    for at, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                line = f"cell {at}: {output.ename}: {output.evalue}"
                return line, _COLOURS.sub("", "\n".join(output.traceback))
    return "", ""


def _peak_memory_mb() -> float:
    """Largest resident set of this process or of a child it has waited for."""
    if resource is None:
        return 0.0
    used = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(used / (1024**2 if sys.platform == "darwin" else 1024), 1)
