"""Summaries count what the assessment says, and make no score of it."""

from types import SimpleNamespace

import pytest

from indicators.assessment.goals import MARKS, count_chance, find_mark, list_once, summarise_goal


def _row(**given):
    usual = {
        "value": 1.0,
        "direction": "lower_is_better",
        "rest_verdict": "not_assessed",
        "quartile": "not_assessed",
    }
    return SimpleNamespace(**usual | given)


@pytest.mark.parametrize(
    ("given", "mark"),
    [
        ({"value": None, "rest_verdict": "better"}, "no_value"),
        ({"direction": "no_judgement", "rest_verdict": "higher"}, "background"),
        ({"direction": "no_judgement"}, "background"),
        ({"rest_verdict": "better", "quartile": "lowest_quarter"}, "better"),
        ({"rest_verdict": "worse"}, "worse"),
        ({"rest_verdict": "similar"}, "similar"),
        ({"quartile": "highest_quarter"}, "position"),
        ({"quartile": "middle_half"}, "position"),
        ({}, "unassessed"),
    ],
)
def test_mark_of_a_row(given, mark):
    """A position is never better or worse; background stays background; no value is no value."""
    assert find_mark(_row(**given)) == mark


def test_goal_summaries_count_every_row_once(assessment, catalogue):
    """The marks of a goal are as many as its rows, in their order, and the counts add up."""
    rows, table = assessment.rows("435"), assessment.of_area("435")
    ids = [goal.id for goal in catalogue.goals]
    summaries = {key: summarise_goal(key, [row for row in rows if row.goal_id == key]) for key in ids}
    assert sum(item.n for item in summaries.values()) == (table["goal_id"] != "").sum()
    for goal_id, summary in summaries.items():
        part = table[table["goal_id"] == goal_id]
        assert sum(summary.counts.values()) == summary.n == len(part)
        assert list(summary.counts) == list(MARKS)
        assert summary.n_with_value == part["value"].notna().sum()
        assert summary.newest == (part["year"].max() if part["value"].notna().any() else None)


def test_chance_counts_tests_with_the_region_once_an_indicator(assessment):
    """Comparisons are those with the region; trends apart; quartiles are left out."""
    once = assessment.of_area("931").drop_duplicates("indicator_id")
    chance = count_chance(assessment.rows("931"))
    assert [row.indicator_id for row in list_once(assessment.rows("931"))] == list(once["indicator_id"])
    assert chance.n_comparisons == (once["rest_verdict"] != "not_assessed").sum() > 0
    assert chance.n_trends == once["trend_p"].notna().sum() > 0
    assert chance.expected_comparisons == pytest.approx(0.05 * chance.n_comparisons)
    assert chance.expected_trends == pytest.approx(0.002 * chance.n_trends)
