"""The assessment: one row per area, goal and indicator, with comparators of the same year."""

import dataclasses
import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from indicators.assessment.columns import ASSESSMENT_COLUMNS
from indicators.assessment.table import compute_assessment
from indicators.catalogue import AreaRegister
from indicators.catalogue.records import AreaFile
from indicators.catalogue.yamlfile import load_record
from indicators.config import DATA_FOLDER
from indicators.errors import UnknownAreaError

RATE = "statfin:at_risk_of_poverty"
OLD_RATE = "sotkanet:3099"
VALUES = "sotkanet:181"
HIDDEN = "statfin:basic_security_only"
KEY = ["area_code", "goal_id", "indicator_id"]


@pytest.fixture
def assess(make_rows, write, catalogue):
    """Assesses made-up rows."""

    def assess(*rows, **more):
        return compute_assessment(write(make_rows(*rows), **more), catalogue)

    return assess


def _value(area_code, year, value, indicator_id=VALUES, **more):
    return {"indicator_id": indicator_id, "area_code": area_code, "year": year, "value": value} | more


def _gap(area_code, year, status, indicator_id=VALUES, **more):
    return _value(area_code, year, math.nan, indicator_id, status=status, **more)


def _row(assessment, area_code, indicator_id=VALUES):
    rows = assessment.of_area(area_code)
    (row,) = rows[rows["indicator_id"] == indicator_id].itertuples(index=False)
    return row


def _plain(table):
    """The table without the order of rows and of categories."""
    words = table.select_dtypes("category").columns
    return table.astype(dict.fromkeys(words, str)).sort_values(KEY, ignore_index=True)


# --- latest value -----------------------------------------------------------------------------------


def test_latest_value_is_taken(assess):
    """The newest year with a value is assessed, whatever the order of the rows."""
    row = _row(assess(_value("931", 2021, 8.0), _value("931", 2023, 7.0), _value("931", 2022, 9.0)), "931")
    assert (row.year, row.value, row.status) == (2023, 7.0, "normal")
    assert pd.isna(row.newer_year)
    assert row.newer_status == ""


def test_newer_hidden_year_is_told(assess):
    """A newer year without a value does not take the older value away, and is told with its status."""
    row = _row(assess(_value("931", 2021, 8.0), _gap("931", 2023, "suppressed")), "931")
    assert (row.year, row.value, row.status) == (2021, 8.0, "normal")
    assert (row.newer_year, row.newer_status) == (2023, "suppressed")


def test_newer_hidden_year_of_the_bundled_figures(assessment):
    """Luhanka's basic security is of 2015, and 2024 is told as suppressed."""
    row = _row(assessment, "435", HIDDEN)
    assert (row.year, row.count, row.denominator) == (2015, 12, 741)
    assert (row.newer_year, row.newer_status) == (2024, "suppressed")


@pytest.mark.parametrize("status", ["provisional", "break"])
def test_status_of_the_latest_value_is_kept(status, assess):
    """A provisional figure or one after a break is assessed with its status."""
    row = _row(assess(_value("931", 2020, 8.0), _value("931", 2023, 7.0, status=status)), "931")
    assert (row.year, row.status) == (2023, status)


# --- age --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("created", "year", "age", "is_old"),
    [
        (dt.date(2024, 12, 31), 2024, 0, False),
        (dt.date(2025, 1, 1), 2024, 1, False),
        (dt.date(2020, 1, 1), 2015, 5, False),
        (dt.date(2020, 12, 31), 2014, 6, True),
        (dt.date(2090, 6, 1), 2024, 66, True),
    ],
)
def test_age_is_counted_from_the_snapshot(created, year, age, is_old, assess):
    """Age is counted from the snapshot's date and not the clock; older than five years is old."""
    row = _row(assess(_value("931", year, 8.0), created=created), "931")
    assert (row.age_years, row.is_old) == (age, is_old)


def test_what_has_no_value_has_no_age(assess):
    """A missing figure is neither old nor new."""
    row = _row(assess(_value("992", 2000, 8.0)), "931")
    assert pd.isna(row.age_years)
    assert not row.is_old


# --- why there is no value --------------------------------------------------------------------------


