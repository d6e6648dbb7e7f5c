"""Settings from the environment and ``yhdyspinta.toml``, and where the package's own files lie.

The environment wins over the file, and that over the defaults. The file lies in the working folder or the
nearest folder above it. Nothing else in the package reads either.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from indicators.errors import CatalogueError, ParameterError, ReportError

SETTINGS_FILE: Final = "yhdyspinta.toml"
PACKAGE_FOLDER: Final = Path(__file__).parent
DATA_FOLDER: Final = PACKAGE_FOLDER / "data"

#: Of the settings of earlier scheduled runs; deploy/yhdyspinta-run alone reads it.
_COMMAND: Final = "YHDYSPINTA_COMMAND"
_PATHS: Final = ("home", "catalogue", "plan", "sections", "reports", "publish")
_CERTIFICATES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True)
class Settings:
    """What may differ from one installation to another.

    Attributes
    ----------
    home : str
        Folder of snapshots. In the file this and the other paths are relative to the file's folder.
    sotkanet_url, statfin_url : str
        Bases of the services, for a mirror or a replica.
    contact : str
        An address put in the User-Agent, so that the services can reach who asks.
    publisher : str
        Who publishes the reports; empty where not said.
    feedback : str
        An e-mail or web address for errors and accessibility feedback; empty where not said.
    plan : str
        The parties' interface plan (YAML, CSV or Excel); none where empty.
    sections : str
        Folder with sections of one's own for municipal reports; none where empty.
    catalogue : str
        Folder with declared data of one's own, laid over the package's; empty where there is none.
    reports : str
        Folder of the editions of scheduled runs.
    publish : str
        Folder of the web server into which scheduled runs copy whole editions; none where empty.
    report_options : str
        Further options of ``yhdyspinta report`` in scheduled runs, as on a command line.
    keep_runs_days : str
        Days after which the logs of scheduled runs are dropped.
    demo : str
        Any text makes a demonstration: the example plan is shown, each page says so, and nothing becomes
        ``latest``. Set by ``--demo`` for the processes of a run.
    folder : Path or None
        Where the settings file lies; own tables are named from there. Stated nowhere.
    """

    home: str = ""
    sotkanet_url: str = "https://sotkanet.fi/rest/1.1"
    statfin_url: str = "https://pxdata.stat.fi/PxWeb/api/v1"
    contact: str = ""
    publisher: str = ""
    feedback: str = ""
    plan: str = ""
    sections: str = ""
    catalogue: str = ""
    reports: str = ""
    publish: str = ""
    report_options: str = ""
    keep_runs_days: str = "180"
    demo: str = ""
    folder: Path | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in _PATHS:
            object.__setattr__(self, name, os.path.expanduser(getattr(self, name)))

    @property
    def snapshots_folder(self) -> Path:
        """Where snapshots lie."""
        home = Path(self.home) if self.home else user_data_path("yhdyspinta", appauthor=False)
        return home / "snapshots"

    @property
    def overlay(self) -> Path | None:
        """Folder of the overlay catalogue, if there is one."""
        return Path(self.catalogue).resolve() if self.catalogue else None


#: Variable of the environment by setting.
_ENVIRONMENT: Final = {
    item.name: f"YHDYSPINTA_{item.name.upper()}" for item in fields(Settings) if item.name != "folder"
}


def load_settings(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings in force.

    Parameters
    ----------
    environ : mapping, optional
        The environment; the process's own by default.
    folder : Path, optional
        From where ``yhdyspinta.toml`` is looked for, there and above; the working folder by default.

    Raises
    ------
    CatalogueError
        The file cannot be read, is not TOML, or has an unknown key or a value that is not text.
    """
    environ = os.environ if environ is None else environ
    start = (folder or Path.cwd()).absolute()
    place = next((at for at in (start, *start.parents) if (at / SETTINGS_FILE).is_file()), None)
    values = _read_settings_file(place / SETTINGS_FILE) if place else {}
    for name in _PATHS:
        if place and values.get(name):
            values[name] = str(place / Path(values[name]).expanduser())
    values |= {name: environ[key] for name, key in _ENVIRONMENT.items() if environ.get(key)}
    return Settings(**values, folder=place)


def load_environment(path: Path) -> None:
    """Put the NAME=value lines of a file into the environment, as systemd does.

    Lines that begin with ``#`` or ``;`` are comments, and quotes around a value are taken away; nothing in it
    is expanded. A CatalogueError tells the line that is otherwise, or names no setting of ours.
    """
    text = read_text(path)
    for number, line in enumerate(text.splitlines(), 1):
        name, sign, value = (part.strip() for part in line.partition("="))
        if not name or name[0] in "#;":
            continue
        if not sign or not name.isidentifier():
            raise CatalogueError(path, "settings", "expected NAME=value", number, line)
        if name in _ENVIRONMENT:
            problem = f"is a key of {SETTINGS_FILE}; expected {_ENVIRONMENT[name]} here"
            raise CatalogueError(path, name, problem, number, line)
        if name.startswith("YHDYSPINTA_") and name not in (*_ENVIRONMENT.values(), _COMMAND):
            known = ", ".join(_ENVIRONMENT.values())
            raise CatalogueError(path, name, f"unknown setting; known are {known}", number, line)
        is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        os.environ[name] = value[1:-1] if is_quoted else value


def list_unread(settings: Settings, *more: Path) -> list[Path]:
    """Settings files that nothing reads, in folders where one may be thought to count.

    Those are the folders that the settings name, the checkout, ``more``, and where no file counts those in
    the working folder.
    """
    named = (settings.reports, settings.publish, settings.catalogue)
    below = () if settings.folder else Path.cwd().glob("*/")
    places = [Path(item) for item in named if item]
    places += [settings.snapshots_folder.parent, PACKAGE_FOLDER.parents[1], *more, *below]
    files = dict.fromkeys(os.path.realpath(place / SETTINGS_FILE) for place in places)
    own = settings.folder and os.path.realpath(settings.folder / SETTINGS_FILE)
    return [Path(file) for file in files if os.path.isfile(file) and file != own]


def read_text(path: Path) -> str:
    """Text of a file that people write; CatalogueError where it cannot be read or is not UTF-8."""
    try:
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise CatalogueError(path, "(whole file)", "is missing") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(path, "(whole file)", f"is not UTF-8: {error}; save it as UTF-8") from error
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}; check the file and its rights"
        raise CatalogueError(path, "(whole file)", problem) from error


def check_certificates() -> None:
    """Raise a ParameterError where a variable names a file of certificates that is not there."""
    for name in _CERTIFICATES:
        path = os.environ.get(name)
        if path and not Path(path).exists():
            raise ParameterError(name, path, "a file of certificates that is there; mend or unset it")


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
    try:
        values = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(path, "(whole file)", f"is not TOML: {error}") from error
    for key, value in values.items():
        if key not in _ENVIRONMENT:
            raise CatalogueError(path, key, f"unknown key; known are {', '.join(_ENVIRONMENT)}")
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
