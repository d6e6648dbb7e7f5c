"""The interface plan: loads it from YAML or from a table, checks it against the catalogue, and looks up.

The plan names goals, parties, forums and indicators, and all of them must exist. Whatever is wrong is told
with the file, the place and the content, and no plan is loaded then.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from indicators.catalogue.catalogue import Catalogue
from indicators.catalogue.plan_records import FollowUp, Measure, PlanFile
from indicators.catalogue.records import LocalText
from indicators.catalogue.references import References, find_circle
from indicators.catalogue.yamlfile import load_record
from indicators.config import DATA_FOLDER, Settings
from indicators.errors import CatalogueError
from indicators.folders import find_file

PLAN_FILE: Final = DATA_FOLDER / "plan.yaml"
_YAML_SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True)
class Plan:
    """The measures of the agreement's parties.

    With the hash of the file, so that a report can say which plan it followed.
    """

    content: PlanFile
    sha256: str

    @property
    def is_example(self) -> bool:
        """Whether the plan is the package's example and not the parties' own."""
        return self.content.is_example

    @property
    def is_attached(self) -> bool:
        """Whether there is a plan at all, be it without measures."""
        return bool(self.sha256 or self.measures)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """All measures in the order of the file."""
        return self.content.measures

    @cached_property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """The declared follow-up points in order of date."""
        return tuple(sorted(self.content.follow_up, key=lambda item: item.date))

    def select(self, goal: str = "", party: str = "", forum: str = "") -> tuple[Measure, ...]:
        """Measures of a goal, a party or a forum; of all three where several are given."""
        return tuple(
            item
            for item in self.measures
            if (not goal or item.goal == goal)
            and (not party or party in item.parties)
            and (not forum or item.forum == forum)
        )

    def overdue(self, on: dt.date) -> tuple[Measure, ...]:
        """Open measures whose due date has passed on a day, the longest overdue first."""
        return tuple(sorted((m for m in self.measures if m.is_overdue(on)), key=lambda m: (m.due, m.id)))


#: Of an agreement whose parties have none.
NO_PLAN: Final = Plan(
    PlanFile(title=LocalText(fi="Ei suunnitelmaa", sv="Ingen plan", en="No plan"), measures=()), ""
)


def load_plan(catalogue: Catalogue, settings: Settings | None = None) -> Plan:
    """The plan of the settings: the parties' own, or none; in a demonstration the package's example.

    Without settings it is the example too. That is of the package's agreement: under declared data that it
    does not fit, such as another agreement's, there is no example, and the plan is empty. A named file that
    is missing, breaks the schema, or names something that is not declared is a CatalogueError.
    """
    is_demo = settings is None or bool(settings.demo)
    named = "" if settings is None or is_demo else settings.plan
    if not (named or is_demo):
        return NO_PLAN
    path = find_file(Path(named)) if named else PLAN_FILE
    if not path.is_file():
        raise CatalogueError(path, "plan", "the plan's file is missing; see 'plan' in yhdyspinta.toml")
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}; check the file and its rights"
        raise CatalogueError(path, "plan", problem) from error
    try:
        return _load(path, hashlib.sha256(content).hexdigest(), catalogue)
    except CatalogueError:
        if named:
            raise
        return NO_PLAN


def _load(path: Path, sha256: str, catalogue: Catalogue) -> Plan:
    lines: dict[str, int] = {}
    if path.suffix.lower() in _YAML_SUFFIXES:
        content = load_record(path, PlanFile)
    else:
        from indicators.catalogue.plan_table import read_plan_table  # with it all that reads workbooks

        content, lines = read_plan_table(path)
    check_plan(path, content, catalogue, lines)
    return Plan(content, sha256)


def check_plan(path: Path, plan: PlanFile, catalogue: Catalogue, lines: dict[str, int] | None = None) -> None:
    """Raise a CatalogueError on the first thing that the plan names and nothing declares.

    ``lines`` has the line of each measure, where the file has one measure on a line.
    """
    agreement, refer = catalogue.agreement, References(path, lines)
    known = {
        "goal": [goal.id for goal in catalogue.goals],
        "parties": [party.id for party in agreement.parties],
        "forum": [forum.id for forum in agreement.forums],
        "indicators": list(catalogue.indicators),
        "after": [item.id for item in plan.measures],
    }
    refer.require_unique("measure {}", known["after"])
    for item in plan.measures:
        named = {"goal": [item.goal], "forum": [item.forum], "parties": item.parties}
        named |= {"indicators": item.indicators, "after": item.after}
        for field, ids in named.items():
            refer.require_known(f"measure {item.id}.{field}", ids, known[field], item.id)
    if way := find_circle({item.id: item.after for item in plan.measures}):  # a measure may not await itself
        problem = f"measures wait for each other: {' -> '.join(way)}"
        raise refer.find_fault(f"measure {way[0]}.after", problem, way[0], way[0])
