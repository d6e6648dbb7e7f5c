"""Plots on matplotlib's axes, charts as files, tables with names: what an analyst takes elsewhere."""

import re
import xml.etree.ElementTree as ET

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import openpyxl
import pytest
from nbclient import NotebookClient

import indicators as yt
from indicators.analyst.plots import MOST_AREAS, STYLE_FILE
from indicators.assessment.load import load_assessment
from indicators.charts.drawing.style import GROUNDS, ROLES
from indicators.edition.people_table import make_people_table, to_people_csv
from indicators.errors import OutputError, ParameterError
from tests.contrast import contrast

THREE = ["Viitasaari", "Saarijärvi", "Äänekoski"]
OFFENCES, EDUCATION = "statfin:offences_property_iccs", "statfin:long_term_unemployed_june"
BUNDLED = {"snapshot": "bundled"}


@pytest.fixture(autouse=True)
def _no_window():
    matplotlib.use("Agg")
    yield
    plt.close("all")


def _texts(ax):
    return [text.get_text() for text in ax.texts] + [ax.get_title(loc="left"), ax.xaxis.label.get_text()]


# --- plots ------------------------------------------------------------------------------------------


def test_three_municipalities_stand_in_one_chart():
    """Each line has the observations' values, and its name with the newest one."""
    ax = yt.plot_trend(THREE, OFFENCES, **BUNDLED)
    values = yt.observations(OFFENCES, THREE, **BUNDLED).query("sex == 'total'").dropna(subset="value")
    assert len(ax.lines) == len(THREE)
    drawn = sorted(float(y) for line in ax.lines for y in line.get_ydata() if y == y)
    assert np.allclose(drawn, sorted(values["value"]))
    for name in THREE:
        newest = values[values["area_code"] == yt.area(name).code].iloc[-1]
        assert f"{name} {newest['value']:.1f}".replace(".", ",") in _texts(ax)


def test_a_lone_year_has_no_century_around_it():
    """The axis shows the year of the figure and no other."""
    ax = yt.plot_trend(THREE, "statfin:long_term_unemployed_june", **BUNDLED)
    (year,) = ax.get_xticks()
    assert ax.get_xlim() == (year - 1, year + 1)
    assert len(yt.plot_trend(THREE, OFFENCES, **BUNDLED).get_xticks()) > 1


def test_a_plot_hides_nothing():
    """Source, few events, provisional years and breaks are told under the axis."""
    assert "alle kymmeneen tapaukseen" in _texts(yt.plot_trend("Luhanka", OFFENCES, **BUNDLED))[-1]
    assert "Lähde: Tilastokeskus" in _texts(yt.plot_trend("Luhanka", OFFENCES, **BUNDLED))[-1]
    assessment = load_assessment("bundled")
    odd = {}
    shown = [key for key, item in assessment.catalogue.indicators.items() if "municipality" in item.levels]
    for key in (key for key in shown if key in assessment.snapshot.series):
        for item in assessment.years("179", key):
            if item.value is not None and item.status in ("provisional", "break"):
                odd.setdefault(item.status, (key, item.year))
    assert odd, "the bundled figures have provisional years or breaks"
    for status, (key, year) in odd.items():
        word = {"provisional": "ennakkotieto", "break": "ei ole vertailukelpoinen"}[status]
        assert re.search(
            rf"{word}.*{year}", _texts(yt.plot_trend("Jyväskylä", key, **BUNDLED))[-1], re.DOTALL
        )


def test_given_axes_are_drawn_on():
    """Two plots stand side by side, and the analyst's own title stays possible."""
    _, (left, right) = plt.subplots(1, 2)
    assert yt.plot_trend("Viitasaari", OFFENCES, left, **BUNDLED) is left
    assert yt.plot_distribution(OFFENCES, "Viitasaari", ax=right, **BUNDLED) is right


def test_a_goal_has_each_current_indicator_once():
    """Rows have a current figure, beside each its value; older ones are named in the note."""
    ax = yt.plot_goal("Viitasaari", "3.2", **BUNDLED)
    rows = [
        row
        for row in load_assessment("bundled").rows("931")
        if row.goal_id == "3.2" and row.value is not None
    ]
    current = [row for row in rows if not row.is_old]
    assert 0 < len(current) < len(rows)
    assert len(ax.get_yticks()) == len(current)
    assert sum(bool(re.search(r"\(\d{4}\)$", text.get_text())) for text in ax.texts) == len(current)
    assert "Jätetty pois" in ax.xaxis.label.get_text().replace("\n", " ")


