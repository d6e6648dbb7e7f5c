"""The figures that ship are the published ones, cell by cell, and nothing was joined, filled or guessed."""

import json
import math
import re
from itertools import pairwise

import pytest

from indicators.catalogue import load_catalogue
from indicators.snapshot.store import BUNDLED_FOLDER, verify_snapshot

FIRST_OFFENCES = (
    "statfin:offences_life_health",
    "statfin:offences_property",
    "statfin:offences_all",
    "statfin:offences_traffic",
)
ICCS = ("statfin:offences_all_iccs", "statfin:offences_property_iccs")
KEY_FIGURES = (
    "statfin:one_person_households",
    "statfin:no_qualification_25_29",
    "statfin:outside_built_up_areas",
    "statfin:custody_intoxication",
)
HIDDEN = {
    "statfin:at_risk_of_poverty",
    "statfin:basic_security_only",
    "statfin:children_at_risk_of_poverty",
    "statfin:no_qualification_25_29",
    "statfin:persistently_low_income",
    "statfin:long_term_unemployed_june",
    "statfin:unemployed",
    "statfin:unemployment_june",
    "sotkanet:3099",
}
N_HIDDEN = 547  # counted in the published figures
REGION_ONLY = [key for key, item in load_catalogue().indicators.items() if "municipality" not in item.levels]


@pytest.fixture(scope="module")
def cells(bundled):
    """Every observation by its key."""
    rows = bundled.observations
    return {row[:4]: row for row in rows.itertuples(index=False, name="Cell")}


def _number(text):
    return float(text) if text else math.nan


def _years(bundled, indicator_id):
    return sorted(set(bundled.rows(indicator_id)["year"]))


# --- the published cells ----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "n"), [("published_sample.csv", 200), ("published_sample_2026.csv", 150)])
def test_published_cells_are_there(name, n, cells, read_fixture):
    """Value, count and denominator of cells drawn from the published figures are in the snapshot."""
    sample = read_fixture(name)
    assert len(sample) == n
    differing = []
    for row in sample:
        found = cells[row["indicator_id"], row["area_code"], int(row["year"]), row["sex"]]
        pairs = [(getattr(found, name), _number(row[name])) for name in ("value", "count", "denominator")]
        if not all(a == pytest.approx(b, rel=1e-12, nan_ok=True) for a, b in pairs):
            differing.append((row, found))
    assert differing == []


def test_sample_covers_what_it_should(read_fixture):
    """The sample has home areas, derived rates, hidden cells, and most of the series."""
    sample = read_fixture("published_sample.csv")
    home = {area.code for area in load_catalogue().areas.members("MK13")} | {"MK13"}
    assert sum(row["area_code"] in home for row in sample) >= 120
    assert sum(bool(row["value"] and row["denominator"]) for row in sample) >= 40
    assert sum(not row["value"] for row in sample) >= 5
    assert len({row["indicator_id"] for row in sample}) >= 40


def test_newer_sample_covers_what_it_should(read_fixture, bundled):
    """The newer cells are of renewed and new series, most of the home area, some hidden or preliminary."""
    sample = read_fixture("published_sample_2026.csv")
    home = {area.code for area in load_catalogue().areas.members("MK13")} | {"MK13"}
    assert sum(row["area_code"] in home for row in sample) >= 80
    assert sum(bool(row["value"] and row["denominator"]) for row in sample) >= 60
    assert len({row["indicator_id"] for row in sample}) >= 27
    assert {row["status"] for row in sample} == {"normal", "suppressed", "provisional"}
    assert {row["area_code"] for row in sample} >= {"507", "MK13", "SSS"}


def test_sample_names_source_and_producer_of_the_catalogue(read_fixture, catalogue):
    """Source and producer of each published cell are those that the catalogue declares."""
    for row in read_fixture("published_sample.csv"):
        item = catalogue.indicators[row["indicator_id"]]
        assert (item.source.service, item.producer) == (row["source"], row["producer"]), item.id


def test_hidden_cells_stay_hidden(cells, read_fixture):
    """A cell that the provider hides has neither value nor count, and says who hides it."""
    samples = read_fixture("published_sample.csv") + read_fixture("published_sample_2026.csv")
    hidden = [row for row in samples if not row["value"]]
    assert len(hidden) >= 12
    for row in hidden:
        found = cells[row["indicator_id"], row["area_code"], int(row["year"]), row["sex"]]
        assert (found.status, found.status_note) == ("suppressed", "hidden_by_provider")
        assert math.isnan(found.value)
        assert math.isnan(found.count)


