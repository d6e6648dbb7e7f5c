"""Builds the observation table from columns; every source ends here."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from indicators.model import OBSERVATION_KEY, WORD_COLUMNS


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
    reason: ArrayLike = "missing",
    status_note: ArrayLike = "",
) -> pd.DataFrame:
    """One row per area, year and sex, sorted by the key; words are categorical.

    A number that is not there is NaN; a row without a value has the status that ``reason`` says, others
    ``normal`` or ``provisional``. A denominator of zero or less is no denominator.
    """
    value, denominator = np.asarray(value, float), np.asarray(denominator, float)
    status = np.where(np.asarray(is_provisional, bool), "provisional", "normal")
    columns: dict[str, ArrayLike] = {
        "indicator_id": indicator_id,
        "area_code": area_code,
        "year": np.asarray(year, int),
        "sex": sex,
        "value": value,
        "count": np.asarray(count, float),
        "denominator": np.where(denominator > 0, denominator, np.nan),
        "status": np.where(np.isnan(value), np.asarray(reason, object), status),
        "status_note": status_note,
    }
    columns |= {name: np.asarray(columns[name], object) for name in WORD_COLUMNS}
    cells = {name: np.broadcast_to(column, value.shape) for name, column in columns.items()}
    table = pd.DataFrame(cells | {name: pd.Categorical(cells[name]) for name in WORD_COLUMNS})
    return table.sort_values(list(OBSERVATION_KEY), ignore_index=True)
