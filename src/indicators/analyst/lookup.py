"""Finds areas, goals and indicators by name or id, under the declared data in force.

An unknown name is an error with the nearest ones; nothing is guessed.
"""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic, TypeVar

from indicators.assessment.columns import Row
from indicators.assessment.load import open_catalogue
from indicators.assessment.table import Assessment
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.areas import fold
from indicators.catalogue.records import Goal, Indicator
from indicators.config import load_settings
from indicators.errors import ParameterError, UnknownIndicatorError, UnknownNameError
from indicators.model import Level

ThingT = TypeVar("ThingT")
AreaName = str | int | Area


def load_catalogue() -> Catalogue:
    """The declared agreement, areas and indicators, with the overlay of ``yhdyspinta.toml`` on top.

    Returns
    -------
    Catalogue
        ``goals``, ``indicators`` (by id), ``areas``, ``members`` and more.

    Raises
    ------
    CatalogueError
        Declared data does not hold; the message names file, key and line.
    """
    return open_catalogue(load_settings())


class Lookup(Generic[ThingT]):
    """Finds declared things by id or name: ``area("Viitasaari")``, ``area["931"]``, ``area.Viitasaari``.

    Attributes and keys complete with the tab key. Iterating gives all things in their declared order.

    Parameters
    ----------
    find : callable
        Gives the thing of an id or name; raises `UnknownNameError` with suggestions.
    list_all : callable
        Gives all things.
    names : callable
        The names under which a thing completes.
    """

    def __init__(
        self,
        find: Callable[[Any], ThingT],
        list_all: Callable[[], Iterable[ThingT]],
        names: Callable[[ThingT], Iterable[str]],
    ) -> None:
        self._find, self._list_all, self._names = find, list_all, names
        self.__doc__ = find.__doc__

    def __call__(self, name: Any) -> ThingT:
        """The thing of an id or name."""
        return self._find(name)

    def __getitem__(self, name: Any) -> ThingT:
        return self._find(name)

    def __iter__(self) -> Iterator[ThingT]:
        return iter(self._list_all())

    def __getattr__(self, name: str) -> ThingT:
        if name.startswith("_"):
            raise AttributeError(name)
        known = self._by_attribute()
        if name in known:
            return known[name]
        near = difflib.get_close_matches(name, known, n=3)
        raise AttributeError(f"nothing is named {name!r}" + (f"; nearest: {', '.join(near)}" if near else ""))

    def __dir__(self) -> list[str]:
        return sorted(self._by_attribute())

    def _ipython_key_completions_(self) -> list[str]:
        return [name for thing in self for name in self._names(thing)]

    def _by_attribute(self) -> dict[str, ThingT]:
        found: dict[str, ThingT] = {}
        for thing in self:
            for name in self._names(thing):
                found.setdefault(_as_attribute(name), thing)
        return found


def _as_attribute(name: str) -> str:
    """A name as Python can write it: ``Pedersören_kunta``, ``tavoite_1_1``."""
    text = re.sub(r"\W+", "_", unicodedata.normalize("NFC", name)).strip("_")
    return f"n{text}" if text[:1].isdigit() else text


def find_area(name: str | int | Area, level: Level | None = None) -> Area:
    """The area with a code or a Finnish or Swedish name, in any case of letters.

    Parameters
    ----------
    name : str, int or Area
        "Viitasaari", "931", "MK13"... A number is read as a code of three digits: 77 is 077, with a note.

    Raises
    ------
    UnknownAreaError
        No current area has the name; the message has the nearest ones.
    ParameterError
        Neither a text nor a whole number.
    """
    if isinstance(name, Area):
        return name
    if isinstance(name, bool) or not isinstance(name, str | int):
        several = "; plot_trend, observations and figures take several" if isinstance(name, list) else ""
        raise ParameterError("area", name, f"a name, or a code of three digits as text{several}")
    return load_catalogue().areas.resolve(str(name), level)


