"""The edition's figures as files: tidy CSV, JSON, and Excel with a sheet for each goal and one for sources.

They hold what the reports show of the same areas, at the levels at which it may be shown, and nothing more.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from indicators.assessment.columns import COLUMNS
from indicators.assessment.table import Assessment
from indicators.edition.data_package import make_package
from indicators.edition.people_table import FORMULA_STARTS, add_people_sheet, make_people_table, to_people_csv
from indicators.model import Language, SeriesMetadata
from indicators.narrative.texts import load_texts
from indicators.snapshot.naming import list_producers, list_services

FOLDER: Final = "aineisto"
#: Columns of the assessment file after area, goal and indicator with their names and the unit; a discovery is
#: told beside the comparison that it flags.
_FIGURES: Final = tuple(
    name
    for column in COLUMNS
    if column.text and column.name != "is_discovery"
    for name in (column.name, *(["is_discovery"] if column.name == "rest_reason" else []))
)


def make_dataset(
    assessment: Assessment, area_codes: Sequence[str], language: Language = "fi"
) -> dict[str, bytes]:
    """Files of an edition's figures, by their path in the edition.

    ``aineisto/luvut.csv`` has one row an indicator and one column an area, for people's spreadsheets;
    ``arviot.csv`` and ``.json`` have one row per area, goal and indicator, ``havainnot.csv`` one per
    indicator, area, year and sex, ``lahteet.csv`` one per indicator; ``aineisto.xlsx`` has them all, and
    ``datapackage.json`` describes the CSV of programs. The regions of the areas and the country are added as
    comparators.
    """
    codes = _with_comparators(assessment, area_codes)
    verdicts = make_assessment_table(assessment, codes, language)
    observations = make_observation_table(assessment, codes)
    sources = make_source_table(assessment, language)
    people = make_people_table(assessment, codes, language)
    tables = {"arviot": verdicts, "havainnot": observations, "lahteet": sources}
    contents = {name: _to_csv(table) for name, table in tables.items()}
    return {
        f"{FOLDER}/luvut.csv": to_people_csv(people),
        **{f"{FOLDER}/{name}.csv": content for name, content in contents.items()},
        f"{FOLDER}/datapackage.json": make_package(tables, contents, assessment, language),
        f"{FOLDER}/arviot.json": make_json(verdicts).encode(),
        f"{FOLDER}/aineisto.xlsx": _to_xlsx(people, verdicts, sources, assessment, language),
    }


def _with_comparators(assessment: Assessment, area_codes: Iterable[str]) -> list[str]:
    areas = assessment.catalogue.areas
    chosen = list(dict.fromkeys(area_codes))
    regions = [areas.get(code).region for code in chosen if areas.get(code).region]
    country = [area.code for area in areas if area.level == "country"]
    return list(dict.fromkeys([*chosen, *regions, *country]))


def make_assessment_table(assessment: Assessment, codes: Sequence[str], language: Language) -> pd.DataFrame:
    """One row per area, goal and indicator, with names, unit and source beside the figures."""
    catalogue = assessment.catalogue
    rows = assessment.table[assessment.table["area_code"].isin(codes)]
    ids = rows["indicator_id"].astype(str)
    units = {
        key: catalogue.units[item.unit].label.text(language) for key, item in catalogue.indicators.items()
    }
    titles = {key: item.title.text(language) for key, item in catalogue.indicators.items()}
    names = {area.code: area.name(language) for area in catalogue.areas}
    first = pd.DataFrame(
        {
            "area_code": rows["area_code"].astype(str),
            "area_name": rows["area_code"].astype(str).map(names),
            "goal_id": rows["goal_id"].astype(str),
            "indicator_id": ids,
            "title": ids.map(titles),
            "unit": ids.map(units),
        }
    )
    return pd.concat([first, rows[list(_FIGURES)]], axis=1).reset_index(drop=True)


def make_observation_table(assessment: Assessment, codes: Sequence[str]) -> pd.DataFrame:
    """The snapshot's rows of the areas, at the levels at which each indicator may be shown."""
    rows = assessment.snapshot.observations
    rows = rows[rows["area_code"].isin(codes)]
    level_of = {area.code: area.level for area in assessment.catalogue.areas}
    indicators = assessment.catalogue.indicators
    shown = {key: {*item.levels, "country"} for key, item in indicators.items()}
    levels = rows["area_code"].astype(str).map(level_of)
    allowed = [
        level in shown.get(key, ())
        for key, level in zip(rows["indicator_id"].astype(str), levels, strict=True)
    ]
    return rows[allowed].reset_index(drop=True)


