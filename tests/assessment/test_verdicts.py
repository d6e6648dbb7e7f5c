"""Verdicts of the assessment can be recomputed by hand from the published figures."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from indicators.assessment.table import compute_assessment
from indicators.model import SeriesPart
from indicators.statistics.interval import figure_limits


@pytest.fixture(scope="module")
def row(assessment):
    """One row of the assessment as a record."""

    def row(area_code, indicator_id):
        rows = assessment.of_area(area_code)
        return next(rows[rows["indicator_id"] == indicator_id].itertuples())

    return row


def _with(catalogue, indicator_id, **changes):
    indicators = dict(catalogue.indicators)
    indicators[indicator_id] = indicators[indicator_id].model_copy(update=changes)
    return dataclasses.replace(catalogue, indicators=indicators)


def _members(assessment, row, indicator_id, *left_out):
    """Counts and denominators of Keski-Suomi's municipalities but some."""
    members = [area.code for area in assessment.catalogue.areas.members("MK13") if area.code not in left_out]
    found = [row(code, indicator_id) for code in members]
    return sum(item.count for item in found), sum(item.denominator for item in found)


def test_a_place_is_compared_with_the_rest_without_the_city(assessment, row):
    """Luhanka is compared with the region less itself and Jyväskylä, which has over half of it."""
    key = "statfin:one_person_households"
    own, region, city = (row(code, key) for code in ("435", "MK13", "179"))
    count = region.count - own.count - city.count
    denominator = region.denominator - own.denominator - city.denominator
    assert _members(assessment, row, key, "435", "179") == (count, denominator)
    assert own.rest_comparator == pytest.approx(100 * count / denominator)
    assert assessment.find_left_out("435") == "179"


def test_the_city_is_compared_with_the_other_municipalities(assessment, row):
    """Jyväskylä's rest is the other 21."""
    key = "statfin:one_person_households"
    own, region = row("179", key), row("MK13", key)
    rest = (region.count - own.count) / (region.denominator - own.denominator)
    assert own.rest_comparator == pytest.approx(100 * rest)
    assert assessment.find_left_out("179") is None
    assert assessment.find_left_out("MK13") is None


def test_limits_are_those_that_decided(row):
    """The shown limits are the test's: Wilson's, with the variance of the rest added to the place's."""
    found = row("931", "statfin:one_person_households")
    region, city = (row(code, found.indicator_id) for code in ("MK13", "179"))
    rest = region.denominator - city.denominator - found.denominator
    d = 1 + found.denominator / rest
    wanted = figure_limits("proportion", found.count, found.denominator, 100, 0.95, d)
    assert found.lower_limit == pytest.approx(float(wanted.lower_limit), rel=1e-9)
    assert found.upper_limit == pytest.approx(float(wanted.upper_limit), rel=1e-9)
    assert found.limits_method == found.rest_method == "wilson"


def test_limits_and_verdict_never_disagree(assessment):
    """Wherever the rest's figure is shown, it lies within the limits just where the verdict is similar."""
    table = assessment.table
    pooled = table["pooled_value"].notna()
    told = table[(table["rest_verdict"] != "not_assessed") & table["rest_comparator"].notna() & ~pooled]
    inside = told["rest_comparator"].between(told["lower_limit"], told["upper_limit"])
    assert (inside == (told["rest_verdict"] == "similar")).all()
    assert 0 < inside.sum() < len(told)


def test_household_measures_weigh_less(assessment, row, bundled, catalogue):
    """A declared design effect widens the limits; a verdict is told only if both of its ends give it."""
    key = "statfin:children_at_risk_of_poverty"
    bare = compute_assessment(bundled, _with(catalogue, key, design_effect=None))
    with_effect, without = (
        item.table[item.table["indicator_id"] == key].set_index("area_code") for item in (assessment, bare)
    )
    # Where one of them tells nothing, its limits are the place's own and not those of a comparison.
    both = (with_effect["rest_verdict"] != "not_assessed") & (without["rest_verdict"] != "not_assessed")
    assert both.sum() > 200
    assert (with_effect.loc[both, "lower_limit"] < without.loc[both, "lower_limit"]).all()
    assert (with_effect.loc[both, "upper_limit"] > without.loc[both, "upper_limit"]).all()
    doubted = with_effect["rest_reason"] == "design_effect_decides"
    assert doubted.any()
    assert (with_effect.loc[doubted, "rest_verdict"] == "not_assessed").all()
    different = ["better", "worse"]
    assert with_effect["rest_verdict"].isin(different).sum() < without["rest_verdict"].isin(different).sum()


