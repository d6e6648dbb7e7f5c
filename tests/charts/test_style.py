"""Colours hold their contrast, marks differ without colour, and texts fit where they are put."""

import itertools

import pytest

from indicators.assessment.goals import MARKS as SUMMARY_MARKS
from indicators.charts.drawing.lettering import text_width, wrap
from indicators.charts.drawing.style import GROUNDS, MARKS, ROLES
from indicators.narrative.texts import load_texts
from tests.contrast import contrast, luminance

LEAST = {"text": 4.5, "mark": 3.0}
JUDGED = ("better", "worse", "similar", "background")


def _lightness(colour):
    """CIE lightness, 0 to 100: what is left in greyscale."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [name for name, role in ROLES.items() if role.kind in LEAST])
def test_roles_hold_their_contrast(name, scheme):
    """Text has 4.5:1 and marks 3:1 on the ground of either scheme."""
    role = ROLES[name]
    assert contrast(getattr(role, scheme), GROUNDS[scheme]) >= LEAST[role.kind]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fill", [name for name, role in ROLES.items() if role.kind == "fill"])
def test_text_and_edges_are_seen_on_fills(fill, scheme):
    """Text and own marks keep 4.5:1 and edges 3:1 on every surface; surfaces stay near the ground."""
    ground = getattr(ROLES[fill], scheme)
    for name in ("text", "own"):
        assert contrast(getattr(ROLES[name], scheme), ground) >= 4.5
    assert contrast(getattr(ROLES["region"], scheme), ground) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_judgements_differ_in_greyscale(scheme):
    """No two judgements have the same lightness."""
    values = [_lightness(getattr(ROLES[name], scheme)) for name in JUDGED]
    assert min(abs(a - b) for a, b in itertools.combinations(values, 2)) >= 4


def test_the_known_contrasts():
    """The ratio is WCAG's: 21 of black on white, 4.54 of #767676."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


def test_marks_differ_without_colour():
    """Each mark of the summary has a shape, a character and a word of its own."""
    assert set(MARKS) == set(SUMMARY_MARKS)
    for parts in ([(m.shape, m.is_filled) for m in MARKS.values()], [m.glyph for m in MARKS.values()]):
        assert len(set(parts)) == len(MARKS)
    for language in ("fi", "sv", "en"):
        words = [load_texts(language)(mark.text_key) for mark in MARKS.values()]
        assert len(set(words)) == len(MARKS)


# --- lettering ----------------------------------------------------------------------------------------


def test_lines_fit_their_width():
    """No line is wider than told, and no word is lost."""
    text = "Toimeentulotukea saaneet henkilöt vuoden aikana, % asukkaista / 1 000 asukasta"
    lines = wrap(text, 150)
    assert len(lines) > 2
    assert all(text_width(line) <= 150 for line in lines)
    assert " ".join(lines).replace("\u00a0", " ") == text
    assert wrap(text, 1000)[0].replace("\u00a0", " ") == text
    assert wrap("", 100) == ()


def test_numbers_and_units_stay_together():
    """A line never breaks inside 1 000 or before a per cent sign."""
    for width in range(20, 200, 5):
        lines = wrap("aikana, % asukkaista / 1 000 asukasta", width)
        assert not any(line.startswith(("%", "000")) for line in lines)


def test_letters_that_the_font_lacks_have_a_width():
    """An em each, so that what stands for them fits too."""
    assert text_width("中" * 10) >= 100
