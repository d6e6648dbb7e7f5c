"""Soft hyphens stand in the long words of titles and change nothing else."""

import re

import pytest

from indicators.catalogue.yamlfile import load_yaml
from indicators.narrative.hyphens import HYPHENS_FILE, SOFT_HYPHEN, soften

DECLARED = load_yaml(HYPHENS_FILE)
#: A word of so many letters is wider than the title column of a telephone's row.
LONG = 16


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_long_words_of_titles_can_break(catalogue, language):
    """Every long word of a short title or a goal's title has a place to break."""
    titles = [item.short_title or item.title for item in catalogue.indicators.values()]
    titles += [goal.title for goal in catalogue.goals]
    softened = " ".join(soften(title.text(language), language) for title in titles)
    assert [word for word in re.findall(r"\w+", softened) if len(word) >= LONG] == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_softened_text_is_the_text(catalogue, language):
    """Without its soft hyphens a softened text is the text, capitals and all."""
    for item in catalogue.indicators.values():
        text = item.title.text(language)
        assert soften(text, language).replace(SOFT_HYPHEN, "") == text


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_declared_words_are_in_order_and_break(language):
    """The list is alphabetical, and each word has a break that leaves three letters on both sides."""
    words = DECLARED[language]
    assert len(set(words)) == len(words)
    for word in words:
        assert "|" in word
        assert all(len(part) >= 3 for part in (word.split("|")[0], word.split("|")[-1])), word


def test_a_language_without_a_list_keeps_its_words():
    """English words are shorter and stay as they are."""
    assert soften("Intermunicipal qualification", "en") == "Intermunicipal qualification"