def test_reasons_are_kept_apart(assess):
    """Not in the snapshot, no row, hidden, missing and a true zero are five different things."""
    result = assess(
        _value("992", 2020, 0.0),
        _gap("435", 2020, "suppressed", status_note="hidden_by_provider"),
        _gap("077", 2020, "missing", status_note="denominator_missing"),
        _gap("172", 2020, "not_collected"),
    )
    told = {
        code: (_row(result, code).status, _row(result, code).status_note)
        for code in ("435", "077", "172", "931")
    }
    assert told == {
        "435": ("suppressed", "hidden_by_provider"),
        "077": ("missing", "denominator_missing"),
        "172": ("not_collected", ""),
        "931": ("missing", "no_row"),
    }
    assert (_row(result, "992").value, _row(result, "992").status) == (0.0, "normal")
    absent = _row(result, "931", "sotkanet:4")
    assert (absent.status, absent.status_note) == ("missing", "not_in_snapshot")


def test_row_without_value_has_no_figures(assess):
    """Where there is no value there is no year and no comparator that could be taken for its own."""
    row = _row(assess(_value("992", 2020, 8.0), _value("MK13", 2020, 9.0)), "931")
    assert pd.isna(row.year)
    figures = ("value", "count", "denominator", "region_value", "country_value", "q1", "median", "q3")
    assert all(math.isnan(getattr(row, name)) for name in figures)
    assert (row.region_origin, row.vintage, row.n_areas) == ("none", "", 0)


def test_true_zero_of_the_bundled_figures(assessment):
    """Luhanka's zero is a value of its year."""
    row = _row(assessment, "435", "sotkanet:4")
    assert (row.value, row.year, row.status) == (0.0, 2011, "normal")


# --- comparators ------------------------------------------------------------------------------------


def test_comparators_are_of_the_same_year(assess):
    """Region, country and quartiles are of the area's own latest year, though newer ones exist."""
    row = _row(
        assess(
            _value("931", 2020, 8.0),
            _value("MK13", 2020, 9.0),
            _value("SSS", 2020, 7.0),
            _value("992", 2020, 6.0),
            _value("992", 2022, 1.0),
            _value("MK13", 2022, 2.0),
            _value("SSS", 2022, 3.0),
        ),
        "931",
    )
    assert (row.region_value, row.region_origin) == (9.0, "published")
    assert (row.country_value, row.country_origin) == (7.0, "published")
    assert (row.median, row.n_areas) == (7.0, 2)


def test_quartiles_are_of_type_7(assess, catalogue):
    """Minimum, quartiles, median and maximum are those of numpy's linear percentiles over municipalities."""
    codes = [area.code for area in catalogue.areas.municipalities()][:25]
    values = np.random.default_rng(7).uniform(1, 99, 25).round(1)
    rows = [_value(code, 2020, float(value)) for code, value in zip(codes, values, strict=True)]
    row = _row(assess(*rows, _value("MK13", 2020, 99.9)), codes[0])
    expected = np.percentile(values, [0, 25, 50, 75, 100], method="linear")
    found = [row.minimum, row.q1, row.median, row.q3, row.maximum]
    assert found == pytest.approx(expected)
    assert (row.n_areas, row.n_missing) == (25, 308 - 25)


def test_quartiles_of_the_bundled_figures(assessment, catalogue):
    """The quartiles of a real year are those over the published values of all current municipalities."""
    codes = {area.code for area in catalogue.areas.municipalities()}
    rows = assessment.snapshot.rows(RATE)
    values = rows.loc[(rows["year"] == 2024) & rows["area_code"].astype(str).isin(codes), "value"].dropna()
    row = _row(assessment, "931", RATE)
    assert [row.q1, row.median, row.q3] == pytest.approx(np.percentile(values, [25, 50, 75]))
    assert row.n_areas == len(values)


@pytest.mark.parametrize(
    ("indicator_id", "count", "denominator", "origin"),
    [(RATE, 46532, 268347, "published"), ("statfin:road_accidents", 166, 272437, "computed")],
)
def test_region_of_the_bundled_counts(indicator_id, count, denominator, origin, assessment, catalogue):
    """Viitasaari's region has its published figure, else one computed from the municipalities' counts."""
    row = _row(assessment, "931", indicator_id)
    multiplier = catalogue.units[catalogue.indicators[indicator_id].unit].multiplier
    assert row.region_value == pytest.approx(count / denominator * multiplier)
    assert (row.region_code, row.region_origin) == ("MK13", origin)


