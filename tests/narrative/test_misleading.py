"""What an earlier edition said rightly by number and wrongly by sense is said no more.

The order is that of the reading in which the faults were found; those of other rooms have their tests there.
"""

import re
from functools import partial

import pytest

from indicators.model import LANGUAGES
from indicators.narrative.sentences import Sentences
from indicators.narrative.texts import load_texts


@pytest.fixture
def told(catalogue, make_years):
    """Makes the sentences of made-up rows of Viitasaari; years are {indicator: {year: value}}."""

    def told(*rows, language="fi", **years):
        given = {key.replace("__", ":"): make_years(values) for key, values in years.items()}
        area = catalogue.areas.get("931")
        return Sentences(catalogue, area, load_texts(language), rows, lambda key: given.get(key, ()))

    return told


@pytest.fixture(scope="module")
def everything(assessment, catalogue):
    """Everything that the sentences of all municipalities say, by language."""

    def of_area(area, language):
        years = partial(assessment.years, area.code)
        s = Sentences(catalogue, area, load_texts(language), assessment.rows(area.code), years)
        yield from (text.plain for item in s.findings() for text in (item.lead, *item.more))
        yield from (s.goal_line(goal.id).text.plain for goal in catalogue.goals)
        for row in s.rows:
            if row.value is not None:
                yield s.row_words(row)
                yield from (f"{fact.label}: {fact.value.plain}" for fact in s.row_more(row))
                yield from s.notes(row)

    return {
        language: {text for area in catalogue.members for text in of_area(area, language)}
        for language in LANGUAGES
    }


def test_negative_balance_is_not_fewer_than_ten_cases(told, make_row):
    """1: a natural increase of -52 is no count of cases, however small a number it is."""
    row = make_row(
        "statfin:natural_increase", value=-8.8, count=-52.0, denominator=5_900.0, is_uncertain=True
    )
    assert "alle kymmenen" not in " ".join(fact.value.plain for fact in told(row).row_more(row))
    few = make_row("statfin:road_accidents", value=2.0, count=3.0, denominator=5_900.0, is_uncertain=True)
    assert "alle kymmenen" in " ".join(fact.value.plain for fact in told(few).row_more(few))


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "lukumääriä ei ole"), ("sv", "antalen inte är"), ("en", "counts are not")],
)
def test_missing_counts_are_no_reason_of_what_has_none(everything, language, words):
    """2: population is a count and euros have none; neither is excused by missing counts."""
    assert not [text for text in everything[language] if words in text]


def test_position_names_its_set(everything):
    """3: a place among 22 municipalities is not told as a place among all of Finland's."""
    places = [text for text in everything["fi"] if text.startswith("Sijainti")]
    assert any(text.startswith("Sijainti 22 kunnan joukossa") for text in places)
    assert all(re.match(r"Sijainti \d+ kunnan joukossa: ", text) for text in places)
    assert not [text for text in everything["fi"] if "kaikkien Suomen kuntien" in text]


def test_a_change_elsewhere_is_told_by_its_numbers(told, make_row, make_years, everything):
    """4: that the region moved likewise is never said; the country's two figures are."""
    assert not [text for text in everything["fi"] if "samanlai" in text]
    trend = {"trend_first_year": 2015, "trend_last_year": 2024, "trend_method": "chi_square_trend"}
    row = make_row("statfin:unemployed", value=10.7, trend_verdict="improving", **trend)
    sentences = told(row, statfin__unemployed={2015: 18.5, 2024: 10.7})
    (finding,) = sentences.chooser.findings()
    object.__setattr__(finding.first, "country_value", 13.4)
    object.__setattr__(finding.last, "country_value", 9.5)
    assert sentences.finding(finding).more[-1].plain == (
        "Koko maassa vastaavat luvut olivat 13,4 prosenttia ja 9,5 prosenttia."
    )


def test_old_change_stands_beside_no_new_figure(told, make_row):
    """5: a change of 2002-2011 is no news in a row whose figure is of today."""
    trend = {"trend_first_year": 2002, "trend_last_year": 2011, "is_old_trend": True}
    row = make_row("statfin:unemployed", trend_verdict="worsening", **trend)
    sentences = told(row, statfin__unemployed={2002: 5.0, 2011: 9.0, 2024: 10.0})
    assert "2011" not in sentences.row_words(row)
    assert not [fact for fact in sentences.row_more(row) if "2011" in fact.value.plain]


@pytest.mark.parametrize("position", ["highest_quarter", "lowest_quarter"])
def test_position_is_no_comparison(told, make_row, position):
    """6: the words of a row tell tests only; the position has its own place, with its set."""
    row = make_row("sotkanet:3180", quartile=position)
    assert told(row).row_words(row) == "Eroa ei ole testattu"


def test_chart_tells_the_years_that_were_tested(told, make_row):
    """7: title and remark name the tested years, not the first and last that the series has."""
    trend = {"trend_first_year": 2015, "trend_last_year": 2024, "trend_method": "chi_square_trend"}
    row = make_row("statfin:unemployed", value=10.7, trend_verdict="improving", **trend)
    (message,) = told(row, statfin__unemployed={1994: 25.0, 2015: 18.5, 2024: 10.7}).moved()
    assert "2015–2024" in message.title.plain
    assert "2015–2024" in message.tested
    assert (message.finding.first.year, message.finding.last.year) == (2015, 2024)


def test_a_verdict_on_the_city_is_no_headline(told, make_row):
    """8: a figure that differs from the country but not from the rest of the region says both."""
    row = make_row(
        "statfin:offences_property_iccs",
        value=13.2,
        country_verdict="better",
        country_comparator=28.9,
        rest_verdict="similar",
        rest_comparator=14.0,
    )
    (found,) = told(row).findings()
    assert found.more[-1].plain == "Muussa maakunnassa niitä oli 14,0, eikä ero siihen ole selvä."


@pytest.mark.parametrize("language", LANGUAGES)
def test_background_is_not_judged(told, make_row, language):
    """10: where the goal gives no direction, no word of better or worse stands."""
    row = make_row(
        "statfin:offences_all_iccs",
        direction="no_judgement",
        value=96.8,
        rest_verdict="higher",
        rest_comparator=67.8,
        country_verdict="similar",
        country_comparator=92.5,
    )
    sentences = told(row, language=language)
    words = [
        sentences.row_words(row),
        *(text.plain for f in sentences.findings() for text in (f.lead, *f.more)),
    ]
    judged = {"fi": r"parempi|heikompi", "sv": r"bättre|sämre", "en": r"better|worse"}
    assert not re.search(judged[language], " ".join(words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_note_is_for_the_makers(everything, language):
    """A reader meets no to-do note and no word of the makers' own."""
    words = {
        "fi": r"työnimi|rajapin|tietoaineisto|palvelusta ei|salattu",
        "sv": r"arbetsnamn|gränssnitt|hemlig",
        "en": r"working title|interface|to be verified",
    }
    assert not [text for text in everything[language] if re.search(words[language], text)]
