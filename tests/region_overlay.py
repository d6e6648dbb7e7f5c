"""An overlay for another, small region: three municipalities of Pirkanmaa with two goals and two forums."""

from pathlib import Path

from indicators.catalogue import load_catalogue

AGREEMENT = """\
replaces: true
title: {fi: Pirkanmaan kolmen kunnan yhteistyösopimus}
short_title: {fi: Pirkanmaan sopimus}
decision:
  body: {fi: Nokian kaupunginhallitus}
  date: 2026-02-02
  section: § 1
  case_number: 1/2026
period:
  start: 2026-03-01
  replaces: {fi: Ei aiempaa sopimusta}
region: MK06
county: HVA08
wording_note: {fi: Tavoitteet ovat esimerkkejä.}
parties:
  - {id: "536", kind: municipality}
  - {id: "562", kind: municipality}
  - {id: "837", kind: municipality}
forums:
  - {id: vakiryhma, name: {fi: Väestöryhmä}}
  - {id: tyoryhma, name: {fi: Työryhmä}}
groups:
  - {id: "1", title: {fi: Väestö}}
  - {id: "2", title: {fi: Työ}}
goals:
  - {id: "1.1", title: {fi: Väki pysyy}, wording: agreed, forums: [vakiryhma]}
  - {id: "2.1", title: {fi: Työtä riittää}, wording: agreed, forums: [tyoryhma]}
"""

INDICATORS = """\
indicators:
  - id: statfin:population
    goals: [{goal: "1.1", direction: higher_is_better}]
  - id: sotkanet:181
    goals: [{goal: "2.1", direction: lower_is_better}]
  - id: sotkanet:189
    goals: [{goal: "2.1", direction: lower_is_better}]
"""


def write_region_overlay(folder: Path) -> Path:
    """Write the overlay; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "agreement.yaml").write_text(AGREEMENT, "utf-8")
    (folder / "indicators.yaml").write_text(INDICATORS, "utf-8")
    return folder


def write_goals_overlay(folder: Path, n: int) -> Path:
    """An agreement of so many goals, the package's municipal indicators dealt out to them; the folder."""
    goals = [f"{1 + at // 9}.{1 + at % 9}" for at in range(n)]
    title = "Asukkaiden osallisuus ja hyvinvointi"
    agreement, _, _ = AGREEMENT.partition("region:")
    groups = sorted({goal[0] for goal in goals})
    agreement += "\n".join(
        (
            "region: MK13",
            "county: HVA15",
            "wording_note: {fi: Tavoitteet ovat esimerkkejä.}",
            'parties: [{id: "931", kind: municipality}, {id: "435", kind: municipality}]',
            "forums: [{id: foorumi, name: {fi: Foorumi}}]",
            "groups: [" + ", ".join(f'{{id: "{group}", title: {{fi: Ryhmä}}}}' for group in groups) + "]",
            "goals:",
            *(
                f'  - {{id: "{goal}", title: {{fi: {title} {goal}}}, wording: agreed, forums: [foorumi]}}'
                for goal in goals
            ),
        )
    )
    links = [
        (indicator.id, link.direction)
        for indicator, link in load_catalogue().links
        if "municipality" in indicator.levels
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "agreement.yaml").write_text(agreement + "\n", "utf-8")
    entries = [
        f'  - {{id: "{key}", goals: [{{goal: "{goals[at % n]}", direction: {direction}}}]}}'
        for at, (key, direction) in enumerate(dict(links).items())
    ]
    (folder / "indicators.yaml").write_text("indicators:\n" + "\n".join(entries) + "\n", "utf-8")
    return folder
