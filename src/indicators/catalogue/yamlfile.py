"""Reads a YAML file into a record, and says where in the file a fault lies.

Reading is fast (the C parser, no line numbers); only when something is wrong is the file read again with
line numbers, to point at the place.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.resolver import VersionedResolver

from indicators.config import read_text
from indicators.errors import CatalogueError
from indicators.model import SOURCES


class _Resolver(VersionedResolver):
    """Of YAML 1.2; ruamel finds the version anew for each scalar, which takes half of the reading.

    Dates are left as texts: the records read them, and tell the place of one that there is not.
    """

    processing_version = (1, 2)

    def add_version_implicit_resolver(self, version: Any, tag: Any, regexp: Any, first: Any) -> None:
        if not str(tag).endswith(":timestamp"):
            super().add_version_implicit_resolver(version, tag, regexp, first)


RecordT = TypeVar("RecordT", bound=BaseModel)

#: How pydantic's message of a date ends that is written as one and is none: 2026-02-30, 2026-13-01.
_NO_DAY: Final = ("day value is outside expected range", "month value is outside expected range of 1-12")


def load_record(path: Path, record: type[RecordT]) -> RecordT:
    """Read and validate one file.

    A file that is missing, is not YAML, or breaks the record's rules is a CatalogueError: the first fault
    with file, key and the line's content, and the number of further ones.
    """
    content = load_yaml(path)
    try:
        return record.model_validate(content)
    except ValidationError as error:
        raise locate(path, error) from error


def load_yaml(path: Path) -> Any:
    """Plain content of a YAML file; CatalogueError where it is missing, not UTF-8 or not YAML."""
    try:
        return _load(path, "safe")
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = f"is not YAML: {error.problem}"
        raise CatalogueError(path, "(syntax)", problem, line, _line_of(path, line)) from error
    except YAMLError as error:
        raise CatalogueError(path, "(syntax)", f"is not YAML: {error}") from error


def _load(path: Path, kind: str) -> Any:
    reader = YAML(typ=kind)
    reader.Resolver = _Resolver
    return reader.load(read_text(path))


def locate(path: Path, error: ValidationError, place: Sequence[int | str] | None = None) -> CatalogueError:
    """The first fault of a validation, with the line on which it stands.

    ``place`` is where in the file, if that is not where the validated content had it.
    """
    first, *others = error.errors(include_url=False)
    steps = [step for step in (first["loc"] if place is None else place) if not _is_union_tag(step)]
    line = _find_line(_load(path, "rt"), steps)
    problem = first["msg"].removeprefix("Value error, ")
    if problem.endswith(_NO_DAY):
        problem = f"there is no day {first['input']}"
    elif first["type"] != "missing" and not isinstance(first["input"], dict | list):
        problem += f"; found {first['input']!r}"
    if others:
        problem += f" (and {len(others)} more in this file)"
    return CatalogueError(path, _join(steps), problem, line, _line_of(path, line))


def _is_union_tag(step: int | str) -> bool:
    """Pydantic names the chosen member of a tagged union in the path; the file has no such key."""
    return step in SOURCES.values()


def _join(steps: list[int | str]) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".") or "(whole file)"


def _find_line(node: Any, steps: list[int | str]) -> int | None:
    """Line (from 1) of the deepest place on the path that the file has."""
    line: int | None = node.lc.line + 1 if hasattr(node, "lc") else None
    for step in steps:
        try:
            position = node.lc.item(step) if isinstance(step, int) else node.lc.key(step)
            line, node = position[0] + 1, node[step]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _line_of(path: Path, line: int | None) -> str:
    lines = read_text(path).splitlines()
    return lines[line - 1] if line and line <= len(lines) else ""
