"""What every chart needs to know: whose it is, of which figures, in which words."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.assessment.goals import MARKS
from indicators.assessment.panel import Panel, find_boundary_breaks
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator
from indicators.charts.drawing.canvas import Canvas
from indicators.charts.figure_part import FigurePart
from indicators.model import STATUSES, Language
from indicators.narrative.formats import format_number, format_value
from indicators.narrative.texts import Texts

_BREAK = STATUSES.index("break")
#: What charts of a goal's indicators read of an assessment row.
ROW_COLUMNS: Final = [
    "indicator_id",
    "direction",
    "year",
    "value",
    "region_value",
    "minimum",
    "q1",
    "median",
    "q3",
    "maximum",
    "n_areas",
    "region_verdict",
    "quartile",
    "trend_verdict",
]
#: What a trend chart reads of an assessment row.
TREND_COLUMNS: Final = (
    "trend_verdict",
    "trend_method",
    "trend_change",
    "trend_first_year",
    "trend_last_year",
    "lower_limit",
    "upper_limit",
    "dispersion",
)
#: Most figures that an alt text reads out; the rest are in the table, and it says so.
MOST_READ_OUT = 6


class ChartContext:
    """One area's figures and words in one language."""

    def __init__(self, assessment: Assessment, area: Area, texts: Texts) -> None:
        self.assessment, self.area, self.texts = assessment, area, texts
        self.catalogue = assessment.catalogue
        self.language = texts.language
        self.area_name = area.name(texts.language)
        region = self.catalogue.areas.get(area.region) if area.region else None
        self.region_name = region.name(texts.language) if region else ""

    # --- numbers and names -----------------------------------------------------------------------------

    def value(self, indicator: Indicator, value: float) -> str:
        """A value with its unit's symbol; the sign of no value where there is none."""
        symbol = self.catalogue.units[indicator.unit].symbol
        return format_value(value, indicator.decimals, symbol, self.language) or self.texts("no_value")

    def number(self, indicator: Indicator, value: float) -> str:
        """A value without its unit; empty where there is none."""
        return format_number(value, indicator.decimals, self.language)

    def title(self, indicator: Indicator) -> str:
        """The indicator's title in the report's language."""
        return indicator.title.text(self.language)

    def span(self, indicator: Indicator, low: float, high: float) -> str:
        """Two values as a span, the unit once: "6,1–15,3 %"."""
        if low == high:
            return self.value(indicator, high)
        joint = "–" if low >= 0 and high >= 0 else " – "
        return f"{self.number(indicator, low)}{joint}{self.value(indicator, high)}"

    def count_marks(self, marks: Sequence[str]) -> str:
        """How many of each mark, in words: "1 parempi, 2 ilman selvää eroa"."""
        counts = {mark: marks.count(mark) for mark in MARKS}
        return ", ".join(self.texts(f"mark_{mark}", n=n) for mark, n in counts.items() if n)

    def read_out(self, sentences: Sequence[str]) -> str:
        """The first sentences, and where the others are."""
        rest = [self.texts("chart_rest_in_table")] if len(sentences) > MOST_READ_OUT else []
        return " ".join([*sentences[:MOST_READ_OUT], *rest])

    # --- figures ---------------------------------------------------------------------------------------

    def rows_with_value(self, goal_id: str, rows: pd.DataFrame | None = None) -> list[Any]:
        """The area's assessment rows of a goal that have a value, as records of `ROW_COLUMNS`.

        ``rows`` are the area's rows, where the caller has them at hand.
        """
        rows = self.assessment.of_area(self.area.code) if rows is None else rows
        is_shown = (rows["goal_id"] == goal_id).to_numpy() & rows["value"].notna().to_numpy()
        return list(rows.loc[is_shown, ROW_COLUMNS].itertuples(index=False))

    def row(self, indicator: Indicator) -> Any:
        """The area's first assessment row of an indicator; None where it has none."""
        table = self.assessment.table
        code = table["area_code"].cat.categories.get_loc(self.area.code)
        kind = table["indicator_id"].cat.categories.get_loc(indicator.id)
        is_row = (table["area_code"].cat.codes == code) & (table["indicator_id"].cat.codes == kind)
        found = np.flatnonzero(is_row)
        if not len(found):
            return None
        return SimpleNamespace(**{name: table[name].iloc[found[0]] for name in TREND_COLUMNS})

    def panel_of_municipalities(self, indicator: Indicator) -> Panel | None:
        """The indicator's panel where it may be shown for municipalities and has figures."""
        return self.assessment.panels.get(indicator.id) if "municipality" in indicator.levels else None

    @property
    def member_rows(self) -> list[int]:
        """Positions in the panels of the agreement's municipalities, in alphabetical order."""
        codes = next(iter(self.assessment.panels.values())).index.codes
        return [codes.index(area.code) for area in self.catalogue.members]

    def breaks(self, panel: Panel, indicator: Indicator, area_code: str = "") -> list[int]:
        """First years of new series of an area: declared, told by the provider, or of new boundaries."""
        at = panel.index.codes.index(area_code or self.area.code)
        is_break = find_boundary_breaks(panel, self.catalogue.areas)[at] | (panel.status[at] == _BREAK)
        declared = {item.year for item in indicator.breaks}
        return sorted(declared | set(panel.years[is_break].tolist()))

    # --- the part --------------------------------------------------------------------------------------

    def part(
        self,
        subject: str,
        canvas: Canvas,
        html_id: str,
        message: str,
        details: str,
        table: pd.DataFrame,
        headings: Mapping[str, str],
        decimals: Sequence[int],
    ) -> FigurePart:
        """The finished chart, tagged with area, subject and snapshot.

        The alt text is the message and the details; the drawing has the one as its title and the other as
        its description, so that nothing is read out twice.
        """
        return FigurePart(
            area=self.area.code,
            indicator=subject,
            snapshot=self.assessment.snapshot.id,
            language=self.language,
            message=message,
            alt=f"{message.rstrip('.')}. {details}",
            svg=canvas.to_svg(message, details, html_id),
            table=table,
            headings=headings,
            decimals=decimals,
        )


def tick_text(tick: float, language: Language) -> str:
    """A tick with the decimals that it needs: none for a whole number, at most three."""
    decimals = next((n for n in range(3) if abs(tick * 10**n - round(tick * 10**n)) < 1e-6), 3)
    return format_number(tick, decimals, language)


def common_year(values: np.ndarray) -> int:
    """Position of the newest of the years in which most areas have a value; -1 where none has.

    Parameters
    ----------
    values : array, shape (areas, years)
    """
    n = (~np.isnan(values)).sum(axis=0)
    return int(len(n) - 1 - np.argmax(n[::-1])) if n.size and n.max() else -1
