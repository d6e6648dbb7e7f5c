"""Sections of a municipality's own for its reports: text or notebooks with pictures, in one folder.

Each file begins with where its section stands and what it is called. What a section holds is checked where it
becomes a part of a page.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from indicators.catalogue.catalogue import Catalogue
from indicators.catalogue.references import References
from indicators.config import Settings
from indicators.errors import CatalogueError, UnknownAreaError
from indicators.model import Language

#: Kinds of picture by the end of a file's name.
PICTURES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
_EXAMPLE: Final = "begin it with lines such as ---, after: 1.2, title: Ladut, ---"


@dataclass(frozen=True)
class OwnSection:
    """A section of one's own.

    Attributes
    ----------
    path : Path
        Its file, by whose name it is known on a page.
    after : str
        Id of the goal after which it stands.
    areas : frozenset of str
        Codes of the municipalities in whose reports it stands.
    cells : sequence of dict
        Of a notebook; a text is one Markdown cell.
    pictures : mapping
        Content of the pictures of the folder by name.
    """

    path: Path
    after: str
    title: str
    language: Language
    areas: frozenset[str]
    cells: Sequence[Mapping[str, Any]] = field(repr=False)
    pictures: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class OwnSections:
    """All sections of one's own by name, with the folder's files and their hash; empty without a folder."""

    items: tuple[OwnSection, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def sha256(self) -> str:
        """Hash of all files by name and content; empty where there are none."""
        lines = [f"{name} {hashlib.sha256(content).hexdigest()}\n" for name, content in self.files.items()]
        return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""

    def select(self, area: str, language: str) -> list[OwnSection]:
        """Those of a municipality's report."""
        return [item for item in self.items if area in item.areas and item.language == language]


NO_SECTIONS: Final = OwnSections()


class _Head(BaseModel):
    """What a section's file begins with; all of it is read as text."""

    model_config = ConfigDict(extra="forbid")

    after: str
    title: str = Field(min_length=1)
    areas: list[str] = []
    language: Language = "fi"


def load_sections(catalogue: Catalogue, settings: Settings) -> OwnSections:
    """The sections in the folder of the settings; none without one.

    A CatalogueError tells of a folder or a file that cannot be read, a file of another kind, a beginning that
    is not a section's, and a goal or a municipality that there is not.
    """
    folder = Path(settings.sections)
    if not settings.sections:
        return NO_SECTIONS
    if not folder.is_dir():
        raise CatalogueError(folder, "sections", "there is no such folder; see 'sections' in yhdyspinta.toml")
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    files = {path.name: _read(path) for path in paths}
    pictures = {name: content for name, content in files.items() if Path(name).suffix.lower() in PICTURES}
    items = [_load(path, files, pictures, catalogue) for path in paths if path.name not in pictures]
    return OwnSections(tuple(items), files)


def _read(path: Path) -> bytes:
    known = (".md", ".ipynb", *PICTURES)
    if path.suffix.lower() not in known:
        problem = f"is no section and no picture; expected a name that ends in one of {', '.join(known)}"
        raise CatalogueError(path, "sections", problem)
    try:
        return path.read_bytes()
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}; check the file and its rights"
        raise CatalogueError(path, "sections", problem) from error


def _load(
    path: Path, files: Mapping[str, bytes], pictures: Mapping[str, bytes], catalogue: Catalogue
) -> OwnSection:
    cells = _read_cells(path, files[path.name])
    first, *others = cells or [{"source": ""}]
    start, head, text, *_ = [*f"{first['source']}\n".split("---\n", 2), "", ""]
    try:
        content = None if start.strip() else YAML(typ="base", pure=True).load(head)
        if not isinstance(content, dict):
            raise CatalogueError(path, "beginning", f"names no goal and no title; {_EXAMPLE}", 1)
        found = _Head.model_validate(content)
    except YAMLError as error:
        raise CatalogueError(path, "beginning", f"is not YAML: {error}; {_EXAMPLE}") from error
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        key = ".".join(str(step) for step in wrong["loc"])
        problem = f"{wrong['msg']}; known are {', '.join(_Head.model_fields)}: {_EXAMPLE}"
        raise CatalogueError(path, key, problem) from error
    References(path).require_known("after", [found.after], [goal.id for goal in catalogue.goals])
    try:
        areas = [catalogue.areas.resolve(name).code for name in found.areas]
    except UnknownAreaError as error:
        raise CatalogueError(path, "areas", str(error)) from error
    return OwnSection(
        path=path,
        after=found.after,
        title=found.title,
        language=found.language,
        areas=frozenset(areas or [area.code for area in catalogue.members]),
        cells=[{"cell_type": "markdown", "source": text}, *others],
        pictures=pictures,
    )


def _read_cells(path: Path, content: bytes) -> Sequence[Mapping[str, Any]]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
        if path.suffix.lower() == ".md":
            return [{"cell_type": "markdown", "source": text}]
        import nbformat  # only who has a notebook waits for it

        notebook = nbformat.reads(text, 4)
        nbformat.validate(notebook)
    except Exception as error:  # of a file that is no notebook nbformat raises whatever comes
        what = "not UTF-8" if isinstance(error, UnicodeDecodeError) else "no notebook that can be read"
        raise CatalogueError(path, "sections", f"is {what}: {str(error).splitlines()[0]}") from error
    return list(notebook.cells)
