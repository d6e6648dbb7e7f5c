"""Assessments and changes of stored snapshots under the settings in force, each made once in a process."""

from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from indicators.assessment.changes import Changes, compute_changes
from indicators.assessment.table import Assessment, compute_assessment
from indicators.catalogue import load_catalogue
from indicators.catalogue.overlay import stamp_overlay
from indicators.config import load_settings
from indicators.errors import ParameterError
from indicators.snapshot.load import Snapshot, load_snapshot
from indicators.snapshot.store import find_previous, find_snapshot


class AssessmentKey(NamedTuple):
    """What an assessment is of: another snapshot, or an overlay that has changed, makes another one."""

    path: str
    overlay: Path | None
    stamp: str


#: Kept for the process's next report of the same snapshot.
_KEPT: Final[dict[AssessmentKey, Assessment]] = {}
_MOST_KEPT: Final = 2


def load_assessment(snapshot: str) -> Assessment:
    """Assessment of a snapshot under the catalogue of the settings in force.

    Parameters
    ----------
    snapshot : str
        ``bundled``, ``latest``, an id or a path.

    Raises
    ------
    UnknownNameError, SnapshotError
        There is no such snapshot, or it is damaged.
    """
    settings = load_settings()
    path = find_snapshot(snapshot, settings.snapshots_folder)
    return _assess_once(AssessmentKey(str(path), settings.overlay, stamp_overlay(settings.overlay)))


def keep_assessment(key: AssessmentKey, assessment: Assessment) -> None:
    """Keep an assessment for this process's reports; another process may have computed it.

    Parameters
    ----------
    key : AssessmentKey
        As `list_kept` gave it there.
    """
    while len(_KEPT) >= _MOST_KEPT:
        del _KEPT[next(iter(_KEPT))]
    _KEPT[key] = assessment


def list_kept() -> dict[AssessmentKey, Assessment]:
    """The assessments that this process has loaded and keeps, by what they are of."""
    return dict(_KEPT)


def _assess_once(key: AssessmentKey) -> Assessment:
    if key not in _KEPT:
        keep_assessment(key, compute_assessment(load_snapshot(key.path), load_catalogue(overlay=key.overlay)))
    return _KEPT[key]


def load_changes(snapshot: Snapshot) -> Changes | None:
    """What a stored snapshot changed of the one that it names as its previous.

    Returns
    -------
    Changes or None
        Without the snapshots' observations. None where there is no earlier snapshot to compare with.

    Raises
    ------
    SnapshotError
        The previous one is damaged.
    """
    settings = load_settings()
    old = find_previous(snapshot, settings.snapshots_folder)
    if old is None:
        return None
    new = AssessmentKey(str(snapshot.path), settings.overlay, stamp_overlay(settings.overlay))
    return _compare_once(str(old), new)


@lru_cache(maxsize=1)
def _compare_once(old: str, new: AssessmentKey) -> Changes | None:
    """Kept as the assessment is; computing it takes as long as making several reports."""
    assessment = _assess_once(new)
    try:
        changes = compute_changes(load_snapshot(old), assessment.snapshot, assessment.catalogue)
    except ParameterError:  # no indicator in common
        return None
    return changes.forget_figures()
