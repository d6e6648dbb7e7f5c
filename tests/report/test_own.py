"""Sections of one's own: the author's words, tables and pictures in a frame, and nothing that acts."""

import base64
from dataclasses import replace

import lxml.html
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from indicators.analyst.api import trend_chart
from indicators.assessment.load import open_inputs
from indicators.catalogue.sections import load_sections
from indicators.config import Settings
from indicators.errors import CatalogueError
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import inspect_report
from indicators.report.municipal import MunicipalReport
from indicators.report.own import OwnContent, check_sections
from indicators.report.page.page import render_page, render_paper
from indicators.report.whole import describe_report, make_notebook, make_page
from tests.yardsticks.mutations import expect, mutate, parse

TEXT = """---
after: 1.2
title: Ladut
areas: [931]
---
Ladut ovat **kunnossa**, ks. [kunta](https://www.viitasaari.fi/) ja [tavoite](#tavoite-1-3).

## Vuodet

| Vuosi | km |
| --- | ---: |
| 2025 | 47 |

![Kartta laduista](kartta.svg)
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
INDICATOR = "statfin:offences_property_iccs"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """The bundled figures with one section of one's own."""
    folder, bundled = tmp_path_factory.mktemp("osiot"), open_inputs("bundled")
    (folder / "ladut.md").write_text(TEXT, "utf-8")
    (folder / "kartta.svg").write_bytes(SVG)
    sections = load_sections(bundled.assessment.catalogue, Settings(sections=str(folder)))
    return replace(bundled, sections=sections)


def _show(*cells, area="931", pictures=None):
    return str(OwnContent("cell 7", "Oma", area, 2, pictures or {}).show(cells))


def _output(data, **facts):
    return new_code_cell(outputs=[new_output("display_data", data, metadata=facts)])


def test_a_section_stands_after_its_goal(inputs):
    """On the screen between the goals, on paper with the measures, and in no other municipality's report."""
    page = parse(expect("kunta", "931", inputs))
    (own,) = page.xpath("//section[@data-own]")
    assert own.getprevious().find("section").get("id") == "tavoite-1-2"
    assert own.xpath("string(h3)") == "Kunnan oma osio Ladut"
    assert own.xpath("string(.//h4)") == "Vuodet"
    assert own.xpath("string(.//td[@class='nr'])") == "47"
    image = own.find(".//img")
    assert image.get("alt") == "Kartta laduista"
    assert base64.b64decode(image.get("src").removeprefix("data:image/svg+xml;base64,")) == SVG
    paper = lxml.html.document_fromstring(make_page(expect("kunta", "931", inputs), is_paper=True))
    assert paper.xpath("//main/section[@data-own]/h2")
    for report in (("kunta", "435"), ("alue", "MK13"), ("osapuoli", "hyvinvointialue")):
        assert parse(expect(*report, inputs)).xpath("//section[@data-own]") == []


@pytest.mark.parametrize("is_paper", [False, True])
def test_a_page_with_sections_passes_the_gate_and_only_with_them(inputs, is_paper):
    """Those of the settings are expected: changed or lost they are told, and so are new ones that act."""
    expected = expect("kunta", "931", inputs)
    html = make_page(expected, is_paper)
    assert inspect_report(html, expected, is_paper) == []
    page = lxml.html.document_fromstring(html)
    page.xpath("//section[@data-own]")[0].drop_tree()
    assert _inspect(page, expected, is_paper) != []
    moved = lxml.html.document_fromstring(html)
    moved.find(".//footer").append(moved.xpath("//section[@data-own]")[0])
    assert _inspect(moved, expected, is_paper) != []


def _inspect(page, expected, is_paper=False):
    html = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    return inspect_report(html, expected, is_paper)


def test_changes_beside_sections_are_noticed(inputs):
    """Of 300 single changes to a page with sections of one's own, declared and a cell's, none passes."""
    pages = [parse(expect("kunta", "931", inputs))]
    cell = '<section data-own="cell-7"><h2><span>Kunnan oma osio</span></h2><p>Hyvin.</p></section>'
    changes = list(mutate(pages, 300, 20261128, cell))
    assert [what for what, is_noticed in changes if not is_noticed] == []


