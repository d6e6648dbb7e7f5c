"""Charts of a goal's indicators: rows among the municipalities."""

import dataclasses
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from indicators.analyst.charts import make_spine_chart
from indicators.assessment.goals import find_mark
from indicators.charts.drawing.row_scale import RowScale, find_scale
from indicators.charts.range_line import Spread
from indicators.narrative.formats import parse_number, round_half_up
from indicators.narrative.texts import load_texts

FI = load_texts("fi")
LOWER = "sotkanet:181"  # lower is better, under goal 3.2


def _spine(assessment, area="931", goal="3.2", texts=FI):
    catalogue = assessment.catalogue
    return make_spine_chart(assessment, catalogue.areas.get(area), catalogue.goal(goal), texts)


def _labels(part):
    return [item.text for item in ET.fromstring(part.svg).iter("{http://www.w3.org/2000/svg}text")]


# --- the axis -----------------------------------------------------------------------------------------


@dataclasses.dataclass
class Row:
    """What a scale is made of."""

    minimum: float = 0.0
    q1: float = 4.0
    median: float = 5.0
    q3: float = 7.0
    maximum: float = 9.0
    n_areas: int = 308
    direction: str = "higher_is_better"


def test_better_is_to_the_right():
    """The axis is reversed where lower is better, and the median is in its middle."""
    plain = find_scale(Row(), (), True)
    turned = find_scale(Row(direction="lower_is_better"), (), True)
    assert (plain.place(9), plain.place(5), plain.place(0)) == (0.8, 0, -1)
    assert (turned.place(9), turned.place(5), turned.place(0)) == (-0.8, 0, 1)
    assert find_scale(Row(direction="no_judgement"), (), True).place(9) > 0


def test_the_longer_side_decides_within_reach():
    """One far place does not press the others together; what must be drawn is within the axis."""
    assert find_scale(Row(maximum=5000), (), True).half == 8
    assert find_scale(Row(maximum=5000), (105.0, float("nan")), True).half == pytest.approx(104)
    assert RowScale(Spread(0, 4, 5, 7, 9), 8, False).span(0, 5000) == (-0.625, 1.0, False, True)


@pytest.mark.parametrize(
    ("row", "is_compared"),
    [
        (Row(n_areas=19), True),
        (Row(q1=5, q3=5), True),
        (Row(), False),
        (Row(q1=None), True),
    ],
    ids=["few", "equal", "not compared", "unknown"],
)
def test_no_axis_where_nothing_can_be_compared(row, is_compared):
    """Too few or equal municipalities, or an indicator that is not compared, have no axis."""
    assert find_scale(row, (), is_compared) is None


# --- spine --------------------------------------------------------------------------------------------


def test_every_own_value_can_be_read_back(assessment):
    """Each own value of the assessment is in the drawing with its year, in order."""
    for goal in assessment.catalogue.goals:
        part = _spine(assessment, "172", goal.id)
        rows = assessment.of_area("172")
        rows = rows[(rows["goal_id"] == goal.id) & rows["value"].notna()]
        assert list(part.table["indicator_id"]) == list(rows["indicator_id"])
        shown = [label for label in _labels(part) if re.search(r" \(\d{4}\)$", label)]
        columns = (rows[name] for name in ("indicator_id", "value", "year"))
        for item, key, value, year in zip(shown, *columns, strict=True):
            told, _, told_year = item.rpartition(" ")
            assert told_year == f"({year})"
            decimals = assessment.catalogue.indicators[key].decimals
            assert parse_number(told.rstrip("%€ \u00a0"), "fi") == round_half_up(value, decimals)
        assert list(part.table["year"]) == list(rows["year"])


def test_marks_are_those_of_the_summary(assessment):
    """The words in the table and the counts of the message follow the assessment's marks."""
    rows = assessment.of_area("931")
    marks = [find_mark(row) for row in rows[(rows["goal_id"] == "4.1") & rows["value"].notna()].itertuples()]
    part = _spine(assessment, "931", "4.1")
    assert list(part.table["mark"]) == [FI(f"chart_mark_{mark}") for mark in marks]
    assert f"{marks.count('similar')} ilman selvää eroa" in part.message


def test_background_to_the_right_is_said(assessment):
    """Where a row has no judgement, the chart says what is to the right."""
    assert any("Taustatiedoissa" in label for label in _labels(_spine(assessment, goal="1.3")))
    assert not any("Taustatiedoissa" in label for label in _labels(_spine(assessment, goal="1.1")))


def test_the_line_of_the_region_is_told_where_it_is_drawn(assessment):
    """A goal whose only indicator has no figure of the region has one line alone, the median."""
    for goal in assessment.catalogue.goals:
        part = _spine(assessment, "410", goal.id)
        assert any("Lyhyt pystyviiva" in label for label in _labels(part)) == any(
            line.get_marker() == "|" for line in part.figure.axes[0].lines
        )
    assert not any("pystyviiva" in label for label in _labels(_spine(assessment, "410", "1.1")))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("width", [8, 30])
def test_words_have_room_in_a_saved_chart(assessment, tmp_path, width):
    """Title, notes and source stand one below another at any width; the chart itself stays as it is."""
    part = _spine(assessment, "410", "1.2")
    size = tuple(part.figure.get_size_inches())
    first, again = (part.save(tmp_path / name, width=width).read_bytes() for name in ("a.svg", "b.svg"))
    assert first == again
    assert tuple(part.figure.get_size_inches()) == size


def test_a_goal_without_values_has_no_chart(assess):
    """There is no chart of nothing."""
    assert _spine(assess(LOWER), goal="4.1") is None


@pytest.mark.parametrize(
    "value",
    [lambda at, year: 5, lambda at, year: 0, lambda at, year: -at - 1, lambda at, year: 10.0**9 * (at + 1)],
    ids=["equal", "zero", "negative", "huge"],
)
def test_unusual_values_stay_inside(value, assess):
    """Equal, zero, negative and huge values are all told, drawn or not."""
    part = _spine(assess(LOWER, value=value))
    assert len(part.table) == 1
    (own,) = (label for label in _labels(part) if label.endswith("(2019)"))
    assert ("−" in own) == (part.table["value"][0] < 0)
    (ax,) = part.figure.axes
    assert ax.get_xlim() == (-1.05, 1.05)
    assert all(np.abs(line.get_xdata()).max() <= 1 for line in ax.lines)


def test_titles_with_markup_are_shown(assess, with_title):
    """A title with markup, quotes or 5 000 letters is text, cut where it does not fit."""
    title = '<script>"x"&</script> $1$ ' + "pitkä " * 800
    part = _spine(assess(LOWER, catalogue=with_title(LOWER, title)))
    assert "<script>" not in part.svg
    labels = _labels(part)
    assert any(label.startswith('<script>"x"&</script>') for label in labels)
    assert any(label.endswith("…") for label in labels)
