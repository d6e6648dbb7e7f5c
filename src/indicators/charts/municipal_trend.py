"""The trend chart of one indicator in one area, with message, alt text and figures."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.assessment.table import Assessment
from indicators.assessment.targets import Aim
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator
from indicators.charts.context import ChartContext, tick_text
from indicators.charts.drawing.interval_band import find_band
from indicators.charts.figure_part import FigurePart
from indicators.charts.trend import Band, Line, Target, draw_trend
from indicators.narrative.aims import AimWriter
from indicators.narrative.texts import Texts

#: Fewer points than this show no development.
MINIMUM_POINTS: Final = 2
_MOVED: Final = ("improving", "worsening", "rising", "falling")
_MOVEMENT_KEYS: Final = {
    ("tested", "up"): "chart_message_tested_up",
    ("tested", "down"): "chart_message_tested_down",
    ("indicative", "up"): "chart_message_indicative_up",
    ("indicative", "down"): "chart_message_indicative_down",
}


def make_trend_chart(
    assessment: Assessment,
    area: Area,
    indicator: Indicator,
    texts: Texts,
    html_id: str,
    *,
    row: Any = None,
    targets: Sequence[Target] = (),
) -> FigurePart | None:
    """Draw an indicator's years in an area against its region and the median of municipalities.

    Parameters
    ----------
    row : assessment row, optional
        The area's row of the indicator, where the caller has it at hand.
    targets : sequence of Target
        What is aimed at; see `describe_target`.

    Returns
    -------
    FigurePart or None
        None where the area has fewer than two years with a value, or the indicator is not shown at its level.
    """
    if area.level not in indicator.levels:
        return None
    table = assessment.trend(area.code, indicator.id)
    if table.empty or table["value"].notna().sum() < MINIMUM_POINTS:
        return None
    context = ChartContext(assessment, area, texts)
    row = context.row(indicator) if row is None else row
    facts = _Facts(context, indicator, table, row)
    years = np.arange(table["year"].iloc[0], table["year"].iloc[-1] + 1)
    own, region, median = _by_year(table, years)
    lines = [Line(own, facts.label(context.area_name, "value"), "own")]
    if facts.has_comparators:
        lines += [
            Line(region, facts.label(context.region_name, "region_value"), "region"),
            Line(median, facts.label(texts("chart_median"), "median"), "median"),
        ]
    band = None if row is None else find_band(assessment, indicator, area.code, years, row.dispersion)
    breaks = context.breaks(assessment.panels[indicator.id], indicator)
    canvas = draw_trend(years, lines, breaks, facts.tick_text, band, targets)
    shown = _shown(context, table, years, band, targets)
    return context.part(
        indicator.id,
        canvas,
        html_id,
        _with_targets(facts.message(), targets),
        facts.alt(band is not None),
        shown,
        _headings(context, shown, targets),
        [indicator.decimals] * len(shown),
    )


def describe_target(aim: Aim, writer: AimWriter) -> Target:
    """A target of the plan as the chart draws and tells it."""
    key, target = aim.indicator_id, aim.target
    value = target.value
    low, high = (target.low, target.high) if value is None else (value, value)
    number = (
        writer.number(key, low) if low == high else f"{writer.number(key, low)}–{writer.number(key, high)}"
    )
    texts = writer.texts
    note = f"{target.year}, {texts('target_example')}" if writer.is_example else str(target.year)
    return Target(
        low, high, f"{texts('chart_target')} {number}", note, writer.sentence(aim), writer.heading(target)
    )


def _with_targets(message: str, targets: Sequence[Target]) -> str:
    """The message, and after it each target as a sentence of its own."""
    if not targets:
        return message
    return " ".join([f"{message.rstrip('.')}.", *(target.sentence for target in targets)])


def _by_year(table: pd.DataFrame, years: np.ndarray) -> list[np.ndarray]:
    """Own, region's and median values in every year of the axis."""
    at = table["year"].to_numpy() - years[0]
    columns = []
    for name in ("value", "region_value", "median"):
        column = np.full(len(years), np.nan)
        column[at] = table[name].to_numpy()
        columns.append(column)
    return columns


