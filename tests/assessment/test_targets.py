"""A target is reached or not only where the figure lies on that side beyond random variation."""

import dataclasses

import pytest
from scipy.stats import binomtest

from indicators.assessment.targets import assess_target
from indicators.catalogue.plan_records import Target
from indicators.statistics.comparison import compare_with_value
from indicators.statistics.test import Test

POVERTY = "statfin:at_risk_of_poverty"  # counts of persons
UNEMPLOYED = "sotkanet:181"  # no counts
LUHANKA = "435"
#: Luhanka 2024: 117 of 692 persons, 16.9 per cent. At the greater design effect, 2.8, they weigh as 41.8 of
#: 247.1, whose Wilson limits are 12.7 and 22.1.


def _at_most(value, **more):
    return Target(year=2028, value=value, direction="lower_is_better", **more)


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (_at_most(12.0), "not_reached"),
        (_at_most(13.0), "not_enough"),
        (_at_most(15.0), "not_enough"),
        (_at_most(20.0), "not_enough"),
        (_at_most(25.0), "reached"),
        (Target(year=2028, value=12.0, direction="higher_is_better"), "reached"),
        (Target(year=2028, value=25.0, direction="higher_is_better"), "not_reached"),
        (Target(year=2028, low=12.0, high=25.0), "reached"),
        (Target(year=2028, low=14.0, high=25.0), "not_enough"),
        (Target(year=2028, low=18.0, high=25.0), "not_enough"),
        (Target(year=2028, low=18.0, high=20.0), "not_enough"),
        (Target(year=2028, low=10.0, high=12.0), "not_reached"),
        (Target(year=2028, low=25.0, high=30.0), "not_reached"),
    ],
)
def test_a_figure_is_judged_by_its_interval(assessment, target, verdict):
    """Each side of a value and of a band, and the target within the interval."""
    aim = assess_target(target, POVERTY, assessment, LUHANKA)
    assert (aim.verdict, aim.year, aim.pooled_years) == (verdict, 2024, 1)
    assert aim.value == pytest.approx(100 * 117 / 692, abs=0.05)
    assert not aim.is_old


def test_the_p_is_that_of_the_other_comparisons(assessment):
    """Against a value the p is that of the same test, under the greater end of the design effect."""
    high = assessment.catalogue.indicators[POVERTY].design_effect.high
    row = assessment.row(LUHANKA, POVERTY)
    aim = assess_target(_at_most(13.0), POVERTY, assessment, LUHANKA)
    exact = binomtest(round(row.count / high), round(row.denominator / high), 0.13).pvalue
    assert aim.p[0] == pytest.approx(exact, rel=0.4)
    test = Test("proportion", 100, dispersion=high)
    assert aim.p[0] == pytest.approx(float(compare_with_value(row.count, row.denominator, 13.0, test).p))


def test_events_that_are_not_independent_have_their_dispersion(assessment):
    """Against the region's rate of offences the target's p is the region's, dispersion and all."""
    key = "statfin:offences_property_iccs"
    rows = assessment.of_area("892")
    row = rows[rows["indicator_id"] == key].iloc[0]
    aim = assess_target(_at_most(20.0), key, assessment, "892")
    assert (aim.verdict == "not_assessed") == (row["rest_verdict"] == "not_assessed")
    pooled = assessment.catalogue.indicators[key].pooling
    assert aim.pooled_years == (pooled or 1)


def test_no_interval_gives_the_two_numbers_and_no_verdict(assessment):
    """A figure without counts stands beside the target unjudged."""
    aim = assess_target(_at_most(9.0), UNEMPLOYED, assessment, "931")
    assert (aim.verdict, aim.value, aim.year, aim.p) == ("not_assessed", 11.4, 2011, ())


def test_no_figure_no_verdict(assessment):
    """Without a figure, or for an indicator that is not shown at the level, nothing is judged."""
    assert assess_target(_at_most(9.0), "statfin:offences_sexual_iccs", assessment, "931") is None


def test_the_assessment_is_not_changed(assessment):
    """Targets stand beside the table: it has none of them."""
    before = assessment.table.copy()
    assess_target(_at_most(15.0), POVERTY, assessment, LUHANKA)
    assert assessment.table.equals(before)
    assert "target" not in " ".join(dataclasses.asdict(assessment.snapshot)["manifest"])
