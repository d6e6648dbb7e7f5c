"""What reports are made of, opened at a door (a command, a call, a notebook's first cell) and handed on.

Nothing below a door asks for settings or figures by itself. A process keeps what it has opened: forked ones
find it there, and a notebook's first cell finds what its process had opened before.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from indicators.assessment.changes import Changes, compute_changes
from indicators.assessment.table import Assessment, compute_assessment
from indicators.catalogue import Catalogue, load_catalogue
from indicators.catalogue.overlay import stamp_overlay
from indicators.catalogue.plan import NO_PLAN, Plan, load_plan
from indicators.catalogue.sections import NO_SECTIONS, OwnSections, load_sections
from indicators.config import Settings, load_settings
from indicators.errors import ParameterError
from indicators.snapshot.load import Snapshot, load_snapshot
from indicators.snapshot.store import find_previous, find_snapshot

ThingT = TypeVar("ThingT")


@dataclass(frozen=True, eq=False)
class Inputs:
    """What every report of a process rests on.

    Attributes
    ----------
    settings : Settings
        In force when it was opened.
    assessment : Assessment
        With its snapshot and catalogue.
    plan : Plan
        Of the agreement's parties.
    changes : Changes or None
        From the snapshot that this one names as its previous; None where there is nothing to compare with.
    sections : OwnSections
        Of municipalities' own, for their reports.
    """

    settings: Settings
    assessment: Assessment = field(repr=False)
    plan: Plan = NO_PLAN
    changes: Changes | None = None
    sections: OwnSections = NO_SECTIONS


#: What a thing is of, its kind first: a catalogue of an overlay, which has changed when its stamp has; an
#: assessment of a snapshot under a catalogue; a plan; changes.
Key = tuple[Any, ...]

#: Kept for the process's next report of the same snapshot; so many of a kind.
_KEPT: Final[dict[Key, Any]] = {}
_MOST_KEPT: Final = 2


def open_inputs(snapshot: str, *, with_changes: bool = True) -> Inputs:
    """What reports of a snapshot are made of, under the settings in force.

    Parameters
    ----------
    snapshot : str
        ``bundled``, ``latest``, an id or a path.
    with_changes : bool
        Whether changes are told; finding them takes as long as making several reports.

    Raises
    ------
    UnknownNameError, SnapshotError
        There is no such snapshot, or it or the one before it is damaged.
    CatalogueError
        The declared data, the plan or the sections of one's own do not hold.
    """
    settings = load_settings()
    key = _find_key(snapshot, settings)
    assessment = _assess(key, settings)
    plan = _open_plan(assessment.catalogue, settings)
    changes = _compare(key, assessment, settings) if with_changes else None
    return Inputs(settings, assessment, plan, changes, load_sections(assessment.catalogue, settings))


def load_assessment(snapshot: str) -> Assessment:
    """Assessment of a snapshot alone, for those who tell neither plan nor changes; see `open_inputs`."""
    settings = load_settings()
    return _assess(_find_key(snapshot, settings), settings)


def open_catalogue(settings: Settings) -> Catalogue:
    """The declared data with the overlay of the settings on top."""
    key = "catalogue", settings.overlay, stamp_overlay(settings.overlay)
    return _once(key, lambda: load_catalogue(overlay=settings.overlay))


def keep_assessment(key: Key, assessment: Assessment) -> None:
    """Keep an assessment for this process's reports; another process may have computed it.

    Parameters
    ----------
    key : tuple
        As `list_kept` gave it there.
    """
    _once(key, lambda: assessment)


def list_kept() -> dict[Key, Assessment]:
    """The assessments that this process has loaded and keeps, by what they are of."""
    return {key: value for key, value in _KEPT.items() if key[0] == "assessment"}


def _once(key: Key, make: Callable[[], ThingT]) -> ThingT:
    """The thing of a key, made where it is not kept; the oldest of its kind gives way."""
    if key not in _KEPT:
        made = make()
        same = [other for other in _KEPT if other[0] == key[0]]
        for other in same[: len(same) - _MOST_KEPT + 1]:
            del _KEPT[other]
        _KEPT[key] = made
    kept: ThingT = _KEPT[key]
    return kept


def _find_key(snapshot: str, settings: Settings) -> Key:
    path = find_snapshot(snapshot, settings.snapshots_folder)
    return "assessment", str(path), settings.overlay, stamp_overlay(settings.overlay)


def _assess(key: Key, settings: Settings) -> Assessment:
    return _once(key, lambda: compute_assessment(load_snapshot(key[1]), open_catalogue(settings)))


def _open_plan(catalogue: Catalogue, settings: Settings) -> Plan:
    path = Path(settings.plan)
    state = path.stat() if settings.plan and path.is_file() else None
    stamp = (state.st_mtime_ns, state.st_size) if state else None
    key = "plan", settings.plan, stamp, catalogue.sha256, settings.demo
    return _once(key, lambda: load_plan(catalogue, settings))


def _compare(key: Key, assessment: Assessment, settings: Settings) -> Changes | None:
    """What the snapshot changed of its previous one."""
    old = find_previous(assessment.snapshot, settings.snapshots_folder)
    if old is None:
        return None
    return _once(("changes", str(old), key), lambda: _find_changes(load_snapshot(str(old)), assessment))


def _find_changes(old: Snapshot, new: Assessment) -> Changes | None:
    """Without the snapshots' observations."""
    try:
        return compute_changes(old, new.snapshot, new.catalogue).forget_figures()
    except ParameterError:  # no indicator in common
        return None
