"""Settings from the environment and ``yhdyspinta.toml``, and where the package's own files lie.

The environment wins over the file in the working folder, and that over the defaults. Nothing else in
the package reads either.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from indicators.errors import CatalogueError, ReportError

SETTINGS_FILE: Final = "yhdyspinta.toml"
PACKAGE_FOLDER: Final = Path(__file__).parent
DATA_FOLDER: Final = PACKAGE_FOLDER / "data"

_ENVIRONMENT: Final[dict[str, str]] = {
    "home": "YHDYSPINTA_HOME",
    "sotkanet_url": "YHDYSPINTA_SOTKANET_URL",
    "statfin_url": "YHDYSPINTA_STATFIN_URL",
    "contact": "YHDYSPINTA_CONTACT",
    "catalogue": "YHDYSPINTA_CATALOGUE",
    "demo": "YHDYSPINTA_DEMO",
}


@dataclass(frozen=True)
class Settings:
    """What may differ from one installation to another.

    Attributes
    ----------
    home : str
        Folder of snapshots. In the file it is relative to the file's folder.
    sotkanet_url, statfin_url : str
        Bases of the services, for a mirror or a replica.
    contact : str
        An address put in the User-Agent, so that the services can reach who asks.
    publisher : str
        Who publishes the reports; empty where not said.
    feedback : str
        An e-mail or web address for errors and accessibility feedback; empty where not said.
    plan : str
        The parties' interface plan (YAML, CSV or Excel); none where empty. In the file it is relative to the
        file's folder.
    catalogue : str
        Folder with declared data of one's own, laid over the package's; empty where there is none. In the
        file it is relative to the file's folder.
    demo : str
        Any text makes a demonstration: the example plan is shown, each page says so, and nothing becomes
        ``latest``. Set by ``--demo`` for the processes of a run.
    """

    home: str = ""
    sotkanet_url: str = "https://sotkanet.fi/rest/1.1"
    statfin_url: str = "https://pxdata.stat.fi/PxWeb/api/v1"
    contact: str = ""
    publisher: str = ""
    feedback: str = ""
    plan: str = ""
    catalogue: str = ""
    demo: str = ""

    @property
    def snapshots_folder(self) -> Path:
        """Where snapshots lie."""
        home = Path(self.home).expanduser() if self.home else user_data_path("yhdyspinta", appauthor=False)
        return home / "snapshots"

    @property
    def overlay(self) -> Path | None:
        """Folder of the overlay catalogue, if there is one."""
        return Path(self.catalogue).expanduser().resolve() if self.catalogue else None


def load_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings in force.

    Parameters
    ----------
    environ : mapping, optional
        The environment; the process's own by default.
    folder : Path, optional
        Where ``yhdyspinta.toml`` is looked for; the working folder by default.

    Raises
    ------
    CatalogueError
        The file is not TOML, or has an unknown key or a value that is not text.
    """
    environ = os.environ if environ is None else environ
    folder = folder or Path.cwd()
    values = _read_settings_file(folder / SETTINGS_FILE)
    for name in ("home", "catalogue", "plan"):
        if values.get(name):
            values[name] = str(folder / Path(values[name]).expanduser())
    values |= {name: environ[key] for name, key in _ENVIRONMENT.items() if environ.get(key)}
    return Settings(**values)


@contextmanager
def demonstrating() -> Iterator[None]:
    """Make a demonstration of what this process and its children do meanwhile."""
    name = _ENVIRONMENT["demo"]
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


def drop_environment() -> None:
    """Leave the settings of this process to its ``yhdyspinta.toml`` alone, and to that of its children."""
    for name in _ENVIRONMENT.values():
        os.environ.pop(name, None)


def _read_settings_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(path, "(whole file)", f"is not TOML: {error}") from error
    known = [field.name for field in fields(Settings)]
    for key, value in values.items():
        if key not in known:
            raise CatalogueError(path, key, f"unknown key; known are {', '.join(known)}")
        if not isinstance(value, str):
            raise CatalogueError(path, key, f"found {value!r}; expected text in quotes")
    return values


def find_notebook(name: str) -> Path:
    """Path of one of the package's notebooks.

    In a checkout the notebooks lie beside ``src/``, and that folder is preferred so that an edit is seen
    at once; an installed wheel carries them inside the package.

    Raises
    ------
    ReportError
        Neither place has the notebook.
    """
    for folder in (PACKAGE_FOLDER.parents[1] / "notebooks", PACKAGE_FOLDER / "notebooks"):
        if (folder / name).is_file():
            return folder / name
    raise ReportError("(all)", name, "the notebook is missing; install the package again")
