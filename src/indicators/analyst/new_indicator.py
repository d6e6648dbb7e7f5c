"""A new indicator for the overlay; its table and the whole catalogue are checked before it is written.

The file is edited as text with its comments kept. Which figures a service has is not asked here: that is
``yhdyspinta check --live`` and the first fetch.
"""

import difflib
import io
import re
import shutil
import tempfile
import unicodedata
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from indicators import folders
from indicators.catalogue import load_catalogue
from indicators.catalogue.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.config import SETTINGS_FILE, Settings, read_text
from indicators.errors import CatalogueError, ParameterError, SourceError
from indicators.fetch.fetch import open_service
from indicators.sources.tables.files import find_area
from indicators.sources.tables.reading import read_raw_table

#: Kinds of source as the user says them, and as the catalogue's ids begin.
KINDS: Final[dict[str, str]] = {"sotkanet": "sotkanet", "pxweb": "statfin", "table": "own"}
#: Short words for the directions of a goal.
DIRECTIONS: Final[dict[str, str]] = {
    "higher": "higher_is_better",
    "lower": "lower_is_better",
    "none": "no_judgement",
}
DEFAULT_FOLDER: Final = "oma"
_FILE: Final = "indicators.yaml"
_HEADER: Final = "# Own indicators, laid over the package's. Entries are merged by id.\n"
#: Rows of a table and names of areas that are shown back.
_MOST_SHOWN: Final = 5


def slug(title: str) -> str:
    """A title as the end of an id.

    Examples
    --------
    >>> slug("Latupohjia, km / asukas")
    'latupohjia_km_asukas'
    """
    words = re.sub(r"[\W_]+", " ", title.lower())
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return "_".join(plain.split())


def show_table(given: Mapping[str, Any], settings: Settings) -> Iterator[str]:
    """Lines that tell how a party's table is understood: headings, areas, years and the first rows.

    Raises
    ------
    CatalogueError
        There is no such file, or its columns are not those of a table of figures.
    UnknownAreaError
        An area is not known.
    """
    path = folders.find_file((settings.folder or Path.cwd()) / given["key"])
    with _telling_table():
        raw = read_raw_table(path, given["sheet"] or None, given["key"], given["columns"])
    register = _load_existing(_find_folder(settings)).areas
    texts = dict.fromkeys(raw.text("area", row) for row in raw.rows)
    codes = {find_area(text, lambda name: register.resolve(name, None).code) for text in texts}
    areas = sorted(register.get(code).name() for code in codes)
    named = ", ".join(areas[:_MOST_SHOWN]) + (", ..." if len(areas) > _MOST_SHOWN else "")
    years = sorted({raw.text("year", row) for row in raw.rows})
    yield ", ".join(f"{heading!r} is the {name}" for name, heading in raw.headers.items())
    yield f"{len(raw.rows)} rows, {len(areas)} areas ({named}), years {years[0]}-{years[-1]}:"
    for row in raw.rows[:_MOST_SHOWN]:
        yield "  " + " | ".join(raw.text(name, row) for name in raw.headers)


def build_entry(given: Mapping[str, Any]) -> dict[str, Any]:
    """The catalogue entry, in the order in which people read it.

    Parameters
    ----------
    given : mapping
        The options of ``yhdyspinta new-indicator`` by their names; ``goals`` are pairs of goal and one of
        `DIRECTIONS`, ``select`` and ``columns`` mappings.

    Raises
    ------
    ParameterError
        A direction is unknown, or the kind needs something that was not given.
    """
    kind, goals = given["kind"], []
    for goal, direction in given["goals"]:
        if direction not in DIRECTIONS:
            raise ParameterError(f"direction of goal {goal}", direction, f"one of {', '.join(DIRECTIONS)}")
        goals.append({"goal": goal, "direction": DIRECTIONS[direction]})
    titles = {"fi": given["title"], "sv": given["title_sv"], "en": given["title_en"]}
    end = given["key"] if kind == "sotkanet" else given["name"] or slug(given["title"])
    return {
        "id": f"{KINDS[kind]}:{end}",
        "title": {language: title for language, title in titles.items() if title},
        **{name: given[name] for name in ("unit", "decimals", "value_type", "events")},
        "producer": given["producer"] or ("thl" if kind == "sotkanet" else "statfin"),
        "source": _build_source(given),
        "goals": goals,
    }


def _build_source(given: Mapping[str, Any]) -> dict[str, Any]:
    key = given["key"]
    if given["kind"] == "sotkanet":
        if not key.isdigit():
            raise ParameterError("Sotkanet's number", key, "digits, as in the indicator's address")
        return {"service": "sotkanet", "key": int(key)}
    if given["kind"] == "table":
        return {"service": "own", "path": key} | {
            name: given[name] for name in ("sheet", "columns", "decimal", "thousands") if given[name]
        }
    chosen = {"select": given["select"]} if given["select"] else {}
    figure = {"content": given["content"]} | chosen
    if not given["denominator"]:
        return {"service": "statfin", "table": key, "value": figure}
    below = {"content": given["denominator"]} | chosen
    return {"service": "statfin", "table": key, "count": figure, "denominator": below}