@pytest.mark.parametrize(
    ("code", "region"), [("091", "MK01"), ("853", "MK02"), ("291", "MK06"), ("507", "MK10")]
)
def test_municipality_elsewhere_gets_its_own_region(code, region, assessment):
    """A municipality outside Keski-Suomi is compared with its own region."""
    row = _row(assessment, code)
    own = _row(assessment, region)
    assert (row.region_code, row.region_value) == (region, own.value)


def test_larger_areas_have_no_region(assessment):
    """A region is compared with the country only."""
    row = _row(assessment, "MK13", RATE)
    assert (row.region_code, row.region_origin) == ("", "none")
    assert row.country_origin == "published"


# --- divisions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "indicator_id", "is_changed"),
    [
        ("301", VALUES, True),  # Kurikka of the 2013 division lacks Jalasjärvi
        ("507", VALUES, True),  # Mäntyharju lacks Pertunmaa in every division before 2025
        ("931", VALUES, False),
        ("179", VALUES, False),  # Jyväskylä's mergers were before 2013
        ("301", RATE, False),  # Kurikka of the 2020 division is whole
        ("507", RATE, False),  # 2024 is of the division with Pertunmaa in it
        ("507", "statfin:offences_all_iccs", False),
    ],
)
def test_changed_boundary_is_flagged(code, indicator_id, is_changed, assessment):
    """A figure of a division before the municipality's last merger covers a smaller area, and says so."""
    assert bool(_row(assessment, code, indicator_id).is_boundary_changed) is is_changed


def test_vintage_and_division_follow_the_latest_year(assessment):
    """A row states when its figure was read and which division it follows."""
    row = _row(assessment, "931", "statfin:population")
    assert (row.year, row.vintage, row.division) == (2025, "2026-04-01", 2026)


# --- the preferred indicator ------------------------------------------------------------------------


def test_second_choice_is_shown_only_where_the_first_is_missing(assess):
    """An indicator of the same matter stands in only where the preferred one has no value."""
    result = assess(
        _value("931", 2019, 17.0, RATE, count=17, denominator=100),
        _gap("992", 2019, "suppressed", RATE),
        _value("931", 2011, 15.0, OLD_RATE),
        _value("992", 2011, 16.0, OLD_RATE),
    )
    assert OLD_RATE not in set(result.of_area("931")["indicator_id"])
    assert _row(result, "992", OLD_RATE).value == 16.0
    assert _row(result, "992", RATE).status == "suppressed"


def test_second_choice_stands_where_the_first_is_not_in_the_snapshot(assess):
    """Without any figures of the preferred indicator the second one is shown everywhere."""
    result = assess(_value("931", 2011, 15.0, OLD_RATE))
    assert _row(result, "931", OLD_RATE).value == 15.0
    assert _row(result, "992", OLD_RATE).status_note == "no_row"


# --- the whole table --------------------------------------------------------------------------------


def test_every_area_goal_and_indicator_has_its_row(assessment, catalogue):
    """There is exactly one row per area, goal and indicator that may be shown at the area's level."""
    preferred = {
        item.id: set(assessment.snapshot.rows(item.fallback_for).dropna(subset="value")["area_code"])
        | {"MK13", "SSS"}
        for item in catalogue.indicators.values()
        if item.fallback_for
    }
    expected = {
        (area.code, goal, item.id)
        for area in catalogue.areas
        for item in catalogue.indicators.values()
        for goal in [link.goal for link in item.goals] or [""]
        if area.level in item.levels and item.id not in preferred
    }
    rows = list(assessment.table[KEY].astype(str).itertuples(index=False, name=None))
    assert len(rows) == len(set(rows))
    assert {row for row in rows if row[2] not in preferred} == expected


def test_table_has_its_columns(assessment):
    """The columns are the declared ones, in order."""
    assert tuple(assessment.table.columns) == ASSESSMENT_COLUMNS


