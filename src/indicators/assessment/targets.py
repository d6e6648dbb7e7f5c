"""Targets of the interface plan in one area, and what the area's latest figure says of each.

They stand beside the assessment and not in it: the assessment follows from figures and declared data alone,
and is one for all areas, whereas a target is the plan's and concerns the parties of its measure.
"""

from dataclasses import dataclass, replace

from indicators.assessment.rows import is_known
from indicators.assessment.table import Assessment
from indicators.assessment.verdicts import compare_with_fixed
from indicators.catalogue.plan_records import Target


@dataclass(frozen=True)
class Aim:
    """A target of an indicator in one area, with the area's latest figure beside it.

    Attributes
    ----------
    indicator_id : str
    target : Target
        As the plan declares it.
    value : float
        The area's figure that is compared, in the indicator's unit.
    year : int
        Its year; of figures of several years together the last.
    pooled_years : int
        How many years the figure holds; 1 for a yearly one.
    is_old : bool
        Whether the figure is too old to describe the present.
    verdict : str
        ``reached`` and ``not_reached`` where the figure lies on that side of the
        target beyond random variation, ``not_enough`` where the target lies within the figure's interval,
        ``not_assessed`` where the figure has no interval.
    p : tuple of float
        Two-sided p value against each end of the target; empty where nothing was assessed.
    """

    indicator_id: str
    target: Target
    value: float
    year: int
    pooled_years: int
    is_old: bool
    verdict: str
    p: tuple[float, ...] = ()


def assess_target(target: Target, indicator_id: str, assessment: Assessment, area_code: str) -> Aim | None:
    """An area's latest figure against one target; None where the area has none.

    Notes
    -----
    Against a single value the figure must lie on the side that the target's direction wishes for; in a band,
    above the one end and below the other. The tests are those of the other comparisons with a fixed value.
    """
    row = assessment.row(area_code, indicator_id)
    indicator = assessment.catalogue.indicators.get(indicator_id)
    if indicator is None or row is None or not is_known(row):
        return None
    aim = Aim(indicator_id, target, row.value, row.year, 1, row.is_old, "not_assessed")
    if not indicator.is_counted:
        return aim
    panel = assessment.panels[indicator_id]
    ends = [end for end in (target.value, target.low, target.high) if end is not None]
    made = [compare_with_fixed(panel, indicator, assessment.context, end) for end in ends]
    at = panel.index.codes.index(area_code)
    signs, p = [str(item.verdict[at]) for item in made], tuple(float(item.p[at]) for item in made)
    if "not_assessed" in signs:
        return aim
    if indicator.pooling:
        aim = replace(aim, value=float(made[0].value[at]), pooled_years=indicator.pooling)
    return replace(aim, verdict=_judge(target, signs), p=p)


def _judge(target: Target, signs: list[str]) -> str:
    """The word for the figure's side of each end."""
    if target.value is not None:
        good, bad = ("higher", "lower") if target.direction == "higher_is_better" else ("lower", "higher")
        return {good: "reached", bad: "not_reached"}.get(signs[0], "not_enough")
    low, high = signs
    if low == "lower" or high == "higher":
        return "not_reached"
    return "reached" if (low, high) == ("higher", "lower") else "not_enough"
