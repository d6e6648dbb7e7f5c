"""How indicators are told: every one that a municipal report can show, in the three languages."""

import re

import pytest

from indicators.catalogue.yamlfile import load_record
from indicators.errors import CatalogueError
from indicators.model import LANGUAGES
from indicators.narrative import phrases as phrases_module
from indicators.narrative.phrases import WORK_MATTERS, PhraseFile, load_phrases
from indicators.narrative.texts import load_texts

DECLARED = load_record(phrases_module.PHRASES_FILE, PhraseFile).root


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_municipal_indicator_is_told(catalogue, language):
    """An indicator of municipal reports has a phrase, and what its unit needs to be said."""
    phrases = load_phrases(language)
    for indicator in catalogue.indicators.values():
        if "municipality" not in indicator.levels:
            continue
        assert indicator.id in DECLARED
        phrase = phrases.phrase(indicator)
        assert load_texts(language).has(f"verb_{phrase.kind}")
        assert phrase.of or not indicator.unit.endswith("same_age")
        assert not phrase.subject[0].isupper() or phrase.subject.startswith(("THL", "FPA", "Kela"))


def test_same_matter_has_the_same_unit_of_thought(catalogue):
    """An indicator that stands in for another is of its matter."""
    for indicator in catalogue.indicators.values():
        if indicator.fallback_for:
            assert DECLARED[indicator.id].matter == DECLARED[indicator.fallback_for].matter
    assert {item.matter for item in DECLARED.values()} >= set(WORK_MATTERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_indicator_is_told_by_its_title(catalogue, language):
    """An indicator that the file does not have stands in the sentence by its title, and is its own matter."""
    own = catalogue.indicators["statfin:unemployed"].model_copy(update={"id": "own:latuja"})
    phrases = load_phrases(language)
    assert phrases.short_title(own) in phrases.phrase(own).subject
    assert phrases.matter(own) == "own:latuja"


@pytest.mark.parametrize("language", LANGUAGES)
def test_short_titles_tell_indicators_apart(catalogue, language):
    """No two indicators share a short title; none ends with a stop or says its unit in brackets."""
    titles = [load_phrases(language).short_title(item) for item in catalogue.indicators.values()]
    assert len(set(titles)) == len(titles)
    assert not any(re.search(r"\(%\)|\blkm\b|\.$", title) for title in titles)


def test_unknown_kind_is_refused(tmp_path, monkeypatch):
    """A kind without words is told with its file, place and what there is."""
    path = tmp_path / "phrases.yaml"
    good = "{subject: a}"
    path.write_text(
        f"'own:a':\n  matter: a\n  fi: {{subject: a, kind: wide}}\n  sv: {good}\n  en: {good}\n", "utf-8"
    )
    monkeypatch.setattr(phrases_module, "PHRASES_FILE", path)
    with pytest.raises(
        CatalogueError, match=r"phrases\.yaml:3: .*kind.*'people', 'high', 'large' or 'plural'.*wide"
    ):
        load_phrases("fi")
