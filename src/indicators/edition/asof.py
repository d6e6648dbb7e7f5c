"""An earlier edition made again: refused where it could not be the same, compared with what was recorded.

Whether it can be the same is told by the manifest of the edition that was made then. Where the folder has
none, only what the snapshot itself keeps can be compared: the version that wrote it, and its indicators.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from indicators.catalogue import Catalogue, digest_catalogue
from indicators.edition.basis import Basis
from indicators.edition.store import list_editions
from indicators.errors import ParameterError, ReportError
from indicators.snapshot.store import StoredSnapshot

_OPTION: Final = "--as-of"
_HASH_LENGTH: Final = 12
#: How many names a message lists.
_MOST: Final = 5
#: What to do about each part of the basis that is not as it was.
_REMEDIES: Final = {
    "version": "install version {then}",
    "code": "use the code as it was then",
    "catalogue": "bring the declared data back as they were",
    "plan": "bring the plan back as it was",
    "previous": "bring the snapshot's previous one back, or away, as it was",
    "publisher": "set publisher = {then!r} in yhdyspinta.toml",
    "feedback": "set feedback = {then!r} in yhdyspinta.toml",
    "sections": "bring the own sections back as they were: they lie in the edition's folder",
    "notebook": "give the same --notebook, or none, as then: it lies in the edition's folder",
    "demo": "give or leave out --demo as then",
}


@dataclass(frozen=True)
class Recorded:
    """What is known of an edition that is made again: its id, and the hashes of its reports.

    The id is empty where the folder has no edition of the snapshot. Hashes are by kind, subject and language.
    """

    edition: str = ""
    hashes: dict[tuple[str, ...], str] = field(default_factory=dict)

    def check(self, reports: Sequence[Mapping[str, Any]]) -> int:
        """How many of the new manifest's reports are recorded, all with the same bytes.

        A ReportError names all that differ or could not be made.
        """
        known = [entry for entry in reports if _name(entry) in self.hashes]
        different = [entry for entry in known if entry["sha256"] != self.hashes[_name(entry)]]
        if different:
            names = [entry["file"] or f"{' '.join(_name(entry))} (failed)" for entry in different]
            cause = f"the bytes are not those of edition {self.edition}, though version, declared data, plan "
            cause += "and settings are; compare the versions of Python and of the libraries."
            raise ReportError(", ".join(names), _OPTION, cause)
        return len(known)


def _name(entry: Mapping[str, Any]) -> tuple[str, ...]:
    return entry["kind"], entry["area"], entry["language"]


def recall_edition(basis: Basis, snapshot: StoredSnapshot, catalogue: Catalogue, folder: Path) -> Recorded:
    """What a folder of editions has recorded of a snapshot's edition that rests on the same basis.

    Where it cannot be the same as then, a ParameterError tells what differs and what to do.
    """
    made = [item for _, item in list_editions(folder) if item["snapshot"]["sha256"] == snapshot.sha256]
    same = [item for item in made if item["edition"] == basis.edition]
    if same:
        entries = [entry for item in same for entry in item["reports"] if entry["file"]]
        return Recorded(basis.edition, {_name(entry): entry["sha256"] for entry in entries})
    if made:
        _refuse_other_basis(basis, made[0])
    _refuse_other_declarations(basis, snapshot, catalogue)
    return Recorded()


def _refuse_other_basis(basis: Basis, manifest: Mapping[str, Any]) -> None:
    now = asdict(basis)
    then = {name: manifest[name] for name in ("version", "code")} | manifest.get("basis", {})
    different = [name for name in _REMEDIES if then.get(name, now[name]) != now[name]]
    if "version" in different and "code" in different:
        different.remove("code")  # another version is other code
    what = f"as in edition {manifest['edition']}"
    if not different:
        expected = f"the basis of edition {manifest['edition']}, which its manifest does not state"
        raise ParameterError(_OPTION, basis.edition, f"{expected}; leave out {_OPTION}")
    remedies = [_REMEDIES[name].format(then=then[name]) for name in different]
    _refuse(_tell(now, different), f"{_tell(then, different)}, {what}", remedies)


def _refuse_other_declarations(basis: Basis, snapshot: StoredSnapshot, catalogue: Catalogue) -> None:
    """Compare with what the snapshot keeps of its time."""
    version, what = snapshot.manifest["version"], f"as in snapshot {snapshot.id}"
    if version != basis.version:
        remedies = [_REMEDIES["version"].format(then=version)]
        _refuse(f"version {basis.version}", f"version {version}, {what}", remedies)
    kept, declared = snapshot.manifest.get("catalogue"), digest_catalogue(catalogue)
    if kept is None:
        _refuse(basis.edition, f"a snapshot that keeps its declared data; {snapshot.id} does not", [])
    elif kept != declared:
        keys = sorted(key for key in kept.keys() | declared.keys() if kept.get(key) != declared.get(key))
        more = f" and {len(keys) - _MOST} more" if len(keys) > _MOST else ""
        found = f"other declarations of {', '.join(keys[:_MOST])}{more}"
        _refuse(found, f"the declared data {what}", [_REMEDIES["catalogue"]])


def _tell(basis: Mapping[str, str], names: Sequence[str]) -> str:
    return ", ".join(f"{name} {_shorten(name, basis[name])}" for name in names)


def _shorten(name: str, value: str) -> str:
    is_hash = name in ("code", "catalogue", "plan", "sections", "notebook", "previous")
    return (value[:_HASH_LENGTH] if is_hash else value) or "none"


def _refuse(found: str, expected: str, remedies: Sequence[str]) -> None:
    """Raise with the ways out; the last is to do without."""
    ways = " and ".join(remedies)
    today = f"leave out {_OPTION} to make it with today's rules"
    raise ParameterError(_OPTION, found, f"{expected}: {ways + ', or ' if ways else ''}{today}")
