"""Checks of what a file names: every reference resolves, nothing stands twice, in vain or in a circle.

All faults are told alike: the file, the place, what was found, and the line it was found in.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from indicators.errors import CatalogueError

#: More declared names than this are not told.
_LISTED = 12


class References:
    """The references of one file, in which faults are looked for and told.

    ``lines`` has the line of each entry, where the file has one entry on a line.
    """

    def __init__(self, path: Path, lines: Mapping[str, int] | None = None) -> None:
        self.path, self.lines = path, lines or {}

    def require_unique(self, key: str, ids: Iterable[str]) -> None:
        """Raise on the first id that stands twice; ``{}`` in the key is the id."""
        seen: set[str] = set()
        for item in ids:
            if item in seen:
                raise self.find_fault(key.format(item), f"{item!r} is declared twice", item, item)
            seen.add(item)

    def require_known(self, key: str, ids: Iterable[str], allowed: Collection[str], entry: str = "") -> None:
        """Raise on the first id that is none of the allowed ones; a list is told in its order."""
        for item in ids:
            if item not in allowed:
                known = sorted(allowed) if isinstance(allowed, set) else list(allowed)
                listed = ", ".join(known[:_LISTED]) + (", ..." if len(known) > _LISTED else "")
                problem = f"{item!r} is not declared; declared are {listed}"
                raise self.find_fault(key, problem, item, entry)

    def require_used(self, key: str, ids: Iterable[str], used: set[str]) -> None:
        """Raise on the first id to which nothing refers."""
        for item in ids:
            if item not in used:
                raise self.find_fault(key, f"{item!r} is declared but nothing refers to it", item)

    def find_fault(self, key: str, problem: str, item: str, entry: str = "") -> CatalogueError:
        """The fault at its entry's line; else at the last that has the item as a whole word.

        The last is a second entry, or the reference.
        """
        line = self.lines.get(entry)
        try:
            text = self.path.read_text("utf-8-sig").splitlines()
        except UnicodeDecodeError:  # a workbook has lines, but no text
            return CatalogueError(self.path, key, problem, line)
        if line is None:
            word = re.compile(rf"(?<![\w:.-]){re.escape(item)}(?![\w:.-])")
            found = [at for at, content in enumerate(text, 1) if word.search(content.partition("#")[0])]
            line = found[-1] if found else None
        content = text[line - 1] if line and line <= len(text) else ""
        return CatalogueError(self.path, key, problem, line, content)


def find_circle(links: Mapping[str, Iterable[str]]) -> list[str]:
    """A way that comes back to where it began; empty where there is none."""
    try:
        TopologicalSorter(links).prepare()
    except CycleError as error:
        way: list[str] = error.args[1]
        return way[::-1]
    return []
