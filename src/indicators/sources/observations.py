"""Builds the observation table from columns; every source ends here."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, SeriesPart

_TEXTS = ("indicator_id", "area_code", "sex", "status", "status_note")
_NUMBERS = ("value", "count", "denominator")


def build_observations(
    indicator_id: str,
    *,
    area_code: ArrayLike,
    year: ArrayLike,
    sex: ArrayLike = "total",
    value: ArrayLike,
    count: ArrayLike = np.nan,
    denominator: ArrayLike = np.nan,
    is_provisional: ArrayLike = False,
    status_note: ArrayLike = "",
) -> pd.DataFrame:
    """One row per area, year and sex, sorted by the key.

    A number that is not there is NaN; a row without a value has the status ``missing``, others ``normal``
    or ``provisional``. A denominator of zero or less is no denominator.
    """
    value, denominator = np.asarray(value, float), np.asarray(denominator, float)
    status = np.where(np.asarray(is_provisional, bool), "provisional", "normal")
    columns = {
        "area_code": area_code,
        "year": year,
        "sex": sex,
        "value": value,
        "count": count,
        "denominator": np.where(denominator > 0, denominator, np.nan),
        "status": np.where(np.isnan(value), "missing", status),
        "status_note": status_note,
    }
    table = pd.DataFrame({key: _spread(column, len(value)) for key, column in columns.items()})
    table["indicator_id"] = indicator_id
    table = table.astype(dict.fromkeys(_TEXTS, str) | dict.fromkeys(_NUMBERS, float) | {"year": int})
    return table[list(OBSERVATION_COLUMNS)].sort_values(list(OBSERVATION_KEY), ignore_index=True)


def find_parts(
    observations: pd.DataFrame, vintage: str, division: str | None = None
) -> tuple[SeriesPart, ...]:
    """The one vintage of figures that were fetched together; none where there are no figures."""
    if observations.empty:
        return ()
    years = observations["year"]
    return (SeriesPart(int(years.min()), int(years.max()), vintage, division),)


def _spread(column: ArrayLike, length: int) -> ArrayLike:
    return np.broadcast_to(column, (length,)) if np.ndim(column) == 0 else column
