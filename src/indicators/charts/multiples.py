"""Small multiples: each other municipality of the agreement in grey, with this one in front."""

from typing import Final

import numpy as np
import pandas as pd

from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator
from indicators.charts.context import ChartContext
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.lettering import shorten, text_width, wrap
from indicators.charts.drawing.style import FONT_SIZE, SMALL_FONT_SIZE, WIDTH
from indicators.charts.figure_part import FigurePart
from indicators.charts.trend import linear, runs
from indicators.narrative.texts import Texts

_COLUMNS: Final = 3
_PANEL_WIDTH, _PANEL_HEIGHT, _GAP = 107.0, 50.0, 9.0
_NAME, _HEAD, _FOOT, _LINE = 14.0, 20.0, 34.0, 13.0
_MINIMUM_POINTS: Final = 2
_MOST_YEARS: Final = 12


def make_multiples_chart(
    assessment: Assessment, area: Area, indicator: Indicator, texts: Texts, html_id: str
) -> FigurePart | None:
    """Draw an indicator's years in every other municipality of the agreement beside this one's.

    Returns
    -------
    FigurePart or None
        None where the area has fewer than two years with a value, or the indicator is not shown for
        municipalities.

    Notes
    -----
    One scale for all. The last twelve years at most: a panel has no room for more. The text of each number
    carries ``data-municipality``, so that it can be read back from the page.
    """
    context = ChartContext(assessment, area, texts)
    panel = context.panel_of_municipalities(indicator)
    if panel is None or area.level != "municipality":
        return None
    own_values = panel.value[panel.index.codes.index(area.code)]
    known = np.flatnonzero(~np.isnan(own_values))
    if len(known) < _MINIMUM_POINTS:
        return None
    begin = max(int(known[0]), int(known[-1]) - _MOST_YEARS + 1)
    if (known >= begin).sum() < _MINIMUM_POINTS:
        return None
    span = slice(begin, int(known[-1]) + 1)
    others = [member for member in context.catalogue.members if member.code != area.code]
    values = {item.code: panel.value[panel.index.codes.index(item.code), span] for item in (area, *others)}
    years = panel.years[span]
    canvas = _draw(context, indicator, years, values, others)
    message, details = _sentences(context, indicator, years, values, others)
    return context.part(
        indicator.id, canvas, html_id, message, details, lambda: pd.DataFrame({"year": years} | values)
    )


def _sentences(
    context: ChartContext,
    indicator: Indicator,
    years: np.ndarray,
    values: dict[str, np.ndarray],
    others: list[Area],
) -> tuple[str, str]:
    """The message, and what each other municipality has in the same year."""
    texts = context.texts
    latest = {item: values[item.code][-1] for item in others if not np.isnan(values[item.code][-1])}
    words = {
        "area": context.area_name,
        "value": context.shown(indicator, values[context.area.code][-1]),
        "year": years[-1],
    }
    if not latest:
        message = texts("chart_message", **words)
    else:
        others_span = context.span(indicator, min(latest.values()), max(latest.values()))
        message = texts("chart_multiples_message", **words, span=others_span)
    own = values[context.area.code]
    first = int(np.flatnonzero(~np.isnan(own))[0])
    details = [
        texts(
            "chart_multiples_alt",
            indicator=context.title(indicator),
            area=context.area_name,
            first_value=context.shown(indicator, own[first]),
            first_year=years[first],
            value=words["value"],
            year=years[-1],
        )
    ]
    listed = [f"{item.name(context.language)} {context.number(indicator, v)}" for item, v in latest.items()]
    if listed:
        details.append(texts("chart_multiples_others", year=years[-1], values=", ".join(listed)))
    return message, " ".join(details)


def _draw(
    context: ChartContext,
    indicator: Indicator,
    years: np.ndarray,
    values: dict[str, np.ndarray],
    others: list[Area],
) -> Canvas:
    n_rows = -(-len(others) // _COLUMNS)
    step = _PANEL_HEIGHT + _NAME + _GAP
    canvas = Canvas(WIDTH, _HEAD + n_rows * step + _FOOT)
    panel = context.assessment.panels[indicator.id]
    breaks = {code: context.breaks(panel, indicator, code) for code in values}
    together = np.concatenate(list(values.values()))
    least, most = float(np.nanmin(together)), float(np.nanmax(together))
    own, others_lines, frames, labels, numbers = [], [], [], [], []
    ends_own, ends_other = [], []
    for at, item in enumerate(others):
        left = (at % _COLUMNS) * (_PANEL_WIDTH + _GAP)
        bottom = canvas.height - _HEAD - (at // _COLUMNS + 1) * step + _GAP
        x = linear(years[0], years[-1], left + 3, left + _PANEL_WIDTH - 3)
        y = linear(least, most, bottom + 3, bottom + _PANEL_HEIGHT - 3)
        frames.append([(left, bottom), (left + _PANEL_WIDTH, bottom)])
        name_y = bottom + _PANEL_HEIGHT + _NAME / 2
        for code, lines, ends in (
            (item.code, others_lines, ends_other),
            (context.area.code, own, ends_own),
        ):
            pieces = [
                [(x(year), y(v)) for year, v in piece] for piece in runs(years, values[code], breaks[code])
            ]
            lines += pieces
            ends += [pieces[-1][-1]] if pieces else []
        latest = values[item.code][-1]
        number = context.number(indicator, latest) or context.texts("no_value")
        room = _PANEL_WIDTH - text_width(number, SMALL_FONT_SIZE) - 5
        name = shorten(item.name(context.language), room, SMALL_FONT_SIZE)
        labels.append((left, name_y, name))
        numbers.append((left + _PANEL_WIDTH, name_y, number, item.code))
    canvas.lines(frames, "median", 0.8)
    canvas.lines(others_lines, "region", 1.5)
    canvas.dots(ends_other, "region", 4)
    canvas.lines(own, "own", 2)
    canvas.dots(ends_own, "own", 4.5)
    for left, y, name in labels:
        canvas.text((left, y), name, "muted", size=SMALL_FONT_SIZE)
    for right, y, number, code in numbers:
        own_code = {"data-municipality": code}
        canvas.text((right, y), number, "muted", "right", SMALL_FONT_SIZE, attributes=own_code)
    number = context.number(indicator, values[context.area.code][-1])
    canvas.text(
        (0, canvas.height - 8),
        f"{context.area_name} {number}",
        "own",
        size=FONT_SIZE,
        bold=True,
        attributes={"data-municipality": context.area.code},
    )
    low, high = context.number(indicator, least), context.number(indicator, most)
    scale = context.texts("chart_multiples_scale", first=years[0], last=years[-1], low=low, high=high)
    for at, line in enumerate(wrap(scale, WIDTH, SMALL_FONT_SIZE, most=2)):
        canvas.text((0, 6 + _LINE * (1 - at)), line, "muted", size=SMALL_FONT_SIZE)
    return canvas
