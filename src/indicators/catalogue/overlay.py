"""An overlay: declared data of one's own, laid over the package's without editing it.

The overlay is a folder with any of the declared files. The rules of merging:

- A list whose entries have an ``id`` or ``code`` is merged by it. A new entry is added last. Of an entry that
  is there already, the keys that the overlay gives replace the package's; its other keys stay.
- An entry with ``removed: true`` takes the package's entry away.
- Everything else that the overlay gives replaces the package's.
- ``replaces: true`` at the top of ``agreement.yaml`` puts the overlay's agreement in place of the package's.
  The package's links from indicators to goals go with it, since the same goal id would mean another thing:
  the overlay's ``indicators.yaml`` says which indicators serve the new goals. Indicators that then serve no
  goal are left out, unless they are key facts or choose peers.
- Giving an id of the package another source or unit is allowed, and warned of unless the entry says
  ``overrides: true``: figures fetched under the old meaning would otherwise pass for the new.
"""

import difflib
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeGuard, TypeVar

from pydantic import BaseModel, ValidationError

from indicators.catalogue.yamlfile import load_yaml, locate
from indicators.errors import CatalogueError

RecordT = TypeVar("RecordT", bound=BaseModel)

#: Keys that say what an entry's figures mean, by list.
_MEANING: Final[dict[str, tuple[str, ...]]] = {
    "indicators": ("source", "unit", "value_type"),
    "units": ("multiplier",),
    "municipalities": ("region", "county"),
}
_MARKS: Final = ("overrides", "removed")
_REPLACES: Final = "replaces"
#: The overlay's words for readers; `indicators.narrative.texts` reads them.
TEXTS_NAME: Final = "texts.yaml"
_PLAN: Final = re.compile(rb"^measures:", re.MULTILINE)


@dataclass(frozen=True)
class _Layer:
    """One merged file: its content, and what the overlay's own file says."""

    content: Any
    base: Path
    overlay: Path | None = None
    own: dict[str, Any] = field(default_factory=dict)
    is_replaced: bool = False

    def list_own(self, key: str) -> list[dict[str, Any]]:
        """The overlay's entries of a list that is merged by id."""
        entries = self.own.get(key)
        return entries if _is_list_by_id(entries) else []


class Layers:
    """The declared files with the overlay merged in."""

    def __init__(self, layers: dict[str, _Layer], more: Sequence[Path] = ()) -> None:
        self._layers = layers
        self.files = {name: layer.overlay or layer.base for name, layer in layers.items()}
        self.overlay_files = [layer.overlay for layer in layers.values() if layer.overlay] + [*more]

    def validate(self, name: str, record: type[RecordT]) -> RecordT:
        """The record of one merged file; a CatalogueError names the file in which the fault stands."""
        layer = self._layers[name]
        try:
            return record.model_validate(layer.content)
        except ValidationError as error:
            steps = error.errors(include_url=False)[0]["loc"]
            raise _find_fault(layer, steps, error) from error


def load_layers(folder: Path, overlay: Path | None, names: Sequence[str]) -> Layers:
    """Read the files of a folder and merge an overlay's over them.

    CatalogueError where a file is missing or is not YAML, or the overlay has none of the files.
    """
    if overlay is not None and not any((overlay / name).is_file() for name in names):
        problem = f"has none of {', '.join(names)}; make one, or take 'catalogue' out of the settings"
        raise CatalogueError(overlay, "catalogue", problem)
    if overlay is not None:
        _warn_of_unknown_files(overlay, names)
    layers = {}
    for name in names:
        path = overlay / name if overlay is not None and (overlay / name).is_file() else None
        layers[name] = _load_layer(folder / name, path)
    if layers["agreement.yaml"].is_replaced:
        layers["indicators.yaml"] = _drop_goals(layers["indicators.yaml"])
    texts = [overlay / TEXTS_NAME] if overlay is not None and (overlay / TEXTS_NAME).is_file() else []
    return Layers(layers, texts)


def _warn_of_unknown_files(overlay: Path, names: Sequence[str]) -> None:
    """Told where a file of declared data would go unread; a plan is named in the settings."""
    for path in sorted((*overlay.glob("*.yaml"), *overlay.glob("*.yml"))):
        if path.name in (*names, TEXTS_NAME) or _PLAN.search(path.read_bytes()):
            continue
        known = ", ".join((*names, TEXTS_NAME))
        near = difflib.get_close_matches(path.name, (*names, TEXTS_NAME), n=1)
        advice = f"did you mean {near[0]}?" if near else f"the files read are {known}"
        warnings.warn(f"{path}: is not read; {advice}", stacklevel=2)


