"""A row's mark says what the assessment says, and no more."""

from types import SimpleNamespace

import pytest

from indicators.assessment.goals import find_mark


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
