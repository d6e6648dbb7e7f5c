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
    found = set(re.findall(r'id="indicators\.(?:api|lookup)\.(\w+)"', functions))
    assert set(indicators.__all__) <= found
    commands = (site / "reference" / "cli" / "index.html").read_text("utf-8")
    for name, command in main.commands.items():
        assert f"yhdyspinta {name}" in commands
        flags = [flag for item in command.params for flag in item.opts if flag.startswith("-")]
        assert [flag for flag in flags if flag not in commands] == []


def test_pages_say_their_language(site):
    """Finnish pages are Finnish to a screen reader, English ones English."""
    english = ("architecture", "methods", "sources", "scheduling", "reference/api", "reference/cli")
    for path in site.rglob("index.html"):
        place = path.parent.relative_to(site).as_posix()
        language = "en" if place.startswith((*english, "reference/")) else "fi"
        assert f'<html lang="{language}"' in path.read_text("utf-8"), place


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_files_that_the_front_pages_name_are_there(name):
    """Links, pictures and files in code quotes lead to something."""
    text = (ROOT / name).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not link.startswith("https:")]
    quoted = re.findall(r"`((?:src|docs|tests|tools|notebooks|deploy)/[\w./-]+)`", text)
    assert [path for path in (*links, *quoted) if not (ROOT / path).exists()] == []
    assert "![](" not in text, "a picture needs its words"
