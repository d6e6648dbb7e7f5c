"""Progress of a fetch: one live line per source on a terminal, plain lines elsewhere; always on stderr."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import stamina.instrumentation
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from indicators.fetch.accept import Progress


@contextmanager
def show_fetch(console: Console | None = None) -> Iterator[Callable[[Progress], None]]:
    """Give a callback that shows each finished series; meanwhile, retries and notes are told too."""
    console = console or Console(stderr=True)
    with show_notes(console):
        if not console.is_terminal:
            yield partial(_say_done, console)
            return
        measures = BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        last_one = TextColumn("{task.fields[last]}", markup=False)
        with Bars(TextColumn("{task.description}"), *measures, last_one, console=console) as bars:
            tasks: dict[str, TaskID] = {}

            def advance(item: Progress) -> None:
                if item.source not in tasks:
                    tasks[item.source] = bars.add_task(item.source, total=item.asked, last="")
                last = f"{item.indicator_id} {item.state}" if item.done < item.asked else ""
                bars.update(tasks[item.source], completed=item.done, last=last)

            yield advance


@contextmanager
def show_notes(console: Console | None = None) -> Iterator[None]:
    """Tell each retry and warning of the sources in one plain line on stderr.

    The retries' own library would tell each retry a second time, in its own words.
    """
    console = console or Console(stderr=True)
    handler = _Lines(console)
    hooks = stamina.instrumentation.get_on_retry_hooks()
    stamina.instrumentation.set_on_retry_hooks(())
    # What failed is told at the end, with the reasons.
    levels = {"indicators.sources": logging.INFO, "indicators.fetch": logging.WARNING}
    loggers = {logging.getLogger(name): level for name, level in levels.items()}
    before = {logger: logger.level for logger in loggers}
    for logger, level in loggers.items():
        logger.setLevel(level)
        logger.addHandler(handler)
    try:
        yield
    finally:
        stamina.instrumentation.set_on_retry_hooks(hooks)
        for logger, level in before.items():
            logger.removeHandler(handler)
            logger.setLevel(level)


class _Lines(logging.Handler):
    """Shows records as plain lines, above the live ones where there are any."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Show a record; a traceback is for a log file, not for here."""
        _say(self.console, f"note: {record.getMessage()}")


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def _say_done(console: Console, item: Progress) -> None:
    if not item.is_silent:  # which is told at the end, once
        _say(console, f"{item.source} {item.done}/{item.asked} {item.indicator_id} {item.state}")