def test_the_region_is_never_compared_with_itself(row):
    """The region has no comparator of its own level; the country is the next."""
    found = row("MK13", "statfin:one_person_households")
    assert (found.rest_verdict, found.rest_reason) == ("not_assessed", "no_comparator")
    assert found.country_verdict == "higher"


def test_a_figure_without_counts_has_a_position_only(row):
    """Where the catalogue declares no interval, nothing is tested, and the reason is told."""
    found = row("931", "sotkanet:181")
    assert (found.rest_verdict, found.rest_reason) == ("not_assessed", "not_declared")
    assert np.isnan(found.lower_limit)
    assert found.quartile == "middle_half"


def test_offences_carry_their_dispersion(row):
    """Offences are not independent: their limits are wider than Poisson's, and still Jyväskylä's differ."""
    found = row("931", "statfin:offences_all_iccs")
    assert found.dispersion > 1
    poisson = 1000 * stats.chi2.ppf(0.025, 2 * found.count) / 2 / found.denominator
    assert found.lower_limit < poisson
    city = row("179", "statfin:offences_all_iccs")
    assert city.rest_verdict == "higher"
    assert city.rest_p < 0.001


def _peers(assessment, code):
    """Codes of a municipality's peers."""
    codes = assessment.context.index.codes
    return [codes[at] for at in assessment.context.peer_groups.members[codes.index(code)] if at >= 0]


def test_peers_are_pooled(assessment, row):
    """The comparator of peers is the sum of their counts over the sum of their denominators."""
    found = row("931", "statfin:at_risk_of_poverty")
    peers = _peers(assessment, "931")
    assert len(peers) == 8
    assert "931" not in peers
    rows = [row(code, "statfin:at_risk_of_poverty") for code in peers]
    pooled = sum(item.count for item in rows) / sum(item.denominator for item in rows)
    assert found.peers_comparator == pytest.approx(100 * pooled)


def test_peers_are_never_of_aland(assessment, catalogue):
    """Åland has no peers and is nobody's."""
    aland = {area.code for area in catalogue.areas.members("MK21")}
    for area in catalogue.areas.municipalities():
        found = _peers(assessment, area.code)
        assert not aland & {*found}
        assert bool(found) == (area.code not in aland)


def test_what_chose_the_peers_is_not_compared_with_them(row):
    """The education of its people chose a place's peers: comparing it with theirs would say nothing."""
    assert row("931", "statfin:tertiary_education").peers_reason == "chose_the_peers"


def test_an_own_group_replaces_the_computed_peers(bundled, catalogue):
    """A user may declare another group by codes."""
    own = [{"area": "931", "members": ("249", "729", "601")}]
    declared = type(catalogue.peers).model_validate(catalogue.peers.model_dump() | {"own_groups": own})
    found = compute_assessment(bundled, dataclasses.replace(catalogue, peers=declared))
    rows = found.table[found.table["indicator_id"] == "statfin:at_risk_of_poverty"].set_index("area_code")
    members = rows.loc[["249", "729", "601"]]
    pooled = 100 * members["count"].sum() / members["denominator"].sum()
    assert rows.loc["931", "peers_comparator"] == pytest.approx(pooled)


@pytest.mark.parametrize(
    ("key", "column"),
    [("statfin:at_risk_of_poverty", "rest_verdict"), ("statfin:employment_rate", "trend_verdict")],
)
def test_a_direction_flip_mirrors_the_verdicts(key, column, bundled, catalogue):
    """Better becomes worse and improving becomes worsening; similar and no evidence stay."""
    mirror = {"better": "worse", "worse": "better", "improving": "worsening", "worsening": "improving"}
    other = {"higher_is_better": "lower_is_better", "lower_is_better": "higher_is_better"}
    link = catalogue.indicators[key].goals[0]
    turned = link.model_copy(update={"direction": other[link.direction]})
    flipped = compute_assessment(bundled, _with(catalogue, key, goals=(turned,)))
    straight = compute_assessment(bundled, _with(catalogue, key, goals=(link,)))
    one, two = (item.table[item.table["indicator_id"] == key] for item in (straight, flipped))
    assert set(one[column]) & set(mirror)
    assert [mirror.get(item, item) for item in one[column]] == list(two[column])