def _shown(
    context: ChartContext,
    table: pd.DataFrame,
    years: np.ndarray,
    band: Band | None,
    targets: Sequence[Target],
) -> pd.DataFrame:
    """The figures drawn, with a remark in words where a year is not as the others."""
    columns = {name: table[name].to_numpy() for name in ("year", "value", "region_value", "median")}
    if band is not None:
        at = columns["year"] - years[0]
        columns |= {"lower_limit": band.lower[at], "upper_limit": band.upper[at]}
    for at, target in enumerate(targets):
        columns[f"target_{at}"] = np.full(len(table), target.low)
        if target.high != target.low:
            columns[f"target_{at}_high"] = np.full(len(table), target.high)
    remarks = [context.texts(f"status_{status}") for status in table["status"]]
    return pd.DataFrame(columns | {"remark": remarks} if any(remarks) else columns)


def _headings(context: ChartContext, shown: pd.DataFrame, targets: Sequence[Target]) -> dict[str, str]:
    texts = context.texts
    headings = {
        "year": texts("year"),
        "value": context.area_name,
        "region_value": context.region_name or texts("region"),
        "median": texts("median"),
        "lower_limit": texts("chart_lower_limit"),
        "upper_limit": texts("chart_upper_limit"),
        "remark": texts("remark"),
    }
    for at, target in enumerate(targets):
        is_band = target.high != target.low
        low = texts("chart_target_low", heading=target.heading) if is_band else target.heading
        high = texts("chart_target_high", heading=target.heading)
        headings |= {f"target_{at}": low, f"target_{at}_high": high}
    return {name: headings[name] for name in shown.columns}


_FACT_COLUMNS: Final = ("year", "value", "region_value", "median")


class _Facts:
    """The sentences of one chart."""

    def __init__(self, context: ChartContext, indicator: Indicator, table: pd.DataFrame, row: Any) -> None:
        self.context, self.texts, self.indicator = context, context.texts, indicator
        self.row = row
        columns = {name: table[name].to_numpy() for name in _FACT_COLUMNS}
        known = np.flatnonzero(~np.isnan(columns["value"]))
        self.first, self.latest = (
            SimpleNamespace(**{name: column[at] for name, column in columns.items()})
            for at in (known[0], known[-1])
        )

    @property
    def has_comparators(self) -> bool:
        """Whether larger areas belong on the same axis: a number of people or cases grows with the area."""
        return self.indicator.value_type != "count"

    @property
    def tick_text(self) -> Callable[[float], str]:
        return lambda tick: tick_text(tick, self.context.language)

    def label(self, name: str, column: str) -> str:
        """The line's name, with its value in the area's own latest year where it has one."""
        return f"{name} {self.context.number(self.indicator, getattr(self.latest, column))}".strip()

    def message(self) -> str:
        latest = self.latest
        words = {
            "area": self.context.area_name,
            "value": self.context.value(self.indicator, latest.value),
            "year": latest.year,
        }
        if self.row is not None and self.row.trend_verdict in _MOVED:
            return self._movement(words)
        if not (self.has_comparators and self.context.region_name) or np.isnan(latest.region_value):
            return self.texts("chart_message", **words)
        region_value = self.context.value(self.indicator, latest.region_value)
        return self.texts(
            "chart_message_region", **words, region=self.context.region_name, region_value=region_value
        )

    def _movement(self, words: dict[str, Any]) -> str:
        """The chart's finding: a change beyond what chance would explain, and where it led."""
        row = self.row
        method = "indicative" if row.trend_method == "mann_kendall" else "tested"
        way = "up" if row.trend_change > 0 else "down"
        years = {"first": row.trend_first_year, "last": row.trend_last_year}
        return self.texts(_MOVEMENT_KEYS[method, way], **words, **years)

    def alt(self, has_band: bool) -> str:
        first, latest, context = self.first, self.latest, self.context
        sentences = [
            self.texts(
                "chart_alt",
                indicator=context.title(self.indicator),
                area=context.area_name,
                first_value=context.value(self.indicator, first.value),
                first_year=first.year,
                value=context.value(self.indicator, latest.value),
                year=latest.year,
            )
        ]
        for key, name in (("chart_alt_region", "region_value"), ("chart_alt_median", "median")):
            value = getattr(latest, name)
            if not np.isnan(value) and (context.region_name or name == "median"):
                told = context.value(self.indicator, value)
                sentences.append(self.texts(key, region=context.region_name, value=told, year=latest.year))
        if has_band and not np.isnan(self.row.lower_limit):
            limits = context.span(self.indicator, self.row.lower_limit, self.row.upper_limit)
            sentences.append(self.texts("chart_alt_interval", limits=limits))
        return " ".join(sentences)
