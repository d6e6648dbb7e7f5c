"""The look of the municipal report: its colours, its typeface and its stylesheets, put together."""

import base64
import re
from functools import lru_cache
from importlib.resources import files
from typing import Final

from markupsafe import Markup

from indicators.charts.drawing.style import ROLES
from indicators.config import DATA_FOLDER

FONT_FAMILY: Final = "Yhdyspinta Sans"
_FONTS: Final = DATA_FOLDER / "fonts"
#: A weight of the page and the file that draws it.
_WEIGHTS: Final = {"400": "source-sans-3-400.woff2", "600 700": "source-sans-3-600.woff2"}

#: Colours by name, light and dark. Text holds 4.5:1 on ``bg`` and ``soft``, marks hold 3:1.
COLOURS: Final[dict[str, tuple[str, str]]] = {
    "bg": ("#ffffff", "#12181e"),
    "soft": ("#f2f5f7", "#1b242c"),
    "ink": ("#1b2733", "#e6ecf1"),
    "muted": ("#51606e", "#a9b6c2"),
    "rule": ("#d5dce2", "#33404b"),
    "accent": ("#0f4c6e", "#8cc4e6"),
    "band": ("#0f4c6e", "#16303f"),
    "on-band": ("#ffffff", "#ffffff"),
    "on-band-muted": ("#cfe0ea", "#c3d8e5"),
    "mark": ("#7e8e9b", "#74828f"),
    "median": ("#1b2733", "#f0f4f7"),
    "rest": ("#51606e", "#b9c5cf"),
    "better": ("#1769aa", "#6db3ee"),
    "worse": ("#a8480a", "#f2a05c"),
    "own": ("#10222f", "#f4f8fb"),
}
#: What only drawings use: surfaces, and background figures.
_OF_DRAWINGS: Final = {
    name: (role.light, role.dark)
    for role in ROLES.values()
    if (name := role.variable.removeprefix("--")) not in COLOURS
}


def declare_colours(scheme: str) -> str:
    """The colours as CSS declarations for the ``light`` or ``dark`` scheme."""
    at = ("light", "dark").index(scheme)
    return ";".join(f"--{name}:{pair[at]}" for name, pair in {**COLOURS, **_OF_DRAWINGS}.items())


@lru_cache(maxsize=4)
def municipal_stylesheet(*more: str) -> Markup:
    """The whole stylesheet of a page: screen, telephone and paper, and further sheets by name."""
    colours = (
        f":root{{color-scheme:light dark;{declare_colours('light')}}}"
        # On the screen only: a dark desktop must not print dark.
        f"@media screen and (prefers-color-scheme:dark){{:root{{{declare_colours('dark')}}}}}"
    )
    sheets = "".join(_squeeze(_read(f"{name}.css")) for name in ("page", "sections", "phone", "paper", *more))
    return Markup(_font_faces() + colours + sheets)


@lru_cache(maxsize=1)
def municipal_notebook_stylesheet() -> Markup:
    """The same look for sections shown in JupyterLab, inside its outputs, so that nothing else changes."""
    outputs = ".jp-RenderedHTMLCommon"
    return Markup(
        f"{_font_faces()}{outputs}{{{declare_colours('light')};font-family:'{FONT_FAMILY}',sans-serif;"
        f"{_squeeze(_read('sections.css'))}}}"
        f"[data-jp-theme-light='false'] {outputs}{{{declare_colours('dark')}}}"
        # sections of paper alone: a notebook shows their rows in the goals
        f"{outputs} :is(#mittarit,#liite){{display:none}}"
    )


def _font_faces() -> str:
    """The typeface inside the page: it asks for nothing, and looks the same everywhere."""
    faces = ""
    for weight, name in _WEIGHTS.items():
        data = base64.b64encode((_FONTS / name).read_bytes()).decode()
        faces += (
            f'@font-face{{font-family:"{FONT_FAMILY}";font-weight:{weight};'
            f'src:url(data:font/woff2;base64,{data}) format("woff2")}}'
        )
    return faces


def _read(name: str) -> str:
    return files("indicators.report").joinpath("templates", "look", name).read_text("utf-8")


def _squeeze(css: str) -> str:
    css = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()
    return re.sub(r" ?([{};,>]) ?", r"\1", css)
