"""Reads a municipal page back as the set of numbers that it marks, and compares them with the figures.

Of the form of the marks see `indicators.report.marks`. Every marked number must be the one that assessment or
observations have at that place, and must be written as it is marked; what must be shown must be there once.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from typing import Any, Final

from lxml import etree

from indicators.assessment.columns import Row
from indicators.narrative.formats import parse_number, round_half_up
from indicators.narrative.sentence import COUNT_ROLES
from indicators.report.gate.common import Expectation
from indicators.report.marks import OWN, bare_number
from indicators.report.page.html import slug

_OF_ALL: Final = ("q1", "median", "q3")
#: Arithmetic between shown numbers, which the sentences' own tests work out again.
_DERIVED: Final = ("change", "change_pct", "country_change_pct")


@dataclass(frozen=True)
class Shown:
    """A marked number of a page; ``text`` is None where a drawing shows it without writing it.

    ``is_pooled`` tells a number of several years together; ``area`` is of the nearest element that says one.
    """

    indicator: str
    year: int | None
    sex: str
    role: str
    value: str
    text: str | None
    is_pooled: bool = False
    area: str = ""


def read_marks(page: Any) -> Iterator[Shown]:
    """All marked numbers of a page in order."""
    for item in page.xpath(".//data | .//*[@data-value] | .//*[@data-figures]"):
        if item.get("data-figures"):
            for figure in item.get("data-figures").split(";"):
                role, year, value, *area = figure.split()
                code = area[0] if area else _near(item, "area")
                yield Shown(_near(item, "indicator"), int(year), "total", role, value, None, area=code)
            continue
        year = _near(item, "year")
        yield Shown(
            indicator=_near(item, "indicator"),
            year=int(year) if year else None,
            sex=item.get("data-sex", "total"),
            role=item.get("data-role", OWN),
            value=item.get("value") or item.get("data-value", ""),
            text=item.text_content(),
            is_pooled=item.get("data-from") is not None,
            area=_near(item, "area"),
        )


def _near(item: Any, name: str) -> str:
    """The mark of the element, or of the nearest one around it that has it."""
    return next(iter(_find_near(name)(item)), "")


@cache
def _find_near(name: str) -> etree.XPath:
    return etree.XPath(f"(ancestor-or-self::*[@data-{name}])[last()]/@data-{name}")


def check_marks(page: Any, expected: Expectation) -> Iterator[str]:
    """Every marked number is the one of the figures, and is written as it is marked."""
    members = expected.assessment.catalogue.members if expected.area.level == "region" else ()
    figures = {code: _Figures(expected, code) for code in (expected.area.code, *(a.code for a in members))}
    for item in read_marks(page):
        if item.text is not None and not _is_written(item, expected):
            yield f"{item.indicator} {item.year}: {item.text!r} is marked as {item.value!r}"
        if item.role in (*COUNT_ROLES, *_DERIVED):
            continue
        of_area = figures.get(item.area or expected.area.code)
        wanted = of_area.find(item) if of_area else None
        if wanted != item.value:
            place = f"{item.area} {item.indicator} {item.year} {item.sex} {item.role}".strip()
            yield f"{place}: the page shows {item.value}; the figures have {wanted}"


def _is_written(item: Shown, expected: Expectation) -> bool:
    try:
        return parse_number(bare_number(item.text or ""), expected.language) == Decimal(item.value)
    except (ValueError, InvalidOperation):
        return item.role in COUNT_ROLES  # one to ten are written as words


class _Figures:
    """The figures of an area, found by a mark."""

    def __init__(self, expected: Expectation, code: str) -> None:
        self.assessment, self.code = expected.assessment, code

    @cached_property
    def rows(self) -> dict[str, Row]:
        """The newest figures."""
        return {row.indicator_id: row for row in self.assessment.rows(self.code)}

    def find(self, item: Shown) -> str | None:
        """The number as it must be written; None where there is none."""
        row = self.rows.get(item.indicator)
        if row is None:
            return None
        value = self._value(item, row)
        decimals = self.assessment.catalogue.indicators[item.indicator].decimals
        return None if value is None else str(round_half_up(value, 0 if item.role == "n_areas" else decimals))

    def _value(self, item: Shown, row: Row) -> float | None:
        if item.role == "pooled":
            return row.pooled_value
        if item.is_pooled:
            return getattr(row, f"{item.role}_comparator", None)
        if item.sex != "total":
            return self._by_sex.get((item.indicator, item.year, item.sex))
        if item.year in (None, row.year) and item.role != OWN:
            names = (item.role, f"{item.role}_limit", f"{item.role}_comparator", f"{item.role}_value")
            names = names[::-1] if item.role in ("region", "country") else names
            return next((getattr(row, name) for name in names if hasattr(row, name)), None)
        if item.role in _OF_ALL:
            return self._of_all(item)
        year = next(
            (y for y in self.assessment.years(self.code, item.indicator) if y.year == item.year), None
        )
        return getattr(year, item.role if item.role == OWN else f"{item.role}_value", None)

    def _of_all(self, item: Shown) -> float | None:
        """A quartile of all municipalities, of a year in which the area itself may have no figure."""
        panel = self.assessment.panels[item.indicator]
        found = getattr(panel.spread, item.role)[panel.years == item.year].tolist()
        return found[0] if found and found[0] == found[0] else None

    @cached_property
    def _by_sex(self) -> dict[tuple[str, int, str], float]:
        table = self.assessment.snapshot.observations
        rows = table[(table["area_code"] == self.code) & (table["sex"] != "total")]
        columns = (rows[name].tolist() for name in ("indicator_id", "year", "sex", "value"))
        return {(key, int(year), sex): value for key, year, sex, value in zip(*columns, strict=True)}


def check_shown(page: Any, expected: Expectation) -> Iterator[str]:
    """On the screen each current figure stands once in its goal; on paper none stands twice."""
    cells = page.xpath(".//table[contains(@class, 'baro')]//td[contains(@class, 'v ')]/data")
    found = Counter((_goal(cell), _near(cell, "indicator")) for cell in cells)
    current = {
        (f"tavoite-{slug(row.goal_id)}", row.indicator_id)
        for row in expected.assessment.rows(expected.area.code)
        if row.goal_id and row.value is not None and not row.is_old
    }
    if expected.is_paper:
        indicators = {indicator for _, indicator in current}
        wrong = sorted(indicator for _, indicator in found if indicator not in indicators)
    else:
        wrong = sorted(indicator for _, indicator in set(found) ^ current)
    wrong += sorted(indicator for (_, indicator), n in found.items() if n > 1)
    if wrong:
        yield f"current figures that are missing, doubled or not current: {wrong[:5]}"


def _goal(cell: Any) -> str:
    """Id of the goal's section on the screen; on paper the words of the goal's row above."""
    found = cell.xpath("ancestor::section[starts-with(@id, 'tavoite-')][1]/@id")
    return found[0] if found else cell.xpath("string(ancestor::tbody[1]/tr[@class='gr'])")
