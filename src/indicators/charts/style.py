"""Colours and sizes of every chart, in one place.

A chart is drawn in *roles*, not colours. Each role has a marker colour that matplotlib writes into the SVG
and that is then replaced by a CSS variable, so that the page's light, dark and print styles apply; the
fallback is the light colour, for notebooks without the page's stylesheet.
"""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Role:
    """What a mark stands for: the colour drawn, the CSS variable, and the light and dark colours."""

    marker: str
    variable: str
    light: str
    dark: str


#: Text reaches 4.5:1 and lines 3:1 on white and on the dark ground; lines differ in weight and dash too.
ROLES: Final[dict[str, Role]] = {
    "own": Role("#010101", "--own", "#12355b", "#9cc9ff"),
    "region": Role("#020202", "--region", "#5d6875", "#aab4bf"),
    "median": Role("#030303", "--median", "#7a8490", "#8f99a5"),
    "text": Role("#040404", "--text", "#1a1f26", "#eceff3"),
    "muted": Role("#050505", "--muted", "#515b66", "#b4bdc7"),
    "grid": Role("#060606", "--grid", "#d9dee3", "#3a424b"),
}

FONT_SIZE: Final = 10.5
SMALL_FONT_SIZE: Final = 9.5

#: Text stays text; ids and order of the SVG do not depend on the process or the time.
RC_PARAMS: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "yhdyspinta",
    "path.simplify": False,
    "font.size": FONT_SIZE,
}


def css_variables(scheme: str) -> str:
    """The roles' colours as CSS declarations for the ``light`` or ``dark`` scheme."""
    return ";".join(f"{role.variable}:{getattr(role, scheme)}" for role in ROLES.values())
