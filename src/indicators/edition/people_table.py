"""The figures as people read them: one row an indicator, one column an area, rounded as the reports show.

A row has the figures of one year, the newest that most of its areas share; an area without a figure in that
year has an empty cell, so that no row mixes years.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from indicators.assessment.columns import Row
from indicators.assessment.rows import is_known
from indicators.assessment.table import Assessment
from indicators.catalogue.records import Indicator
from indicators.model import Language
from indicators.narrative.formats import round_half_up
from indicators.narrative.texts import load_texts

SHEET = {"fi": "Luvut", "sv": "Tal", "en": "Figures"}
_N_WORDS = 4  # columns before the areas: goal, indicator, unit, year
#: A cell that begins so would be run as a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def make_people_table(
    assessment: Assessment,
    area_codes: Sequence[str],
    language: Language,
    links: Iterable[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """The table, with headings in the language.

    Parameters
    ----------
    links : iterable of tuple, optional
        Goal and indicator ids of the rows; all where not given.
    """
    catalogue, t = assessment.catalogue, load_texts(language)
    rows = {
        (row.goal_id, row.indicator_id, code): row for code in area_codes for row in assessment.rows(code)
    }
    if links is None:
        links = dict.fromkeys((goal, indicator) for goal, indicator, _ in rows)
    made = []
    for goal_id, indicator_id in links:
        known = [rows.get((goal_id, indicator_id, code)) for code in area_codes]
        years = Counter(row.year for row in known if row is not None and is_known(row))
        if not years:
            continue
        year = max(years, key=lambda item: (years[item], item))
        indicator = catalogue.indicators[indicator_id]
        unit = catalogue.units[indicator.unit].label.text(language)
        values = [_round(row, year, indicator) for row in known]
        words = (goal_id, indicator.title.text(language), unit)
        made.append(
            [*(f"'{word}" if word.startswith(FORMULA_STARTS) else word for word in words), year, *values]
        )
    names = [catalogue.areas.get(code).name(language) for code in area_codes]
    headings = [t("goal"), t("indicator"), t("show_unit"), t("year")]
    return pd.DataFrame(made, columns=[*headings, *names], dtype=object)


def _round(row: Row | None, year: int, indicator: Indicator) -> Decimal | None:
    """The figure of the year with the decimals that are shown."""
    if row is None or row.value is None or row.year != year:
        return None
    return round_half_up(row.value, indicator.decimals)


def to_people_csv(table: pd.DataFrame) -> bytes:
    """CSV as a Finnish spreadsheet opens it: semicolons, decimal commas, UTF-8 with its mark."""
    shown = table.map(lambda cell: str(cell).replace(".", ",") if isinstance(cell, Decimal) else cell)
    return shown.to_csv(index=False, sep=";", lineterminator="\r\n").encode("utf-8-sig")


def add_people_sheet(book: Workbook, table: pd.DataFrame, language: Language) -> None:
    """A sheet of a write-only workbook: numbers as numbers with their decimals, headings and words frozen."""
    sheet = book.create_sheet(SHEET[language])
    sheet.freeze_panes = f"{get_column_letter(_N_WORDS + 1)}2"
    for at, width in enumerate((9, 60, 24, 7), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.append([str(name) for name in table.columns])
    for row in table.itertuples(index=False):
        sheet.append([_to_cell(sheet, cell) if isinstance(cell, Decimal) else cell for cell in row])


def _to_cell(sheet: Any, value: Decimal) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=value)
    places = len(str(value).partition(".")[2])
    cell.number_format = "#,##0" + ("." + "0" * places if places else "")
    return cell
