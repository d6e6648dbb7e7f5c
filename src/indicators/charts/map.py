"""The map of the agreement's municipalities, each with its name and its value."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np

from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator
from indicators.charts.context import ChartContext
from indicators.charts.drawing.canvas import Canvas, Point
from indicators.charts.drawing.lettering import text_width, wrap
from indicators.charts.drawing.style import MARKS, WIDTH
from indicators.charts.figure_part import FigurePart
from indicators.config import DATA_FOLDER
from indicators.model import Language
from indicators.narrative.formats import round_half_up
from indicators.narrative.texts import Texts

BOUNDARIES_FILE: Final = DATA_FOLDER / "boundaries.json"
_MARGIN: Final = 4.0
_MAP_WIDTH: Final = WIDTH - 2 * _MARGIN
_HATCHING: Final = 11.5
_SOURCE_LINE, _KEY_LINE, _SWATCH, _KEY_GAP = 13.0, 17.0, 21.0, 12.0


@dataclass(frozen=True)
class Surface:
    """How a class is filled: a tint, and hatching that tells it apart without colour."""

    tint: str
    hatch: Literal["", "rising", "falling"] = ""


_SURFACES: Final[dict[str, Surface]] = {
    "highest_quarter": Surface("tint-high", "rising"),
    "middle_half": Surface("tint-middle"),
    "lowest_quarter": Surface("ground", "falling"),
    "unassessed": Surface("ground"),
    "no_value": Surface("ground"),
}


@dataclass(frozen=True)
class Boundaries:
    """Outlines and label places of the municipalities in points, fitted to a width."""

    outlines: dict[str, list[np.ndarray]]
    labels: dict[str, Point]
    height: float
    source: dict[str, str]
    licence: str

    def credit(self, language: Language) -> str:
        """Where the borders are from, and under which licence."""
        return f"{self.source[language]}, {self.licence}"


@lru_cache(maxsize=1)
def load_boundaries() -> Boundaries:
    """The packaged borders, the map's lower left corner at the origin."""
    declared = json.loads(BOUNDARIES_FILE.read_text("utf-8"))
    outlines = {
        code: [np.cumsum(np.array(flat).reshape(-1, 2), axis=0) for flat in area["outlines"]]
        for code, area in declared["areas"].items()
    }
    points = np.concatenate([ring for rings in outlines.values() for ring in rings])
    low, high = points.min(axis=0), points.max(axis=0)
    scale = _MAP_WIDTH / (high[0] - low[0])
    return Boundaries(
        outlines={
            code: [np.round((ring - low) * scale) for ring in rings] for code, rings in outlines.items()
        },
        labels={
            code: tuple((np.array(area["label"]) - low) * scale) for code, area in declared["areas"].items()
        },
        height=float((high[1] - low[1]) * scale),
        source=declared["source"],
        licence=declared["licence"],
    )


@dataclass(frozen=True)
class _Place:
    """One municipality on the map."""

    area: Area
    value: float | None
    year: int | None
    kind: str


def make_map_chart(
    assessment: Assessment, area: Area, indicator: Indicator, texts: Texts, html_id: str, year: int
) -> FigurePart | None:
    """Draw the agreement's municipalities by their place among all municipalities in a year.

    Parameters
    ----------
    area : Area
        The agreement's region.

    Returns
    -------
    FigurePart or None
        None where no municipality has a value, the indicator is not shown for municipalities, or the borders
        of a municipality are not packaged: half a map would mislead.
    """
    context = ChartContext(assessment, area, texts)
    places = _find_places(context, indicator, year)
    is_empty = all(place.kind == "no_value" for place in places)
    if is_empty or not all(place.area.code in load_boundaries().outlines for place in places):
        return None
    words = _words(context, places)
    message = texts("chart_map_message", indicator=context.title(indicator), year=year)
    details = _details(context, indicator, places, words)
    return FigurePart(
        area=area.code,
        indicator=indicator.id,
        snapshot=assessment.snapshot.id,
        language=context.language,
        message=message,
        alt=f"{message.rstrip('.')}. {details}",
        # The message is the drawing's title and the details its description: nothing is read out twice.
        svg=_draw(context, indicator, places, words).to_svg(message, details, html_id),
    )


def _find_places(context: ChartContext, indicator: Indicator, year: int) -> list[_Place]:
    """Every member in the year; older figures are not mixed in."""
    places = []
    for area in context.catalogue.members:
        row = context.assessment.row(area.code, indicator.id)
        if row is None or row.value is None or row.year != year:
            places.append(_Place(area, None, None, "no_value"))
            continue
        kind = "unassessed" if row.quartile == "not_assessed" else row.quartile
        places.append(_Place(area, row.value, year, kind))
    return places


def _words(context: ChartContext, places: Sequence[_Place]) -> dict[str, str]:
    """The classes that occur, in order, with their words."""
    present = {place.kind for place in places}
    return {
        kind: context.texts(MARKS[kind].text_key) if kind in MARKS else context.texts(f"chart_map_{kind}")
        for kind in _SURFACES
        if kind in present
    }


