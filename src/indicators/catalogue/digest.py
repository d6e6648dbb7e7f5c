"""What a snapshot keeps of the catalogue under which it was written, so that later changes can be told apart.

Only what decides a figure or its verdict is kept, with the title; the rest of the words stay in the
catalogue.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from indicators.catalogue.catalogue import Catalogue
from indicators.catalogue.records import Indicator

#: A change in one of these changes the figures themselves.
DEFINES_FIGURES: Final = (
    "unit",
    "value_type",
    "source",
    "levels",
    "years",
    "interval_years",
    "fallback_for",
    "fills",
)
#: A change in one of these changes what is said of the figures.
DEFINES_VERDICTS: Final = (
    "decimals",
    "events",
    "is_compared",
    "is_stock",
    "design_effect",
    "hidden_below",
    "pooling",
    "minimum_events",
    "steady_margin",
    "breaks",
)
#: Parts of a field that are words for readers.
_WORDS: Final = ("note", "reason", "evidence", "count_source")
_KEPT: Final = {"id", "title", "producer", "goals", "is_key_fact", *DEFINES_FIGURES, *DEFINES_VERDICTS}


def digest_catalogue(catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    """What decides each indicator's figures and verdicts, as plain data by indicator id."""
    return {
        key: item.model_dump(mode="json", include=_KEPT, exclude_defaults=True)
        for key, item in catalogue.indicators.items()
    }


def restore_catalogue(digest: Mapping[str, Any] | None, catalogue: Catalogue) -> Catalogue:
    """The catalogue as a snapshot remembers it; words and areas are today's.

    Where the snapshot keeps none, the one in force is given back.
    """
    if digest is None:
        return catalogue
    restored = (_restore(key, kept, catalogue) for key, kept in digest.items())
    return replace(catalogue, indicators={item.id: item for item in restored if item is not None})


def _restore(indicator_id: str, kept: Mapping[str, Any], catalogue: Catalogue) -> Indicator | None:
    """An indicator as it was; None where its unit or its form is not known any more."""
    words: dict[str, Any] = {}
    if indicator_id in catalogue.indicators:
        today = catalogue.indicators[indicator_id].model_dump(mode="json", exclude_defaults=True)
        words = {name: value for name, value in today.items() if name not in _KEPT}
    try:
        # A field that is no more decides nothing any more.
        known = {name: value for name, value in kept.items() if name in Indicator.model_fields}
        item = Indicator.model_validate(words | known)
    except ValidationError:
        return None
    goals = {goal.id for goal in catalogue.goals}
    links = tuple(link for link in item.goals if link.goal in goals)
    return item.model_copy(update={"goals": links}) if item.unit in catalogue.units else None


def find_redefinitions(old: Indicator, new: Indicator) -> tuple[str, ...]:
    """Names of the fields by which an indicator was redefined; empty where it was not."""
    return tuple(
        name
        for name in (*DEFINES_FIGURES, *DEFINES_VERDICTS)
        if _without_words(getattr(old, name)) != _without_words(getattr(new, name))
    )


def _without_words(value: Any) -> Any:
    """A field's content without its notes for readers: rewording a note redefines nothing."""
    if isinstance(value, tuple):
        return tuple(_without_words(item) for item in value)
    if hasattr(value, "model_dump"):
        return {key: item for key, item in value.model_dump().items() if key not in _WORDS}
    return value
