"""The municipal report in a real browser: it answers at once, and opens, folds and prints as it should."""

import dataclasses
import datetime as dt
import io
import itertools
import re
import subprocess
from urllib.parse import quote

import pikepdf
import pytest

from indicators.assessment.load import Inputs, load_assessment
from indicators.assessment.table import compute_assessment
from indicators.catalogue import load_catalogue
from indicators.config import Settings
from indicators.model import SeriesMetadata, SeriesPart
from indicators.narrative.texts import load_texts
from indicators.report.municipal import MunicipalReport, open_municipal_report
from indicators.report.page.pdf import print_pdf
from indicators.snapshot.write import write_snapshot
from replica.frames import fill_missing
from tests.browser.axe import SETUPS, find_violations, open_all
from tests.made_page import make_municipal
from tests.region_overlay import write_goals_overlay

pytestmark = pytest.mark.slow

REPORTS = {"viitasaari": ("931", "fi"), "luhanka": ("435", "en"), "jyväskylä": ("179", "sv")}
CREATED = dt.date(2026, 11, 28)


def _write(folder, report, name, appendix=False):
    """Files of a report for the screen and for paper."""
    paths = folder / f"{name}.html", folder / f"{name}.paper.html"
    for path, html in zip(paths, make_municipal(report, appendix), strict=True):
        path.write_text(html, "utf-8")
    return paths


@pytest.fixture(scope="module")
def pages(tmp_path_factory, bundled, catalogue):
    """Pages for the screen and for paper, by name."""
    folder = tmp_path_factory.mktemp("municipal")
    reports = {name: open_municipal_report(*report) for name, report in REPORTS.items()}
    reports |= {"full": _open_full(folder, bundled, catalogue), "odd": _open_odd(folder, bundled)}
    return {name: _write(folder, report, name) for name, report in reports.items()}


def _open_full(folder, bundled, catalogue):
    """A report whose every indicator is current: TEST DATA but for the population."""
    rows = bundled.observations[bundled.observations["indicator_id"] == "statfin:population"]
    rows = fill_missing(rows, catalogue, range(2016, 2026))
    part = SeriesPart(1900, 2100, "2026-11", "2026")
    series = {
        key: SeriesMetadata(
            key, key.partition(":")[0], "statfin", "https://example.org/", {}, (part,), "2026"
        )
        for key in catalogue.indicators
    }
    stored = write_snapshot(folder, rows, series, catalogue, CREATED)
    return open_municipal_report("179", "sv", str(stored.path))


def _open_odd(folder, bundled):
    """A report of an agreement of fifteen goals, in a municipality whose name has forty characters."""
    catalogue = load_catalogue(overlay=write_goals_overlay(folder / "oma", 15))
    names = ("Pohjoisenkeskisuomenniemenselän kunnassa",) * 3
    area = dataclasses.replace(catalogue.areas.get("931"), names=names)
    inputs = Inputs(Settings(), compute_assessment(bundled, catalogue))
    return MunicipalReport(inputs, area, load_texts("fi"), "e")


@pytest.fixture(params=REPORTS)
def screen(request, pages):
    """A report for the screen, of each language and size of municipality."""
    return pages[request.param][0]


@pytest.fixture(params=[*REPORTS, "full", "odd"])
def extreme(request, pages):
    """One of these, or one with the most there is to show, or with long names."""
    return pages[request.param][0]


def _height(page):
    return page.evaluate("document.documentElement.scrollHeight")


def _overflows(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


# --- the screen ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "setup"),
    [("luhanka", "dark and narrow"), ("jyväskylä", "wide"), *(("viitasaari", setup) for setup in SETUPS)],
)
def test_axe_finds_nothing_closed_or_open(open_page, pages, name, setup):
    """No violation of WCAG 2.0-2.2 A and AA or of best practice, folded and with everything opened."""
    page = open_page(pages[name][0], **SETUPS[setup])
    assert find_violations(page) == []
    open_all(page)
    assert find_violations(page) == []


def test_nothing_scrolls_sideways(open_page, extreme):
    """Closed and open, on screens of any width, with the most there is to show and with long names too."""
    page = open_page(extreme)
    for is_open in (False, True):
        if is_open:
            open_all(page)
        for width in (1280, 640, 390, 360, 320):
            page.set_viewport_size({"width": width, "height": 800})
            assert _overflows(page) == 0, (is_open, width)