def test_every_hidden_cell_is_without_figures(bundled):
    """All hidden cells are kept as rows, none with a value or a count."""
    hidden = bundled.observations[bundled.observations["status"] == "suppressed"]
    assert len(hidden) == N_HIDDEN
    assert hidden[["value", "count"]].isna().all(axis=None)
    assert set(hidden["status_note"]) == {"hidden_by_provider"}
    assert set(hidden["indicator_id"]) == HIDDEN


def test_hidden_since_is_hidden(cells):
    """A cell that a newer publication hides is hidden, though an older one showed it."""
    for year in (2012, 2013, 2016, 2017, 2019, 2020, 2021, 2022, 2024):
        assert cells["statfin:children_at_risk_of_poverty", "435", year, "total"].status == "suppressed"
    for code in ("216", "256", "312", "435", "495", "850"):
        assert cells["statfin:basic_security_only", code, 2024, "total"].status == "suppressed"


def test_derived_rates_are_count_over_denominator(bundled, catalogue):
    """Every value with a count and a denominator is their ratio in the indicator's unit."""
    rows = bundled.observations.dropna(subset=["value", "count", "denominator"])
    units = {key: catalogue.units[item.unit].multiplier for key, item in catalogue.indicators.items()}
    multiplier = rows["indicator_id"].astype(str).map(units)
    assert len(rows) > 10_000
    assert (rows["count"] / rows["denominator"] * multiplier - rows["value"]).abs().max() < 1e-9


# --- zeros, gaps and breaks -------------------------------------------------------------------------


def test_true_zero_stays_a_zero(cells):
    """Luhanka's published zero of indicator 4 is a zero with a normal status."""
    luhanka = cells["sotkanet:4", "435", 2011, "total"]
    assert (luhanka.value, luhanka.status) == (0.0, "normal")


def test_absent_row_stays_absent(cells):
    """Where the provider publishes no row there is none, between published years too."""
    for year in (1996, 2005, 2006, 2007):
        assert ("sotkanet:4", "435", year, "total") not in cells
    assert ("sotkanet:4", "435", 2004, "total") in cells
    found = {key[1] for key in cells if key[0] == "sotkanet:5513"}
    assert found == {area.code for area in load_catalogue().areas.members("MK13")}


def test_no_denominator_is_missing(bundled):
    """Every municipality has its denominator, the fifteen with Swedish names too."""
    rows = bundled.observations
    assert "denominator_missing" not in set(rows["status_note"])
    of_all = rows[(rows["indicator_id"] == "statfin:offences_all_iccs") & (rows["year"] == 2024)]
    assert len(of_all) == of_all["value"].notna().sum() == 308


def test_a_published_cell_that_is_not_believed_is_left_out_with_its_reason(bundled, cells):
    """Laukaa's loan stock of 2021 does not fit that of 2020; every other cell is as published."""
    rows = bundled.observations[bundled.observations["status"] == "missing"]
    assert [tuple(row[:3]) for row in rows.itertuples(index=False)] == [("statfin:loan_stock", "410", 2021)]
    assert rows["status_note"].tolist() == ["differs_from_earlier_year"]
    assert cells["statfin:loan_stock", "410", 2020, "total"].value > 0


def test_break_has_its_status(bundled):
    """The first year of a new measurement is marked as a break, and no other year."""
    rows = bundled.rows("sotkanet:180")
    assert set(rows.loc[rows["status"] == "break", "year"]) == {1998}
    assert set(rows.loc[rows["year"] == 1998, "status"]) == {"break"}


def test_break_in_a_year_without_figures_is_marked_at_the_next(cells):
    """The registers changed in 2025, of which there is no June: 2026 carries the mark."""
    assert cells["statfin:unemployment_june", "931", 2026, "total"].status == "break"
    assert cells["statfin:unemployment_june", "931", 2024, "total"].status == "normal"


def test_preliminary_year_has_its_status(bundled):
    """Migration between municipalities is preliminary in 2024, and nothing else is."""
    rows = bundled.observations[bundled.observations["status"] == "provisional"]
    assert set(rows["indicator_id"]) == {"statfin:net_migration_between_municipalities"}
    assert set(rows["year"]) == {2024}
    assert len(rows) == 308


# --- series that stay apart -------------------------------------------------------------------------


@pytest.mark.parametrize("indicator_id", FIRST_OFFENCES)
def test_old_classification_is_whole_to_2019(indicator_id, bundled):
    """The old classification is bundled to 2019; where 2020 is shown, it stands after a break."""
    years = _years(bundled, indicator_id)
    assert years[:33] == list(range(1987, 2020))
    assert years[33:] in ([], [2020])
    rows = bundled.rows(indicator_id)
    assert set(rows.loc[rows["year"] == 2020, "status"]) <= {"break"}


