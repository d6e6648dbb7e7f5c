"""Records that pass between the command and the processes that make reports; small to import and to send."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from indicators.config import find_notebook
from indicators.edition.plan import NOTEBOOKS, ReportTask

EngineName = Literal["fork", "kernel"]
#: What is printed: nothing, the five or six sheets, or these with the appendix.
PaperName = Literal["", "short", "whole"]
EventName = Literal[
    "run_started",
    "report_reused",
    "report_started",
    "report_retried",
    "report_published",
    "report_failed",
    "run_finished",
]


@dataclass(frozen=True)
class Job:
    """A task with what it needs to run anywhere: all plain text.

    The snapshot is ``bundled`` or a path; an empty notebook is the kind's own. ``paper`` says whether the
    paper page is made too.
    """

    task: ReportTask
    snapshot: str
    edition: str
    engine: EngineName = "fork"
    notebook: str = ""
    paper: PaperName = ""

    @property
    def parameters(self) -> dict[str, str]:
        """As given to papermill."""
        return {
            "area": self.task.area,
            "language": self.task.language,
            "snapshot": self.snapshot,
            "edition": self.edition,
        }

    @property
    def path(self) -> Path:
        """The notebook to run."""
        return Path(self.notebook) if self.notebook else find_notebook(NOTEBOOKS[self.task.kind])


@dataclass(frozen=True)
class JobResult:
    """What became of a job: the accepted report, or why it failed with the partly run notebook.

    ``details`` has the traceback or all findings of the gate, and what the process printed. Memory is the
    largest resident memory of the process or of its kernel; seconds are the wall clock's. A process that died
    has told nothing itself, so that it is worth another attempt.
    """

    task: ReportTask
    html: bytes = field(default=b"", repr=False)
    paper: str = field(default="", repr=False)
    notebook: str = field(default="", repr=False)
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    error: str = ""
    details: str = field(default="", repr=False)
    has_died: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened in a run, for the display and the log; without a task it is the run's own."""

    name: EventName
    task: ReportTask | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def pdf_name(file: str, paper: PaperName) -> str:
    """File of a report's PDF beside its page; one with the appendix is another file.

    Examples
    --------
    >>> pdf_name("kunta/931-viitasaari.fi.html", "short")
    'kunta/931-viitasaari.fi.pdf'
    """
    return file.removesuffix(".html") + (".liitteineen.pdf" if paper == "whole" else ".pdf")


Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A listener that does nothing."""
