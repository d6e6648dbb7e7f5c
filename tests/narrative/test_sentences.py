"""The municipal report's sentences: mechanical faults, checked on all municipalities and on made-up extremes.

What a sentence means is read by people; ``make lauseet`` prints every distinct one.
"""

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import chain

import pytest

from indicators.catalogue.areas import Area
from indicators.catalogue.records import Indicator, TableFileSource
from indicators.model import LANGUAGES
from indicators.narrative.formats import parse_number, round_half_up
from indicators.narrative.row_words import LONGEST_ROW
from indicators.narrative.sentence import COUNT_ROLES, Figure, Sentence, fill, join
from indicators.narrative.sentences import Sentences
from indicators.narrative.texts import load_texts

#: What would tell figures as equal: "no evidence of a difference" never is.
EQUALITY = {
    "fi": r"\bsama[nt]?\b|\bsamaa\b|saman verran|tasolla|yhtä (suur|paljon)|samanlai|ei eroa\b|ei ole eroa",
    "sv": r"\blika\b|samma nivå|\bdetsamma\b|ingen skillnad\b|likadan",
    "en": r"\bthe same\b|\bequal|as (high|low|many) as|no difference\b|similar",
}
#: Words that no reader of a board should meet.
JARGON = {
    "fi": r"testi\b|merkitsev|mediaani[ent]?\b kuntien|lukumääriä ei ole käytettävissä|päin\b|tietoaineisto",
    "sv": r"\bbrott år\b|gränssnitt|signifikan|läst\b|hemlig",
    "en": r"significan|interface|at hand|could tell of",
}
NUMBER = re.compile(r"\d")
YEAR = r"(?:19|20)\d\d"


@pytest.fixture(scope="module")
def tell(assessment, catalogue):
    """Makes the sentences of a municipality in a language, from the bundled figures."""

    def tell(code, language):
        area, years = catalogue.areas.get(code), partial(assessment.years, code)
        big = assessment.find_left_out(code)
        big = catalogue.areas.get(big) if big else None
        return Sentences(catalogue, area, load_texts(language), assessment.rows(code), years, big)

    return tell


@pytest.fixture
def made_up(catalogue, make_years):
    """Makes the sentences of a made-up area; years are {indicator: {year: value}}."""

    def made_up(rows, language="fi", area=None, big=None, **years):
        given = {key.replace("__", ":"): make_years(values) for key, values in years.items()}
        area = area or catalogue.areas.get("931")
        return Sentences(catalogue, area, load_texts(language), rows, lambda key: given.get(key, ()), big)

    return made_up


def _running_text(sentences, catalogue):
    """Everything that a report says in whole sentences."""
    told = list(sentences.unknown())
    for finding in sentences.findings():
        told += [finding.lead, *finding.more]
    told += [sentences.goal_line(goal.id).text for goal in catalogue.goals]
    told += [Sentence((text,)) for text in sentences.about("27.11.2026")]
    return told


def _check(sentence, language):
    """One sentence without a mechanical fault."""
    text = sentence.plain
    assert text == text.strip()
    assert "  " not in text
    assert ".." not in text.replace("...", "")
    assert not re.search(r" [,.;:]", text)
    assert not re.search(rf"\b({YEAR})–\1\b", text)
    assert "{" not in text
    assert "nan" not in text.casefold().split()
    assert "None" not in text
    assert not re.search(r"\d-\d", text.replace("ICCS-", ""))
    assert "-0" not in text
    assert text[0].isupper() or text[0].isdigit() or text[0] in "”“"
    for part in re.split(r"(?<=[.?!]) ", text):
        assert len(part.split()) <= 25, part
    assert not re.search(JARGON[language], text), text


