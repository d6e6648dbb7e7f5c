"""The parties' own tables: what is read, and how a wrong cell is told."""

import datetime as dt

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.errors import ResponseFormatError, SourceError, UnknownAreaError
from indicators.sources import TableFiles
from indicators.sources.tables.files import _convert, _find_problems, _normalise
from indicators.sources.tables.reading import read_raw_table

NAMES = {"viitasaari": "931", "hankasalmi": "077", "keski-suomi": "MK13"}


def resolve_area(text):
    """As the catalogue does: a code or a name, or an error."""
    code = NAMES.get(text.casefold(), text)
    if code not in NAMES.values():
        raise UnknownAreaError(text, ("Viitasaari (931)",))
    return code


@pytest.fixture
def read(tmp_path, clock, make_indicator, fetch_only):
    """Writes a CSV file and reads it as a source."""

    def read(content, encoding="utf-8", **changes):
        (tmp_path / "taulu.csv").write_bytes(content.encode(encoding))
        source = TableFiles(tmp_path, resolve_area, clock)
        return fetch_only(source, make_indicator("own:testi", **changes))

    return read


@pytest.fixture
def read_excel(tmp_path, clock, make_indicator, fetch_only):
    """Writes rows to an Excel file and reads it as a source."""

    def read_excel(rows, sheet=None):
        book = openpyxl.Workbook()
        book.active.title = "Luvut"
        for row in rows:
            book.active.append(row)
        book.create_sheet("Muuta").append(["x"])
        book.save(tmp_path / "taulu.xlsx")
        declared = {"service": "own", "path": "taulu.xlsx", "sheet": sheet}
        indicator = make_indicator("own:testi", source=declared)
        return fetch_only(TableFiles(tmp_path, resolve_area, clock), indicator)

    return read_excel


def get_rows(result):
    """Area, year, sex and value of each row."""
    return result.observations[["area_code", "year", "sex", "value"]].to_numpy().tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize(
    "content",
    [
        "alue;vuosi;arvo\n931;2023;1,5\nHankasalmi;2024;2\n",
        "area,year,value\n931,2023,1.5\n077,2024,2\n",
        'kunta,vuosi,arvo\r\nviitasaari,2023,"1,5"\r\n77,2024,2\r\n',
        "Arvo\tVuosi\tAlue\n1,5\t2023\tVIITASAARI\n\n2,0\t2024\t77\n",
    ],
)
def test_csv_is_read_as_offices_write_it(read, content, encoding):
    """Separators, decimal marks, names or codes, order of columns and a byte order mark may vary."""
    result = read(content, encoding)
    assert get_rows(result) == [["077", 2024, "total", 2.0], ["931", 2023, "total", 1.5]]


def test_all_columns_are_read(read):
    """Count, denominator, sex and note are kept; an empty value is missing."""
    result = read(
        "alue;vuosi;arvo;lukumäärä;nimittäjä;sukupuoli;huomautus\n"
        "931;2023;12,5;1 250;10 000;naiset;=A1+1\n"
        "931;2023;;;;miehet;Ei kerätty\n"
    )
    female, male = result.observations.to_dict("records")
    assert (female["value"], female["count"], female["denominator"]) == (12.5, 1250.0, 10000.0)
    assert (female["sex"], female["status"], female["status_note"]) == ("female", "normal", "=A1+1")
    assert (male["sex"], male["status"], male["status_note"]) == ("male", "missing", "Ei kerätty")


