"""The catalogue: everything declared, loaded once, validated, and looked up by id."""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar

from indicators.catalogue.areas import Area, AreaRegister
from indicators.catalogue.crosscheck import check_references
from indicators.catalogue.overlay import load_layers
from indicators.catalogue.records import (
    Agreement,
    AreaFile,
    Forum,
    Goal,
    GoalLink,
    Indicator,
    IndicatorFile,
    KnownWarning,
    Party,
    PeerDeclaration,
    Producer,
    Service,
    Unit,
)
from indicators.config import DATA_FOLDER
from indicators.errors import UnknownIndicatorError, UnknownNameError

FILES = ("agreement.yaml", "areas.yaml", "indicators.yaml")


@dataclass(frozen=True)
class Catalogue:
    """The declared agreement, areas and indicators, these by id in the order of the file.

    The hash over the files lets a report say which declarations it followed.
    """

    agreement: Agreement
    areas: AreaRegister
    indicators: dict[str, Indicator]
    services: dict[str, Service]
    producers: dict[str, Producer]
    units: dict[str, Unit]
    warnings: dict[str, KnownWarning]
    peers: PeerDeclaration
    population: str
    sha256: str

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The goals in order."""
        return self.agreement.goals

    @cached_property
    def links(self) -> list[tuple[Indicator, GoalLink]]:
        """Pairs of indicator and goal link, by goal and then in the order of the file."""
        pairs = [(indicator, link) for indicator in self.indicators.values() for link in indicator.goals]
        order = [goal.id for goal in self.goals]
        return sorted(pairs, key=lambda pair: order.index(pair[1].goal))

    @cached_property
    def members(self) -> list[Area]:
        """The municipalities of the agreement, in alphabetical order of the Finnish language."""
        codes = [party.id for party in self.agreement.parties if party.kind == "municipality"]
        return sorted((self.areas.get(code) for code in codes), key=lambda area: finnish_order(area.name()))

    def goal(self, goal_id: str) -> Goal:
        """The goal with an id, or an UnknownNameError."""
        return _find("goal", goal_id, self.goals, "'yhdyspinta goals' lists them.")

    def forum(self, forum_id: str) -> Forum:
        """The forum with an id, or an UnknownNameError."""
        return _find("forum", forum_id, self.agreement.forums, "'yhdyspinta forums' lists them.")

    @property
    def regional_parties(self) -> tuple[Party, ...]:
        """The parties that are no municipality: the Regional Council and the wellbeing services county."""
        return tuple(party for party in self.agreement.parties if party.kind != "municipality")

    def regional_party(self, party_id: str) -> Party:
        """The party with an id, or an UnknownNameError; municipalities have reports of their own."""
        advice = "A municipality has its municipal report; 'yhdyspinta parties' lists the parties."
        return _find("party", party_id, self.regional_parties, advice)

    def indicator(self, indicator_id: str) -> Indicator:
        """The indicator with an id, or an UnknownIndicatorError."""
        try:
            return self.indicators[indicator_id]
        except KeyError:
            near = difflib.get_close_matches(str(indicator_id), self.indicators, n=3)
            raise UnknownIndicatorError(indicator_id, near) from None


def load_catalogue(folder: Path = DATA_FOLDER, *, overlay: Path | None = None) -> Catalogue:
    """Load and validate the declared data of a folder, with an overlay's on top of it.

    `indicators.catalogue.overlay` says how an overlay is merged. A CatalogueError tells of a file that breaks
    its schema, of files that contradict each other, or of an overlay folder without any. A warning is given
    where an overlay gives an id of the package another source or unit without ``overrides: true``.
    """
    layers = load_layers(folder, overlay, FILES)
    agreement = layers.validate("agreement.yaml", Agreement)
    areas = layers.validate("areas.yaml", AreaFile)
    indicators = layers.validate("indicators.yaml", IndicatorFile)
    check_references(layers.files, agreement, areas, indicators)
    return Catalogue(
        agreement=agreement,
        areas=AreaRegister(areas),
        indicators={item.id: item for item in indicators.indicators},
        services={item.id: item for item in indicators.services},
        producers={item.id: item for item in indicators.producers},
        units={item.id: item for item in indicators.units},
        warnings={item.id: item for item in indicators.warnings},
        peers=indicators.peers,
        population=indicators.population,
        sha256=_hash_files([folder / name for name in FILES] + layers.overlay_files),
    )


class _Declared(Protocol):
    id: str


_Kind = TypeVar("_Kind", bound=_Declared)


def _find(kind: str, item_id: str, declared: Iterable[_Kind], advice: str) -> _Kind:
    """The declared thing with an id; where there is none, the nearest are told."""
    by_id = {item.id: item for item in declared}
    if item_id in by_id:
        return by_id[item_id]
    near = difflib.get_close_matches(str(item_id).lower(), by_id, n=3)
    if not near and len(by_id) <= 3:  # so few that all can be told
        near = list(by_id)
    raise UnknownNameError(kind, item_id, near, advice)


def finnish_order(name: str) -> str:
    """Sort key of a name in Finnish alphabetical order: å, ä and ö last, in this order."""
    return name.casefold().translate(str.maketrans("åäö", "{|}"))


def _hash_files(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