@pytest.mark.parametrize("indicator_id", ICCS)
def test_new_classification_begins_in_2021(indicator_id, bundled):
    """The new classification has its four years, and so never shares one with the old."""
    assert _years(bundled, indicator_id) == [2021, 2022, 2023, 2024]


@pytest.mark.parametrize("indicator_id", KEY_FIGURES)
def test_key_figures_are_two_points(indicator_id, bundled):
    """Key figures of 2015 and 2019 are two points with nothing between."""
    assert _years(bundled, indicator_id) == [2015, 2019]


@pytest.mark.parametrize(
    ("indicator_id", "year", "producer"),
    [
        ("statfin:annual_margin", 2020, "statfin"),
        ("statfin:annual_margin", 2021, "valtiokonttori"),
        ("statfin:loan_stock", 2021, "valtiokonttori"),
        ("statfin:unemployment_june", 2024, "tem"),
        ("statfin:unemployment_june", 2026, "keha"),
        ("statfin:municipal_turnout", 2025, "oikeusministerio"),
        ("statfin:road_accidents", 2022, "vaylavirasto"),
    ],
)
def test_each_part_names_its_producer(indicator_id, year, producer, bundled):
    """Where a year is of another producer than the rest, its part says so."""
    series = bundled.series[indicator_id]
    (part,) = [p for p in series.parts if p.first_year <= year <= p.last_year and not p.is_by_sex]
    assert (part.producer or series.producer) == producer


@pytest.mark.parametrize(
    ("indicator_id", "counted", "shared"),
    [
        ("statfin:tertiary_education", {2025}, range(2007, 2025)),
        ("statfin:aged_65_and_over", range(1990, 2022), {2025}),
        ("statfin:unemployed", range(2006, 2023), {2023, 2024}),
        ("statfin:foreign_citizens", range(2000, 2020), {2021}),
    ],
)
def test_no_count_is_made_of_a_share(indicator_id, counted, shared, bundled):
    """Counts are of the years of which they are published; years with a published share only have none."""
    rows = bundled.rows(indicator_id).dropna(subset="value")
    assert set(rows.loc[rows["count"].notna(), "year"]) == set(counted)
    assert set(rows.loc[rows["count"].isna(), "year"]) == set(shared)


def test_morbidity_indices_are_not_joined(bundled):
    """None of the three indices has figures here, so none could carry another's."""
    assert not {"sotkanet:184", "sotkanet:243", "sotkanet:5641"} & set(bundled.series)


def test_incomes_and_education_are_of_one_vintage(bundled):
    """Incomes in constant prices and the share of an age group come from one vintage each."""
    assert [part.vintage for part in bundled.series["statfin:median_income"].parts] == ["2024-10-28"]
    assert [part.vintage for part in bundled.series["sotkanet:3195"].parts] == ["2013-09-08"]
    assert max(_years(bundled, "sotkanet:3195")) == 2011


def test_no_year_mixes_two_vintages(bundled):
    """The parts of a series follow each other: no year belongs to two vintages or divisions."""
    for series in bundled.series.values():
        parts = [part for part in series.parts if not part.is_by_sex]
        for earlier, later in pairwise(parts):
            assert earlier.last_year < later.first_year, series.indicator_id


@pytest.mark.parametrize(
    ("indicator_id", "parts"),
    [
        ("sotkanet:181", [(1991, 2011, "2013-09-08", "2013")]),
        ("sotkanet:5513", [(2023, 2023, "2026-06", "2023")]),
        ("sotkanet:127", [(2000, 2022, "2024", "2023")]),
        ("sotkanet:180", [(1990, 2007, "2013-09-08", "2013"), (2008, 2017, "2019", "2018")]),
        ("statfin:population", [(1990, 2025, "2026-04-01", "2026")]),
        (
            "statfin:aged_65_and_over",
            [(1990, 2021, "2022-12-13", "2026"), (2025, 2025, "2026-05-29", "2026")],
        ),
        (
            "statfin:municipal_turnout",
            [
                (2012, 2012, "2026-04-02", "2013"),
                (2017, 2017, "2026-04-02", "2017"),
                (2021, 2021, "2026-04-02", "2021"),
                (2021, 2021, "2025-05", "2021"),  # women and men
                (2025, 2025, "2026-04-02", "2025"),
            ],
        ),
        ("statfin:offences_all_iccs", [(2021, 2024, "2026-02-03", "2026")]),
        (
            "statfin:at_risk_of_poverty",
            [(1995, 2022, "2024-02-02", "2023"), (2024, 2024, "2025-12-16", "2025")],
        ),
        ("statfin:unemployed", [(2006, 2022, "2023-12-05", "2023"), (2023, 2024, "2025-02-25", "2025")]),
    ],
)
def test_vintage_and_division_are_stated(indicator_id, parts, bundled):
    """Each part of a series states its years, vintage and division, as precisely as they are known."""
    found = bundled.series[indicator_id].parts
    assert [(part.first_year, part.last_year, part.vintage, part.division) for part in found] == parts


