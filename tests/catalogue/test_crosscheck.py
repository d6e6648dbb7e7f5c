"""References between declared files resolve, and nothing is declared twice or in vain."""

import re

import pytest

from indicators.catalogue import load_catalogue
from indicators.errors import CatalogueError

GOAL = '  - id: "4.3"\n'
AFTER_181 = "  - id: sotkanet:181\n"

#: file, text replaced, replacement, key of the fault, its problem
FAULTS = [
    pytest.param(
        "areas.yaml", '"435"', '"495"', "municipalities", "'495' is declared twice", id="area twice"
    ),
    pytest.param(
        "areas.yaml",
        '- code: "588"',
        '- code: "931"',
        "municipalities",
        "'931' is declared twice",
        id="former",
    ),
    pytest.param(
        "areas.yaml",
        "region: MK13",
        "region: MK99",
        "municipalities 077.region",
        "'MK99' is not declared; declared are MK01",
        id="region",
    ),
    pytest.param(
        "areas.yaml",
        "county: HVA15",
        "county: HVA77",
        "municipalities 077.county",
        "'HVA77' is not declared",
        id="county",
    ),
    pytest.param(
        "areas.yaml",
        'merged_into: "507"',
        'merged_into: "998"',
        "former_municipalities 588.merged_into",
        "'998' is not declared",
        id="successor",
    ),
    pytest.param(
        "areas.yaml",
        'code: "291"  # Kuhmoinen',
        'code: "998"',
        "regional_changes.code",
        "'998' is not declared",
        id="moved municipality",
    ),
    pytest.param(
        "areas.yaml",
        "to_region: MK06",
        "to_region: MK98",
        "regional_changes",
        "'MK98' is not declared",
        id="region moved to",
    ),
    pytest.param(
        "agreement.yaml", '- id: "077"', '- id: "172"', "parties", "'172' is declared twice", id="party"
    ),
    pytest.param(
        "agreement.yaml", '- id: "077"', '- id: "998"', "parties", "'998' is not declared", id="no party"
    ),
    pytest.param(
        "agreement.yaml",
        "  - id: tym-johtoryhmat\n",
        "  - id: kuntajohtajakokous\n",
        "forums",
        "'kuntajohtajakokous' is declared twice",
        id="forum twice",
    ),
    pytest.param(
        "agreement.yaml",
        '  - id: "1.2"\n',
        '  - id: "1.1"\n',
        "goals",
        "'1.1' is declared twice",
        id="goal twice",
    ),
    pytest.param(
        "agreement.yaml", "region: MK13", "region: MK99", "region", "'MK99' is not declared", id="its region"
    ),
    pytest.param(
        "agreement.yaml",
        "county: HVA15",
        "county: HVA77",
        "county",
        "'HVA77' is not declared",
        id="its county",
    ),
    pytest.param(
        "agreement.yaml", GOAL, '  - id: "5.1"\n', "goals 5.1", "'5' is not declared", id="goal's group"
    ),
    pytest.param(
        "agreement.yaml",
        "      - ks-turva\n",
        "      - ks-varma\n",
        "goals 4.1.forums",
        "'ks-varma' is not declared",
        id="goal's forum",
    ),
    pytest.param(
        "agreement.yaml",
        "      - tym-johtoryhmat\n",
        "      - ks-turva\n",
        "forums",
        "'tym-johtoryhmat' is declared but nothing refers to it",
        id="forum in vain",
    ),
    pytest.param(
        "indicators.yaml",
        "  - id: statfin:foreign_citizens\n",
        "  - id: statfin:population\n",
        "indicators",
        "'statfin:population' is declared twice",
        id="indicator twice",
    ),
    pytest.param(
        "indicators.yaml",
        "  - id: kela\n",
        "  - id: thl\n",
        "producer",
        "'thl' is declared twice",
        id="producer",
    ),
    pytest.param(
        "indicators.yaml",
        "  - id: euro\n",
        "  - id: gini\n",
        "unit",
        "'gini' is declared twice",
        id="unit twice",
    ),
    pytest.param(
        "indicators.yaml",
        "  - id: ended_series\n",
        "  - id: per_household\n",
        "warnings",
        "'per_household' is declared twice",
        id="warning twice",
    ),
    pytest.param(
        "indicators.yaml",
        "    unit: gini\n",
        "    unit: bushel\n",
        "sotkanet:3126.unit",
        "'bushel' is not declared",
        id="no unit",
    ),
    pytest.param(
        "indicators.yaml",
        "    producer: etk\n",
        "    producer: nobody\n",
        "sotkanet:306.producer",
        "'nobody' is not declared",
        id="no producer",
    ),
    pytest.param(
        "indicators.yaml",
        "      - constant_prices\n",
        "      - constant_worries\n",
        "statfin:median_income.warnings",
        "'constant_worries' is not declared",
        id="no warning",
    ),
    pytest.param(
        "indicators.yaml",
        "    fallback_for: statfin:at_risk_of_poverty\n",
        "    fallback_for: statfin:at_risk\n",
        "sotkanet:3099.fallback_for",
        "'statfin:at_risk' is not declared",
        id="no preferred one",
    ),
    pytest.param(
        "indicators.yaml",
        "      - statfin:offences_all_iccs\n",
        "      - statfin:offences_none\n",
        "statfin:offences_all.never_joined_with",
        "'statfin:offences_none' is not declared",
        id="nothing to keep apart from",
    ),
    pytest.param(
        "indicators.yaml",
        '      - goal: "3.2"\n',
        '      - goal: "9.9"\n',
        ".goals",
        "'9.9' is not declared; declared are 1.1",
        id="no goal",
    ),
    pytest.param(
        "indicators.yaml",
        '    goals:\n      - goal: "3.2"\n        direction: lower_is_better\n',
        "",
        "sotkanet:",
        "serves no goal; add one under 'goals', or is_key_fact: true",
        id="indicator in vain",
    ),
    pytest.param(
        "indicators.yaml",
        '      - goal: "3.2"\n        direction: lower_is_better\n',
        '      - goal: "3.2"\n        direction: lower_is_better\n' * 2,
        ".goals",
        "'3.2' is declared twice",
        id="goal twice in a row",
    ),
    pytest.param(
        "indicators.yaml",
        '      key: 4286\n    goals:\n      - goal: "1.2"\n        direction: lower_is_better\n',
        '      key: 4286\n    goals:\n      - goal: "3.1"\n        direction: lower_is_better\n'
        "        key: true\n",
        "goal 3.1",
        "5 indicators have 'key: true'; at most 4 may",
        id="a fifth key indicator of a goal",
    ),
    pytest.param(
        "indicators.yaml",
        '      key: 4286\n    goals:\n      - goal: "1.2"\n        direction: lower_is_better\n',
        '      key: 4286\n    goals:\n      - goal: "1.2"\n        direction: lower_is_better\n'
        "        key: true\n",
        "indicators",
        "41 links to goals have 'key: true'; at most 40 may",
        id="a forty-first key indicator",
    ),
    pytest.param(
        "indicators.yaml",
        "    fills:\n      vintage: 2013\n",
        "    fills:\n      vintage: yesterday\n",
        "fills.vintage",
        "found 'yesterday'",
        id="filled from a vintage that is no year",
    ),
    pytest.param(
        "indicators.yaml",
        "    fallback_for: statfin:tertiary_education\n",
        "    fallback_for: statfin:loan_stock\n",
        "sotkanet:3195.fills",
        "has unit 'percent', but statfin:loan_stock has 'euro_per_resident'",
        id="filled from another unit",
    ),
    pytest.param(
        "indicators.yaml",
        "population: statfin:population",
        "population: statfin:residents",
        "population",
        "'statfin:residents' is not declared",
        id="population",
    ),
    pytest.param(
        "indicators.yaml",
        "    steady_margin:\n      value: 1\n",
        "    steady_margin:\n      value: 200\n",
        "statfin:at_risk_of_poverty.steady_margin",
        "is 200, but figures in percent differ by 100 at most",
        id="margin beyond the unit",
    ),
]


