"""One report: its notebook runs in a process of its own; a worker renders the page and checks it."""

import json
import logging
import os
import re
import time
import traceback
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import nbformat
import papermill as pm
from papermill.engines import papermill_engines
from papermill.iorw import load_notebook_node

from indicators.assessment.load import open_inputs
from indicators.batch.apart import (
    LATE,
    RAISED,
    DeadlineError,
    measure_memory_mb,
    run_apart,
    stay_offline,
    stop_clock,
)
from indicators.batch.engine import NAME as IN_PROCESS
from indicators.batch.limits import USUAL_LIMITS, Limits, describe_exit, describe_late
from indicators.config import find_notebook
from indicators.edition.plan import NOTEBOOKS
from indicators.edition.records import Job, JobResult
from indicators.errors import CatalogueError
from indicators.narrative.phrases import load_phrases
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import inspect_report
from indicators.report.municipal import MunicipalReport
from indicators.report.page.html import PAPER_TYPE, compile_templates
from indicators.report.page.look import municipal_stylesheet
from indicators.report.page.page import (
    PAPER_TAGS,
    Notebook,
    PageInfo,
    find_unshown,
    render_page,
    render_paper,
)
from indicators.report.whole import describe_report, expect_report

_PAPERMILL_ENGINE: Final[dict[str, str | None]] = {"fork": IN_PROCESS, "kernel": None}
#: Cells that are run, by what is printed; the others' tags are left out.
_TAGS_LEFT_OUT: Final = {"": set(PAPER_TAGS), "short": {"appendix"}, "whole": set()}
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_LOG_LENGTH: Final = 20_000
#: Where a notebook's process tells its memory in the notebook that it leaves.
_MEMORY: Final = "peak_memory_mb"


def make_report(job: Job, limits: Limits, place: Path, is_careful: bool) -> JobResult:
    """Run the notebook apart and accept what it shows; an error is told in the result, not raised.

    Only text passes between the two. Where careful, papermill keeps the notebook in ``place`` cell by cell,
    so that one whose process dies can be shown as far as it came.
    """
    started = time.perf_counter()
    task = job.task
    file, log = (place / f"{task.kind}-{task.area}-{task.language}{suffix}" for suffix in (".ipynb", ".log"))
    code = run_apart(_leave_notebook, (job, file, is_careful), log, limits)
    seconds = round(time.perf_counter() - started, 3)
    kept, printed = _read(file), _read(log)[-_LOG_LENGTH:]
    try:
        notebook = json.loads(kept) if kept else None
        if code == 0 and notebook and _MEMORY in notebook["metadata"]:  # else papermill had not ended
            return accept(job, notebook, limits, started)
    except Exception as problem:
        return JobResult(task, seconds=seconds, error=_name(problem), details=traceback.format_exc())
    error, at = describe_exit(code), _find_running(notebook)
    if code == RAISED:
        error = printed.strip().splitlines()[-1]
    elif code == LATE:
        error = describe_late(limits)
    return JobResult(
        task,
        notebook=kept,
        seconds=seconds,
        error=error if at is None else f"{error} in cell {at}",
        details=printed,
        has_died=code not in (RAISED, LATE),
    )


def accept(
    job: Job, notebook: Notebook, limits: Limits = USUAL_LIMITS, started: float | None = None
) -> JobResult:
    """Render the page of an executed notebook and inspect it."""
    started = time.perf_counter() if started is None else started
    error, details, html, paper = *_find_error(notebook, limits), "", ""
    try:
        if not error:
            unshown = find_unshown(notebook)
            error, details = "; ".join(unshown[:5]), "\n".join(unshown)
        if not error:
            html, paper, findings = _render(job, notebook)
            error, details = "; ".join(findings[:5]), "\n".join(findings)
        content = html.encode()
    except Exception as problem:
        logging.getLogger(__name__).debug("report of %s", job.task.area, exc_info=True)
        error, details = _name(problem), traceback.format_exc()
    return JobResult(
        task=job.task,
        html=b"" if error else content,
        paper="" if error else paper,
        notebook=nbformat.writes(nbformat.from_dict(notebook)) if error else "",
        seconds=round(time.perf_counter() - started, 3),
        peak_memory_mb=notebook["metadata"].get(_MEMORY, 0.0),
        error=error,
        details=details,
    )


