"""Build the bundled snapshot from a folder of compiled published figures.

    python tools/build_bundled_snapshot.py FIGURES [--created YYYY-MM-DD]

FIGURES holds ``figures.csv.gz`` (source, series, area_code, year, sex, value, status, vintage, division)
and ``series.csv`` (one row a series). The result replaces ``src/indicators/data/snapshot/`` and is
committed. The script only selects, adds up, divides and labels: it alters no published figure, makes no
count of a share and fills no gap. A file that does not hold stops it, with the row and the series.
"""

import argparse
import datetime as dt
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from indicators.catalogue import Catalogue, load_catalogue
from indicators.catalogue.records import Indicator, Service
from indicators.model import OBSERVATION_COLUMNS, SeriesMetadata, SeriesPart
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import BUNDLED_FOLDER
from indicators.snapshot.write import write_snapshot

KEY: Final = ["area_code", "year", "sex"]
STATUSES: Final = ("normal", "provisional", "suppressed")
HIDDEN: Final = "hidden_by_provider"
COMPUTED: Final = "computed_from_municipalities"
#: Services of one producer, which has the service's id.
OWN_SERVICES: Final = ("oikeusministerio", "valtiokonttori", "vaylavirasto")


class FiguresError(Exception):
    """The compiled figures do not hold; the message names series and row."""


@dataclass(frozen=True)
class Published:
    """Published values, or the sum of several; ``is_rest`` takes them from a hundred."""

    series: tuple[str, ...]
    source: str = "statfin"
    is_rest: bool = False
    first: int = 0  # the years that are taken
    last: int = 9999


@dataclass(frozen=True)
class Ratio:
    """A figure divided by us: the sums of the named series (a leading minus subtracts)."""

    count: tuple[str, ...]
    denominator: tuple[str, ...]
    source: str = "statfin"
    producer: str | None = None
    first: int = 0
    last: int = 9999


Piece = Published | Ratio

POPULATION = ("population",)
POOR = "key_pienituloisten_henkilöiden_lukumäärä_asuntoväestössä"
LOW_25 = "key_ilman_perusasteen_jälkeistä_tutkintoa_oleva_väestö_25_29_vuotiaat"
HIGH_25 = "key_perusasteen_jälkeisen_tutkinnon_suorittanut_väestö_25_29_vuotiaat"
LABOUR_FORCE_JUNE = ("labour_force_june",)

