"""Panels: arrays of areas x years, with computed figures of larger areas only where every part is known."""

import dataclasses
import math

import numpy as np
import pytest

from indicators.assessment.panel import ABSENT, ORIGINS, build_panels, index_areas
from indicators.errors import SnapshotError
from indicators.model import STATUSES

RATE = "statfin:at_risk_of_poverty"
VALUES = "sotkanet:181"
PERSONS = "statfin:population"
#: The municipalities of Kymenlaakso with counts and denominators: 21 of 1000, while the mean of the six
#: rates (1, 1, 3, 2, 5, 2 per cent) would be 2.33.
COUNTS = (1, 2, 3, 4, 5, 6)
DENOMINATORS = (100, 200, 100, 200, 100, 300)


@pytest.fixture(scope="module")
def index(catalogue):
    """Positions of all areas."""
    return index_areas(catalogue.areas)


@pytest.fixture(scope="module")
def members(catalogue):
    """Codes of the six municipalities of Kymenlaakso."""
    return [area.code for area in catalogue.areas.members("MK08")]


@pytest.fixture(scope="module")
def rate_rows(members):
    """One year of the six, as dicts."""
    return [
        {
            "indicator_id": RATE,
            "area_code": code,
            "year": 2024,
            "value": c / d * 100,
            "count": c,
            "denominator": d,
        }
        for code, c, d in zip(members, COUNTS, DENOMINATORS, strict=True)
    ]


@pytest.fixture
def build(make_rows, write, catalogue, index):
    """Builds the panels of made-up rows."""

    def build(*rows, division="2026"):
        return build_panels(write(make_rows(*rows), division=division), catalogue, index)

    return build


def _cell(panel, code, year):
    at = panel.index.codes.index(code), int(year - panel.years[0])
    return panel.value[at], ORIGINS[panel.origin[at]]


# --- areas ------------------------------------------------------------------------------------------


def test_areas_know_where_they_belong(index, catalogue):
    """A municipality knows its region and country; the country belongs nowhere."""
    at = {code: position for position, code in enumerate(index.codes)}
    assert index.codes[index.region[at["931"]]] == "MK13"
    assert index.codes[index.region[at["091"]]] == "MK01"
    assert index.codes[index.country[at["931"]]] == "SSS"
    assert index.country[at["SSS"]] == index.region[at["SSS"]] == index.region[at["MK13"]] == -1
    assert index.is_municipality.sum() == len(catalogue.areas.municipalities())


def test_former_municipality_lies_in_its_successor(index):
    """A former municipality has its successor's region and the year of the merger, and is not current."""
    at = {code: position for position, code in enumerate(index.codes)}
    assert index.codes[index.successor[at["588"]]] == "507"
    assert index.codes[index.region[at["588"]]] == "MK10"
    assert (index.merge_year[at["588"]], index.merge_year[at["507"]]) == (2025, 9999)
    assert at["588"] >= index.n_current > at["507"]
    assert not index.is_municipality[at["588"]]


# --- computed figures -------------------------------------------------------------------------------


def test_region_is_sum_of_counts_over_sum_of_denominators(build, rate_rows):
    """A region's figure is 21 of 1000, 2.1 per cent, and not the mean of the six rates."""
    panel = build(*rate_rows)[RATE]
    assert _cell(panel, "MK08", 2024) == (pytest.approx(2.1), "computed")
    at = panel.index.codes.index("MK08")
    assert (panel.count[at, 0], panel.denominator[at, 0]) == (21, 1000)
    assert STATUSES[panel.status[at, 0]] == "normal"


def test_no_other_area_is_computed(build, rate_rows):
    """Regions without rows and the country, of which most is unknown, stay without a figure."""
    panel = build(*rate_rows)[RATE]
    for code in ("MK13", "SSS", "931", "HVA08"):
        value, origin = _cell(panel, code, 2024)
        assert math.isnan(value)
        assert origin == "none"


@pytest.mark.parametrize("at", range(6))
def test_region_is_missing_where_one_member_is(at, build, rate_rows):
    """One municipality without a row leaves the region without a figure."""
    value, origin = _cell(build(*rate_rows[:at], *rate_rows[at + 1 :])[RATE], "MK08", 2024)
    assert math.isnan(value)
    assert origin == "none"


