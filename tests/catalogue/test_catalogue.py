"""The catalogue that ships: each entry by itself, and against the agreed table of goals and indicators."""

import dataclasses
import re
from collections import Counter

import pytest

from indicators.catalogue import load_catalogue
from indicators.errors import UnknownIndicatorError, UnknownNameError
from indicators.model import LANGUAGES

CATALOGUE = load_catalogue()
IDS = list(CATALOGUE.indicators)

REGION_ONLY = {
    "statfin:offences_physical_integrity_iccs",
    "statfin:offences_sexual_iccs",
    "statfin:custody_intoxication",
    "sotkanet:3336",
    "sotkanet:5033",
    "sotkanet:5186",
    "sotkanet:5502",
    "sotkanet:5587",
    "sotkanet:6411",
}
#: What may be shown for the region only, by the words of its titles.
SENSITIVE = re.compile(
    r"seksuaali|sexual|raiska|våldtäkt|\brape"
    r"|lähisuhde|perheväkival|närståendevåld|våld i (nära|familj)|domestic violence|family violence"
    r"|lähestymiskiel|besöksförbud|restraining order"
    r"|fyysistä koskemattomuutta|fysisk[a]? integritet|physical integrity"
    r"|säilöön|säilöön ?ot|tagna i förvar|omhändertagna|custody"
    r"|itsemurh|självmord|suicide"
    r"|kuolleisuus|kuolemantapau|kuolemat|dödlighet|dödsfall|mortality|deaths? (from|by|due)",
    re.IGNORECASE,
)


# --- one case for each entry ------------------------------------------------------------------------


@pytest.mark.parametrize("indicator_id", IDS)
def test_indicator_is_whole(indicator_id, catalogue):
    """An indicator's unit, producer, service and warnings are declared, and its decimals are few."""
    item = catalogue.indicators[indicator_id]
    assert item.unit in catalogue.units
    assert item.producer in catalogue.producers
    assert item.source.service in catalogue.services
    assert set(item.warnings) <= set(catalogue.warnings)
    assert set(item.never_joined_with) <= set(catalogue.indicators)
    assert item.decimals in range(3)
    assert item.levels


@pytest.mark.parametrize("indicator_id", IDS)
def test_indicator_has_its_texts_in_all_languages(indicator_id, catalogue):
    """Title, note, parts of the ratio and breaks are there in Finnish, Swedish and English."""
    item = catalogue.indicators[indicator_id]
    texts = [item.title, item.short_title, item.note, item.numerator, item.denominator, item.years.reason]
    texts += [series_break.note for series_break in item.breaks]
    for text in filter(None, texts):
        assert all(getattr(text, language) for language in LANGUAGES), text.fi
        assert all(getattr(text, language).strip() == getattr(text, language) for language in LANGUAGES)


@pytest.mark.parametrize("indicator_id", IDS)
def test_sensitive_matter_is_shown_for_the_region_only(indicator_id, catalogue):
    """What could point at a neighbour is never declared for municipalities, however it is named."""
    item = catalogue.indicators[indicator_id]
    is_sensitive = any(SENSITIVE.search(item.title.text(language)) for language in LANGUAGES)
    is_kept_for_region = "municipality" not in item.levels and "region" in item.levels
    assert is_kept_for_region == (is_sensitive or indicator_id in REGION_ONLY)


def test_the_sensitive_words_catch_the_known_ones(catalogue):
    """The words find each of the sensitive indicators that are declared, and not the general rates."""
    found = {key for key, item in catalogue.indicators.items() if SENSITIVE.search(item.title.fi)}
    assert found == {key for key in REGION_ONLY if key.startswith("statfin:")}


def test_region_only_indicators_have_the_agreed_ones(catalogue):
    """None of the agreed ones is shown by municipality."""
    found = {key for key, item in catalogue.indicators.items() if "municipality" not in item.levels}
    assert found >= REGION_ONLY


@pytest.mark.parametrize("unit_id", list(CATALOGUE.units))
def test_unit_is_whole_and_used(unit_id, catalogue):
    """A unit has its label in all languages, a plausible range, and an indicator that uses it."""
    unit = catalogue.units[unit_id]
    assert all(getattr(unit.label, language) for language in LANGUAGES)
    assert unit.minimum < unit.maximum
    assert unit_id in {item.unit for item in catalogue.indicators.values()}


