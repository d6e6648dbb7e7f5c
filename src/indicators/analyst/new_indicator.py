"""Writes a new indicator into the overlay catalogue and checks it; nothing stays written that does not hold.

The file is edited as text with its comments kept. Which figures a service has is not asked here: that is
``yhdyspinta check --live`` and the first fetch.
"""

import difflib
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from indicators import folders
from indicators.catalogue import load_catalogue
from indicators.catalogue.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.config import SETTINGS_FILE, Settings, read_text
from indicators.errors import CatalogueError, ParameterError

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


@dataclass(frozen=True)
class NewIndicator:
    """What is asked of a new indicator.

    Attributes
    ----------
    kind : str
        sotkanet, pxweb or table.
    key : str
        Sotkanet's number, the table ("StatFin/tyonv/12r5"), or the path of the file.
    title : mapping of str
        By language; Finnish is needed.
    unit : str
        A unit of the catalogue, or a new one with its ``unit_label``.
    goals : sequence of tuple
        Goal id and one of `DIRECTIONS`.
    name : str
        The end of the id, for pxweb and table; made from the title where empty.
    content, denominator_content : str
        pxweb: the figure taken from the table, and the one it is divided by.
    select : mapping of str
        pxweb: the class of each other variable.
    value_type, events, decimals, producer, sheet, levels
        As in the catalogue.
    """

    kind: str
    key: str
    title: Mapping[str, str]
    unit: str
    goals: Sequence[tuple[str, str]]
    name: str = ""
    content: str = ""
    denominator_content: str = ""
    select: Mapping[str, str] = field(default_factory=dict)
    unit_label: str = ""
    value_type: str = "rate"
    events: str = "none"
    decimals: int = 1
    producer: str = ""
    producer_name: str = ""
    producer_url: str = ""
    sheet: str = ""
    levels: Sequence[str] = ()

    @property
    def id(self) -> str:
        """The catalogue's id."""
        end = self.key if self.kind == "sotkanet" else self.name or slug(self.title["fi"])
        return f"{KINDS[self.kind]}:{end}"


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


def build_entry(asked: NewIndicator) -> dict[str, Any]:
    """The catalogue entry, in the order in which people read it.

    Raises
    ------
    ParameterError
        The kind or a direction is unknown, or the kind needs something that was not given.
    """
    if asked.kind not in KINDS:
        raise ParameterError("kind", asked.kind, f"one of {', '.join(KINDS)}")
    goals = []
    for goal, direction in asked.goals:
        if direction not in DIRECTIONS:
            raise ParameterError(f"direction of goal {goal}", direction, f"one of {', '.join(DIRECTIONS)}")
        goals.append({"goal": goal, "direction": DIRECTIONS[direction]})
    source = _build_source(asked)
    entry = {
        "id": asked.id,
        "title": dict(asked.title),
        "unit": asked.unit,
        "decimals": asked.decimals,
        "value_type": asked.value_type,
        "events": asked.events,
        "producer": asked.producer or ("thl" if asked.kind == "sotkanet" else "statfin"),
        "source": source,
        "levels": list(asked.levels),
        "goals": goals,
    }
    if asked.events == "none":
        del entry["events"]
    if not asked.levels:
        del entry["levels"]
    return entry


def _build_source(asked: NewIndicator) -> dict[str, Any]:
    if asked.kind == "sotkanet":
        if not asked.key.isdigit():
            raise ParameterError("Sotkanet's number", asked.key, "digits, as in the indicator's address")
        return {"service": "sotkanet", "key": int(asked.key)}
    if asked.kind == "table":
        if not asked.producer:
            raise ParameterError(
                "producer", "", "who produced the figures: an id of the catalogue, or a new one"
            )
        return {"service": "own", "path": asked.key} | ({"sheet": asked.sheet} if asked.sheet else {})
    if not asked.content:
        raise ParameterError("content", "", "the name of the table's figure, as the table has it")
    chosen = {"select": dict(asked.select)} if asked.select else {}
    figure = {"content": asked.content} | chosen
    if not asked.denominator_content:
        return {"service": "statfin", "table": asked.key, "value": figure}
    below = {"content": asked.denominator_content} | chosen
    return {"service": "statfin", "table": asked.key, "count": figure, "denominator": below}


