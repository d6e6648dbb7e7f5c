"""Checks that the declared files agree: every reference resolves, nothing is declared twice or in vain."""

import warnings
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from indicators.catalogue.records import Agreement, AreaFile, Indicator, IndicatorFile, Unit
from indicators.catalogue.references import References, find_circle

MOST_KEYS_OF_A_GOAL: Final = 4
MOST_KEYS: Final = 40
#: A report of so many goals keeps within its 2 500 pixels and six sheets; one of forty takes 3 650 and seven.
MOST_GOALS: Final = 15


def check_references(
    files: Mapping[str, Path], agreement: Agreement, areas: AreaFile, indicators: IndicatorFile
) -> None:
    """Raise a CatalogueError on the first contradiction between the files, told in the file by its name.

    An id is declared twice, a reference names nothing, a goal has no indicator, or an indicator serves
    neither a goal nor the key facts.
    """
    _check_areas(References(files["areas.yaml"]), areas)
    _check_agreement(References(files["agreement.yaml"]), agreement, areas)
    of_indicators = References(files["indicators.yaml"])
    _check_indicators(of_indicators, indicators, agreement)
    _check_peers(of_indicators, indicators, areas)


def _check_areas(refer: References, areas: AreaFile) -> None:
    regions, counties = {item.code for item in areas.regions}, {item.code for item in areas.counties}
    current = [item.code for item in areas.municipalities]
    former = [item.code for item in areas.former_municipalities]
    refer.require_unique("municipalities", [*current, *former])
    for item in areas.municipalities:
        refer.require_known(f"municipalities {item.code}.region", [item.region], regions)
        refer.require_known(f"municipalities {item.code}.county", [item.county], counties)
    for old in areas.former_municipalities:
        key = f"former_municipalities {old.code}.merged_into"
        refer.require_known(key, [old.merged_into], {*current, *former} - {old.code})
    way = find_circle({item.code: [item.merged_into] for item in areas.former_municipalities})
    if way:
        key = f"former_municipalities {way[0]}.merged_into"
        raise refer.find_fault(key, f"{way[-1]!r} leads back to itself", way[-1])
    for change in areas.regional_changes:
        refer.require_known("regional_changes.code", [change.code], {*current})
        refer.require_known("regional_changes", [change.from_region, change.to_region], regions)


def _check_agreement(refer: References, agreement: Agreement, areas: AreaFile) -> None:
    codes = {item.code for item in areas.municipalities}
    parties = [party.id for party in agreement.parties if party.kind == "municipality"]
    forums = [forum.id for forum in agreement.forums]
    groups = {group.id for group in agreement.groups}
    refer.require_unique("parties", [party.id for party in agreement.parties])
    refer.require_unique("forums", forums)
    refer.require_unique("goals", [goal.id for goal in agreement.goals])
    refer.require_known("parties", parties, codes)
    refer.require_known("region", [agreement.region], {item.code for item in areas.regions})
    refer.require_known("county", [agreement.county], {item.code for item in areas.counties})
    for goal in agreement.goals:
        refer.require_known(f"goals {goal.id}", [goal.group], groups)
        refer.require_known(f"goals {goal.id}.forums", goal.forums, {*forums})
    refer.require_used("forums", forums, {forum for goal in agreement.goals for forum in goal.forums})
    if len(agreement.goals) > MOST_GOALS:
        warnings.warn(
            f"{refer.path}: there are {len(agreement.goals)} goals; a report is laid out for at most "
            f"{MOST_GOALS}, and will be longer than its six sheets. Join goals, or accept the length",
            stacklevel=2,
        )