#: StatFin indicators and the compiled series behind them: a later piece gives only years (by sex) that those
#: before it lack. Sotkanet indicators are found by their number.
COMPILED: Final[dict[str, tuple[Piece, ...]]] = {
    "statfin:population": (Published(POPULATION),),
    "statfin:median_income": (Published(("median_disposable_income",)),),
    "statfin:municipal_turnout": (
        Published(("municipal_election_turnout",), "oikeusministerio"),
        Published(("municipal_election_turnout",)),
    ),
    "statfin:offences_life_health": (Published(("offences_per_1000_00B",)),),
    "statfin:offences_property": (Published(("offences_per_1000_00A",)),),
    "statfin:offences_all": (Published(("offences_per_1000_RLL",)),),
    "statfin:offences_traffic": (Published(("offences_per_1000_00L",)),),
    "statfin:aged_65_and_over": (
        Ratio(("population_aged_65_and_over",), POPULATION),
        Published(("aged_65_and_over_share",)),
    ),
    "statfin:one_person_households": (
        Ratio(("key_asuntokunnan_koko_1_henkilö",), ("key_asuntokuntien_lukumäärä",)),
    ),
    "statfin:foreign_citizens": (
        Ratio(("foreign_citizens",), POPULATION),
        Published(("foreign_citizens_share",)),
    ),
    "statfin:foreign_language_speakers": (Published(("foreign_language_speakers_share",)),),
    "statfin:at_risk_of_poverty": (Ratio(("low_income_persons",), ("household_population",)),),
    "statfin:persistently_low_income": (
        Ratio(("persistently_low_income_persons",), ("household_population",)),
    ),
    "statfin:basic_security_only": (
        Ratio(("basic_security_only_persons",), ("household_population",)),
        Ratio(("key_kokonaan_perusturvan_varassa_koko_asuntoväestö",), ("key_asuntoväestö_henkilöä",)),
    ),
    "statfin:children_at_risk_of_poverty": (
        Ratio(("low_income_children",), ("household_population_children",)),
    ),
    "statfin:gini_disposable_income": (Published(("gini_disposable_income",)),),
    "statfin:median_income_equivalised": (Published(("median_income_equivalised",)),),
    "statfin:median_income_adults": (Published(("median_income_adults",)),),
    "statfin:no_qualification_25_29": (Ratio((LOW_25,), (LOW_25, HIGH_25)),),
    "statfin:natural_increase": (Ratio(("natural_increase",), POPULATION),),
    "statfin:net_migration_total": (Ratio(("net_migration_total",), POPULATION),),
    "statfin:net_migration_between_municipalities": (
        Ratio(("net_migration_between_municipalities",), POPULATION),
    ),
    "statfin:in_migration": (Published(("migration_in_between_municipalities", "immigration")),),
    "statfin:out_migration": (Published(("migration_out_between_municipalities", "emigration")),),
    "statfin:outside_built_up_areas": (Ratio(("key_väkiluku", "-key_taajamaväestö"), ("key_väkiluku",)),),
    "statfin:outside_built_up_areas_located": (Published(("built_up_area_share",), is_rest=True),),
    "statfin:employment_rate": (Published(("employment_rate_18_64",)),),
    "statfin:economic_dependency": (Published(("economic_dependency_ratio",)),),
    "statfin:tertiary_education": (
        Ratio(("tertiary_persons_15_plus",), ("population_15_plus",)),
        Published(("tertiary_share_15_plus",)),
    ),
    "statfin:upper_secondary_education": (
        Ratio(("upper_secondary_persons_15_plus",), ("population_15_plus",)),
        Published(("upper_secondary_share_15_plus",)),
    ),
    "statfin:education_index": (Published(("education_index_20_plus",)),),
    "statfin:unemployed": (
        Ratio(("unemployed_yearly_mean",), ("labour_force_yearly_mean",)),
        Published(("unemployment_rate_mean_of_months",)),
    ),
    "statfin:unemployment_june": (
        Ratio(("unemployed_june",), LABOUR_FORCE_JUNE, last=2024),
        Ratio(("unemployed_june",), LABOUR_FORCE_JUNE, producer="keha", first=2025),
        Published(("unemployment_rate_june",)),
    ),
    "statfin:long_term_unemployed_june": (
        Ratio(("long_term_unemployed_june",), LABOUR_FORCE_JUNE, producer="keha"),
    ),
    "statfin:annual_margin": (
        Published(("annual_margin_per_capita",)),
        Published(("annual_margin_per_capita",), "valtiokonttori"),
    ),
    "statfin:loan_stock": (
        Published(("loan_stock_per_capita",)),
        Published(("loan_stock_per_capita",), "valtiokonttori"),
    ),
    "statfin:relative_indebtedness": (Published(("relative_indebtedness",)),),
    "statfin:offences_property_iccs": (Ratio(("offences_050000",), POPULATION),),
    "statfin:offences_all_iccs": (Ratio(("offences_SSS",), POPULATION),),
    "statfin:offences_physical_integrity_iccs": (Ratio(("offences_020000",), POPULATION),),
    "statfin:offences_sexual_iccs": (Ratio(("offences_030000",), POPULATION),),
    "statfin:custody_intoxication": (Ratio(("key_päihtymyksen_takia_säilöönotetut",), ("key_väkiluku",)),),
    "statfin:road_accidents": (
        Ratio(("road_accidents_injury_or_fatal",), POPULATION, source="vaylavirasto"),
    ),
}

#: Published cells that are not believed, with the note that says why. Laukaa's loan stock of 2021 less its
#: own change of the year is 21 per cent off the stock of 2020; every other municipality's is within 7.
LEFT_OUT: Final = {("valtiokonttori", "loan_stock_per_capita", "410", 2021): "differs_from_earlier_year"}