def _spoil(folder, file, old, new):
    path = folder / file
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(("file", "old", "new", "key", "problem"), FAULTS)
def test_contradiction_is_told_with_file_and_key(file, old, new, key, problem, declared_copy):
    """A contradiction names its file, its key, what was found and what is wrong with it."""
    path = _spoil(declared_copy, file, old, new)
    with pytest.raises(CatalogueError, match=re.escape(problem)) as caught:
        load_catalogue(declared_copy)
    assert caught.value.file == str(path)
    assert key in caught.value.key


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("indicators.yaml", "    unit: gini\n", "    unit: bushel\n", "unit: bushel"),
        ("agreement.yaml", "      - ks-turva\n", "      - ks-varma\n", "- ks-varma"),
        ("areas.yaml", 'merged_into: "507"', 'merged_into: "998"', 'merged_into: "998"  # Mäntyharju'),
    ],
)
def test_contradiction_is_told_with_its_line(file, old, new, line, declared_copy):
    """A contradiction is told with the number and the content of its line, as every fault is."""
    path = _spoil(declared_copy, file, old, new)
    with pytest.raises(CatalogueError, match=re.escape(line)) as caught:
        load_catalogue(declared_copy)
    lines = path.read_text("utf-8").splitlines()
    assert lines[caught.value.line - 1].strip() == line


def test_goal_without_an_indicator_is_told(declared_copy):
    """A goal that no indicator serves is declared in vain."""
    path = declared_copy / "indicators.yaml"
    content = path.read_text("utf-8")
    path.write_text(content.replace('goal: "4.3"', 'goal: "4.2"'), "utf-8")
    with pytest.raises(CatalogueError, match=r"goals .*: '4\.3' is declared but nothing refers to it"):
        load_catalogue(declared_copy)


def test_warning_in_vain_is_told(declared_copy):
    """A warning that no indicator carries is declared in vain."""
    more = "warnings:\n  - id: never_used\n    text: {fi: Ei}\n"
    _spoil(declared_copy, "indicators.yaml", "\nwarnings:\n", "\n" + more)
    with pytest.raises(CatalogueError, match="'never_used' is declared but nothing refers to it"):
        load_catalogue(declared_copy)


def test_service_that_is_used_must_be_declared(declared_copy):
    """An indicator of a service that is not declared is a contradiction."""
    path = declared_copy / "indicators.yaml"
    before, rest = path.read_text("utf-8").split("  - id: statfin\n", 1)
    path.write_text(before + rest[rest.index("  - id: own\n") :], "utf-8")
    with pytest.raises(CatalogueError, match="'statfin' is not declared"):
        load_catalogue(declared_copy)


def test_mergers_in_a_circle_are_refused(declared_copy):
    """Municipalities that merged into each other lead nowhere, and are refused at once."""
    _spoil(declared_copy, "areas.yaml", 'merged_into: "609"  # Pori', 'merged_into: "476"')
    _spoil(declared_copy, "areas.yaml", 'merged_into: "297"  # Kuopio', 'merged_into: "413"')
    with pytest.raises(CatalogueError, match="merged_into"):
        load_catalogue(declared_copy)


def test_real_files_agree(declared_copy, catalogue):
    """The files as they are pass every check, from another folder too."""
    assert list(load_catalogue(declared_copy).indicators) == list(catalogue.indicators)
