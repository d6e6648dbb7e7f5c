"""How indicators are told in sentences, from ``data/phrases.yaml``; words only, no numbers.

An indicator that the file does not have, such as one of the user's own, is told by its short title.
"""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from pydantic import RootModel

from indicators.catalogue.records import Indicator, IndicatorId, Record, Slug, Text
from indicators.catalogue.yamlfile import load_record
from indicators.config import DATA_FOLDER
from indicators.model import Language

PHRASES_FILE: Final = DATA_FOLDER / "phrases.yaml"
#: Matters of the line of key facts: the first of them that has a current figure is shown.
WORK_MATTERS: Final = ("unemployment", "employment")
#: Which words go with a subject: "fewer people", "lower", "smaller".
Kind = Literal["people", "high", "large", "plural"]


class Phrase(Record):
    """How an indicator is told in one language; see the head of the file."""

    subject: Text
    kind: Kind | None = None
    verb: Text | None = None
    now: Text | None = None
    of: Text = ""
    measure: Text | None = None


class IndicatorPhrases(Record):
    """How an indicator is told in the three languages, and of which matter it is."""

    matter: Slug
    fi: Phrase
    sv: Phrase
    en: Phrase

    def phrase(self, language: Language) -> Phrase:
        """The phrase in a language."""
        phrase: Phrase = getattr(self, language)
        return phrase


class PhraseFile(RootModel[dict[IndicatorId, IndicatorPhrases]]):
    """``phrases.yaml``."""


#: Which words go with a subject where its phrase does not say.
_KINDS: Final[dict[Language, Kind]] = {"fi": "people", "sv": "large", "en": "high"}
#: An indicator without a phrase: its short title stands in the sentence between quotation marks.
_UNTOLD: Final[dict[Language, tuple[str, Kind]]] = {
    "fi": ("mittarin ”{title}” luku", "large"),
    "sv": ("talet för ”{title}”", "large"),
    "en": ("the figure for “{title}”", "high"),
}


class Phrases:
    """The phrases of a catalogue's indicators in one language."""

    def __init__(self, language: Language, declared: dict[str, IndicatorPhrases]) -> None:
        self.language: Language = language
        self._declared = declared

    def matter(self, indicator: Indicator) -> str:
        """What the indicator is about; indicators of one matter share it."""
        told = self._declared.get(indicator.id)
        return told.matter if told else indicator.fallback_for or indicator.id

    def phrase(self, indicator: Indicator) -> Phrase:
        """The indicator's phrase; its ``kind`` is never None."""
        told = self._declared.get(indicator.id)
        if told is None:
            subject, kind = _UNTOLD[self.language]
            return Phrase(subject=subject.format(title=self.short_title(indicator)), kind=kind)
        phrase = told.phrase(self.language)
        return phrase if phrase.kind else phrase.model_copy(update={"kind": _KINDS[self.language]})

    def list_untold(self, indicators: Iterable[Indicator]) -> list[str]:
        """Ids of those in municipal reports that the file lacks."""
        return [i.id for i in indicators if "municipality" in i.levels and i.id not in self._declared]

    def short_title(self, indicator: Indicator) -> str:
        """The title with its unit for tables; the whole title where no short one is declared."""
        return (indicator.short_title or indicator.title).text(self.language)


def load_phrases(language: Language) -> Phrases:
    """The phrases in a language.

    Raises
    ------
    CatalogueError
        The file breaks its rules.
    """
    return Phrases(language, _load(PHRASES_FILE))


@lru_cache(maxsize=4)
def _load(path: Path) -> dict[str, IndicatorPhrases]:
    return load_record(path, PhraseFile).root
