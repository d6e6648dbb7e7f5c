"""Words for readers, from ``data/texts.yaml`` and an overlay's ``texts.yaml``, in the report's language."""

import difflib
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

from indicators.catalogue.yamlfile import load_yaml
from indicators.config import DATA_FOLDER, load_settings
from indicators.errors import CatalogueError, UnknownNameError
from indicators.model import LANGUAGES, Language
from indicators.narrative.sentence import Figure, Sentence, fill

TEXTS_FILE: Final = DATA_FOLDER / "texts.yaml"
#: By key and language; where it depends on a number, the forms "one" and "other".
Entries = dict[str, dict[Language, str | dict[str, str]]]


class Texts:
    """The reader's words in one language.

    Examples
    --------
    >>> load_texts("fi")("newest_year")
    'Uusin vuosi'
    >>> load_texts("en")("goal_old", n=1)
    'One figure is more than five years old, so it does not describe the present.'
    """

    def __init__(self, language: Language, entries: Entries) -> None:
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
        An entry lacks a language, or one of the overlay's is none of the package's.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("language", language, (), f"Reports are made in {', '.join(LANGUAGES)}.")
    overlay = load_settings().overlay
    own = overlay / TEXTS_FILE.name if overlay else None
    if own is None or not own.is_file():
        return Texts(language, _load_entries(TEXTS_FILE))
    return Texts(language, _load_own(own, own.stat().st_mtime_ns))


@lru_cache(maxsize=4)
def _load_entries(path: Path) -> Entries:
    entries: Entries = load_yaml(path)
    for key, languages in entries.items():
        for language in LANGUAGES:
            if not isinstance(languages, dict) or language not in languages:
                raise CatalogueError(path, key, f"has no text in {language!r}")
    return entries


@lru_cache(maxsize=4)
def _load_own(path: Path, changed: int) -> Entries:
    """The package's texts with an overlay's in their place, by key and language."""
    entries, own = dict(_load_entries(TEXTS_FILE)), load_yaml(path) or {}
    for key, languages in own.items():
        if key not in entries:
            near = difflib.get_close_matches(str(key), entries, n=1)
            raise CatalogueError(
                path, key, f"is no text of the package{f'; did you mean {near[0]}?' if near else ''}"
            )
        if not isinstance(languages, dict) or not set(languages) <= set(LANGUAGES):
            raise CatalogueError(path, key, f"has no texts by language; give any of {', '.join(LANGUAGES)}")
        for language, text in languages.items():
            known = _list_names(entries[key][language])
            if unknown := _list_names(text) - known:
                names = ", ".join(f"{{{name}}}" for name in sorted(unknown))
                told = ", ".join(f"{{{name}}}" for name in sorted(known)) or "nothing"
                raise CatalogueError(path, key, f"has {names}, which nothing fills in; it may have {told}")
        entries[key] = entries[key] | languages
    return entries


def _list_names(text: Any) -> set[str]:
    """The names in braces of a text in all its forms."""
    forms = text.values() if isinstance(text, dict) else [text]
    return {name for form in forms for _, name, _, _ in Formatter().parse(str(form)) if name is not None}
