"""Settings and where the package's own files lie."""

import dataclasses
from pathlib import Path

import pytest

from indicators import config
from indicators.config import SETTINGS_FILE, Settings, find_notebook, list_unread, load_settings
from indicators.errors import CatalogueError, ReportError

NOTEBOOK = "kuntaraportti.ipynb"


def test_defaults_are_the_services_own_addresses(tmp_path):
    """Without environment and file the settings are the defaults."""
    assert load_settings({}, tmp_path) == Settings()


def test_environment_wins_over_file_and_file_over_default(tmp_path):
    """The environment overrides the file, which overrides the defaults."""
    (tmp_path / SETTINGS_FILE).write_text('contact = "file"\nstatfin_url = "file"\n', "utf-8")
    settings = load_settings({"YHDYSPINTA_CONTACT": "environment"}, tmp_path)
    assert settings.contact == "environment"
    assert settings.statfin_url == "file"
    assert settings.sotkanet_url == Settings().sotkanet_url


@pytest.mark.parametrize(
    "name", [item.name for item in dataclasses.fields(Settings) if item.name != "folder"]
)
def test_environment_variable_sets_its_setting(name, tmp_path):
    """Every setting has its variable."""
    assert getattr(load_settings({f"YHDYSPINTA_{name.upper()}": "here"}, tmp_path), name) == "here"


def test_empty_variable_changes_nothing(tmp_path):
    """A variable that is set but empty leaves the default."""
    assert load_settings({"YHDYSPINTA_STATFIN_URL": ""}, tmp_path) == Settings()


def test_byte_order_mark_of_the_file_does_no_harm(tmp_path):
    """Notepad writes one."""
    (tmp_path / "yhdyspinta.toml").write_bytes(b'\xef\xbb\xbfcontact = "a@b.fi"\r\n')
    assert load_settings({}, tmp_path).contact == "a@b.fi"


def test_file_is_read_from_the_working_folder_or_above(tmp_path, monkeypatch):
    """The nearest one counts, and its paths are relative to where it lies."""
    (tmp_path / SETTINGS_FILE).write_text('publisher = "Liitto"\ncatalogue = "oma/"', "utf-8")
    (tmp_path / "muistikirjat" / "a").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "muistikirjat" / "a"):
        monkeypatch.chdir(folder)
        found = load_settings({})
        assert (found.publisher, found.folder) == ("Liitto", tmp_path)
        assert found.overlay == tmp_path / "oma"
    (tmp_path / "muistikirjat" / SETTINGS_FILE).write_text("", "utf-8")
    assert load_settings({}).publisher == ""


def test_file_in_a_folder_where_nothing_reads_it_is_told(tmp_path, monkeypatch):
    """Below the working folder and in folders that the settings name; the one that is read is not."""
    work = tmp_path / "work"
    places = [work / "oma", tmp_path / "home", tmp_path / "reports", tmp_path / "etc"]
    for place in places:
        place.mkdir(parents=True)
        (place / SETTINGS_FILE).write_text("", "utf-8")
    monkeypatch.chdir(work)
    settings = load_settings({f"YHDYSPINTA_{n.upper()}": str(tmp_path / n) for n in ("home", "reports")})
    assert {path.parent for path in list_unread(settings, tmp_path / "etc")} == set(places)
    monkeypatch.chdir(places[1])
    settings = load_settings({"YHDYSPINTA_HOME": str(places[1])})
    assert list_unread(settings) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'colour = "red"', r"yhdyspinta\.toml: colour: unknown key; known are home"),
        (b"contact = 7", r"yhdyspinta\.toml: contact: found 7; expected text in quotes"),
        (b"contact = \n", r"yhdyspinta\.toml: .*is not TOML"),
        (b'contact = "\xe4"', r"yhdyspinta\.toml: .*is not UTF-8"),
    ],
    ids=["unknown key", "wrong type", "not TOML", "not UTF-8"],
)
def test_faulty_file_is_refused(content, message, tmp_path):
    """A faulty settings file is told with its name and key."""
    (tmp_path / SETTINGS_FILE).write_bytes(content)
    with pytest.raises(CatalogueError, match=message):
        load_settings({}, tmp_path)


def test_snapshots_lie_under_home():
    """Snapshots lie in HOME/snapshots, and the tilde means the user's home."""
    assert Settings(home="/srv/x").snapshots_folder == Path("/srv/x/snapshots")
    assert Settings(home="~/x").snapshots_folder == Path.home() / "x" / "snapshots"


@pytest.mark.parametrize("name", config._PATHS)
def test_a_tilde_of_the_environment_is_the_users_home(name, tmp_path):
    """In every setting that is a path, as a file of NAME=value lines has it, which no shell expands."""
    settings = load_settings({f"YHDYSPINTA_{name.upper()}": "~/x"}, tmp_path)
    assert getattr(settings, name) == str(Path.home() / "x")


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A made-up package folder inside a made-up checkout."""
    folder = tmp_path / "checkout" / "src" / "indicators"
    for place in (folder / "notebooks", tmp_path / "checkout" / "notebooks"):
        place.mkdir(parents=True)
    monkeypatch.setattr(config, "PACKAGE_FOLDER", folder)
    return folder


def test_checkout_notebook_is_preferred(package):
    """In a checkout the notebook beside src is found, not the packaged one."""
    beside = package.parents[1] / "notebooks" / NOTEBOOK
    for path in (beside, package / "notebooks" / NOTEBOOK):
        path.write_text("{}", "utf-8")
    assert find_notebook(NOTEBOOK) == beside


def test_packaged_notebook_is_found(package):
    """Where there is no checkout the notebook inside the package is found."""
    packaged = package / "notebooks" / NOTEBOOK
    packaged.write_text("{}", "utf-8")
    assert find_notebook(NOTEBOOK) == packaged


@pytest.mark.usefixtures("package")
def test_missing_notebook_is_told():
    """A notebook that is in neither place is an error that names it."""
    with pytest.raises(ReportError, match=r"kuntaraportti\.ipynb: the notebook is missing"):
        find_notebook(NOTEBOOK)


def test_real_notebook_is_found():
    """The package's own notebook is found as it is installed here."""
    assert find_notebook(NOTEBOOK).is_file()
