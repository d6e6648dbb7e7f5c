"""Years of one series stand in for another's only where the two are shown to agree."""

import dataclasses

import numpy as np
import pytest

from indicators.assessment.fills import FILLED, LEAST_AREAS, fill_panels, find_unproven
from indicators.assessment.panel import build_panels, index_areas
from indicators.assessment.table import compute_assessment

PREFERRED = "statfin:tertiary_education"
FILLING = "sotkanet:3195"
FETCHED = "2026-11-28"


@pytest.fixture(scope="module")
def fill(bundled, catalogue):
    """Fills the panels of the bundled figures, changed as told; gives panels and what is unproven."""

    def fill(series=(), change=None):
        rows = bundled.observations
        rows = rows[rows["indicator_id"].isin([PREFERRED, FILLING])]
        rows = rows if change is None else change(rows.copy())
        known = {key: bundled.series[key] for key in (PREFERRED, FILLING)} | dict(series)
        snapshot = dataclasses.replace(bundled, observations=rows, series=known)
        panels = build_panels(snapshot, catalogue, index_areas(catalogue.areas))
        return fill_panels(panels, snapshot, catalogue), find_unproven(panels, snapshot, catalogue)

    return fill


def _first_year(panels):
    return int(panels[PREFERRED].years[0])


def _fetched(series):
    """The series as a fetch would leave it, with the hash of the provider's metadata."""
    return dataclasses.replace(series, metadata_sha256="0" * 64)


def test_bound_vintage_fills_the_years_that_lack(fill, bundled):
    """3195 as read in 2013 gives 1990-2006, each cell as it was; 2007 and later stay the preferred's."""
    panels, unproven = fill()
    panel = panels[PREFERRED]
    at = panel.index.codes.index("931")
    cells = bundled.rows(FILLING)
    cells = cells[cells["area_code"] == "931"].set_index("year")["value"]
    for year in range(1990, 2007):
        column = year - 1990
        assert panel.value[at, column] == cells[year]
        assert np.isnan(panel.count[at, column])
        assert panel.note[at, column] == FILLED + FILLING
        assert panel.vintage[column] == "2013-09-08"
    assert set(panel.note[at, 17:]) == {""}
    assert panel.years[-1] == 2025
    assert unproven == []


def test_a_fetched_series_fills_only_where_the_two_agree(fill, bundled):
    """After a fetch agreement is looked for in the figures; the real ones agree, and so the years stay."""
    panels, unproven = fill({FILLING: _fetched(bundled.series[FILLING])})
    assert _first_year(panels) == 1990
    assert unproven == []


@pytest.mark.parametrize("fetched", [PREFERRED, FILLING])
def test_a_fetched_series_of_another_concept_is_left_out(fetched, fill, bundled):
    """Whichever of the two was fetched: other figures in the common years end the filling, and are told."""

    def shift(rows):
        rows.loc[rows["indicator_id"] == fetched, "value"] += 1.5
        return rows

    panels, (unproven,) = fill({fetched: _fetched(bundled.series[fetched])}, shift)
    assert _first_year(panels) == 2007
    assert (unproven.indicator_id, unproven.preferred_id, unproven.n_areas) == (FILLING, PREFERRED, 0)


def test_another_vintage_must_agree_anew(fill, bundled):
    """A reading other than the bound one is not believed for its name."""
    series = bundled.series[FILLING]
    parts = tuple(dataclasses.replace(part, vintage=FETCHED) for part in series.parts)

    def few_years(rows):
        is_common = (rows["indicator_id"] == FILLING) & (rows["year"] >= 2008)
        return rows[~is_common]

    panels, (unproven,) = fill({FILLING: dataclasses.replace(series, parts=parts)}, few_years)
    assert _first_year(panels) == 2007
    assert unproven.n_areas < LEAST_AREAS


def test_a_year_of_which_the_preferred_has_hidden_cells_is_its_own(fill):
    """What the preferred hides is not shown from elsewhere."""

    def hide(rows):
        is_hidden = (rows["indicator_id"] == PREFERRED) & (rows["year"] == 2007)
        rows.loc[is_hidden, ["value", "count"]] = np.nan
        rows.loc[is_hidden, "status"] = "suppressed"
        return rows

    panel = fill(change=hide)[0][PREFERRED]
    column = 2007 - 1990
    assert np.isnan(panel.value[:, column]).all()
    assert not any(note.startswith(FILLED) for note in panel.note[:, column])


def test_no_matter_is_told_twice(bundled, catalogue):
    """Where the preferred of two indicators of one matter has a figure, the other has no row."""
    table = compute_assessment(bundled, catalogue).of_area("931")
    shown = set(table["indicator_id"])
    known = set(table.loc[table["value"].notna(), "indicator_id"])
    for item in catalogue.indicators.values():
        assert not (item.id in shown and item.fallback_for in known), item.id