def _check_figures(sentence, language):
    """Every number of a sentence is a figure, or a year, or part of a name that says what is counted."""
    for figure in sentence.figures:
        bare = figure.text.rstrip("%€ \u00a0").removeprefix("€").removeprefix("+")
        if not NUMBER.search(bare):
            assert figure.role in (*COUNT_ROLES, "change")
            continue
        shown = parse_number(bare, language)
        places = -shown.as_tuple().exponent
        assert abs(shown) == abs(round_half_up(figure.value, places))
        if figure.role not in COUNT_ROLES:
            assert figure.indicator
            assert figure.year
    literal = "".join(part for part in sentence.parts if isinstance(part, str))
    assert not re.search(rf"(?<![\d–])(?!{YEAR}\b)\d+,\d\b(?!\s%\))", literal), literal


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_of_all_municipalities_have_no_mechanical_fault(tell, catalogue, language):
    """No double stop, no year twice, no stray space, at most 25 words, every number a figure."""
    n = 0
    for area in catalogue.members:
        for sentence in _running_text(tell(area.code, language), catalogue):
            if sentence.plain.endswith("."):
                _check(sentence, language)
            _check_figures(sentence, language)
            n += 1
    assert n > 22 * 25


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_page_has_room_for_its_sentences(tell, catalogue, language):
    """A finding fits three lines of the first page, a goal's line two, a chart's title twelve words."""
    for area in catalogue.members:
        sentences = tell(area.code, language)
        for finding in sentences.findings():
            assert sum(len(item.plain) for item in (finding.lead, *finding.more)) <= 260, finding.lead.plain
        for goal in catalogue.goals:
            assert len(sentences.goal_line(goal.id).text.plain) <= 150
        for message in sentences.moved():
            assert len(message.title.plain.split()) <= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_stands_twice_in_a_report(tell, catalogue, language):
    """A report says a thing once; a row without any figure is a label."""
    for area in catalogue.members:
        told = Counter(item.plain for item in _running_text(tell(area.code, language), catalogue))
        label = load_texts(language)("line_none")
        assert [text for text, n in told.items() if n > 1 and text != label] == []


@pytest.mark.parametrize("code", ["931", "435", "179"])
def test_languages_state_the_same_numbers(tell, catalogue, code):
    """Sentence by sentence the three languages tell the same figures, in any order."""
    by_language = [_running_text(tell(code, language), catalogue) for language in LANGUAGES]
    for sentences in zip(*by_language, strict=True):
        found = {
            tuple(sorted((f.role, f.indicator, f.year or 0, f.value) for f in item.figures))
            for item in sentences
        }
        assert len(found) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_those_of_the_assessment(tell, assessment, catalogue, language):
    """A figure's value is the assessment's of its role and year, in every municipality."""
    for area in catalogue.members:
        for sentence in _running_text(tell(area.code, language), catalogue):
            for figure in sentence.figures:
                if figure.role != "value":
                    continue
                by_year = {item.year: item.value for item in assessment.years(area.code, figure.indicator)}
                assert by_year[figure.year] == figure.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_rows_fit_and_never_tell_equality(tell, catalogue, language):
    """A row's words have at most 55 characters and claim no equality."""
    for area in catalogue.members:
        sentences = tell(area.code, language)
        for row in sentences.rows:
            if row.value is not None:
                words = sentences.row_words(row)
                assert 0 < len(words) <= LONGEST_ROW, words
                assert not re.search(EQUALITY[language], words.casefold()), words


VERDICTS = ("better", "worse", "higher", "lower", "similar", "not_assessed")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("peers", ["worse", "not_assessed"])
@pytest.mark.parametrize("country", VERDICTS)
@pytest.mark.parametrize("rest", VERDICTS)
def test_every_row_has_words(made_up, make_row, language, rest, country, peers):
    """Whatever the verdicts are, the row's words are whole, fit, and tell no equality."""
    row = make_row(
        "statfin:at_risk_of_poverty",
        rest_verdict=rest,
        country_verdict=country,
        peers_verdict=peers,
        trend_verdict="improving",
        trend_first_year=2015,
        trend_last_year=2024,
    )
    words = made_up([row], language).row_words(row)
    assert 0 < len(words) <= LONGEST_ROW
    assert not re.search(EQUALITY[language], words.casefold())
    told = {name for name in ("better", "worse", "higher", "lower") if name in (rest, country)}
    texts = load_texts(language)
    for name in told:
        assert texts(f"row_{name}", object="").strip().split()[0] in words.casefold()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_evidence_is_never_told_as_equality(made_up, make_row, catalogue, language):
    """Comparators without a clear difference are told as not clear, and silence is not told as sameness."""
    row = make_row(
        "statfin:at_risk_of_poverty",
        value=16.3,
        country_verdict="worse",
        country_comparator=14.2,
        rest_verdict="similar",
        rest_comparator=15.6,
    )
    (found,) = made_up([row], language).findings()
    text = " ".join(item.plain for item in (found.lead, *found.more))
    assert not re.search(EQUALITY[language], text.casefold())
    unclear = {"fi": "eikä ero siihen ole selvä", "sv": "skillnaden är inte tydlig", "en": "is not clear"}
    assert unclear[language] in text
    calm = make_row("statfin:at_risk_of_poverty", country_verdict="similar", country_comparator=14.2)
    (nothing,) = made_up([calm], language).findings()
    assert nothing.finding is None
    assert {"fi": "ei tarkoita", "sv": "betyder inte", "en": "does not mean"}[language] in nothing.lead.plain


