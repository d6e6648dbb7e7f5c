"""The closed lists of codes that statistical results carry, and how a sign becomes a judgement.

Words for readers are made of these codes elsewhere; no result of this package holds a sentence.
"""

from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind = Literal["proportion", "rate"]

#: Verdicts of a comparison with a comparator.
COMPARISON_VERDICTS: Final = ("better", "worse", "higher", "lower", "similar", "not_assessed")

#: Positions among municipalities; words about place, never about significance or quality.
QUARTILE_POSITIONS: Final = ("lowest_quarter", "middle_half", "highest_quarter", "not_assessed")

#: Verdicts of a trend.
TREND_VERDICTS: Final = (
    "improving",
    "worsening",
    "rising",
    "falling",
    "no_evidence",
    "steady",
    "not_assessed",
)

#: How an area's course stands to that of the national median.
RELATIVE_TREND_VERDICTS: Final = ("as_elsewhere", "faster", "slower", "against", "not_assessed")

#: What decided, or by which method limits were made.
METHODS: Final[dict[str, str]] = {
    "wilson": "Wilson score interval and the score test",
    "exact_binomial": "exact binomial test, with Clopper-Pearson limits",
    "byar": "Byar's approximation of the Poisson limits",
    "exact_poisson": "exact Poisson limits",
    "quartile": "position by the quartiles of the areas",
    "chi_square_trend": "chi-square test for linear trend in proportions",
    "poisson_trend": "score test of a Poisson trend",
    "mann_kendall": "Mann-Kendall test with the exact null distribution, and the Theil-Sen slope",
    "none": "nothing was assessed",
}

#: Why something was not assessed, or why evidence was not enough. An empty code means no reason is needed.
REASONS: Final[dict[str, str]] = {
    "": "assessed",
    "no_value": "the area has no value",
    "no_count": "the count of events is missing",
    "no_denominator": "the denominator is missing or not positive",
    "impossible_count": "the count is negative, or greater than the denominator of a proportion",
    "not_declared": "the indicator declares no such method",
    "no_comparator": "the comparator is missing, or outside its possible range",
    "same_area": "the comparator holds no other area",
    "few_members": "the comparator is a group of fewer than three areas",
    "comparator_smaller_than_area": "the whole has fewer events or persons than its part",
    "few_events_in_comparator": "the comparator has too few events to be compared with",
    "hidden_parts": "assessed: the comparator is not published, and every figure that it can have agrees",
    "hidden_parts_decide": "the comparator is not published, and the verdict hangs on its hidden parts",
    "design_effect_decides": "the two ends of the design effect's range give different verdicts",
    "chose_the_peers": "the figure is one of those by which the peers were chosen",
    "no_dispersion": "the figures do not vary independently, and how much could not be estimated",
    "stock": "a stock is carried over from year to year, so that its years are not independent",
    "nominal_euros": "euros of each year's own value rise with prices",
    "count_zero": "a denominator is never reconstructed from a count of 0",
    "denominator_uncertain": "denominators consistent with the rounded figure give different verdicts",
    "too_few_areas": "fewer areas have a value than quartiles need",
    "ties": "too many areas share one value",
    "too_few_points": "the series is shorter than the test needs",
    "gap": "a value is missing among the years that the test needs",
    "break": "the series has a break among the years that the test needs",
    "overlapping_periods": "the periods of successive values overlap",
    "all_zero": "every value is zero",
    "count_equals_denominator": "in some year the count equals the denominator",
    "one_year_decides": "without one of the years the direction is another",
    "not_strictly_monotonic": "seven values are evidence only if each is beyond the one before",
    "missing_variable": "a variable by which peers are chosen is missing",
    "excluded": "the area is left out of peer groups",
}

_DIRECTIONS: Final = {"higher_is_better": 1, "lower_is_better": -1, "no_judgement": 0}


def check_kind(kind: str) -> None:
    """Raise ValueError where a kind is neither ``proportion`` nor ``rate``."""
    if kind not in ("proportion", "rate"):
        raise ValueError(f"Unknown kind {kind!r}; expected 'proportion' or 'rate'.")


def judge(
    sign: NDArray[np.float64],
    direction: ArrayLike,
    *,
    good: str,
    bad: str,
    upward: str,
    downward: str,
) -> NDArray[np.str_]:
    """Return the word for a difference or a change of known sign.

    Parameters
    ----------
    sign : array
        Positive where the area is higher or rising, negative where lower or falling.
    direction : str or array of str
        ``higher_is_better``, ``lower_is_better`` or ``no_judgement``; broadcast against ``sign``.
    good, bad, upward, downward : str
        The words for better, worse and, where no judgement applies, higher and lower.

    Raises
    ------
    ValueError
        If a direction is none of the three.
    """
    names = np.asarray(direction)
    if not np.isin(names, tuple(_DIRECTIONS)).all():
        unknown = sorted(set(np.unique(names).tolist()) - set(_DIRECTIONS))
        raise ValueError(f"Unknown direction {unknown}; expected one of {sorted(_DIRECTIONS)}.")
    wish = np.where(names == "higher_is_better", 1, np.where(names == "lower_is_better", -1, 0))
    plain = np.where(sign > 0, upward, downward)
    return np.where(wish == 0, plain, np.where(sign * wish > 0, good, bad))


def first_reason(**conditions: ArrayLike) -> NDArray[np.str_]:
    """Return for each cell the name of the first condition that holds, empty where none does.

    A trailing underscore of a name is dropped, so that a reason may be a Python keyword.
    """
    masks = np.broadcast_arrays(*(np.asarray(condition, dtype=bool) for condition in conditions.values()))
    names = [name.removesuffix("_") for name in conditions]
    return np.select(list(masks), names, default="")
