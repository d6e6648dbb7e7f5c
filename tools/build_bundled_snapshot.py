"""Build the bundled snapshot from a folder of compiled published figures.

    python tools/build_bundled_snapshot.py FIGURES [--created YYYY-MM-DD]

FIGURES holds ``figures.csv.gz`` (source, series, area_code, year, sex, value, status, vintage, division)
and ``series.csv`` (one row a series). The result replaces ``src/indicators/data/snapshot/`` and is
committed. The script only selects, divides and labels: it alters no published figure, joins no two series
and fills no gap.
"""

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from indicators.catalogue import Catalogue, load_catalogue
from indicators.catalogue.records import Indicator, StatfinSource
from indicators.model import OBSERVATION_COLUMNS, SeriesMetadata, SeriesPart
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import BUNDLED_FOLDER
from indicators.snapshot.write import write_snapshot

KEY = ["area_code", "year", "sex"]
#: Read with the same vintage as the offences of the 2025 division, and Pertunmaa is in Mäntyharju already.
POPULATION_2024 = ("statfin", "population", "2026-02-03", "2025")
HIDDEN = "hidden_by_provider"
COMPUTED = "computed_from_municipalities"


@dataclass(frozen=True)
class Ratio:
    """A figure divided by us: the sums of the named series (a leading minus subtracts)."""

    count: tuple[str, ...]
    denominator: tuple[str, ...]


POOR = "key_pienituloisten_henkilöiden_lukumäärä_asuntoväestössä"
LOW_25 = "key_ilman_perusasteen_jälkeistä_tutkintoa_oleva_väestö_25_29_vuotiaat"
HIGH_25 = "key_perusasteen_jälkeisen_tutkinnon_suorittanut_väestö_25_29_vuotiaat"

#: StatFin indicators and the compiled series behind them. Sotkanet indicators are found by their number.
COMPILED: dict[str, str | Ratio] = {
    "statfin:population": "population",
    "statfin:median_income": "median_disposable_income",
    "statfin:municipal_turnout": "municipal_election_turnout",
    "statfin:offences_life_health": "offences_per_1000_00B",
    "statfin:offences_property": "offences_per_1000_00A",
    "statfin:offences_all": "offences_per_1000_RLL",
    "statfin:offences_traffic": "offences_per_1000_00L",
    "statfin:aged_65_and_over": Ratio(("key_yli_64_vuotiaat",), ("key_väkiluku",)),
    "statfin:one_person_households": Ratio(
        ("key_asuntokunnan_koko_1_henkilö",), ("key_asuntokuntien_lukumäärä",)
    ),
    "statfin:foreign_citizens": Ratio(("key_ulkomaan_kansalaiset",), ("key_väkiluku",)),
    "statfin:at_risk_of_poverty": Ratio((POOR,), ("key_asuntoväestö_henkilöä",)),
    "statfin:basic_security_only": Ratio(
        ("key_kokonaan_perusturvan_varassa_koko_asuntoväestö",), ("key_asuntoväestö_henkilöä",)
    ),
    "statfin:children_at_risk_of_poverty": Ratio(
        ("key_pienituloisten_lasten_lukumäärä_asuntoväestössä",), ("key_asuntoväestö_lapsia",)
    ),
    "statfin:no_qualification_25_29": Ratio((LOW_25,), (LOW_25, HIGH_25)),
    "statfin:natural_increase": Ratio(("key_syntyneet", "-key_kuolleet"), ("key_väkiluku",)),
    "statfin:outside_built_up_areas": Ratio(("key_väkiluku", "-key_taajamaväestö"), ("key_väkiluku",)),
    "statfin:unemployed": Ratio(("unemployed_yearly_mean",), ("labour_force_yearly_mean",)),
    "statfin:offences_property_iccs": Ratio(("offences_050000",), ("population",)),
    "statfin:offences_all_iccs": Ratio(("offences_SSS",), ("population",)),
    "statfin:offences_physical_integrity_iccs": Ratio(("offences_020000",), ("population",)),
    "statfin:offences_sexual_iccs": Ratio(("offences_030000",), ("population",)),
    "statfin:custody_intoxication": Ratio(("key_päihtymyksen_takia_säilöönotetut",), ("key_väkiluku",)),
}


