"""Builds the observation table from columns; every source ends here."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, SeriesPart


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
    texts = {"area_code": area_code, "sex": sex, "status_note": status_note}
    texts["status"] = np.where(np.isnan(value), np.asarray(reason, object), status)
    columns: dict[str, ArrayLike] = {
        "indicator_id": _to_words(indicator_id, len(value)),
        "year": np.broadcast_to(np.asarray(year, int), value.shape),
        "value": value,
        "count": np.broadcast_to(np.asarray(count, float), value.shape),
        "denominator": np.where(denominator > 0, denominator, np.nan),
    }
    columns |= {name: _to_words(column, len(value)) for name, column in texts.items()}
    columns["denominator"] = np.broadcast_to(columns["denominator"], value.shape)
    table = pd.DataFrame({name: columns[name] for name in OBSERVATION_COLUMNS})
    return table.sort_values(list(OBSERVATION_KEY), ignore_index=True)


def _to_words(column: ArrayLike, length: int) -> "pd.Categorical[str]":
    """A word for each row, or one for all; few words in many rows are quicker looked up once each."""
    if np.ndim(column) == 0:
        return pd.Categorical.from_codes(np.zeros(length, dtype=int), pd.Index([str(column)]))
    cells = np.asarray(column, dtype=object).tolist()
    words = sorted(set(cells))
    place = {word: at for at, word in enumerate(words)}
    return pd.Categorical.from_codes(np.array([place[cell] for cell in cells], dtype=int), pd.Index(words))


def find_parts(
    observations: pd.DataFrame, vintage: str, division: str | None = None
) -> tuple[SeriesPart, ...]:
    """The one vintage of figures that were fetched together; none where there are no figures."""
    if observations.empty:
        return ()
    years = observations["year"]
    return (SeriesPart(int(years.min()), int(years.max()), vintage, division),)
