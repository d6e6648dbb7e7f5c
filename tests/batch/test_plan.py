"""What a run makes: which reports, in which order, under which names."""

import dataclasses
import datetime as dt
import re

import pytest

from indicators.batch import plan
from indicators.batch.plan import (
    NOTEBOOKS,
    edition_id,
    folder_name,
    is_whole_agreement,
    plan_reports,
    report_file,
)
from indicators.config import find_notebook
from indicators.errors import ParameterError, UnknownAreaError

ORDER = (
    "Hankasalmi Joutsa Jyväskylä Jämsä Kannonkoski Karstula Keuruu Kinnula Kivijärvi Konnevesi Kyyjärvi "
    "Laukaa Luhanka Multia Muurame Petäjävesi Pihtipudas Saarijärvi Toivakka Uurainen Viitasaari Äänekoski"
)


def _pairs(tasks):
    return [(task.area, task.language) for task in tasks]


# --- which reports ----------------------------------------------------------------------------------


def test_default_is_the_agreement_in_finnish_order(catalogue):
    """Without a choice the 22 municipalities are planned, from Hankasalmi to Äänekoski, and the region."""
    tasks = plan_reports(catalogue)
    municipal = [task for task in tasks if task.kind == "kunta"]
    assert " ".join(catalogue.areas.get(task.area).name() for task in municipal) == ORDER
    assert {task.language for task in tasks} == {"fi"}
    assert [(task.area, task.file) for task in tasks if task.kind == "alue"] == [
        ("MK13", "alue/MK13-keski-suomi.fi.html")
    ]


def test_areas_alone_are_municipal_reports(catalogue):
    """Naming an area asks for its report, not for the region's too."""
    assert [task.kind for task in plan_reports(catalogue, ["931"])] == ["kunta"]


def test_the_region_report_is_of_the_agreements_region(catalogue):
    """Another region, or a municipality, is refused."""
    assert [task.area for task in plan_reports(catalogue, ["Keski-Suomi"], kinds=["alue"])] == ["MK13"]
    with pytest.raises(UnknownAreaError, match="of the agreement's region"):
        plan_reports(catalogue, ["Uusimaa"], kinds=["alue"])
    with pytest.raises(UnknownAreaError, match="here a region is expected"):
        plan_reports(catalogue, ["931"], kinds=["alue"])


def test_country_is_every_municipality(catalogue):
    """The country is its 308 municipalities, each once."""
    tasks = plan_reports(catalogue, is_country=True)
    assert len({task.area for task in tasks}) == len(tasks) == 308
    assert len({task.file for task in tasks}) == 308


def test_named_areas_are_planned_once_in_their_order(catalogue):
    """Areas may be named in any way; one named twice is planned once."""
    tasks = plan_reports(catalogue, ["Äänekoski", "931", "viitasaari", "992", "Åbo"])
    assert _pairs(tasks) == [("992", "fi"), ("931", "fi"), ("853", "fi")]


def test_languages_are_planned_side_by_side(catalogue):
    """Each municipality is planned in every language asked, a language asked twice once."""
    tasks = plan_reports(catalogue, ["931", "435"], ("fi", "sv", "fi"))
    assert _pairs(tasks) == [("931", "fi"), ("931", "sv"), ("435", "fi"), ("435", "sv")]


@pytest.mark.parametrize("wrong", ["viitasari", "", "Stockholm", "Jämsänkoski", "MK13"])
def test_one_wrong_area_plans_nothing(wrong, catalogue):
    """One area that is not there refuses the whole plan."""
    with pytest.raises(UnknownAreaError, match=f"Unknown area {wrong!r}"):
        plan_reports(catalogue, ["931", wrong])


def test_areas_beside_the_country_are_refused(catalogue):
    """Naming areas and asking for the country at once is a contradiction."""
    with pytest.raises(ParameterError, match=r"--country: found '931 992'; expected no areas beside it"):
        plan_reports(catalogue, ["931", "992"], is_country=True)


def test_every_kind_has_its_notebook():
    """Each kind of report has a notebook that is there."""
    assert all(find_notebook(name).is_file() for name in NOTEBOOKS.values())


