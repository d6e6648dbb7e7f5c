"""The rule by which a report's findings are chosen, on made-up assessments."""

import pytest

from indicators.narrative.findings import LEAST, MOST, MOST_MOVED, MOST_OF_A_GOAL, Change, Chooser
from indicators.narrative.phrases import load_phrases

#: Indicators with counts, each of its own matter, by goal.
OF_ONE_GOAL = (
    "sotkanet:306",
    "sotkanet:4404",
    "sotkanet:4411",
    "sotkanet:5527",
    "sotkanet:4270",
    "sotkanet:4354",
    "sotkanet:4333",
    "sotkanet:3138",
    "sotkanet:475",
    "sotkanet:2358",
)
OF_MANY_GOALS = (
    "statfin:municipal_turnout",
    "statfin:one_person_households",
    "statfin:at_risk_of_poverty",
    "sotkanet:191",
    "sotkanet:306",
    "sotkanet:1570",
    "statfin:unemployed",
)


@pytest.fixture
def choose(catalogue, make_years):
    """Makes the chooser of rows; years are {indicator: {year: value}}."""

    def choose(*rows, **years):
        given = {key.replace("__", ":"): make_years(values) for key, values in years.items()}
        return Chooser(catalogue, load_phrases("fi"), rows, lambda key: given.get(key, ()))

    return choose


@pytest.fixture
def worse(make_row):
    """Makes a row that is worse than the whole country by so many widths of the middle half (2.0)."""

    def worse(indicator_id, size=1.0, **told):
        value = told.pop("value", 10.0 + 2.0 * size)
        plain = {"country_verdict": "worse", "country_comparator": 10.0, "country_value": 10.0}
        return make_row(indicator_id, value=value, **(plain | told))

    return worse


def _ids(findings):
    return [item.indicator_id for item in findings]


def test_strong_old_finding_loses_to_a_weak_current_one(choose, worse):
    """An old figure is never a finding, however large its difference."""
    old = worse("statfin:at_risk_of_poverty", 9.0, year=2019, age_years=7, is_old=True)
    weak = worse("statfin:unemployed", 0.2)
    assert _ids(choose(old, weak).findings()) == ["statfin:unemployed"]


def test_greater_difference_comes_first(choose, worse):
    """Of tested findings the larger is told first, whatever its p value and its unit."""
    small = worse("statfin:at_risk_of_poverty", 0.5, country_p=1e-12)
    large = worse("sotkanet:3138", value=30_000.0, q1=9_000.0, q3=11_000.0, country_comparator=10_000.0)
    assert _ids(choose(small, large).findings()) == ["sotkanet:3138", "statfin:at_risk_of_poverty"]


def test_ten_findings_of_one_goal_give_two(choose, worse):
    """A goal fills at most two places, and its two strongest stand there."""
    rows = [worse(key, 1.0 + number) for number, key in enumerate(OF_ONE_GOAL)]
    assert _ids(choose(*rows).findings()) == list(OF_ONE_GOAL[:-3:-1])
    assert len(rows) == 10
    assert MOST_OF_A_GOAL == 2


def test_different_goals_come_before_a_goals_second_finding(choose, worse):
    """A weak finding of another goal stands before the second one of the strongest goal."""
    rows = [worse(key, 5.0) for key in OF_ONE_GOAL[:3]] + [worse(key, 0.5) for key in OF_MANY_GOALS[:4]]
    goals = [item.goal_id for item in choose(*rows).findings()]
    assert len(goals) == len(set(goals)) == MOST


def test_one_matter_is_told_once(choose, worse, make_row):
    """Two series of one matter, or an indicator's difference and its change, are one finding."""
    twice = choose(worse("statfin:unemployed"), worse("sotkanet:181", 2.0))
    assert _ids(twice.findings()) == ["sotkanet:181"]
    change = {"trend_verdict": "worsening", "trend_first_year": 2015, "trend_last_year": 2024}
    row = worse("statfin:unemployed", trend_method="chi_square_trend", **change)
    both = choose(row, statfin__unemployed={2015: 8.0, 2024: 12.0})
    assert len(both.candidates) == 2
    assert [type(item) for item in both.findings()] == [Change]


def test_tested_comes_before_described(choose, worse, make_row):
    """A large difference without a test comes after a small tested one, and only to fill up to three."""
    untested = [
        make_row(key, value=40.0, country_value=10.0, quartile="highest_quarter") for key in OF_MANY_GOALS[1:]
    ]
    tested = worse("statfin:municipal_turnout", 0.2)
    found = choose(*untested, tested).findings()
    assert [item.evidence for item in found] == ["tested", "described", "described"]
    assert len(found) == LEAST
    strong = [worse(key, 0.5) for key in OF_MANY_GOALS[:4]]
    assert {item.evidence for item in choose(*strong, *untested).findings()} == {"tested"}


def test_at_most_five_findings(choose, worse):
    """With more to tell than has room, five are told."""
    assert len(choose(*[worse(key) for key in OF_MANY_GOALS]).findings()) == MOST


