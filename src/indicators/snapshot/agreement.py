"""Whether an indicator may give the years that the preferred one of the same matter lacks.

It may in the vintage for which agreement was shown when it was declared. Figures of another vintage, as a
live fetch brings, must agree with the preferred ones anew: a service may have taken up another definition
under the same number.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.snapshot.load import Snapshot

#: So many municipalities with so many common years show that two series are one; a few could agree by chance.
FEWEST_AREAS: Final = 20
FEWEST_YEARS: Final = 5
#: Corrections between two readings move single figures of one series: 153 of 154 of net migration agree, and
#: 500 of 506 of population. Of two definitions of unemployment 91 of 132 do.
SMALLEST_SHARE: Final = 0.95
#: Decimal fractions are not exact in binary: 0.05 is a little more or less.
_SLACK: Final = 1e-9


@dataclass(frozen=True)
class Agreement:
    """How far the common figures of two series agree.

    Attributes
    ----------
    areas : int
        Municipalities that have at least `FEWEST_YEARS` years in common.
    figures, equal : int
        Figures of theirs in common, and how many of them agree within rounding.
    """

    areas: int
    figures: int
    equal: int

    @property
    def holds(self) -> bool:
        """Whether the two series are one."""
        return self.areas >= FEWEST_AREAS and self.equal >= SMALLEST_SHARE * self.figures


def measure_agreement(snapshot: Snapshot, preferred: Indicator, other: Indicator) -> Agreement:
    """How far two indicators' figures of municipalities agree, both sexes together.

    Within rounding is half a unit of the last decimal of the one that is shown with fewer.
    """
    rows = [_select(snapshot, item.id) for item in (preferred, other)]
    both = rows[0].merge(rows[1], on=["area_code", "year"], suffixes=("", "_other"))
    both = both[both.groupby("area_code")["year"].transform("size") >= FEWEST_YEARS]
    tolerance = 0.5 * 10.0 ** -min(preferred.decimals, other.decimals) + _SLACK
    equal = np.abs(both["value"] - both["value_other"]) <= tolerance
    return Agreement(int(both["area_code"].nunique()), len(both), int(equal.sum()))


def find_disagreement(snapshot: Snapshot, catalogue: Catalogue, indicator: Indicator) -> Agreement | None:
    """Why an indicator may not give the years that it is declared to; None where it may.

    Parameters
    ----------
    snapshot : Snapshot
    catalogue : Catalogue
    indicator : Indicator
        One with ``fills``.

    Returns
    -------
    Agreement or None
        None also where the snapshot has no figures of it: there is nothing to give.
    """
    metadata = snapshot.series.get(indicator.id)
    if indicator.fills is None or indicator.fallback_for is None or metadata is None:
        return None
    shown = str(indicator.fills.vintage)
    if all(part.vintage.startswith(shown) for part in metadata.parts):
        return None
    found = measure_agreement(snapshot, catalogue.indicators[indicator.fallback_for], indicator)
    return None if found.holds else found


def _select(snapshot: Snapshot, indicator_id: str) -> pd.DataFrame:
    rows = snapshot.rows(indicator_id)
    rows = rows[(rows["sex"] == "total") & rows["value"].notna()]
    rows = rows[["area_code", "year", "value"]].astype({"area_code": str})
    return rows[rows["area_code"].str.isdecimal()]
