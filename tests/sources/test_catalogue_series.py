"""All declared series, fetched from replicas that serve the bundled snapshot's own rows, shifted."""

import numpy as np
import pytest

from indicators.catalogue import load_catalogue
from indicators.catalogue.areas import get_level
from indicators.config import DATA_FOLDER
from indicators.sources.areas import KnownAreas
from indicators.sources.http.session import HttpLimits, ServiceSession
from indicators.sources.sotkanet.sotkanet import Sotkanet
from indicators.sources.statfin.statfin import Statfin
from replica.declared import make_tables
from replica.frames import shift_values
from replica.pxweb import PxWebReplica
from replica.sotkanet import SotkanetReplica, make_regions

SEED = 3
BUNDLED = DATA_FOLDER / "snapshot" / "observations.parquet"


@pytest.fixture(scope="module")
def catalogue():
    """The declared data."""
    return load_catalogue()


@pytest.fixture(scope="module")
def bundled():
    """The rows of the bundled snapshot."""
    pd = pytest.importorskip("pandas")
    if not BUNDLED.is_file():
        pytest.skip("there is no bundled snapshot")
    return pd.read_parquet(BUNDLED)


def find_served(rows, indicator):
    """Served values by key, of the levels and years that the catalogue shows."""
    levels, years = {*indicator.levels, "country"}, indicator.years
    rows = rows[(rows["indicator_id"] == indicator.id) & (rows["sex"] == "total")]
    is_shown = rows["area_code"].astype(str).map(get_level).isin(levels)
    return get_values(rows[is_shown & rows["year"].between(years.first or 0, years.last or 9999)])


def get_values(rows):
    """Values by area and year."""
    rows = rows[rows["value"].notna()].astype({"area_code": str})
    return rows.set_index(["area_code", "year"])["value"].sort_index()


def test_sotkanet_series_arrive_as_served(catalogue, bundled):
    """Bundled Sotkanet series (some, for time) come back with every figure equal to the shifted."""
    ids = {area.code: area.sotkanet_id for area in catalogue.areas if area.sotkanet_id is not None}
    regions = make_regions(bundled["area_code"].astype(str), ids)
    areas = KnownAreas.from_register(catalogue.areas)
    ours = [i for i in catalogue.indicators.values() if i.id in set(bundled["indicator_id"])]
    with SotkanetReplica(bundled, SEED, regions=regions) as replica, ServiceSession("sotkanet") as session:
        results = list(Sotkanet(session, replica.url, areas).fetch(ours[::5]))
    assert len(results) > 4
    for result in results:
        assert result.error is None
        served = find_served(replica.observations, catalogue.indicators[result.indicator_id])
        stored = get_values(result.observations[result.observations["sex"] == "total"])
        assert stored.index.tolist() == served.index.tolist()
        assert stored.tolist() == served.tolist()


def test_statfin_series_arrive_as_served(catalogue, bundled):
    """Every live table that the catalogue declares is found, asked and read."""
    multipliers = {unit.id: unit.multiplier for unit in catalogue.units.values() if unit.multiplier}
    ours = list(catalogue.indicators.values())
    tables = make_tables(ours, bundled, multipliers, SEED)
    limits = HttpLimits(calls=1000)
    with PxWebReplica(tables, max_calls=10_000) as replica, ServiceSession("statfin", "", limits) as session:
        areas = KnownAreas.from_register(catalogue.areas)
        results = list(Statfin(session, replica.url, areas, multipliers).fetch(ours))
    shifted = shift_values(bundled, SEED)
    assert len(results) > 4
    for result in results:
        assert result.error is None
        indicator = catalogue.indicators[result.indicator_id]
        if indicator.source.denominator is not None:
            continue  # served as count and denominator, each shifted; see test_statfin
        served, stored = find_served(shifted, indicator), get_values(result.observations)
        common = stored.index.intersection(served.index)
        assert len(common) == len(served)
        assert np.allclose(stored[common], served[common], rtol=1e-12)
