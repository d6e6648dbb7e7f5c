"""Soft hyphens in long words of titles, from ``data/hyphens.yaml``: for narrow columns only."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from indicators.catalogue.yamlfile import load_yaml
from indicators.config import DATA_FOLDER
from indicators.model import Language

HYPHENS_FILE: Final = DATA_FOLDER / "hyphens.yaml"
SOFT_HYPHEN: Final = "\u00ad"


def soften(text: str, language: Language) -> str:
    """The text with soft hyphens in the long words that are declared; others stay whole.

    Examples
    --------
    >>> soften("Omaisuusrikokset", "fi").split(SOFT_HYPHEN)
    ['Omaisuus', 'rikokset']
    """
    words = _load(HYPHENS_FILE).get(language, {})
    return re.sub(r"\w{10,}", lambda found: _break(found[0], words.get(found[0].casefold())), text)


def _break(word: str, declared: str | None) -> str:
    """The word broken as declared, its letters as they were."""
    if declared is None:
        return word
    letters = iter(word)
    return "".join(SOFT_HYPHEN if letter == "|" else next(letters) for letter in declared)


@lru_cache(maxsize=4)
def _load(path: Path) -> dict[str, dict[str, str]]:
    return {
        language: {item.replace("|", "").casefold(): item for item in words}
        for language, words in load_yaml(path).items()
    }