def test_difference_can_be_worked_from_its_numbers(made_up, make_row):
    """A finding names the indicator, the year, the comparators and their figures."""
    row = make_row(
        "statfin:at_risk_of_poverty",
        value=16.3474,
        country_verdict="worse",
        country_comparator=14.2101,
        rest_verdict="worse",
        rest_comparator=15.1,
    )
    (found,) = made_up([row]).findings()
    assert (
        found.lead.plain == "Pienituloisia on suhteellisesti enemmän kuin koko maassa ja muussa maakunnassa."
    )
    assert [item.plain for item in found.more] == [
        "Vuonna 2024 osuus oli 16,3 prosenttia asuntoväestöstä, koko maassa 14,2 ja muussa "
        "maakunnassa 15,1 prosenttia."
    ]
    assert [(item.role, item.value) for item in found.more[0].figures] == [
        ("value", 16.3474),
        ("country", 14.2101),
        ("rest", 15.1),
    ]


def test_pooled_years_are_told_with_their_own_figure(made_up, make_row):
    """Where the comparison rests on three years, the sentence tells those years and their figure."""
    row = make_row(
        "statfin:road_accidents",
        year=2022,
        age_years=4,
        value=5.0,
        pooled_value=5.9,
        pooled_years=3,
        rest_verdict="lower",
        rest_comparator=9.1,
        country_value=6.0,
    )
    sentences = made_up([row])
    (found,) = sentences.findings()
    assert found.more[0].plain == (
        "Vuosina 2020–2022 niitä oli kymmentätuhatta asukasta kohti 5,9, muussa maakunnassa 9,1."
    )
    assert [(item.role, item.from_year, item.year) for item in found.more[0].figures] == [
        ("pooled", 2020, 2022),
        ("rest", 2020, 2022),
    ]
    assert "(2020–2022)" in sentences.goal_line("4.2").text.plain
    assert "kolmen vuoden luvut yhdessä (2020–2022)" in " ".join(sentences.notes(row))


def test_country_is_the_published_whole(made_up, make_row):
    """The shown figure of the country is the published one, although its test leaves the area out."""
    row = make_row(
        "statfin:at_risk_of_poverty",
        value=16.3,
        country_verdict="worse",
        country_comparator=14.18,
        country_value=14.24,
    )
    (found,) = made_up([row]).findings()
    assert [item.value for item in found.more[0].figures] == [16.3, 14.24]


def test_comparators_that_go_apart_are_told_so(made_up, make_row):
    """More than in the country but less than in the rest of the region."""
    row = make_row(
        "statfin:offences_property_iccs",
        value=20.0,
        country_verdict="worse",
        country_comparator=15.0,
        rest_verdict="better",
        rest_comparator=25.0,
    )
    sentences = made_up([row])
    (found,) = sentences.findings()
    assert found.lead.plain == (
        "Omaisuusrikoksia kirjataan asukasta kohti enemmän kuin koko maassa mutta vähemmän kuin muussa "
        "maakunnassa."
    )
    assert sentences.row_words(row) == "Koko maata heikompi; muuta maakuntaa parempi"


