"""The distribution strip: all municipalities on one line, and under it the agreement's, by name."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator
from indicators.charts.context import ChartContext, tick_text
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.drawing.lettering import text_width
from indicators.charts.drawing.style import SMALL_FONT_SIZE, WIDTH
from indicators.charts.figure_part import FigurePart
from indicators.charts.trend import even_ticks, linear
from indicators.narrative.texts import Texts

_LEFT, _RIGHT, _VALUES = 86.0, 288.0, 338.0
_ROW, _STRIP, _FOOT = 15.0, 40.0, 22.0
#: Lengths of the middle half beyond it where the axis may end.
_REACH: Final = 3.0


@dataclass(frozen=True)
class _Spread:
    """One year's values: of all municipalities, of the members in order, and of the region."""

    year: int
    every: np.ndarray
    members: np.ndarray
    region: float
    q1: float
    median: float
    q3: float


def make_distribution_chart(
    assessment: Assessment, area: Area, indicator: Indicator, texts: Texts, html_id: str, year: int
) -> FigurePart | None:
    """Draw an indicator's values of a year over all municipalities, with the agreement's marked and named.

    Parameters
    ----------
    area : Area
        The agreement's region.

    Returns
    -------
    FigurePart or None
        None where no member has a value, or the indicator is not shown for municipalities.
    """
    context = ChartContext(assessment, area, texts)
    spread = _find_spread(context, indicator, year)
    if spread is None:
        return None
    known = spread.members[~np.isnan(spread.members)]
    words = {
        "indicator": context.title(indicator),
        "year": spread.year,
        "span": context.span(indicator, known.min(), known.max()),
        "median": context.shown(indicator, spread.median),
    }
    details = [texts("chart_distribution_alt", area=context.area_name, n=len(spread.every))]
    if not np.isnan(spread.region):
        details.append(f"{context.area_name}: {context.shown(indicator, spread.region)}.")
    if spread.q1 == spread.q1:
        details.append(texts("chart_distribution_middle", span=context.span(indicator, spread.q1, spread.q3)))
    return context.part(
        indicator.id,
        _draw(context, indicator, spread),
        html_id,
        texts("chart_distribution_message", **words),
        " ".join(details),
        lambda: _make_table(context, spread, area),
    )


def _make_table(context: ChartContext, spread: _Spread, region: Area) -> pd.DataFrame:
    """The members' values, then the region's and the quartiles of all."""
    texts, members = context.texts, context.catalogue.members
    rows = [
        *((area.code, area.name(texts.language), v) for area, v in zip(members, spread.members, strict=True)),
        (region.code, region.name(texts.language), spread.region),
        ("", texts("chart_column_q1"), spread.q1),
        ("", texts("median"), spread.median),
        ("", texts("chart_column_q3"), spread.q3),
    ]
    return pd.DataFrame(
        [{"area_code": code, "area": name, "year": spread.year, "value": v} for code, name, v in rows]
    )


def _find_spread(context: ChartContext, indicator: Indicator, year: int) -> _Spread | None:
    panel = context.panel_of_municipalities(indicator)
    if panel is None or year not in panel.years:
        return None
    at = panel.years.tolist().index(year)
    members = panel.value[context.member_rows]
    if np.isnan(members[:, at]).all():
        return None
    every = panel.value[panel.index.is_municipality, at]
    region = panel.index.codes.index(context.area.code)
    spread = panel.spread
    return _Spread(
        int(panel.years[at]),
        every[~np.isnan(every)],
        members[:, at],
        float(panel.value[region, at]),
        float(spread.q1[at]),
        float(spread.median[at]),
        float(spread.q3[at]),
    )


def _axis(spread: _Spread) -> tuple[float, float]:
    """Ends of the axis: all members and the region, and others as far as three middle halves away."""
    reach = _REACH * (spread.q3 - spread.q1)
    inside = spread.every[(spread.every >= spread.q1 - reach) & (spread.every <= spread.q3 + reach)]
    together = np.concatenate([inside, spread.members, [spread.region]])
    return float(np.nanmin(together)), float(np.nanmax(together))


