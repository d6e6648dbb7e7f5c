"""How pages are looked at: what axe finds on them, and in which windows."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: Each width and each colour scheme once: no rule of axe asks for both at the same time.
SETUPS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark and narrow": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}
OPTIONS: dict[str, Any] = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # lists of what is right take as long as the search
}


def find_violations(page: Page) -> list[tuple[str, str]]:
    """What of WCAG 2.0-2.2 A and AA and of best practice the page breaks, with the first element of each."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [(item["id"], item["nodes"][0]["html"][:120]) for item in found]


def open_all(page: Page, which: str = "details") -> None:
    """Unfold the page's parts."""
    page.evaluate("which => document.querySelectorAll(which).forEach(item => { item.open = true })", which)
