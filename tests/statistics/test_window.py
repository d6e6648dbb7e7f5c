"""Which values of a series a trend may be tested on."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from indicators.statistics.window import last_consecutive

YEARS = np.arange(2015, 2025)


def _window(text, **options):
    """Window of a series written with ``x`` for a value and ``.`` for none, five values needed."""
    mask = np.array([[c == "x" for c in text]])
    years = options.pop("years", YEARS[-len(text) :])
    return last_consecutive(mask, years, shortest=5, **{"longest": 5} | options)


@pytest.mark.parametrize(
    ("text", "n", "reason", "edges"),
    [
        ("xxxxxxxxxx", 5, "", (2020, 2024)),
        ("xxxxxxxx..", 5, "", (2018, 2022)),  # a series ends at its own last value
        ("xxx.xxxxx", 5, "", (2020, 2024)),  # an old gap does not matter
        ("xxxxxx.xxxx", 4, "gap", (2021, 2024)),
        ("x.x.x.x.x.", 1, "gap", (2023, 2023)),
        ("......xxxx", 4, "too_few_points", (2021, 2024)),
        ("..........", 0, "no_value", (np.nan, np.nan)),
        ("xxxx", 4, "too_few_points", (2021, 2024)),
    ],
)
def test_stretch_and_reason(text, n, reason, edges):
    """The stretch ends at the last value and goes back to the first gap."""
    years = np.arange(2025 - len(text), 2025)
    window = _window(text, years=years)
    assert window.n[0] == n
    assert window.reason[0] == reason
    assert_array_equal([edge[0] for edge in window.edge_years()], edges)


def test_longest_is_the_most_used():
    """No more values than the longest stretch are used, and fewer where there are fewer."""
    assert _window("xxxxxxxxxx", longest=10).n[0] == 10
    assert _window(".xxxxxxxxx", longest=10).n[0] == 9
    assert _window("xxx.xxxxxx", longest=10).n[0] == 6


def test_breaks_end_a_stretch():
    """Values before the first year of a new series are not used; per area or for all."""
    is_break = YEARS == 2021
    assert (_window("xxxxxxxxxx", is_break=is_break).reason[0], _window("xxxxxxxxxx").reason[0]) == (
        "break",
        "",
    )
    assert _window("xxxxxxxxxx", is_break=YEARS == 2020).reason[0] == ""
    # The break counts even where the area has no value in the year of the break.
    assert _window("xxxxxx.xxx", is_break=is_break).reason[0] == "break"
    of_area = np.array([[False] * 10, [False] * 6 + [True] + [False] * 3])
    window = last_consecutive(np.ones((2, 10), bool), YEARS, shortest=5, longest=5, is_break=of_area)
    assert window.reason.tolist() == ["", "break"]
    assert window.n.tolist() == [5, 4]


def test_calendar_steps():
    """An indicator of every fourth year is consecutive by its own calendar, and only by that."""
    years = [2004, 2008, 2012, 2017, 2021]
    assert _window("xxxxx", years=years, step=(4, 5)).reason[0] == ""
    assert _window("xxxxx", years=years, step=4).reason[0] == "gap"
    assert _window("x...x...x...x...x", years=np.arange(2008, 2025), step=4).n[0] == 5
    assert _window("x...x...x...x...x", years=np.arange(2008, 2025)).reason[0] == "gap"


def test_values_are_taken_from_the_stretch():
    """Values come in order of time, missing where the stretch does not reach."""
    window = _window("xx.xxx.", years=np.arange(2000, 2007))
    assert_array_equal(window.take(np.arange(7.0)[None]), [[np.nan, np.nan, 3, 4, 5]])
    assert_array_equal(window.years, [[np.nan, np.nan, 2003, 2004, 2005]])


@pytest.mark.parametrize("years", [[2020, 2020, 2021], [2022, 2021, 2020], [2020, 2021]])
def test_wrong_years_are_refused(years):
    """Years must ascend, one for each column."""
    with pytest.raises(ValueError, match="do not ascend"):
        last_consecutive(np.ones((1, 3), bool), years, shortest=5, longest=5)