def test_a_trend_and_what_the_region_did(bundled, catalogue):
    """To 2019 unemployment fell in Viitasaari and in the region in the same years."""
    rows = bundled.observations
    until = rows[(rows["indicator_id"] == "statfin:unemployed") & (rows["year"] <= 2019)]
    table = compute_assessment(dataclasses.replace(bundled, observations=until), catalogue).of_area("931")
    found = next(table[table["indicator_id"] == "statfin:unemployed"].itertuples())
    assert (found.trend_first_year, found.trend_last_year, found.trend_n) == (2015, 2019, 5)
    assert found.trend_verdict == "improving"
    assert found.trend_method == "chi_square_trend"
    assert found.trend_change < 0
    assert found.trend_p < 0.002


def test_a_trend_reaches_the_newest_figure_though_it_has_no_counts(row):
    """2023 and 2024 are published shares: the trend is of the shares, and does not end in 2022."""
    found = row("931", "statfin:unemployed")
    assert (found.trend_first_year, found.trend_last_year) == (2015, 2024)
    assert found.trend_method == "mann_kendall"
    assert (found.rest_verdict, found.rest_reason) == ("not_assessed", "no_count")


def test_two_years_are_no_trend(row):
    """Key figures of 2015 and 2019 are two points."""
    found = row("931", "statfin:one_person_households")
    assert (found.trend_verdict, found.trend_reason) == ("not_assessed", "too_few_points")


def test_a_new_boundary_is_a_break_for_its_area_only(bundled, catalogue):
    """Pertunmaa joined Mäntyharju: that is no fall or rise of Mäntyharju, and concerns nobody else."""
    key = "statfin:employment_rate"
    parts = (SeriesPart(1987, 2022, "2024", "2024"), SeriesPart(2023, 2024, "2026", "2025"))
    series = {key: dataclasses.replace(bundled.series[key], parts=parts)}
    snapshot = dataclasses.replace(bundled, observations=bundled.rows(key), series=series)
    found = compute_assessment(snapshot, catalogue).table.set_index("area_code")
    found = found[found["indicator_id"] == key]
    assert (found.loc["507", "trend_reason"], found.loc["507", "trend_n"]) == ("break", 2)
    assert (found.loc["931", "trend_verdict"], found.loc["931", "trend_n"]) == ("improving", 10)


def test_stocks_and_nominal_euros_have_no_tested_trend(row):
    """Debt and population are carried over from year to year, and prices move euros."""
    assert row("931", "statfin:population").trend_reason == "stock"
    assert row("931", "statfin:loan_stock").trend_reason == "stock"
    assert row("931", "sotkanet:3177").trend_reason == "nominal_euros"
    assert row("931", "statfin:median_income").trend_method == "mann_kendall"  # constant prices


def test_the_countrys_trend_stands_beside_the_areas(assessment):
    """The course less the national median's is told in its own words, wherever the trend was tested."""
    table = assessment.table
    told = table["relative_trend_verdict"] != "not_assessed"
    words = set(table.loc[told, "relative_trend_verdict"])
    assert {"as_elsewhere", "faster"} <= words <= {"as_elsewhere", "faster", "slower", "against"}
    assert (table.loc[told, "trend_verdict"] != "not_assessed").all()
    assert (table.loc[told, "relative_trend_reason"] == "").all()
    assert (table.loc[~told, "relative_trend_reason"] != "").all()


