"""The trend chart of one indicator in one municipality, with message, alt text and figures."""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from indicators.assessment import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator, Unit
from indicators.charts.figure_part import FigurePart
from indicators.charts.trend import Line, draw_trend
from indicators.narrative.formats import format_number, format_value
from indicators.narrative.texts import Texts

#: Fewer points than this show no development.
MINIMUM_POINTS: Final = 2


def make_trend_chart(
    assessment: Assessment, area: Area, indicator: Indicator, texts: Texts, html_id: str
) -> FigurePart | None:
    """Draw an indicator's years in an area against its region and the median of municipalities.

    Returns
    -------
    FigurePart or None
        None where the area has fewer than two years with a value.
    """
    table = assessment.trend(area.code, indicator.id)
    if table.empty or table["value"].notna().sum() < MINIMUM_POINTS:
        return None
    facts = _Facts(assessment, area, indicator, texts, table)
    years = np.arange(table["year"].min(), table["year"].max() + 1)
    by_year = table.set_index("year").reindex(years)
    lines = [
        Line(by_year["value"].to_numpy(), facts.label(area.name(texts.language), "value"), "own"),
        Line(by_year["region_value"].to_numpy(), facts.label(facts.region_name, "region_value"), "region"),
        Line(by_year["median"].to_numpy(), facts.label(texts("chart_median"), "median"), "median"),
    ]
    breaks = [item.year for item in indicator.breaks]
    canvas = draw_trend(years, lines, breaks, facts.tick_text)
    message, alt = facts.message(), facts.alt()
    return FigurePart(
        area=area.code,
        indicator=indicator.id,
        snapshot=assessment.snapshot.id,
        language=texts.language,
        message=message,
        alt=alt,
        svg=canvas.to_svg(message, alt, html_id),
        table=table,
    )


class _Facts:
    """The sentences of one chart."""

    def __init__(
        self, assessment: Assessment, area: Area, indicator: Indicator, texts: Texts, table: pd.DataFrame
    ) -> None:
        self.texts, self.area, self.indicator, self.table = texts, area, indicator, table
        self.unit: Unit = assessment.catalogue.units[indicator.unit]
        areas = assessment.catalogue.areas
        self.region_name = areas.get(area.region).name(texts.language) if area.region else ""
        self.known = table[table["value"].notna()]

    def number(self, value: float) -> str:
        return format_value(value, self.indicator.decimals, self.unit.symbol, self.texts.language)

    @property
    def tick_text(self) -> Callable[[float], str]:
        return lambda tick: format_number(tick, 0 if tick == round(tick) else 1, self.texts.language)

    def label(self, name: str, column: str) -> str:
        """The line's name, with its value in the area's own latest year where it has one."""
        value = self.known.iloc[-1][column]
        number = format_number(value, self.indicator.decimals, self.texts.language)
        return f"{name} {number}".strip()

    def message(self) -> str:
        latest = self.known.iloc[-1]
        words = {
            "area": self.area.name(self.texts.language),
            "value": self.number(latest["value"]),
            "year": latest["year"],
        }
        if not self.region_name or np.isnan(latest["region_value"]):
            return self.texts("chart_message", **words)
        region = {"region": self.region_name, "region_value": self.number(latest["region_value"])}
        return self.texts("chart_message_region", **words, **region)

    def alt(self) -> str:
        first, latest = self.known.iloc[0], self.known.iloc[-1]
        sentences = [
            self.texts(
                "chart_alt",
                indicator=self.indicator.title.text(self.texts.language),
                area=self.area.name(self.texts.language),
                first_value=self.number(first["value"]),
                first_year=first["year"],
                value=self.number(latest["value"]),
                year=latest["year"],
            )
        ]
        for key, column in (("chart_alt_region", "region_value"), ("chart_alt_median", "median")):
            if not np.isnan(latest[column]) and (self.region_name or column == "median"):
                value, year = self.number(latest[column]), latest["year"]
                sentences.append(self.texts(key, region=self.region_name, value=value, year=year))
        return " ".join(sentences)
