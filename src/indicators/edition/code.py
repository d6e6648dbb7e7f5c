"""The hash of the code that makes reports, so that a report is reused only where nothing changed."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from indicators.config import PACKAGE_FOLDER, find_notebook
from indicators.edition.plan import NOTEBOOKS

#: The bundled figures have a hash of their own; notebooks lie elsewhere in a checkout.
_LEFT_OUT = ("data/snapshot/", "notebooks/")


@lru_cache(maxsize=1)
def hash_code() -> str:
    """SHA-256 over the package's sources, templates, texts and notebooks, by name and content.

    The same in a checkout and in an installed wheel; read once a process.
    """
    total = hashlib.sha256()
    for name, path in sorted(_list_files()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{name} {content}\n".encode())
    return total.hexdigest()


def _list_files() -> Iterator[tuple[str, Path]]:
    for path in PACKAGE_FOLDER.rglob("*"):
        name = path.relative_to(PACKAGE_FOLDER).as_posix()
        is_source = path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
        if is_source and not name.startswith(_LEFT_OUT):
            yield name, path
    for notebook in NOTEBOOKS.values():
        yield f"notebooks/{notebook}", find_notebook(notebook)
