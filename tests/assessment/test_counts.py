"""Sotkanet's counts are tested where they are known to be the numerator, and nowhere else."""

import dataclasses

import numpy as np
import pytest

from indicators.assessment.denominators import find_unlike
from indicators.assessment.table import compute_assessment

KEY = "sotkanet:493"
SOURCE = "The series' description, read in a test."


@pytest.fixture
def assess(write, make_rows, catalogue):
    """Assesses made-up rows of a Sotkanet series whose absolute value is declared to be the numerator."""

    def assess(share, *, count="numerator", status=None, years=range(2018, 2024)):
        members = [area.code for area in catalogue.areas.members("MK13")]
        rng, rows = np.random.default_rng(4), []
        people = {code: 140_000.0 if code == "179" else 4_000.0 + 100 * at for at, code in enumerate(members)}
        for code, n in [*people.items(), ("MK13", sum(people.values()))]:
            for year in years:
                rate = 0.12 if code == "931" else 0.06
                cases = float(rng.binomial(int(n * share), rate))
                figure = round(100 * cases / (n * share), 1)
                rows.append(
                    {"indicator_id": KEY, "area_code": code, "year": year, "value": figure, "count": cases}
                    | ({"status": status} if status and code == "931" and year == 2021 else {})
                )
                population = {"indicator_id": "statfin:population", "area_code": code, "year": year}
                rows.append(population | {"value": n, "count": n})
        item = catalogue.indicators[KEY]
        told = {"count": count, "count_source": SOURCE, "population_share": (0.95, 1.05)}
        source = item.source.model_copy(update=told)
        own = catalogue.indicators | {
            KEY: item.model_copy(update={"source": source, "years": type(item.years)()})
        }
        return compute_assessment(write(make_rows(*rows)), dataclasses.replace(catalogue, indicators=own))

    return assess


def test_a_numerator_over_the_declared_population_is_tested(assess):
    """Count, figure and its rounding give a denominator of the residents: comparison and trend are made."""
    row = assess(1.0).row("931", KEY)
    assert row.rest_verdict == "worse"
    assert row.trend_method == "chi_square_trend"
    assert row.denominator is None  # it is worked out for the test, and told to nobody
    assert row.rest_comparator is None


def test_a_count_of_another_denominator_is_not_tested(assess):
    """Where the denominator would be half of the residents, the count is of something else."""
    row = assess(0.5).row("931", KEY)
    assert (row.rest_verdict, row.rest_reason) == ("not_assessed", "no_count")
    assert row.trend_method in ("mann_kendall", "none")


def test_an_unknown_count_is_not_tested(assess):
    """Without a source that says what the count is, only the figure's place is told."""
    row = assess(1.0, count="unknown").row("931", KEY)
    assert (row.rest_verdict, row.rest_reason) == ("not_assessed", "not_declared")


def test_a_providers_break_ends_the_window(assess):
    """A status of a break in the last five years leaves too few of them."""
    row = assess(1.0, status="break").row("931", KEY)
    assert (row.trend_verdict, row.trend_reason) == ("not_assessed", "break")


def test_a_trend_that_ended_long_ago_is_old(assess):
    """More than five years before the snapshot a trend is no attention of today."""
    assert assess(1.0, years=range(2012, 2018)).row("931", KEY).is_old_trend
    assert not assess(1.0).row("931", KEY).is_old_trend


@pytest.mark.parametrize(("share", "is_unlike"), [(1.0, False), (0.5, True)])
def test_counts_of_another_denominator_are_listed(share, is_unlike, assess):
    """``check --live`` tells which declared numerators are counts of something else, and of how many."""
    assessment = assess(share)
    found = find_unlike(assessment.panels, assessment.catalogue)
    assert [item.indicator_id for item in found] == ([KEY] if is_unlike else [])
    if is_unlike:
        assert found[0].n_unlike == found[0].n_figures == 23 * 6


def test_no_series_declared_unknown_is_listed(assess):
    """What is not declared cannot differ."""
    assessment = assess(0.5, count="unknown")
    assert find_unlike(assessment.panels, assessment.catalogue) == []
