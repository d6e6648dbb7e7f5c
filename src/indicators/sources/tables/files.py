"""A party's own table: a CSV or Excel file with area, year and value columns.

The file is checked as a whole and refused as a whole: an error names the rows and columns that do not hold,
and nothing is guessed. Texts are kept as they are, also those that a spreadsheet program would take for a
formula: whoever writes them into a spreadsheet must write them as text.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from indicators.catalogue.areas import get_level
from indicators.catalogue.records import Indicator, TableFileSource, Unit
from indicators.errors import ResponseFormatError, SourceError, UnknownAreaError
from indicators.folders import find_file
from indicators.model import SEXES, SeriesMetadata
from indicators.sources.http.answers import SharedAnswers
from indicators.sources.observations import build_observations
from indicators.sources.series import (
    Clock,
    SeriesDescription,
    SeriesResult,
    Source,
    compute_sha256,
    get_source,
    get_utc_now,
)
from indicators.sources.tables.numbers import Number, read_column
from indicators.sources.tables.reading import RawTable, read_raw_table, show_cell

logger = logging.getLogger(__name__)

#: Raised when files are read in another way, so that unchanged files are read anew.
_READING: Final = 4
_SHOWN_PROBLEMS: Final = 5
#: A note stands beside its figure in a table.
_LONGEST_NOTE: Final = 300
_NUMBERS: Final = ("value", "count", "denominator")
_YEAR: Final = re.compile(r"(19|20)\d\d", re.ASCII)
# "931 Viitasaari", "KU931", "Viitasaari (931)", "Maarianhamina - Mariehamn", "Pedersören kunta / Pedersöre".
_PARTED: Final = re.compile(
    r"\s+[-–—]\s+|\s*[/()]\s*|(?<=^\d{3})\s+|(?<=^MK\d{2})\s+|(?<=^HVA\d{2})\s+|(?<=^SSS)\s+"
)
_PREFIX: Final = re.compile(r"^KU(?=\d{3}\b)")  # of the classification's codes
_SEX_WORDS: Final[dict[str, str]] = {sex: sex for sex in SEXES} | {
    "": "total",
    "yhteensä": "total",
    "totalt": "total",
    "naiset": "female",
    "kvinnor": "female",
    "miehet": "male",
    "män": "male",
}

AreaResolver = Callable[[str], str]
Problem = tuple[int, str, str, str]  # row, column, what was found, what is expected
Columns = dict[str, dict[int, Number]]  # numbers of a column by row


class TableFiles(Source):
    """The parties' own table files.

    Parameters
    ----------
    folder : Path
        The folder from which declared paths are read.
    resolve_area : callable
        Gives the code of an area from a code or a name, and raises UnknownAreaError.
    units : mapping of str to Unit
        By id; values are judged by them.
    clock : callable, optional
        The present moment in UTC.
    """

    name, service = "table", "own"

    def __init__(
        self,
        folder: Path,
        resolve_area: AreaResolver,
        units: Mapping[str, Unit],
        clock: Clock = get_utc_now,
    ) -> None:
        super().__init__(clock, 1)
        self._folder, self._units, self._resolve_area = folder, units, resolve_area

    def describe(self, indicator: Indicator) -> SeriesDescription:
        """What the file holds.

        Raises
        ------
        SourceError
            There is no such file.
        ResponseFormatError
            The file does not hold.
        """
        observations = self._read(indicator)
        years = map(int, observations["year"])
        return SeriesDescription.of(_get_title(indicator), years, observations["area_code"])

    def _fetch_one(
        self, indicator: Indicator, previous: SeriesMetadata | None, shared: SharedAnswers
    ) -> SeriesResult:
        sha256 = self._hash(indicator)
        if previous is not None and previous.metadata_sha256 == sha256:
            return SeriesResult(indicator.id, "unchanged")
        path = get_source(indicator, TableFileSource).path
        return self._make_new(indicator, self._read(indicator), path, _get_title(indicator), sha256)

    def _find(self, source: TableFileSource) -> Path:
        path = find_file(self._folder / source.path)
        if not path.is_file():
            raise SourceError(self.name, source.path, f"there is no such file in {self._folder}")
        return path

    def _hash(self, indicator: Indicator) -> str:
        source = get_source(indicator, TableFileSource)
        content = hashlib.sha256(self._find(source).read_bytes()).hexdigest()
        declared = source.model_dump(exclude={"path"})
        span = [indicator.years.first, indicator.years.last]
        meaning = [indicator.unit, indicator.value_type]
        return compute_sha256([_READING, content, declared, indicator.levels, indicator.id, span, meaning])

    def _read(self, indicator: Indicator) -> pd.DataFrame:
        source = get_source(indicator, TableFileSource)
        raw = read_raw_table(self._find(source), source.sheet, source.path, source.columns)
        if raw.hidden:
            logger.warning(
                "%s: sheet %r of %s is hidden; it is read since it is named.",
                indicator.id,
                raw.hidden,
                source.path,
            )
        if raw.columns["sex"] and not any(_find_sex(raw, row) == "total" for row in raw.rows):
            logger.warning(
                "%s: %s has no row of both sexes, and reports show those.", indicator.id, source.path
            )
        unit = self._units[indicator.unit]
        columns, problems = _read_columns(raw, source, unit, self._clock().year)
        areas, unknown = self._resolve_areas(raw, indicator)
        problems += unknown
        if not problems:
            problems = [
                *_find_doubles(raw, areas, columns),
                *_find_contradictions(raw, columns, indicator, unit),
            ]
        if problems:
            raise _explain(problems, raw, source.path)
        rows = _convert(raw, areas, columns, indicator.id)
        span = indicator.years
        return rows[rows["year"].between(span.first or 0, span.last or 9999)].reset_index(drop=True)

    def _resolve_areas(self, raw: RawTable, indicator: Indicator) -> tuple[dict[int, str], list[Problem]]:
        """Area code by row, and the rows where none is usable."""
        allowed = {*indicator.levels, "country"}
        codes: dict[int, str] = {}
        problems: list[Problem] = []
        for row in raw.rows:
            text = raw.text("area", row)
            try:
                codes[row] = find_area(text, self._resolve_area)
            except UnknownAreaError as error:
                problems.append((row, "area", text, f"a known area ({error})"))
                continue
            if get_level(codes[row]) not in allowed:
                problems.append((row, "area", text, f"an area of level {', '.join(indicator.levels)}"))
        return codes, problems


def _get_title(indicator: Indicator) -> dict[str, str]:
    return {key: text for key, text in indicator.title.model_dump().items() if text}


def find_area(text: str, resolve: AreaResolver) -> str:
    """The code of an area as tables name it: by code, by name, by both, or by its names in two languages.

    Raises
    ------
    UnknownAreaError
        No area is found, or the parts name different ones.
    """
    plain = text.zfill(3) if text.isdecimal() else _PREFIX.sub("", text)
    try:
        return resolve(plain)
    except UnknownAreaError:
        parts = [part for part in _PARTED.split(plain) if part]
        if len(parts) < 2:
            raise
    codes = list(dict.fromkeys(resolve(part) for part in parts))
    if len(codes) > 1:
        raise UnknownAreaError(text, codes, "Its parts name different areas.")
    return codes[0]


def _find_sex(raw: RawTable, row: int) -> str:
    """The sex of a row in our words; empty where it is none."""
    return _SEX_WORDS.get(raw.text("sex", row).casefold(), "")


def _read_columns(
    raw: RawTable, source: TableFileSource, unit: Unit, present_year: int
) -> tuple[Columns, list[Problem]]:
    """Numbers of value, count and denominator, years and sexes by row; and cells that are none."""
    columns: Columns = {}
    problems: list[Problem] = []
    is_percent = unit.symbol == "%"
    for name in _NUMBERS:
        cells = raw.columns[name]
        columns[name], refused = read_column(
            cells, source.decimal, source.thousands, takes_percent=is_percent and name == "value"
        )
        problems += [(row, name, show_cell(cells[row]), expected) for row, expected in refused.items()]
    for row in raw.rows:
        year = raw.text("year", row)
        if not (_YEAR.fullmatch(year) and int(year) <= present_year):
            problems.append(_tell(raw, row, "year", f"a year, at most {present_year}"))
        if len(raw.text("note", row)) > _LONGEST_NOTE:
            found = f"{raw.text('note', row)[:40]}..."
            problems.append((row, "note", found, f"at most {_LONGEST_NOTE} characters"))
        if not _find_sex(raw, row):
            problems.append(_tell(raw, row, "sex", f"one of {', '.join(SEXES)}"))
        if (count := columns["count"].get(row)) and count.value < 0:
            problems.append(_tell(raw, row, "count", "a number of zero or more"))
        if (denominator := columns["denominator"].get(row)) and denominator.value <= 0:
            problems.append(_tell(raw, row, "denominator", "a number above zero"))
    return columns, problems


def _tell(raw: RawTable, row: int, name: str, expected: str) -> Problem:
    return row, name, raw.text(name, row), expected


def _find_doubles(raw: RawTable, areas: dict[int, str], columns: Columns) -> Iterator[Problem]:
    """Rows that are there twice, and rows whose figure was left out though it could be made."""
    seen: set[tuple[str, ...]] = set()
    for row in raw.rows:
        key = (areas[row], raw.text("year", row), _find_sex(raw, row))
        if key in seen:
            yield row, "area", "/".join(key), "one row per area, year and sex"
        seen.add(key)
        if not raw.text("value", row) and row in columns["count"] and row in columns["denominator"]:
            yield _tell(raw, row, "value", "the figure that count and denominator make")


def _find_contradictions(
    raw: RawTable, columns: Columns, indicator: Indicator, unit: Unit
) -> Iterator[Problem]:
    """Rows whose value, count and denominator cannot all be true, or whose value is beyond the unit."""
    for row, number in columns["value"].items():
        if unit.minimum is not None and number.value < unit.minimum:
            yield _tell(raw, row, "value", f"at least the unit's {unit.minimum:g}")
        if unit.maximum is not None and number.value > unit.maximum:
            yield _tell(raw, row, "value", f"at most the unit's {unit.maximum:g}")
    for row in columns["count"].keys() & columns["denominator"].keys():
        count, denominator = columns["count"][row], columns["denominator"][row]
        value = columns["value"].get(row)
        if indicator.value_type == "proportion" and count.value > denominator.value:
            yield _tell(raw, row, "count", f"at most the denominator {denominator.value:.15g}")
        elif value and unit.multiplier and indicator.value_type in ("proportion", "rate"):
            made = count.value / denominator.value * unit.multiplier
            # Half of the last digit given, and what floating point may lose.
            rounding = max(0.5 * 10.0**-value.n_decimals, 1e-9 * abs(made)) * (1 + 1e-6)
            if abs(made - value.value) > rounding:
                shown = f"{made:.{min(value.n_decimals + 2, 6)}f}"
                parts = f"{count.value:.15g} / {denominator.value:.15g} x {unit.multiplier:g}"
                yield _tell(raw, row, "value", f"{shown}, which is {parts}")


def _explain(problems: list[Problem], raw: RawTable, path: str) -> ResponseFormatError:
    shown = [
        f"row {row}, column {raw.headers.get(column, column)!r}: found {found!r}; expected {expected}"
        for row, column, found, expected in sorted(problems, key=lambda item: item[0])[:_SHOWN_PROBLEMS]
    ]
    if len(problems) > len(shown):
        shown.append(f"and {len(problems) - len(shown)} more")
    return ResponseFormatError("table", path, "; ".join(shown))


def _convert(raw: RawTable, areas: dict[int, str], columns: Columns, indicator_id: str) -> pd.DataFrame:
    nothing = Number(float("nan"), 0)
    return build_observations(
        indicator_id,
        area_code=[areas[row] for row in raw.rows],
        year=[int(raw.text("year", row)) for row in raw.rows],
        sex=[_find_sex(raw, row) for row in raw.rows],
        status_note=[raw.text("note", row) for row in raw.rows],
        **{name: [columns[name].get(row, nothing).value for row in raw.rows] for name in _NUMBERS},
    )
