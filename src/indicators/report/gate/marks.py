"""Reads a page back as the set of numbers and verdicts that it marks, and compares them with the figures.

Of the form of the marks see `indicators.report.marks`. Every marked number must be the one that assessment or
observations have at that place, and must be written as it is marked; no current figure may be left out.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from typing import Any, Final

from lxml import etree

from indicators.assessment.columns import Row
from indicators.assessment.goals import find_mark
from indicators.assessment.rows import KnownRow, is_current
from indicators.assessment.table import Assessment
from indicators.model import Language
from indicators.narrative.formats import format_count, parse_number, round_half_up
from indicators.narrative.sentence import COUNT_ROLES
from indicators.report.marks import OWN, Number, bare_number
from indicators.report.municipal import MunicipalReport
from indicators.report.sections.context import read_sexes

_OF_ALL: Final = ("q1", "median", "q3")
#: Arithmetic between shown numbers, which the sentences' own tests work out again.
_DERIVED: Final = ("change", "change_pct", "country_change_pct")


def read_marks(page: Any) -> Iterator[tuple[Number, bool]]:
    """All marked numbers of a page in order, and whether each is written, not only drawn."""
    for item in page.xpath(".//data | .//*[@data-value] | .//*[@data-figures]"):
        indicator, code = _near(item, "indicator"), _near(item, "area")
        if item.get("data-figures"):
            for figure in item.get("data-figures").split(";"):
                role, year, value, *area = figure.split()
                whose = area[0] if area else code
                yield Number("", value, role, indicator, int(year), area=whose), False
            continue
        year, start = _near(item, "year"), item.get("data-from")
        number = Number(
            text=item.text_content(),
            value=item.get("value") or item.get("data-value", ""),
            role=item.get("data-role", OWN),
            indicator=indicator,
            year=int(year) if year else None,
            sex=item.get("data-sex", "total"),
            from_year=int(start) if start else None,
            area=code,
        )
        yield number, True


def _near(item: Any, name: str) -> str:
    """The mark of the element, or of the nearest one around it that has it."""
    return next(iter(_find_near(name)(item)), "")


@cache
def _find_near(name: str) -> etree.XPath:
    return etree.XPath(f"(ancestor-or-self::*[@data-{name}])[last()]/@data-{name}")


def check_marks(page: Any, report: MunicipalReport, is_paper: bool) -> Iterator[str]:
    """Every marked number and verdict is that of the figures; on the screen every current figure is there."""
    own, members = report.area, report.catalogue.members if report.context.is_region else ()
    figures = {area.code: _Figures(report.assessment, area.code) for area in (own, *members)}
    shown = set()
    for item, is_written in read_marks(page):
        code = item.area or own.code
        if is_written:
            shown.add((code, item.indicator, item.year))
            if not _says(item, report.texts.language):
                yield f"{item.indicator} {item.year}: {item.text!r} is marked as {item.value!r}"
        if item.role in (*COUNT_ROLES, *_DERIVED):
            continue
        wanted = figures[code].find(item) if code in figures else None
        if wanted != item.value:
            place = f"{item.area} {item.indicator} {item.year} {item.sex} {item.role}".strip()
            yield f"{place}: the page shows {item.value}; the figures have {wanted}"
    for mark in page.xpath(".//*[@data-verdict]"):
        goal, indicator, code = (_near(mark, name) for name in ("goal", "indicator", "area"))
        found, wanted = mark.get("data-verdict"), None
        if code in figures:
            wanted = figures[code].find_mark(goal, indicator)
        if found != wanted:
            yield f"{indicator} of {code} has the mark {found}; the assessment has {wanted}"
    for code, of_area in figures.items() if not is_paper else ():
        for row in of_area.current:
            if (code, row.indicator_id, row.year) not in shown:
                yield f"{row.indicator_id} of {code} is missing: its figure of {row.year} is current"


def _says(item: Number, language: Language) -> bool:
    try:
        return parse_number(bare_number(item.text), language) == Decimal(item.value)
    except (ValueError, InvalidOperation):  # one to ten are written as words, a change of so many people too
        n = item.value.lstrip("-")
        is_change = item.role == "change" and n.isdigit() and item.text == format_count(int(n), language)
        return item.role in COUNT_ROLES or is_change


class _Figures:
    """The figures of an area, found by a mark."""

    def __init__(self, assessment: Assessment, code: str) -> None:
        self.assessment, self.code = assessment, code

    @property
    def current(self) -> list[KnownRow]:
        """The rows that must be shown."""
        return [row for row in self.assessment.rows(self.code) if row.goal_id and is_current(row)]

    def find_mark(self, goal: str, indicator: str) -> str | None:
        """The mark of a current figure under a goal; None where there is none."""
        key = (goal, indicator)
        return next((find_mark(row) for row in self.current if (row.goal_id, row.indicator_id) == key), None)

    @cached_property
    def rows(self) -> dict[str, Row]:
        """The newest figures."""
        return {row.indicator_id: row for row in self.assessment.rows(self.code)}

    def find(self, item: Number) -> str | None:
        """The number as it must be written; None where there is none."""
        row = self.rows.get(item.indicator)
        if row is None:
            return None
        value = self._value(item, row)
        decimals = self.assessment.catalogue.indicators[item.indicator].decimals
        return None if value is None else str(round_half_up(value, 0 if item.role == "n_areas" else decimals))

    def _value(self, item: Number, row: Row) -> float | None:
        if item.role == "pooled":
            return row.pooled_value
        if item.from_year is not None:
            return getattr(row, f"{item.role}_comparator", None)
        if item.sex != "total":
            return self._by_sex.get(item.indicator, {}).get((item.year or 0, item.sex))
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

    def _of_all(self, item: Number) -> float | None:
        """A quartile of all municipalities, of a year in which the area itself may have no figure."""
        panel = self.assessment.panels[item.indicator]
        found = getattr(panel.spread, item.role)[panel.years == item.year].tolist()
        return found[0] if found and found[0] == found[0] else None

    @cached_property
    def _by_sex(self) -> dict[str, dict[tuple[int, str], float]]:
        return read_sexes(self.assessment, self.code)
