"""The parties' own tables: what is read, and how a wrong cell is told."""

import datetime as dt

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.catalogue.records import Unit
from indicators.catalogue.workbook import Cell
from indicators.errors import ResponseFormatError, SourceError, UnknownAreaError
from indicators.sources.tables.files import TableFiles, find_area
from indicators.sources.tables.numbers import read_column
from indicators.sources.tables.reading import read_raw_table

PERCENT = Unit(id="percent", label={"fi": "%"}, symbol="%", multiplier=100, minimum=0, maximum=100)
UNITS = {"percent": Unit(id="percent", label={"fi": "x"})}  # of which nothing is expected
UNBOUND = {"minimum": None, "maximum": None}
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
        source = TableFiles(tmp_path, resolve_area, UNITS, clock)
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
        return fetch_only(TableFiles(tmp_path, resolve_area, UNITS, clock), indicator)

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
        fetch_only(TableFiles(tmp_path, resolve_area, UNITS, clock), make_indicator("own:testi"))


def test_unchanged_file_is_not_read_again(read, tmp_path, clock, make_indicator, fetch_only):
    """A file with the same content and declaration keeps its figures."""
    first = read("alue;vuosi;arvo\n931;2023;1\n")
    assert (first.state, first.metadata.url, first.metadata.source) == ("new", "taulu.csv", "own")
    source, previous = TableFiles(tmp_path, resolve_area, UNITS, clock), {"own:testi": first.metadata}
    assert fetch_only(source, make_indicator("own:testi"), previous).state == "unchanged"
    assert fetch_only(source, make_indicator("own:testi", levels=["municipality"]), previous).state == "new"


def test_description_tells_years_and_levels(read, tmp_path, clock, make_indicator):
    """Checks against the catalogue get the file's years and levels."""
    read("alue;vuosi;arvo\n931;2021;1\nKeski-Suomi;2023;1\n")
    description = TableFiles(tmp_path, resolve_area, UNITS, clock).describe(make_indicator("own:testi"))
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
            "row 2, column 'Vuosi': found '2023-01-01'; expected a year",
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
    cells = read_raw_table(path, None, "t.csv").columns["value"]
    numbers, refused = read_column(cells)
    assert numbers.keys() | refused.keys() == cells.keys()
    for row, number in numbers.items():
        assert number.value == float("".join(texts[row - 2].split()).replace(",", ".").replace("−", "-"))


# --- what an office writes comes back ------------------------------------------------------------------

#: A number, and as how many decimals it is written.
FIGURES = st.tuples(st.integers(-(10**9), 10**9), st.integers(0, 5)).map(lambda n: (n[0] / 10 ** n[1], n[1]))
OTHER_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(";,\t|"),
        "decimal": st.sampled_from(",."),
        "thousands": st.sampled_from(["", "", " ", "\u00a0", "\u202f", "'", "’", ".", ","]),
        "minus": st.sampled_from("-−"),
        "digits": st.sampled_from([{}, {}, OTHER_DIGITS, WIDE_DIGITS]),
        "has_exponent": st.booleans(),
        "end": st.sampled_from(["\n", "\r\n", "\r"]),
        "above": st.sampled_from(
            ["", "sep={d}", "Ladut{d} kunnittain", "Ladut 2024", "{d}{d}{d}", "sep={d}{e}Ladut"]
        ),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        "extra": st.sampled_from(["", "{d}{d}"]),
    }
).filter(lambda dialect: dialect["decimal"] != dialect["thousands"])


def write_number(value, n_decimals, decimal, thousands, minus, digits, has_exponent, **_other):
    """A number as a dialect writes it."""
    if has_exponent:
        text = f"{value:.{n_decimals + 9}e}".replace(".", decimal)
    else:
        text = f"{value:,.{n_decimals}f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    return text.replace("-", minus).translate(digits)


def read_values(path, clock, make_indicator, fetch_only):
    """Values by year as the source reads them; None where it refuses the file."""
    source = TableFiles(path.parent, resolve_area, {"percent": PERCENT.model_copy(update=UNBOUND)}, clock)
    declared = {"service": "own", "path": path.name}
    indicator = make_indicator("own:testi", source=declared, unit="percent", value_type="rate")
    try:
        found = fetch_only(source, indicator).observations
    except ResponseFormatError:
        return None
    return dict(zip(map(int, found["year"]), found["value"], strict=True))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=st.lists(FIGURES, min_size=1, max_size=5), dialect=DIALECTS)
