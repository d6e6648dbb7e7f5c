"""A sentence whose numbers are known one by one, so that each can be marked on the page and checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Final

#: Where a number comes from: a field of the assessment (``value``, ``pooled``, ``lower``, ``upper`` and
#: ``n_areas``; comparators: ``rest``, ``country``, ``region``, ``peers``), arithmetic between shown numbers
#: (``change``, ``change_pct``, ``country_change_pct``), or a count over the rows.
Role = str
#: Roles that belong to no single indicator.
COUNT_ROLES: Final = ("n_indicators", "n_known", "n_current", "n_goals", "n_gaps", "n_measures")


@dataclass(frozen=True)
class Figure:
    """A number in a sentence.

    Attributes
    ----------
    text : str
        As it is shown: "16,3"; a word where a small count is told by one.
    value : float
        As the assessment has it, not rounded; where the role is a change, worked from the shown numbers.
    role : str
        One of `Role`.
    indicator : str
        Empty for counts over the report.
    year : int or None
        The number's year; the last one of a change.
    from_year : int or None
        The first year of a change, or of years pooled.
    """

    text: str
    value: float
    role: Role
    indicator: str = ""
    year: int | None = None
    sex: str = "total"
    from_year: int | None = None


Part = str | Figure


@dataclass(frozen=True)
class Sentence:
    """Text and numbers in turn.

    Examples
    --------
    >>> Sentence(("Väkiluku oli ", Figure("5 695", 5695, "value", "statfin:population", 2025), ".")).plain
    'Väkiluku oli 5 695.'
    """

    parts: tuple[Part, ...]

    @property
    def plain(self) -> str:
        """The sentence as text."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The numbers, in order."""
        return tuple(part for part in self.parts if isinstance(part, Figure))

    def __str__(self) -> str:
        return self.plain

    def capitalised(self) -> "Sentence":
        """The sentence with a capital at its beginning."""
        first, *rest = self.parts
        if isinstance(first, Figure):
            return self
        return Sentence((first[:1].upper() + first[1:], *rest))


def fill(template: str, **values: object) -> Sentence:
    """A template's text with its {names} filled in by texts, figures or sentences.

    Examples
    --------
    >>> fill("{area}: {what}", area="Luhanka", what=fill("{n} asukasta", n="695")).plain
    'Luhanka: 695 asukasta'
    """
    parts: list[Part] = []
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(literal)
        if name is None:
            continue
        value = values[name]
        if isinstance(value, Sentence):
            parts += value.parts
        else:
            parts.append(value if isinstance(value, Figure) else str(value))
    return Sentence(tuple(_joined(parts)))


def join(sentences: Iterable[Sentence], joint: str) -> Sentence:
    """Sentences one after another, with a text between them."""
    parts: list[Part] = []
    for number, sentence in enumerate(sentences):
        parts.extend(([joint] if number else []) + list(sentence.parts))
    return Sentence(tuple(_joined(parts)))


def _joined(parts: Iterable[Part]) -> Iterable[Part]:
    """The same parts with neighbouring texts as one and without empty ones."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        yield part
        text = ""
    if text:
        yield text
