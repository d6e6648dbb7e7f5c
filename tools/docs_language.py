"""MkDocs hook: each page says which language it is in; the theme knows one for the whole site."""

from typing import Any

ENGLISH = "In English"  # the part of the contents in mkdocs.yml


def on_post_page(output: str, page: Any, config: Any) -> str:
    """The page with ``<html lang>`` of its own text."""
    is_english = any(section.title == ENGLISH for section in page.ancestors)
    return output.replace('<html lang="en"', f'<html lang="{"en" if is_english else "fi"}"', 1)
