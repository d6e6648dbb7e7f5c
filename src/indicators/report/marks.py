"""The one form in which a report marks every number that it shows.

A shown number is an element ``<data value="13.2" data-role="rest" ...>`` or, in a drawing, a text with
``data-value``. Its indicator, year and sex are its own attributes or those of the nearest element around it
that has them. So is its area: the page's own, since a comparator is told by the role, or on a region's page
one of its municipalities. The numbers that a drawing shows without writing them are listed on the drawing in
``data-figures``. So a page can be read back
as a set of (area, indicator, year, sex, role, value), whatever its layout.

The roles are the names of the assessment's columns without their ending (``rest``, ``country``, ``peers``,
``region``; ``minimum``, ``q1``, ``median``, ``q3``, ``maximum``; ``lower_limit``), and those of
`indicators.narrative.sentence.Role`. A number without a role is the area's own value.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

OWN: Final = "value"
_NUMBER: Final = re.compile(r"[−-]?\d[\d\u00a0.,]*(?<=\d)")


@dataclass(frozen=True)
class Number:
    """A number as it is shown.

    Attributes
    ----------
    text : str
        As readers see it, with its unit where that belongs to it.
    value : str
        The same rounded number as a machine reads it: "-13.2".
    role : str
        Whose it is; see the module. Not written where it is the area's own, which most are.
    indicator : str
        Its indicator's id; empty where an element around it says so.
    year : int or None
        Its year; None where an element around it says so.
    sex : str
        total, female or male.
    from_year : int or None
        The earlier year, of a change only.
    area : str
        Whose it is, where no element around it says so and it is not the page's own.
    """

    text: str
    value: str
    role: str = OWN
    indicator: str = ""
    year: int | None = None
    sex: str = "total"
    from_year: int | None = None
    area: str = ""

    def __html__(self) -> Markup:
        # Of class Markup: `Markup.format` escapes what any other str says.
        return Markup(f'<data value="{self.value}"{self._more()}>{escape(self.text)}</data>')

    @property
    def attributes(self) -> str:
        """The same marks for a text of a drawing."""
        return f'data-value="{self.value}"{self._more()}'

    def _more(self) -> str:
        marks = [f' data-role="{self.role}"'] if self.role != OWN else []
        marks += [f' data-indicator="{escape(self.indicator)}"'] if self.indicator else []
        marks += [f' data-year="{self.year}"'] if self.year is not None else []
        marks += [f' data-from="{self.from_year}"'] if self.from_year is not None else []
        marks += [f' data-sex="{self.sex}"'] if self.sex != "total" else []
        marks += [f' data-area="{self.area}"'] if self.area else []
        return "".join(marks)


def bare_number(text: str) -> str:
    """A written number without its unit.

    Examples
    --------
    >>> bare_number("35,7 %"), bare_number("−€3,082")
    ('35,7', '−3,082')
    """
    found = _NUMBER.search(text.replace("€", ""))
    return found.group() if found else text


def list_figures(numbers: Iterable[Number]) -> Markup:
    """The attribute by which a drawing tells the numbers that it shows without writing them.

    Examples
    --------
    >>> print(list_figures([Number("13,2", "13.2", year=2024), Number("9,0", "9.0", "median", year=2024)]))
    data-figures="value 2024 13.2;median 2024 9.0"
    """
    listed = ";".join(f"{item.role} {item.year} {item.value} {item.area}".strip() for item in numbers)
    return Markup('data-figures="{}"').format(listed)