def add_indicator(
    given: Mapping[str, Any], settings: Settings, overrides: bool = False
) -> tuple[Indicator, Path]:
    """Check an indicator and write it into the overlay; without one into ``oma/``, beside the settings.

    Returns
    -------
    tuple of Indicator and Path
        As the catalogue has it, and its file.

    Raises
    ------
    ParameterError
        Something was not given or is not known, or the id is there already and ``overrides`` is not set.
    CatalogueError
        The catalogue would not hold with the entry, or the table does not; nothing is written.
    OutputError
        The folder or the settings cannot be written; both are as they were.
    """
    entry, folder = build_entry(given), _find_folder(settings)
    existing = _load_existing(folder)
    if entry["id"] in existing.indicators:
        if not overrides:
            raise ParameterError("id", entry["id"], "an id that is not there yet; --override replaces it")
        entry["overrides"] = True
    path = folder / _FILE
    earlier = read_text(path) if path.is_file() else None
    text = _add_entry(
        path,
        earlier or _HEADER,
        entry,
        {
            "producers": _new_producer(given, entry["producer"], existing),
            "units": _new_unit(given, existing),
        },
    )
    catalogue = _check(folder, text)
    made = catalogue.indicators[entry["id"]]
    if given["kind"] == "table":
        with _telling_table(), ExitStack() as stack:
            open_service("table", catalogue, settings, stack).describe(made)
    with folders.telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, text)
        try:
            _name_folder(settings, folder)
        except OSError:
            path.unlink() if earlier is None else _write(path, earlier)
            raise
    return made, path


@contextmanager
def _telling_table() -> Iterator[None]:
    """A table that does not hold is wrong declared data here, where nothing is fetched."""
    try:
        yield
    except SourceError as error:
        raise CatalogueError(error.url, "table", error.problem) from error


def _check(folder: Path, text: str) -> Catalogue:
    """The catalogue of the folder's other files and the text; a fault is told of the file as it would be."""
    with tempfile.TemporaryDirectory() as work, warnings.catch_warnings(action="ignore"):
        for path in folder.glob("*.yaml"):
            shutil.copy(path, work)
        Path(work, _FILE).write_text(text, "utf-8")
        try:
            return load_catalogue(overlay=Path(work))
        except CatalogueError as error:
            place = folder / Path(error.file).name
            raise CatalogueError(place, error.key, error.problem, content=error.content) from error


def _find_folder(settings: Settings) -> Path:
    return settings.overlay or (settings.folder or Path.cwd()) / DEFAULT_FOLDER


def _name_folder(settings: Settings, folder: Path) -> None:
    """Name the overlay in the settings file, where they name none."""
    if not settings.overlay:
        path = folder.with_name(SETTINGS_FILE)
        _write(path, f'catalogue = "{DEFAULT_FOLDER}/"\n{read_text(path) if path.is_file() else ""}')


def _load_existing(folder: Path) -> Catalogue:
    has_files = any(folder.glob("*.yaml")) if folder.is_dir() else False
    return load_catalogue(overlay=folder if has_files else None)


def _new_producer(given: Mapping[str, Any], producer: str, existing: Catalogue) -> dict[str, Any] | None:
    if producer in existing.producers:
        return None
    if not (given["producer_name"] and given["producer_url"]):
        known = ", ".join(existing.producers)
        raise ParameterError(
            "producer", producer, f"one of {known}; or give a new one's --producer-name and --producer-url"
        )
    return {"id": producer, "name": {"fi": given["producer_name"]}, "url": given["producer_url"]}


def _new_unit(given: Mapping[str, Any], existing: Catalogue) -> dict[str, Any] | None:
    unit, label = given["unit"], given["unit_label"]
    if unit in existing.units:
        return None
    if not label:
        near = difflib.get_close_matches(unit, existing.units, n=3) or list(existing.units)
        raise ParameterError("unit", unit, f"{', '.join(near)}; or give a new one's --unit-label")
    return {"id": unit, "label": {"fi": label}, "symbol": label}


def _add_entry(path: Path, text: str, entry: dict[str, Any], more: dict[str, dict[str, Any] | None]) -> str:
    """The file's text with the entry, its new unit and producer in it; comments and order stay."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes, yaml.width = True, 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        content = yaml.load(text)
    except YAMLError as error:
        raise CatalogueError(path, "(syntax)", "is not YAML; mend it first") from error
    if content is None:
        content, header = {}, text
    else:
        header = ""
    for key, added in (more | {"indicators": entry}).items():
        if added:
            if content.get(key) is None:
                content[key] = []
            ids = [item.get("id") for item in content[key]]
            if added["id"] in ids:
                content[key][ids.index(added["id"])] = added
            else:
                content[key].append(added)
    buffer = io.StringIO()
    yaml.dump(content, buffer)
    return header + buffer.getvalue()


def _write(path: Path, text: str) -> None:
    with folders.replacing(path) as work:
        work.write_text(text, "utf-8")
