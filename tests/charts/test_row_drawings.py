"""The drawings of a table's row and of a change: pure functions of numbers and words."""

import re
from dataclasses import asdict
from types import SimpleNamespace

import lxml.etree
import pytest

from indicators.charts.moved_line import Series, draw_moved, is_cut
from indicators.charts.range_line import Spread, draw_range
from indicators.charts.sparkline import draw_sparkline

SPREAD = Spread(0, 10, 20, 30, 40)


def _parse(svg):
    return lxml.etree.fromstring(svg)


def _moved(own, other=None, tested=(2015, 2020), **more):
    lines = [Series(v, {y: f"{x:g}" for y, x in v.items()}, {}) for v in (own, other) if v]
    return _parse(draw_moved(lines[0], lines[1] if other else None, tested, 1, "alt", **more))


def test_a_range_stands_in_proportion():
    """The line runs over all, the thick part over the middle half, the mark where the value is."""
    svg = _parse(draw_range(SPREAD, 20, None, "", "alt"))
    line, half, median, mark = svg
    assert line.get("d") == "M6 9H214"
    assert half.get("d") == "M58 9H162"
    assert median.get("d") == "M110 3v12"
    assert mark.get("cx") == "110"
    assert svg.get("role") == "img"


def test_a_value_outside_the_set_is_inside_the_drawing():
    """The rest of a region may lie beyond every municipality of the set: the line does not."""
    svg = _parse(draw_range(SPREAD, 50, -10, "worse", "alt"))
    numbers = [int(found) for item in svg for found in re.findall(r"M(-?\d+)", item.get("d", ""))]
    assert all(0 <= x <= 220 for x in numbers)


@pytest.mark.parametrize(("verdict", "kind"), [("better", "b"), ("worse", "d"), ("similar", "n")])
def test_the_shape_says_the_verdict(verdict, kind):
    """Up, down and round: colour only repeats it."""
    mark = _parse(draw_range(SPREAD, 20, None, verdict, "alt"))[-1]
    assert mark.get("class") == f"ow {kind}"
    assert (mark.tag == "circle") == (kind == "n")


def test_a_set_without_spread_is_not_drawn():
    """Five equal values, or one unknown, give no line to stand on."""
    names = ("minimum", "q1", "median", "q3", "maximum")
    assert Spread.of(SimpleNamespace(**dict.fromkeys(names, 1))) is None
    assert Spread.of(SimpleNamespace(**asdict(SPREAD) | {"q1": None})) is None
    assert Spread.of(SPREAD) == SPREAD


def test_a_label_with_markup_stays_text():
    """What a drawing is called is never read as markup."""
    svg = _parse(draw_range(SPREAD, 1, None, "", 'a"><script>'))
    assert svg.get("aria-label") == 'a"><script>'


def test_a_small_line_is_broken_where_years_are_missing():
    """Years apart are not joined; a year alone is a dot."""
    svg = _parse(
        draw_sparkline([[(2010, 1.0), (2011, 2.0)], [(2014, 3.0)], [(2016, 2.0), (2017, 2.5)]], "alt")
    )
    assert svg[0].get("d").count("M") == 2
    assert svg[1].get("class") == "tp"
    assert svg[-1].tag == "circle"


def test_a_level_line_is_drawn_in_the_middle():
    """Equal values divide by nothing."""
    svg = _parse(draw_sparkline([[(2010, 5.0), (2011, 5.0)]], "alt"))
    assert svg[0].get("d") == "M3 11L76 11"


def test_the_tested_years_are_heavy():
    """The own line is thin over all years and heavy over those of the test, whose first is written."""
    own = {year: 100 + year - 2005 for year in range(2005, 2021)}
    svg = _moved(own)
    kinds = [item.get("class") for item in svg if item.tag == "path"]
    assert kinds == ["gl", "bef", "own"]
    assert {"2005", "2015", "2020"} <= {item.text for item in svg if item.tag == "text"}


def test_a_cut_scale_is_broken_at_its_foot():
    """A scale from zero has a plain foot; another a broken one, and is told in words."""
    high, low = {2015: 90.0, 2016: 95.0, 2017: 99.0}, {2015: 1.0, 2016: 50.0, 2017: 99.0}
    assert is_cut(Series(high, {}, {}), None)
    assert not is_cut(Series(low, {}, {}), None)
    assert "l3-5" in _moved(high)[0].get("d")
    assert "l3-5" not in _moved(low)[0].get("d")


def test_two_labels_of_one_side_do_not_cover_each_other():
    """Lines that end together have their numbers apart."""
    own, other = {2015: 10.0, 2016: 20.0}, {2015: 10.1, 2016: 20.1}
    svg = _moved(own, other, tested=(2015, 2016))
    heights = [int(item.get("y")) for item in svg if item.tag == "text" and item.text not in ("2015", "2016")]
    assert abs(heights[0] - heights[1]) >= 13
    assert abs(heights[2] - heights[3]) >= 13


def test_a_break_is_not_crossed():
    """The line stops where the series begins to count otherwise."""
    own = {year: float(year - 2000) for year in range(2010, 2021)}
    svg = _moved(own, tested=(2010, 2020), breaks=[2015])
    heavy = next(item for item in svg if item.get("class") == "own")
    assert heavy.get("d").count("M") == 2
