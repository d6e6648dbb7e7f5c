"""Rates pooled over several years."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics.pooling import pool_periods

NAN = float("nan")
COUNT = np.array([[1.0, 2, 3, 4, 5], [0, 0, NAN, 1, 1]])
PERSONS = np.array([[100.0, 110, 120, 130, 140], [50, 50, 50, 50, 50]])
YEARS = np.arange(2020, 2025)


def test_events_over_person_years():
    """A period's rate is the sum of its events over that of its person-years; its last year names it."""
    result = pool_periods(COUNT, PERSONS, YEARS, 3, multiplier=1000)
    assert_allclose(result.value[0], [6000 / 330, 9000 / 360, 12000 / 390])
    assert result.last_year.tolist() == [2022, 2023, 2024]


def test_a_missing_year_makes_its_periods_missing():
    """Every year must be present: a period with a missing year has no figure."""
    result = pool_periods(COUNT, PERSONS, YEARS, 2)
    assert np.isnan(result.value[1]).tolist() == [False, True, True, False]
    persons = PERSONS.copy()
    persons[0, 4] = 0
    assert np.isnan(pool_periods(COUNT, persons, YEARS, 2).value[0, -1])


def test_no_period_reaches_over_a_missing_column():
    """A year that the table does not have belongs to no period."""
    result = pool_periods(COUNT, PERSONS, [2018, 2019, 2021, 2022, 2023], 2)
    assert result.last_year.tolist() == [2019, 2022, 2023]


def test_single_years_are_left_as_they_are():
    """A period of one year is the year itself."""
    result = pool_periods(COUNT, PERSONS, YEARS, 1)
    assert_array_equal(result.count, COUNT)
    assert result.last_year[0] == 2020


def test_longer_than_the_series():
    """A period longer than the series gives no periods."""
    assert pool_periods(COUNT, PERSONS, YEARS, 9).value.shape == (2, 0)


@given(st.integers(1, 5), st.integers(-500, 500))
@settings(max_examples=40, deadline=None)
def test_adding_a_constant_to_the_years_changes_only_the_years(length, shift):
    """Figures do not depend on where the years begin."""
    plain = pool_periods(COUNT, PERSONS, YEARS, length)
    moved = pool_periods(COUNT, PERSONS, YEARS + shift, length)
    assert_array_equal(plain.value, moved.value)
    assert_array_equal(plain.last_year + shift, moved.last_year)


def test_inputs_are_not_changed():
    """Counts and denominators are left as they were."""
    kept = COUNT.copy(), PERSONS.copy()
    pool_periods(COUNT, PERSONS, YEARS, 3)
    assert_array_equal(COUNT, kept[0])
    assert_array_equal(PERSONS, kept[1])


@pytest.mark.parametrize("years", [[2020, 2021], [2020, 2021, 2021, 2022, 2023]])
def test_wrong_years_are_refused(years):
    """Years must ascend, one for each column."""
    with pytest.raises(ValueError, match="do not ascend"):
        pool_periods(COUNT, PERSONS, years, 3)
