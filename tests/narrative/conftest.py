"""Made-up rows and years of the assessment, for rules and sentences."""

from dataclasses import fields, replace
from typing import get_type_hints

import pytest

from indicators.assessment.columns import Row
from indicators.assessment.rows import YearFigure

_EMPTY = {str: "", bool: False, int: 0}
_KINDS = get_type_hints(Row)
#: An untested current figure of 10.0, in the middle of municipalities of which half lie between 9 and 11.
_PLAIN = {
    "area_code": "931",
    "direction": "lower_is_better",
    "year": 2024,
    "value": 10.0,
    "status": "normal",
    "age_years": 2,
    "q1": 9.0,
    "median": 10.0,
    "q3": 11.0,
    "n_areas": 308,
    "quartile": "middle_half",
    "trend_verdict": "not_assessed",
    "rest_verdict": "not_assessed",
    "country_verdict": "not_assessed",
    "peers_verdict": "not_assessed",
}


@pytest.fixture(scope="session")
def make_row(catalogue):
    """Makes a row of an indicator under its first goal; what is not told is plain."""

    def make_row(indicator_id, **told):
        indicator = catalogue.indicators[indicator_id]
        plain = {item.name: _EMPTY.get(_KINDS[item.name]) for item in fields(Row)} | _PLAIN
        goals = [link.goal for link in indicator.goals]
        row = plain | {"indicator_id": indicator_id, "goal_id": goals[0] if goals else ""} | told
        return Row(**row)

    return make_row


@pytest.fixture(scope="session")
def make_years():
    """Makes an area's years of one indicator from {year: value}."""
    empty = YearFigure(0, None, None, None, "normal", "", None, None, 0)

    def make_years(values):
        return tuple(replace(empty, year=year, value=value) for year, value in values.items())

    return make_years
