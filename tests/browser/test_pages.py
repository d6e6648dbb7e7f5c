"""The pages in a real browser: accessible, quiet, readable without scripts and at any width."""

import dataclasses
import io

import pikepdf
import pytest

from indicators.assessment.changes import compute_changes
from indicators.config import demonstrating
from indicators.report.changes_page import render_changes
from indicators.report.forum import open_forum_report
from indicators.report.page.pdf import print_pdf
from indicators.report.party import open_party_report
from indicators.report.regional import open_region_report
from tests.browser.axe import SETUPS, find_violations, open_all
from tests.made_page import make_municipal

pytestmark = pytest.mark.slow

PAGES = {
    "index": "index.html",
    "region": "alue/MK13-keski-suomi.fi.html",
    "forum": "foorumi/ks-turva.fi.html",
    "party": "osapuoli/hyvinvointialue.fi.html",
}


@pytest.fixture(scope="module", params=PAGES)
def path(request, edition):
    """The index page, and a report of each kind but the municipal, which has tests of its own."""
    return edition.folder / PAGES[request.param]


@pytest.fixture
def demonstration():
    """Reports that are opened have measures: the package's example plan."""
    with demonstrating():
        yield


@pytest.fixture(scope="module")
def report(edition):
    """One report."""
    return edition.folder / "kunta/931-viitasaari.fi.html"


@pytest.mark.parametrize("setup", SETUPS)
def test_axe_finds_nothing(open_page, path, setup):
    """No violation of WCAG 2.0-2.2 A and AA or of best practice, wide, narrow and dark; a forum's open too.

    A party's page is of the same sections as a forum's, and so much longer that it is looked at closed.
    """
    page = open_page(path, **SETUPS[setup])
    assert find_violations(page) == []
    if path.parent.name == "foorumi":
        open_all(page)
        assert find_violations(page) == []


def test_axe_finds_nothing_in_print(open_page, path):
    """The printed form keeps contrast and structure."""
    page = open_page(path)
    page.emulate_media(media="print")
    assert find_violations(page) == []


@pytest.fixture(scope="module")
def changes_page(bundled, catalogue, tmp_path_factory):
    """The page of changes between two snapshots: figures revised, gone and new, and a direction turned."""
    rows = bundled.observations
    is_revised = (rows["indicator_id"] == "sotkanet:178") & (rows["year"] == 2011)
    is_new = (rows["indicator_id"] == "sotkanet:181") & (rows["year"] == 2011)
    is_gone = (rows["indicator_id"] == "sotkanet:493") & (rows["area_code"] == "931")
    revised = rows.assign(value=rows["value"].where(~is_revised, rows["value"] + 1))
    item = catalogue.indicators["sotkanet:178"]
    links = tuple(link.model_copy(update={"direction": "no_judgement"}) for link in item.goals)
    turned = catalogue.indicators | {item.id: item.model_copy(update={"goals": links})}
    found = compute_changes(
        dataclasses.replace(bundled, observations=rows[~is_new]),
        dataclasses.replace(bundled, observations=revised[~is_gone]),
        catalogue,
        new_catalogue=dataclasses.replace(catalogue, indicators=turned),
    )
    page = tmp_path_factory.mktemp("changes") / "muutokset.html"
    page.write_text(render_changes(found, "fi"), "utf-8")
    return page


