"""Words for readers, from ``data/texts.yaml``, in the report's language."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from indicators.catalogue.yamlfile import load_yaml
from indicators.config import DATA_FOLDER
from indicators.errors import CatalogueError, UnknownNameError
from indicators.model import LANGUAGES, Language
from indicators.narrative.sentence import Figure, Sentence, fill

TEXTS_FILE = DATA_FOLDER / "texts.yaml"


class Texts:
    """The reader's words in one language.

    Examples
    --------
    >>> load_texts("fi")("newest_year")
    'Uusin vuosi'
    >>> load_texts("en")("goal_old", n=1)
    'One figure is more than five years old, so it does not describe the present.'
    """

    def __init__(self, language: Language, entries: dict[str, Any]) -> None:
        self.language: Language = language
        self._entries = entries

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its {names} filled in; "one" form where ``n`` is 1.

        Raises
        ------
        KeyError
            The key or one of its names is not there: a fault of the program, not of its user.
        """
        text = self._form(key, values.get("n"))
        return text.format(**values) if values else text

    def tell(self, key: str, /, **values: object) -> Sentence:
        """The same as a sentence whose figures stay known: values are texts, figures or sentences."""
        return fill(self._form(key, values.get("n")), **values)

    def _form(self, key: str, n: object) -> str:
        text = self._entries[key][self.language]
        if isinstance(text, dict):
            is_one = abs(n.value) == 1 if isinstance(n, Figure) else str(n) == "1"
            return text["one" if is_one else "other"]
        return text

    def has(self, key: str) -> bool:
        """Whether a key is declared."""
        return key in self._entries


def load_texts(language: str) -> Texts:
    """The reader's words in a language.

    Raises
    ------
    UnknownNameError
        Reports are not made in the language.
    CatalogueError
        An entry lacks a language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, (), f"Reports are made in {', '.join(LANGUAGES)}.")
    return Texts(language, _load_entries(TEXTS_FILE))


@lru_cache(maxsize=4)
def _load_entries(path: Path) -> dict[str, Any]:
    entries = load_yaml(path)
    for key, languages in entries.items():
        for language in LANGUAGES:
            if not isinstance(languages, dict) or language not in languages:
                raise CatalogueError(path, key, f"has no text in {language!r}")
    return entries
