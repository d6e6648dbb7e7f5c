"""What this installation has made and let through its gate: the only files that are taken over.

A manifest in a folder of editions says what whoever wrote it says, and an archive from elsewhere states
hashes of its own. So the hashes that count are kept in the home, written after the gate.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from indicators.folders import hash_file, replacing

FILE: Final = "accepted-files"
#: Files that are remembered: those of the latest editions, some thirty of the whole country.
_MOST: Final = 20_000

logger = logging.getLogger(__name__)


class AcceptedFiles:
    """The files of editions that this installation has accepted, by edition, name and hash.

    Parameters
    ----------
    home : Path
        The folder in which the list lies, one file a line.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        try:
            self._lines = dict.fromkeys(self._path.read_text("utf-8").splitlines())
        except FileNotFoundError:
            self._lines = {}
        except (OSError, ValueError) as error:  # all is then made again, which is safe
            logger.warning("%s cannot be read, so that nothing is taken over: %s", self._path, error)
            self._lines = {}

    def find(self, folder: Path, edition: str, name: str, sha256: str | None) -> Path | None:
        """Where a file of an edition lies that was accepted here with these bytes, and has them still."""
        path, is_accepted = folder / name, f"{sha256} {edition} {name}" in self._lines
        return path if is_accepted and hash_file(path) == sha256 else None

    def add(self, edition: str, files: Mapping[str, str]) -> None:
        """Note names and hashes of files that were made and accepted here."""
        lines = [f"{sha256} {edition} {name}" for name, sha256 in files.items()]
        new = [line for line in lines if line not in self._lines]
        if not new:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in new))
            if len(self._lines) + len(new) > _MOST:
                kept = [*self._lines, *new][-_MOST // 2 :]
                with replacing(self._path) as work:
                    work.write_text("".join(f"{line}\n" for line in kept), "utf-8")
        except OSError as error:
            logger.warning("%s cannot be written, so that nothing will be taken over: %s", self._path, error)
        self._lines.update(dict.fromkeys(new))