def test_csv_of_any_dialect_gives_its_numbers_or_is_refused(
    figures, dialect, tmp_path, clock, make_indicator, fetch_only
):
    """Other numbers never; and what can be read in one way is not refused."""
    mark, end = dialect["delimiter"], dialect["end"]
    texts = [write_number(*figure, **dialect) for figure in figures]
    above = dialect["above"].format(d=mark, e=end) + end if dialect["above"] else ""
    extra = dialect["extra"].format(d=mark)
    rows = [f'"Viitasaari"{mark}{2000 + n}{mark}"{text}"{extra}' for n, text in enumerate(texts)]
    content = above + end.join([f"alue{mark}vuosi{mark}arvo{extra}", *rows]) + end
    (tmp_path / "t.csv").write_bytes(content.encode(dialect["encoding"]))
    values = read_values(tmp_path / "t.csv", clock, make_indicator, fetch_only)
    written = {2000 + n: pytest.approx(value, rel=1e-9) for n, (value, _) in enumerate(figures)}
    assert values is None or values == written
    is_plain = not dialect["has_exponent"] and dialect["thousands"] not in tuple(",.")
    if is_plain and all(n_decimals != 3 for _, n_decimals in figures):
        assert values is not None


CELLS = st.sampled_from(
    ["General", "0.00", "0.0%", "0 %", '0" %"', "#,##0.0", '"a;b"0.0%', "0.00E+00", "@text", "formula"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.tuples(FIGURES, CELLS), min_size=1, max_size=5),
    title=st.sampled_from([[], ["Ladut kunnittain"], ["Ladut", None, "kunnittain"]]),
    has_hidden=st.booleans(),
)
def test_workbook_gives_its_numbers_or_is_refused(
    cells, title, has_hidden, tmp_path, clock, make_indicator, fetch_only
):
    """What a cell shows is what is read, whichever way it is stored."""
    book = openpyxl.Workbook()
    sheet = book.active
    if has_hidden:
        old = book.create_sheet("vanha", 0)
        old.append(["alue", "vuosi", "arvo"])
        old.append(["Viitasaari", 2000, 99])
        old.sheet_state = "hidden"
    for row in ([title] if title else []) + [["alue", "vuosi", "arvo"]]:
        sheet.append(row)
    for n, ((value, n_decimals), kind) in enumerate(cells):
        stored, shape = value, kind
        if kind == "@text":
            stored, shape = f"{value:.{n_decimals}f}".replace(".", ","), "@"
        elif kind == "formula":
            stored, shape = f"={value}", "General"
        elif kind.replace('"a;b"', "").endswith("%"):
            stored = value / 100
        sheet.append(["Viitasaari", 2000 + n, stored])
        sheet.cell(sheet.max_row, 3).number_format = shape
    book.save(tmp_path / "t.xlsx")
    values = read_values(tmp_path / "t.xlsx", clock, make_indicator, fetch_only)
    written = {2000 + n: pytest.approx(value, rel=1e-9) for n, ((value, _), _) in enumerate(cells)}
    assert values is None or values == written
    kinds = {kind for _, kind in cells}
    if "formula" not in kinds and all(n != 3 for (_, n), kind in cells if kind == "@text"):
        assert values is not None


# --- numbers that can be read in two ways, and figures that contradict each other ----------------------


@pytest.fixture
def read_percent(tmp_path, clock, make_indicator, fetch_only):
    """Reads CSV or an Excel workbook as a proportion in per cent; `source` adds to the declaration."""

    def read_percent(content, source=None, name="taulu.csv"):
        path = tmp_path / name
        if isinstance(content, str):
            path.write_text(content, "utf-8")
        else:
            content.save(path)
        declared = {"service": "own", "path": name} | (source or {})
        indicator = make_indicator("own:testi", source=declared, unit="percent", value_type="proportion")
        return fetch_only(TableFiles(tmp_path, resolve_area, {"percent": PERCENT}, clock), indicator)

    return read_percent


def read_column_of(*texts, **declared):
    """Values and refusals of a column, by row from 2."""
    numbers, refused = read_column({row: Cell(text) for row, text in enumerate(texts, 2)}, **declared)
    return {row: number.value for row, number in numbers.items()}, refused


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["12,5", "12,471"], [12.5, 12.471]),
        (["0,125", "0,3"], [0.125, 0.3]),
        (["1 234", "12,5"], [1234.0, 12.5]),
        (["1'234.5", "7"], [1234.5, 7.0]),
        (["1,2E-05"], [0.000012]),
        (["١٢", "٣"], [12.0, 3.0]),
        (["1,2345"], [1.2345]),
        (["−5", "+5"], [-5.0, 5.0]),
        ([5e-05, 1e-07, 12], [5e-05, 1e-07, 12.0]),
    ],
)
def test_column_that_can_be_read_in_one_way_is_read(texts, values):
    """One clear cell settles the marks of its column; exponents and other digits are numbers."""
    assert read_column_of(*texts) == (dict(enumerate(values, 2)), {})