@pytest.mark.parametrize("plot", [yt.plot_map, yt.plot_distribution])
def test_every_municipality_has_its_value(plot):
    """Of the year asked for, each as it is in the observations."""
    ax = plot(OFFENCES, year=2023, **BUNDLED)
    rows = yt.figures(indicator=OFFENCES, years=(2023, 2023), **BUNDLED)
    told = " ".join(_texts(ax)).replace("\n", " ")
    for row in rows.itertuples():
        assert f"{row.value:.1f}".replace(".", ",") in told
    assert "2023" in ax.get_title(loc="left")


REGION_ONLY = next(
    item.id for item in yt.load_catalogue().indicators.values() if "municipality" not in item.levels
)
NINE = [area.code for area in yt.area][: MOST_AREAS + 1]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: yt.plot_map(OFFENCES, year=1950, **BUNDLED), "it has 2021–2024"),
        (lambda: yt.plot_trend(["Viitasaari", "931"], OFFENCES, **BUNDLED), "Viitasaari twice"),
        (lambda: yt.plot_trend(NINE, OFFENCES, **BUNDLED), "9 areas"),
        (lambda: yt.plot_trend("Viitasaari", REGION_ONLY, **BUNDLED), "shown for a municipality"),
        (lambda: yt.plot_map(REGION_ONLY, **BUNDLED), "shown for a municipality"),
        (lambda: yt.plot_distribution(REGION_ONLY, **BUNDLED), "shown for a municipality"),
        (lambda: yt.trend_chart("Viitasaari", REGION_ONLY, **BUNDLED), "shown for a municipality"),
        (lambda: yt.trend_chart(THREE, OFFENCES, **BUNDLED), "plot_trend, observations and figures take"),
        (lambda: yt.figures(indicator=OFFENCES, years=(1900, 1901), **BUNDLED), "1900–1901.*2021–2024"),
        (lambda: yt.figures(indicator=REGION_ONLY, **BUNDLED), f"{REGION_ONLY}.*are shown for them"),
        (
            lambda: yt.trend_chart("Viitasaari", "sotkanet:3195", **BUNDLED),
            "statfin:tertiary_education",
        ),
        (lambda: yt.compare("Viitasaari", "sotkanet:3195", **BUNDLED), "statfin:tertiary_education, which"),
        (lambda: yt.figures("1.1", OFFENCES, **BUNDLED), "indicators of the goal"),
        (lambda: yt.figures(indicator=OFFENCES, areas=["931", 931], **BUNDLED), "Viitasaari twice"),
        (lambda: yt.observations(OFFENCES, "931", THREE, **BUNDLED), "Viitasaari twice"),
        (lambda: yt.assess("931", "Viitasaari", **BUNDLED), "Viitasaari twice"),
    ],
)
def test_what_cannot_be_shown_is_one_clear_error(call, message):
    """A year without figures, an area twice, nine areas, an indicator not shown at the level."""
    with pytest.raises(ParameterError, match=message):
        call()


def test_colours_of_lines_can_be_told_from_the_ground():
    """The style sheet's colours have three to one on white, and it takes the reports' first."""
    colours = matplotlib.rc_params_from_file(STYLE_FILE, use_default_template=False)[
        "axes.prop_cycle"
    ].by_key()["color"]
    assert len(colours) == MOST_AREAS
    assert all(contrast(f"#{colour.lstrip('#')}", GROUNDS["light"]) >= 3 for colour in colours)
    assert f"#{colours[0].lstrip('#')}" == ROLES["own"].light


# --- charts as files --------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_a_chart_leaves_for_other_programs(ending, tmp_path):
    """With its title; an SVG is one to any program: named, in plain colours."""
    path = yt.spine_chart("Viitasaari", "3.2", **BUNDLED).save(
        tmp_path / f"k.{ending}", title="Oma otsikko", width=12
    )
    content = path.read_bytes()
    assert content.startswith({"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml"}[ending])
    if ending == "svg":
        root = ET.fromstring(content)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert b"var(" not in content
        assert "Oma otsikko" in "".join(root.itertext())


