"""A party's own table: a CSV or Excel file with area, year and value columns.

The file is checked as a whole and refused as a whole: an error names the rows and columns that do not hold,
and nothing is guessed. Texts are kept as they are, also those that a spreadsheet program would take for a
formula: whoever writes them into a spreadsheet must write them as text.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pandas as pd

from indicators.catalogue.records import Indicator, TableFileSource
from indicators.errors import ResponseFormatError, SourceError, UnknownAreaError
from indicators.model import SEXES, SeriesMetadata
from indicators.sources.areas import get_level
from indicators.sources.http.answers import SharedAnswers
from indicators.sources.observations import build_observations, find_parts
from indicators.sources.series import (
    Clock,
    SeriesDescription,
    SeriesResult,
    Source,
    compute_sha256,
    get_source,
    get_utc_now,
)
from indicators.sources.tables.reading import RawTable, read_raw_table

#: Raised when files are read in another way, so that unchanged files are read anew.
_READING: Final = 2
_SHOWN_PROBLEMS: Final = 5
_NUMBERS: Final = ("value", "count", "denominator")
# A space or a no-break space may part thousands; the decimal mark is a comma or a point.
_NUMBER: Final = r"^([+−-]?(\d+|\d{1,3}([ \u00a0\u202f]\d{3})+)([.,]\d+)?)?$"
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
Problem = tuple[int, str, object, str]  # row, column, what was found, what is expected


class TableFiles(Source):
    """The parties' own table files.

    Parameters
    ----------
    folder : Path
        The folder from which declared paths are read.
    resolve_area : callable
        Gives the code of an area from a code or a name, and raises UnknownAreaError.
    clock : callable, optional
        The present moment in UTC.
    """

    name = "table"

    def __init__(self, folder: Path, resolve_area: AreaResolver, clock: Clock = get_utc_now) -> None:
        self._folder = folder
        self._resolve_area = resolve_area
        self._clock = clock

    def _has(self, indicator: Indicator) -> bool:
        return isinstance(indicator.source, TableFileSource)

    def _count_threads(self) -> int:
        return 1

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
        observations, retrieved = self._read(indicator), self._clock()
        metadata = SeriesMetadata(
            indicator_id=indicator.id,
            source=get_source(indicator, TableFileSource).service,
            producer=indicator.producer,
            url=get_source(indicator, TableFileSource).path,
            title=_get_title(indicator),
            parts=find_parts(observations, retrieved.date().isoformat()),
            retrieved_at=retrieved.isoformat(),
            metadata_sha256=sha256,
        )
        return SeriesResult(indicator.id, "new", observations, metadata)

    def _find(self, indicator: Indicator) -> Path:
        path = self._folder / get_source(indicator, TableFileSource).path
        if not path.is_file():
            raise SourceError(
                self.name,
                get_source(indicator, TableFileSource).path,
                f"there is no such file in {self._folder}",
            )
        return path

    def _hash(self, indicator: Indicator) -> str:
        content = hashlib.sha256(self._find(indicator).read_bytes()).hexdigest()
        sheet = get_source(indicator, TableFileSource).sheet
        span = [indicator.years.first, indicator.years.last]
        return compute_sha256([_READING, content, sheet, indicator.levels, indicator.id, span])

    def _read(self, indicator: Indicator) -> pd.DataFrame:
        source = get_source(indicator, TableFileSource)
        raw = read_raw_table(self._find(indicator), source.sheet, source.path)
        areas, problems = self._resolve_areas(raw, indicator)
        table = _normalise(raw.cells, areas)
        problems += _find_problems(table, self._clock().year)
        if problems:
            raise _explain(problems, raw, source.path)
        rows = _convert(table, indicator.id)
        span = indicator.years
        return rows[rows["year"].between(span.first or 0, span.last or 9999)].reset_index(drop=True)

    def _resolve_areas(self, raw: RawTable, indicator: Indicator) -> tuple[list[str], list[Problem]]:
        """Area code of each row, empty where there is none, and the rows where none is usable."""
        allowed = {*indicator.levels, "country"}
        codes, problems = [], []
        for row, text in raw.cells["area"].items():
            try:
                code = self._resolve_area(text.zfill(3) if text.isdecimal() else text)
                level = get_level(code)
                expected = "" if level in allowed else f"an area of level {', '.join(indicator.levels)}"
            except UnknownAreaError as error:
                code, expected = "", f"a known area ({error})"
            codes.append(code)
            if expected:
                problems.append((row, "area", text, expected))
        return codes, problems


def _get_title(indicator: Indicator) -> dict[str, str]:
    return {key: text for key, text in indicator.title.model_dump().items() if text}


def _normalise(cells: pd.DataFrame, areas: list[str]) -> pd.DataFrame:
    table = cells.assign(area_code=areas)
    table["sex"] = [_SEX_WORDS.get(text.casefold(), text) for text in cells["sex"]]
    return table


def _find_problems(table: pd.DataFrame, present_year: int) -> list[Problem]:
    """Cells that are not what their column takes, and rows that are there twice."""
    import pandera.pandas as pa  # half a second, needed only where there are table files

    try:
        _build_schema(pa, present_year).validate(table, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases.sort_values("index")
        found = zip(cases["index"], cases["column"], cases["failure_case"], cases["check"], strict=True)
        return [(int(row), str(column), value, str(check)) for row, column, value, check in found]
    keys = ["area_code", "year", "sex"]
    twice = table[table.duplicated(keys) & (table["area_code"] != "")]
    problems = [
        (row, "area", "/".join(cells), "one row per area, year and sex")
        for row, cells in zip(twice.index, twice[keys].to_numpy(), strict=True)
    ]
    parts_only = table[(table["value"] == "") & (table["count"] != "") & (table["denominator"] != "")]
    return problems + [
        (row, "value", "", "the figure that count and denominator make") for row in parts_only.index
    ]


def _build_schema(pa: Any, present_year: int) -> Any:
    number = pa.Check.str_matches(_NUMBER, error="a number or an empty cell")
    is_past = pa.Check(
        lambda text: text.str.fullmatch(r"(19|20)\d\d") & (text.str.zfill(4) <= str(present_year)),
        error=f"a year, at most {present_year}",
    )
    positive = pa.Check(lambda text: (_to_numbers(text) > 0) | (text == ""), error="a number above zero")
    not_negative = pa.Check(lambda text: ~(_to_numbers(text) < 0), error="a number of zero or more")
    return pa.DataFrameSchema(
        {
            "year": pa.Column(None, is_past),
            "value": pa.Column(None, number),
            "count": pa.Column(None, [number, not_negative]),
            "denominator": pa.Column(None, [number, positive]),
            "sex": pa.Column(None, pa.Check.isin(SEXES, error=f"one of {', '.join(SEXES)}")),
        }
    )


def _to_numbers(texts: pd.Series) -> pd.Series:
    plain = texts.str.replace(r"[ \u00a0\u202f]", "", regex=True).str.replace(",", ".").str.replace("−", "-")
    return pd.to_numeric(plain.mask(plain == ""), errors="coerce").astype(float)


def _explain(problems: list[Problem], raw: RawTable, path: str) -> ResponseFormatError:
    shown = [
        f"row {row}, column {raw.headers.get(column, column)!r}: found {found!r}; expected {expected}"
        for row, column, found, expected in sorted(problems, key=lambda item: item[0])[:_SHOWN_PROBLEMS]
    ]
    if len(problems) > len(shown):
        shown.append(f"and {len(problems) - len(shown)} more")
    return ResponseFormatError("table", path, "; ".join(shown))


def _convert(table: pd.DataFrame, indicator_id: str) -> pd.DataFrame:
    return build_observations(
        indicator_id,
        area_code=table["area_code"].to_numpy(),
        year=table["year"].astype(int).to_numpy(),
        sex=table["sex"].to_numpy(),
        status_note=table["note"].to_numpy(),
        **{name: _to_numbers(table[name]).to_numpy() for name in _NUMBERS},
    )