def test_text_spacing_and_large_text_lose_nothing(open_page, screen):
    """With WCAG's text spacing, and with text of twice the size, nothing overflows sideways."""
    for width, css in (
        (640, "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}"),
        (360, "html{font-size:200%!important}"),
    ):
        page = open_page(screen, viewport={"width": width, "height": 800})
        page.evaluate(
            "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s] }",
            css,
        )
        open_all(page)
        assert _overflows(page) == 0


def test_the_page_is_short(open_page, extreme):
    """At 1280 pixels at most 2 500 closed, and 12 000 with the first level open; so with fifteen goals."""
    page = open_page(extreme, viewport={"width": 1280, "height": 1000})
    assert _height(page) <= 2_500
    open_all(page, "details:not(details details)")
    assert _height(page) <= 12_000


def test_the_first_finding_is_on_the_first_screen(open_page, screen):
    """On a telephone of 360 by 740 pixels nothing is scrolled to read it."""
    page = open_page(screen, viewport={"width": 360, "height": 740})
    assert page.locator("ol.findings li").first.bounding_box()["height"] > 20
    box = page.locator("ol.findings li").first.bounding_box()
    assert box["y"] + box["height"] <= 740


@pytest.mark.parametrize("extreme", [*REPORTS, "full"], indirect=True)
def test_few_words_are_not_folded(open_page, extreme):
    """Outside folded parts at most 1 800 words, and no sentence twice."""
    page = open_page(extreme)
    text = page.evaluate("document.querySelector('body').innerText")
    assert 200 < len(text.split()) <= 1_800
    sentences = re.findall(r"[A-ZÅÄÖ][^.!?\n]{30,}[.!?]", text)
    assert sorted({item for item in sentences if sentences.count(item) > 1}) == []


def test_a_keyboard_walk_is_short(open_page, screen):
    """At most 40 stops closed; each has a name and an outline."""
    page = open_page(screen, viewport={"width": 1280, "height": 900})
    stops = []
    while len(stops) <= 100:
        page.keyboard.press("Tab")
        stop = page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e);
                const top = e.getBoundingClientRect().top + scrollY;
                if (e === document.body) return null;
                return {name: e.textContent.trim(), outline: style.outlineStyle, top};
            }"""
        )
        if stop is None:
            break
        stops.append(stop)
    assert 15 < len(stops) <= 40
    assert all(stop["name"] and stop["outline"] != "none" for stop in stops)
    assert [stop["top"] for stop in stops[1:]] == sorted(stop["top"] for stop in stops[1:])


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_goal_opens_from_the_keyboard(open_page, pages, key):
    """A summary opens and closes by Enter and by Space, and is named by its heading and sentence."""
    page = open_page(pages["viitasaari"][0])
    goal = page.locator("details.goal").first
    summary = goal.locator("summary").first
    heading, sentence = summary.locator("h3").inner_text(), summary.locator("p").first.inner_text()
    assert sentence.strip()
    assert heading.split()[0] in summary.inner_text()
    summary.focus()
    page.keyboard.press(key)
    assert goal.evaluate("item => item.open")
    page.keyboard.press(key)
    assert not goal.evaluate("item => item.open")


LINKED = {
    "goal": "tavoite-3-2",
    "row": "tavoite-3-2-statfin-employment-rate",
    "years of a row": "tavoite-3-2-statfin-employment-rate-vuodet",
    "years of a goal": "tavoite-3-2-vuodet",
    "note": "huom-a",
    "gaps": "puuttuu",
    "sources": "lahteet",
    "method": "tietoja",
}


@pytest.mark.parametrize("kind", LINKED)
def test_a_link_opens_what_it_points_to(open_page, pages, kind):
    """An address with the part's id opens all that is folded around it, without script."""
    path = pages["viitasaari"][0]
    page = open_page(path)
    assert not page.locator(f"#{LINKED[kind]}").is_visible()
    page.goto(f"{path.resolve().as_uri()}#{LINKED[kind]}")
    assert page.locator(f"#{LINKED[kind]}").is_visible()
    assert page.evaluate(
        "id => { let e = document.getElementById(id); while (e = e.parentElement.closest('details'))"
        " if (!e.open) return false; return true }",
        LINKED[kind],
    )


