"""What is not believed of an answer that is right in form: rows of areas that were exchanged."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from indicators.errors import SnapshotCheckError
from indicators.fetch.doubts import Doubts
from replica.world import SOTKANET, get_value, serve

pytest_plugins = ["replica.fixtures"]

KEY, ONE, OTHER = "sotkanet:4", "931", "249"


def change(frame, years, values=None):
    """The rows with the figures of two areas exchanged in the years, or with others in the first one."""
    changed = frame.copy()
    is_it = changed["indicator_id"].eq(KEY) & changed["year"].isin(years)
    places = [changed.index[is_it & changed["area_code"].eq(code)] for code in (ONE, OTHER)]
    for name in ("value", "count", "denominator"):
        kept = [changed.loc[place, name].to_numpy() for place in places]
        for place, numbers in zip(places, reversed(kept), strict=True):
            changed.loc[place, name] = numbers
    return changed


@pytest.fixture
def fetch(world, catalogue):
    """Fetches from services that have the figures at hand, changed."""

    def fetch(frame, seed=0):
        with serve(catalogue, frame, seed) as (sotkanet, statfin):
            return replace(world, sotkanet=sotkanet, statfin=statfin).run(*world.arguments(*SOTKANET))

    return fetch


@pytest.mark.parametrize("years", [range(2019, 2025), range(2020, 2025)])
def test_exchanged_rows_are_refused(years, fetch, world):
    """Five years of another municipality's figures cost the series, which keeps its own; the rest is new."""
    result = fetch(change(world.frame, years))
    assert result.exit_code == 1
    found = "Keuruu (249) and Viitasaari (931) have each other's earlier figures"
    assert f"{KEY}: {found} of {len(years)} years." in result.stderr
    after = world.load()
    assert after.series[KEY].stale_reason.startswith(found)
    assert get_value(after.rows(KEY), KEY) == get_value(world.before.rows(KEY), KEY)


def test_correction_of_few_years_is_taken(fetch, world):
    """Figures of one year that were in each other's place may have been corrected."""
    assert fetch(change(world.frame, [2023])).exit_code == 0
    after = world.load()
    assert get_value(after.rows(KEY), KEY, ONE) == get_value(world.before.rows(KEY), KEY, OTHER)


def test_revision_of_all_areas_is_told_and_taken(fetch, world):
    """Everybody's figures moved: that is news, not an exchange."""
    result = fetch(world.frame, seed=1)
    assert result.exit_code == 0
    assert f"note: {KEY}: figures of 27 of 27 areas are revised." in result.stderr
    assert get_value(world.load().rows(KEY), KEY) != get_value(world.before.rows(KEY), KEY)


def test_rows_in_reversed_order_are_refused(catalogue, world):
    """A whole list in another order is no revision, though every figure moved."""
    rows = world.before.rows(KEY)
    codes = sorted(set(rows["area_code"].astype(str)))
    other = dict(zip(codes, codes[::-1], strict=True))
    moved = rows.assign(area_code=rows["area_code"].astype(str).map(other))
    with pytest.raises(SnapshotCheckError, match="and so have 12 pairs more"):
        Doubts(catalogue).check(KEY, moved, rows)


def test_what_an_undeclared_area_had_is_nobody_elses(catalogue):
    """Its figures do not stand in the row of the last declared area, whose loss they would hide."""
    codes = [area.code for area in catalogue.areas if area.level == "municipality"][:10]
    last = [*catalogue.areas.levels][-1]
    earlier = pd.DataFrame({"area_code": [*codes, last], "year": 2020, "value": 1.0})
    frame = pd.DataFrame({"area_code": [*codes, "zz9"], "year": 2020, "value": 1.0})
    spread = Doubts(catalogue)._spread(frame)
    assert np.isnan(spread[-1]).all()
    assert int((~np.isnan(spread)).sum()) == len(codes)
    assert not np.isnan(Doubts(catalogue)._spread(earlier)[-1]).all()
