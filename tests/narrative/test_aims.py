"""Targets in words: the same numbers and verdicts in every language, and an example called one."""

import pytest

from indicators.assessment.targets import Aim, assess_target
from indicators.catalogue.plan_records import Target
from indicators.model import LANGUAGES
from indicators.narrative.aims import AimWriter
from indicators.narrative.texts import load_texts
from tests.made_page import read_numbers

POVERTY = "statfin:at_risk_of_poverty"
TARGETS = [
    Target(year=2028, value=15.0, direction="lower_is_better"),
    Target(year=2030, value=25.0, direction="lower_is_better"),
    Target(year=2028, value=20.0, direction="higher_is_better"),
    Target(year=2028, low=14.0, high=25.0),
    Target(year=2028, low=25.0, high=1030.5),
]


@pytest.mark.parametrize("target", TARGETS)
def test_all_languages_state_the_same_numbers(assessment, catalogue, target):
    """The finding has equal numbers in the three languages, and different words."""
    aim = assess_target(target, POVERTY, assessment, "435")
    texts = [AimWriter(catalogue, load_texts(language)).finding(aim, "Luhanka") for language in LANGUAGES]
    numbers = [read_numbers(text, language) for text, language in zip(texts, LANGUAGES, strict=True)]
    assert numbers[0] == numbers[1] == numbers[2] != []
    assert len(set(texts)) == 3


@pytest.mark.parametrize(
    ("verdict", "band", "words"),
    [
        ("reached", False, "tavoite saavutettu (2024)"),
        ("not_reached", False, "tavoitetta ei vielä saavutettu (2024)"),
        ("not_enough", False, "aineisto ei riitä arvioon (2024)"),
        ("reached", True, "luku on tavoitevälillä (2024)"),
        ("not_reached", True, "luku on tavoitevälin ulkopuolella (2024)"),
        ("not_enough", True, "aineisto ei riitä arvioon (2024)"),
    ],
)
def test_verdicts_have_their_words(catalogue, verdict, band, words):
    """Each verdict with the year of its figure; a band is not overshot or missed, but left."""
    aim = Aim(POVERTY, TARGETS[3 if band else 0], 18.9, 2024, 1, False, verdict, (0.01,))
    assert AimWriter(catalogue, load_texts("fi")).verdict(aim) == words


def test_pooled_figures_are_told_with_all_their_years(catalogue):
    """Three years together are told by their first and last."""
    aim = Aim(POVERTY, TARGETS[0], 18.9, 2024, 3, False, "not_reached", (0.01,))
    writer = AimWriter(catalogue, load_texts("fi"))
    assert writer.verdict(aim) == "tavoitetta ei vielä saavutettu (2022–2024)"
    assert "18,9\u00a0% (2022–2024)" in writer.finding(aim, "Luhanka")


def test_an_old_figure_is_called_old(assessment, catalogue):
    """A verdict on a figure of 2019 says that it does not describe the present."""
    aim = assess_target(TARGETS[0], "statfin:one_person_households", assessment, "435")
    text = AimWriter(catalogue, load_texts("fi")).finding(aim, "Luhanka")
    assert text.endswith("Tieto on vuodelta 2019, joten se ei kuvaa nykytilannetta.")
