"""The tool that builds the bundled snapshot: what it makes of compiled figures, and what stops it."""

import gzip
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

TOOL = Path(__file__).parents[2] / "tools" / "build_bundled_snapshot.py"
COLUMNS = ("source", "series", "area_code", "year", "sex", "value", "status", "vintage", "division")
POOR = ("statfin", "low_income_persons")
ALL = ("statfin", "household_population")


@pytest.fixture(scope="module")
def tool():
    """The tool as a module; it is a script, and no part of the package."""
    spec = importlib.util.spec_from_file_location("build_bundled_snapshot", TOOL)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _row(
    series,
    area="931",
    year=2024,
    value=10.0,
    *,
    status="normal",
    vintage="2025-12-16",
    division="2025",
    sex="total",
):
    return (*series, area, year, sex, "" if value is None else value, status, vintage, division)


@pytest.fixture
def build(tool, catalogue, tmp_path):
    """Writes compiled figures of the given rows and builds the snapshot's table of them."""

    def build(*rows):
        lines = [",".join(COLUMNS), *(",".join(str(item) for item in row) for row in rows)]
        (tmp_path / "figures.csv.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
        names = sorted({row[:2] for row in rows})
        titles = ["source,series,title_fi", *(f"{source},{name},Otsikko" for source, name in names)]
        (tmp_path / "series.csv").write_text("\n".join(titles) + "\n", "utf-8")
        return tool.build(tool.read_figures(tmp_path), tool.read_titles(tmp_path), catalogue)

    return build


def _cells(table, indicator_id):
    rows = table[table["indicator_id"] == indicator_id]
    return {(row.area_code, row.year, row.sex): row for row in rows.itertuples()}


# --- bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param(
            [_row(POOR, status="guessed")],
            r"statfin low_income_persons: 1 row\(s\) with a status other than .*area_code 931, year 2024",
            id="unknown status",
        ),
        pytest.param(
            [_row(POOR), _row(POOR, value=11.0)],
            r"statfin low_income_persons: .*the key of an earlier row.*931.*value 11",
            id="key given twice",
        ),
        pytest.param(
            [_row(("statfin", "employment_rate_18_64"), value=100.4)],
            r"statfin employment_rate_18_64: .*a share that is not 0-100.*value 100\.4",
            id="share above a hundred",
        ),
        pytest.param(
            [_row(("statfin", "employment_rate_18_64"), value=-0.1)],
            r"statfin employment_rate_18_64: .*a share that is not 0-100.*value -0\.1",
            id="share below zero",
        ),
        pytest.param(
            [_row(POOR, value=11.0), _row(ALL, value=10.0)],
            r"statfin low_income_persons: .*above its denominator.*count 11.*denominator 10",
            id="count above its denominator",
        ),
        pytest.param(
            [_row(POOR, vintage="last week")],
            r"statfin low_income_persons: .*a vintage that is no date.*last week",
            id="vintage that is a word",
        ),
        pytest.param(
            [_row(POOR, vintage="2025-13-01")],
            r"statfin low_income_persons: .*a vintage that is no date.*2025-13-01",
            id="vintage of a thirteenth month",
        ),
        pytest.param(
            [_row(POOR, division="now")], r"low_income_persons: .*a division that is no year", id="division"
        ),
        pytest.param(
            [_row(POOR, value=None)], r"low_income_persons: .*no value, though it is not suppressed", id="gap"
        ),
        pytest.param(
            [_row(POOR, status="suppressed")],
            r"low_income_persons: .*a value, though it is suppressed",
            id="hidden cell with a value",
        ),
    ],
)
def test_figures_that_do_not_hold_stop_the_tool(rows, message, build, tool):
    """What was found is told with the series and the row."""
    with pytest.raises(tool.FiguresError, match=message):
        build(*rows)


@pytest.mark.parametrize("vintage", ["2024", "2026-06", "2025-12-16"])
def test_a_vintage_is_as_precise_as_it_is_known(vintage, build):
    """A year, a month and a day are dates."""
    _, series = build(_row(POOR, vintage=vintage), _row(ALL, value=100.0, vintage=vintage))
    assert series["statfin:at_risk_of_poverty"].retrieved_at == vintage


# --- divisions and vintages ---------------------------------------------------------------------------