def test_cells_of_ones_own_are_shown(inputs):
    """Text, a table of pandas, the package's chart of the area, and a picture, each labelled."""
    chart = trend_chart("Viitasaari", INDICATOR)
    picture, facts = chart._repr_png_()
    table = (
        '<div><style scoped>.x{}</style><table border="1" class="dataframe"><tr><td>1</td></tr></table></div>'
    )
    own = {"tags": ["own"]}
    cells = [
        new_markdown_cell("## Ladut", metadata=own),
        _output({"text/html": table, "text/plain": "1"}),
        _output({"text/html": chart._repr_html_(), "image/png": picture}, **{"image/png": facts}),
    ]
    for cell in cells:
        cell.metadata.update(own)
    report = MunicipalReport(inputs, inputs.assessment.catalogue.areas.get("931"), load_texts("fi"), "e")
    notebook = make_notebook(report)
    notebook["cells"][2:2] = cells
    expected = expect("kunta", "931", inputs)
    html = render_page(notebook, describe_report(expected))
    assert inspect_report(html, expected) == []
    page = lxml.html.document_fromstring(html)
    shown = page.xpath("//main/section[@data-own]")
    assert [item.xpath("string(h2)") for item in shown] == ["Kunnan oma osio"] * 3
    assert shown[0].xpath("string(.//h3)") == "Ladut"
    assert shown[2].find(".//img").get("alt") == chart.alt
    paper = render_paper(notebook, describe_report(expected))
    assert paper.count("data-own=") == 4
    region = expect("alue", "MK13", inputs)
    notebook = make_notebook(region)
    notebook["cells"][2:2] = cells[:1]
    html = render_page(notebook, describe_report(region))
    assert "Tekijän oma osio" in html
    assert inspect_report(html, region) == []


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<p data-area="179">x</p>', "<p data-area>"),
        ('<data data-indicator="sotkanet:181" value="1">1</data>', "<data>"),
        ('<p id="tavoite-1-1">x</p>', "<p id>"),
        ('<p onclick="x()">x</p>', "<p onclick>"),
        ('<form action="x"><input></form>', "<form>"),
        ('<iframe src="https://example.org/"></iframe>', "<iframe>"),
        ('<img alt="x" src="https://example.org/x.png">', "<img src>"),
        ('<a href="javascript:alert(1)">x</a>', "<a href>"),
        ('<a href="data:text/html,x">x</a>', "<a href>"),
        ("<svg><path d='M0 0'/></svg>", "<svg>"),
        ("<h1>x</h1>", "<h1>"),
        ("<math><mi>x</mi></math>", "<math>"),
        ("<!-- x --><link rel=stylesheet href='https://example.org/x.css'>", "<link>"),
    ],
)
def test_what_a_section_may_not_hold_is_told(html, told):
    """In Markdown and in what code shows alike; it is never left out without a word."""
    for cell in (new_markdown_cell(f"Hyvin.\n\n{html}\n"), _output({"text/html": html})):
        with pytest.raises(CatalogueError) as raised:
            _show(cell)
        assert f"cell 7: own section: holds {told}"[:20] in str(raised.value)
        assert told in str(raised.value)


def test_looks_are_dropped():
    """Neither a style nor a class of the page's comes through."""
    html = _show(new_markdown_cell('<p style="position:fixed" class="head">x</p><b class="vh">y</b>'))
    assert "style" not in html
    assert "class" not in html


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (new_markdown_cell("![](a.png)"), "without a description"),
        (new_markdown_cell("![x](b.png)"), "names the picture 'b.png'; beside it there are a.png"),
        (
            new_markdown_cell("![x](https://example.org/a.png)"),
            "names the picture 'https://example.org/a.png'",
        ),
        (new_markdown_cell("![x](../a.png)"), "names the picture '../a.png'"),
        (_output({"text/plain": "5"}), "shows text/plain; expected a table, Markdown, HTML or a picture"),
        (_output({"application/vnd.plotly.v1+json": {}}), "shows application/vnd.plotly.v1+json"),
        (new_code_cell(outputs=[new_output("stream", name="stdout", text="5")]), "shows printed text"),
        (new_code_cell(outputs=[new_output("error", ename="KeyError", evalue="x")]), "shows KeyError"),
        (_output({"image/png": "eA=="}, **{"image/png": {"area": "179"}}), "a chart of another area, 179"),
    ],
)
def test_what_cannot_be_shown_is_told(cell, told):
    """A picture from elsewhere, plain output, and the package's chart of another municipality."""
    with pytest.raises(CatalogueError) as raised:
        _show(cell, pictures={"a.png": b"x"})
    assert told in str(raised.value)


def test_a_text_is_checked_before_anything_runs(inputs, tmp_path):
    """For each municipality in whose report it would stand."""
    (tmp_path / "a.md").write_text(TEXT.replace("**kunnossa**", "<script>x</script>"), "utf-8")
    (tmp_path / "kartta.svg").write_bytes(SVG)
    sections = load_sections(inputs.assessment.catalogue, Settings(sections=str(tmp_path)))
    with pytest.raises(CatalogueError, match=r"a\.md: own section: holds <script>"):
        check_sections(sections)