def _draw(context: ChartContext, indicator: Indicator, spread: _Spread) -> Canvas:
    texts, members = context.texts, context.catalogue.members
    height = _STRIP + _ROW * len(members) + _FOOT
    canvas = Canvas(WIDTH, height)
    ticks = even_ticks(*_axis(spread), 6)
    x = linear(ticks[0], ticks[-1], _LEFT + 4, _RIGHT - 4)
    top, bottom = height - _STRIP, _FOOT
    low, high = x(spread.q1), x(spread.q3)
    canvas.fill([[(low, bottom), (high, bottom), (high, height - 18), (low, height - 18)]], "band")
    canvas.lines([[(x(tick), bottom), (x(tick), top)] for tick in ticks], "grid", 0.7)
    canvas.lines([[(side, bottom), (side, height - 18)] for side in (low, high)], "median", 0.6)
    canvas.lines([[(x(spread.median), bottom), (x(spread.median), height - 18)]], "median", 1.2, (3, 2.5))
    inside = spread.every[(spread.every >= ticks[0]) & (spread.every <= ticks[-1])]
    places = sorted({round(x(value), 1) for value in inside.tolist()})
    canvas.lines([[(place, height - 33), (place, height - 21)] for place in places], "median", 0.7)
    if not np.isnan(spread.region):
        canvas.lines([[(x(spread.region), bottom), (x(spread.region), height - 18)]], "region", 2)
    _draw_members(canvas, context, indicator, spread, x, top)
    for tick in ticks:
        canvas.text((x(tick), 10), tick_text(tick, context.language), "muted", "center", SMALL_FONT_SIZE)
    _draw_head(canvas, context, indicator, spread, x, len(spread.every) - len(inside))
    canvas.text((0, height - 27), texts("chart_all_municipalities"), "muted", size=SMALL_FONT_SIZE)
    return canvas


def _draw_members(
    canvas: Canvas, context: ChartContext, indicator: Indicator, spread: _Spread, x: Any, top: float
) -> None:
    members = context.catalogue.members
    ys = [top - _ROW * (at + 0.5) for at in range(len(members))]
    known = [(x(v), y) for v, y in zip(spread.members.tolist(), ys, strict=True) if v == v]
    canvas.dots(known, "ground", 9)
    canvas.dots(known, "own", 7)
    for member, value, y in zip(members, spread.members.tolist(), ys, strict=True):
        number = context.number(indicator, value) or context.texts("no_value")
        marks = None if value != value else context.marks(indicator, value, spread.year, member.code)
        canvas.text((0, y), member.name(context.language), "text", size=SMALL_FONT_SIZE)
        canvas.text((_VALUES, y), number, "text", "right", SMALL_FONT_SIZE, attributes=marks)


def _taken(label: tuple[float, str, str]) -> float:
    return text_width(label[1], SMALL_FONT_SIZE, label[2] == "own")


def _draw_head(
    canvas: Canvas, context: ChartContext, indicator: Indicator, spread: _Spread, x: Any, n_outside: int
) -> None:
    """The region's and the median's labels above the strip, apart from each other; how many are beyond."""
    y = canvas.height - 8
    labels = [
        (
            x(spread.median),
            f"{context.texts('chart_median')} {context.number(indicator, spread.median)}",
            "muted",
        )
    ]
    if not np.isnan(spread.region):
        name = f"{context.area_name} {context.number(indicator, spread.region)}"
        labels.append((x(spread.region), name, "own"))
    labels.sort(key=lambda item: item[0])
    for at, (place, label, role) in enumerate(labels):
        is_left = at == 0 and len(labels) > 1
        width = text_width(label, SMALL_FONT_SIZE, role == "own")
        start = max(0.0, place - width) if is_left else min(place, WIDTH - width)
        if is_left:
            start = min(start, labels[1][0] - width - 6, WIDTH - _taken(labels[1]) - width - 6)
        canvas.text((start, y), label, role, size=SMALL_FONT_SIZE, bold=role == "own")
    if n_outside:
        canvas.text(
            (WIDTH, canvas.height - 27),
            context.texts("chart_outside", n=n_outside),
            "muted",
            "right",
            SMALL_FONT_SIZE,
        )