def add_indicator(asked: NewIndicator, folder: Path, overrides: bool = False) -> Indicator:
    """Write the indicator into an overlay folder and load the whole catalogue with it.

    Returns
    -------
    Indicator
        As the catalogue has it.

    Raises
    ------
    ParameterError
        Something was not given or is not known, or the id is there already and ``overrides`` is not set.
    CatalogueError
        The catalogue would not hold with the entry; the file is as it was.
    OutputError
        The folder cannot be written.
    """
    entry = build_entry(asked)
    existing = _load_existing(folder)
    if entry["id"] in existing.indicators and not overrides:
        raise ParameterError("id", entry["id"], "an id that is not there yet; --override replaces it")
    if overrides and entry["id"] in existing.indicators:
        entry["overrides"] = True
    more = {
        "producers": _new_producer(asked, entry["producer"], existing),
        "units": _new_unit(asked, existing),
    }
    path = folder / _FILE
    earlier = path.read_text("utf-8") if path.is_file() else None
    text = _add_entry(path, earlier or _HEADER, entry, more)
    with folders.telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, text)
    try:
        return load_catalogue(overlay=folder).indicators[entry["id"]]
    except CatalogueError:
        if earlier is None:
            path.unlink()
        else:
            _write(path, earlier)
        raise


def _load_existing(folder: Path) -> Catalogue:
    has_files = any(folder.glob("*.yaml")) if folder.is_dir() else False
    return load_catalogue(overlay=folder if has_files else None)


def _new_producer(asked: NewIndicator, producer: str, existing: Catalogue) -> dict[str, Any] | None:
    if producer in existing.producers:
        return None
    if not (asked.producer_name and asked.producer_url):
        known = ", ".join(existing.producers)
        raise ParameterError(
            "producer", producer, f"one of {known}; or give a new one's name and web address"
        )
    return {"id": producer, "name": {"fi": asked.producer_name}, "url": asked.producer_url}


def _new_unit(asked: NewIndicator, existing: Catalogue) -> dict[str, Any] | None:
    if asked.unit in existing.units:
        return None
    if not asked.unit_label:
        near = difflib.get_close_matches(asked.unit, existing.units, n=3) or list(existing.units)
        raise ParameterError("unit", asked.unit, f"{', '.join(near)}; or give a new one's --unit-label")
    return {"id": asked.unit, "label": {"fi": asked.unit_label}, "symbol": asked.unit_label}


def _add_entry(
    path: Path, text: str, entry: dict[str, Any], more: Mapping[str, dict[str, Any] | None]
) -> str:
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
    for key, added in more.items():
        if added:
            content.setdefault(key, []).append(added)
    entries = content.setdefault("indicators", [])
    at = next((at for at, item in enumerate(entries) if item.get("id") == entry["id"]), None)
    if at is None:
        entries.append(entry)
    else:
        entries[at] = entry
    buffer = io.StringIO()
    yaml.dump(content, buffer)
    return header + buffer.getvalue()


def _write(path: Path, text: str) -> None:
    with folders.replacing(path) as work:
        work.write_text(text, "utf-8")


def choose_folder(settings: Settings, folder: Path, tell: Callable[[str], None]) -> Path:
    """The overlay folder in force; where there is none, ``oma/`` is named in the settings file.

    Parameters
    ----------
    folder : Path
        Where ``yhdyspinta.toml`` will lie, where there is none.
    tell : callable
        Called with what was done to the settings.
    """
    if settings.overlay:
        return settings.overlay
    folder = settings.folder or folder
    path = folder / SETTINGS_FILE
    earlier = read_text(path) if path.is_file() else ""
    with folders.telling(folder):
        _write(path, f'catalogue = "{DEFAULT_FOLDER}/"\n{earlier}')
    tell(f'{path.name}: catalogue = "{DEFAULT_FOLDER}/"')
    return folder / DEFAULT_FOLDER