def stamp_overlay(overlay: Path | None) -> str:
    """A text that changes whenever a file of the overlay does; empty where there is none."""
    if overlay is None or not overlay.is_dir():
        return ""
    files = sorted(overlay.glob("*.yaml"))
    return " ".join(f"{path.name} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in files)


def _load_layer(base: Path, overlay: Path | None) -> _Layer:
    content = load_yaml(base)
    if overlay is None:
        return _Layer(content, base)
    own = load_yaml(overlay)
    if own is None:  # a file of comments only
        return _Layer(content, base)
    if not isinstance(own, dict):
        raise CatalogueError(overlay, "(whole file)", "is no mapping; write it as the package's file")
    if own.pop(_REPLACES, False) is True:
        if base.name != "agreement.yaml":
            problem = "is for agreement.yaml only; other files are merged by id"
            raise CatalogueError(overlay, _REPLACES, problem)
        return _Layer(own, overlay, overlay, own, is_replaced=True)
    merged = dict(content)
    for key, value in own.items():
        if _is_list_by_id(value) and _is_list_by_id(content.get(key)):
            merged[key] = _merge_list(key, content[key], value, overlay)
        elif value is not None:  # a key whose last entry was taken away
            merged[key] = value
    return _Layer(merged, base, overlay, own)


def _is_list_by_id(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    return isinstance(value, list) and all(isinstance(item, dict) and _id_of(item) for item in value)


def _id_of(entry: dict[str, Any]) -> str:
    return str(entry.get("id") or entry.get("code") or "")


def _merge_list(
    key: str, base: list[dict[str, Any]], own: list[dict[str, Any]], path: Path
) -> list[dict[str, Any]]:
    entries = {_id_of(item): item for item in base}
    touched: set[str] = set()
    for item in own:
        name, given = _id_of(item), {name: value for name, value in item.items() if name not in _MARKS}
        if name in touched:
            raise CatalogueError(path, key, f"{name!r} is declared twice")
        touched.add(name)
        earlier = entries.get(name)
        if item.get("removed"):
            if earlier is None:
                raise CatalogueError(path, f"{key} {name}", "is removed, but the package does not have it")
            del entries[name]
            continue
        if earlier is not None and not item.get("overrides"):
            _warn_of_new_meaning(key, name, earlier, given, path)
        entries[name] = (earlier or {}) | given
    return list(entries.values())


def _warn_of_new_meaning(
    key: str, name: str, earlier: dict[str, Any], given: dict[str, Any], path: Path
) -> None:
    changed = [word for word in _MEANING.get(key, ()) if word in given and given[word] != earlier.get(word)]
    if changed:
        warnings.warn(
            f"{path}: {key} {name}: gives the package's entry another {' and '.join(changed)}; take an id of "
            "your own, or say 'overrides: true' in the entry and fetch its figures anew",
            stacklevel=2,
        )


def _drop_goals(layer: _Layer) -> _Layer:
    """The indicators without the package's links to goals, and without those that are then of no use."""
    content = layer.content
    used = {item["indicator"] for item in content["peers"]["variables"]}
    goals = {_id_of(item): item.get("goals", []) for item in layer.list_own("indicators")}
    entries = [item | {"goals": goals.get(item["id"], [])} for item in content["indicators"]]
    kept = [item for item in entries if item["goals"] or item.get("is_key_fact") or item["id"] in used]
    ids = {item["id"] for item in kept}
    kept = [_without_lost(item, ids) for item in kept]
    needed = {word for item in kept for word in item.get("warnings", ())}
    warned = [item for item in content["warnings"] if item["id"] in needed]
    return replace(layer, content=content | {"indicators": kept, "warnings": warned})


def _without_lost(item: dict[str, Any], ids: set[str]) -> dict[str, Any]:
    """An entry without references to indicators that are left out."""
    kept = dict(item)
    if kept.get("fallback_for") not in ids:
        kept.pop("fallback_for", None)
        kept.pop("fills", None)
    if "never_joined_with" in kept:
        kept["never_joined_with"] = [name for name in kept["never_joined_with"] if name in ids]
    return kept


def _find_fault(layer: _Layer, steps: tuple[int | str, ...], error: ValidationError) -> CatalogueError:
    """The fault in the overlay where it touches the entry or key; else in the package's file."""
    if layer.overlay is None or not steps or steps[0] not in layer.own:
        return locate(layer.base, error, steps)
    key, *rest = steps
    ids = [_id_of(item) for item in layer.list_own(str(key))]
    if ids and rest and (touched := _id_of(layer.content[key][rest[0]])) in ids:
        rest[0] = ids.index(touched)
    return locate(layer.overlay, error, (key, *rest))
