"""What a run makes: reports of kinds, areas and languages, and the edition that they form."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from indicators import __version__
from indicators.catalogue import Area, Catalogue
from indicators.config import Settings
from indicators.errors import ParameterError, UnknownAreaError
from indicators.model import Language
from indicators.stored import StoredSnapshot

#: Kinds of report and their notebooks.
NOTEBOOKS: Final[dict[str, str]] = {"kunta": "kuntaraportti.ipynb", "alue": "alueraportti.ipynb"}
_DEFAULTS: Final = Settings()


@dataclass(frozen=True, order=True)
class ReportTask:
    """One report to make.

    Attributes
    ----------
    kind : str
        A key of `NOTEBOOKS`.
    area : str
        Code of a municipality, or of the region for ``alue``.
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
    kinds: Sequence[str] = (),
) -> list[ReportTask]:
    """The reports of a run: by kind, in alphabetical order of areas, then by language.

    Parameters
    ----------
    what : sequence of str
        Areas; everything of the kinds where empty.
    is_country : bool
        Every current municipality of Finland.
    kinds : sequence of str
        Keys of `NOTEBOOKS`; municipal reports where areas are given, else all kinds.

    Raises
    ------
    UnknownAreaError
        An area that is none of the kind's; nothing is planned then.
    ParameterError
        Areas together with ``is_country``.
    """
    if what and is_country:
        raise ParameterError("--country", " ".join(what), "no areas beside it: it means every municipality")
    chosen = kinds or (("kunta",) if what or is_country else tuple(NOTEBOOKS))
    tasks = [
        ReportTask(kind, area.code, language, report_file(area, language, kind))
        for kind in dict.fromkeys(chosen)
        for area in _find_areas(catalogue, kind, what, is_country)
        for language in languages
    ]
    return list(dict.fromkeys(tasks))


def _find_areas(catalogue: Catalogue, kind: str, what: Sequence[str], is_country: bool) -> list[Area]:
    if kind == "alue":
        agreed = catalogue.areas.get(catalogue.agreement.region)
        asked = [catalogue.areas.resolve(item, "region") for item in what] or [agreed]
        for area in asked:
            if area.code != agreed.code:
                named = f"{agreed.name()} ({agreed.code})"
                raise UnknownAreaError(area.code, (named,), "The region report is of the agreement's region.")
        return asked
    if is_country:
        return catalogue.areas.municipalities()
    return [catalogue.areas.resolve(item) for item in what] or catalogue.members


def report_file(area: Area, language: Language, kind: str = "kunta") -> str:
    """Path of a report inside its edition."""
    plain = unicodedata.normalize("NFKD", area.name().lower()).encode("ascii", "ignore").decode()
    name = "-".join("".join(c if c.isalnum() else " " for c in plain).split())
    return f"{kind}/{area.code}-{name}.{language}.html"


def edition_id(
    snapshot: StoredSnapshot, catalogue: Catalogue, code: str = "", settings: Settings = _DEFAULTS
) -> str:
    """Id of the edition: the snapshot's date and a hash of all that the reports' bytes rest on.

    Parameters
    ----------
    code : str
        Hash of the code that makes the reports.
    settings : Settings
        Publisher and feedback address stand in every report.
    """
    parts = [snapshot.sha256, catalogue.sha256, __version__, code, settings.publisher, settings.feedback]
    content = json.dumps(parts)
    return f"{snapshot.created.isoformat()}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"


def folder_name(edition: str, tasks: Sequence[ReportTask], catalogue: Catalogue) -> str:
    """Name of the edition's folder: its id for all reports in Finnish, else with the selection.

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
