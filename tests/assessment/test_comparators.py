"""Whom an area is compared with: published totals, sums, and bounds that never leave the test."""

import dataclasses

import numpy as np
import pytest

from indicators.assessment.columns import COLUMNS
from indicators.assessment.table import compute_assessment
from indicators.assessment.verdicts import compute_verdicts
from indicators.catalogue.records import HiddenBelow
from indicators.model import STATUSES

KEY = "statfin:at_risk_of_poverty"
CITY, OWN, HIDDEN = "179", "931", "435"
PERSONS = {CITY: 140_000.0, OWN: 6_000.0}


@pytest.fixture
def assess(write, make_rows, catalogue):
    """Assesses one made-up year of Keski-Suomi: counts by code, and what else is to be changed."""

    def assess(counts=None, *, below=20, published=None, divide=None, region="MK13", **changes):
        codes = [area.code for area in catalogue.areas.members(region)]
        rows = []
        for code in codes:
            n = PERSONS.get(code, 5_000.0)
            count = (counts or {}).get(code, round(0.15 * n))
            hidden = count is None
            rows.append(_row(code, n, np.nan if hidden else count, "suppressed" if hidden else "normal"))
        if published is not None:
            total = sum(PERSONS.get(code, 5_000.0) for code in codes)
            rows.append(_row(region, total, published, "normal"))
        for code in codes:
            rows.append(_population(code, PERSONS.get(code, 5_000.0)))
        declared = ()
        if below:
            evidence = HiddenBelow(table="T", vintage="2026-11", below=below, evidence="made up")
            declared = (evidence,)
        item = catalogue.indicators[KEY].model_copy(
            update={"design_effect": None, "hidden_below": declared, **changes}
        )
        own = dataclasses.replace(catalogue, indicators=catalogue.indicators | {KEY: item})
        return compute_assessment(write(make_rows(*rows)), own)

    return assess


def _row(code, n, count, status):
    value = np.clip(count / n * 100, 0, 100)  # a count may be impossible; the figure is not
    return {
        "indicator_id": KEY,
        "area_code": code,
        "year": 2024,
        "value": value,
        "count": count,
        "denominator": n,
        "status": status,
    }


def _population(code, n):
    return {"indicator_id": "statfin:population", "area_code": code, "year": 2024, "value": n, "count": n}


def test_a_hidden_count_that_cannot_matter_leaves_the_verdict(assess):
    """With any number that may be hidden the verdict is the same: it is told, and nothing else."""
    row = assess({OWN: 1_100.0, HIDDEN: None}).row(OWN, KEY)
    assert (row.rest_verdict, row.rest_reason) == ("worse", "hidden_parts")
    assert row.rest_comparator is row.rest_p is None
    assert row.region_value is None


def test_a_hidden_count_that_may_matter_withholds_it(assess):
    """Where the verdict hangs on what is hidden, nothing is told."""
    counts = {OWN: 1_100.0} | dict.fromkeys(("435", "265", "216", "256"), None)
    row = assess(counts, below=4_000).row(OWN, KEY)
    assert (row.rest_verdict, row.rest_reason) == ("not_assessed", "hidden_parts_decide")


def test_no_bound_is_stored(assess):
    """No column of the table tells a sum with a bound in it, or what could be worked back from it."""
    assessment = assess({OWN: 1_100.0, HIDDEN: None})
    row, known = assessment.row(OWN, KEY), assess({OWN: 1_100.0}).row(OWN, KEY)
    told = {column.name: getattr(row, column.name) for column in COLUMNS}
    for name in ("rest_comparator", "rest_p", "country_comparator", "country_p", "region_value"):
        assert told[name] is None
    # The shown limits are the figure's own, as if there were no comparator at all.
    assert row.lower_limit > known.lower_limit
    alone = assess(dict.fromkeys(PERSONS, 900.0) | {HIDDEN: None}, below=None).row(OWN, KEY)
    assert alone.rest_reason == "no_comparator"


def test_without_a_bound_there_is_no_comparator(assess):
    """A reading for which no bound is declared is not bounded by another's."""
    row = assess({OWN: 1_100.0, HIDDEN: None}, below=None).row(OWN, KEY)
    assert (row.rest_verdict, row.rest_reason) == ("not_assessed", "no_comparator")


def test_a_published_total_is_used(assess, catalogue):
    """The region's own total, less what is taken out, also where a part of it is hidden."""
    counts = {OWN: 1_100.0, HIDDEN: None}
    others = 750.0 * 20
    total = others + 15 + 21_000 + 1_100
    row = assess(counts, published=total - 750 + 0.0).row(OWN, KEY)
    assert row.rest_reason == ""
    rest = total - 750 - 1_100 - 21_000
    assert row.rest_comparator == pytest.approx(100 * rest / (20 * 5_000))