def _render(job: Job, notebook: Notebook) -> tuple[str, str, list[str]]:
    """Page, paper page where one is asked for, and what the gate finds in them."""
    task, paper = job.task, ""
    inputs = open_inputs(job.snapshot)
    expected = expect_report(task.kind, task.area, task.language, inputs, job.edition)
    page = describe_report(expected)
    html = render_page(notebook, page)
    findings = inspect_report(html, expected)
    if job.paper:
        paper = render_paper(notebook, page)
        findings += [f"on paper: {finding}" for finding in inspect_report(paper, expected, True)]
    return html, paper, findings


def prepare_libraries() -> None:
    """Do once what the first notebook and the first page would: compile schema and templates, read words.

    All that needs no figures: in a server, another process computes these meanwhile.
    """
    load_notebook_node(str(find_notebook(NOTEBOOKS["kunta"])))
    render_page({"cells": []}, PageInfo("fi", "", "", municipal_stylesheet()))
    compile_templates()
    load_texts("fi")
    load_phrases("fi")


@cache
def prepare(snapshot: str) -> None:
    """Load what all reports of a snapshot need, and make one, for templates, locales and what they keep.

    Always the same one: what it leaves behind must not differ from one run to another.
    """
    try:
        inputs = open_inputs(snapshot)
    except CatalogueError:  # the command tells it
        return
    catalogue = inputs.assessment.catalogue
    report = MunicipalReport(inputs, catalogue.members[0], load_texts("fi"))
    for make in (report.header, report.findings, report.goals, report.moved, report.measures, report.about):
        make()


def _leave_notebook(job: Job, file: Path, is_careful: bool) -> None:
    """Body of the notebook's process: run it and leave it in a file."""
    if job.engine == "fork":  # a kernel does it itself, and this process talks with it
        stay_offline()
    notebook = execute(job, file if is_careful or job.engine == "kernel" else None)
    stop_clock()
    notebook.metadata[_MEMORY] = measure_memory_mb()
    file.write_text(json.dumps(notebook), "ascii")


def execute(job: Job, kept: Path | None = None) -> nbformat.NotebookNode:
    """The executed notebook, up to a cell that raised; papermill keeps it at a place, if told."""
    prepared = pm.execute_notebook(
        str(job.path), None, parameters=job.parameters, prepare_only=True, progress_bar=False
    )
    left_out = _TAGS_LEFT_OUT[job.paper]
    prepared.cells = [cell for cell in prepared.cells if not left_out & set(cell.metadata.get("tags", []))]
    more: dict[str, Any] = {}
    if job.engine == "kernel":
        os.environ["JUPYTER_RUNTIME_DIR"] = str(kept.parent if kept else ".")
        line = "from indicators.batch.apart import stay_offline; stay_offline(); del stay_offline"
        more["extra_arguments"] = ["--InteractiveShell.ignore_cwd=True", f"--IPKernelApp.exec_lines={line}"]
    elif not job.paper:
        more["left_out"] = (PAPER_TYPE,)
    return papermill_engines.execute_notebook_with_engine(
        _PAPERMILL_ENGINE[job.engine],
        prepared,
        kernel_name="python3",
        output_path=str(kept) if kept else None,
        progress_bar=False,
        **more,
    )


def _find_error(notebook: Notebook, limits: Limits) -> tuple[str, str]:
    """The first error in the outputs, in one line and with its traceback; empty where there is none."""
    for at, cell in enumerate(notebook["cells"]):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                line = f"cell {at}: {output['ename']}: {output['evalue']}"
                if output["ename"] == DeadlineError.__name__:
                    line = f"{describe_late(limits)} in cell {at}"
                return line, _COLOURS.sub("", "\n".join(output["traceback"]))
    return "", ""


def _find_running(notebook: Notebook | None) -> int | None:
    """Number of the cell that was running when papermill last kept the notebook."""
    cells = notebook["cells"] if notebook else ()
    states = (cell["metadata"].get("papermill", {}).get("status") for cell in cells)
    return next((at for at, state in enumerate(states) if state == "running"), None)


def _read(path: Path) -> str:
    """What a process has left in a file, which is removed; empty where it left none."""
    text = ""
    with suppress(OSError):
        text = path.read_text("utf-8", "replace")
    path.unlink(missing_ok=True)
    return text


def _name(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"
