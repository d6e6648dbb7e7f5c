"""Records that pass between the command and the processes that make reports; small to import and to send."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from indicators.config import find_notebook
from indicators.edition.plan import NOTEBOOKS, ReportTask

EngineName = Literal["fork", "kernel"]
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

    Attributes
    ----------
    snapshot : str
        ``bundled`` or a path.
    notebook : str
        Path of the notebook; the kind's own where empty.
    folder : str
        Working folder of the notebook; the caller's where empty.
    """

    task: ReportTask
    snapshot: str
    edition: str
    engine: EngineName = "fork"
    notebook: str = ""
    folder: str = ""

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
        Why it failed, in one line; empty where it did not.
    details : str
        The traceback or all findings of the gate, and what the process printed; empty where it did not fail.
    """

    task: ReportTask
    html: bytes = field(default=b"", repr=False)
    notebook: str = field(default="", repr=False)
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    error: str = ""
    details: str = field(default="", repr=False)

    @property
    def sha256(self) -> str:
        """Hash of the report; empty where it failed."""
        return hashlib.sha256(self.html).hexdigest() if self.html else ""


@dataclass(frozen=True)
class Event:
    """Something that happened in a run: for the display and the log.

    Attributes
    ----------
    task : ReportTask or None
        Whose; None where it is the run's own.
    facts : dict
        Numbers and texts that the log keeps.
    """

    name: EventName
    task: ReportTask | None = None
    facts: dict[str, Any] = field(default_factory=dict)


Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """A listener that does nothing."""