def test_years_outside_the_declared_span_are_not_used(read):
    """As of the services: the catalogue says which years of a table are used."""
    content = "alue;vuosi;arvo\n931;2005;1\n931;2020;2\n931;2021;3\n931;2024;4\n"
    result = read(content, years={"first": 2020, "last": 2021})
    assert get_rows(result) == [["931", 2020, "total", 2.0], ["931", 2021, "total", 3.0]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "alue;vuosi;arvo\n931;20x3;1\n",
            "row 2, column 'vuosi': found '20x3'; expected a year, at most 2026",
        ),
        (
            "alue;vuosi;arvo\n931;2027;1\n",
            "row 2, column 'vuosi': found '2027'; expected a year, at most 2026",
        ),
        ("alue;vuosi;arvo\n931;2023;noin 5\n", "row 2, column 'arvo': found 'noin 5'; expected a number"),
        ("alue;vuosi;arvo\n931;2023;nan\n", "row 2, column 'arvo': found 'nan'; expected a number"),
        ("alue;vuosi;arvo\n931;2023;1.234,5\n", "row 2, column 'arvo': found '1.234,5'; expected a number"),
        ("alue;vuosi;arvo\n\nViitassari;2023;1\n", "row 3, column 'alue': found 'Viitassari'; .*Viitasaari"),
        ("alue;vuosi;arvo;nimittäjä\n931;2023;1;0\n", "'nimittäjä': found '0'; expected a number above zero"),
        ("alue;vuosi;arvo;lukumäärä\n931;2023;1;-1\n", "'lukumäärä': found '-1'; expected a number of zero"),
        (
            "alue;vuosi;arvo;lukumäärä;nimittäjä\n931;2023;;5;100\n",
            "row 2, column 'arvo': found ''; expected the figure that count and denominator make",
        ),
        ("alue;vuosi;arvo;sukupuoli\n931;2023;1;muu\n", "'sukupuoli': found 'muu'; expected one of total"),
        (
            "alue;vuosi;arvo\n931;2023;1\n931;2023;2\n",
            "row 3, column 'alue': found '931/2023/total'; expected one",
        ),
        ("alue;vuosi;arvo\n" + "931;x;1\n" * 9, "row 6, column 'vuosi': .*; and 4 more"),
    ],
)
def test_wrong_cell_is_named(read, content, problem):
    """The message names the row and the column as the file has them, what was found and what is expected."""
    with pytest.raises(ResponseFormatError, match=problem):
        read(content)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "has no column 'area'; found no header"),
        ("alue;arvo\n931;1\n", "has no column 'year'; found alue, arvo"),
        ("alue;vuosi;arvo;selite\n", "unknown column 'selite'; known are area"),
        ("alue;kunta;vuosi;arvo\n", "columns 'alue' and 'kunta' mean the same"),
        ("alue;vuosi;arvo\n931;2023;1;2\n", "row 2 has more cells than the header has columns"),
        ('alue;vuosi;arvo\n931;2023;"1\n', "row 2 is not CSV"),
    ],
)
def test_wrong_table_is_told(read, content, problem):
    """A table that lacks a column or has one too many is refused by name."""
    with pytest.raises(ResponseFormatError, match=problem):
        read(content)


def test_other_encodings_are_refused(read):
    """A file that is not UTF-8 is refused with its row, not read with wrong letters."""
    with pytest.raises(ResponseFormatError, match="row 2 is not UTF-8; save the file as CSV UTF-8"):
        read("alue;vuosi;arvo\nÄänekoski;2023;1\n", "latin-1")


def test_level_that_is_not_shown_is_refused(read):
    """A municipality's figure cannot enter a series that is shown for larger areas alone."""
    content = "alue;vuosi;arvo\nKeski-Suomi;2023;1\n931;2023;1\n"
    with pytest.raises(
        ResponseFormatError, match="row 3, column 'alue': found '931'; expected an area of level"
    ):
        read(content, levels=["region"])


def test_missing_file_is_told(tmp_path, clock, make_indicator, fetch_only):
    """A file that is not there is a source that does not answer."""
    with pytest.raises(SourceError, match=r"there is no such file.*taulu.csv"):
        fetch_only(TableFiles(tmp_path, resolve_area, clock), make_indicator("own:testi"))