def test_change_tells_both_years(made_up, make_row):
    """A tested change names its years and both figures; the chart's title says the same without numbers."""
    row = make_row(
        "statfin:unemployed",
        value=10.7,
        trend_verdict="improving",
        trend_method="chi_square_trend",
        trend_first_year=2015,
        trend_last_year=2024,
    )
    sentences = made_up([row], statfin__unemployed={2015: 18.5, 2024: 10.7})
    (found,) = sentences.findings()
    assert found.lead.plain == "Työttömyys laski vuosina 2015–2024."
    assert found.more[0].plain == (
        "Osuus oli 18,5 prosenttia työvoimasta vuonna 2015 ja 10,7 prosenttia vuonna 2024."
    )
    (message,) = sentences.moved()
    assert message.title.plain == "Työttömyys laski vuosina 2015–2024"
    assert message.tested == "Testatut vuodet 2015–2024"
    assert message.is_pair
    line = sentences.goal_line("3.2").text.plain
    assert line == "Työttömyys laski: 18,5 prosenttia työvoimasta (2015), 10,7 prosenttia (2024)."


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (6_666.0, 5_695.0, "Viitasaarella on 971 asukasta vähemmän kuin vuonna 2015."),
        (700.0, 699.0, "Viitasaarella on yksi asukas vähemmän kuin vuonna 2015."),
        (697.0, 699.0, "Viitasaarella on kaksi asukasta enemmän kuin vuonna 2015."),
        (1_000_000.0, 1_234_567.0, "Viitasaarella on 234\u00a0567 asukasta enemmän kuin vuonna 2015."),
    ],
)
def test_people_are_told_with_their_change(made_up, make_row, monkeypatch, first, last, text):
    """The change is the difference of the two shown numbers, in its right form for one."""
    monkeypatch.setattr("indicators.narrative.findings.SMALLEST", 0.0)
    row = make_row("statfin:population", value=last, year=2025, age_years=1)
    (found,) = made_up([row], statfin__population={2015: first, 2025: last}).findings()
    assert text == found.lead.plain
    assert [item.value for item in found.lead.figures] in ([], [last - first])


