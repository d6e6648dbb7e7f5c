"""The register of areas: finds an area by code or name, and never guesses.

Owns everything that is known of areas: names, codes, which municipality belongs where, which have merged
away. A text that names no current area exactly is an error with the nearest names, since a report of the
wrong municipality is the worst thing that could be made.
"""

import difflib
import re
import unicodedata
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from indicators.catalogue.records import AreaFile, FormerMunicipality, LargerArea, Municipality, NameForms
from indicators.errors import UnknownAreaError
from indicators.model import LANGUAGES, Language, Level

#: What people call the country beside its declared name.
_COUNTRY_NAMES = ("Suomi", "Finland")
_LEVELS: dict[str, Level] = {
    r"\d{3}": "municipality",
    r"MK\d{2}": "region",
    r"HVA\d{2}": "county",
    "SSS": "country",
}


@dataclass(frozen=True)
class Area:
    """A current area of any level, with the codes of a municipality's larger areas; empty otherwise.

    Codes are three digits, ``MK13``, ``HVA15`` or ``SSS``. Names are in Finnish, Swedish and English; the
    Finnish one where no other is declared. Case forms are Finnish.
    """

    code: str
    level: Level
    names: tuple[str, str, str]
    region: str = ""
    county: str = ""
    sotkanet_id: int | None = None
    forms: NameForms | None = None

    def name(self, language: Language = "fi") -> str:
        """The area's name in a language."""
        return self.names[LANGUAGES.index(language)]


class AreaRegister:
    """All declared areas, by code and by name."""

    def __init__(self, declared: AreaFile) -> None:
        self._areas = {area.code: area for area in _current_areas(declared)}
        self._former = {item.code: item for item in declared.former_municipalities}
        self.regional_changes = declared.regional_changes

    def __contains__(self, code: str) -> bool:
        return code in self._areas

    def __iter__(self) -> Iterator[Area]:
        return iter(self._areas.values())

    def get(self, code: str) -> Area:
        """The area with exactly this code, or an UnknownAreaError."""
        try:
            return self._areas[code]
        except KeyError:
            raise self._unknown(code) from None

    def resolve(self, text: str, level: Level | None = "municipality") -> Area:
        """Find an area by code or by Finnish or Swedish name, in any case of letters.

        It must be of the level, where one is given. The UnknownAreaError tells whether the text is empty or
        ambiguous, names no area, a former municipality, or an area of another level, with the nearest names.
        """
        wanted = _pad_code(fold(str(text)))
        if not wanted:
            raise UnknownAreaError(text, (), "The area is empty; give a three-digit code or a name.")
        codes = self._codes_by_name.get(wanted, ())
        found = [self._areas[code] for code in codes if level is None or self._areas[code].level == level]
        if len(found) == 1:
            return found[0]
        if found:
            names = tuple(f"{area.name()} ({area.code})" for area in found)
            raise UnknownAreaError(text, names, "The name is ambiguous; give the code.")
        raise self._unknown(text, level)

    def municipalities(self) -> list[Area]:
        """Current municipalities in order of code."""
        return [area for area in self._areas.values() if area.level == "municipality"]

    def members(self, code: str) -> list[Area]:
        """Current municipalities of a region, a county or the country, in order of code."""
        if self.get(code).level == "country":
            return self.municipalities()
        return [area for area in self.municipalities() if code in (area.region, area.county)]

    def former(self) -> list[FormerMunicipality]:
        """Municipalities that have merged away."""
        return list(self._former.values())

    def successor(self, code: str) -> str:
        """Code of the current municipality on whose ground the given one lies."""
        while code in self._former:
            code = self._former[code].merged_into
        return code

    def merged_since(self, code: str, division: int) -> list[FormerMunicipality]:
        """Municipalities merged into this one after the area division of the given year."""
        former = self._former.values()
        return [item for item in former if item.year > division and self.successor(item.code) == code]

    @cached_property
    def levels(self) -> dict[str, Level]:
        """Level of every area by code, former municipalities among them."""
        former: dict[str, Level] = dict.fromkeys(self._former, "municipality")
        return {area.code: area.level for area in self} | former

    @cached_property
    def _codes_by_name(self) -> dict[str, tuple[str, ...]]:
        codes = defaultdict(list)
        for area in self._areas.values():
            more = _COUNTRY_NAMES if area.level == "country" else ()
            for name in {area.code, *area.names, *more}:
                codes[fold(name)].append(area.code)
        return {name: tuple(sorted(found)) for name, found in codes.items()}

    def _unknown(self, text: str, level: Level | None = None) -> UnknownAreaError:
        wanted = fold(str(text))
        for item in self._former.values():
            if wanted in {fold(name) for name in (item.code, item.name.fi, item.name.sv) if name}:
                heir = self._areas[self.successor(item.code)]
                problem = f"{item.name.fi} ({item.code}) merged into {heir.name()} in {item.year}."
                return UnknownAreaError(text, (f"{heir.name()} ({heir.code})",), problem)
        other = [self._areas[code] for code in self._codes_by_name.get(wanted, ())]
        if other and level:
            problem = f"{other[0].name()} is a {other[0].level}; here a {level} is expected."
            return UnknownAreaError(text, (), problem)
        return UnknownAreaError(text, self._nearest(wanted, level))

    def _nearest(self, wanted: str, level: Level | None) -> tuple[str, ...]:
        areas = [area for area in self._areas.values() if level is None or area.level == level]
        names = {fold(name): area for area in areas for name in (area.code, *area.names)}
        close = difflib.get_close_matches(wanted, names, n=3, cutoff=0.7)
        return tuple(dict.fromkeys(f"{names[name].name()} ({names[name].code})" for name in close))


def get_level(code: str) -> Level | None:
    """The level of an area code; None where it is none of ours.

    Examples
    --------
    >>> get_level("931"), get_level("MK13"), get_level("SK131")
    ('municipality', 'region', None)
    """
    return next((level for pattern, level in _LEVELS.items() if re.fullmatch(pattern, code)), None)


def _current_areas(declared: AreaFile) -> Iterator[Area]:
    for item in sorted(declared.municipalities, key=lambda item: item.code):
        yield _make_area(item, item.region, item.county)
    for larger in (*declared.regions, *declared.counties, declared.country):
        yield _make_area(larger)


def _make_area(item: Municipality | LargerArea, region: str = "", county: str = "") -> Area:
    level = get_level(item.code)
    assert level is not None  # the records' patterns see to it
    names = (item.name.fi, item.name.text("sv"), item.name.text("en"))
    return Area(item.code, level, names, region, county, item.sotkanet_id, item.forms)


def _pad_code(text: str) -> str:
    """A code whose leading zeros were lost on the way (77 for 077) as it was meant, with a note."""
    if not (text.isascii() and text.isdigit() and len(text) < 3):
        return text
    warnings.warn(f"area {text} was read as the code {text.zfill(3)}; codes have three digits", stacklevel=3)
    return text.zfill(3)


def fold(text: str) -> str:
    """One spelling for comparison: composed letters (ä is one character), no outer spaces, lower case."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
