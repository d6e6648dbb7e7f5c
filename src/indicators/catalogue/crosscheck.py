"""Checks that the declared files agree: every reference resolves, nothing is declared twice or in vain."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from indicators.catalogue.records import Agreement, AreaFile, IndicatorFile
from indicators.errors import CatalogueError


def check_references(
    files: Mapping[str, Path], agreement: Agreement, areas: AreaFile, indicators: IndicatorFile
) -> None:
    """Raise on the first contradiction between the files.

    Parameters
    ----------
    files : mapping of Path
        By name, the file in which a fault of that file is looked for and told.

    Raises
    ------
    CatalogueError
        An id is declared twice, a reference names nothing, a goal has no indicator, or an indicator serves
        neither a goal nor the key facts.
    """
    _check_areas(files["areas.yaml"], areas)
    _check_agreement(files["agreement.yaml"], agreement, areas)
    _check_indicators(files["indicators.yaml"], indicators, agreement)
    _check_peers(files["indicators.yaml"], indicators, areas)


def _check_areas(path: Path, areas: AreaFile) -> None:
    regions, counties = {item.code for item in areas.regions}, {item.code for item in areas.counties}
    current = [item.code for item in areas.municipalities]
    former = [item.code for item in areas.former_municipalities]
    _require_unique(path, "municipalities", [*current, *former])
    for item in areas.municipalities:
        _require_known(path, f"municipalities {item.code}.region", [item.region], regions)
        _require_known(path, f"municipalities {item.code}.county", [item.county], counties)
    for item in areas.former_municipalities:
        key = f"former_municipalities {item.code}.merged_into"
        _require_known(path, key, [item.merged_into], {*current, *former} - {item.code})
    _require_end(path, {item.code: item.merged_into for item in areas.former_municipalities})
    for change in areas.regional_changes:
        _require_known(path, "regional_changes.code", [change.code], current)
        _require_known(path, "regional_changes", [change.from_region, change.to_region], regions)


def _check_agreement(path: Path, agreement: Agreement, areas: AreaFile) -> None:
    codes = {item.code for item in areas.municipalities}
    parties = [party.id for party in agreement.parties if party.kind == "municipality"]
    forums = [forum.id for forum in agreement.forums]
    groups = [group.id for group in agreement.groups]
    _require_unique(path, "parties", [party.id for party in agreement.parties])
    _require_unique(path, "forums", forums)
    _require_unique(path, "goals", [goal.id for goal in agreement.goals])
    _require_known(path, "parties", parties, codes)
    _require_known(path, "region", [agreement.region], {item.code for item in areas.regions})
    _require_known(path, "county", [agreement.county], {item.code for item in areas.counties})
    for goal in agreement.goals:
        _require_known(path, f"goals {goal.id}", [goal.group], groups)
        _require_known(path, f"goals {goal.id}.forums", goal.forums, forums)
    _require_used(path, "forums", forums, {forum for goal in agreement.goals for forum in goal.forums})


def _check_indicators(path: Path, declared: IndicatorFile, agreement: Agreement) -> None:
    ids = [item.id for item in declared.indicators]
    goals = {goal.id for goal in agreement.goals}
    tables = {
        "unit": [item.id for item in declared.units],
        "producer": [item.id for item in declared.producers],
        "warnings": [item.id for item in declared.warnings],
    }
    services = [item.id for item in declared.services]
    _require_unique(path, "indicators", ids)
    _require_unique(path, "services", services)
    for name, allowed in tables.items():
        _require_unique(path, name, allowed)
    for item in declared.indicators:
        _require_known(path, f"{item.id}.unit", [item.unit], tables["unit"])
        _require_known(path, f"{item.id}.producer", [item.producer], tables["producer"])
        _require_known(path, f"{item.id}.source.service", [item.source.service], services)
        _require_known(path, f"{item.id}.warnings", item.warnings, tables["warnings"])
        _require_known(path, f"{item.id}.never_joined_with", item.never_joined_with, {*ids} - {item.id})
        fallbacks = [item.fallback_for] if item.fallback_for else []
        _require_known(path, f"{item.id}.fallback_for", fallbacks, {*ids} - {item.id})
        _require_known(path, f"{item.id}.goals", [link.goal for link in item.goals], goals)
        _require_unique(path, f"{item.id}.goals", [link.goal for link in item.goals])
        if not item.goals and not item.is_key_fact:
            problem = "serves no goal; add one under 'goals', or is_key_fact: true"
            raise _fault(path, item.id, problem, item.id)
    _require_used(path, "warnings", tables["warnings"], {w for i in declared.indicators for w in i.warnings})
    served = {link.goal for item in declared.indicators for link in item.goals}
    _require_used(path, "goals (an indicator for each)", sorted(goals), served)


def _check_peers(path: Path, declared: IndicatorFile, areas: AreaFile) -> None:
    peers = declared.peers
    variables = [item.indicator for item in peers.variables]
    codes = [item.code for item in areas.municipalities]
    _require_unique(path, "peers.variables", variables)
    _require_known(path, "peers.variables", variables, [item.id for item in declared.indicators])
    _require_known(path, "peers.excluded_regions", peers.excluded_regions, [r.code for r in areas.regions])
    _require_unique(path, "peers.own_groups", [group.area for group in peers.own_groups])
    for group in peers.own_groups:
        members = [code for code in codes if code != group.area]
        _require_unique(path, f"peers.own_groups {group.area}", group.members)
        _require_known(path, f"peers.own_groups {group.area}", [group.area], codes)
        _require_known(path, f"peers.own_groups {group.area}", group.members, members)


def _require_unique(path: Path, key: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for item in ids:
        if item in seen:
            raise _fault(path, key, f"{item!r} is declared twice", item)
        seen.add(item)


def _require_known(path: Path, key: str, ids: Iterable[str], allowed: Iterable[str]) -> None:
    allowed = sorted(allowed)
    for item in ids:
        if item not in allowed:
            listed = ", ".join(allowed[:12]) + (", ..." if len(allowed) > 12 else "")
            raise _fault(path, key, f"{item!r} is not declared; declared are {listed}", item)


def _require_used(path: Path, key: str, ids: Iterable[str], used: set[str]) -> None:
    for item in ids:
        if item not in used:
            raise _fault(path, key, f"{item!r} is declared but nothing refers to it", item)


def _require_end(path: Path, merged_into: dict[str, str]) -> None:
    """Every merger leads to a current municipality, however many steps it takes."""
    for code in merged_into:
        seen, at = {code}, merged_into[code]
        while at in merged_into:
            if at in seen:
                key = f"former_municipalities {code}.merged_into"
                raise _fault(path, key, f"{at!r} leads back to itself", at)
            seen.add(at)
            at = merged_into[at]


def _fault(path: Path, key: str, problem: str, item: str) -> CatalogueError:
    """The fault with the last line that has the item as a whole word: a second entry, or the reference."""
    word = re.compile(rf"(?<![\w:.-]){re.escape(item)}(?![\w:.-])")
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    found = [(at, line) for at, line in lines if word.search(line.partition("#")[0])]
    line, content = found[-1] if found else (None, "")
    return CatalogueError(path, key, problem, line, content)