def _check_indicators(refer: References, declared: IndicatorFile, agreement: Agreement) -> None:
    ids = [item.id for item in declared.indicators]
    unit_of = {item.id: item.unit for item in declared.indicators}
    goals = {goal.id for goal in agreement.goals}
    tables = {
        "services": [item.id for item in declared.services],
        "unit": [item.id for item in declared.units],
        "producer": [item.id for item in declared.producers],
        "warnings": [item.id for item in declared.warnings],
    }
    for name, allowed in {"indicators": ids, **tables}.items():
        refer.require_unique(name, allowed)
    refer.require_known("population", [declared.population], {*ids})
    units = {item.id: item for item in declared.units}
    for item in declared.indicators:
        refer.require_known(f"{item.id}.unit", [item.unit], {*tables["unit"]})
        _require_margin_within(refer, item, units[item.unit])
        refer.require_known(f"{item.id}.producer", [item.producer], {*tables["producer"]})
        refer.require_known(f"{item.id}.source.service", [item.source.service], {*tables["services"]})
        refer.require_known(f"{item.id}.warnings", item.warnings, {*tables["warnings"]})
        refer.require_known(f"{item.id}.never_joined_with", item.never_joined_with, {*ids} - {item.id})
        fallbacks = [item.fallback_for] if item.fallback_for else []
        refer.require_known(f"{item.id}.fallback_for", fallbacks, {*ids} - {item.id})
        if item.fills and item.fallback_for and item.unit != unit_of[item.fallback_for]:
            problem = f"has unit {item.unit!r}, but {item.fallback_for} has {unit_of[item.fallback_for]!r}"
            raise refer.find_fault(f"{item.id}.fills", problem, item.id)
        refer.require_known(f"{item.id}.goals", [link.goal for link in item.goals], goals)
        refer.require_unique(f"{item.id}.goals", [link.goal for link in item.goals])
        chooses_peers = any(item.id == variable.indicator for variable in declared.peers.variables)
        if not item.goals and not item.is_key_fact and not chooses_peers:
            problem = "serves no goal; add one under 'goals', or is_key_fact: true"
            raise refer.find_fault(item.id, problem, item.id)
    refer.require_used("warnings", tables["warnings"], {w for i in declared.indicators for w in i.warnings})
    served = {link.goal for item in declared.indicators for link in item.goals}
    refer.require_used("goals (an indicator for each)", sorted(goals), served)
    _check_keys(refer, declared)


def _check_keys(refer: References, declared: IndicatorFile) -> None:
    """Few indicators are key, or none is: at most four a goal and forty in all."""
    keys = [(link.goal, item.id) for item in declared.indicators for link in item.goals if link.key]
    last = dict(keys)
    for goal, n in Counter(goal for goal, _ in keys).items():
        if n > MOST_KEYS_OF_A_GOAL:
            problem = f"{n} indicators have 'key: true'; at most {MOST_KEYS_OF_A_GOAL} may"
            raise refer.find_fault(f"goal {goal}", problem, last[goal])
    if len(keys) > MOST_KEYS:
        problem = f"{len(keys)} links to goals have 'key: true'; at most {MOST_KEYS} may"
        raise refer.find_fault("indicators", problem, "key")


def _check_peers(refer: References, declared: IndicatorFile, areas: AreaFile) -> None:
    peers = declared.peers
    variables = [item.indicator for item in peers.variables]
    codes = {item.code for item in areas.municipalities}
    refer.require_unique("peers.variables", variables)
    refer.require_known("peers.variables", variables, {item.id for item in declared.indicators})
    refer.require_known("peers.excluded_regions", peers.excluded_regions, {r.code for r in areas.regions})
    refer.require_unique("peers.own_groups", [group.area for group in peers.own_groups])
    for group in peers.own_groups:
        refer.require_unique(f"peers.own_groups {group.area}", group.members)
        refer.require_known(f"peers.own_groups {group.area}", [group.area], codes)
        refer.require_known(f"peers.own_groups {group.area}", group.members, codes - {group.area})


def _require_margin_within(refer: References, item: Indicator, unit: Unit) -> None:
    """A change can be no greater than the unit's whole range."""
    if item.steady_margin is None or unit.minimum is None or unit.maximum is None:
        return
    margin, widest = item.steady_margin.value, unit.maximum - unit.minimum
    if margin >= widest:
        problem = f"is {margin:g}, but figures in {unit.id} differ by {widest:g} at most; give a smaller one"
        raise refer.find_fault(f"{item.id}.steady_margin", problem, item.id)
