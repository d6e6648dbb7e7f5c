"""Cells of CSV and Excel files are read as people see them, and none is lost without a word."""

import datetime as dt
import io
import time
import unicodedata
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.styles import PatternFill

from indicators.catalogue.cells import read_table
from indicators.catalogue.plaintext import clean_text
from indicators.catalogue.workbook import CellsError, read_workbook
from indicators.folders import find_file

HEADINGS = {"alue", "vuosi", "arvo", "huomautus"}
ROWS = [["alue", "vuosi", "arvo"], ["Viitasaari", 2024, 12.5], ["Luhanka", 2024, 30]]
#: Namespaces of ordinary workbooks, and of Strict Open XML.
STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


def make_workbook(rows=ROWS, change=None, replace=(), more=()):
    """Bytes of a workbook of one sheet, after changes to the book and to its parts, and with more parts."""
    book = Workbook()
    book.active.title = "Taul1"
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    saved = io.BytesIO()
    book.save(saved)
    written = io.BytesIO()
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            for before, after in replace:
                text = text.replace(before, after)
            new.writestr(name, text)
        for name, text in more:
            new.writestr(name, text)
    return written.getvalue()


def make_shared(number, item):
    """A workbook as Excel writes it: the text of A2 is the given one of a list of one item."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    link = f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId9"/></Relationships>'
    cell = '<c r="A2" t="inlineStr"><is><t>Viitasaari</t></is></c>'
    return make_workbook(
        replace=[(cell, f'<c r="A2" t="s"><v>{number}</v></c>'), ("</Relationships>", link)],
        more=[("xl/sharedStrings.xml", f"<sst><si>{item}</si></sst>")],
    )


def read_cells(content, wanted=None):
    """Values of all filled rows of a workbook."""
    return [[cell.value for cell in row.cells.values()] for row in read_workbook(content, wanted).rows]


@pytest.fixture
def read(tmp_path):
    """Reads a file of given content as a table: heading and value of each cell by row."""

    def read(content, name="taulu.csv", **more):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        table = read_table(path, HEADINGS, **more)
        return [{table.header[at]: cell.value for at, cell in row.cells.items()} for row in table.rows]

    return read


# --- Excel --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", ["A1", "A1:C2", "A1:XFD1048576"])
def test_declared_dimension_is_not_believed(declared):
    """What the sheet holds is read, whatever it says of its size."""
    assert read_cells(make_workbook(replace=[('ref="A1:C3"', f'ref="{declared}"')])) == ROWS


def test_percent_format_is_read_as_it_is_shown():
    """12.5 % is stored as 0.125; a percent sign that only decorates a number changes nothing."""

    def change(book):
        book.active["C2"], book.active["C2"].number_format = 0.125, "0.0%"
        book.active["C3"], book.active["C3"].number_format = 0.07, "0%"
        book.active["D2"], book.active["D2"].number_format = 12.5, '0.0" %"'

    first, second = read_workbook(make_workbook(change=change)).rows[1:]
    assert [(cell.value, cell.is_percent) for cell in first.cells.values()][2:] == [
        (12.5, True),
        (12.5, False),
    ]
    assert second.cells[2].value == 7


def test_first_visible_sheet_is_read_and_a_hidden_one_by_name_only():
    """A hidden sheet, often an old one, is passed over; where it is asked for, the reader is told so."""

    def change(book):
        old = book.create_sheet("vanha", 0)
        old.append(["alue"])
        old.sheet_state = "hidden"

    content = make_workbook(change=change)
    assert read_cells(content) == ROWS
    assert read_workbook(content).hidden == ""
    assert read_cells(content, "vanha") == [["alue"]]
    assert read_workbook(content, "vanha").hidden == "vanha"
    with pytest.raises(CellsError, match=r"has no sheet 'x'; found vanha \(hidden\), Taul1"):
        read_workbook(content, "x")


def test_workbook_of_hidden_sheets_alone_is_refused():
    """Which of them is meant is not guessed."""
    content = make_workbook(replace=[('state="visible"', 'state="hidden"')])
    with pytest.raises(CellsError, match=r"no visible sheet with cells; found Taul1 \(hidden\)"):
        read_workbook(content)


def test_chart_sheet_is_passed_over():
    """It has no cells."""

    def change(book):
        book.create_chartsheet("kaavio", 0).add_chart(BarChart())

    content = make_workbook(change=change)
    assert read_cells(content) == ROWS
    with pytest.raises(CellsError, match="has no sheet 'kaavio'; found Taul1"):
        read_workbook(content, "kaavio")


def test_formatting_without_content_is_no_row():
    """A quarter of a million coloured rows, or a coloured last corner of the sheet, hold nothing."""
    coloured = "".join(
        f'<row r="{n}"><c r="A{n}" s="1"/><c r="C{n}" s="1"/></row>' for n in range(4, 250_001)
    )
    coloured += '<row r="1048576"><c r="XFD1048576" s="1"/></row>'

    def change(book):
        book.active["A1"].fill = PatternFill("solid", fgColor="FFFF00")

    content = make_workbook(change=change, replace=[("</sheetData>", f"{coloured}</sheetData>")])
    started = time.process_time()
    assert read_cells(content) == ROWS
    assert time.process_time() - started < 20  # 1 to 2 s on an idle machine


def test_strict_open_xml_is_read():
    """The same workbook under the names of the ISO standard."""
    content = make_workbook(replace=STRICT.items())
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(content)).read("xl/workbook.xml")
    assert read_cells(content) == ROWS


def test_formula_gives_its_result():
    """An empty result is an empty cell; a result that was never computed is told as such."""
    stored = ('<c r="C2"><f>1+1</f><v></v></c>', '<c r="C2"><f>1+1</f><v>2</v></c>')
    empty = ('<c r="C3"><f>A1</f><v></v></c>', '<c r="C3" t="str"><f>A1</f><v></v></c>')

    def change(book):
        book.active["C2"], book.active["C3"], book.active["D3"] = "=1+1", "=A1", "=A2"

    first, second = read_workbook(make_workbook(change=change, replace=[stored, empty])).rows[1:]
    assert (first.cells[2].value, first.cells[2].formula) == (2, "=1+1")
    assert 2 not in second.cells
    assert (second.cells[3].value, second.cells[3].formula) == (None, "=A2")


def test_dates_truth_values_and_errors_keep_their_kind():
    """A date is a date, also counted from 1904, and an error of a formula is what it says."""

    def change(book):
        book.active.append([dt.date(2026, 5, 1), True, "#N/A"])

    content = make_workbook(change=change)
    assert read_cells(content)[-1] == [dt.datetime(2026, 5, 1), True, "#N/A"]
    mac = make_workbook(change=change, replace=[("<workbookPr/>", '<workbookPr date1904="1"/>')])
    assert read_cells(mac)[-1][0] == dt.datetime(2030, 5, 2)


def test_texts_of_runs_are_joined():
    """A cell of several letter forms is one text, without reading aids."""
    runs = "<r><t>Viita</t></r><r><t>saari</t></r><rPh><t>x</t></rPh>"
    inline = make_workbook(replace=[("<is><t>Viitasaari</t></is>", f"<is>{runs}</is>")])
    assert read_cells(inline) == ROWS
    assert read_cells(make_shared(0, runs)) == ROWS
    with pytest.raises(CellsError, match="names a text 7 that the workbook does not have"):
        read_cells(make_shared(7, runs))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000),
            r"an old Excel file \(\.xls\) or an encrypted one",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "is an encrypted workbook; .* take away any password",
        ),
        (b"PK\x03\x04 broken", "cannot be read as an Excel file"),
        (make_workbook(replace=[("<sheetData>", '<sheetData x="')]), "cannot be read as an Excel file"),
        (make_workbook(replace=[("<v>12.5</v>", "<v>12,5</v>")]), "stored as a number but holds '12,5'"),
        (make_workbook(replace=[("<v>12.5</v>", "<v>nan</v>")]), "stored as a number but holds 'nan'"),
        (make_workbook(replace=[("<v>12.5</v>", "<v>1E400</v>")]), "stored as a number but holds '1E400'"),
        (make_workbook(replace=[('r="B2"', 'r="C2"')]), "is damaged: cell C2 is there twice"),
        (make_workbook(replace=[('<row r="3"', '<row r="2"')]), "is damaged: row 2 stands below row 2"),
        (b"\xef\xbb\xbf <html><table>", "is a web page or XML; open it in a spreadsheet program"),
        (b"%PDF-1.7", "is a PDF"),
        (b"alue;vuosi;arvo\n", "is not an Excel workbook, whatever its name says"),
    ],
)
def test_other_files_are_told_by_what_they_are(read, content, problem):
    """One message says what was found and how to save it."""
    with pytest.raises(CellsError, match=problem):
        read(content, "taulu.xlsx")


def test_other_spreadsheets_are_named(read):
    """A zip of another program is told by its kind."""
    for part, problem in (("content.xml", "OpenDocument"), ("xl/workbook.bin", "binary workbook")):
        saved = io.BytesIO()
        with zipfile.ZipFile(saved, "w") as archive:
            archive.writestr(part, "<x/>")
        with pytest.raises(CellsError, match=problem):
            read(saved.getvalue(), "taulu.xlsx")


# --- CSV, and what both share -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        "alue;vuosi;arvo\nViitasaari;2024;12,5\n",
        "\ufeffalue;vuosi;arvo\r\nViitasaari;2024;12,5\r\n",
        "sep=;\nalue;vuosi;arvo\nViitasaari;2024;12,5\n",
        '"sep=;"\r\nalue;vuosi;arvo\r\nViitasaari;2024;12,5\r\n',
        "Ladut, kunnittain, vuosittain, km\n\nalue;vuosi;arvo\nViitasaari;2024;12,5\n",
        'alue\tvuosi\tarvo\nViitasaari\t2024\t"12,5"\n',
        "alue;vuosi;arvo\nViitasaari;2024;12,5\n".encode("utf-16"),
        "alue;vuosi;arvo;;\nViitasaari;2024;12,5;;\n",
        "Alue;VUOSI;arvo\n\x07Viita\x00saari;2024;12,5\n",
        "\u200balue;vuosi\u00a0;arvo\nViita\u00adsaari\u200e;2024;12,5\u200b\n",
        'Ladut, kunnittain\nalue,vuosi,arvo\nViitasaari,2024,"12,5"\n',
        "alue|vuosi|arvo\nViitasaari|2024|12,5\n",
    ],
)
def test_csv_is_read_in_its_dialects(read, content):
    """Separator lines, titles, byte order marks, empty trailing columns and control characters do no harm."""
    assert [list(row.values()) for row in read(content)] == [["Viitasaari", "2024", "12,5"]]


def test_title_lines_above_a_sheet_are_passed_over(read):
    """The header is the first row with known headings."""
    content = make_workbook([["Hoidetut ladut"], [], *ROWS])
    assert read(content, "taulu.xlsx")[0] == {"alue": "Viitasaari", "vuosi": 2024, "arvo": 12.5}


def test_letters_are_compared_composed(read, tmp_path):
    """A file from a Mac has its letters in parts, in the text and in its name."""
    content = unicodedata.normalize("NFD", "alue;vuosi;arvo;lukumäärä\nJyväskylä;2024;1;1\n")
    assert read(content)[0]["lukumäärä"] == "1"
    path = tmp_path / unicodedata.normalize("NFD", "päivä.csv")
    path.write_text("x", "utf-8")
    assert find_file(tmp_path / unicodedata.normalize("NFC", "päivä.csv")).read_text("utf-8") == "x"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("alue;vuosi;arvo;;\nViitasaari;2024;12,5;10;80\n", "D2 holds '10'; name or empty column D, E"),
        ("alue;vuosi;arvo\nViitasaari;2024;12,5;x\n", "row 2 has more cells than the header has columns"),
        ("Luhanka;2024;1\nalue;vuosi;arvo;x\n1;2;3;4\n", "cell D2 holds 'x'"),  # data is no title
        ("alue;;arvo\n931;;1\n931;2024;1\n", "column B has no heading: cell B3 holds '2024'"),
        (
            make_workbook([[*ROWS[0], None, "huomautus"], [*ROWS[1], "hui", "z"], [*ROWS[2], "hai"]]),
            "column D has no heading: cell D2 holds 'hui'",
        ),
        (make_workbook([ROWS[0], [*ROWS[1], "hui"]]), "row 2 has more cells.*D2 holds 'hui'"),
    ],
)
def test_cell_under_no_heading_is_refused(read, content, problem):
    """Its meaning is not known, and it would be lost."""
    with pytest.raises(CellsError, match=problem):
        read(content)


def test_file_that_cannot_be_opened_is_told(tmp_path):
    """One message, no traceback."""
    with pytest.raises(CellsError, match="cannot be read: No such file"):
        read_table(tmp_path / "none.csv", HEADINGS)


def test_lone_surrogates_and_controls_are_cleaned():
    """They stop every writer of XML, JSON and UTF-8 later."""
    assert clean_text("a\ud800b\x07c\u0085\ufffe d\t e") == "abc d e"
