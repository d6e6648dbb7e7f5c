"""The overlay catalogue: adds, overrides and replaces without a touch on the package's files."""

import warnings

import pytest
from click.testing import CliRunner

from indicators.catalogue import load_catalogue
from indicators.cli import main
from indicators.config import SETTINGS_FILE, load_settings
from indicators.errors import CatalogueError
from tests.region_overlay import write_region_overlay

OWN = """\
indicators:
  - id: own:latupohjat
    title: {fi: Latupohjia, km}
    unit: persons
    decimals: 0
    value_type: count
    producer: statfin
    source: {service: own, path: ladut.csv}
    goals: [{goal: "1.1", direction: higher_is_better}]
"""


@pytest.fixture
def overlay(tmp_path):
    """Writes overlay files by name and gives their folder."""
    folder = tmp_path / "oma"
    folder.mkdir()

    def write(**files):
        for name, content in files.items():
            (folder / f"{name}.yaml").write_text(content, "utf-8")
        return folder

    return write


def test_a_new_indicator_is_added_and_the_others_stay(overlay, catalogue):
    """The overlay's entry comes last, and every entry of the package is as it was."""
    merged = load_catalogue(overlay=overlay(indicators=OWN.replace("{fi: Latupohjia, km}", "{fi: Latuja}")))
    assert list(merged.indicators) == [*catalogue.indicators, "own:latupohjat"]
    assert all(merged.indicators[key] == item for key, item in catalogue.indicators.items())
    assert merged.sha256 != catalogue.sha256


def test_keys_given_replace_and_the_others_stay(overlay, catalogue):
    """A goal gets its agreed wording; its forums are still the package's."""
    text = 'goals:\n  - id: "3.2"\n    title: {fi: Työ ja toimeentulo}\n    wording: agreed\n'
    goal = load_catalogue(overlay=overlay(agreement=text)).goal("3.2")
    assert (goal.title.fi, goal.wording) == ("Työ ja toimeentulo", "agreed")
    assert goal.forums == catalogue.goal("3.2").forums


def test_an_entry_can_be_removed(overlay):
    """``removed: true`` takes an indicator away; one that is not there is an error."""
    text = "indicators:\n  - {id: 'sotkanet:189', removed: true}\n"
    assert "sotkanet:189" not in load_catalogue(overlay=overlay(indicators=text)).indicators
    text = text.replace("189", "1")
    with pytest.raises(CatalogueError, match=r"oma/indicators\.yaml: .*is removed, but"):
        load_catalogue(overlay=overlay(indicators=text))


@pytest.mark.parametrize("mark", ["", "    overrides: true\n"])
def test_another_unit_is_warned_of_unless_it_is_meant(overlay, mark):
    """The same id with another unit passes only with a note, or with the explicit mark."""
    folder = overlay(indicators=f"indicators:\n  - id: sotkanet:181\n    unit: percent_open\n{mark}")
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        assert load_catalogue(overlay=folder).indicators["sotkanet:181"].unit == "percent_open"
    assert [str(note.message) for note in notes if "sotkanet:181: gives" in str(note.message)] == (
        [] if mark else [str(notes[0].message)]
    )


@pytest.mark.parametrize(
    ("key", "value"), [("unit", "percent_open"), ("value_type", "mean")], ids=["unit", "value type"]
)
def test_the_user_sees_that_an_id_is_redefined(overlay, tmp_path, monkeypatch, key, value):
    """The command goes on, with one note: file, id, what is another, and the two ways out of it."""
    folder = overlay(indicators=f"indicators:\n  - id: sotkanet:181\n    {key}: {value}\n")
    (tmp_path / SETTINGS_FILE).write_text('catalogue = "oma/"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 0, done.output
    place = f"yhdyspinta: note: {folder / 'indicators.yaml'}: indicators sotkanet:181: "
    advice = "take an id of your own, or say 'overrides: true' in the entry and fetch its figures anew\n"
    assert done.stderr == f"{place}gives the package's entry another {key}; {advice}"


def test_an_id_of_the_package_is_not_given_to_other_figures(overlay, tmp_path, monkeypatch):
    """Sotkanet's number is in the id: another number under it stops everything, with file and line."""
    overlay(indicators="indicators:\n  - id: sotkanet:181\n    source: {service: sotkanet, key: 182}\n")
    (tmp_path / SETTINGS_FILE).write_text('catalogue = "oma/"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["report"])
    assert done.exit_code == 2
    assert (
        "oma/indicators.yaml:2: indicators[0]: id ends with '181', but the source's key is 182" in done.stderr
    )
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"indicators": OWN.replace("{fi: Latupohjia, km}", "7")},
            r"oma/indicators\.yaml:3: indicators\[0\]",
        ),
        ({"indicators": OWN.replace("km}", "x: 1}")}, r"oma/indicators\.yaml:3: .*x: Extra inputs"),
        (
            {"indicators": OWN.replace("{fi: Latupohjia, km}", "{fi: A}").replace("1.1", "9.9")},
            r"oma/indicators\.yaml:9: .*'9\.9' is not declared",
        ),
        ({"agreement": "goals: [}"}, r"oma/agreement\.yaml:1: \(syntax\)"),
        ({"agreement": "- 1"}, r"oma/agreement\.yaml: .*is no mapping"),
        ({"areas": "replaces: true"}, r"oma/areas\.yaml: replaces: is for agreement\.yaml only"),
        ({"areas": "colour: red"}, r"oma/areas\.yaml:1: colour: Extra inputs"),
        ({}, r"oma: catalogue: has none of agreement\.yaml"),
        ({"indicators": "indicators:\n- {id: 'sotkanet:181'}\n- {id: 'sotkanet:181'}"}, "is declared twice"),
    ],
)
def test_a_fault_names_the_overlays_file(overlay, files, message):
    """File, line and key of the overlay, not of the package."""
    with pytest.raises(CatalogueError, match=message):
        load_catalogue(overlay=overlay(**files))


def test_the_settings_name_the_overlay_from_where_they_lie(tmp_path):
    """The folder is relative to the settings file, also for who works in a folder below."""
    (tmp_path / SETTINGS_FILE).write_text('catalogue = "oma/"', "utf-8")
    for folder in (tmp_path, tmp_path / "muistikirjat"):
        assert load_settings({}, folder).overlay == (tmp_path / "oma").resolve()
    assert load_settings({}, tmp_path.parent).overlay is None


def test_a_replaced_agreement_takes_the_packages_links_along(tmp_path):
    """Only the overlay's links hold, only its municipalities are members, and what is left agrees."""
    catalogue = load_catalogue(overlay=write_region_overlay(tmp_path / "oma"))
    assert [goal.id for goal in catalogue.goals] == ["1.1", "2.1"]
    assert [area.name() for area in catalogue.members] == ["Nokia", "Orivesi", "Tampere"]
    served = {indicator.id: link.goal for indicator, link in catalogue.links}
    assert served == {"statfin:population": "1.1", "sotkanet:181": "2.1", "sotkanet:189": "2.1"}
