"""What a run makes: reports of kinds, areas and languages, and the folder that they share."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from indicators.catalogue import Catalogue
from indicators.errors import ParameterError, UnknownAreaError, UnknownNameError
from indicators.model import Language

#: Kinds of report and their notebooks.
NOTEBOOKS: Final[dict[str, str]] = {
    "kunta": "kuntaraportti.ipynb",
    "alue": "alueraportti.ipynb",
    "foorumi": "foorumiraportti.ipynb",
    "osapuoli": "osapuoliraportti.ipynb",
}
#: Kinds whose reports are of a forum or a party, not of an area.
FOLLOW_UP_KINDS: Final = ("foorumi", "osapuoli")


@dataclass(frozen=True, order=True)
class ReportTask:
    """One report to make, and where it goes in the edition (``kunta/931-viitasaari.fi.html``).

    ``area`` is the code of a municipality, or of the region for ``alue``; the id of a forum for ``foorumi``,
    of a party for ``osapuoli``.
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

    ``what`` names areas, forums or parties; without it everything of the kinds, which are municipal reports
    where something is named, else all. A name that none of the kinds knows is an UnknownNameError, names
    together with ``is_country`` a ParameterError; nothing is planned then.
    """
    if what and is_country:
        raise ParameterError("--country", " ".join(what), "no areas beside it: it means every municipality")
    chosen = tuple(kinds) or (("kunta",) if what or is_country else tuple(NOTEBOOKS))
    by_kind = {kind: [] if what else _list_all(catalogue, kind, is_country) for kind in chosen}
    for name in what:
        _add_named(catalogue, name, by_kind)
    tasks = [
        make_task(catalogue, kind, subject, language)
        for kind, subjects in by_kind.items()
        for subject in subjects
        for language in languages
    ]
    return list(dict.fromkeys(tasks))


def _list_all(catalogue: Catalogue, kind: str, is_country: bool) -> list[str]:
    if kind == "alue":
        return [catalogue.agreement.region]
    if kind == "foorumi":
        return [forum.id for forum in catalogue.agreement.forums]
    if kind == "osapuoli":
        return [party.id for party in catalogue.regional_parties]
    return [area.code for area in (catalogue.areas.municipalities() if is_country else catalogue.members)]


def _add_named(catalogue: Catalogue, name: str, by_kind: dict[str, list[str]]) -> None:
    """Add a name to the kinds that know it; where none does, raise what the first with a hint says."""
    problems: list[UnknownNameError] = []
    for kind, subjects in by_kind.items():
        try:
            subjects.append(_resolve(catalogue, kind, name))
        except UnknownNameError as error:
            problems.append(error)
    if len(problems) == len(by_kind):
        _hint_at_kind(catalogue, name, problems)
        raise max(problems, key=lambda error: bool(error.suggestions))


def _hint_at_kind(catalogue: Catalogue, name: str, problems: Sequence[UnknownNameError]) -> None:
    """Raise with the kind that is missing, where the name is a forum's or a party's."""
    for kind in FOLLOW_UP_KINDS:
        if name in _list_all(catalogue, kind, is_country=False):
            advice = f"It has a report of its own kind: add --kind {kind}."
            raise UnknownNameError(problems[0].kind, name, (), advice)


def _resolve(catalogue: Catalogue, kind: str, name: str) -> str:
    if kind == "foorumi":
        return catalogue.forum(name).id
    if kind == "osapuoli":
        return catalogue.regional_party(name).id
    if kind == "kunta":
        return catalogue.areas.resolve(name).code
    area, agreed = catalogue.areas.resolve(name, "region"), catalogue.areas.get(catalogue.agreement.region)
    if area.code != agreed.code:
        named = f"{agreed.name()} ({agreed.code})"
        raise UnknownAreaError(area.code, (named,), "The region report is of the agreement's region.")
    return area.code


def make_task(catalogue: Catalogue, kind: str, subject: str, language: Language) -> ReportTask:
    """A report of an area, forum or party that exists, with its file."""
    name = subject
    if kind not in FOLLOW_UP_KINDS:
        called = catalogue.areas.get(subject).name().lower()
        plain = unicodedata.normalize("NFKD", called).encode("ascii", "ignore").decode()
        name += "-" + "-".join("".join(c if c.isalnum() else " " for c in plain).split())
    return ReportTask(kind, subject, language, f"{kind}/{name}.{language}.html")


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
    reported = {task.area for task in tasks if task.kind == "kunta"}
    return {area.code for area in catalogue.members} <= reported


def list_shown_areas(reports: Iterable[tuple[str, str]], catalogue: Catalogue) -> list[str]:
    """Codes of the areas whose figures reports show, by their kinds and subjects.

    A report of the region, a forum or a party shows the region and all municipalities of the agreement.
    """
    shown: dict[str, None] = {}
    for kind, subject in reports:
        members = [area.code for area in catalogue.members]
        shown |= dict.fromkeys([subject] if kind == "kunta" else [*members, catalogue.agreement.region])
    return list(shown)
