"""The reader's words are there in every language, and each is used."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import indicators
from indicators.assessment.changes import BECAUSE_OF_OTHERS, CAUSES, VERDICTS
from indicators.assessment.comparators import COMPARATORS
from indicators.assessment.goals import MARKS
from indicators.catalogue.digest import DEFINES_FIGURES, DEFINES_VERDICTS
from indicators.catalogue.plan_records import MeasureStatus
from indicators.catalogue.yamlfile import load_yaml
from indicators.errors import CatalogueError, UnknownNameError
from indicators.model import LANGUAGES, SOURCES, STATUSES, Direction, Level
from indicators.narrative import texts as texts_module
from indicators.narrative.phrases import Phrase
from indicators.narrative.texts import TEXTS_FILE, load_texts

ENTRIES = load_yaml(TEXTS_FILE)
ROOT = Path(indicators.__file__).parent
SOURCE = "\n".join(
    path.read_text("utf-8") for path in sorted(ROOT.rglob("*")) if path.suffix in (".py", ".j2")
)
CALLED = sorted(set(re.findall(r"(?:\bt|\btexts)(?:\.tell)?\(\s*[\"']([a-z0-9_]+)[\"']", SOURCE)))
QUOTED = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", SOURCE))
KINDS = set(get_args(get_args(Phrase.model_fields["kind"].annotation)[0]))
#: Beginnings of keys whose ends come from the data, and the ends that there are.
MADE = {
    "direction_": set(get_args(Direction)),
    "status_": set(STATUSES),
    "note_": {
        "",
        "not_in_snapshot",
        "no_row",
        "hidden_by_provider",
        "denominator_missing",
        "differs_from_earlier_year",
    },
    "verdict_": {"better", "worse", "higher", "lower", "similar", "not_assessed"},
    "quartile_": {"lowest_quarter", "middle_half", "highest_quarter"},
    "trend_": {"improving", "worsening", "rising", "falling", "no_evidence", "steady", "not_assessed"},
    "reason_": {
        "too_few_points",
        "gap",
        "break",
        "all_zero",
        "stock",
        "nominal_euros",
        "hidden_parts",
        "hidden_parts_decide",
        "design_effect_decides",
        "few_members",
        "same_area",
        "chose_the_peers",
    },
    "mark_": set(MARKS),
    "cause_": set(CAUSES),
    "change_": {*CAUSES, BECAUSE_OF_OTHERS},
    "aspect_": {"figure", "indicator", "direction", "goal", "version", "compared_by"}
    | {*VERDICTS, *DEFINES_FIGURES, *DEFINES_VERDICTS},
    "field_": {"none", "yes", "no", "design_effect", "hidden_below", "steady_margin"},
    "measure_status_": set(get_args(MeasureStatus)),
    "measures_": {"here", "forum", "party", "region"},
    "measures_none_": {"here", "forum", "party", "region"},
    "measures_are_": set(get_args(MeasureStatus)),
    "attention_": {"country", "rest", "trend"},
    "chart_map_": {"highest_quarter", "middle_half", "lowest_quarter"},
    "chart_message_": {"tested_up", "tested_down", "indicative_up", "indicative_down"},
    "follow_question_": {"forum", "party"},
    "kind_": {"alue"},
    "target_": {"reached", "not_reached", "not_enough"},
    "band_": {"reached", "not_reached"},
    "show_level_": set(get_args(Level)),
    "show_wording_": {"working", "agreed"},
    "show_comparator_": set(COMPARATORS),
    "row_": {"better", "worse", "higher", "lower"},
    "row_moved_": {"improving", "worsening", "rising", "falling"},
    "row_unclear_": {"country", "rest"},
    "row_only_unclear_": {"country", "rest"},
    "object_": {"country", "rest", "peers"},
    "position_": {"lowest_quarter", "middle_half", "highest_quarter"},
    "fact_direction_": set(get_args(Direction)),
    "verb_": KINDS,
    "now_": KINDS,
    "more_": KINDS,
    "less_": KINDS,
    "up_": KINDS - {"people"},
    "down_": KINDS - {"people"},
    "measure_": {"percent", "euro"},
    "beside_": {"percent", "euro"},
    "form_column_": {"better", "worse", "similar"},
    "form_ends_": {"no_evidence", "steady", "not_assessed"},
    "from_": {"percent", "percent_open", "euro"},
    "to_": {"percent", "percent_open", "euro"},
    "table_": set(SOURCES.values()),
}
#: Pieces that end a sentence, and so begin with a space or a comma.
PIECES = ("left_out", "remark_", "per_")
#: A name without declared forms has no place in a Finnish sentence.
NAMELESS = ("place_area",)


def _forms(text):
    """The forms of a text by name: "one" and "other", or the only one."""
    return text if isinstance(text, dict) else {"only": text}


def _names(text):
    """Names in braces; the case forms of an area's name stand for the name."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return {re.sub(r"_(locative|genitive)$", "", name) for name in names}


def _offenders(holds, keys=ENTRIES):
    return [key for key in keys if not holds(key)]


