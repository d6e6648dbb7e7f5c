"""Progress of a fetch: one live line per source on a terminal, plain lines elsewhere; always on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from indicators.sources import Progress


@contextmanager
def show_fetch() -> Iterator[Callable[[Progress], None]]:
    """Give a callback that shows each finished series."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda item: console.print(
            f"{item.source} {item.done}/{item.asked} {item.indicator_id} {item.state}", highlight=False
        )
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        tasks: dict[str, int] = {}

        def advance(item: Progress) -> None:
            if item.source not in tasks:
                tasks[item.source] = bars.add_task(item.source, total=item.asked)
            bars.update(tasks[item.source], completed=item.done)

        yield advance