def test_a_charts_table_opens_without_scripts(open_page, pages):
    """The link under a chart opens the years of its indicator with JavaScript off."""
    page = open_page(pages["viitasaari"][0], java_script_enabled=False)
    link = page.locator(".fig a").first
    target = link.get_attribute("href")
    assert not page.locator(target).is_visible()
    link.click()
    assert page.locator(target).locator("table").is_visible()


def test_found_text_opens(open_page, pages):
    """What the browser finds in a folded part it opens; a text fragment does it as find-in-page does."""
    path = pages["viitasaari"][0]
    page = open_page(path)
    words = page.locator("tr[id] .m").first.text_content()
    page.goto("about:blank")
    page.goto(f"{path.resolve().as_uri()}#:~:text={quote(words)}")
    page.wait_for_timeout(300)
    assert page.evaluate("!!document.querySelector('details.goal[open]')")


def test_headings_are_unique_and_in_order(open_page, screen):
    """One h1, no level is skipped, and no heading stands twice."""
    page = open_page(screen)
    headings = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => [+h.tagName[1], h.textContent.trim(),"
        " h.closest('section[id^=tavoite]')?.id ?? ''])"
    )
    levels = [level for level, _, _ in headings]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    names = [(name, goal) for level, name, goal in headings]
    assert len(names) == len(set(names))  # an indicator may serve two goals, and is named in both


def test_no_text_of_a_drawing_is_clipped_or_small(open_page, extreme):
    """Labels lie inside their drawing, apart from each other, at ten pixels or more on a telephone."""
    page = open_page(extreme, viewport={"width": 320, "height": 640})
    open_all(page)
    texts = page.evaluate(
        """() => [...document.querySelectorAll('svg.ch')].map(svg => {
            const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
            return [...svg.querySelectorAll('text')].map(text => {
                const at = text.getBoundingClientRect();
                return {text: text.textContent, size: parseFloat(getComputedStyle(text).fontSize) * scale,
                    beyond: Math.max(box.left - at.left, at.right - box.right, box.top - at.top),
                    at: [at.left, at.top, at.right, at.bottom]};
            });
        })"""
    )
    assert texts
    for drawing in texts:
        assert [item for item in drawing if item["size"] < 10 or item["beyond"] > 1] == []
        for one, other in itertools.combinations(drawing, 2):
            assert not _overlap(one["at"], other["at"]), (one, other)


def _overlap(one, other):
    """Whether letters meet; the boxes of texts are a third higher than their letters."""
    across, down = (min(one[at + 2], other[at + 2]) - max(one[at], other[at]) for at in (0, 1))
    return across > 1 and down > 4


def test_a_full_report_is_light(pages):
    """With every indicator filled at most 700 kB."""
    assert pages["full"][0].stat().st_size <= 700_000


# --- paper --------------------------------------------------------------------------------------------


def _pdf(path):
    return print_pdf(path.read_text("utf-8"), CREATED)