def find_areas(*asked: AreaName | Iterable[AreaName]) -> list[Area]:
    """Areas given one by one or as lists of them; a ParameterError where one is there twice."""
    found = [find_area(item) for one in asked for item in list_things(one)]
    for at, item in enumerate(found):
        if item in found[:at]:
            raise ParameterError("areas", f"{item.name()} twice", "each area once")
    return found


def list_things(asked: Any) -> list[Any]:
    """One thing or several, as a list."""
    return [asked] if isinstance(asked, str | int | Area | Indicator) else list(asked)


def check_level(area: Area, indicator: Indicator) -> None:
    """Raise a ParameterError where an indicator may not be shown for an area."""
    if area.level not in (*indicator.levels, "country"):
        expected = f"one that is shown for a {area.level}; it is shown for: {', '.join(indicator.levels)}"
        raise ParameterError("indicator", indicator.id, expected)


def find_row(assessment: Assessment, area: Area, indicator: Indicator) -> Row:
    """What was assessed of an indicator in an area; a ParameterError where nothing was."""
    check_level(area, indicator)
    row = assessment.row(area.code, indicator.id)
    if row is None:
        expected = f"{indicator.fallback_for}, which is shown in its place" if indicator.fallback_for else ""
        raise ParameterError(
            "indicator", indicator.id, expected or f"one that is assessed for a {area.level}"
        )
    return row


def find_goal(name: str | float | Goal) -> Goal:
    """The goal with an id ("3.2") or exactly this Finnish title.

    Raises
    ------
    UnknownNameError
        No goal has the id; the message has the nearest ones.
    """
    if isinstance(name, Goal):
        return name
    for item in load_catalogue().goals:
        if fold(str(name)) == fold(item.title.fi):
            return item
    return load_catalogue().goal(str(name))


def find_indicator(name: str | Indicator) -> Indicator:
    """The indicator with an id ("sotkanet:181") or exactly this Finnish title.

    Raises
    ------
    UnknownIndicatorError
        No indicator has the id; the message has the nearest ones.
    ParameterError
        Several indicators have the title; the message has their ids.
    """
    if isinstance(name, Indicator):
        return name
    declared = load_catalogue()
    titled = [item for item in declared.indicators.values() if fold(str(name)) == fold(item.title.fi)]
    if len(titled) > 1:
        ids = ", ".join(item.id for item in titled)
        raise ParameterError("indicator", name, f"an id, since several have this title: {ids}")
    if titled:
        return titled[0]
    try:
        return declared.indicator(str(name))
    except UnknownNameError as error:
        near = error.suggestions or _nearest_titles(str(name), declared)
        raise UnknownIndicatorError(name, near) from None


def _nearest_titles(name: str, declared: Catalogue) -> tuple[str, ...]:
    """Ids of indicators whose title holds the words, or is close."""
    titles = {fold(item.title.fi): item.id for item in declared.indicators.values()}
    holding = [title for title in titles if all(word in title for word in fold(name).split())]
    near = holding[:3] or difflib.get_close_matches(fold(name), titles, n=3, cutoff=0.4)
    return tuple(f"{titles[title]} ({title})" for title in near)


area: Final[Lookup[Area]] = Lookup(
    find_area, lambda: load_catalogue().areas, lambda item: dict.fromkeys((item.names[0], item.code))
)
"""Areas: ``area("Viitasaari")``, ``area.Viitasaari``, ``area(77)``."""

goal: Final[Lookup[Goal]] = Lookup(
    find_goal, lambda: load_catalogue().goals, lambda item: (f"tavoite {item.id}", item.id)
)
"""Goals: ``goal("3.2")``, ``goal.tavoite_3_2``."""

indicator: Final[Lookup[Indicator]] = Lookup(
    find_indicator, lambda: load_catalogue().indicators.values(), lambda item: (item.id, item.title.fi)
)
"""Indicators: ``indicator("sotkanet:181")``, ``indicator.sotkanet_181``, or by the Finnish title."""