# --- drawing ------------------------------------------------------------------------------------------


def _draw(
    context: ChartContext, indicator: Indicator, places: Sequence[_Place], words: dict[str, str]
) -> Canvas:
    borders = load_boundaries()
    key = _place_key(words)
    source = wrap(borders.credit(context.language), WIDTH - 2 * _MARGIN)
    foot = _MARGIN + _SOURCE_LINE * len(source) + 3
    canvas = Canvas(WIDTH, borders.height + _MARGIN + foot + _KEY_LINE * len(key))
    shift = np.array([_MARGIN, foot])
    for kind in words:
        surface = _SURFACES[kind]
        rings = [
            ring + shift
            for place in places
            if place.kind == kind
            for ring in borders.outlines[place.area.code]
        ]
        canvas.fill([ring.tolist() for ring in rings], surface.tint, "median", 1)
        if surface.hatch:
            canvas.lines(hatch(rings, surface.hatch), "background", 0.7)
    _draw_labels(canvas, context, indicator, places, shift)
    _draw_key(canvas, words, key)
    for at, line in enumerate(reversed(source)):
        canvas.text((_MARGIN, 8 + _SOURCE_LINE * at), line, "muted")
    return canvas


def _draw_labels(
    canvas: Canvas, context: ChartContext, indicator: Indicator, places: Sequence[_Place], shift: np.ndarray
) -> None:
    """Names with values under them."""
    labels = load_boundaries().labels
    for place in places:
        x, y = labels[place.area.code] + shift
        name = place.area.name(context.language)
        canvas.text((x, y + 5), name, "text", "center", False, True)
    for place in places:
        x, y = labels[place.area.code] + shift
        value, marks = context.texts("no_value"), None
        if place.value is not None:
            value = context.number(indicator, place.value)
            rounded = str(round_half_up(place.value, indicator.decimals))
            marks = {"data-value": rounded, "data-year": str(place.year), "data-area": place.area.code}
        canvas.text((x, y - 5), value, "text", "center", True, True, marks)


def _place_key(words: dict[str, str]) -> list[list[tuple[float, str]]]:
    """Lines of places along the width and classes, in the order of their words."""
    lines: list[list[tuple[float, str]]] = [[]]
    at = 0.0
    for name, word in words.items():
        taken = _SWATCH + text_width(word)
        if at and at + taken > WIDTH - _MARGIN:
            lines.append([])
            at = 0.0
        lines[-1].append((at, name))
        at += taken + _KEY_GAP
    return lines


def _draw_key(canvas: Canvas, words: dict[str, str], lines: Sequence[Sequence[tuple[float, str]]]) -> None:
    """The classes above the map, each with a swatch of its surface, its mark and its word."""
    for number, line in enumerate(lines):
        y = canvas.height - _KEY_LINE * (number + 0.5)
        for at, kind in line:
            surface, left = _SURFACES[kind], _MARGIN + at
            swatch = np.array([(left, y - 6), (left + 16, y - 6), (left + 16, y + 6), (left, y + 6)])
            canvas.fill([swatch.tolist()], surface.tint)
            if surface.hatch:
                canvas.lines(hatch([swatch], surface.hatch), "background", 0.7)
            canvas.lines([[*swatch.tolist(), swatch[0].tolist()]], "median", 0.8)
            canvas.text((left + _SWATCH, y), words[kind], "text")


def hatch(rings: Sequence[np.ndarray], way: str) -> list[list[Point]]:
    """Parallel slanting lines within outlines: cuts of even lines with the edges, taken in pairs."""
    slant = 1.0 if way == "rising" else -1.0
    pieces: list[list[Point]] = []
    for ring in rings:
        level = ring[:, 1] - slant * ring[:, 0]
        following, after = np.roll(ring, -1, axis=0), np.roll(level, -1)
        first = np.ceil(level.min() / _HATCHING)
        for height in np.arange(first, level.max() / _HATCHING) * _HATCHING:
            crosses = (level > height) != (after > height)
            share = (height - level[crosses]) / (after[crosses] - level[crosses])
            cuts = ring[crosses] + share[:, None] * (following[crosses] - ring[crosses])
            ordered = cuts[np.argsort(cuts[:, 0])].tolist()
            pieces += [[start, end] for start, end in zip(ordered[::2], ordered[1::2], strict=True)]
    return pieces


# --- words and figures --------------------------------------------------------------------------------


def _details(
    context: ChartContext, indicator: Indicator, places: Sequence[_Place], words: dict[str, str]
) -> str:
    texts = context.texts
    sentences = [texts("chart_map_alt_position", area=context.area_name)]
    for kind, word in words.items():
        named = [(place.area.name(context.language), place.value) for place in places if place.kind == kind]
        listed = ", ".join(f"{name} {context.number(indicator, value)}".strip() for name, value in named)
        sentences.append(f"{word[:1].upper()}{word[1:]}: {listed}.")
    return " ".join(sentences)
