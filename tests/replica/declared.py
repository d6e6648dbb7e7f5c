"""Replicas that hold what the catalogue declares, filled from an observation table."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from indicators.catalogue import Catalogue
from indicators.catalogue.records import ClassRange, Indicator, PxSelection, SotkanetSource, StatfinSource
from replica.frames import shift_values
from replica.pxweb import PxTableReplica, PxWebReplica, write_area
from replica.sotkanet import SotkanetReplica, make_regions

TOTAL = "Yhteensä"
Part = tuple[Indicator, str, PxSelection, float]


def make_replicas(
    catalogue: Catalogue, frame: pd.DataFrame, seed: int = 0, max_calls: int = 30, latency_ms: float = 0
) -> tuple[SotkanetReplica, PxWebReplica]:
    """Replicas of both services for all that is declared, with its titles; not yet started."""
    ids = {area.code: area.sotkanet_id for area in catalogue.areas if area.sotkanet_id is not None}
    ours = list(catalogue.indicators.values())
    titles = {int(i.source.key): i.title.fi for i in ours if isinstance(i.source, SotkanetSource)}
    multipliers = {unit.id: unit.multiplier for unit in catalogue.units.values() if unit.multiplier}
    regions = make_regions(frame["area_code"].astype(str), ids)
    sotkanet = SotkanetReplica(frame, seed, regions=regions, titles=titles, latency_ms=latency_ms)
    tables = make_tables(ours, frame, multipliers, seed)
    return sotkanet, PxWebReplica(tables, max_calls=max_calls, latency_ms=latency_ms)


def make_tables(
    indicators: Iterable[Indicator],
    observations: pd.DataFrame,
    multipliers: Mapping[str, float] | None = None,
    seed: int = 0,
) -> list[PxTableReplica]:
    """A table for each one that the live Statistics Finland series declare.

    Where the observation table has a value without the counts that the series is declared to be made of,
    the count is the value and the denominator the unit's multiplier, so that their ratio is the value.
    """
    parts: dict[str, list[Part]] = defaultdict(list)
    for indicator in indicators:
        source = indicator.source
        if isinstance(source, StatfinSource) and not source.is_archived:
            multiplier = (multipliers or {}).get(indicator.unit, 1.0)
            for name in ("value", "count", "denominator"):
                if selection := getattr(source, name):
                    table = selection.table or source.table
                    parts[table].append((indicator, name, selection, multiplier))
    shifted = shift_values(observations[observations["sex"].astype(str) == "total"], seed)
    return [_make_table(path, used, shifted) for path, used in parts.items()]


def _make_table(path: str, parts: list[Part], frame: pd.DataFrame) -> PxTableReplica:
    texts = list(dict.fromkeys(text for _, _, selection, _ in parts for text in selection.select))
    classes = {
        text: list(dict.fromkeys([TOTAL, *(c for _, _, s, _ in parts for c in _list_classes(s, text))]))
        for text in texts
    }
    contents = list(dict.fromkeys(selection.content for _, _, selection, _ in parts))
    ids = {indicator.id for indicator, *_ in parts}
    rows = frame[frame["indicator_id"].astype(str).isin(ids)]
    is_monthly = any(indicator.source.monthly for indicator, *_ in parts)
    years = sorted({int(year) for year in rows["year"]}) or [2020]
    periods = {
        year: [f"{year}M{m:02}" for m in range(1, 13)] if is_monthly else [str(year)] for year in years
    }
    cells: dict[tuple[str, ...], float] = {}
    for indicator, name, selection, multiplier in parts:
        extra = tuple((_list_classes(selection, text) or [TOTAL])[0] for text in texts)
        others = [
            (*extra[:at], last, *extra[at + 1 :])
            for at, text in enumerate(texts)
            for last in _list_classes(selection, text)[1:]
        ]
        divisor = 12 if indicator.source.monthly == "sum_of_full_years" else 1
        for area, year, value in _read_part(rows, indicator.id, name, multiplier):
            for period in periods[int(year)]:
                cells.setdefault((period, write_area(str(area)), *extra, selection.content), value / divisor)
                for other in others:  # of a range, the first class has all
                    cells.setdefault((period, write_area(str(area)), *other, selection.content), 0)
    areas = sorted({write_area(str(code)) for code in rows["area_code"]}) or ["SSS", "KU179"]
    variables = [
        _write(
            "timeperiod",
            "Kuukausi" if is_monthly else "Vuosi",
            [p for group in periods.values() for p in group],
        )
        | {"time": True},
        _write("alue_23_20260101", "Alue", areas),
        *(
            _write(f"luokitus_{n}", text, classes[text]) | {"elimination": True}
            for n, text in enumerate(texts)
        ),
        _write("contentscode", "Tiedot", contents),
    ]
    return PxTableReplica(path, f"Taulukko {path}", variables, cells)


def _list_classes(selection: PxSelection, text: str) -> list[str]:
    """The class that is selected of a variable, both ends of a range, or none."""
    wanted = selection.select.get(text, [])
    return [wanted.first, wanted.last] if isinstance(wanted, ClassRange) else [wanted] if wanted else []


def _read_part(rows: pd.DataFrame, indicator_id: str, name: str, multiplier: float) -> list[tuple[Any, ...]]:
    ours = rows[rows["indicator_id"].astype(str) == indicator_id]
    has_counts = ours["count"].notna() & ours["denominator"].notna()
    spare = {"value": ours["value"], "count": ours["value"], "denominator": multiplier}
    numbers = ours[name].where(has_counts, spare[name]) if name != "value" else ours["value"]
    kept = numbers.notna() & ours["value"].notna()
    return list(zip(ours["area_code"][kept], ours["year"][kept], numbers[kept], strict=True))


def _write(code: str, text: str, values: list[str]) -> dict[str, Any]:
    return {"code": code, "text": text, "values": values, "valueTexts": values}
