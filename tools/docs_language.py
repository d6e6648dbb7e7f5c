"""MkDocs hook: each page says which language it is in; the theme knows one for the whole site."""

from typing import Any

ENGLISH = ("architecture.md", "methods.md", "sources.md", "reference/")


def on_post_page(output: str, page: Any, config: Any) -> str:
    """The page with ``<html lang>`` of its own text."""
    is_english = page.file.src_uri.startswith(ENGLISH)
    return output.replace('<html lang="en"', f'<html lang="{"en" if is_english else "fi"}"', 1)