def _sheets(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return len(pdf.pages)


def _text(content, tmp_path):
    (tmp_path / "r.pdf").write_bytes(content)
    command = ["pdftotext", "-layout", tmp_path / "r.pdf", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\f")[:-1]


@pytest.fixture(scope="module")
def printed(pages):
    """Viitasaari's PDF."""
    return _pdf(pages["viitasaari"][1])


def test_a_report_is_at_most_six_sheets(pages, tmp_path):
    """However many indicators are filled; no sheet has just two lines, and each its foot."""
    for _, paper in pages.values():
        content = _pdf(paper)
        assert 4 <= _sheets(content) <= 6
        sheets = _text(content, tmp_path)
        for at, sheet in enumerate(sheets, start=1):
            lines = [line for line in sheet.splitlines() if line.strip()]
            assert len(lines) > 5
            foot = lines[-3:]  # of three lines where names are long
            assert any(re.search(rf"{at} ?/ ?{len(sheets)}$", line.strip()) for line in foot)


def test_page_one_is_the_answer(printed, pages, tmp_path):
    """Findings, the unknown and all goals stand on the first sheet."""
    first = _text(printed, tmp_path)[0]
    assert "Lyhyesti" in first
    assert "Mitä ei tiedetä" in first
    assert len(re.findall(r"^\s*\d\.\d ", first, re.MULTILINE)) == 12


def test_the_appendix_comes_on_request(tmp_path):
    """With it the years and the older figures are there, without it they are not."""
    report = open_municipal_report("931")
    _, short = _write(tmp_path, report, "short")
    _, whole = _write(tmp_path, report, "whole", appendix=True)
    assert "Luvut vuosittain" not in " ".join(_text(_pdf(short), tmp_path))
    text = " ".join(_text(_pdf(whole), tmp_path))
    assert "Luvut vuosittain" in text
    assert "Vanhat luvut" in text


def _structure(element):
    if isinstance(element, pikepdf.Array):
        for kid in element:
            yield from _structure(kid)
    elif isinstance(element, pikepdf.Dictionary):
        yield element
        if "/K" in element and element.get("/Type") not in ("/MCR", "/OBJR"):
            yield from _structure(element.K)


def test_the_tags_are_whole(printed):
    """Every cell has its row and column, every figure its words, every mark its place in the tags."""
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        elements = list(_structure(pdf.Root.StructTreeRoot.K))
        of_kind = lambda kind: [item for item in elements if item.get("/S") == kind]  # noqa: E731
        assert str(pdf.Root.Lang) == "fi"
        figures = of_kind("/Figure")
        assert len(figures) > 20
        assert all(str(item.get("/Alt", "")) for item in figures)
        headers = [len(_headers(item)) for item in of_kind("/TD")]
        assert len(headers) > 80
        assert min(headers) >= 2
        for page in pdf.pages:
            assert _count_unmarked(page) == 0


def _headers(cell):
    attributes = cell.get("/A", pikepdf.Array())
    listed = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    return next((item.Headers for item in listed if "/Headers" in item), [])


def _count_unmarked(page):
    depth = unmarked = 0
    for _, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        depth += (name in ("BDC", "BMC")) - (name == "EMC")
        unmarked += depth == 0 and name in ("Tj", "TJ", "Do", "sh", "f", "S", "B")
    return unmarked


def test_each_heading_is_read_once(printed):
    """Repeated table heads are artifacts, and no entry of the outline says its name twice."""
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        entry, titles = pdf.Root.Outlines.First.First, []
        while entry is not None:
            titles.append(str(entry.Title))
            entry = entry.get("/Next")
        heads = [
            item
            for item in _structure(pdf.Root.StructTreeRoot.K)
            if item.get("/S") == "/TH" and "/Column" in repr(item.get("/A"))
        ]
        sheets = [len({str(kid.get("/Pg")) for kid in _structure(item.K) if "/Pg" in kid}) for item in heads]
    assert titles[:3] == ["Lyhyesti", "Mitä ei tiedetä", "Tavoitteet"]
    assert all(title != title[: len(title) // 2] * 2 for title in titles)
    assert max(sheets) == 1


def test_prints_are_equal_and_name_no_place(printed, pages):
    """The same bytes each time, and nothing of the machine that printed them."""
    assert _pdf(pages["viitasaari"][1]) == printed
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        links = [str(link.A.URI) for page in pdf.pages for link in page.get("/Annots", []) if "/A" in link]
        assert not [link for link in links if link.startswith("file:")]
        assert "yhdyspinta" in str(pdf.docinfo["/Creator"])
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261128")


def test_a_readers_own_print_shows_what_was_folded(open_page, pages, tmp_path):
    """Goals that are closed on the screen are printed; the second level is not."""
    page = open_page(pages["viitasaari"][0])
    page.pdf(path=tmp_path / "own.pdf", prefer_css_page_size=True)
    text = " ".join(_text((tmp_path / "own.pdf").read_bytes(), tmp_path))
    for row in load_assessment("bundled").rows("931"):
        if row.goal_id == "3.2" and row.value is not None and not row.is_old:
            assert open_municipal_report("931").context.sentences.short_title(row.indicator_id)[:12] in text
    assert "Luvut vuosittain" not in text