@pytest.mark.parametrize(
    "hidden",
    [
        {"value": math.nan, "count": math.nan, "status": "suppressed"},
        {"value": math.nan, "denominator": math.nan, "status": "missing"},
        {"value": math.nan, "count": math.nan, "denominator": math.nan, "status": "not_collected"},
    ],
    ids=["suppressed", "no denominator", "nothing"],
)
def test_region_is_missing_where_one_member_is_hidden(hidden, build, rate_rows):
    """One municipality whose count or denominator is not told leaves the region without a figure."""
    value, origin = _cell(build(*rate_rows[:5], rate_rows[5] | hidden)[RATE], "MK08", 2024)
    assert math.isnan(value)
    assert origin == "none"


def test_year_of_one_gap_does_not_spoil_another_year(build, rate_rows):
    """Each year is computed by itself."""
    next_year = [row | {"year": 2025} for row in rate_rows[:5]]
    panel = build(*rate_rows, *next_year)[RATE]
    assert _cell(panel, "MK08", 2024)[1] == "computed"
    assert _cell(panel, "MK08", 2025)[1] == "none"


def test_published_figure_is_preferred(build, rate_rows):
    """Where the region's own figure is published it stands, whatever its municipalities add up to."""
    own = {"indicator_id": RATE, "area_code": "MK08", "year": 2024, "value": 9.9}
    assert _cell(build(*rate_rows, own)[RATE], "MK08", 2024) == (9.9, "published")


def test_values_without_counts_are_never_averaged(build, members):
    """Without counts there is no regional figure: a mean of rates is never used."""
    rows = [{"indicator_id": VALUES, "area_code": code, "year": 2024, "value": 5.0} for code in members]
    value, origin = _cell(build(*rows)[VALUES], "MK08", 2024)
    assert math.isnan(value)
    assert origin == "none"


def test_counts_are_added_up(build, members):
    """A number of persons is the sum of the municipalities' numbers."""
    rows = [
        {"indicator_id": PERSONS, "area_code": code, "year": 2024, "value": n, "count": n}
        for code, n in zip(members, DENOMINATORS, strict=True)
    ]
    assert _cell(build(*rows)[PERSONS], "MK08", 2024) == (1000, "computed")


def test_country_is_computed_from_every_municipality(assessment):
    """The country's figure is the sum over all municipalities of the figures' own division."""
    rows = assessment.snapshot.rows("statfin:aged_65_and_over")
    rows = rows[(rows["year"] == 2019) & rows["area_code"].astype(str).str.isdigit()]
    panel = assessment.panels["statfin:aged_65_and_over"]
    expected = rows["count"].sum() / rows["denominator"].sum() * 100
    assert _cell(panel, "SSS", 2019) == (pytest.approx(expected), "computed")


def test_keski_suomi_of_the_bundled_figures(assessment):
    """Keski-Suomi's figure is the published one of 2024, and of the aged the sum of the 22 in 2021."""
    poor, aged = assessment.panels[RATE], assessment.panels["statfin:aged_65_and_over"]
    assert _cell(poor, "MK13", 2024) == (pytest.approx(46532 / 268347 * 100), "published")
    assert _cell(aged, "MK13", 2021) == (pytest.approx(65701 / 272683 * 100), "computed")


def test_hidden_member_hides_the_bundled_region(assessment):
    """Luhanka is hidden in 2019, so Keski-Suomi has no computed figure then, but has one in 2015."""
    panel = assessment.panels["statfin:basic_security_only"]
    assert _cell(panel, "MK13", 2019)[1] == "none"
    assert _cell(panel, "MK13", 2015)[1] == "computed"


# --- divisions --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def etela_savo(catalogue):
    """Rows of the eleven municipalities of Etelä-Savo, each with 10 of 1000, and of Pertunmaa with 90."""
    rows = [
        {
            "indicator_id": RATE,
            "area_code": area.code,
            "year": 2023,
            "value": 1,
            "count": 10,
            "denominator": 1000,
        }
        for area in catalogue.areas.members("MK10")
    ]
    return [*rows, rows[0] | {"area_code": "588", "value": 9, "count": 90}]


