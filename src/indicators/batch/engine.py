"""A papermill engine that runs a notebook in the present process, without a kernel of its own.

Isolation is the process: the runner forks one from a warm server for each report, so nothing can leak from
one report into the next. Outputs are those that an ordinary kernel gives; ``input()``, widgets and what
subprocesses write to the terminal are not captured.
"""

import datetime as dt
import io
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, Final

# The shell loads these itself, in every process anew; here the warm server has them already.
import IPython.core.application
import IPython.core.completerlib
import IPython.core.magics
import IPython.core.oinspect  # noqa: F401
import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from IPython.display import display
from papermill.engines import Engine, NotebookExecutionManager
from traitlets.config import Config

NAME: Final = "indicators-in-process"
#: A cell that prints more than this is running away; without an end it would fill the memory.
MAXIMUM_PRINTED: Final = 5_000_000
_Formats = dict[str, Any]


class OutputLimitError(Exception):
    """A cell printed more than any report can use."""


class InProcessEngine(Engine):
    """papermill engine ``indicators-in-process``."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        left_out: Collection[str] = (),
        **options: Any,
    ) -> nbformat.NotebookNode:
        """Run all code cells in order; stop after the first that raises, as the kernel engine does.

        ``left_out`` are media types in which the values of cells are not wanted.
        """
        shell = _CapturingShell.instance()  # display() looks for the process's one shell
        shell.left_out = left_out
        try:
            _run_cells(shell, nb_man)
        finally:
            _CapturingShell.clear_instance()
        return nb_man.nb


def _run_cells(shell: "_CapturingShell", nb_man: NotebookExecutionManager) -> None:
    count = 0
    for at, cell in enumerate(nb_man.nb.cells):
        nb_man.cell_start(cell, at)
        is_run = cell.cell_type == "code" and bool(cell.source.strip())
        count += is_run
        try:
            has_failed = is_run and _run_cell(shell, cell, count)
        finally:
            nb_man.cell_complete(cell, at)
        if has_failed:
            cell.metadata.papermill["exception"] = True
            return


def _run_cell(shell: "_CapturingShell", cell: nbformat.NotebookNode, count: int) -> bool:
    """Run one code cell into its outputs; whether it raised."""
    shell.outputs = cell.outputs = []
    shell.execution_count = shell.cell_count = cell.execution_count = count
    started = dt.datetime.now(dt.UTC)
    with _streams(shell):
        result = shell.run_cell(cell.source, store_history=True)
        _show_figures(shell)
    cell.metadata["execution"] = {"iopub.execute_input": started.isoformat()}
    return not result.success


def _show_figures(shell: "_CapturingShell") -> None:
    """Show and close what a cell has drawn by pyplot, as an ordinary kernel does when the cell ends."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    numbers = pyplot.get_fignums() if pyplot else []
    if pyplot and numbers:
        select_figure_formats(shell, {"png"}, bbox_inches="tight")
        for number in numbers:
            display(pyplot.figure(number))
        pyplot.close("all")


def _make_output(kind: str, **facts: object) -> nbformat.NotebookNode:
    """An output of a cell; nbformat's own way takes as long to check it as the cell to make it."""
    return nbformat.from_dict({"output_type": kind, **facts})


class _Stream(io.TextIOBase):
    """Stands for stdout or stderr: consecutive writes to one make one output, joined when the cell ends.

    What keeps it, as a handler of logs does, goes on writing into the cell that runs then.
    """

    encoding, errors = "utf-8", "strict"

    def __init__(self, name: str, shell: "_CapturingShell") -> None:
        super().__init__()
        self.name, self._shell, self._length = name, shell, 0

    def write(self, text: str) -> int:
        if self.closed:
            raise ValueError("I/O operation on closed file")
        self._length += len(text)
        if self._length > MAXIMUM_PRINTED:
            raise OutputLimitError(f"the cell printed more than {MAXIMUM_PRINTED} characters")
        if text:
            outputs = self._shell.outputs
            # Joined already: a thread writes between two cells.
            if not outputs or outputs[-1].get("name") != self.name or isinstance(outputs[-1].text, str):
                outputs.append(_make_output("stream", name=self.name, text=[]))
            outputs[-1].text.append(text)
        return len(text)

    def writable(self) -> bool:
        return True


@contextmanager
def _streams(shell: "_CapturingShell") -> Iterator[None]:
    with redirect_stdout(_Stream("stdout", shell)), redirect_stderr(_Stream("stderr", shell)):
        try:
            yield
        finally:
            for output in shell.outputs:
                if output.output_type == "stream":
                    output.text = "".join(output.text)


class _CapturingHook(DisplayHook):
    """Takes a cell's last value into its outputs instead of printing it."""

    shell: "_CapturingShell"

    def compute_format_data(self, result: object) -> tuple[_Formats, _Formats]:
        """The value in the media types that are wanted."""
        formatter = self.shell.display_formatter
        return formatter.format(result, exclude=self.shell.left_out)

    def write_output_prompt(self) -> None:
        """No prompt: outputs carry their count themselves."""

    def write_format_data(self, format_dict: _Formats, md_dict: _Formats | None = None) -> None:
        count = self.shell.cell_count  # the shell's own has moved on already
        facts = {"data": format_dict, "metadata": md_dict or {}, "execution_count": count}
        self.shell.outputs.append(_make_output("execute_result", **facts))

    def finish_displayhook(self) -> None:
        """Nothing was printed, so nothing ends."""
        self._is_active = False


class _CapturingPublisher(DisplayPublisher):
    """Takes what ``display`` shows into the cell's outputs."""

    shell: "_CapturingShell"

    def publish(
        self, data: dict[str, Any], metadata: dict[str, Any] | None = None, *_: Any, **__: Any
    ) -> None:
        self.shell.outputs.append(_make_output("display_data", data=data, metadata=metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _CapturingShell(InteractiveShell):
    """An IPython shell whose results, displays and errors go to a list of notebook outputs."""

    display_formatter: DisplayFormatter

    def __init__(self, **options: Any) -> None:
        self.outputs: list[nbformat.NotebookNode] = []
        self.left_out: Collection[str] = ()
        self.cell_count = 0
        # A history would start a thread and write into the user's home. Nor is the working folder searched
        # for modules: a pandas.py there would be taken for pandas.
        config = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"ignore_cwd": True}})
        hooks = {"displayhook_class": _CapturingHook, "display_pub_class": _CapturingPublisher}
        super().__init__(config=config, **hooks, **options)
        # Without this, results are formatted for a terminal and shown as plain text only.
        self.display_formatter.active_types = self.display_formatter.format_types

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no event loop here."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.outputs.append(_make_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb))
