"""StatFin's tables of 2026: every declared series whose table was seen is found, asked and read."""

import numpy as np
import pytest

from indicators.catalogue import load_catalogue
from indicators.catalogue.areas import get_level
from indicators.catalogue.records import StatfinSource
from indicators.narrative.texts import load_texts
from indicators.sources.areas import KnownAreas
from indicators.sources.http.session import HttpLimits, ServiceSession
from indicators.sources.statfin.statfin import _NOTES, _STATUSES, Statfin
from replica.pxweb import PxWebReplica
from replica.pxweb2026 import AGES, TABLES, make_tables_of_2026


@pytest.fixture(scope="module")
def catalogue():
    """The declared data."""
    return load_catalogue()


@pytest.fixture(scope="module")
def declared(catalogue):
    """Series all of whose tables were seen."""

    def names(source):
        parts = [part for part in (source.value, source.count, source.denominator) if part]
        return {(part.table or source.table).rpartition("/")[2] for part in parts}

    live = [
        item
        for item in catalogue.indicators.values()
        if isinstance(item.source, StatfinSource) and not item.source.is_archived
    ]
    return {item.id: item for item in live if names(item.source) <= TABLES.keys()}


@pytest.fixture(scope="module")
def fetched(catalogue, declared):
    """Results by id, and the tables that gave them."""
    tables = make_tables_of_2026(catalogue)
    multipliers = {unit.id: unit.multiplier for unit in catalogue.units.values() if unit.multiplier}
    limits = HttpLimits(calls=1000)
    with PxWebReplica(tables, max_calls=10_000) as replica, ServiceSession("statfin", "", limits) as session:
        source = Statfin(session, replica.url, KnownAreas.from_register(catalogue.areas), multipliers)
        results = {item.indicator_id: item for item in source.fetch(list(declared.values()))}
    return results, {table.path.rpartition("/")[2]: table for table in tables}


def get_row(result, area, year):
    """One row of a result."""
    rows = result.observations
    return rows[(rows["area_code"] == area) & (rows["year"] == year)].iloc[0]


def test_every_series_is_read(fetched, declared, catalogue):
    """None fails; each has figures of all its municipalities in the table's newest years."""
    results, _ = fetched
    assert {key: str(item.error) for key, item in results.items() if item.error} == {}
    assert results.keys() == declared.keys()
    assert {
        "statfin:population", "statfin:aged_65_and_over", "statfin:natural_increase",
        "statfin:at_risk_of_poverty", "statfin:children_at_risk_of_poverty", "statfin:basic_security_only",
        "statfin:unemployed",
    } <= results.keys()  # fmt: skip
    for result in results.values():
        known = result.observations.dropna(subset="value")
        levels = known["area_code"].astype(str).map(get_level)
        assert known.loc[levels == "municipality", "area_code"].nunique() > 300
        assert known["year"].max() >= 2024


def test_published_figures_arrive(fetched):
    """Viitasaari's figures are those that Statistics Finland has published."""
    results, _ = fetched
    assert get_row(results["statfin:population"], "931", 2025).value == 5695
    assert get_row(results["statfin:population"], "MK13", 2025).value == 273731
    poor = get_row(results["statfin:at_risk_of_poverty"], "931", 2024)
    assert (poor["count"], poor.denominator, round(poor.value, 1)) == (922, 5640, 16.3)
    children = get_row(results["statfin:children_at_risk_of_poverty"], "931", 2024)
    assert (children["count"], children.denominator) == (141, 772)
    assert get_row(results["statfin:basic_security_only"], "931", 2024)["count"] == 201
    grown = get_row(results["statfin:natural_increase"], "931", 2025)
    assert (grown["count"], grown.denominator, round(grown.value, 1)) == (-75, 5695, -13.2)


@pytest.mark.parametrize(
    ("key", "hidden"),
    [
        ("statfin:children_at_risk_of_poverty", {"216", "435"}),
        ("statfin:basic_security_only", {"216", "256", "312", "435", "495", "850"}),
    ],
)
def test_hidden_cells_are_suppressed(fetched, key, hidden):
    """A mark of three points is a suppressed figure, also beside a zero; no other cell of the year is."""
    results, _ = fetched
    rows = results[key].observations
    rows = rows[rows["year"] == 2024]
    suppressed = rows[rows["status"] == "suppressed"]
    assert set(suppressed["area_code"]) == hidden
    assert set(suppressed["status_note"]) == {"hidden_by_provider"}
    assert suppressed[["value", "count"]].isna().all(axis=None)


def test_ages_are_added_up(fetched):
    """65 and over is the sum of the one-year classes from 65 to the open one, of both sexes."""
    results, tables = fetched
    cells = tables["11re"].cells
    ages = [age for age in AGES if age != "SSS" and age >= "065"]
    assert len(ages) == 36
    row = get_row(results["statfin:aged_65_and_over"], "179", 2020)
    expected = sum(cells.get(("KU179", age, "SSS", "2020", "vaerak-vaesto")) for age in ages)
    assert row["count"] == expected
    assert row.denominator == cells.get(("KU179", "SSS", "SSS", "2020", "vaerak-vaesto"))


def test_every_figure_is_the_served_one(fetched, declared):
    """Each count over its denominator is what the tables hold, for every area and year of a ratio."""
    results, tables = fetched
    item, rows = declared["statfin:at_risk_of_poverty"], results["statfin:at_risk_of_poverty"].observations
    assert item.source.table == "StatFin/tjt/14ww"
    cells = tables["14ww"].cells
    assert len(rows) == (308 + 19 + 23 + 1) * 30
    for row in rows.to_dict("records"):
        code = row["area_code"]
        area = f"KU{code}" if code.isdecimal() else code
        count = cells.get((area, str(row["year"]), "rpt_henkilo"))
        people = cells.get((area, str(row["year"]), "tjt-henkiloita"))
        assert (row["count"], row["denominator"]) == (count, people)
        assert np.isclose(row["value"], count / people * 100)


def test_merged_municipality_is_in_its_successor(fetched):
    """Mäntyharju's offences are those of both municipalities, over the population of both."""
    results, tables = fetched
    row = get_row(results["statfin:offences_all"], "507", 2020)
    offences = tables["13ex"].cells
    parts = [offences.get((area, "101T603", "2020", "rikokset_lkm")) for area in ("KU507", "KU588")]
    assert row["count"] == sum(parts) > parts[0]
    assert row.denominator == tables["11ra"].cells.get(("KU507", "2020", "vaerak-vaesto"))
    assert "588" not in set(results["statfin:offences_all"].observations["area_code"])


def test_slow_table_is_asked_by_year(fetched):
    """13ex takes seconds for one year: no query asks for two. The population begins later, in 1990."""
    results, tables = fetched
    assert {len(query["timeperiod_y"]) for query in tables["13ex"].queries} == {1}
    assert results["statfin:offences_all"].observations["year"].min() == 1990


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_reason_has_its_sentence(language):
    """What a row says of a missing figure is told to readers in their language."""
    texts = load_texts(language)
    for status, note in zip(_STATUSES, _NOTES, strict=True):
        assert texts(f"status_{status}")
        assert note == "" or texts(f"note_{note}").endswith(".")
