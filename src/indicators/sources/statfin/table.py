"""A PxWeb table's own description: which variable is time, area and content, and which class is meant.

Codes of variables and classes have changed before, and differ from table to table. A variable is therefore
known by its role (the time flag, the shape of its values, its text), and a class by its code or its label.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from indicators.catalogue.records import ClassRange, PxSelection
from indicators.errors import ResponseFormatError

_PERIOD: Final = re.compile(r"\d{4}([MQ]\d{1,2})?")
_AREA: Final = re.compile(r"KU(\d{3})|(MK\d{2})|(HVA\d{2})|(SSS)")
_BARE_AREA: Final = re.compile(r"\d{3}")
_AREA_TEXT: Final = ("alue", "kunta", "område", "kommun", "region", "area", "municipality")
_CONTENT_TEXT: Final = ("tiedot", "uppgifter", "information", "contents")
_CONTENT_CODE: Final = "contentscode"
_PREFIX: Final = re.compile(r"^[a-z]+-(?=.)")
_CLASSIFICATION: Final = re.compile(r"(_\d+)?_\d{8}$")
_TOTAL_CODES: Final = ("SSS", "SS")
_TOTAL_LABELS: Final = ("yhteensä", "sammanlagt", "totalt", "total", "kaikki")
_DIVISION: Final = re.compile(r"_((?:19|20)\d{2})\d{4}$")


@dataclass(frozen=True)
class PxVariable:
    """A variable of a table.

    Attributes
    ----------
    code, text : str
        The code, used in queries alone, and the name for readers.
    values, labels : tuple of str
        Codes of the classes and their names, in one order.
    is_time : bool
        The table says that the variable is time.
    has_elimination : bool
        Left out of a query, the variable is totalled.
    """

    code: str
    text: str
    values: tuple[str, ...]
    labels: tuple[str, ...]
    is_time: bool
    has_elimination: bool

    @property
    def stem(self) -> str:
        """The code without its classification's number and date: "ikaryhma" of "ikaryhma_10_20180101"."""
        return _fold(_CLASSIFICATION.sub("", self.code))

    @property
    def division(self) -> str | None:
        """The year of the area division, where the variable's code ends with its date."""
        found = _DIVISION.search(self.code)
        return found.group(1) if found else None


@dataclass(frozen=True)
class PxTable:
    """A table's description, with the variables' roles found."""

    url: str
    title: str
    variables: tuple[PxVariable, ...]
    time: PxVariable
    area: PxVariable
    raw: dict[str, Any]

    def get_areas(self) -> dict[str, str]:
        """Our area code by value code of the table.

        Raises
        ------
        ResponseFormatError
            Two values stand for one area.
        """
        codes = {value: to_area_code(value) for value in self.area.values}
        known = {value: code for value, code in codes.items() if code}
        if len(set(known.values())) < len(known):
            raise self.error(f"variable {self.area.text!r} has an area twice")
        return known

    def choose(self, selection: PxSelection) -> dict[str, tuple[str, ...]]:
        """The classes to ask of each variable besides time and area, by variable code; mostly one each.

        A variable that is not declared is asked for its total, or left out where the table then totals it.

        Raises
        ------
        ResponseFormatError
            A variable or class is not in the table, or a variable without a total is not declared.
        """
        free = [item for item in self.variables if item not in (self.time, self.area)]
        chosen = {}
        for text, wanted in selection.select.items():
            variable = self._find_variable(free, text)
            chosen[variable.code] = self._find_classes(variable, wanted)
            free.remove(variable)
        names = (selection.content, *filter(None, [selection.name]))
        content = self._find_content(free, names)
        chosen[content.code] = (self.find_class(content, *names),)
        free.remove(content)
        return chosen | self._choose_totals(free)

    def _find_classes(self, variable: PxVariable, wanted: str | ClassRange) -> tuple[str, ...]:
        if isinstance(wanted, str):
            return (self.find_class(variable, wanted),)
        ends = [variable.values.index(self.find_class(variable, end)) for end in (wanted.first, wanted.last)]
        if ends[0] > ends[1]:
            problem = f"{wanted.first!r} comes after {wanted.last!r} in variable {variable.text!r}"
            raise self.error(problem)
        return variable.values[ends[0] : ends[1] + 1]

    def find_class(self, variable: PxVariable, *names: str) -> str:
        """The value code meant by a code or a label, whatever prefix codes have now.

        Parameters
        ----------
        variable : PxVariable
        *names : str
            A code or label, and others that are tried where it is not found.

        Raises
        ------
        ResponseFormatError
            None or several classes fit.
        """
        for wanted in names:
            for found in _find_by_each_rule(variable, wanted):
                if len(found) == 1:
                    return found[0]
                if found:
                    raise self.error(f"{wanted!r} of variable {variable.text!r} is ambiguous: {found[:5]}")
        wanted = names[-1]
        near = difflib.get_close_matches(wanted, [*variable.values, *variable.labels], n=3, cutoff=0.4)
        hint = f"; nearest are {near}" if near else ""
        raise self.error(f"variable {variable.text!r} has no class {wanted!r}{hint}")

    def error(self, problem: str) -> ResponseFormatError:
        """An error about this table."""
        return ResponseFormatError("statfin", self.url, problem)

    def _find_variable(self, free: list[PxVariable], text: str) -> PxVariable:
        named = [item for item in free if _fold(text) in (_fold(item.text), _fold(item.code), item.stem)]
        if len(named) == 1:
            return named[0]
        texts = ", ".join(repr(item.text) for item in free)
        raise self.error(f"has {'several' if named else 'no'} variables {text!r}; the table has {texts}")

    def _find_content(self, free: list[PxVariable], names: tuple[str, ...]) -> PxVariable:
        named = [
            item for item in free if _fold(item.text) in _CONTENT_TEXT or _fold(item.code) == _CONTENT_CODE
        ]
        holding = [item for item in free if any(any(_find_by_each_rule(item, name)) for name in names)]
        for found in (named, holding):
            if len(found) == 1:
                return found[0]
        texts = ", ".join(repr(item.text) for item in free)
        raise self.error(f"the variable of contents is not clear for {names[0]!r}; the table has {texts}")

    def _choose_totals(self, free: list[PxVariable]) -> dict[str, tuple[str, ...]]:
        chosen: dict[str, tuple[str, ...]] = {}
        for variable in free:
            total = _find_total(variable)
            if total is not None:
                chosen[variable.code] = (total,)
            elif not variable.has_elimination:
                count = len(variable.values)
                problem = f"variable {variable.text!r} has {count} classes and no total; declare one of them"
                raise self.error(problem)
        return chosen


