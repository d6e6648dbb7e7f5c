"""What this installation has made and let through its gate: the only files that are taken over.

A manifest in a folder of editions says what whoever wrote it says, and an archive from elsewhere states
hashes of its own. So the hashes that count are kept in the home, written after the gate.
"""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from indicators.folders import replacing

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

    def has(self, edition: str, name: str, sha256: str | None) -> bool:
        """Whether the file with these bytes was accepted in an edition of the id."""
        return _write_line(edition, name, sha256) in self._lines

    def add(self, edition: str, files: Iterable[tuple[str, str]]) -> None:
        """Note names and hashes of files that were made and accepted here."""
        lines = [_write_line(edition, name, sha256) for name, sha256 in files]
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


def _write_line(edition: str, name: str, sha256: str | None) -> str:
    return f"{sha256} {edition} {name}"