def _forms_agree(key):
    """Each language, and no other, with the same forms."""
    forms = {frozenset(_forms(text)) for text in ENTRIES[key].values()}
    return set(ENTRIES[key]) == set(LANGUAGES) and forms in (
        {frozenset(["only"])},
        {frozenset(["one", "other"])},
    )


def _is_tidy(key):
    """Texts without stray spaces, none of them empty but the status that goes without saying."""
    texts = [text for entry in ENTRIES[key].values() for text in _forms(entry).values()]
    return all(
        isinstance(text, str)
        and (text == text.strip() or key.startswith(PIECES))
        and (text or key == "status_normal")
        for text in texts
    )


def _names_agree(key):
    by_language = [_forms(text) for text in ENTRIES[key].values() if key not in NAMELESS]
    if not by_language:
        return True
    return all(
        len({frozenset(_names(forms[form]) - {"n"}) for forms in by_language}) == 1 for form in by_language[0]
    ) and all("n" in _names(forms["other"]) for forms in by_language if "other" in forms)


def test_texts_are_there_in_every_language():
    """A key has a text in each language and in no other, with the same forms and no stray spaces."""
    assert _offenders(_forms_agree) == []
    assert _offenders(_is_tidy) == []


def test_texts_have_the_same_names_in_every_language():
    """The names to be filled in are the same in all languages, so that no language loses a fact."""
    assert _offenders(_names_agree) == []


def test_every_text_is_used():
    """A declared text is used somewhere in the package."""
    made = tuple(start for start in MADE if f'f"{start}{{' in SOURCE)
    assert _offenders(lambda key: key in QUOTED or key.startswith(made)) == []


def test_every_key_that_is_asked_for_is_declared():
    """Keys that the package asks for, as they are or put together from the data, are declared."""
    assert len(CALLED) > 100
    assert _offenders(ENTRIES.__contains__, CALLED) == []
    assert (
        _offenders(load_texts("fi").has, (start + end for start, ends in MADE.items() for end in ends)) == []
    )


@pytest.mark.parametrize(
    ("check", "entry"),
    [
        (_forms_agree, {"fi": "Hei", "sv": "Hej"}),
        (_forms_agree, {"fi": "Hei", "sv": "Hej", "en": {"one": "Hi", "other": "{n} times hi"}}),
        (_is_tidy, {"fi": "Hei ", "sv": "Hej", "en": "Hi"}),
        (_is_tidy, {"fi": "Hei", "sv": "", "en": "Hi"}),
        (_names_agree, {"fi": "Hei {area}", "sv": "Hej", "en": "Hi {area}"}),
        (_names_agree, {key: {"one": "once", "other": "often"} for key in LANGUAGES}),
    ],
)
def test_an_offender_is_seen(check, entry, monkeypatch):
    """A text that breaks one of the rules is named."""
    monkeypatch.setitem(ENTRIES, "greeting", entry)
    assert _offenders(check) == ["greeting"]


def test_every_made_key_is_known_here():
    """The beginnings of put-together keys are those that the tests know."""
    assert set(re.findall(r"(?:\bt|\btexts)(?:\.has|\.tell)?\(\s*f\"([a-z_]+_)\{", SOURCE)) == set(MADE)


def test_reasons_of_the_bundled_figures_have_words(bundled):
    """Every reason that a bundled figure gives for its absence has words for readers."""
    rows = bundled.observations[bundled.observations["value"].isna()]
    reasons = set(rows["status_note"].astype(str))
    assert reasons
    assert reasons <= MADE["note_"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_filled_in(language):
    """Names are filled in, and a count of one has its own form."""
    t = load_texts(language)
    assert "Viitasaari" in t("page_title", area="Viitasaari", date="28.11.2026")
    assert "7" in t("form_old_count", n=7)
    assert t("form_old_count", n=1) == ENTRIES["form_old_count"][language]["one"]
    assert t("form_old_count", n="1") == t("form_old_count", n=1)


def test_unknown_key_is_a_fault_of_the_program():
    """Asking for a key that is not there is an error, never an empty text."""
    with pytest.raises(KeyError, match="no_such_key"):
        load_texts("fi")("no_such_key")
    assert not load_texts("fi").has("no_such_key")


@pytest.mark.parametrize("language", ["se", "FI", "", "suomi"])
def test_unknown_language_is_refused(language):
    """A language in which no reports are made is refused with those in which they are."""
    with pytest.raises(UnknownNameError, match=r"Unknown language .* Reports are made in fi, sv, en"):
        load_texts(language)


def test_entry_without_a_language_is_refused(tmp_path, monkeypatch):
    """An entry that lacks a language is told with its file and key."""
    path = tmp_path / "texts.yaml"
    path.write_text("greeting: {fi: Hei, sv: Hej}\n", "utf-8")
    monkeypatch.setattr(texts_module, "TEXTS_FILE", path)
    with pytest.raises(CatalogueError, match=r"texts\.yaml: greeting: has no text in 'en'"):
        load_texts("fi")
