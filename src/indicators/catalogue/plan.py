"""The interface plan: loads it from YAML or from a table, checks it against the catalogue, and looks up.

The plan names goals, parties, forums and indicators, and all of them must exist. Whatever is wrong is told
with the file, the place and the content, and no plan is loaded then.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from indicators.catalogue.catalogue import Catalogue
from indicators.catalogue.plan_records import FollowUp, Measure, PlanFile
from indicators.catalogue.plan_table import read_plan_table
from indicators.catalogue.records import LocalText
from indicators.catalogue.yamlfile import load_record
from indicators.config import DATA_FOLDER, Settings
from indicators.errors import CatalogueError

PLAN_FILE: Final = DATA_FOLDER / "plan.yaml"
TABLE_SUFFIXES: Final = (".csv", ".xlsx")
_DATE: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


@dataclass(frozen=True)
class Plan:
    """The measures of the agreement's parties.

    Attributes
    ----------
    content : PlanFile
        As declared.
    sha256 : str
        Hash of the file, so that a report can say which plan it followed.
    """

    content: PlanFile
    sha256: str

    @property
    def is_example(self) -> bool:
        """Whether the plan is the package's example and not the parties' own."""
        return self.content.is_example

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
    """The plan of the settings; the package's example where they name none.

    The example is of the package's agreement. Under declared data that it does not fit, such as another
    agreement's, there is no example, and the plan is empty.

    Raises
    ------
    CatalogueError
        The file is missing, breaks the schema, or names something that is not declared.
    """
    named = settings.plan if settings else ""
    path = Path(named).expanduser() if named else PLAN_FILE
    if not path.is_file():
        raise CatalogueError(path, "plan", "the plan's file is missing; see 'plan' in yhdyspinta.toml")
    content = path.read_bytes()
    try:
        return _load(path, hashlib.sha256(content).hexdigest(), catalogue)
    except CatalogueError:
        if named:
            raise
        return NO_PLAN


def _load(path: Path, sha256: str, catalogue: Catalogue) -> Plan:
    if path.suffix.lower() in TABLE_SUFFIXES:
        content, lines = read_plan_table(path)
    else:
        content, lines = _load_yaml(path), {}
    check_plan(path, content, catalogue, lines)
    return Plan(content, sha256)


def _load_yaml(path: Path) -> PlanFile:
    try:
        return load_record(path, PlanFile)
    except ValueError as error:  # the YAML reader makes dates itself, and stops at one that there is not
        for at, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for found in _DATE.findall(line.partition("#")[0]):
                if not _is_date(found):
                    key = line.partition(":")[0].strip(" -")
                    raise CatalogueError(path, key, f"there is no day {found}", at, line) from error
        raise CatalogueError(path, "(whole file)", str(error)) from error


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def check_plan(path: Path, plan: PlanFile, catalogue: Catalogue, lines: dict[str, int] | None = None) -> None:
    """Raise on the first thing that the plan names and nothing declares.

    Parameters
    ----------
    lines : dict of int, optional
        Line of each measure, where the file has one measure on a line.

    Raises
    ------
    CatalogueError
    """
    agreement = catalogue.agreement
    known = {
        "goal": [goal.id for goal in catalogue.goals],
        "parties": [party.id for party in agreement.parties],
        "forum": [forum.id for forum in agreement.forums],
        "indicators": list(catalogue.indicators),
        "after": [item.id for item in plan.measures],
    }
    seen: set[str] = set()
    for item in plan.measures:
        if item.id in seen:
            raise _fault(path, f"measure {item.id}", f"{item.id!r} is declared twice", item.id, lines)
        seen.add(item.id)
        named = {"goal": [item.goal], "forum": [item.forum], "parties": item.parties}
        named |= {"indicators": item.indicators, "after": item.after}
        for field, ids in named.items():
            _require_known(path, item.id, field, ids, known[field], lines)
    _refuse_circles(path, {item.id: item.after for item in plan.measures}, lines)


def _require_known(
    path: Path, measure: str, field: str, ids: Iterable[str], known: list[str], lines: dict[str, int] | None
) -> None:
    for item in ids:
        if item not in known:
            listed = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
            problem = f"{item!r} is not declared; declared are {listed}"
            line = (lines or {}).get(measure)
            raise _fault(path, f"measure {measure}.{field}", problem, item, {item: line} if line else None)


def _refuse_circles(path: Path, after: dict[str, tuple[str, ...]], lines: dict[str, int] | None) -> None:
    """A measure may not wait for itself, however many steps lie between."""
    done: set[str] = set()
    for start in after:
        trail: list[str] = []
        _walk(path, start, after, trail, done, lines)


def _walk(
    path: Path,
    at: str,
    after: dict[str, tuple[str, ...]],
    trail: list[str],
    done: set[str],
    lines: dict[str, int] | None,
) -> None:
    if at in done:
        return
    if at in trail:
        circle = " -> ".join([*trail[trail.index(at) :], at])
        raise _fault(path, f"measure {at}.after", f"measures wait for each other: {circle}", at, lines)
    trail.append(at)
    for earlier in after[at]:
        _walk(path, earlier, after, trail, done, lines)
    trail.pop()
    done.add(at)


def _fault(path: Path, key: str, problem: str, item: str, lines: dict[str, int] | None) -> CatalogueError:
    """The fault with its line: the known one, else the last in the file that has the item as a word."""
    if lines and item in lines:
        return CatalogueError(path, key, problem, lines[item], _text_line(path, lines[item]))
    if path.suffix.lower() in TABLE_SUFFIXES:
        return CatalogueError(path, key, problem)
    word = re.compile(rf"(?<![\w:.-]){re.escape(item)}(?![\w:.-])")
    numbered = enumerate(path.read_text("utf-8").splitlines(), 1)
    found = [(at, line) for at, line in numbered if word.search(line.partition("#")[0])]
    line, content = found[-1] if found else (None, "")
    return CatalogueError(path, key, problem, line, content)


def _text_line(path: Path, line: int) -> str:
    if path.suffix.lower() != ".csv":
        return ""
    lines = path.read_text("utf-8-sig").splitlines()
    return lines[line - 1] if line <= len(lines) else ""
