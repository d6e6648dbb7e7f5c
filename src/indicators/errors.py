"""Errors that callers treat differently; each says what was found, what was expected and what to do.

The facts are attributes and are all passed to ``super().__init__``, so that errors survive pickling
between processes.
"""

from collections.abc import Sequence
from pathlib import Path


class IndicatorsError(Exception):
    """Base of every error that this package raises on purpose."""


class UnknownNameError(IndicatorsError):
    """A name that is declared nowhere.

    Attributes
    ----------
    kind : str
        What was looked for: "area", "indicator", "goal", "language", "snapshot"...
    name : str
        What was given.
    suggestions : sequence of str
        The nearest declared names, best first; may be empty.
    advice : str
        Where the allowed names are listed.
    """

    def __init__(self, kind: str, name: object, suggestions: Sequence[str] = (), advice: str = "") -> None:
        super().__init__(kind, name, tuple(suggestions), advice)
        self.kind, self.name, self.suggestions, self.advice = kind, name, tuple(suggestions), advice

    def __str__(self) -> str:
        nearest = f" Did you mean: {', '.join(self.suggestions)}?" if self.suggestions else ""
        advice = f" {self.advice}" if self.advice else ""
        return f"Unknown {self.kind} {str(self.name)!r}.{nearest}{advice}"


class UnknownAreaError(UnknownNameError):
    """An area name or code that is not a current Finnish municipality or a declared larger area."""

    def __init__(
        self,
        name: object,
        suggestions: Sequence[str] = (),
        advice: str = "Give a three-digit code or a Finnish or Swedish name; 'yhdyspinta areas' lists them.",
    ) -> None:
        IndicatorsError.__init__(self, name, tuple(suggestions), advice)
        self.kind, self.name, self.suggestions, self.advice = "area", name, tuple(suggestions), advice


class UnknownIndicatorError(UnknownNameError):
    """An indicator id that the catalogue does not declare."""

    def __init__(
        self,
        name: object,
        suggestions: Sequence[str] = (),
        advice: str = "'yhdyspinta indicators' lists the declared ones.",
    ) -> None:
        IndicatorsError.__init__(self, name, tuple(suggestions), advice)
        self.kind, self.name, self.suggestions, self.advice = "indicator", name, tuple(suggestions), advice


class ParameterError(IndicatorsError):
    """A parameter or option whose name, type or value is not accepted."""

    def __init__(self, parameter: str, found: object, expected: str) -> None:
        super().__init__(parameter, found, expected)
        self.parameter, self.found, self.expected = parameter, found, expected

    def __str__(self) -> str:
        return f"{self.parameter}: found {self.found!r}; expected {self.expected}."


class CatalogueError(IndicatorsError):
    """Declared data that does not hold; names the file, the key and the line's content."""

    def __init__(
        self, file: str | Path, key: str, problem: str, line: int | None = None, content: str = ""
    ) -> None:
        super().__init__(str(file), key, problem, line, content)
        self.file, self.key, self.problem, self.line, self.content = str(file), key, problem, line, content

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        content = f"\n    {self.content.strip()}" if self.content else ""
        return f"{place}: {self.key}: {self.problem}{content}"


class SnapshotError(IndicatorsError):
    """A snapshot that is damaged, incomplete or of a format that this version does not read."""

    def __init__(self, snapshot: str | Path, problem: str, advice: str = "") -> None:
        super().__init__(str(snapshot), problem, advice)
        self.snapshot, self.problem, self.advice = str(snapshot), problem, advice

    def __str__(self) -> str:
        return f"Snapshot {self.snapshot}: {self.problem}" + (f" {self.advice}" if self.advice else "")


class SnapshotCheckError(SnapshotError):
    """A new snapshot that failed its named checks and was therefore not written."""


class SourceError(IndicatorsError):
    """A service that did not give what was asked.

    Attributes
    ----------
    source : str
        "sotkanet", "statfin" or "table".
    url : str
        The address asked, with its query.
    problem : str
        What happened, in words.
    status : int or None
        The HTTP status, where there was an answer.
    """

    def __init__(self, source: str, url: str, problem: str, status: int | None = None) -> None:
        super().__init__(source, url, problem, status)
        self.source, self.url, self.problem, self.status = source, url, problem, status

    @property
    def cause(self) -> str:
        """What happened, with the status of the answer where there was one."""
        return f"{self.problem} (HTTP {self.status})" if self.status else self.problem

    def __str__(self) -> str:
        return f"{self.source}: {self.cause}: {self.url}"


class ResponseFormatError(SourceError):
    """An answer that arrived but does not have the agreed form."""


class ReportError(IndicatorsError):
    """A report that could not be made; tells the area, the place and the cause."""

    def __init__(self, area: str, place: str, cause: str) -> None:
        super().__init__(area, place, cause)
        self.area, self.place, self.cause = area, place, cause

    def __str__(self) -> str:
        return f"Report of {self.area}: {self.place}: {self.cause}"


class OutputError(IndicatorsError):
    """A folder or disk that cannot take what should be written; nothing half-written is left."""

    def __init__(self, path: str | Path, problem: str, advice: str = "") -> None:
        super().__init__(str(path), problem, advice)
        self.path, self.problem, self.advice = str(path), problem, advice

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" + (f" {self.advice}" if self.advice else "")


class LockError(OutputError):
    """Another run holds the folder."""
