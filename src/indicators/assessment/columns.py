"""The columns of the assessment: one row's record, whose fields are the list of them.

A field's type gives the column's kind in the table, its metadata what the column holds where the snapshot has
nothing of an indicator, and whether the data files publish it. A new column is a new line here and the values
that fill it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, get_type_hints

import numpy as np

#: Kind in the table, and what is there where nothing else is declared, by the type of a record's field.
_KINDS: Final[dict[Any, tuple[str, Any]]] = {
    str: ("category", ""),
    bool: ("bool", False),
    int: ("int64", 0),
    int | None: ("Int64", np.nan),
    float | None: ("float64", np.nan),
}


def _kept(empty: Any = None, text: str = "") -> Any:
    """A column that stays in the assessment."""
    return field(metadata={"empty": empty, "text": text})


def _published(text: str, empty: Any = None) -> Any:
    """A column that the data files show too, with what it holds in words."""
    return _kept(empty, text)


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one area, goal and indicator: a row of the assessment; None where a number is missing.

    Values are in the indicator's unit. The fields are the columns of the table, in order.
    """

    area_code: str
    goal_id: str
    indicator_id: str
    direction: str = _published("What the goal wants of the indicator")
    # The latest value, and what must be known of it.
    year: int | None = _published("Year of the figure")
    value: float | None = _published("Figure in the indicator's unit")
    count: float | None = _published("Events or persons of which the figure is made")
    denominator: float | None = _published("What the count is related to, such as residents")
    status: str = _published("normal, provisional or break; without a figure the reason", "missing")
    status_note: str = _published("What else is known of the status", "not_in_snapshot")
    age_years: int | None
    is_old: bool = _published("Whether the figure is too old to be current")
    vintage: str
    division: int
    is_boundary_changed: bool
    newer_year: int | None
    newer_status: str
    # Larger areas, and all municipalities, in the same year.
    region_code: str
    region_value: float | None = _published("The region's figure of the year, in the unit")
    region_origin: str = _published("How the region's figure came to be", "none")
    country_value: float | None = _published("The country's figure of the year, in the unit")
    country_origin: str = _published("How the country's figure came to be", "none")
    minimum: float | None = _published("Least figure of all municipalities in the year")
    q1: float | None = _published("Lower quartile of all municipalities")
    median: float | None = _published("Median of all municipalities")
    q3: float | None = _published("Upper quartile of all municipalities")
    maximum: float | None = _published("Greatest figure of all municipalities")
    n_areas: int = _published("Municipalities with a figure in the year")
    n_missing: int = _published("Municipalities without one")
    # The limits that decided the first comparison; without one, the figure's own at 95 per cent.
    lower_limit: float | None = _published("Lower confidence limit of the figure, in the unit")
    upper_limit: float | None = _published("Upper confidence limit of the figure, in the unit")
    limits_method: str = _published("How the limits were computed", "none")
    pooled_value: float | None
    pooled_years: int = _kept(1)  # of which the comparison is; of several, `pooled_value` is theirs
    dispersion: float | None  # of the area's count in these limits, the comparator's chance included
    is_uncertain: bool = _published("Whether few events make the figure uncertain")
    # Comparators: those of `indicators.assessment.comparators.COMPARATORS`.
    rest_verdict: str = _published("Comparison with the rest of the region", "not_assessed")
    rest_comparator: float | None = _published("Figure of the rest of the region, in the unit")
    rest_p: float | None = _published("p value of the comparison with the rest of the region")
    rest_method: str = _published("How the limits of the comparison were computed", "none")
    rest_reason: str = _published("Why there is no verdict, or what it rests on", "no_value")
    country_verdict: str = _published("Comparison with the country", "not_assessed")
    country_comparator: float | None = _published("Figure of the country, in the unit")
    country_p: float | None = _published("p value of the comparison with the country")
    country_method: str = _published("How the limits of the comparison were computed", "none")
    country_reason: str = _published("Why there is no verdict, or what it rests on", "no_value")
    peers_verdict: str = _published("Comparison with municipalities like this one", "not_assessed")
    peers_comparator: float | None = _published("Figure of municipalities like this one, in the unit")
    peers_p: float | None = _published("p value of the comparison with municipalities like this one")
    peers_method: str = _published("How the limits of the comparison were computed", "none")
    peers_reason: str = _published("Why there is no verdict, or what it rests on", "no_value")
    # Position among the municipalities, and trend.
    quartile: str = _published("Quarter of the municipalities in which the figure is", "not_assessed")
    quartile_reason: str = _kept("no_value")
    position_set: int = _published("Municipalities that were put in order for the quarter")
    trend_verdict: str = _published("Which way the figure has gone", "not_assessed")
    trend_method: str = _published("How the trend was tested", "none")
    trend_slope: float | None
    trend_change: float | None = _published("Change over the trend's years, in the unit")
    trend_lower_limit: float | None
    trend_upper_limit: float | None
    trend_p: float | None = _published("p value of the trend")
    trend_n: int | None
    trend_first_year: int | None = _published("First year of the trend")
    trend_last_year: int | None = _published("Last year of the trend")
    trend_reason: str = _published("Why the trend has no verdict", "no_value")
    is_old_trend: bool
    # The trend less that of the national median.
    relative_trend_verdict: str = _published("The trend against that of the national median", "not_assessed")
    relative_trend_change: float | None
    relative_trend_p: float | None = _published("p value of the trend less that of the national median")
    relative_trend_reason: str = _kept("no_value")
    is_discovery: bool = _published("Whether the verdict stands at a false discovery rate of 5 per cent")


@dataclass(frozen=True)
class Column:
    """One column of the assessment table.

    Attributes
    ----------
    name : str
    kind : type
        Of the record's field.
    dtype : str
        Of the table's column.
    empty : object
        What it holds of an indicator of which the snapshot has nothing.
    text : str
        What it holds, for those who read an edition's data files; empty where these do not show it.
    """

    name: str
    kind: Any
    dtype: str
    empty: Any
    text: str


def _describe(name: str, kind: Any, told: Mapping[str, Any]) -> Column:
    dtype, empty = _KINDS[kind]
    empty = empty if told.get("empty") is None else told["empty"]
    return Column(name, kind, dtype, empty, told.get("text", ""))


COLUMNS: Final = tuple(
    _describe(item.name, kind, item.metadata)
    for item, kind in zip(fields(Row), get_type_hints(Row).values(), strict=True)
)
ASSESSMENT_COLUMNS: Final = tuple(column.name for column in COLUMNS)


def empty_columns(n_areas: int) -> dict[str, np.ndarray]:
    """All columns of an indicator of which the snapshot has nothing, for so many areas."""
    words = {"category": object, "bool": bool, "int64": int}
    return {
        column.name: np.full(n_areas, column.empty, dtype=words.get(column.dtype, float))
        for column in COLUMNS
    }
