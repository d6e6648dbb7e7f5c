"""What is doubted of a new series when it is compared with its earlier figures: losses and exchanges."""

import logging
from typing import Final

import numpy as np
import pandas as pd

from indicators.catalogue import Catalogue
from indicators.errors import SnapshotCheckError
from indicators.model import OBSERVATION_KEY
from indicators.snapshot.words import map_words
from indicators.sources.areas import KnownAreas

#: A series that loses more of its areas or figures than this is not believed.
LARGEST_LOSS: Final = 0.2
#: Fewer years that two areas have exchanged may be chance: small counts are often equal.
FEWEST_EXCHANGED: Final = 5
#: Years that are compared: all that can be declared.
_FIRST: Final = 1900
_SPAN: Final = 201

logger = logging.getLogger(__name__)


class Doubts:
    """Compares new figures with earlier ones, area by area and year by year."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue, self._areas = catalogue, KnownAreas.from_register(catalogue.areas)
        levels = catalogue.areas.levels
        self._codes, self._level_at = np.array([*levels]), np.array([*levels.values()])
        self._places = {code: at for at, code in enumerate(levels)}

    def check(self, indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame) -> None:
        """Refuse a series that has lost much, or in which areas have each other's figures.

        Raises
        ------
        SnapshotCheckError
            What is doubted.
        """
        self._check_losses(indicator_id, frame, earlier)
        for sex in frame["sex"].unique():
            tables = [table[table["sex"] == sex] for table in (frame, earlier)]
            self._check_exchanged(indicator_id, *tables)

    def _check_exchanged(self, indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame) -> None:
        """Refuse figures of one area that are another's earlier ones and the reverse; tell a revision."""
        now, before = self._spread(frame), self._spread(earlier)
        is_common = ~np.isnan(now) & ~np.isnan(before)
        used = is_common.any(axis=0)
        now, before, is_common = now[:, used], before[:, used], is_common[:, used]
        is_other = (now != before) & is_common
        compared, moved = np.flatnonzero(is_common.any(axis=1)), np.flatnonzero(is_other.any(axis=1))
        is_revision = 2 * len(moved) > len(compared)
        now, before, is_common, is_other = now[moved], before[moved], is_common[moved], is_other[moved]
        is_mutual = now[:, None] == before
        is_mutual &= is_mutual.transpose(1, 0, 2)
        years = is_mutual.sum(axis=2)
        # Few years in which the two had other figures say little, and so do few years of a revised series.
        is_hit = (years >= FEWEST_EXCHANGED) & (2 * (is_mutual & is_other[:, None]).sum(axis=2) > years)
        if is_revision:
            is_hit &= years == (is_common[:, None] & is_common).sum(axis=2)
        pairs = [(one, other) for one, other in np.argwhere(is_hit) if one < other]
        if pairs:
            one, other = (self._areas.describe(self._codes[moved[at]]) for at in pairs[0])
            more = f", and so have {len(pairs) - 1} pairs more" if len(pairs) > 1 else ""
            found = f"{one} and {other} have each other's earlier figures of {years[pairs[0]]} years"
            raise SnapshotCheckError(indicator_id, f"{found}{more}.")
        if is_revision:
            told = "%s: figures of %s of %s areas are revised."
            logger.warning(told, indicator_id, len(moved), len(compared))

    def _spread(self, table: pd.DataFrame) -> np.ndarray:
        """Values by area, in the order of the known ones, and by year; of several sexes any one's.

        What an undeclared area had is nobody else's, and left out.
        """
        spread = np.full((len(self._codes), _SPAN), np.nan)
        rows = table[table["value"].notna() & table["year"].between(_FIRST, _FIRST + _SPAN - 1)]
        places = map_words(rows["area_code"], lambda code: self._places.get(code, -1), -1)
        known = places >= 0
        spread[places[known], rows["year"].to_numpy()[known] - _FIRST] = rows["value"].to_numpy()[known]
        return spread

    def _check_losses(self, indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame) -> None:
        """Refuse a series in which many areas, or years of areas, that had figures have none any more.

        Each level must be whole; larger areas need not be where their parts add up to them.
        """
        indicator = self._catalogue.indicators[indicator_id]
        adds_up = self._catalogue.units[indicator.unit].is_additive or frame["denominator"].notna().any()
        now, before = (~np.isnan(self._spread(table)) for table in (frame, earlier))
        had, has = before.any(axis=1), now.any(axis=1)
        for level in [None, *(["municipality"] if adds_up else sorted({*self._level_at}))]:
            is_meant = had if level is None else had & (self._level_at == level)
            lost, n_had = self._codes[is_meant & ~has], is_meant.sum()
            if len(lost) > LARGEST_LOSS * n_had:
                named = ", ".join(sorted(lost)[:5])
                problem = f"{len(lost)} of {n_had} areas that had figures have none ({named}, ...)."
                raise SnapshotCheckError(indicator_id, problem)
        gone = before & ~now
        if gone.sum() > LARGEST_LOSS * before.sum():
            years = ", ".join(str(_FIRST + at) for at in np.flatnonzero(gone.any(axis=0))[:5])
            problem = f"{gone.sum()} of {before.sum()} figures that were there are gone (of {years}, ...)."
            raise SnapshotCheckError(indicator_id, problem)


def check_same_values(
    indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame, updated: str | None
) -> None:
    """Refuse figures that changed although the provider says that nothing was updated."""
    key = list(OBSERVATION_KEY)
    text = dict.fromkeys(("indicator_id", "area_code", "sex"), str)
    before, now = (table[[*key, "value"]].astype(text) for table in (earlier, frame))
    both = before.merge(now, on=key, suffixes=("_before", "_now"))
    changed = both[both["value_before"].notna() & (both["value_before"] != both["value_now"])]
    if len(changed):
        row = changed.iloc[0]
        raise SnapshotCheckError(
            indicator_id,
            f"{len(changed)} figures changed although the provider's update date is still {updated}; the "
            f"first: {row['area_code']} {row['year']}, {row['value_before']} became {row['value_now']}. "
            f"'yhdyspinta fetch --fresh' takes them as a correction.",
        )