def test_region_only_indicators_are_in_no_municipal_row(assessment, catalogue):
    """What is kept for the region appears for no municipality, and does for the region."""
    kept = [key for key, item in catalogue.indicators.items() if "municipality" not in item.levels]
    rows = assessment.table[assessment.table["indicator_id"].isin(kept)]
    assert {catalogue.areas.get(code).level for code in rows["area_code"].unique()} == {"region", "county"}
    assert _row(assessment, "MK13", "statfin:offences_sexual_iccs").count == 530


def test_rows_stand_in_the_order_of_the_report(assessment, catalogue):
    """An area's rows follow the goals and then the catalogue; key facts without a goal come last."""
    rows = assessment.of_area("931")
    goals = [*(goal.id for goal in catalogue.goals), ""]
    places = [goals.index(goal) for goal in rows["goal_id"]]
    assert places == sorted(places)
    ids = list(catalogue.indicators)
    within = rows.loc[rows["goal_id"] == "4.1", "indicator_id"].map(ids.index).tolist()
    assert within == sorted(within)


def test_direction_belongs_to_the_link(assessment, catalogue):
    """Each row has the direction that its goal gives the indicator."""
    rows = assessment.of_area("931")
    found = set(rows[["goal_id", "indicator_id", "direction"]].astype(str).itertuples(index=False, name=None))
    links = {(link.goal, item.id, link.direction) for item, link in catalogue.links}
    assert {row for row in found if row[0]} <= links
    assert {row[2] for row in found if not row[0]} == {"no_judgement"}


def test_order_of_rows_and_areas_changes_nothing(assessment, catalogue, write, make_rows):
    """Observations in another order and areas declared in another order give the same assessment."""
    rows = assessment.snapshot.observations
    rows = rows[rows["indicator_id"].isin([RATE, HIDDEN, VALUES])]
    rows = rows.astype(dict.fromkeys(rows.select_dtypes("category").columns, str))
    expected = compute_assessment(write(rows, division="2020"), catalogue)
    declared = load_record(DATA_FOLDER / "areas.yaml", AreaFile)
    turned = {
        name: tuple(reversed(getattr(declared, name))) for name in ("municipalities", "regions", "counties")
    }
    turned["former_municipalities"] = tuple(reversed(declared.former_municipalities))
    other = dataclasses.replace(catalogue, areas=AreaRegister(declared.model_copy(update=turned)))
    shuffled = write(rows.sample(frac=1, random_state=3), division="2020", name="shuffled")
    found = compute_assessment(shuffled, other)
    pd.testing.assert_frame_equal(_plain(found.table), _plain(expected.table))


def test_computing_changes_neither_argument(bundled, catalogue, assessment):
    """Assessing leaves the snapshot's observations as they were, and is repeatable."""
    before = bundled.observations.copy(deep=True)
    again = compute_assessment(bundled, catalogue)
    assert bundled.observations.equals(before)
    assert again.table.equals(assessment.table)


# --- reading it -------------------------------------------------------------------------------------


def test_unknown_area_is_refused(assessment):
    """Asking for the rows of an area that is not there is an error, not an empty answer."""
    with pytest.raises(UnknownAreaError, match="Unknown area '998'"):
        assessment.of_area("998")


def test_years_are_the_areas_with_their_comparators(assess):
    """One figure per year with a row of the area, with region and median beside."""
    result = assess(
        _value("931", 2020, 8.0),
        _gap("931", 2022, "suppressed", status_note="hidden_by_provider"),
        _value("992", 2020, 6.0),
        _value("992", 2021, 5.0),
        _value("MK13", 2020, 9.0),
        _value("MK13", 2021, 9.5),
    )
    first, last = result.years("931", VALUES)
    assert (first.year, first.status, first.status_note) == (2020, "normal", "")
    assert (last.year, last.status, last.status_note) == (2022, "suppressed", "hidden_by_provider")
    assert (first.value, first.region_value) == (8.0, 9.0)
    assert (first.median, first.n_areas) == (7.0, 2)
    assert (last.value, last.region_value) == (None, None)


def test_what_is_not_there_has_no_years(assess):
    """An indicator or an area without rows has no years."""
    result = assess(_value("992", 2020, 8.0))
    assert result.years("931", "sotkanet:4") == ()
    assert result.years("931", VALUES) == ()
