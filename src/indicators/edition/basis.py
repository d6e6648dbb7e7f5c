"""What the bytes of an edition's reports rest on, and the edition's id that follows from it."""

import hashlib
import json
from dataclasses import asdict, dataclass

from indicators.catalogue import Catalogue
from indicators.catalogue.plan import load_plan
from indicators.catalogue.sections import load_sections
from indicators.config import Settings
from indicators.errors import SnapshotError
from indicators.snapshot.store import StoredSnapshot, find_previous, verify_snapshot
from indicators.version import __version__


@dataclass(frozen=True)
class Basis:
    """All that decides the reports' bytes beside kind, area and language.

    ``created`` is the snapshot's date; snapshot, catalogue, plan, sections, notebook and code are hashes;
    there may be no plan, sections or notebook of one's own. ``previous`` is of the snapshot that the snapshot
    follows, empty where that is not stored. ``demo`` is not empty where it is a demonstration with the
    example plan.
    """

    created: str
    snapshot: str
    previous: str
    catalogue: str
    plan: str
    code: str
    version: str
    publisher: str
    feedback: str
    sections: str = ""
    notebook: str = ""
    demo: str = ""

    @property
    def edition(self) -> str:
        """Id of the edition: the snapshot's date and a hash of everything here."""
        content = json.dumps(asdict(self))
        return f"{self.created}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def find_basis(
    snapshot: StoredSnapshot,
    catalogue: Catalogue,
    settings: Settings,
    code: str,
    notebook: bytes = b"",
) -> Basis:
    """What reports of a snapshot rest on here and now; ``notebook`` is the content of one's own.

    A plan or sections that do not hold (CatalogueError) or a damaged previous snapshot (SnapshotError) are
    told once, before every report would fail of them.
    """
    return Basis(
        created=snapshot.created.isoformat(),
        snapshot=snapshot.sha256,
        previous=_hash_previous(snapshot, settings),
        catalogue=catalogue.sha256,
        plan=load_plan(catalogue, settings).sha256,
        code=code,
        version=__version__,
        publisher=settings.publisher,
        feedback=settings.feedback,
        sections=load_sections(catalogue, settings).sha256,
        notebook=hashlib.sha256(notebook).hexdigest() if notebook else "",
        demo=settings.demo,
    )


def _hash_previous(snapshot: StoredSnapshot, settings: Settings) -> str:
    path = find_previous(snapshot, settings.snapshots_folder)
    if path is None:
        return ""
    problems = verify_snapshot(path)
    if problems:
        advice = f"{snapshot.id} follows it: put a whole copy in its place, or move it away."
        raise SnapshotError(path, problems[0], advice)
    return str(snapshot.manifest["previous"]["sha256"])