@pytest.mark.parametrize("setup", SETUPS)
def test_the_page_of_changes_is_as_accessible(open_page, changes_page, setup):
    """It stands on its own: no violation, no request, no sideways scrolling, in print neither."""
    page = open_page(changes_page, **SETUPS[setup])
    assert page.locator("table tr[data-area='931']").count() > 1
    assert find_violations(page) == []
    open_all(page)
    assert find_violations(page) == []
    assert page.requests == [changes_page.resolve().as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.emulate_media(media="print")
    assert find_violations(page) == []


def test_axe_sees_a_fault(open_page, report):
    """The check itself works: a spoiled page has violations."""
    page = open_page(report)
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert "html-has-lang" in [rule for rule, _ in find_violations(page)]


def test_nothing_is_requested(open_page, path):
    """Opening a page asks for the page and nothing else."""
    page = open_page(path)
    page.wait_for_load_state("networkidle")
    assert page.requests == [path.resolve().as_uri()]


def test_no_sideways_scrolling_at_320_pixels(open_page, path):
    """Text reflows, folded parts too; only named regions scroll sideways."""
    page = open_page(path, viewport={"width": 320, "height": 640})
    open_all(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_drawings_are_readable_on_a_telephone(open_page, path):
    """At 320 pixels no text of a drawing is smaller than ten, and no drawing loses a text at its edge."""
    page = open_page(path, viewport={"width": 320, "height": 640})
    open_all(page)
    texts = page.evaluate(
        """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
            const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
            return [...svg.querySelectorAll('text')].map(text => {
                const at = text.getBoundingClientRect();
                return {text: text.textContent, size: parseFloat(getComputedStyle(text).fontSize) * scale,
                        beyond: Math.max(box.left - at.left, at.right - box.right)};
            });
        })"""
    )
    assert len(texts) > 20
    assert [item for item in texts if item["size"] < 10] == []
    assert [item for item in texts if item["beyond"] > 2] == []


def test_areas_of_the_map_lead_to_their_reports(open_page, edition):
    """A click on a municipality of the index's map opens its report; the keyboard has the list."""
    page = open_page(edition.folder / "index.html", **SETUPS["wide"])
    page.locator("svg.map a", has_text="Luhanka").click()
    assert page.url.endswith("/kunta/435-luhanka.fi.html")


@pytest.mark.parametrize(
    ("subject", "language"), [("ks-turva", "sv"), ("kuntajohtajakokous", "en"), ("hyvinvointialue", "fi")]
)
def test_forums_and_parties_print_on_six_sheets(subject, language, demonstration):
    """With measures of the example plan, each sheet with its foot."""
    open_report = open_party_report if subject == "hyvinvointialue" else open_forum_report
    report = open_report(subject, language)
    content = print_pdf(make_municipal(report)[1], report.assessment.snapshot.created)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert 2 <= len(pdf.pages) <= 6


def test_readable_without_scripts(open_page, report):
    """Everything is there with JavaScript off."""
    page = open_page(report, java_script_enabled=False)
    assert page.locator("section[id^=tavoite-]").count() == 12
    assert page.locator("svg.ch").first.is_visible()
    page.locator("details.goal summary").first.click()
    assert page.locator("details.goal table").first.is_visible()


@pytest.mark.parametrize(("scheme", "ground"), [("light", (255, 255, 255)), ("dark", (18, 24, 30))])
def test_chart_text_has_contrast(open_page, report, scheme, ground):
    """Text in drawings reaches 4.5:1, which axe does not judge."""
    page = open_page(report, color_scheme=scheme)
    fills = page.evaluate(
        "[...new Set([...document.querySelectorAll('svg.ch text')].map(t => getComputedStyle(t).fill))]"
    )
    assert fills
    for fill in fills:
        colour = tuple(int(part) for part in fill.removeprefix("rgb(").removesuffix(")").split(","))
        assert _contrast(colour, ground) >= 4.5, (scheme, fill)


def _contrast(one, other):
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    parts = [c / 255 for c in colour]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_skip_link_leads_to_the_content(open_page, report):
    """The first stop of the keyboard jumps over the contents list, and every stop can be seen."""
    page = open_page(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "sisalto"


def test_the_page_is_light(open_page, report):
    """A municipal report has at most 12 000 elements outside its drawings."""
    page = open_page(report)
    count = page.evaluate(
        "document.querySelectorAll('*').length - document.querySelectorAll('svg, svg *').length"
    )
    assert count <= 12_000


def test_the_region_prints_on_sixteen_sheets(demonstration):
    """With its municipalities side by side and the measures of the example plan."""
    report = open_region_report(language="sv")
    content = print_pdf(make_municipal(report)[1], report.assessment.snapshot.created)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert 6 <= len(pdf.pages) <= 16
