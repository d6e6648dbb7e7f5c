"""The documentation as built: opened from disk, searched, and asking nothing of other servers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from indicators.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
#: What people type, and the page that they look for.
SEARCHES = {
    "ajastus": "ohjeet/palvelin.html",
    "asentaminen": "aloitus.html",
    "kartta": "ohjeet/reseptit.html",
    "kuvio": "ohjeet/reseptit.html",
    "merkitsevyys": "ohjeet/menetelmat.html",
    "PNG": "ohjeet/reseptit.html",
    "päivitys": "ohjeet/komennot.html",
    "ruotsiksi": "ohjeet/reseptit.html",
    "svenska": "pa-svenska.html",
    "tietosuoja": "ohjeet/menetelmat.html",
    "uusi mittari": "ohjeet/oma-mittari.html",
    "työttömyys": "ohjeet/reseptit.html",
    "varmuuskopio": "ohjeet/palvelin.html",
    "Word": "ohjeet/reseptit.html",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built documentation."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "docs", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def _pages(site):
    return [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]


def test_reference_has_every_function_and_command(site):
    """What the package offers is in the reference."""
    import indicators

    functions = (site / "reference" / "api.html").read_text("utf-8")
    found = set(re.findall(r'id="indicators\.analyst\.(?:api|lookup|plots)\.(\w+)"', functions))
    assert set(indicators.__all__) <= found
    commands = (site / "reference" / "cli.html").read_text("utf-8")
    for name, command in main.commands.items():
        assert f'id="yhdyspinta-{name}"' in commands
        flags = [flag for item in command.params for flag in item.opts if flag.startswith("-")]
        assert [flag for flag in flags if flag not in commands] == []


def test_pages_say_their_language(site):
    """The frame is Finnish; the text of another language's page says which it is."""
    assert '<div lang="en">' in (site / "methods.html").read_text("utf-8")
    assert '<div lang="sv">' in (site / "pa-svenska.html").read_text("utf-8")
    assert '<div lang="en">' not in (site / "aloitus.html").read_text("utf-8")
    for path in _pages(site):
        text = path.read_text("utf-8")
        assert '<html lang="fi"' in text, path
        assert "On this page" not in text
        assert "Skip to main" not in text


def test_it_opens_from_disk(site, open_page):
    """Every page: without a script error, and without asking for anything but the site's own files."""
    errors = []
    page = open_page(site / "index.html")
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    for path in _pages(site):
        page.goto(path.as_uri())
        assert page.locator("h1").count() == 1, path
    assert errors == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []


def test_the_search_finds_by_what_people_type(site, open_page):
    """From disk too, among the first three."""
    page = open_page(site / "index.html")
    for words, wanted in SEARCHES.items():
        page.goto(f"{(site / 'search.html').as_uri()}?q={words}")
        page.wait_for_selector("#search-results li > a")
        page.wait_for_function("document.querySelector('.search-summary')?.innerText.startsWith('Löytyi')")
        links = page.locator("#search-results li > a").evaluate_all(
            "all => all.map(one => one.getAttribute('href').split('?')[0])"
        )
        assert wanted in links[:3], words


def test_code_can_be_copied(site, open_page):
    """Each block of code has its button."""
    page = open_page(site / "ohjeet" / "reseptit.html")
    assert page.locator("button.copybtn").count() == page.locator("pre").count() >= 9