def test_few_events_are_never_a_balance_or_an_amount(assessment):
    """Uncertain is a share or rate on few events; net migration, euros and population never are."""
    table, catalogue = assessment.table, assessment.catalogue
    for key in set(table.loc[table["is_uncertain"], "indicator_id"]):
        item = catalogue.indicators[key]
        assert item.value_type in ("proportion", "rate")
        assert (catalogue.units[item.unit].minimum or 0) >= 0
    luhanka = assessment.row("435", "statfin:foreign_language_speakers")  # without counts
    assert (luhanka.count, luhanka.value) == (None, 0.9)  # of 695 residents: six persons
    assert luhanka.is_uncertain


def test_discoveries_are_benjamini_and_hochbergs(assessment):
    """The flag is scipy's, within one area, one comparison an indicator."""
    rows = assessment.of_area("931").drop_duplicates("indicator_id")
    tested = rows[rows["rest_p"].notna()]
    wanted = stats.false_discovery_control(tested["rest_p"].to_numpy()) <= 0.05
    assert list(tested["is_discovery"]) == list(wanted)
    assert wanted.any()
    assert not rows.loc[rows["rest_p"].isna(), "is_discovery"].any()


def test_every_verdict_has_its_reason_or_its_method(assessment):
    """A verdict that was made has a method and no reason; one that was not has a reason."""
    table = assessment.table
    for name in ("rest", "country", "peers"):
        made = table[f"{name}_verdict"] != "not_assessed"
        bounded = table[f"{name}_reason"] == "hidden_parts"
        assert made[bounded].all()
        assert (table.loc[made, f"{name}_method"] != "none").all()
        assert (table.loc[made & ~bounded, f"{name}_reason"] == "").all()
        assert table.loc[made & ~bounded, f"{name}_p"].notna().all()
        assert (table.loc[~made, f"{name}_reason"] != "").all()


@pytest.mark.parametrize(("status", "last"), [("provisional", 2024), ("normal", 2025)])
def test_a_running_year_is_no_point_of_a_trend(status, last, write, make_rows, catalogue):
    """The mean of January and February would show the season as a change; a full year is a point."""
    counts = {2020: 100, 2021: 101, 2022: 99, 2023: 100, 2024: 100, 2025: 160}
    rows = [
        {
            "indicator_id": "statfin:unemployed",
            "area_code": "931",
            "year": year,
            "value": count / 10,
            "count": float(count),
            "denominator": 1000.0,
            "status": status if year == 2025 else "normal",
        }
        for year, count in counts.items()
    ]
    table = compute_assessment(write(make_rows(*rows)), catalogue).of_area("931")
    found = next(table[table["indicator_id"] == "statfin:unemployed"].itertuples())
    assert (found.year, found.value, found.trend_last_year) == (2025, 16.0, last)


@pytest.fixture
def accidents(write, make_rows, catalogue):
    """A snapshot of road accidents by hand: four years, few events."""

    def accidents(counts, denominator=5000.0):
        members = [area.code for area in catalogue.areas.members("MK13")]
        rows = [
            {
                "indicator_id": "statfin:road_accidents",
                "area_code": code,
                "year": year,
                "value": 10_000 * count / denominator,
                "count": count,
                "denominator": denominator,
            }
            for code in members
            for year, count in (counts if code == "931" else {2020: 2, 2021: 2, 2022: 2, 2023: 2}).items()
        ]
        return compute_assessment(write(make_rows(*rows)), catalogue)

    return accidents


def _accident_row(assessment):
    rows = assessment.of_area("931")
    return next(rows[rows["indicator_id"] == "statfin:road_accidents"].itertuples())


def test_few_events_are_pooled_over_three_years(accidents):
    """The comparison uses three years together, the region's alike; the shown value is the latest year's."""
    found = _accident_row(accidents({2020: 9, 2021: 1, 2022: 2, 2023: 3}))
    assert found.value == pytest.approx(6.0)
    assert found.pooled_years == 3
    assert found.pooled_value == pytest.approx(10_000 * 6 / 15_000)
    assert found.rest_comparator == pytest.approx(10_000 * (6 + 21 * 6) / (22 * 15_000))


def test_a_period_with_a_missing_year_is_not_pooled(accidents):
    """Every year must be present."""
    found = _accident_row(accidents({2020: 9, 2021: 1, 2023: 3}))
    assert np.isnan(found.pooled_value)
    assert found.rest_verdict == "not_assessed"