def test_a_bound_that_a_published_total_contradicts_is_not_used(assess, write, make_rows, catalogue):
    """Where a total shows that the hidden parts hold more than declared, no place is tested with it."""
    counts = {OWN: 1_100.0, HIDDEN: None}
    total = 750.0 * 19 + 21_000 + 1_100 + 300  # the hidden place has 300, far above 19
    assessment = assess(counts, published=total)
    row = assessment.row(OWN, KEY)
    assert row.rest_reason == ""  # by the total
    assert row.country_reason == "no_comparator"  # the country has no total, and the bound is refused


def test_a_rest_of_hidden_parts_alone_is_never_told(assess, catalogue):
    """Where all others are hidden, total less own would be what was hidden."""
    codes = [area.code for area in catalogue.areas.members("MK13")]
    counts = dict.fromkeys([code for code in codes if code not in (OWN, CITY)], None)
    row = assess(counts, published=30_000.0).row(OWN, KEY)
    assert (row.rest_verdict, row.rest_comparator, row.rest_reason) == ("not_assessed", None, "no_comparator")


def test_impossible_counts_are_left_out_of_sums(assess):
    """A count above its denominator is no part of a region's figure, which then has none."""
    row = assess({OWN: 1_100.0, HIDDEN: 9_000.0}, below=None).row(OWN, KEY)
    assert row.region_value is None
    assert row.rest_reason == "no_comparator"
    assert assess({OWN: 1_100.0, HIDDEN: -5.0}, below=None).row(OWN, KEY).region_value is None


@pytest.mark.parametrize(("alone", "reason"), [((OWN,), "same_area"), ((OWN, "892"), "few_members")])
def test_a_region_of_one_or_two_municipalities_has_no_rest(alone, reason, assess, catalogue):
    """An area alone in its region is compared with nobody there, nor with a single other."""
    assessment = assess()
    index, panel = assessment.context.index, assessment.panels[KEY]
    region = index.region.copy()
    region[[index.codes.index(code) for code in alone]] = index.codes.index("MK01")
    others = np.isin(index.codes, [area.code for area in catalogue.areas.members("MK01")])
    region[others] = index.codes.index("MK02")
    moved = dataclasses.replace(panel, index=dataclasses.replace(index, region=region))
    found = compute_verdicts(moved, catalogue.indicators[KEY], "no_judgement", assessment.context)
    at = index.codes.index(OWN)
    assert (found["rest_verdict"][at], found["rest_reason"][at]) == ("not_assessed", reason)


@pytest.mark.parametrize(("members", "reason"), [(("249", "729"), "few_members"), ((), "no_comparator")])
def test_a_peer_group_of_two_is_no_comparator(members, reason, assessment, catalogue):
    """Peers of fewer than three are left unassessed, with the reason."""
    groups, index = assessment.context.peer_groups, assessment.context.index
    at, chosen = index.codes.index(OWN), groups.members.copy()
    chosen[at] = -1
    chosen[at, : len(members)] = [index.codes.index(code) for code in members]
    context = dataclasses.replace(assessment.context, peer_groups=dataclasses.replace(groups, members=chosen))
    key = "statfin:one_person_households"
    found = compute_verdicts(assessment.panels[key], catalogue.indicators[key], "no_judgement", context)
    assert found["peers_reason"][at] == reason
    assert found["peers_verdict"][at] == "not_assessed"


def test_declared_bounds_agree_with_published_totals(assessment, catalogue):
    """No bound of the catalogue is contradicted by a published total of the bundled figures."""
    checked = 0
    for key, item in catalogue.indicators.items():
        panel = assessment.panels.get(key)
        for declared in item.hidden_below if panel is not None else ():
            for year in np.flatnonzero(panel.vintage == declared.vintage):
                checked += _check_year(panel, year, declared.below)
    if not checked:
        pytest.skip("the bundled figures publish no total beside hidden counts")


def _check_year(panel, year, below):
    index, checked = panel.index, 0
    # A former municipality is a part of its region in the years of the division that still has it.
    rows = np.flatnonzero(index.is_municipality | (index.merge_year < 9999))
    regions = index.region[index.successor[rows]]
    for region in set(regions.tolist()):
        inside = rows[regions == region]
        hidden = np.isnan(panel.count[inside, year]) & (
            panel.status[inside, year] == STATUSES.index("suppressed")
        )
        total = panel.count[region, year]
        if hidden.any() and panel.origin[region, year] == 1 and not np.isnan(total):
            rest = total - np.nansum(panel.count[inside, year])
            assert rest <= hidden.sum() * (below - 1), (panel.indicator_id, panel.years[year])
            checked += 1
    return checked
