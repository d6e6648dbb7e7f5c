"""Areas as the sources see them: which codes are known, and of which level they are."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from indicators.catalogue.areas import AreaRegister, get_level
from indicators.model import Level


@dataclass(frozen=True)
class KnownAreas:
    """The areas whose figures are kept.

    Attributes
    ----------
    codes : frozenset of str
        Current and former municipalities, regions, counties and the country.
    sotkanet_ids : dict of str to int
        Sotkanet's number by area code, where it is declared.
    successors : dict of str to str
        By former municipality that merged as a whole, the current one on its ground.
    names : dict of str
        Finnish name of each current area, for messages.
    """

    codes: frozenset[str]
    sotkanet_ids: dict[str, int]
    successors: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_register(cls, register: AreaRegister) -> "KnownAreas":
        """The areas of the catalogue."""
        successors = {item.code: register.successor(item.code) for item in register.former()}
        numbers = {area.code: area.sotkanet_id for area in register if area.sotkanet_id is not None}
        names = {area.code: area.name() for area in register}
        return cls(frozenset(register.levels), numbers, successors, names)

    def describe(self, code: str) -> str:
        """An area for messages: its name and code."""
        return f"{self.names[code]} ({code})" if code in self.names else code

    def select(self, levels: Iterable[Level]) -> frozenset[str]:
        """Known codes of the levels, and the country, with which all are compared."""
        wanted = {*levels, "country"}
        return frozenset(code for code in self.codes if get_level(code) in wanted)
