"""Progress of a run on stderr: one live line on a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indicators.edition.records import Event, Listener

_ENDS = ("report_reused", "report_published", "report_failed")


@contextmanager
def show_progress() -> Iterator[Listener]:
    """Give a listener that shows what happens."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _PlainLines(console).tell
        return
    columns = (
        TextColumn("reports"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, redirect_stdout=False, redirect_stderr=False) as bar:
        yield _LiveLine(bar).tell


class _PlainLines:
    def __init__(self, console: Console) -> None:
        self.console, self.done, self.total = console, 0, 0

    def tell(self, event: Event) -> None:
        if event.name == "run_started":
            self.total = event.facts["reports"]
        elif event.name == "report_retried":
            self._print(f"{_name(event)}: {event.facts['error']}; trying once more")
        elif event.name in _ENDS:
            self.done += 1
            self._print(f"{self.done}/{self.total} {_name(event)}: {_outcome(event)}")

    def _print(self, line: str) -> None:
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)


class _LiveLine:
    def __init__(self, bar: Progress) -> None:
        self.bar, self.running, self.failed = bar, 0, 0
        self.row = bar.add_task("reports", total=None, counts="")

    def tell(self, event: Event) -> None:
        if event.name == "run_started":
            self.bar.update(self.row, total=event.facts["reports"])
        self.running += event.name == "report_started"
        self.running -= event.name in ("report_retried", "report_published", "report_failed")
        if event.name == "report_failed":
            self.failed += 1
            self.bar.console.print(escape(f"{_name(event)}: {_outcome(event)}"), highlight=False)
        self.bar.update(
            self.row,
            advance=event.name in _ENDS,
            counts=f"{self.failed} failed, {max(0, self.running)} running",
        )


def _name(event: Event) -> str:
    task = event.task
    return "" if task is None else f"{task.kind} {task.area} {task.language}"


def _outcome(event: Event) -> str:
    if event.name == "report_failed":
        return f"FAILED: {event.facts['error']}"
    return "unchanged" if event.name == "report_reused" else f"{event.facts['seconds']:.1f} s"
