"""The gate accounts for all that a page says, shows and draws."""

import copy

import lxml.html
import pytest

from indicators.report.gate.gate import inspect_report
from indicators.report.gate.page import compare_pages
from indicators.report.whole import make_page
from tests.yardsticks.mutations import REPORTS, expect, mutate, parse

SEED = 20261128
OWN = '<section data-own="kunta"><h2><span>Kunnan oma osio</span></h2></section>'


@pytest.fixture(scope="module")
def pages(demonstration):
    """Parsed pages of three municipalities and of the region."""
    return [parse(expect(*report)) for report in REPORTS[:4]]


@pytest.fixture
def page(pages):
    """A copy of Viitasaari's, free to be spoiled."""
    return copy.deepcopy(pages[0])


@pytest.mark.parametrize("report", REPORTS[4:])
def test_whole_pages_are_accepted(demonstration, report):
    """What the sections say holds against the figures too, not only against itself."""
    expected = expect(*report)
    assert inspect_report(make_page(expected), expected) == []


def test_changes_are_noticed(pages):
    """Of 160 changes, ten of each kind and page, at most one passes; ``make yardsticks`` tries 6 000."""
    changes = list(mutate(pages, 160, SEED))
    missed = [what for what, is_noticed in changes if not is_noticed]
    assert len(changes) == 160
    assert len(missed) <= 1, f"seed {SEED}: {missed}"


@pytest.mark.parametrize(
    "places",
    [
        "//main//svg",
        "//main//svg//text",
        "//main//h3",
        "//svg//path | //svg//line | //svg//polyline | //svg//circle",
        "//ol[@class='findings']",
        "//header",
        "//main//h2 | //main//summary",
        "//data[@data-role='region']",
        "//data",
        "//table",
        "//script",
        "//title",
    ],
)
def test_a_swapped_set_is_noticed(page, pages, places):
    """Whole sets of Jyväskylä's under Viitasaari's name."""
    mine, others = (document.xpath(places) for document in (page, pages[2]))
    assert mine
    assert others
    for one, other in zip(mine, others, strict=False):
        taken = copy.deepcopy(other)
        taken.tail = one.tail
        if one.getparent() is not None:
            one.getparent().replace(one, taken)
    assert list(compare_pages(page, pages[0]))


def test_alternative_texts_are_noticed(page, pages):
    """All that screen readers are told of Jyväskylä's drawings."""
    mine, others = (document.xpath("//main//svg[@aria-label]") for document in (page, pages[2]))
    assert mine
    for one, other in zip(mine, others, strict=False):
        one.set("aria-label", other.get("aria-label"))
    assert list(compare_pages(page, pages[0]))


def test_a_hidden_right_value_beside_a_wrong_one_is_noticed(page, pages):
    """Machines would read the right value, readers the wrong one."""
    number = page.xpath("//main//td/data")[0]
    wrong = lxml.html.fragment_fromstring("<b>99,9</b>")
    number.set("hidden", "")
    number.addnext(wrong)
    assert list(compare_pages(page, pages[0]))


def test_a_lost_or_doubled_element_is_noticed(page, pages):
    """Key facts, years and charts are complete, and once there."""
    for places in ("//header//dl/*", "//main//svg", "//main//tr", "//main//li", "//main//p"):
        for spoil in (lambda item: item.drop_tree(), lambda item: item.addnext(copy.deepcopy(item))):
            spoiled = copy.deepcopy(page)
            found = spoiled.xpath(places)
            assert found, places
            spoil(found[0])
            assert list(compare_pages(spoiled, pages[0])), places


def test_a_copy_may_add_its_own(page, pages):
    """In a marked section beside the parts; outside of it nothing is added."""
    first, second = page.xpath("//main/section")[:2]
    own = '<section data-own="kunta"><h2>Kunnan oma</h2></section>'
    first.addnext(lxml.html.fragment_fromstring(own))
    assert list(compare_pages(page, pages[0])) == []
    second.addprevious(lxml.html.fragment_fromstring("<p>Kaikki on hyvin.</p>"))
    assert any("Kaikki on hyvin" in finding for finding in compare_pages(page, pages[0]))


