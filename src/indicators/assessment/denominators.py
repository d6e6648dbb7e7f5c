"""Denominators of Sotkanet's figures, which come with a count and without a denominator.

Count, figure and its rounding leave a least and a greatest denominator. One that is not plausible for the
declared population is none: then the count is of something else.
"""

from dataclasses import dataclass

import numpy as np

from indicators.assessment.panel import Panel
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator, SotkanetSource, Unit
from indicators.statistics.codes import Kind
from indicators.statistics.reconstruction import denominator_range


@dataclass(frozen=True)
class Unlike:
    """A series declared ``count: numerator`` whose counts give no such denominator.

    Attributes
    ----------
    indicator_id : str
    share : tuple of float
        The declared least and greatest share of residents in the denominator.
    n_unlike, n_figures : int
        Figures whose count gives no denominator within it, and all whose count gives one to be judged.
    """

    indicator_id: str
    share: tuple[float, float]
    n_unlike: int
    n_figures: int


def find_residents(panel: Panel, population: Panel | None) -> np.ndarray:
    """Residents of each area in each year of the panel; of the nearest year where there are none."""
    if population is None:
        return np.full(panel.value.shape, np.nan)
    nearest = np.clip(panel.years - population.years[0], 0, len(population.years) - 1)
    return population.value[:, nearest]


def is_reconstructed(indicator: Indicator, panel: Panel) -> bool:
    """Whether the series is tested on denominators that follow from its counts and figures."""
    is_sotkanet = isinstance(indicator.source, SotkanetSource) and indicator.is_counted
    return is_sotkanet and not np.isfinite(panel.denominator).any()


def bound_denominators(
    panel: Panel, indicator: Indicator, unit: Unit, residents: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The least and the greatest denominator of each figure; NaN where none is plausible."""
    share = _get_share(indicator)
    kind: Kind = "proportion" if indicator.value_type == "proportion" else "rate"
    ends = denominator_range(panel.count, panel.value, indicator.decimals, unit.multiplier or 1.0, kind)
    with np.errstate(invalid="ignore"):
        is_plausible = (ends[1] >= share[0] * residents) & (ends[0] <= share[1] * residents)
    return np.where(is_plausible, ends[0], np.nan), np.where(is_plausible, ends[1], np.nan)


def _get_share(indicator: Indicator) -> tuple[float, float]:
    """The declared share of residents in the denominator; a counted series of Sotkanet has one."""
    source = indicator.source
    assert isinstance(source, SotkanetSource)
    assert source.population_share is not None
    return source.population_share


def find_unlike(panels: dict[str, Panel], catalogue: Catalogue) -> list[Unlike]:
    """Series declared ``count: numerator`` whose counts are of something else, in the catalogue's order."""
    found = []
    for item in catalogue.indicators.values():
        panel = panels.get(item.id)
        if panel is None or not is_reconstructed(item, panel):
            continue
        residents = find_residents(panel, panels.get(catalogue.population))
        least, _ = bound_denominators(panel, item, catalogue.units[item.unit], residents)
        # A figure that may stand for 0 leaves no end to its denominator: nothing is to be judged by it.
        is_judged = (panel.count > 0) & (panel.value > 0.5 * 10.0**-item.decimals) & np.isfinite(residents)
        n_unlike = int((is_judged & np.isnan(least)).sum())
        if n_unlike:
            found.append(Unlike(item.id, _get_share(item), n_unlike, int(is_judged.sum())))
    return found
