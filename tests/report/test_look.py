"""The look of the municipal report: readable in light and dark, and carried in the page."""

import base64
import re

import pytest

from indicators.config import DATA_FOLDER
from indicators.report.page.look import COLOURS, municipal_notebook_stylesheet, municipal_stylesheet
from tests.contrast import contrast

TEXT = ("ink", "muted", "accent")
MARKS = ("mark", "median", "rest", "better", "worse", "own")


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_contrast(scheme):
    """Text 4.5:1 on the ground and on the tint, marks 3:1, the head's words 4.5:1 on the band."""
    colour = {name: pair[scheme] for name, pair in COLOURS.items()}
    for ground in ("bg", "soft"):
        assert min(contrast(colour[name], colour[ground]) for name in TEXT) >= 4.5
        assert min(contrast(colour[name], colour[ground]) for name in MARKS) >= 3
    assert min(contrast(colour[name], colour["band"]) for name in ("on-band", "on-band-muted")) >= 4.5


def test_the_typeface_is_in_the_page():
    """Both weights as data, small, and nothing is asked for."""
    css = str(municipal_stylesheet())
    fonts = re.findall(r"url\(data:font/woff2;base64,([^)]+)\)", css)
    assert len(fonts) == 2
    assert sum(len(font) for font in fonts) <= 25_000
    assert all(base64.b64decode(font).startswith(b"wOF2") for font in fonts)
    assert not re.search(r"url\((?!data:)|@import", css)


def test_the_licence_goes_with_the_typeface():
    """The OFL's text lies beside the files, and the subset does not bear the reserved name."""
    licence = (DATA_FOLDER / "fonts" / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Adobe" in licence
    assert "Source" not in str(municipal_stylesheet())


def test_every_variable_is_declared():
    """No rule uses a colour that is not there; each declared one is used."""
    css = str(municipal_stylesheet())
    used, declared = (set(re.findall(rule, css)) for rule in (r"var\(--([a-z-]+)\)", r"--([a-z-]+):#"))
    assert used - {"half"} == set(COLOURS)
    assert used <= declared


def test_a_notebook_keeps_the_look_to_itself():
    """In JupyterLab the rules stand inside the outputs."""
    css = re.sub(r"@font-face\{.*?\}", "", str(municipal_notebook_stylesheet()), flags=re.DOTALL)
    assert css.startswith(".jp-RenderedHTMLCommon{")