def test_a_lost_part_is_noticed(pages):
    """None of the page's parts may be missing, the first, the last or one between; paper's appendix may."""
    for number in range(len(pages[0].find(".//main"))):
        page = copy.deepcopy(pages[0])
        page.find(".//main")[number].drop_tree()
        findings = list(compare_pages(page, pages[0]))
        assert any("the page lacks <" in finding for finding in findings), number
        assert "None" not in " ".join(findings), "a part without an id is named by how it begins"
    paper = lxml.html.document_fromstring(make_page(expect(*REPORTS[0]), is_paper=True, appendix=True))
    short = copy.deepcopy(paper)
    short.get_element_by_id("liite").drop_tree()
    assert list(compare_pages(short, paper)) == []


def test_sections_in_another_order_are_noticed(page, pages):
    """The order is the report's."""
    first, second = page.xpath("//main/section")[:2]
    second.addnext(first)
    assert list(compare_pages(page, pages[0]))


@pytest.mark.parametrize(
    ("place", "html"),
    [
        ("head", '<meta http-equiv="refresh" content="0;url=https://example.org/">'),
        ("head", '<meta http-equiv="content-security-policy" content="default-src *">'),
        ("own", '<meta http-equiv="refresh" content="0">'),
        ("own", '<base href="https://example.org/">'),
        ("own", '<form action="https://example.org/"></form>'),
        ("own", '<svg><a><set attributeName="href" to="https://example.org/"></set></a></svg>'),
        ("own", '<svg><animateTransform attributeName="x"></animateTransform></svg>'),
        ("own", '<svg><use xlink:href="https://example.org/x#y"></use></svg>'),
        ("own", '<svg><image href="data:image/svg+xml,x"></image></svg>'),
        ("own", '<svg><rect fill="url(https://example.org/x)"></rect></svg>'),
        ("own", '<p style="background:u\\72l(https://example.org/x)">x</p>'),
        ("own", '<p style="background:url(data:image/png;base64,x)">x</p>'),
        ("own", '<p style="background:image-set(&quot;x.png&quot; 1x)">x</p>'),
        ("own", '<a href="data:text/html,x">x</a>'),
        ("own", '<a href="vbscript:x">x</a>'),
        ("own", "<style>main { display: none }</style>"),
        ("own", '<script type="application/json">{}</script>'),
        ("own", '<p style="position:fixed;inset:0">x</p>'),
        ("own", '<p class="vh">x</p>'),
        ("own", '<p id="oma">x</p>'),
        ("own", '<p data-area="931">x</p>'),
        ("own", '<data value="1" data-indicator="sotkanet:181">1</data>'),
        ("own", '<section data-own="x"></section>'),
        ("own", '<img alt="x" src="data:text/html,x">'),
        ("own", '<img src="x.png">'),
        ("own", '<link rel="stylesheet" href="x.css">'),
        ("own", '<iframe src="data:text/html,x"></iframe>'),
        ("own", "<script>alert(1)</script>"),
        ("own", '<p onclick="alert(1)">x</p>'),
    ],
)
def test_what_acts_by_itself_is_refused(pages, place, html):
    """Neither the head nor a section of one's own holds what navigates, loads, or restyles the page."""
    expected, page = expect(*REPORTS[0]), copy.deepcopy(pages[0])
    holder = page.find("head")
    if place == "own":
        holder = lxml.html.fragment_fromstring(OWN)
        page.find(".//main").append(holder)
    holder.append(lxml.html.fragment_fromstring(html))
    text = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    wrong = "the page holds '<head>" if place == "head" else "the own section"
    assert any(finding.startswith(wrong) for finding in inspect_report(text, expected))


def test_a_script_is_found_however_its_address_is_written(pages):
    """Browsers read the name of a scheme past control characters and capitals."""
    link = OWN.replace("</section>", '<a href="&#1; Java&#10;script:alert(1)">x</a></section>')
    text = lxml.html.tostring(pages[0], encoding="unicode", doctype="<!DOCTYPE html>")
    findings = inspect_report(text.replace("</main>", f"{link}</main>"), expect(*REPORTS[0]))
    assert any("no link that a reader may follow" in finding for finding in findings)


def test_links_that_a_reader_follows_stay(pages):
    """To the web, to the page's own places, and to the edition's files."""
    expected, page = expect(*REPORTS[0]), copy.deepcopy(pages[0])
    links = "".join(f'<a href="{to}">x</a>' for to in ("https://example.org/", "#sisalto", "../index.html"))
    page.find(".//main").append(
        lxml.html.fragment_fromstring(OWN.replace("</section>", f"{links}</section>"))
    )
    text = lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")
    assert inspect_report(text, expected) == []
    unlabelled = text.replace("<span>Kunnan oma osio</span>", "Lyhyesti")
    assert any("begins with ''" in finding for finding in inspect_report(unlabelled, expected))