def main() -> None:
    """Read the figures, build every indicator that has any, and write the snapshot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("figures", type=Path, help="folder with figures.csv.gz and series.csv")
    parser.add_argument("--created", type=dt.date.fromisoformat, default=dt.date(2026, 11, 28))
    arguments = parser.parse_args()
    try:
        catalogue = load_catalogue()
        figures = read_figures(arguments.figures)
        observations, series = build(figures, read_titles(arguments.figures), catalogue)
    except FiguresError as error:
        sys.exit(f"{arguments.figures}: {error}")
    write_snapshot(
        BUNDLED_FOLDER.parent, observations, series, catalogue, arguments.created, name=BUNDLED_FOLDER.name
    )
    snapshot = load_snapshot("bundled")
    print(f"{snapshot.id}: {len(snapshot.observations)} rows, {len(snapshot.series)} series")


# --- reading ------------------------------------------------------------------------------------------


def read_titles(folder: Path) -> pd.Series:
    """Finnish titles by source and series."""
    return pd.read_csv(folder / "series.csv", dtype=str).set_index(["source", "series"])["title_fi"]


def read_figures(folder: Path) -> pd.DataFrame:
    """The compiled figures with text columns as text; value NaN where there is none.

    Raises
    ------
    FiguresError
        A row has an unknown status, a value against its status, a vintage or division that is no date, or
        the key of another row.
    """
    text = dict.fromkeys(("source", "series", "area_code", "sex", "status", "vintage", "division"), str)
    figures = pd.read_csv(
        folder / "figures.csv.gz", dtype=text, keep_default_na=False, na_values={"value": [""]}
    )
    refuse(figures, ~figures["status"].isin(STATUSES), f"a status other than {', '.join(STATUSES)}")
    is_hidden = figures["status"] == "suppressed"
    refuse(figures, figures["value"].isna() & ~is_hidden, "no value, though it is not suppressed")
    refuse(figures, figures["value"].notna() & is_hidden, "a value, though it is suppressed")
    vintages = {text for text in figures["vintage"].unique() if not _is_date(text)}
    refuse(figures, figures["vintage"].isin(vintages), "a vintage that is no date")
    refuse(figures, ~figures["division"].str.fullmatch(r"(19|20)\d\d"), "a division that is no year")
    key = ["source", "series", *KEY, "vintage"]
    refuse(figures, figures.duplicated(key), "the key of an earlier row")
    return figures


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        return False
    try:
        dt.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def refuse(rows: pd.DataFrame, is_wrong: pd.Series | np.ndarray, problem: str) -> None:
    """Stop on the first row that does not hold, with its series and all that it says."""
    wrong = rows[np.asarray(is_wrong, dtype=bool)]
    if len(wrong):
        row = wrong.iloc[0]
        names = [*KEY, "value", "count", "denominator", "status", "vintage", "division"]
        told = ", ".join(f"{name} {row[name]}" for name in names if name in rows.columns)
        raise FiguresError(
            f"{row['source']} {row['series']}: {len(wrong)} row(s) with {problem}; first: {told}"
        )


# --- building -----------------------------------------------------------------------------------------


def build(
    figures: pd.DataFrame, titles: pd.Series, catalogue: Catalogue
) -> tuple[pd.DataFrame, dict[str, SeriesMetadata]]:
    """Observations and metadata of every declared indicator that the figures have."""
    frames, series = [], {}
    blocks = dict(iter(figures.groupby(["source", "series"])))
    for indicator in catalogue.indicators.values():
        pieces = [piece for piece in _pieces(indicator) if (piece.source, _first_series(piece)) in blocks]
        if not pieces:
            continue
        rows = _figures_of(indicator, pieces, blocks, catalogue)
        rows = _within_years(rows, indicator)
        rows["status"] = rows["status"].where(~_is_break(rows, indicator), "break")
        title = titles[(pieces[0].source, _first_series(pieces[0]))]
        series[indicator.id] = _metadata(indicator, rows, title, catalogue)
        frames.append(rows.assign(indicator_id=indicator.id))
    table = pd.concat(frames, ignore_index=True)
    return table.loc[:, list(OBSERVATION_COLUMNS)], series


def _pieces(indicator: Indicator) -> tuple[Piece, ...]:
    if indicator.source.service == "sotkanet":
        return (Published((str(indicator.source.key),), "sotkanet"),)
    return COMPILED.get(indicator.id, ())


def _first_series(piece: Piece) -> str:
    return piece.count[0] if isinstance(piece, Ratio) else piece.series[0]


def _figures_of(
    indicator: Indicator, pieces: list[Piece], blocks: dict, catalogue: Catalogue
) -> pd.DataFrame:
    """Rows of all pieces: each year and sex is of the first piece that has it."""
    taken: set[tuple[int, str]] = set()
    frames = []
    for piece in pieces:
        make = _divide if isinstance(piece, Ratio) else _publish
        rows = make(piece, indicator, blocks, catalogue)
        periods = pd.Series(list(zip(rows["year"], rows["sex"], strict=True)), index=rows.index, dtype=object)
        rows = rows[rows["year"].between(piece.first, piece.last) & ~periods.isin(taken)]
        taken |= set(periods[rows.index])
        producer = piece.source if piece.source in OWN_SERVICES else getattr(piece, "producer", None)
        frames.append(rows.assign(source=piece.source, producer=producer or indicator.producer))
    table = pd.concat(frames, ignore_index=True)
    if "municipality" not in indicator.levels:
        return _sum_regions(table, catalogue, catalogue.units[indicator.unit].multiplier)
    return table


def _publish(piece: Published, indicator: Indicator, blocks: dict, catalogue: Catalogue) -> pd.DataFrame:
    """Published values as they are; hidden ones say so."""
    unit = catalogue.units[indicator.unit]
    rows = _sum_series(piece.series, piece.source, blocks)
    if unit.id == "percent":
        refuse(rows, (rows["value"] < 0) | (rows["value"] > 100), "a share that is not 0-100")
    if piece.is_rest:
        rows["value"] = (100 - rows["value"]).round(6)  # no digits that subtraction makes up
    rows["count"] = rows["value"] if unit.is_additive else np.nan
    rows["denominator"] = np.nan
    rows["status_note"] = np.where(rows["status"] == "suppressed", HIDDEN, "")
    return _leave_out(rows, piece)


def _leave_out(rows: pd.DataFrame, piece: Published) -> pd.DataFrame:
    for (source, series, area_code, year), note in LEFT_OUT.items():
        if (source, series) == (piece.source, piece.series[0]):
            at = (rows["area_code"] == area_code) & (rows["year"] == year)
            rows.loc[at, ["value", "count"]] = np.nan
            rows.loc[at, ["status", "status_note"]] = ["missing", note]
    return rows


def _divide(ratio: Ratio, indicator: Indicator, blocks: dict, catalogue: Catalogue) -> pd.DataFrame:
    """Count, denominator and their ratio for every area and year that has a count row.

    Both are taken to the later of their area divisions, year by year. A published zero is a zero; a hidden
    part leaves the ratio hidden; an absent denominator leaves it missing.
    """
    counts = _sum_series(ratio.count, ratio.source, blocks)
    denominators = _sum_series(ratio.denominator, "statfin", blocks)
    counts, denominators = _on_one_division(counts, denominators, catalogue)
    both = denominators[[*KEY, "value", "status"]]
    rows = counts.merge(both, on=KEY, how="left", suffixes=("", "_denominator"))
    rows = rows.rename(columns={"value": "count", "value_denominator": "denominator"})
    is_municipality = rows["area_code"].str.fullmatch(r"\d{3}")
    rows = rows[is_municipality | rows["denominator"].notna()]  # a larger area's ratio needs both published
    if indicator.value_type == "proportion":
        is_more = (rows["count"] > rows["denominator"]) | (rows["count"] < 0)
        refuse(rows, is_more, "a count that is below zero or above its denominator")
    return _with_ratio(rows.reset_index(drop=True), catalogue.units[indicator.unit].multiplier)


def _with_ratio(rows: pd.DataFrame, multiplier: float) -> pd.DataFrame:
    is_hidden = (rows["status"] == "suppressed") | (rows["status_denominator"] == "suppressed")
    rows["denominator"] = rows["denominator"].where(rows["denominator"] > 0)
    rows["value"] = (rows["count"] / rows["denominator"] * multiplier).where(~is_hidden)
    is_missing = rows["value"].isna() & ~is_hidden
    rows.loc[is_hidden, "count"] = np.nan
    rows.loc[is_hidden, "status"] = "suppressed"
    rows.loc[is_missing, "status"] = "missing"
    rows["status_note"] = np.select([is_hidden, is_missing], [HIDDEN, "denominator_missing"], "")
    return rows.drop(columns="status_denominator")


def _sum_series(names: tuple[str, ...], source: str, blocks: dict) -> pd.DataFrame:
    """Sum of published series cell by cell; hidden where any part is hidden, absent where any is absent."""
    total = None
    for name in names:
        part = _newest_vintage(blocks[(source, name.lstrip("-"))]).set_index(KEY)
        part = part.assign(value=-part["value"]) if name.startswith("-") else part
        total = part if total is None else _add(total, part)
    return total.reset_index()


def _newest_vintage(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the newest vintage of each year and sex only.

    Where a year has municipalities of one vintage and regions of an older one, the two follow different
    area divisions, so the older rows are no comparator and are left out.
    """
    newest = rows.groupby(["year", "sex"])["vintage"].transform("max")
    return rows[rows["vintage"] == newest].copy()


