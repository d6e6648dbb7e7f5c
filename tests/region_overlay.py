"""An overlay for another, small region: three municipalities of Etelä-Karjala with goals of their own."""

from pathlib import Path

AGREEMENT = """\
replaces: true
title: {fi: Kaakon kuntien yhteistyösopimus}
short_title: {fi: Kaakon sopimus}
decision:
  body: {fi: Imatran kaupunginhallitus}
  date: 2026-02-02
  section: § 1
  case_number: 1/2026
period:
  start: 2026-03-01
  replaces: {fi: Ei aiempaa sopimusta}
region: MK09
county: HVA09
wording_note: {fi: Tavoitteet ovat esimerkkejä.}
parties:
  - {id: "153", kind: municipality}
  - {id: "405", kind: municipality}
  - {id: "700", kind: municipality}
forums:
  - {id: kaakon-foorumi, name: {fi: Kaakon foorumi}}
groups:
  - {id: "1", title: {fi: Väestö}}
  - {id: "2", title: {fi: Työ}}
goals:
  - {id: "1.1", title: {fi: Väki pysyy}, wording: agreed, forums: [kaakon-foorumi]}
  - {id: "2.1", title: {fi: Työtä riittää}, wording: agreed, forums: [kaakon-foorumi]}
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