EXTREMES = (-52.0, -0.04, 0.0, 1.0, 2.0, 1_234_567.0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", EXTREMES)
def test_extreme_numbers_are_told_whole(made_up, make_row, catalogue, language, value):
    """Negative, zero, one, two and large numbers stand in every kind of sentence without a fault."""
    keys = (
        "statfin:natural_increase",
        "statfin:offences_property_iccs",
        "statfin:at_risk_of_poverty",
        "sotkanet:3180",
    )
    verdict = {"country_verdict": "higher", "country_comparator": value - 50.0, "country_value": value - 50.0}
    rows = [make_row(key, value=value, q1=0.0, q3=10.0, **verdict) for key in keys]
    for sentence in _running_text(made_up(rows, language), catalogue):
        if sentence.plain.endswith("."):
            _check(sentence, language)
        _check_figures(sentence, language)
    words = " ".join(f.value.plain for row in rows for f in made_up(rows, language).row_more(row))
    assert "−−" not in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_name_of_forty_characters_fits_its_sentences(made_up, make_row, catalogue, language):
    """A long name without declared forms, in a region without forms, still gives whole sentences."""
    name = "Pitkännimisenkunnanniminenpitäjäkuntanen"
    assert len(name) == 40
    area = Area("999", "municipality", (name, name, name), region="MK06", county="HVA09")
    row = make_row(
        "statfin:at_risk_of_poverty",
        value=16.3,
        country_verdict="worse",
        country_comparator=14.2,
        rest_verdict="worse",
        rest_comparator=12.0,
    )
    people = make_row("statfin:population", value=5_695.0, year=2025, age_years=1)
    years = {"statfin__population": {2015: 6_666.0, 2025: 5_695.0}}
    sentences = made_up([row, people], language, area=area, **years)
    for sentence in _running_text(sentences, catalogue):
        if sentence.plain.endswith("."):
            _check(sentence, language)
    told = " ".join(item.plain for item in _running_text(sentences, catalogue))
    assert ("Kunnassa on 971 asukasta" in told) if language == "fi" else (name in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_month_is_told_in_words(made_up, make_row, catalogue, monkeypatch, language):
    """A series of one month names it wherever its year is told."""
    monkeypatch.setattr(Indicator, "month", property(lambda self: 6))
    row = make_row(
        "statfin:unemployed", year=2026, age_years=0, country_verdict="worse", country_comparator=5.0
    )
    sentences = made_up([row], language)
    month = {"fi": "Kesäkuussa 2026", "sv": "I juni 2026", "en": "In June 2026"}
    assert sentences.findings()[0].more[0].plain.startswith(month[language])
    plain = {"fi": "kesäkuu 2026", "sv": "juni 2026", "en": "June 2026"}
    assert f"({plain[language]})" in sentences.goal_line("3.2").text.plain
    assert f"({plain[language]})" in sentences.key_facts()[0].label


@pytest.mark.parametrize("language", LANGUAGES)
def test_provisional_figure_is_told_so(made_up, make_row, language):
    """A preliminary figure says so in the sentence and in its note."""
    row = make_row("sotkanet:178", status="provisional", country_verdict="lower", country_comparator=20.0)
    sentences = made_up([row], language)
    mark = load_texts(language)("remark_provisional")
    assert mark in sentences.findings()[0].more[0].plain
    assert mark in sentences.goal_line("3.1").text.plain
    assert load_texts(language)("note_figure_provisional") in sentences.notes(row)


def test_municipality_without_a_current_figure(made_up, make_row):
    """Old figures only: an honest sentence, no key facts, and each goal says its newest year."""
    old = {"year": 2012, "age_years": 14, "is_old": True}
    rows = [make_row(key, **old) for key in ("statfin:population", "statfin:unemployed")]
    sentences = made_up(rows)
    (only,) = sentences.findings()
    assert (
        only.lead.plain
        == "Yhtään enintään viisi vuotta vanhaa lukua ei ole, joten nykytilannetta ei voi kuvata."
    )
    assert sentences.key_facts() == ()
    assert sentences.moved() == ()
    line = sentences.goal_line("3.2")
    assert (
        line.text.plain
        == "Tuoretta lukua ei ole; uusin on vuodelta 2012 (Työttömät työnhakijat,\u00a0% työvoimasta)."
    )
    assert (line.n_known, line.n_all, line.newest) == (1, 1, 2012)


def test_a_region_without_a_current_figure_of_its_own(made_up, make_row, catalogue):
    """Its municipalities may have one, as the table below shows."""
    row = make_row("statfin:unemployed", year=2012, age_years=14, is_old=True)
    sentences = made_up([row], area=catalogue.areas.get("MK13"))
    assert sentences.goal_line("3.2").text.plain.startswith(
        "Koko maakunnasta ei ole tuoretta lukua; uusin on"
    )


def test_municipality_without_any_figure(made_up, make_row, catalogue):
    """No figure at all: nothing is invented, and every indicator stands among the gaps."""
    empty = {"value": None, "year": None, "status": "missing", "status_note": "not_in_snapshot"}
    rows = [make_row("statfin:unemployed", **empty), make_row("sotkanet:181", **empty)]
    sentences = made_up(rows)
    assert "Yhdestäkään ei ole lukua." in [item.plain for item in sentences.unknown()]
    assert sentences.goal_line("3.2").text.plain == "Ei yhtään lukua"
    assert sentences.goal_line("3.2").newest is None
    titles = list(chain.from_iterable(sentences.gaps("3.2").values()))
    assert titles == ["Työttömät työnhakijat, % työvoimasta", "Työttömät (Sotkanet), % työvoimasta"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n_goals", [1, 15, 40])
def test_any_number_of_goals_without_figures_is_told(catalogue, make_row, language, n_goals):
    """One goal by its name, fifteen by their numbers, forty by how many they are; never a long sentence."""
    model, ids = catalogue.goals[0], [f"{n // 10}.{n % 10}" for n in range(n_goals)]
    goals = tuple(model.model_copy(update={"id": key, "topic": None}) for key in ids)
    other = replace(catalogue, agreement=catalogue.agreement.model_copy(update={"goals": goals}))
    area, texts = catalogue.areas.get("931"), load_texts(language)
    old = make_row("statfin:unemployed", goal_id="0.0", year=2012, age_years=14, is_old=True)
    told = Sentences(other, area, texts, [old], lambda key: ()).unknown()
    for sentence in told:
        _check(sentence, language)
    assert (str(n_goals) if n_goals == 40 else ids[-1]) in told[-1].plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_notes_meet_the_shown_years(made_up, make_row, catalogue, language):
    """A note of a break stands only where the shown years cross it, one of hidden zeros only with a zero."""
    row = make_row("sotkanet:493", year=2011)
    sentences = made_up([row], language, sotkanet__493={2010: 5.0, 2011: 6.0, 2018: 4.0})
    broken = catalogue.indicators["sotkanet:493"].breaks[0].note.text(language)
    assert broken not in sentences.notes(row, (2010, 2011))
    assert broken in sentences.notes(row, (2011, 2018))
    hidden = catalogue.warnings["zero_is_hidden"].text.text(language)
    row = make_row("statfin:basic_security_only")
    years = {"statfin__basic_security_only": {2015: 3.0, 2019: 0.0}}
    assert hidden not in made_up([row], language, **years).notes(row, (2015,))
    assert hidden in made_up([row], language, **years).notes(row, (2015, 2019))


def test_counts_of_ten_are_words(made_up, make_row):
    """One to ten in words, in the case that the sentence asks; more in numerals."""
    keys = ("statfin:unemployed", "statfin:at_risk_of_poverty")
    told = [item.plain for item in made_up([make_row(key) for key in keys]).unknown()]
    assert told[0] == "Tavoitteiden mittareita on kaksi."
    assert (
        told[1] == "Luku tiedetään kahdesta mittarista, ja enintään viisi vuotta vanhoja luvuista on kaksi."
    )


def test_sentence_keeps_its_figures_through_templates():
    """Figures stay figures when sentences are put into templates and joined."""
    figure = Figure("16,3", 16.34, "value", "statfin:unemployed", 2024)
    inner = fill("{value} prosenttia", value=figure)
    whole = join([fill("luku oli {measure}.", measure=inner).capitalised(), Sentence(("Loppu.",))], " ")
    assert whole.plain == "Luku oli 16,3 prosenttia. Loppu."
    assert whole.figures == (figure,)
    assert Decimal("16.3") == round_half_up(whole.figures[0].value, 1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", "laskelmissa 1,5–2,8 henkilöä vastaa yhtä"),
        ("sv", "motsvarar 1,5–2,8 personer en oberoende"),
        ("en", "1.5–2.8 of them count as one independent person"),
    ],
)
def test_a_row_names_the_design_effect_that_it_rests_on(tell, assessment, language, words):
    """Limits of persons who share a household say so; those of independent persons do not."""
    sentences = tell("931", language)
    assert any(words in note for note in sentences.notes(assessment.row("931", "statfin:at_risk_of_poverty")))
    other = assessment.row("931", "statfin:unemployment_june")
    assert other.lower_limit is not None
    assert not any("2,8" in note or "2.8" in note for note in sentences.notes(other))


def test_note_of_an_own_table_goes_with_its_figure(catalogue, make_row, make_years):
    """What a party says of its figure, or of why there is none, is told in its words; a service's is not."""
    key, area, texts = "statfin:unemployed", catalogue.areas.get("931"), load_texts("fi")
    source = TableFileSource(service="own", path="taulu.csv")
    own = catalogue.indicators[key].model_copy(update={"source": source})
    other = replace(catalogue, indicators={**catalogue.indicators, key: own})
    asked, plain, late = make_years({2022: 5.0, 2023: 6.0, 2024: None})
    years = (
        replace(asked, status_note="Kysely tehtiin keväällä"),
        plain,
        replace(late, status_note="Kesken"),
    )
    known = make_row(key, year=2023, newer_year=2024)
    notes = Sentences(other, area, texts, [known], lambda key: years).notes(known, (2022, 2023))
    assert notes[:2] == ("2022: Kysely tehtiin keväällä", "2024: Kesken")
    row = make_row(key, value=None, year=None, status="missing", status_note="Liian vähän vastauksia")
    told = list(Sentences(other, area, texts, [row], lambda key: ()).gaps(row.goal_id))
    assert "Liian vähän vastauksia" in told
    assert not [
        note
        for note in Sentences(catalogue, area, texts, [known], lambda key: years).notes(known)
        if "Kysely" in note
    ]