def test_services_and_producers_are_used(catalogue, bundled):
    """Every producer has an indicator or bundled figures; so has every service but the parties' own."""
    kept = [item for series in bundled.series.values() for item in (series, *series.parts)]
    indicators = catalogue.indicators.values()
    producers = {item.producer for item in indicators} | {item.producer for item in kept}
    services = {item.source.service for item in indicators} | {item.source for item in kept}
    assert set(catalogue.producers) == producers - {None}
    assert set(catalogue.services) == services - {None} | {"own"}


# --- against the agreed table -----------------------------------------------------------------------


def test_links_of_the_agreed_table_hold(catalogue, read_fixture):
    """Each goal has the indicators first agreed on, with the agreed directions; others may be added."""
    declared = [(link.goal, item.id, link.direction) for item, link in catalogue.links]
    agreed = {
        (row["goal_id"], row["indicator_id"], row["direction"]) for row in read_fixture("domain_links.csv")
    }
    assert agreed <= set(declared)
    assert len({link[:2] for link in declared}) == len(declared)


def test_key_indicators_are_few_and_none_stands_in_for_another(catalogue):
    """At most four key indicators a goal and forty in all; a fallback is none; every goal has one."""
    keys = [(link.goal, item) for item, link in catalogue.links if link.key]
    by_goal = Counter(goal for goal, _ in keys)
    assert set(by_goal) == {goal.id for goal in catalogue.goals}
    assert max(by_goal.values()) <= 4
    assert len(keys) <= 40
    assert all(item.fallback_for is None for _, item in keys)


def test_of_a_goals_current_figures_some_are_key(catalogue, bundled):
    """Where a goal has current figures of municipalities, at least one of them is among its key ones."""
    first = bundled.created.year - catalogue.agreement.current_years
    rows = bundled.observations.dropna(subset="value")
    current = set(rows.loc[rows["year"] >= first, "indicator_id"])
    for goal in catalogue.goals:
        links = [(item.id, link.key) for item, link in catalogue.links if link.goal == goal.id]
        if any(key in current for key, _ in links):
            assert any(is_key for key, is_key in links if key in current), goal.id


def test_months_stand_in_the_titles(catalogue):
    """An indicator of one month says so in its title and short title in every language."""
    june = {"fi": "kesäkuu", "sv": "juni", "en": "June"}
    followed = [item for item in catalogue.indicators.values() if item.month]
    assert {item.month for item in followed} == {6}
    for item in followed:
        for language in LANGUAGES:
            assert june[language] in item.title.text(language)
            assert june[language] in item.short_title.text(language)


def test_agreed_table_has_every_sotkanet_pair(read_fixture):
    """The agreed table holds the 83 Sotkanet pairs with a direction and four of the same matter."""
    pairs = [row for row in read_fixture("domain_links.csv") if row["indicator_id"].startswith("sotkanet:")]
    same_matter = {"sotkanet:3099", "sotkanet:184", "sotkanet:243", "sotkanet:127"}
    assert len([row for row in pairs if row["indicator_id"] not in same_matter]) == 83


def test_levels_are_those_of_the_agreed_table(catalogue, read_fixture):
    """What the agreed table keeps for the region is declared so."""
    agreed = {
        row["indicator_id"] for row in read_fixture("domain_links.csv") if row["is_region_only"] == "true"
    }
    assert agreed == REGION_ONLY
    assert all("municipality" not in catalogue.indicators[key].levels for key in agreed)


def test_series_that_are_never_joined_say_so_both_ways(catalogue):
    """Morbidity indices and the two offence classifications name each other."""
    pairs = {(item.id, other) for item in catalogue.indicators.values() for other in item.never_joined_with}
    assert pairs == {(other, key) for key, other in pairs}
    for one in ("sotkanet:184", "sotkanet:243", "sotkanet:5641"):
        assert len([pair for pair in pairs if pair[0] == one]) == 2
    assert ("statfin:offences_all", "statfin:offences_all_iccs") in pairs
    assert ("statfin:offences_property", "statfin:offences_property_iccs") in pairs


@pytest.mark.parametrize(
    ("indicator_id", "year"),
    [
        ("sotkanet:180", 1998),
        ("sotkanet:493", 2017),
        ("sotkanet:3177", 2023),
        ("sotkanet:3178", 2023),
        ("sotkanet:3181", 2023),
    ],
)
def test_known_breaks_are_declared(indicator_id, year, catalogue):
    """A break that is known of a series is declared at its first new year."""
    assert [item.year for item in catalogue.indicators[indicator_id].breaks] == [year]


