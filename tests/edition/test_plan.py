"""What a run makes: which reports, in which order, under which names."""

import re
from pathlib import Path

import pytest

from indicators.config import find_notebook
from indicators.edition.plan import (
    NOTEBOOKS,
    folder_name,
    is_whole_agreement,
    make_task,
    plan_reports,
)
from indicators.errors import ParameterError, UnknownAreaError, UnknownNameError

ORDER = (
    "Hankasalmi Joutsa Jyväskylä Jämsä Kannonkoski Karstula Keuruu Kinnula Kivijärvi Konnevesi Kyyjärvi "
    "Laukaa Luhanka Multia Muurame Petäjävesi Pihtipudas Saarijärvi Toivakka Uurainen Viitasaari Äänekoski"
)


def _pairs(tasks):
    return [(task.area, task.language) for task in tasks]


# --- which reports ----------------------------------------------------------------------------------


def test_default_is_the_agreement_in_finnish_order(catalogue):
    """Without a choice the 22 municipalities, Hankasalmi to Äänekoski, the region, forums, parties."""
    tasks = plan_reports(catalogue)
    municipal = [task for task in tasks if task.kind == "kunta"]
    assert " ".join(catalogue.areas.get(task.area).name() for task in municipal) == ORDER
    assert {task.language for task in tasks} == {"fi"}
    assert [(task.area, task.file) for task in tasks if task.kind == "alue"] == [
        ("MK13", "alue/MK13-keski-suomi.fi.html")
    ]
    forums = [task.area for task in tasks if task.kind == "foorumi"]
    assert forums == [forum.id for forum in catalogue.agreement.forums]
    parties = [(task.area, task.file) for task in tasks if task.kind == "osapuoli"]
    assert parties == [
        ("keski-suomen-liitto", "osapuoli/keski-suomen-liitto.fi.html"),
        ("hyvinvointialue", "osapuoli/hyvinvointialue.fi.html"),
    ]
    assert len(tasks) == 22 + 1 + 8 + 2
    readme = Path(__file__).parents[2] / "README.md"
    assert f"all {len(tasks)} reports" in readme.read_text("utf-8")


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


def test_forums_and_parties_are_named_by_their_ids(catalogue):
    """A forum's and a party's report is asked for by kind and id, in any language."""
    (forum,) = plan_reports(catalogue, ["ks-turva"], ("sv",), kinds=["foorumi"])
    assert (forum.kind, forum.area, forum.file) == ("foorumi", "ks-turva", "foorumi/ks-turva.sv.html")
    (party,) = plan_reports(catalogue, ["hyvinvointialue"], kinds=["osapuoli"])
    assert (party.kind, party.file) == ("osapuoli", "osapuoli/hyvinvointialue.fi.html")


def test_everything_of_the_chosen_kinds(catalogue):
    """Kinds alone are all that is declared of them."""
    kinds = [task.kind for task in plan_reports(catalogue, kinds=["osapuoli", "foorumi", "osapuoli"])]
    assert kinds == ["osapuoli"] * 2 + ["foorumi"] * 8


def test_names_go_to_the_kinds_that_know_them(catalogue):
    """With several kinds each name must be one of theirs, and makes no report of the others."""
    tasks = plan_reports(catalogue, ["931", "ks-turva"], kinds=["kunta", "alue", "foorumi"])
    assert [(task.kind, task.area) for task in tasks] == [("kunta", "931"), ("foorumi", "ks-turva")]
    with pytest.raises(UnknownNameError, match=r"Unknown forum 'ks-turvaa'\. Did you mean: ks-turva"):
        plan_reports(catalogue, ["931", "ks-turvaa"], kinds=["kunta", "foorumi"])


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        (
            "ks-turwa",
            "foorumi",
            r"Unknown forum 'ks-turwa'\. Did you mean: ks-turva\? 'yhdyspinta forums' lists",
        ),
        ("KS-Turva", "foorumi", "Did you mean: ks-turva"),
        ("931", "foorumi", "Unknown forum '931'"),
        ("", "foorumi", "Unknown forum ''"),
        ("931", "osapuoli", r"Did you mean: keski-suomen-liitto, hyvinvointialue\? A municipality has its"),
        ("ks-turva", "osapuoli", "It has a report of its own kind: add --kind foorumi"),
        (
            "ks-turva",
            "kunta",
            r"Unknown area 'ks-turva'\. It has a report of its own kind: add --kind foorumi",
        ),
        ("hyvinvointialue", "alue", "add --kind osapuoli"),
    ],
)
def test_unknown_forum_or_party_plans_nothing(name, kind, message, catalogue):
    """The nearest ids are told, or the kind that is missing."""
    with pytest.raises(UnknownNameError, match=message):
        plan_reports(catalogue, [name], kinds=[kind])


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
    assert make_task(catalogue, "kunta", code, language).file == file


def test_every_file_name_is_plain(catalogue):
    """No municipality's file name has anything but lower-case letters, digits and hyphens."""
    municipalities = catalogue.areas.municipalities()
    names = [make_task(catalogue, "kunta", area.code, "fi").file for area in municipalities]
    assert [name for name in names if not re.fullmatch(r"kunta/\d{3}(-[a-z]+)+\.fi\.html", name)] == []


# --- the folder -------------------------------------------------------------------------------------


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
    assert name(["ks-turva"], kinds=["foorumi"]) == "e-ks-turva-fi"


def test_whole_agreement_is_recognised(catalogue):
    """All 22 municipalities, alone or among others, are the whole agreement; 21 are not."""
    tasks = plan_reports(catalogue)
    assert is_whole_agreement(tasks, catalogue)
    assert is_whole_agreement(plan_reports(catalogue, is_country=True), catalogue)
    assert not is_whole_agreement(tasks[1:], catalogue)
    assert not is_whole_agreement(plan_reports(catalogue, kinds=["alue", "foorumi", "osapuoli"]), catalogue)
