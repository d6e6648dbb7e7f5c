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


def _kept(empty: Any = None, *, dtype: str = "") -> Mapping[str, Any]:
    """A column that stays in the assessment."""
    return {"empty": empty, "dtype": dtype, "is_published": False}


def _published(empty: Any = None) -> Mapping[str, Any]:
    """A column that the data files show too."""
    return {"empty": empty, "dtype": "", "is_published": True}


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one area, goal and indicator: a row of the assessment; None where a number is missing.

    Values are in the indicator's unit. The fields are the columns of the table, in order.
    """

    area_code: str
    goal_id: str
    indicator_id: str
    direction: str = field(metadata=_published())
    # The latest value, and what must be known of it.
    year: int | None = field(metadata=_published())
    value: float | None = field(metadata=_published())
    count: float | None = field(metadata=_published())
    denominator: float | None = field(metadata=_published())
    status: str = field(metadata=_published("missing"))
    status_note: str = field(metadata=_published("not_in_snapshot"))
    age_years: int | None
    is_old: bool = field(metadata=_published())
    vintage: str
    division: int
    is_boundary_changed: bool
    newer_year: int | None
    newer_status: str
    # Larger areas, and all municipalities, in the same year.
    region_code: str
    region_value: float | None = field(metadata=_published())
    region_origin: str = field(metadata=_published("none"))
    country_value: float | None = field(metadata=_published())
    country_origin: str = field(metadata=_published("none"))
    minimum: float | None = field(metadata=_published())
    q1: float | None = field(metadata=_published())
    median: float | None = field(metadata=_published())
    q3: float | None = field(metadata=_published())
    maximum: float | None = field(metadata=_published())
    n_areas: int = field(metadata=_published())
    n_missing: int = field(metadata=_published())
    # The limits that decided the first comparison; without one, the figure's own at 95 per cent.
    lower_limit: float | None = field(metadata=_published())
    upper_limit: float | None = field(metadata=_published())
    limits_method: str = field(metadata=_published("none"))
    pooled_value: float | None
    pooled_years: int | None = field(metadata=_kept(dtype="float64"))
    dispersion: float | None  # of the area's count in these limits, the comparator's chance included
    is_uncertain: bool = field(metadata=_published())
    # Comparators: those of `indicators.assessment.comparators.COMPARATORS`.
    rest_verdict: str = field(metadata=_published("not_assessed"))
    rest_comparator: float | None = field(metadata=_published())
    rest_p: float | None = field(metadata=_published())
    rest_method: str = field(metadata=_published("none"))
    rest_reason: str = field(metadata=_published("no_value"))
    country_verdict: str = field(metadata=_published("not_assessed"))
    country_comparator: float | None = field(metadata=_published())
    country_p: float | None = field(metadata=_published())
    country_method: str = field(metadata=_published("none"))
    country_reason: str = field(metadata=_published("no_value"))
    peers_verdict: str = field(metadata=_published("not_assessed"))
    peers_comparator: float | None = field(metadata=_published())
    peers_p: float | None = field(metadata=_published())
    peers_method: str = field(metadata=_published("none"))
    peers_reason: str = field(metadata=_published("no_value"))
    # Position among the municipalities, and trend.
    quartile: str = field(metadata=_published("not_assessed"))
    quartile_reason: str = field(metadata=_kept("no_value"))
    position_set: int = field(metadata=_published())
    trend_verdict: str = field(metadata=_published("not_assessed"))
    trend_method: str = field(metadata=_published("none"))
    trend_slope: float | None
    trend_change: float | None = field(metadata=_published())
    trend_lower_limit: float | None
    trend_upper_limit: float | None
    trend_p: float | None = field(metadata=_published())
    trend_n: int | None
    trend_first_year: int | None = field(metadata=_published())
    trend_last_year: int | None = field(metadata=_published())
    trend_reason: str = field(metadata=_published("no_value"))
    is_old_trend: bool
    # The trend less that of the national median.
    relative_trend_verdict: str = field(metadata=_published("not_assessed"))
    relative_trend_change: float | None
    relative_trend_p: float | None = field(metadata=_published())
    relative_trend_reason: str = field(metadata=_kept("no_value"))
    is_discovery: bool = field(metadata=_published())


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
    is_published : bool
        Whether the data files of an edition show it.
    """

    name: str
    kind: Any
    dtype: str
    empty: Any
    is_published: bool


def _describe(name: str, kind: Any, told: Mapping[str, Any]) -> Column:
    dtype, empty = _KINDS[kind]
    empty = empty if told.get("empty") is None else told["empty"]
    return Column(name, kind, told.get("dtype") or dtype, empty, told.get("is_published", False))


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