def test_every_mark_of_a_drawing_is_in_the_file(tmp_path):
    """Lines, outlines and dots alike, at any width: as many inked places as the drawing has paths."""
    chart = yt.trend_chart("Viitasaari", OFFENCES, **BUNDLED)
    chart.save(tmp_path / "k.svg", width=30)
    drawn = ET.parse(chart.save(tmp_path / "k.svg", width=7))
    paths = drawn.findall(".//{http://www.w3.org/2000/svg}path")
    assert len([path for path in paths if path.get("d")]) >= chart.svg.count("<path")
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert set(re.findall(r">([^<>]+)</text>", chart.svg)) <= set(texts)


def test_a_file_that_cannot_be_written_is_one_clear_error(tmp_path):
    """Another ending, no width, a folder that is not there."""
    chart = yt.trend_chart("Viitasaari", OFFENCES, **BUNDLED)
    with pytest.raises(ParameterError, match=r"k\.docx.*\.png, \.pdf, \.svg"):
        chart.save(tmp_path / "k.docx")
    with pytest.raises(ParameterError, match="width"):
        chart.save(tmp_path / "k.png", width=0)
    for save in (chart.save, yt.assess("Viitasaari", goal="3.2", **BUNDLED).to_excel):
        with pytest.raises(OutputError, match="cannot be written"):
            save(tmp_path / "ei" / "k.png")


# --- tables -----------------------------------------------------------------------------------------


def test_a_goals_figures_are_one_tidy_table():
    """Names beside codes, the years asked for, the agreement's municipalities."""
    table = yt.figures(goal="3.2", years=(2015, None), **BUNDLED)
    assert set(table["area"]) == {area.name() for area in yt.load_catalogue().members}
    assert table["year"].min() >= 2015
    assert not table.duplicated(["indicator_id", "area_code", "year", "sex"]).any()
    goals = {key: [link.goal for link in item.goals] for key, item in yt.load_catalogue().indicators.items()}
    assert all("3.2" in goals[key] for key in table["indicator_id"].unique())


def test_search_finds_by_words_in_any_language():
    """All words, in one title."""
    assert {"sotkanet:181", "statfin:long_term_unemployed_june"} <= set(yt.search("tyött")["id"])
    assert set(yt.search("tyött", goal="1.1")["id"]) == set()
    assert (yt.search("pitkäaikaistyöttömät kesäkuussa")["last_year"] >= 2026).all()


def test_a_spreadsheet_row_has_one_year_and_the_shown_decimals(tmp_path):
    """Numbers of one year as they are shown; an area of another year has an empty cell."""
    view = yt.assess(*THREE, goal="3.2", **BUNDLED)
    sheet = openpyxl.load_workbook(view.to_excel(tmp_path / "k.xlsx", "sv")).active
    assert [cell.value for cell in sheet[1]][:4] == ["Mål", "Indikator", "Enhet", "År"]
    titles = {item.title.sv or item.title.fi: key for key, item in yt.load_catalogue().indicators.items()}
    names = [cell.value for cell in sheet[1]][4:]
    for _, title, _, year, *values in sheet.iter_rows(min_row=2, values_only=True):
        rows = view.table[view.table["indicator_id"] == titles[title]].set_index("area_code")
        decimals = yt.indicator(titles[title]).decimals
        for name, value in zip(names, values, strict=True):
            row = rows.loc[yt.area(name).code]
            assert (value is None) == (row["year"] != year or row["value"] != row["value"])
            assert value is None or abs(value - row["value"]) <= 0.5001 * 10**-decimals


def test_people_get_a_csv_that_their_spreadsheet_opens():
    """Semicolons, decimal commas, the mark of UTF-8; decimals as shown, zeros at the end too."""
    assessment = load_assessment("bundled")
    made = make_people_table(assessment, ["931", "435"], "fi")
    content = to_people_csv(made)
    assert content.startswith(b"\xef\xbb\xbfTavoite;Mittari;Yksikk")
    lines = content.decode("utf-8-sig").splitlines()
    assert len(lines) == len(made) + 1
    assert any(re.search(r";\d+,\d0(;|$)", line) or re.search(r";\d+,0(;|$)", line) for line in lines)


def test_every_plot_is_shown_in_a_notebook():
    """The first plot of a kernel and those after it: none is lost to the style that it is drawn in."""
    cell = f"import indicators as yt; ax = yt.plot_trend('Viitasaari', '{OFFENCES}', snapshot='bundled')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for _ in range(2)])
    NotebookClient(notebook, kernel_name="python3").execute()
    assert [sum("image/png" in item.data for item in cell.outputs) for cell in notebook.cells] == [1, 1]
