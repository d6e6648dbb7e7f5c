"""What a run makes: reports of kinds, areas and languages, and the edition that they form."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from indicators import __version__
from indicators.catalogue import Area, Catalogue
from indicators.errors import ParameterError
from indicators.model import Language
from indicators.snapshot import Snapshot

#: Kinds of report and their notebooks.
NOTEBOOKS: Final[dict[str, str]] = {"kunta": "kuntaraportti.ipynb"}


@dataclass(frozen=True, order=True)
class ReportTask:
    """One report to make.

    Attributes
    ----------
    kind : str
        A key of `NOTEBOOKS`.
    area : str
        Three-digit code of a municipality.
    language : str
        fi, sv or en.
    file : str
        Where it goes in the edition: ``kunta/931-viitasaari.fi.html``.
    """

    kind: str
    area: str
    language: Language
    file: str


def plan_reports(
    catalogue: Catalogue,
    what: Sequence[str] = (),
    languages: Sequence[Language] = ("fi",),
    is_country: bool = False,
) -> list[ReportTask]:
    """The reports of a run, in alphabetical order of municipalities and then by language.

    Parameters
    ----------
    what : sequence of str
        Areas; the municipalities of the agreement where empty.
    is_country : bool
        Every current municipality of Finland.

    Raises
    ------
    UnknownAreaError
        An area that is no current municipality; nothing is planned then.
    ParameterError
        Areas together with ``is_country``.
    """
    if what and is_country:
        raise ParameterError("--country", " ".join(what), "no areas beside it: it means every municipality")
    if is_country:
        areas = catalogue.areas.municipalities()
    else:
        areas = [catalogue.areas.resolve(item) for item in what] or catalogue.members
    unique = dict.fromkeys((area.code, language) for area in areas for language in languages)
    named = {area.code: area for area in areas}
    return [
        ReportTask("kunta", code, language, report_file(named[code], language)) for code, language in unique
    ]


def report_file(area: Area, language: Language) -> str:
    """Path of a municipal report inside its edition."""
    plain = unicodedata.normalize("NFKD", area.name().lower()).encode("ascii", "ignore").decode()
    name = "-".join("".join(c if c.isalnum() else " " for c in plain).split())
    return f"kunta/{area.code}-{name}.{language}.html"


def edition_id(snapshot: Snapshot, catalogue: Catalogue) -> str:
    """Id of the edition: the snapshot's date and a hash of all that the reports' bytes rest on."""
    content = json.dumps([snapshot.sha256, catalogue.sha256, __version__])
    return f"{snapshot.created.isoformat()}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def folder_name(edition: str, tasks: Sequence[ReportTask], catalogue: Catalogue) -> str:
    """Name of the edition's folder: its id for the whole agreement in Finnish, else with the selection.

    Different selections of one edition so never overwrite each other.
    """
    if sorted(tasks) == sorted(plan_reports(catalogue)):
        return edition
    if len(tasks) == 1:
        return f"{edition}-{tasks[0].area}-{tasks[0].language}"
    content = json.dumps([asdict(task) for task in sorted(tasks)])
    return f"{edition}-{hashlib.sha256(content.encode()).hexdigest()[:6]}"


def is_whole_agreement(tasks: Sequence[ReportTask], catalogue: Catalogue) -> bool:
    """Whether every municipality of the agreement is among the tasks."""
    return {area.code for area in catalogue.members} <= {task.area for task in tasks}