def _add(total: pd.DataFrame, part: pd.DataFrame) -> pd.DataFrame:
    both = total.loc[total.index.intersection(part.index)].copy()
    part = part.loc[both.index]
    both["value"] = both["value"] + part["value"]
    is_hidden = (both["status"] == "suppressed") | (part["status"] == "suppressed")
    is_provisional = (both["status"] == "provisional") | (part["status"] == "provisional")
    both["status"] = np.select([is_hidden, is_provisional], ["suppressed", "provisional"], "normal")
    return both


def _on_one_division(
    counts: pd.DataFrame, denominators: pd.DataFrame, catalogue: Catalogue
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Counts and denominators on the later of their divisions, year by year."""
    latest = pd.concat([counts, denominators]).groupby("year")["division"].max()
    return tuple(_on_division(rows, latest, catalogue) for rows in (counts, denominators))


def _on_division(rows: pd.DataFrame, latest: pd.Series, catalogue: Catalogue) -> pd.DataFrame:
    """Rows moved to each year's later area division by adding municipalities that merged whole.

    Without a row of each part there is no sum, and so no row: a part is not the whole.
    """
    target = rows["year"].map(latest)
    moved = rows.assign(division=target, is_moved=False)
    is_parted = pd.Series(False, index=rows.index)
    for item in sorted(catalogue.areas.former(), key=lambda item: item.year):
        merges = rows["division"].astype(int).lt(item.year) & target.astype(int).ge(item.year)
        is_former = merges & (moved["area_code"] == item.code)
        periods = set(rows.loc[is_former, "year"])
        is_parted |= merges & (rows["area_code"] == item.merged_into) & ~rows["year"].isin(periods)
        moved.loc[is_former, "area_code"] = item.merged_into
        moved.loc[is_former, "is_moved"] = True
    moved = moved[~is_parted]
    is_alone = ~moved.duplicated(KEY, keep=False)
    alone = moved[is_alone & ~moved["is_moved"]].drop(columns="is_moved")
    merged = moved[~is_alone]
    if merged.empty:
        return alone
    sums = merged.groupby(KEY, as_index=False).agg(
        value=("value", _whole_sum),
        status=("status", _worst),
        **{name: (name, "first") for name in ("source", "series", "vintage", "division")},
    )
    return pd.concat([alone, sums], ignore_index=True)


def _whole_sum(values: pd.Series) -> float:
    return values.sum(min_count=len(values))


def _worst(statuses: pd.Series) -> str:
    return next(word for word in ("suppressed", "provisional", "normal") if (statuses == word).any())


def _sum_regions(rows: pd.DataFrame, catalogue: Catalogue, multiplier: float) -> pd.DataFrame:
    """Region and country rows of figures that may not be shown by municipality; municipal rows are left out.

    A sum is made only where every current municipality of the area has both numbers.
    """
    rows = rows[rows["area_code"].str.fullmatch(r"\d{3}")]
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
        **{name: (name, "first") for name in ("vintage", "division", "source", "producer")},
    )
    return sums[sums["n"] == len(members)].drop(columns="n").assign(area_code=code)


def _within_years(rows: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    first, last = indicator.years.first or 0, indicator.years.last or 9999
    return rows[rows["year"].between(first, last)].reset_index(drop=True)


def _is_break(rows: pd.DataFrame, indicator: Indicator) -> pd.Series:
    """Values of the first year that there is from a declared break on."""
    years = np.unique(rows["year"])
    firsts = [years[years >= item.year][:1] for item in indicator.breaks if (years < item.year).any()]
    return rows["year"].isin(np.concatenate([[], *firsts])) & rows["value"].notna()


# --- metadata -----------------------------------------------------------------------------------------


def _metadata(indicator: Indicator, rows: pd.DataFrame, title: str, catalogue: Catalogue) -> SeriesMetadata:
    """What is known of the series; its service and producer are those of most years, others stand by part."""
    is_total = rows["sex"] == "total"
    kinds = rows[is_total].groupby(["source", "producer"])["year"].nunique()
    source, producer = kinds.idxmax()
    runs = [(run, False) for run in _runs(rows[is_total])]
    runs += [
        (run, True) for run in _runs(rows[~is_total]) if not any(_covers(total, run) for total, _ in runs)
    ]
    parts = [
        SeriesPart(
            *run[:4],
            source=None if run[4] == source else run[4],
            producer=None if run[5] == producer else run[5],
            is_by_sex=is_by_sex,
        )
        for run, is_by_sex in sorted(runs, key=lambda item: (item[0][0], item[1]))
    ]
    return SeriesMetadata(
        indicator_id=indicator.id,
        source=source,
        producer=producer,
        url=_page(indicator, catalogue.services[source]),
        title={"fi": " ".join(title.split())},
        parts=tuple(parts),
        retrieved_at=max(part.vintage for part in parts),
    )


def _runs(rows: pd.DataFrame) -> list[tuple]:
    """First and last year, vintage, division, source and producer of each run of years alike in these."""
    names = ["vintage", "division", "source", "producer"]
    by_year = rows[["year", *names]].drop_duplicates().sort_values("year")
    is_mixed = by_year["year"].duplicated()
    if is_mixed.any():
        year = by_year.loc[is_mixed, "year"].iloc[0]
        raise FiguresError(f"{rows['series'].iloc[0]}: the year {year} mixes two vintages or area divisions")
    runs: list[list] = []
    for year, *kind in by_year.itertuples(index=False):
        if runs and runs[-1][2:] == kind:
            runs[-1][1] = int(year)
        else:
            runs.append([int(year), int(year), *kind])
    return [tuple(run) for run in runs]


def _covers(total: tuple, run: tuple) -> bool:
    return total[0] <= run[0] and run[1] <= total[1] and total[2:] == run[2:]


def _page(indicator: Indicator, service: Service) -> str:
    """The page at which a reader finds the series, its database or its service."""
    if service.id == "sotkanet":
        return f"https://sotkanet.fi/sotkanet/fi/metadata/indicators/{indicator.source.key}"
    if service.id == "statfin":
        return f"https://pxdata.stat.fi/PxWeb/pxweb/fi/{indicator.source.table.split('/')[0]}/"
    return service.url


if __name__ == "__main__":
    main()
