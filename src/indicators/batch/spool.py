"""What a notebook has shown so far, kept on disk while it runs.

A process that hangs or dies can tell nothing any more; from the spool the runner rebuilds the notebook as
far as it came, and says in which cell it was. Losing the spool costs only that: errors in writing are let go.
"""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO


class Spool:
    """Lines of JSON: the notebook, then each cell's start, and its outputs when it has ended.

    Nothing is kept without a path.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._file: TextIO | None = None
        if path is not None:
            with suppress(OSError):
                self._file = path.open("w", encoding="utf-8")

    def keep_notebook(self, notebook: dict[str, Any]) -> None:
        """Keep the notebook as it is before it runs."""
        self._write(notebook)

    def keep_start(self, at: int) -> None:
        """Keep that a cell begins."""
        self._write({"at": at})

    def keep_cell(self, at: int, cell: dict[str, Any]) -> None:
        """Keep what a cell has shown."""
        self._write({"at": at, "cell": {key: cell[key] for key in ("outputs", "execution_count")}})

    def _write(self, content: dict[str, Any]) -> None:
        if self._file is not None:
            with suppress(OSError, ValueError):  # ValueError: the notebook has closed it
                self._file.write(json.dumps(content) + "\n")
                self._file.flush()


NO_SPOOL: Final = Spool()


def read_spool(path: Path) -> tuple[str, int | None]:
    """The notebook's JSON as far as it came, and the number of the cell that was running.

    The notebook is empty where nothing was kept. papermill's own engine saves the notebook itself, which is
    taken as it is; the cell is then not known.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return "", None
    with suppress(ValueError):
        whole = json.loads(text)
        return ("", None) if "at" in whole else (json.dumps(whole, indent=1), None)
    return _rebuild(text.splitlines())


def _rebuild(lines: list[str]) -> tuple[str, int | None]:
    notebook: dict[str, Any] = {}
    running = None
    for line in lines:
        try:
            content = json.loads(line)
        except ValueError:  # cut off where the process died
            break
        if "at" not in content:
            notebook = content
        elif "cell" in content:
            notebook["cells"][content["at"]] |= content["cell"]
            running = None
        else:
            running = content["at"]
    return json.dumps(notebook, indent=1, ensure_ascii=False) if notebook else "", running
