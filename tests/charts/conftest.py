"""Every chart of the bundled figures in every language, made once, and assessments of made-up figures."""

import dataclasses
import datetime as dt
from functools import lru_cache

import pytest

from indicators.analyst.charts import make_spine_chart, make_trend_chart
from indicators.assessment.table import compute_assessment
from indicators.catalogue.records import LocalText
from indicators.charts.map import make_map_chart
from indicators.narrative.texts import load_texts
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.write import write_snapshot

OFFENCES = "statfin:offences_property_iccs"
UNEMPLOYED = "sotkanet:181"
POVERTY = "statfin:at_risk_of_poverty"

#: Makers by name: the code of the area, and what is made of assessment, area, texts and id.
MAKERS = {
    "trend": ("931", lambda a, o, t, i: make_trend_chart(a, o, a.catalogue.indicators[OFFENCES], t)),
    "spine": ("931", lambda a, o, t, i: make_spine_chart(a, o, a.catalogue.goal("1.3"), t)),
    "map": ("MK13", lambda a, o, t, i: make_map_chart(a, o, a.catalogue.indicators[POVERTY], t, i, 2024)),
}


@pytest.fixture(scope="session")
def make(assessment):
    """Makes a chart of the bundled figures by name, in a language; each only once."""

    @lru_cache(maxsize=64)
    def make(name, language="fi"):
        code, maker = MAKERS[name]
        part = maker(assessment, assessment.catalogue.areas.get(code), load_texts(language), "f-1")
        assert part is not None
        return part

    return make


@pytest.fixture(scope="session")
def lenient(catalogue):
    """The catalogue with units that take any number."""
    free = {"minimum": None, "maximum": None}
    units = {name: unit.model_copy(update=free) for name, unit in catalogue.units.items()}
    return dataclasses.replace(catalogue, units=units)


@pytest.fixture
def assess(make_rows, describe, snapshots_folder, lenient):
    """Assesses made-up rows of all municipalities: a function of place and year gives the values."""

    def assess(
        *indicators, years=range(2010, 2020), value=lambda at, year: at % 40 + year % 7, more=(), **other
    ):
        areas = [*lenient.areas.municipalities(), lenient.areas.get("MK13")]
        rows = [
            {"indicator_id": item, "area_code": area.code, "year": year, "value": float(value(at, year))}
            for item in indicators
            for at, area in enumerate(areas)
            for year in years
        ]
        table = make_rows(*rows, *more)
        stored = write_snapshot(snapshots_folder, table, describe(table), lenient, dt.date(2026, 11, 24))
        snapshot = load_snapshot(str(stored.path))
        return compute_assessment(snapshot, other.get("catalogue", lenient))

    return assess


@pytest.fixture(scope="session")
def with_title(lenient):
    """The catalogue with another title of one indicator."""

    def with_title(indicator_id, title):
        changed = lenient.indicators[indicator_id].model_copy(update={"title": LocalText(fi=title)})
        return dataclasses.replace(lenient, indicators=lenient.indicators | {indicator_id: changed})

    return with_title