# --- the agreement ----------------------------------------------------------------------------------


def test_goals_are_twelve_in_four_groups(catalogue):
    """Twelve goals stand three to a group, titled in all languages, all as working titles."""
    assert [goal.id for goal in catalogue.goals] == [f"{group}.{n}" for group in "1234" for n in "123"]
    assert [group.id for group in catalogue.agreement.groups] == list("1234")
    assert {goal.wording for goal in catalogue.goals} == {"working"}
    titles = [item.title for item in (*catalogue.goals, *catalogue.agreement.groups)]
    assert all(getattr(title, language) for title in titles for language in LANGUAGES)


def test_parties_are_24(catalogue):
    """The parties are the 22 municipalities, the Regional Council and the wellbeing services county."""
    parties = catalogue.agreement.parties
    assert len(parties) == 24
    assert {party.id for party in parties if party.kind == "municipality"} == {
        area.code for area in catalogue.areas.members("MK13")
    }
    assert [party.id for party in parties if party.kind != "municipality"] == [
        "keski-suomen-liitto",
        "hyvinvointialue",
    ]


def test_forums_are_the_eight_of_the_decision(catalogue):
    """The eight forums are declared, each in all languages."""
    forums = {forum.id: forum for forum in catalogue.agreement.forums}
    assert set(forums) == {
        "kuntajohtajakokous",
        "tym-johtoryhmat",
        "maahanmuutto-kotoutuminen",
        "ks-turva",
        "hva-johtoryhma",
        "hyte-ohjausryhma",
        "hyvinvointikoordinaattorit",
        "hallitusten-yhteistyopalaveri",
    }
    assert all(getattr(forum.name, language) for forum in forums.values() for language in LANGUAGES)
    assert "1.1.2026" in forums["maahanmuutto-kotoutuminen"].note.fi


def test_decision_and_period_are_stated(catalogue):
    """The agreement names its decision and begins with 2026."""
    agreement = catalogue.agreement
    assert (str(agreement.decision.date), agreement.decision.section) == ("2025-12-08", "§ 323")
    assert agreement.decision.case_number == "598/00.04.01/2025"
    assert (str(agreement.period.start), agreement.period.end) == ("2026-01-01", None)


def test_members_stand_in_finnish_order(catalogue):
    """The agreement's municipalities are listed from Hankasalmi to Äänekoski."""
    names = [area.name() for area in catalogue.members]
    assert len(names) == 22
    assert names[:4] == ["Hankasalmi", "Joutsa", "Jyväskylä", "Jämsä"]
    assert names[-3:] == ["Uurainen", "Viitasaari", "Äänekoski"]


# --- looking up -------------------------------------------------------------------------------------


def test_unknown_indicator_is_told_with_the_nearest(catalogue):
    """An indicator that is not declared is told with the nearest ids."""
    assert catalogue.indicator("sotkanet:181").title.fi == "Työttömät, % työvoimasta"
    with pytest.raises(UnknownIndicatorError, match=r"'statfin:populaton'.*Did you mean: statfin:population"):
        catalogue.indicator("statfin:populaton")


def test_unknown_goal_is_told(catalogue):
    """A goal that is not declared is told with where the goals are listed."""
    assert catalogue.goal("4.3").id == "4.3"
    with pytest.raises(UnknownNameError, match=r"Unknown goal '5\.1'.*'yhdyspinta goals' lists them"):
        catalogue.goal("5.1")


def test_hash_follows_the_files(catalogue, declared_copy):
    """The catalogue's hash is of the files' content: equal for a copy, another for a changed one."""
    assert load_catalogue(declared_copy).sha256 == catalogue.sha256
    path = declared_copy / "areas.yaml"
    path.write_text(path.read_text("utf-8") + "# a remark\n", "utf-8")
    assert load_catalogue(declared_copy).sha256 != catalogue.sha256


def test_records_cannot_be_changed(catalogue):
    """Declared data cannot be changed by accident."""
    with pytest.raises(ValueError, match="frozen"):
        catalogue.indicators["sotkanet:181"].decimals = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalogue.sha256 = ""