@pytest.mark.parametrize(
    ("text", "ways", "as_decimal", "as_thousands"),
    [("145,887", "145.887 or 145887", ",", "."), ("145.887", "145.887 or 145887", ".", ",")],
)
def test_number_of_two_readings_is_refused_with_both(text, ways, as_decimal, as_thousands):
    """A thousand times too small is a wrong number; the declaration settles it."""
    values, refused = read_column_of("850", text)
    assert values == {2: 850.0}
    assert f"this may be {ways}" in refused[3]
    assert 'decimal: ","' in refused[3]
    assert read_column_of(text, decimal=as_decimal) == ({2: 145.887}, {})
    assert read_column_of(text, decimal=as_thousands) == ({2: 145887.0}, {})
    assert read_column_of(text, thousands=text[3]) == ({2: 145887.0}, {})


@pytest.mark.parametrize(
    ("texts", "row", "expected"),
    [
        (["12,5", "12.5"], 3, "a number written as '12,5' of row 2: a column has one decimal mark"),
        (["1.234,5"], 2, "a number whose thousands are not parted by '.'"),
        (["1,234,567", "1,234"], 3, "a number whose thousands are not parted by ','"),
        (["12 34"], 2, "a number or an empty cell"),
        (["1,23,456"], 2, "a number or an empty cell"),
        (["12,5 %"], 2, "not in per cent"),
        ([True], 2, "a number or an empty cell"),
        (["1e999"], 2, "a number or an empty cell"),
    ],
)
def test_irregular_number_is_refused(texts, row, expected):
    """Two decimal marks in a column, irregular thousands and signs that the unit does not have."""
    assert expected in read_column_of(*texts)[1][row]


def test_two_readings_are_told_with_the_row(read_percent):
    """The whole table is refused, and the message names row, column and both readings."""
    content = "alue;vuosi;arvo\nViitasaari;2024;1,234\n931;2023;5\n"
    with pytest.raises(ResponseFormatError, match=r"row 2, column 'arvo': found '1,234'.* 1\.234 or 1234"):
        read_percent(content)
    assert get_rows(read_percent(content, {"decimal": ","}))[1][3] == 1.234


def test_declared_marks_must_differ(make_indicator):
    """One mark means one thing."""
    source = {"service": "own", "path": "x.csv", "decimal": ",", "thousands": ","}
    with pytest.raises(ValueError, match="'decimal' and 'thousands' are both ','"):
        make_indicator("own:testi", source=source)


def test_percent_format_is_read_in_a_percent_unit_only(read_percent, read_excel):
    """12.5 % is 12.5 where the unit is per cent; a count in per cent is no count."""
    book = openpyxl.Workbook()
    book.active.append(["alue", "vuosi", "arvo"])
    book.active.append(["Viitasaari", 2024, 0.125])
    book.active["C2"].number_format = "0.0%"
    assert get_rows(read_percent(book, name="taulu.xlsx")) == [["931", 2024, "total", 12.5]]
    assert get_rows(read_percent("alue;vuosi;arvo\n931;2024;12,5 %\n"))[0][3] == 12.5
    with pytest.raises(
        ResponseFormatError, match=r"found '10 %'; expected a number in the column's own unit"
    ):
        read_percent("alue;vuosi;arvo;lukumäärä\n931;2024;10;10 %\n")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("12,5;300;400", r"column 'arvo': found '12,5'; expected 75.000, which is 300 / 400 x 100"),
        ("0,125;125;1000", r"found '0,125'; expected 12.50000, which is 125 / 1000 x 100"),
        ("100;500;400", r"column 'lukumäärä': found '500'; expected at most the denominator 400"),
        ("125;;", r"column 'arvo': found '125'; expected at most the unit's 100"),
        ("-1;;", r"column 'arvo': found '-1'; expected at least the unit's 0"),
        ("12,5;-10;80", r"column 'lukumäärä': found '-10'; expected a number of zero or more"),
    ],
)
def test_figures_that_contradict_each_other_are_refused(read_percent, row, problem):
    """Value, count and denominator agree, or the row is told with both numbers."""
    with pytest.raises(ResponseFormatError, match=f"row 2, {problem}" if problem[:3] == "col" else problem):
        read_percent(f"alue;vuosi;arvo;lukumäärä;nimittäjä\n931;2024;{row}\n")