def main() -> None:
    """Read the figures, build every indicator that has any, and write the snapshot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("figures", type=Path, help="folder with figures.csv.gz and series.csv")
    parser.add_argument("--created", type=dt.date.fromisoformat, default=dt.date(2026, 11, 24))
    arguments = parser.parse_args()
    catalogue = load_catalogue()
    figures = read_figures(arguments.figures)
    titles = pd.read_csv(arguments.figures / "series.csv", dtype=str).set_index(["source", "series"])[
        "title_fi"
    ]
    observations, series = build(figures, titles, catalogue)
    write_snapshot(
        BUNDLED_FOLDER.parent, observations, series, catalogue, arguments.created, name=BUNDLED_FOLDER.name
    )
    snapshot = load_snapshot("bundled")
    print(f"{snapshot.id}: {len(snapshot.observations)} rows, {len(snapshot.series)} series")


def read_figures(folder: Path) -> pd.DataFrame:
    """The compiled figures with text columns as text; value NaN where there is none."""
    text = dict.fromkeys(("source", "series", "area_code", "sex", "status", "vintage", "division"), str)
    figures = pd.read_csv(folder / "figures.csv.gz", dtype=text)
    source, series, vintage, division = POPULATION_2024
    is_late = (figures["source"] == source) & (figures["series"] == series) & (figures["vintage"] == vintage)
    figures.loc[is_late, "division"] = division
    return figures


def build(
    figures: pd.DataFrame, titles: pd.Series, catalogue: Catalogue
) -> tuple[pd.DataFrame, dict[str, SeriesMetadata]]:
    """Observations and metadata of every declared indicator that the figures have."""
    frames, series = [], {}
    blocks = dict(iter(figures.groupby(["source", "series"])))
    for indicator in catalogue.indicators.values():
        name = COMPILED.get(indicator.id) or str(getattr(indicator.source, "key", ""))
        first = name.count[0] if isinstance(name, Ratio) else name
        if (indicator.source.service, first) not in blocks:
            continue
        rows = _figures_of(indicator, name, blocks, catalogue)
        rows = _within_years(rows, indicator)
        rows["status"] = rows["status"].where(~_is_break(rows, indicator), "break")
        title = titles[(indicator.source.service, first)]
        series[indicator.id] = _metadata(indicator, rows, title)
        frames.append(rows.assign(indicator_id=indicator.id))
    table = pd.concat(frames, ignore_index=True)
    return table.loc[:, list(OBSERVATION_COLUMNS)], series


def _figures_of(indicator: Indicator, name: str | Ratio, blocks: dict, catalogue: Catalogue) -> pd.DataFrame:
    unit = catalogue.units[indicator.unit]
    if isinstance(name, Ratio):
        rows = _divide(name, blocks, catalogue, unit.multiplier)
        if "municipality" not in indicator.levels:
            return _sum_regions(rows, catalogue, unit.multiplier)
        return rows
    rows = _newest_vintage(blocks[(indicator.source.service, name)])
    rows["count"] = rows["value"] if unit.is_additive else float("nan")
    rows["denominator"] = float("nan")
    rows["status_note"] = ""
    return rows


def _newest_vintage(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of each year's newest vintage only.

    Where a year has municipalities of one vintage and regions of an older one, the two follow different
    area divisions, so the older rows are no comparator and are left out.
    """
    newest = rows.groupby("year")["vintage"].transform("max")
    return rows[rows["vintage"] == newest].copy()


def _divide(ratio: Ratio, blocks: dict, catalogue: Catalogue, multiplier: float) -> pd.DataFrame:
    """Count, denominator and their ratio for every municipality and year that has a count row.

    A published zero is a zero; a hidden part leaves the ratio hidden; an absent denominator leaves it
    missing.
    """
    counts = _sum_series(ratio.count, blocks)
    division = counts["division"].iloc[0]
    denominators = _on_division(_sum_series(ratio.denominator, blocks), division, catalogue)
    rows = counts.merge(
        denominators[[*KEY, "value", "status"]], on=KEY, how="left", suffixes=("", "_denominator")
    )
    hidden = (rows["status"] == "suppressed") | (rows["status_denominator"] == "suppressed")
    rows = rows.rename(columns={"value": "count", "value_denominator": "denominator"})
    rows["denominator"] = rows["denominator"].where(rows["denominator"] > 0)
    rows["value"] = (rows["count"] / rows["denominator"] * multiplier).where(~hidden)
    rows["status"] = "normal"
    rows.loc[rows["value"].isna(), "status"] = "missing"
    rows.loc[hidden, "status"] = "suppressed"
    rows["status_note"] = ""
    rows.loc[rows["status"] == "missing", "status_note"] = "denominator_missing"
    rows.loc[hidden, "status_note"] = HIDDEN
    rows.loc[hidden, "count"] = float("nan")
    return rows[rows["area_code"].str.fullmatch(r"\d{3}")]


