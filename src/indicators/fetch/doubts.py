"""What is doubted of a new series when it is compared with its earlier figures: losses and exchanges."""

import logging
from typing import Final

import numpy as np
import pandas as pd

from indicators.catalogue import Catalogue
from indicators.errors import SnapshotCheckError
from indicators.model import OBSERVATION_KEY
from indicators.snapshot.words import map_words

#: A series that loses more of its areas or figures than this is not believed.
LARGEST_LOSS: Final = 0.2
#: Fewer years that two areas have exchanged may be chance: small counts are often equal.
FEWEST_EXCHANGED: Final = 5
#: Years that are compared: the oldest figures of the services are of the 1970s.
_FIRST: Final = 1970
_SPAN: Final = 100
#: More than any year is.
_YEARS: Final = 10_000

logger = logging.getLogger(__name__)


class Doubts:
    """Compares new figures with earlier ones, area by area and year by year."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.level_of = {area.code: str(area.level) for area in catalogue.areas}
        self.level_of |= {item.code: "municipality" for item in catalogue.areas.former()}
        self._codes, self._level_at = [*self.level_of], np.array([*self.level_of.values()])
        self._names = {area.code: f"{area.name()} ({area.code})" for area in catalogue.areas}

    def check(self, indicator_id: str, frame: pd.DataFrame, earlier: pd.DataFrame) -> None:
        """Refuse a series that has lost much, or in which areas have each other's figures.

        Raises
        ------
        SnapshotCheckError
            What is doubted.
        """
        now, before = self._find_figures(frame), self._find_figures(earlier)
        self._check_losses(indicator_id, now, before, self._list_levels(frame))
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
            codes = [self._codes[moved[at]] for at in pairs[0]]
            one, other = (self._names.get(code, code) for code in codes)
            more = f", and so have {len(pairs) - 1} pairs more" if len(pairs) > 1 else ""
            found = f"{one} and {other} have each other's earlier figures of {years[pairs[0]]} years"
            raise SnapshotCheckError(indicator_id, f"{found}{more}.")
        if is_revision:
            told = "%s: figures of %s of %s areas are revised."
            logger.warning(told, indicator_id, len(moved), len(compared))

    def _spread(self, table: pd.DataFrame) -> np.ndarray:
        """Values by area, in the order of the known ones, and by year of our time."""
        spread = np.full((len(self._codes), _SPAN), np.nan)
        rows = table[table["year"].between(_FIRST, _FIRST + _SPAN - 1)]
        spread[self._locate(rows["area_code"]), rows["year"].to_numpy() - _FIRST] = rows["value"]
        return spread

    def _list_levels(self, frame: pd.DataFrame) -> set[str]:
        """Levels of which each must be whole; larger areas need not be where their parts add up to them."""
        indicator = self._catalogue.indicators[str(frame["indicator_id"].iloc[0])]
        adds_up = self._catalogue.units[indicator.unit].is_additive or frame["denominator"].notna().any()
        return {"municipality"} if adds_up else {*self.level_of.values()}

    def _check_losses(self, indicator_id: str, now: np.ndarray, before: np.ndarray, levels: set[str]) -> None:
        """Refuse a series in which many areas, or years of areas, that had figures have none any more."""
        all_had, has = np.unique(before // _YEARS), np.unique(now // _YEARS)
        for level in [None, *sorted(levels)]:
            had = all_had if level is None else all_had[self._level_at[all_had] == level]
            lost = np.setdiff1d(had, has)
            if len(lost) > LARGEST_LOSS * len(had):
                named = ", ".join(sorted(self._codes[at] for at in lost)[:5])
                problem = f"{len(lost)} of {len(had)} areas that had figures have none ({named}, ...)."
                raise SnapshotCheckError(indicator_id, problem)
        gone = np.setdiff1d(before, now)
        if len(gone) > LARGEST_LOSS * len(before):
            years = ", ".join(str(year) for year in np.unique(gone % _YEARS)[:5])
            problem = f"{len(gone)} of {len(before)} figures that were there are gone (of {years}, ...)."
            raise SnapshotCheckError(indicator_id, problem)

    def _find_figures(self, table: pd.DataFrame) -> np.ndarray:
        """Areas and years of which there is a figure, in one number each: position of the area, then year."""
        rows = table.loc[table["value"].notna(), ["area_code", "year"]]
        return np.unique(self._locate(rows["area_code"]) * _YEARS + rows["year"].to_numpy())

    def _locate(self, codes: pd.Series) -> np.ndarray:
        """Position of each area; -1 where it is not known."""
        where = {code: at for at, code in enumerate(self._codes)}
        return map_words(codes, lambda code: where.get(code, -1), -1)


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
