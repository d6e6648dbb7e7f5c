"""Colours, sizes and marks of every chart, in one place.

A chart is drawn in *roles*, not colours. Each role is a CSS variable, so that the page's light, dark and
print styles apply; the fallback is the light colour, for notebooks without the page's stylesheet.
"""

from dataclasses import dataclass
from typing import Final, Literal

#: What the charts are drawn on in each scheme; the page's grounds.
GROUNDS: Final[dict[str, str]] = {"light": "#ffffff", "dark": "#14181d"}


@dataclass(frozen=True)
class Role:
    """What a stroke or a fill stands for: the CSS variable, the light and dark colours.

    ``kind`` tells what it is used for: ``text`` holds 4.5:1 on the ground, ``mark`` 3:1; ``fill`` is a
    surface whose edge or label says the same, ``line`` a rule that nothing depends on.
    """

    variable: str
    light: str
    dark: str
    kind: Literal["text", "mark", "fill", "line"]


_Kind = Literal["text", "mark", "fill", "line"]
_DECLARED: Final[dict[str, tuple[str, str, _Kind]]] = {
    "own": ("#12355b", "#9cc9ff", "text"),
    "region": ("#5d6875", "#aab4bf", "mark"),
    "median": ("#7a8490", "#8f99a5", "mark"),
    "text": ("#1a1f26", "#eceff3", "text"),
    "muted": ("#515b66", "#b4bdc7", "text"),
    "grid": ("#d9dee3", "#3a424b", "line"),
    "better": ("#0a4a8f", "#b9dbff", "text"),
    "worse": ("#b85a00", "#ffa351", "text"),
    "similar": ("#808893", "#8690a0", "mark"),
    "background": ("#6f5f86", "#b3a3cc", "text"),
    "band": ("#e3e9f0", "#2a3541", "fill"),
    "interval": ("#dbe6f2", "#24405c", "fill"),
    "ground": (GROUNDS["light"], GROUNDS["dark"], "line"),
    "tint-high": ("#d5cde0", "#453a57", "fill"),
    "tint-middle": ("#eeebf3", "#2c2836", "fill"),
}

#: Roles that are drawn in a colour of the report's page that has another name there.
_NAMES: Final = {
    **{"region": "rest", "median": "mark", "text": "ink", "grid": "rule"},
    **{"similar": "mark", "band": "half", "ground": "bg"},
}
ROLES: Final[dict[str, Role]] = {
    name: Role(f"--{_NAMES.get(name, name)}", light, dark, kind)
    for name, (light, dark, kind) in _DECLARED.items()
}


@dataclass(frozen=True)
class Mark:
    """How one of `indicators.assessment.goals.MARKS` is drawn: never by its colour alone.

    ``shape`` is as matplotlib calls it, ``glyph`` the same shape as a character, ``text_key`` its word.
    """

    role: str
    shape: str
    glyph: str
    text_key: str
    is_filled: bool = True


MARKS: Final[dict[str, Mark]] = {
    "better": Mark("better", "^", "▲", "chart_mark_better"),
    "similar": Mark("similar", "o", "●", "chart_mark_similar"),
    "worse": Mark("worse", "v", "▼", "chart_mark_worse"),
    "background": Mark("background", "s", "■", "chart_mark_background"),
    "position": Mark("muted", "D", "◇", "chart_mark_position", is_filled=False),
    "unassessed": Mark("muted", "o", "○", "chart_mark_unassessed", is_filled=False),
    "no_value": Mark("muted", "_", "–", "chart_mark_no_value"),
}

#: Width of a drawing. A telephone of 320 pixels shows it whole, with texts of ten pixels at least.
WIDTH: Final = 340.0
SMALL_FONT_SIZE: Final = 10.7
