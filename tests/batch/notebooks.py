"""Notebooks with faults, and what to look for after them."""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

from indicators.batch.limits import USUAL_LIMITS, Limits
from indicators.batch.workers import Workers, run_jobs
from indicators.config import find_notebook
from indicators.edition.records import Job, JobResult, Listener, ignore

PARAMETERS = 'area: str = "931"\nlanguage: str = "fi"\nsnapshot: str = "bundled"\nedition: str = ""'
#: Where papermill's own cell has been put in before it, the number of the cell with the fault.
FAULT_CELL = 3


def write_faulty(path: Path, fault: str, area: str = "435") -> Path:
    """The municipal notebook with a cell more, which does something wrong in one municipality's report."""
    notebook = nbformat.read(find_notebook("kuntaraportti.ipynb"), 4)
    lines = "\n".join(f"    {line}" for line in fault.splitlines())
    notebook.cells.insert(FAULT_CELL - 1, new_code_cell(f"if area == {area!r}:\n{lines}"))
    nbformat.write(notebook, path)
    return path


def write_small(path: Path, *sources: str, has_parameters: bool = True) -> Path:
    """A notebook of a few cells that makes no report."""
    cells = [new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})] if has_parameters else []
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=[*cells, *map(new_code_cell, sources)], metadata=kernel), path)
    return path


def run_few(
    jobs: Sequence[Job], n: int = 1, limits: Limits = USUAL_LIMITS, listen: Listener = ignore
) -> Iterator[JobResult]:
    """Run jobs with workers of their own."""
    with Workers(jobs[0].snapshot, n, limits) as workers:
        yield from run_jobs(jobs, workers, listen)


def read_printed(notebook: str) -> str:
    """Everything that a kept notebook has printed."""
    outputs = [output for cell in json.loads(notebook)["cells"] for output in cell.get("outputs", [])]
    return "".join("".join(output.get("text", "")) for output in outputs)


def find_processes(mark: str) -> list[psutil.Process]:
    """Living processes with a mark in their command line."""
    found = psutil.process_iter(["cmdline", "status"])
    return [
        item
        for item in found
        if mark in " ".join(item.info["cmdline"] or ()) and item.info["status"] != psutil.STATUS_ZOMBIE
    ]


def is_gone(process: psutil.Process) -> bool:
    """Whether a process has ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def wait_until(is_so, seconds: float = 60) -> bool:
    """Wait for something to become true; whether it did."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if is_so():
            return True
        time.sleep(0.05)
    return bool(is_so())