def make_source_table(assessment: Assessment, language: Language) -> pd.DataFrame:
    """One row per indicator: unit, producer, service and licence, and the address and dates of its series."""
    catalogue, snapshot = assessment.catalogue, assessment.snapshot
    rows, unseen = [], load_texts(language)("licence_unseen")
    for indicator_id, indicator in catalogue.indicators.items():
        metadata = snapshot.series.get(indicator_id) or SeriesMetadata(
            indicator_id, indicator.source.service, indicator.producer, "", {}, (), ""
        )
        services = list_services([metadata], catalogue)
        rows.append(
            {
                "indicator_id": indicator_id,
                "title": indicator.title.text(language),
                "unit": catalogue.units[indicator.unit].label.text(language),
                "producer": ", ".join(
                    item.name.text(language) for item in list_producers([metadata], catalogue)
                ),
                "service": ", ".join(item.name.text(language) for item in services),
                "licence": ", ".join(item.licence or unseen for item in services),
                "url": metadata.url,
                "retrieved_at": metadata.retrieved_at,
                "updated": metadata.updated or "",
                "years": ", ".join(f"{part.first_year}-{part.last_year}" for part in metadata.parts),
                "divisions": ", ".join(str(part.division or "") for part in metadata.parts),
                "is_carried": metadata.carried,
                "stale_reason": metadata.stale_reason or "",
                "snapshot_id": snapshot.id,
                "snapshot_sha256": snapshot.sha256,
            }
        )
    return pd.DataFrame(rows)


def _to_csv(table: pd.DataFrame) -> bytes:
    return _disarm(table).to_csv(index=False, lineterminator="\n").encode()


def make_json(table: pd.DataFrame) -> str:
    """A table as JSON, one record a line and every number in full; pandas would round small p values to 0."""
    lines = (
        json.dumps(dict(zip(table.columns, row, strict=True)), ensure_ascii=False) for row in _rows(table)
    )
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows of Python's own values, None where one is missing."""
    columns = [column.astype(object).where(column.notna(), None).tolist() for _, column in table.items()]
    return zip(*columns, strict=True)


def _disarm(table: pd.DataFrame) -> pd.DataFrame:
    """Text cells that a spreadsheet would run as formulas begin with an apostrophe instead."""
    changed = table.copy()
    for name in changed.columns:
        if not pd.api.types.is_numeric_dtype(changed[name]) and not pd.api.types.is_bool_dtype(changed[name]):
            text = changed[name].astype(object)
            is_armed = text.map(lambda cell: isinstance(cell, str) and cell.startswith(FORMULA_STARTS))
            changed[name] = text.where(~is_armed, "'" + text.astype(str))
    return changed


def _to_xlsx(
    people: pd.DataFrame,
    verdicts: pd.DataFrame,
    sources: pd.DataFrame,
    assessment: Assessment,
    language: Language,
) -> bytes:
    """A workbook: the figures as people read them, a sheet for each goal, and the sources; of its date."""
    book, created = Workbook(write_only=True), assessment.snapshot.created
    add_people_sheet(book, people, language)
    goal = itemgetter(verdicts.columns.get_loc("goal_id"))
    for goal_id, rows in groupby(sorted(_rows(verdicts), key=goal), goal):
        _add_sheet(book, f"Tavoite {goal_id}" if goal_id else "Perustiedot", verdicts.columns, rows)
    _add_sheet(book, "Lähteet", sources.columns, _rows(sources))
    buffer, target = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    # Saved with the time of the clock in its properties and in the zip: equal figures give equal bytes.
    with zipfile.ZipFile(buffer) as saved, zipfile.ZipFile(target, "w") as archive:
        for name in saved.namelist():
            content = saved.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", f"{created}T00:00:00Z".encode(), content)
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _add_sheet(book: Workbook, title: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    for row in rows:
        sheet.append([_to_cell(sheet, value) for value in row])


def _to_cell(sheet: Any, value: Any) -> Any:
    """Text stays text: openpyxl would make a formula of one that begins with an equals sign."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