@pytest.mark.parametrize("value", ["12", "12,5", "12,47", "12,471"])
def test_rounded_value_agrees_with_its_parts(read_percent, value):
    """Half of the last digit given is rounding."""
    content = f"alue;vuosi;arvo;lukumäärä;nimittäjä\n931;2024;{value};106;850\n931;2023;0,5;1;200\n"
    assert len(read_percent(content).observations) == 2


def test_rate_may_have_more_events_than_persons(tmp_path, clock, make_indicator, fetch_only):
    """Visits are no part of the people."""
    per_1000 = Unit(id="per_1000", label={"fi": "x"}, multiplier=1000)
    (tmp_path / "taulu.csv").write_text(
        "alue;vuosi;arvo;lukumäärä;nimittäjä\n931;2024;2000;200;100\n", "utf-8"
    )
    source = TableFiles(tmp_path, resolve_area, {"per_1000": per_1000}, clock)
    indicator = make_indicator("own:testi", unit="per_1000", value_type="rate")
    assert get_rows(fetch_only(source, indicator))[0][3] == 2000.0


def test_table_without_rows_is_told(read):
    """It is no table that is unchanged."""
    with pytest.raises(ResponseFormatError, match=r"has no rows under its header \(alue, vuosi, arvo\)"):
        read("alue;vuosi;arvo\n")


def test_row_without_an_area_is_told(read):
    """Its figure would be nobody's."""
    with pytest.raises(ResponseFormatError, match="row 3, column 'alue': found ''; expected a known area"):
        read("alue;vuosi;arvo\n931;2023;1\n;2024;2\n")


def test_note_is_cleaned_of_control_characters(read):
    """One bad character in a note can never stop a report."""
    rows = read("alue;vuosi;arvo;huomautus\n931;2023;1;a\x07b\n").observations
    assert rows["status_note"].tolist() == ["ab"]


def test_table_of_one_sex_at_a_time_is_told(read, caplog):
    """Reports show both sexes together, so the reader of the log knows why nothing is seen."""
    assert len(read("alue;vuosi;arvo;sukupuoli\n931;2023;1;naiset\n").observations) == 1
    assert "has no row of both sexes" in caplog.text


def test_hidden_sheet_is_told(read_excel, tmp_path, clock, make_indicator, fetch_only, caplog):
    """It is read, since it is named, and the log says that it is hidden."""
    read_excel([["Alue", "Vuosi", "Arvo"], [931, 2023, 1]])
    book = openpyxl.load_workbook(tmp_path / "taulu.xlsx")
    book["Luvut"].sheet_state = "hidden"
    book.save(tmp_path / "taulu.xlsx")
    declared = {"service": "own", "path": "taulu.xlsx", "sheet": "Luvut"}
    source = TableFiles(tmp_path, resolve_area, UNITS, clock)
    assert len(fetch_only(source, make_indicator("own:testi", source=declared)).observations) == 1
    assert "sheet 'Luvut' of taulu.xlsx is hidden" in caplog.text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("931 Viitasaari", "931"),
        ("Viitasaari", "931"),
        ("77", "077"),
        ("Maarianhamina - Mariehamn", "478"),
        ("Koski Tl", "284"),
        ("Pedersören kunta", "599"),
        ("suomi", "SSS"),
        ("MK13 Keski-Suomi", "MK13"),
        ("KU931", "931"),
        ("931 - Viitasaari", "931"),
        ("Viitasaari (931)", "931"),
        ("Helsinki/Helsingfors", "091"),
    ],
)
def test_area_is_found_as_tables_name_it(catalogue, text, code):
    """By code and name, by both names, and by what people call the country."""
    assert find_area(text, lambda name: catalogue.areas.resolve(name, None).code) == code


@pytest.mark.parametrize("text", ["931 Luhanka", "Viitasaari - Luhanka", "931 - ", "999 Viitasaari"])
def test_area_of_two_meanings_is_refused(text, catalogue):
    """A code and a name of two areas are a slip of a row; which one is meant is not guessed."""
    with pytest.raises(UnknownAreaError):
        find_area(text, lambda name: catalogue.areas.resolve(name, None).code)
