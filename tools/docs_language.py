"""MkDocs hook: each page says which language it is in, and the theme's own words are in that language.

The theme knows one language for the whole site, and has no Finnish.
"""

from typing import Any, Final

ENGLISH: Final = "In English"  # the part of the contents in mkdocs.yml
_WORDS: Final = {
    "Search": "Haku",
    "Search...": "Hae...",
    "Previous": "Edellinen",
    "Next": "Seuraava",
    "Close": "Sulje",
    "Table of Contents": "Sisällys",
    "From here you can search these documents. Enter your search terms below.": (
        "Tällä haet ohjeista. Kirjoita hakusanat."
    ),
    "Type search term here": "Hakusanat",
    "No results found": "Ei tuloksia",
    "Keyboard Shortcuts": "Näppäinkomennot",
    "Keys": "Näppäimet",
    "Action": "Toiminto",
    "Open this help": "Avaa tämä ohje",
    "Previous page": "Edellinen sivu",
    "Next page": "Seuraava sivu",
    "Page not found": "Sivua ei löydy",
    "Documentation built with %(mkdocs_link)s.": "Ohjeet on koottu ohjelmalla %(mkdocs_link)s.",
}
_FIXED: Final = {"Toggle navigation": "Näytä tai piilota valikko", "Toggle theme": "Vaihda teema"}
_now = {"language": "fi"}


def on_env(env: Any, config: Any, files: Any) -> Any:
    """The theme's words in the language of the page that is being written."""
    env.install_gettext_callables(_translate, lambda one, many, n: one if n == 1 else many)
    return env


def on_page_context(context: Any, page: Any, config: Any, nav: Any) -> Any:
    """Note the language of the page that comes next."""
    is_english = any(section.title == ENGLISH for section in page.ancestors)
    _now["language"] = "en" if is_english else "fi"
    return context


def on_post_page(output: str, page: Any, config: Any) -> str:
    """The page with ``<html lang>`` of its own text, and with the words that the theme does not translate."""
    output = output.replace('<html lang="en"', f'<html lang="{_now["language"]}"', 1)
    if _now["language"] == "fi":
        for word, finnish in _FIXED.items():
            output = output.replace(f'"{word}"', f'"{finnish}"')
    return output


def _translate(text: str) -> str:
    return _WORDS.get(text, text) if _now["language"] == "fi" else text