def test_each_year_is_divided_on_its_own_division(build):
    """Counts of a division with Pertunmaa apart are added up where the denominator has it in Mäntyharju."""
    births, people = ("statfin", "natural_increase"), ("statfin", "population")
    table, series = build(
        _row(births, "507", 2019, 30.0, vintage="2021", division="2021"),
        _row(births, "588", 2019, 5.0, vintage="2021", division="2021"),
        _row(births, "507", 2025, 40.0, vintage="2026", division="2026"),
        _row(people, "507", 2019, 7000.0, vintage="2026", division="2026"),
        _row(people, "507", 2025, 8000.0, vintage="2026", division="2026"),
    )
    cells = _cells(table, "statfin:natural_increase")
    assert set(cells) == {("507", 2019, "total"), ("507", 2025, "total")}
    assert (cells["507", 2019, "total"].count, cells["507", 2019, "total"].value) == (35, 5.0)
    assert (cells["507", 2025, "total"].count, cells["507", 2025, "total"].value) == (40, 5.0)
    assert {part.division for part in series["statfin:natural_increase"].parts} == {"2026"}


@pytest.mark.parametrize("status", ["suppressed", "absent"])
def test_a_merger_is_not_whole_without_all_its_parts(status, build):
    """A hidden part hides the sum; without one part there is no sum at all."""
    hidden = [_row(POOR, "588", value=None, status="suppressed", division="2024")]
    table, _ = build(
        _row(POOR, "931", division="2024"),
        _row(POOR, "507", division="2024"),
        *(hidden if status == "suppressed" else []),
        _row(ALL, "931", value=100.0),
        _row(ALL, "507", value=100.0),
    )
    found = _cells(table, "statfin:at_risk_of_poverty").get(("507", 2024, "total"))
    if status == "suppressed":
        assert (found.status, np.isnan(found.count), np.isnan(found.value)) == ("suppressed", True, True)
    else:
        assert found is None or np.isnan(found.value)


def test_newest_vintage_is_of_each_year_and_sex(build):
    """A newer reading of both sexes together does not take women and men of an older one away."""
    own, other = ("oikeusministerio", "municipal_election_turnout"), ("statfin", "municipal_election_turnout")
    table, series = build(
        _row(own, year=2021, value=53.4, vintage="2026-04-02", division="2021"),
        _row(other, year=2021, value=55.0, sex="female", vintage="2025-05", division="2021"),
        _row(other, year=2021, value=52.0, sex="male", vintage="2025-05", division="2021"),
        _row(other, year=2021, value=99.0, vintage="2025-05", division="2021"),
    )
    cells = _cells(table, "statfin:municipal_turnout")
    assert {key[2]: row.value for key, row in cells.items()} == {"total": 53.4, "female": 55.0, "male": 52.0}
    total, by_sex = series["statfin:municipal_turnout"].parts
    assert (total.producer, total.is_by_sex) == (None, False)
    assert (by_sex.producer, by_sex.is_by_sex, by_sex.vintage) == ("statfin", True, "2025-05")


def test_counts_come_before_shares_of_the_same_year(build):
    """A published share serves only the years of which there are no counts, and gets none."""
    table, _ = build(
        _row(("statfin", "tertiary_persons_15_plus"), year=2025, value=20.0),
        _row(("statfin", "population_15_plus"), year=2025, value=80.0),
        _row(("statfin", "tertiary_share_15_plus"), year=2025, value=26.0),
        _row(("statfin", "tertiary_share_15_plus"), year=2024, value=24.0),
    )
    cells = _cells(table, "statfin:tertiary_education")
    assert (cells["931", 2025, "total"].value, cells["931", 2025, "total"].count) == (25.0, 20)
    assert cells["931", 2024, "total"].value == 24.0
    assert np.isnan(cells["931", 2024, "total"].count)


def test_region_is_taken_where_both_its_numbers_are_published(build):
    """A region without a published denominator has no row: what it is, is worked out where it is told."""
    table, _ = build(
        _row(POOR, "MK13", value=20.0),
        _row(ALL, "MK13", value=100.0),
        _row(POOR, "SSS", value=20.0),
    )
    assert set(_cells(table, "statfin:at_risk_of_poverty")) == {("MK13", 2024, "total")}


def test_status_of_a_preliminary_count_stays(build):
    """A ratio of a preliminary count is preliminary."""
    net, people = ("statfin", "net_migration_between_municipalities"), ("statfin", "population")
    table, _ = build(_row(net, value=-42.0, status="provisional"), _row(people, value=5764.0))
    row = _cells(table, "statfin:net_migration_between_municipalities")["931", 2024, "total"]
    assert row.status == "provisional"
    assert row.value == pytest.approx(-42 / 5764 * 1000)


def test_bundle_is_not_older_than_its_figures(bundled):
    """No figure was read after the day of the bundle."""
    days = [part.vintage for series in bundled.series.values() for part in series.parts]
    assert max(days) <= bundled.created.isoformat()
    assert pd.Timestamp(bundled.created) >= pd.Timestamp(max(days))
