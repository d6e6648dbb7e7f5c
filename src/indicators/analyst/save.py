"""A report's drawing as a file for other programs: drawn again by matplotlib, in plain colours.

The drawings of reports hold lines, filled outlines and texts only (see ``charts/drawing/canvas.py``), in the
page's style variables and font, which Office and Inkscape do not know.
"""

import re
import textwrap
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke

from indicators.errors import ParameterError
from indicators.folders import telling

FORMATS: Final = (".png", ".pdf", ".svg")
_VARIABLE: Final = re.compile(r"var\(--[\w-]+,(#[0-9a-f]{6})\)")
_STEP: Final = re.compile(r"([MLz])([^MLz]*)")
_CODES: Final = {"M": Outline.MOVETO, "L": Outline.LINETO}
_CM: Final = 2.54
#: Of PNG.
_DPI: Final = 200
_TITLE_LINE, _NOTE_LINE = 18.0, 13.0


def save_drawing(svg: str, path: str | Path, *, title: str, note: str, alt: str, width: float) -> Path:
    """Save a drawing with a title above it and a note below, for `Chart.save`, whose errors it raises."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise ParameterError("path", path.name, f"a name that ends in one of {', '.join(FORMATS)}")
    if not width > 0:
        raise ParameterError("width", width, "centimetres, above zero")
    figure = _draw(ET.fromstring(svg), title, note, width / _CM)
    metadata = {"Description" if path.suffix.lower() != ".pdf" else "Subject": alt, "Title": title}
    with telling(path), plt.rc_context({"svg.fonttype": "none", "pdf.fonttype": 42}):
        figure.savefig(path, dpi=_DPI, metadata=metadata)
    return path


def _draw(root: ET.Element, title: str, note: str, width: float) -> Figure:
    """The drawing in a figure of its own shape, in inches."""
    _, _, wide, high = (float(number) for number in root.get("viewBox", "").split())
    titles, notes = textwrap.wrap(title, 48), textwrap.wrap(note, 72)
    top, bottom = _TITLE_LINE * len(titles) + 12, _NOTE_LINE * len(notes) + 10
    scale = width * 72 / wide  # points of the paper to one of the drawing
    figure = Figure(figsize=(width, width * (high + top + bottom) / wide))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, wide), ylim=(high + bottom, -top))
    ax.set_axis_off()
    _draw_group(ax, root, {}, scale)
    for at, line in enumerate(titles):
        ax.text(4, 4 - top + _TITLE_LINE * at, line, size=12 * scale, weight="bold", va="top")
    for at, line in enumerate(notes):
        ax.text(4, high + 6 + _NOTE_LINE * at, line, size=9 * scale, va="top", color="#515b66")
    return figure


def _draw_group(ax: Axes, element: ET.Element, inherited: dict[str, str], scale: float) -> None:
    """Draw an element's own and what it holds, in the order in which they lie on each other."""
    style = inherited | _read_style(element)
    if element.tag == "path":
        _draw_path(ax, element.get("d", ""), style, scale)
    elif element.tag in ("text", "tspan") and (element.text or "").strip():
        _draw_text(ax, element, style, scale)
    for child in element:
        if child.tag == "tspan":
            child.set("y", element.get("y", "0"))
        _draw_group(ax, child, style, scale)


def _read_style(element: ET.Element) -> dict[str, str]:
    declared = _VARIABLE.sub(r"\1", element.get("style", ""))
    return {key: value for key, _, value in (item.partition(":") for item in declared.split(";")) if value}


def _draw_path(ax: Axes, steps: str, style: dict[str, str], scale: float) -> None:
    vertices, codes = [], []
    for step, numbers in _STEP.findall(steps):
        if step == "z":
            vertices.append((0.0, 0.0))
            codes.append(Outline.CLOSEPOLY)
            continue
        values = [float(number) for number in numbers.replace(",", " ").split()]
        points = list(zip(values[::2], values[1::2], strict=True))
        if step == "L" and points[0] == vertices[-1]:  # a dot: matplotlib draws no line without a length
            points[0] = (points[0][0] + 0.05, points[0][1])
        vertices += points
        codes += [_CODES[step], *[Outline.LINETO] * (len(values) // 2 - 1)]
    stroke, fill = style.get("stroke", "none"), style.get("fill", "none")
    dash = [float(length) for length in style.get("stroke-dasharray", "").replace(",", " ").split()]
    pen = float(style.get("stroke-width", 1)) if stroke != "none" else 0.0
    line = (0, [length / pen for length in dash]) if dash and pen else "-"
    outline = Outline(vertices, codes)
    outline.should_simplify = False  # or the dots go
    patch = PathPatch(
        outline,
        facecolor=fill,
        edgecolor=stroke,
        linewidth=pen * scale,
        linestyle=line,
        capstyle=style.get("stroke-linecap", "butt"),
        joinstyle="round",
        snap=False,
    )
    ax.add_patch(patch)


def _draw_text(ax: Axes, element: ET.Element, style: dict[str, str], scale: float) -> None:
    anchors = {"middle": "center", "end": "right"}
    text = ax.text(
        float(element.get("x", 0)),
        float(element.get("y", 0)),
        element.text or "",
        size=float(style["font-size"].removesuffix("px")) * scale,
        color=style.get("fill", "black"),
        weight=int(style.get("font-weight", 400)),
        ha=anchors.get(style.get("text-anchor", ""), "left"),
        va="baseline",
    )
    if "paint-order" in style:
        rim = float(style["stroke-width"].removesuffix("px")) * scale
        text.set_path_effects([withStroke(linewidth=rim, foreground=style["stroke"])])