def test_older_division_is_no_comparator(cells):
    """Where municipalities are of a newer vintage the region's older figure is left out."""
    assert ("sotkanet:180", "MK13", 2007, "total") in cells
    assert ("sotkanet:180", "MK13", 2008, "total") not in cells
    assert ("sotkanet:180", "931", 2008, "total") in cells


# --- areas ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indicator_id", REGION_ONLY)
def test_region_only_indicator_has_no_municipal_rows(indicator_id, bundled):
    """What is shown for the region only is not even stored by municipality."""
    areas = set(bundled.rows(indicator_id)["area_code"].astype(str))
    assert not [code for code in areas if code.isdigit()]


@pytest.mark.parametrize(
    ("indicator_id", "year", "count", "denominator"),
    [
        ("statfin:offences_physical_integrity_iccs", 2021, 4466, 272683),
        ("statfin:offences_physical_integrity_iccs", 2024, 4804, 274112),
        ("statfin:offences_sexual_iccs", 2024, 530, 274112),
        ("statfin:custody_intoxication", 2019, 2688, 272898),
    ],
)
def test_regions_figure_is_the_sum_of_its_22(indicator_id, year, count, denominator, cells):
    """Keski-Suomi's figure is summed from the published figures of its municipalities, and says so."""
    row = cells[indicator_id, "MK13", year, "total"]
    assert (row.count, row.denominator) == (count, denominator)
    assert row.value == pytest.approx(count / denominator * 1000)
    assert row.status_note == "computed_from_municipalities"


@pytest.mark.parametrize("indicator_id", ICCS)
@pytest.mark.parametrize(
    ("year", "population"), [(2021, 5635 + 1644), (2022, 5564 + 1600), (2023, 5522 + 1577), (2024, 7057)]
)
def test_merged_municipality_is_in_the_denominator(indicator_id, year, population, cells):
    """Mäntyharju's offences of the 2025 division are over a population with Pertunmaa in it."""
    assert cells[indicator_id, "507", year, "total"].denominator == population
    assert (indicator_id, "588", year, "total") not in cells


def test_municipalities_of_all_finland_are_there(bundled, catalogue):
    """Comparisons have every current municipality."""
    codes = {area.code for area in catalogue.areas.municipalities()}
    assert codes <= set(bundled.rows("statfin:at_risk_of_poverty")["area_code"].astype(str)) | {
        item.code for item in catalogue.areas.former()
    }


@pytest.mark.parametrize(
    ("year", "sexes"), [(2017, {"total"}), (2021, {"total", "female", "male"}), (2025, {"total"})]
)
def test_turnout_is_kept_as_published(year, sexes, cells):
    """Turnout of 2021 is told by sex too, from an older reading than its total; nothing is made up."""
    assert {key[3] for key in cells if key[:3] == ("statfin:municipal_turnout", "931", year)} == sexes


# --- the folder -------------------------------------------------------------------------------------


def test_folder_is_whole_and_small():
    """The bundled snapshot passes its own check and stays under four megabytes."""
    assert verify_snapshot(BUNDLED_FOLDER) == []
    assert sum(path.stat().st_size for path in BUNDLED_FOLDER.iterdir()) < 4_000_000


def test_manifest_states_provider_source_and_vintage(bundled, catalogue):
    """Each series of the manifest states who produced it, from where it came and when it was read."""
    for entry in bundled.manifest["series"]:
        assert entry["provider"] in catalogue.producers
        assert entry["source"] in catalogue.services
        assert entry["url"].startswith("https://")
        parts = bundled.series[entry["indicator_id"]].parts
        assert entry["retrieved_at"] == max(part.vintage for part in parts)
        assert entry["rows"] == len(bundled.rows(entry["indicator_id"]))
    assert {entry["indicator_id"] for entry in bundled.manifest["series"]} == set(bundled.series)


def test_files_hold_no_path_of_the_maker():
    """Nothing in the readable files tells where the snapshot was made."""
    for name in ("manifest.json", "series.json"):
        text = (BUNDLED_FOLDER / name).read_text("utf-8")
        assert json.loads(text)
        assert not re.search(r'"(/|[A-Z]:|file:)', text)
