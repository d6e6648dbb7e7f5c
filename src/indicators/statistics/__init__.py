"""Statistical methods as pure functions over arrays: no network, disk, clock or settings.

Every function broadcasts or runs over areas at once, leaves its input alone and gives missing for missing.
Results carry value, limits, confidence, statistic, p, n and the codes of method and reason
(`indicators.statistics.codes`); `docs/methods.md` gives formulas, limits and references.
"""

from indicators.statistics.chance import adjust_p, count_tests, expected_by_chance, flag_discoveries
from indicators.statistics.comparison import (
    Comparison,
    compare_with_areas,
    compare_with_value,
    compare_within_bounds,
)
from indicators.statistics.dispersion import Dispersion, estimate_dispersion, estimate_dispersion_between
from indicators.statistics.interval import Interval, has_few_events, proportion_limits, rate_limits
from indicators.statistics.peers import Peers, find_peers
from indicators.statistics.pooling import PooledPeriods, pool_periods
from indicators.statistics.quartile import Distribution, QuartilePosition, distribution, quartile_position
from indicators.statistics.reconstruction import compare_reconstructed
from indicators.statistics.test import Test
from indicators.statistics.trend import Trend, assess_count_trend, assess_value_trend, compare_courses

__all__ = [
    "Comparison",
    "Dispersion",
    "Distribution",
    "Interval",
    "Peers",
    "PooledPeriods",
    "QuartilePosition",
    "Test",
    "Trend",
    "adjust_p",
    "assess_count_trend",
    "assess_value_trend",
    "compare_courses",
    "compare_reconstructed",
    "compare_with_areas",
    "compare_with_value",
    "compare_within_bounds",
    "count_tests",
    "distribution",
    "estimate_dispersion",
    "estimate_dispersion_between",
    "expected_by_chance",
    "find_peers",
    "flag_discoveries",
    "has_few_events",
    "pool_periods",
    "proportion_limits",
    "quartile_position",
    "rate_limits",
]
