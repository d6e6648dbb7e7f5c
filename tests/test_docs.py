"""The documentation: it builds without a broken link, and asks nothing of other servers."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built documentation."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_pages_load_nothing_from_elsewhere(site):
    """Scripts, styles and pictures are the site's own."""
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        found = re.findall(r"""<(?:script|img|iframe)[^>]+src=["'](?:https?:)?//[^"']+""", text)
        found += re.findall(r"""<link[^>]+rel=["']stylesheet["'][^>]+href=["'](?:https?:)?//[^"']+""", text)
        assert not found, path


def test_reference_has_every_function_and_command(site):
    """What the package offers is in the reference."""
    import indicators
    from indicators.cli import main

    functions = (site / "reference" / "api" / "index.html").read_text("utf-8")
    assert [name for name in indicators.__all__ if f'id="indicators.api.{name}"' not in functions] == []
    commands = (site / "reference" / "cli" / "index.html").read_text("utf-8")
    assert [name for name in main.commands if name not in commands] == []


def test_pages_say_their_language(site):
    """Finnish pages are Finnish to a screen reader, English ones English."""
    assert '<html lang="fi"' in (site / "aloitus" / "index.html").read_text("utf-8")
    assert '<html lang="en"' in (site / "methods" / "index.html").read_text("utf-8")