def _sum_series(names: tuple[str, ...], blocks: dict) -> pd.DataFrame:
    """Sum of published series cell by cell; hidden where any part is hidden, absent where any is absent."""
    total = None
    for name in names:
        part = blocks[("statfin", name.lstrip("-"))].set_index(KEY)
        part = part.assign(value=-part["value"]) if name.startswith("-") else part
        total = part.copy() if total is None else _add(total, part)
    return total.reset_index()


def _add(total: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    both = total.loc[total.index.intersection(part.index)].copy()
    part = part.loc[both.index]
    both["value"] = both["value"] + part["value"]
    hidden = (both["status"] == "suppressed") | (part["status"] == "suppressed")
    both["status"] = both["status"].where(~hidden, "suppressed")
    return both


def _on_division(rows: pd.DataFrame, division: str, catalogue: Catalogue) -> pd.DataFrame:
    """Published populations moved to a later area division by adding municipalities that merged whole."""
    merged = {item.code: item.merged_into for item in catalogue.areas.former() if item.year <= int(division)}
    moved = rows.assign(area_code=rows["area_code"].replace(merged))
    if not rows["area_code"].isin(list(merged)).any():
        return rows
    sums = moved.groupby(KEY, as_index=False).agg({"value": _whole_sum, "status": "first"})
    return sums


def _whole_sum(values: pd.Series) -> float:
    return values.sum(min_count=len(values))


def _sum_regions(rows: pd.DataFrame, catalogue: Catalogue, multiplier: float) -> pd.DataFrame:
    """Region and country rows of figures that may not be shown by municipality; municipal rows are left out.

    A sum is made only where every current municipality of the area has both numbers.
    """
    rows = rows.assign(area_code=rows["area_code"].map(catalogue.areas.successor))
    codes = [area.code for area in catalogue.areas if area.level in ("region", "country")]
    sums = [_sum_members(rows, code, catalogue) for code in codes]
    table = pd.concat(sums, ignore_index=True)
    table["value"] = table["count"] / table["denominator"] * multiplier
    table["status"], table["status_note"], table["sex"] = "normal", COMPUTED, "total"
    return table


def _sum_members(rows: pd.DataFrame, code: str, catalogue: Catalogue) -> pd.DataFrame:
    members = {area.code for area in catalogue.areas.members(code)}
    inside = rows[rows["area_code"].isin(members) & rows["value"].notna()]
    if rows[rows["area_code"].isin(members)]["value"].isna().any() or not members:
        inside = inside.iloc[:0]
    grouped = inside.groupby("year", as_index=False)
    sums = grouped.agg(
        count=("count", "sum"),
        denominator=("denominator", "sum"),
        n=("area_code", "nunique"),
        vintage=("vintage", "first"),
        division=("division", "first"),
    )
    return sums[sums["n"] == len(members)].drop(columns="n").assign(area_code=code)


def _within_years(rows: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    first, last = indicator.years.first or 0, indicator.years.last or 9999
    return rows[rows["year"].between(first, last)].reset_index(drop=True)


def _is_break(rows: pd.DataFrame, indicator: Indicator) -> pd.Series:
    return rows["year"].isin([item.year for item in indicator.breaks]) & rows["value"].notna()


def _metadata(indicator: Indicator, rows: pd.DataFrame, title: str) -> SeriesMetadata:
    grouped = rows.groupby(["vintage", "division"])["year"]
    parts = [
        SeriesPart(int(years.min()), int(years.max()), vintage, division)
        for (vintage, division), years in grouped
    ]
    parts = sorted(parts, key=lambda part: part.first_year)
    return SeriesMetadata(
        indicator_id=indicator.id,
        source=indicator.source.service,
        producer=indicator.producer,
        url=_page(indicator),
        title={"fi": " ".join(title.split())},
        parts=tuple(parts),
        retrieved_at=parts[-1].vintage,
    )


def _page(indicator: Indicator) -> str:
    """The page at which a reader finds the series or its database."""
    if not isinstance(indicator.source, StatfinSource):
        return f"https://sotkanet.fi/sotkanet/fi/metadata/indicators/{indicator.source.key}"
    database = indicator.source.table.split("/")[0]
    return f"https://pxdata.stat.fi/PxWeb/pxweb/fi/{database}/"


if __name__ == "__main__":
    main()
