"""Own confidence limits of an area year by year, by the method that its latest limits were made with."""

import numpy as np

from indicators.assessment.table import Assessment
from indicators.catalogue.records import Indicator
from indicators.charts.trend import Band
from indicators.statistics.interval import proportion_limits, rate_limits


def find_band(
    assessment: Assessment, indicator: Indicator, area_code: str, years: np.ndarray, dispersion: float | None
) -> Band | None:
    """The 95 per cent limits in each of the years; None where the indicator has none.

    Parameters
    ----------
    years : array of int
        Consecutive years within the indicator's panel.
    dispersion : float or None
        What the assessment found for the area's latest count; used for all its years.
    """
    panel = assessment.panels.get(indicator.id)
    if not indicator.is_counted or panel is None or dispersion is None:
        return None
    at = panel.index.codes.index(area_code)
    inside = slice(int(years[0] - panel.years[0]), int(years[-1] - panel.years[0]) + 1)
    count, denominator = panel.count[at, inside], panel.denominator[at, inside]
    multiplier = assessment.catalogue.units[indicator.unit].multiplier or 1.0
    if indicator.value_type == "proportion":
        found = proportion_limits(count, denominator, multiplier, dispersion=dispersion)
    else:
        found = rate_limits(count, denominator, multiplier, dispersion=dispersion)
    lower, upper = (
        np.where(np.isnan(panel.value[at, inside]), np.nan, limit)
        for limit in (found.lower_limit, found.upper_limit)
    )
    return None if np.isnan(lower).all() else Band(lower, upper)
