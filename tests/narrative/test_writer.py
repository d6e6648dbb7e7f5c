"""Sentences say what the findings say, and the same in every language."""

import re
from decimal import Decimal
from functools import cache

import pytest

from indicators.assessment.goals import count_chance
from indicators.narrative.goal_findings import (
    Difference,
    Movement,
    find_differences,
    find_goal_findings,
    find_main_points,
    find_movements,
)
from indicators.narrative.texts import load_texts
from indicators.narrative.writer import Writer, tell_chance

LANGUAGES = ("fi", "sv", "en")
NUMBER = re.compile(r"−?\d(?:[\d\u00a0]|[.,](?=\d))*")
#: Words that carry a verdict, by language; each list tells the same verdicts in the same order.
VERDICTS = {
    "fi": ("kannalta parempi", "kannalta heikompi", "parempaan päin", "huonompaan päin", "ei riitä"),
    "sv": ("och bättre med", "och sämre med", "en förbättring", "en försämring", "räcker beläggen inte"),
    "en": ("is better for", "is worse for", "an improvement", "change for the worse", "not enough evidence"),
}


@pytest.fixture(scope="module")
def told(assessment, catalogue):
    """All sentences of an area by language, with the titles of indicators taken out."""

    @cache
    def told(code):
        area, rows = catalogue.areas.get(code), assessment.rows(code)
        by_language = {}
        for language in LANGUAGES:
            writer = Writer(catalogue, area, load_texts(language))
            sentences = writer.main_points(find_main_points(rows))
            for goal in catalogue.goals:
                findings = find_goal_findings(goal.id, [row for row in rows if row.goal_id == goal.id])
                sentences += writer.goal(findings) + writer.findings(findings)
                sentences += [writer.marks(findings.summary), writer.moved(findings.summary)]
            sentences.append(tell_chance(count_chance(rows), load_texts(language)))
            titles = sorted(
                (i.title.text(language) for i in catalogue.indicators.values()), key=len, reverse=True
            )
            by_language[language] = [_without(sentence, titles) for sentence in sentences]
        return by_language

    return told


def _without(sentence, titles):
    for title in titles:
        sentence = sentence.removeprefix(f"{title}: ")
    return sentence


def _numbers(sentence, language):
    """Numbers of a sentence; a word for one counts as the number."""
    words = {
        "fi": r"\b[Yy]hdellä\b|\b[Yy]hdestä\b|\bYksi\b",
        "sv": r"\ben (?=indikator)|För en\b|\bEtt tal\b",
        "en": r"\b[Oo]ne\b",
    }
    counted = re.sub(words[language], "1", sentence)
    return sorted(_to_decimal(item, language) for item in NUMBER.findall(counted))


def _to_decimal(text, language):
    plain = text.replace("\u00a0", "").replace("−", "-")
    return Decimal(plain.replace(",", "") if language == "en" else plain.replace(",", "."))


def test_all_languages_state_the_same_numbers(told, catalogue):
    """Sentence by sentence, the numbers of the three languages are equal in all 22 municipalities."""
    n = 0
    for area in catalogue.members:
        sentences = told(area.code)
        assert len({len(sentences[language]) for language in LANGUAGES}) == 1
        for trio in zip(*(sentences[language] for language in LANGUAGES), strict=True):
            numbers = [_numbers(text, language) for text, language in zip(trio, LANGUAGES, strict=True)]
            assert numbers[0] == numbers[1] == numbers[2], trio
            n += len(numbers[0])
    assert n > 1000


def test_all_languages_state_the_same_verdicts(told, catalogue):
    """Words of judgement stand in the same sentences in every language."""
    n = 0
    for area in catalogue.members:
        sentences = told(area.code)
        for trio in zip(*(sentences[language] for language in LANGUAGES), strict=True):
            found = [
                [at for at, word in enumerate(VERDICTS[language]) if word in text]
                for text, language in zip(trio, LANGUAGES, strict=True)
            ]
            assert found[0] == found[1] == found[2], trio
            n += len(found[0])
    assert n > 100


def test_a_difference_in_percentage_points(catalogue):
    """Percentages differ by percentage points; the comparator and its value are named."""
    writer = Writer(catalogue, catalogue.areas.get("179"), load_texts("fi"))
    item = Difference("statfin:at_risk_of_poverty", 17.82, 2019, 15.10, "worse", 1e-9)
    text = writer.difference(item)
    assert "17,8\u00a0% vuonna 2019" in text
    assert "2,7\u00a0prosenttiyksikköä enemmän kuin muissa kunnissa Keski-Suomessa (15,1\u00a0%)" in text
    assert text.endswith("ja tavoitteen kannalta heikompi.")


def test_a_difference_without_judgement_only_says_more_or_less(catalogue):
    """Where the goal gives no direction nothing is called better or worse."""
    writer = Writer(catalogue, catalogue.areas.get("931"), load_texts("fi"), left_out="179")
    text = writer.difference(Difference("statfin:foreign_citizens", 1.1, 2019, 2.3, "lower", 0.001))
    assert "vähemmän kuin muissa kunnissa Keski-Suomessa (pois lukien Jyväskylä)" in text
    assert "kannalta" not in text


def test_a_movement_without_counts_is_called_indicative(catalogue):
    """A test on the order of values alone is told as such, one with counts is not."""
    writer = Writer(catalogue, catalogue.areas.get("931"), load_texts("fi"))
    known = Movement("sotkanet:181", 2002, 2011, -2.0, "improving", True, True, 0.001)
    assert "suuntaa-antava" in writer.movement(known)
    assert "Keski-Suomessa kehitys oli samanlainen." in writer.movement(known)
    tested = Movement("sotkanet:181", 2015, 2019, 2.0, "worsening", False, False, 0.001)
    assert "enemmän kuin satunnaisvaihtelu yksin selittäisi" in writer.movement(tested)
    assert "suuntaa-antava" not in writer.movement(tested)
    assert "Keski-Suomessa" not in writer.movement(tested)


def test_findings_are_only_what_the_table_says(assessment):
    """Every finding is a row's verdict, strongest evidence first, and none without one."""
    rows = assessment.rows("179")
    differences, movements = find_differences(rows), find_movements(rows)
    table = assessment.of_area("179").drop_duplicates("indicator_id").set_index("indicator_id")
    assert [item.p for item in differences] == sorted(item.p for item in differences)
    told = (
        table["rest_verdict"].isin(["better", "worse", "higher", "lower"]) & table["rest_comparator"].notna()
    )
    assert len(differences) == told.sum()
    for item in differences:
        assert table.loc[item.indicator_id, "rest_verdict"] == item.verdict
        assert (item.value > item.comparator) == (
            table.loc[item.indicator_id, "value"] > table.loc[item.indicator_id, "rest_comparator"]
        )
    for item in movements:
        assert table.loc[item.indicator_id, "trend_verdict"] == item.verdict


def test_quartile_positions_are_no_main_points(assessment):
    """A position alone never reaches the first page as a finding."""
    for code in ("435", "931", "179"):
        for item in find_main_points(assessment.rows(code)):
            assert item.p < 0.05


def test_where_nothing_stands_out_it_is_said(catalogue):
    """No main points give a sentence, not an empty list."""
    writer = Writer(catalogue, catalogue.areas.get("931"), load_texts("fi"))
    assert writer.main_points([]) == [
        "Mikään luku ei poikkea maakunnan muista kunnista enempää kuin satunnaisvaihtelu selittäisi."
    ]