def test_nothing_to_tell_gives_no_finding(choose, make_row):
    """Figures without evidence give no finding: no evidence of a difference is not told as equality."""
    rows = [make_row(key, country_verdict="similar", country_comparator=9.0) for key in OF_MANY_GOALS]
    assert choose(*rows).findings() == ()
    assert choose().findings() == ()


def test_difference_that_is_not_seen_is_not_told(choose, worse):
    """A tested difference that the rounded figures do not show cannot be worked by a reader."""
    assert choose(worse("statfin:at_risk_of_poverty", value=10.04, q1=10.0, q3=10.05)).findings() == ()


def test_few_events_make_no_headline(choose, worse):
    """A figure of fewer than ten events differs beyond chance at times, but is no finding."""
    assert choose(worse("statfin:offences_property_iccs", is_uncertain=True)).findings() == ()


def test_both_comparators_are_told(choose, make_row):
    """Comparators that differ and those without a clear difference are kept apart."""
    row = make_row(
        "statfin:at_risk_of_poverty",
        value=16.3,
        country_verdict="worse",
        country_comparator=14.2,
        rest_verdict="similar",
        rest_comparator=15.6,
    )
    (found,) = choose(row).findings()
    assert (found.differing, found.unclear) == (("country",), ("rest",))


def test_old_change_is_no_finding(choose, make_row):
    """A change whose last tested year is old is not told, although the figure itself is current."""
    trend = {"trend_verdict": "worsening", "trend_method": "chi_square_trend"}
    years = {"statfin__unemployed": {2010: 5.0, 2019: 12.0, 2024: 10.0}}
    old = make_row(
        "statfin:unemployed", trend_first_year=2010, trend_last_year=2019, is_old_trend=True, **trend
    )
    assert choose(old, **years).findings() == ()
    assert choose(old, **years).moved() == ()
    new = make_row("statfin:unemployed", trend_first_year=2010, trend_last_year=2024, **trend)
    assert _ids(choose(new, **years).findings()) == ["statfin:unemployed"]


def test_order_of_values_alone_is_only_described(choose, make_row):
    """Mann and Kendall's test, whose years are not independent, is no tested change by itself."""
    trend = {"trend_verdict": "rising", "trend_first_year": 2015, "trend_last_year": 2024}
    row = make_row("statfin:median_income", trend_method="mann_kendall", **trend)
    (found,) = choose(row, statfin__median_income={2015: 20_000.0, 2024: 30_000.0}).candidates
    assert found.evidence == "described"


def test_untested_change_is_described_over_ten_years(choose, make_row, catalogue):
    """A change that cannot be tested is told from about ten years before, unless it is small or broken."""
    key, years = "statfin:municipal_turnout", {2012: 20.0, 2017: 14.0, 2021: 12.0, 2025: 10.0}
    row = make_row(key, year=2025, age_years=1)
    (found,) = choose(row, statfin__municipal_turnout=years).moved()
    assert (found.first.year, found.last.year, found.evidence) == (2017, 2025, "described")
    small = choose(row, statfin__municipal_turnout=years | {2017: 10.5})
    assert small.moved() == ()
    no_evidence = make_row(key, year=2025, age_years=1, trend_verdict="no_evidence")
    assert choose(no_evidence, statfin__municipal_turnout=years).moved() == ()
    back_and_forth = {2015: 20.0, 2017: 10.0, 2019: 25.0, 2021: 5.0, 2025: 10.0}
    assert choose(row, statfin__municipal_turnout=back_and_forth).moved() == ()
    broken = make_row("sotkanet:493", year=2020, age_years=6)
    assert catalogue.indicators["sotkanet:493"].breaks[0].year == 2017
    assert choose(broken, sotkanet__493={2012: 5.0, 2020: 10.0}).moved() == ()


def test_people_are_counted_over_ten_years(choose, make_row):
    """The change of people is told from ten years before; without that year from the next one."""
    row = make_row("statfin:population", value=5_695.0, year=2025, age_years=1)
    years = {2010: 7_174.0, 2015: 6_666.0, 2016: 6_607.0, 2025: 5_695.0}
    (found,) = choose(row, statfin__population=years).findings()
    assert (found.first.year, found.last.year, found.evidence) == (2015, 2025, "counted")
    del years[2015]
    assert choose(row, statfin__population=years).findings()[0].first.year == 2016
    assert choose(row, statfin__population={2023: 6_000.0, 2025: 5_695.0}).findings() == ()


def test_at_most_six_changes(choose, make_row):
    """What has moved is at most six messages, of different matters."""
    trend = {"trend_verdict": "worsening", "trend_first_year": 2015, "trend_last_year": 2024}
    rows = [make_row(key, trend_method="chi_square_trend", **trend) for key in OF_MANY_GOALS]
    years = {key.replace(":", "__"): {2015: 5.0, 2024: 10.0} for key in OF_MANY_GOALS}
    assert len(OF_MANY_GOALS) > MOST_MOVED == len(choose(*rows, **years).moved())


def test_key_facts_without_a_goal_are_no_findings(choose, worse):
    """Findings belong to goals; the share of the old stands in the line of key facts."""
    assert choose(worse("statfin:aged_65_and_over")).findings() == ()