def test_unchanged_file_is_not_read_again(read, tmp_path, clock, make_indicator, fetch_only):
    """A file with the same content and declaration keeps its figures."""
    first = read("alue;vuosi;arvo\n931;2023;1\n")
    assert (first.state, first.metadata.url, first.metadata.source) == ("new", "taulu.csv", "own")
    source, previous = TableFiles(tmp_path, resolve_area, clock), {"own:testi": first.metadata}
    assert fetch_only(source, make_indicator("own:testi"), previous).state == "unchanged"
    assert fetch_only(source, make_indicator("own:testi", levels=["municipality"]), previous).state == "new"


def test_description_tells_years_and_levels(read, tmp_path, clock, make_indicator):
    """Checks against the catalogue get the file's years and levels."""
    read("alue;vuosi;arvo\n931;2021;1\nKeski-Suomi;2023;1\n")
    description = TableFiles(tmp_path, resolve_area, clock).describe(make_indicator("own:testi"))
    assert (description.first_year, description.last_year) == (2021, 2023)
    assert set(description.levels) == {"municipality", "region"}


# --- Excel --------------------------------------------------------------------------------------------


def test_excel_is_read(read_excel):
    """Numbers, codes stored as numbers and texts are read; blank rows are passed over."""
    rows = [["Alue", "Vuosi", "Arvo", "Huomautus"], [], [77, 2024, 2, None], ["931", "2023", 1.5, "-x"]]
    result = read_excel(rows)
    assert get_rows(result) == [["077", 2024, "total", 2.0], ["931", 2023, "total", 1.5]]
    assert result.observations["status_note"].tolist() == ["", "-x"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            [931, dt.date(2023, 1, 1), 1],
            "row 2, column 'Vuosi': found '2023-01-01 00:00:00'; expected a year",
        ),
        ([931, 2023, True], "row 2, column 'Arvo': found 'True'; expected a number"),
        ([931, 2023, "=1+1"], "row 2, column 3: a formula without a stored result"),
    ],
)
def test_wrong_excel_cell_is_named(read_excel, row, problem):
    """Dates, truth values and formulas that were never computed are no figures."""
    with pytest.raises(ResponseFormatError, match=problem):
        read_excel([["Alue", "Vuosi", "Arvo"], row])


def test_sheet_is_chosen_by_name(read_excel):
    """A sheet that is not there names those that are."""
    rows = [["Alue", "Vuosi", "Arvo"], [931, 2023, 1]]
    assert len(read_excel(rows, "Luvut").observations) == 1
    with pytest.raises(ResponseFormatError, match="has no sheet 'Luku'; found Luvut, Muuta"):
        read_excel(rows, "Luku")


def test_damaged_excel_file_is_refused(tmp_path):
    """A file that is no Excel file, whatever its name, is refused as such."""
    path = tmp_path / "taulu.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ResponseFormatError, match="cannot be read as an Excel file"):
        read_raw_table(path, None, "taulu.xlsx")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(alphabet="0123456789 ,.-+x=naie\u00a0−", max_size=7), min_size=1, max_size=4))
def test_any_cells_give_their_numbers_or_are_refused(tmp_path_factory, texts):
    """Either each stored number is what the cell says, or the file is refused with its row."""
    path = tmp_path_factory.mktemp("x") / "t.csv"
    rows = "".join(f'931;{2000 + n};"{text}"\n' for n, text in enumerate(texts))
    path.write_text("alue;vuosi;arvo\n" + rows, encoding="utf-8")
    raw = read_raw_table(path, None, "t.csv")
    table = _normalise(raw.cells, ["931"] * len(raw.cells))
    refused = {row for row, *_ in _find_problems(table, 2026)}
    for number, text in enumerate(texts, 2):
        plain = "".join(text.split()).replace(",", ".").replace("−", "-")
        if number in refused:
            continue
        (value,) = _convert(table.loc[[number]], "own:x")["value"]
        assert value == float(plain) if plain else value != value