# --- names of files ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "language", "file"),
    [
        ("992", "fi", "kunta/992-aanekoski.fi.html"),
        ("931", "fi", "kunta/931-viitasaari.fi.html"),
        ("179", "sv", "kunta/179-jyvaskyla.sv.html"),
        ("077", "en", "kunta/077-hankasalmi.en.html"),
        ("599", "fi", "kunta/599-pedersoren-kunta.fi.html"),
    ],
)
def test_file_is_named_by_code_and_plain_letters(code, language, file, catalogue):
    """A report's file has the code, the Finnish name in plain letters, and the language."""
    assert report_file(catalogue.areas.get(code), language) == file


def test_every_file_name_is_plain(catalogue):
    """No municipality's file name has anything but lower-case letters, digits and hyphens."""
    names = [report_file(area, "fi") for area in catalogue.areas.municipalities()]
    assert [name for name in names if not re.fullmatch(r"kunta/\d{3}(-[a-z]+)+\.fi\.html", name)] == []


# --- the edition ------------------------------------------------------------------------------------


def test_edition_id_is_the_snapshots_day_and_a_hash(bundled, catalogue):
    """The id begins with the snapshot's date and is the same every time."""
    found = edition_id(bundled, catalogue)
    assert re.fullmatch(r"2026-11-24-[0-9a-f]{8}", found)
    assert edition_id(bundled, catalogue) == found


def test_edition_id_follows_snapshot_catalogue_and_version(bundled, catalogue, monkeypatch):
    """Another content, date, catalogue or version makes another edition."""
    ids = [
        edition_id(bundled, catalogue),
        edition_id(dataclasses.replace(bundled, sha256="0" * 64), catalogue),
        edition_id(dataclasses.replace(bundled, created=dt.date(2027, 1, 1)), catalogue),
        edition_id(bundled, dataclasses.replace(catalogue, sha256="0" * 64)),
    ]
    monkeypatch.setattr(plan, "__version__", "99.0")
    ids.append(edition_id(bundled, catalogue))
    assert len(set(ids)) == len(ids)


def test_edition_id_does_not_follow_the_place(bundled, catalogue, tmp_path):
    """Where the snapshot lies and what it is called make no difference."""
    moved = dataclasses.replace(bundled, path=tmp_path, id="other")
    assert edition_id(moved, catalogue) == edition_id(bundled, catalogue)


def test_folder_of_the_agreement_is_the_edition(catalogue):
    """All reports in Finnish lie under the edition's id, in whatever order; fewer do not."""
    tasks = plan_reports(catalogue)
    assert folder_name("2026-11-24-abc", tasks[::-1], catalogue) == "2026-11-24-abc"
    assert folder_name("2026-11-24-abc", tasks[:-1], catalogue) != "2026-11-24-abc"


def test_folder_of_one_report_names_it(catalogue):
    """A single report lies under the edition's id with its area and language."""
    tasks = plan_reports(catalogue, ["Viitasaari"], ("sv",))
    assert folder_name("2026-11-24-abc", tasks, catalogue) == "2026-11-24-abc-931-sv"


def test_folders_of_selections_differ(catalogue):
    """Different selections lie in different folders, the same one in any order in the same."""

    def name(what=(), languages=("fi",), **more):
        return folder_name("e", plan_reports(catalogue, what, languages, **more), catalogue)

    names = [
        name(),
        name(["931"]),
        name(["931"], ("sv",)),
        name(["931", "992"]),
        name(["931", "435"]),
        name(["931"], ("fi", "sv")),
        name(languages=("sv",)),
        name(is_country=True),
    ]
    assert len(set(names)) == len(names)
    assert name(["992", "931"]) == name(["931", "992"])


def test_whole_agreement_is_recognised(catalogue):
    """All 22 municipalities, alone or among others, are the whole agreement; 21 are not."""
    tasks = plan_reports(catalogue)
    assert is_whole_agreement(tasks, catalogue)
    assert is_whole_agreement(plan_reports(catalogue, is_country=True), catalogue)
    assert not is_whole_agreement(tasks[1:], catalogue)