def read_table(answer: object, url: str) -> PxTable:
    """Read the answer of a table's address.

    Raises
    ------
    ResponseFormatError
        The answer is no table's description, or has no variable of time or of area.
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("variables"), list):
        found = type(answer).__name__ if not isinstance(answer, dict) else ", ".join(map(str, answer))
        raise ResponseFormatError("statfin", url, f"found {found}; expected a table's title and variables")
    variables = tuple(_read_variable(item, url) for item in answer["variables"])
    time = _find_time(variables, url)
    area = _find_area([item for item in variables if item is not time], url)
    return PxTable(url, str(answer.get("title", "")), variables, time, area, answer)


def to_area_code(value: str) -> str | None:
    """Our area code of a table's value code; None for areas of other kinds.

    Examples
    --------
    >>> [to_area_code(value) for value in ("KU179", "179", "MK13", "SS", "SK131")]
    ['179', '179', 'MK13', 'SSS', None]
    """
    if value == "SS":
        return "SSS"
    if _BARE_AREA.fullmatch(value):
        return value
    found = _AREA.fullmatch(value)
    return next((group for group in found.groups() if group), None) if found else None


def _read_variable(item: Any, url: str) -> PxVariable:
    try:
        values, labels = tuple(item["values"]), tuple(item["valueTexts"])
        code, text = item["code"], item["text"]
    except (TypeError, KeyError):
        problem = f"a variable without code, text, values or valueTexts: {str(item)[:100]}"
        raise ResponseFormatError("statfin", url, problem) from None
    if len(values) != len(labels) or not all(
        isinstance(word, str) for word in (code, text, *values, *labels)
    ):
        raise ResponseFormatError("statfin", url, f"values and valueTexts of {text!r} do not fit each other")
    return PxVariable(code, text, values, labels, item.get("time") is True, item.get("elimination") is True)


def _find_time(variables: Iterable[PxVariable], url: str) -> PxVariable:
    flagged = [item for item in variables if item.is_time]
    shaped = [item for item in variables if item.values and all(map(_PERIOD.fullmatch, item.values))]
    for found in (flagged, shaped):
        if len(found) == 1:
            return found[0]
    raise ResponseFormatError("statfin", url, "the table has no variable that is clearly time")


def _find_area(variables: list[PxVariable], url: str) -> PxVariable:
    shaped = [item for item in variables if any(map(_AREA.fullmatch, set(item.values) - {"SSS"}))]
    bare = [item for item in variables if len(list(filter(_BARE_AREA.fullmatch, item.values))) > 1]
    for found in (shaped, bare):
        named = [item for item in found if any(word in _fold(item.text) for word in _AREA_TEXT)]
        for candidates in (found, named):
            if len(candidates) == 1:
                return candidates[0]
    texts = ", ".join(repr(item.text) for item in variables)
    raise ResponseFormatError("statfin", url, f"no variable is clearly area; the table has {texts}")


def _find_by_each_rule(variable: PxVariable, wanted: str) -> Iterable[list[str]]:
    """Value codes that fit by the code, then by the label, then by the code without a prefix."""
    yield [value for value in variable.values if value == wanted]
    pairs = list(zip(variable.values, variable.labels, strict=True))
    yield [value for value, label in pairs if _fold(label) == _fold(wanted)]
    yield [value for value in variable.values if _PREFIX.sub("", value) == _PREFIX.sub("", wanted)]


def _find_total(variable: PxVariable) -> str | None:
    if len(variable.values) == 1:
        return variable.values[0]
    labelled = [
        value
        for value, label in zip(variable.values, variable.labels, strict=True)
        if _fold(label) in _TOTAL_LABELS
    ]
    coded = [value for value in variable.values if value in _TOTAL_CODES]
    return next((found[0] for found in (labelled, coded) if len(found) == 1), None)


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