def test_former_municipality_counts_in_its_division(build, etela_savo):
    """In a division that still has Pertunmaa its part belongs to the region: 200 of 12 000."""
    panel = build(*etela_savo, division="2024")[RATE]
    assert _cell(panel, "MK10", 2023) == (pytest.approx(200 / 12_000 * 100), "computed")


def test_region_lacks_a_former_municipality_of_its_division(build, etela_savo):
    """In a division that still has Pertunmaa the region is not whole without it."""
    assert _cell(build(*etela_savo[:-1], division="2024")[RATE], "MK10", 2023)[1] == "none"


def test_former_municipality_is_not_expected_after_its_merger(build, etela_savo):
    """In the division after the merger the eleven are the region: 110 of 11 000."""
    panel = build(*etela_savo[:-1], division="2025")[RATE]
    assert _cell(panel, "MK10", 2023) == (pytest.approx(1.0), "computed")


def test_unknown_division_computes_nothing(build, etela_savo):
    """Where the division is not known, it is not known either which municipalities make up the region."""
    assert _cell(build(*etela_savo[:-1], division=None)[RATE], "MK10", 2023)[1] == "none"


# --- the arrays -------------------------------------------------------------------------------------


def test_years_run_without_gaps(build):
    """Years between two published ones are columns without rows."""
    rows = [{"indicator_id": VALUES, "area_code": "931", "year": year, "value": 5.0} for year in (2018, 2021)]
    panel = build(*rows)[VALUES]
    at = panel.index.codes.index("931")
    assert panel.years.tolist() == [2018, 2019, 2020, 2021]
    assert panel.status[at].tolist() == [0, ABSENT, ABSENT, 0]
    assert panel.years[panel.latest()[at]] == 2021
    assert panel.latest()[panel.index.codes.index("992")] == -1


def test_panel_is_of_both_sexes_together(build):
    """Figures by sex do not reach the panel."""
    rows = [
        {"indicator_id": VALUES, "area_code": "931", "year": 2020, "sex": sex, "value": value}
        for sex, value in (("total", 5.0), ("female", 4.0), ("male", 6.0))
    ]
    assert _cell(build(*rows)[VALUES], "931", 2020) == (5.0, "published")


@pytest.mark.parametrize(
    ("column", "word", "told"),
    [("area_code", "999", "area_code has 999"), ("status", "guessed", "status has guessed")],
)
def test_what_is_not_declared_never_lands_in_another_area(
    column, word, told, rate_rows, make_rows, write, catalogue, index
):
    """Figures of an area that an overlay or another version of the register lacks stop the run by name."""
    snapshot = write(make_rows(*rate_rows))
    table = snapshot.observations.copy()
    table[column] = table[column].cat.add_categories(word)
    table.loc[table.index[0], column] = word
    with pytest.raises(SnapshotError, match=told):
        build_panels(dataclasses.replace(snapshot, observations=table), catalogue, index)


def test_indicator_without_rows_has_no_panel(build):
    """An indicator of which the snapshot has nothing has no panel."""
    assert set(build({"indicator_id": VALUES, "area_code": "931", "year": 2020, "value": 5.0})) == {VALUES}


def test_spread_is_over_current_municipalities(build, members):
    """Quartiles are of current municipalities: neither regions nor former municipalities are in them."""
    rows = [
        {"indicator_id": VALUES, "area_code": code, "year": 2024, "value": float(value)}
        for code, value in [*zip(members, (3, 1, 4, 1, 5, 9), strict=True), ("588", 90), ("MK08", 80)]
    ]
    spread = build(*rows)[VALUES].spread
    expected = np.percentile([3, 1, 4, 1, 5, 9], [0, 25, 50, 75, 100], method="linear")
    found = [getattr(spread, name)[0] for name in ("minimum", "q1", "median", "q3", "maximum")]
    assert found == pytest.approx(expected)
    assert spread.n[0] == 6
