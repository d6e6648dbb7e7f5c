"""The register of areas finds exactly what is named, and guesses nothing."""

import unicodedata
import warnings
from collections import Counter

import pytest

from indicators.catalogue import finnish_order, load_catalogue
from indicators.errors import UnknownAreaError

MEMBERS = (
    "077 172 179 182 216 226 249 256 265 275 312 410 435 495 500 592 601 729 850 892 931 992".split()  # noqa: SIM905
)
#: Municipalities of each region on 1 January 2026, as Statistics Finland's division has them.
SIZES = {
    "MK01": 26,
    "MK02": 27,
    "MK04": 16,
    "MK05": 11,
    "MK06": 23,
    "MK07": 10,
    "MK08": 6,
    "MK09": 9,
    "MK10": 11,
    "MK11": 19,
    "MK12": 13,
    "MK13": 22,
    "MK14": 18,
    "MK15": 14,
    "MK16": 8,
    "MK17": 30,
    "MK18": 8,
    "MK19": 21,
    "MK21": 16,
}


@pytest.fixture(scope="module")
def areas(catalogue):
    """The register."""
    return catalogue.areas


# --- finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("931", "931"),
        ("077", "077"),
        ("Viitasaari", "931"),
        ("viitasaari", "931"),
        ("VIITASAARI", "931"),
        ("Äänekoski", "992"),
        ("ÄÄNEKOSKI", "992"),
        ("äänekoski", "992"),
        ("Jyväskylä", "179"),
        ("Turku", "853"),
        ("Åbo", "853"),
        ("åbo", "853"),
        ("Helsingfors", "091"),
        ("Tammerfors", "837"),
        ("Karleby", "272"),
        ("Hangö", "078"),
        ("  Viitasaari ", "931"),
        ("\tViitasaari\n", "931"),
        ("Pedersören  kunta", "599"),
    ],
)
def test_municipality_is_found(text, code, areas):
    """A code or a Finnish or Swedish name finds its municipality, whatever the case and outer spaces."""
    assert areas.resolve(text).code == code


@pytest.mark.parametrize("name", ["Äänekoski", "Jyväskylä", "Åbo", "Keski-Suomi"])
def test_decomposed_letters_are_found(name, areas):
    """A name typed with combining marks is the same name."""
    decomposed = unicodedata.normalize("NFD", name)
    assert areas.resolve(decomposed, level=None) is areas.resolve(name, level=None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MK13", "MK13"),
        ("mk13", "MK13"),
        ("Keski-Suomi", "MK13"),
        ("Mellersta Finland", "MK13"),
        ("Keski-Suomen hyvinvointialue", "HVA15"),
        ("SSS", "SSS"),
        ("Koko maa", "SSS"),
        ("Viitasaari", "931"),
    ],
)
def test_any_level_is_found_where_asked(text, code, areas):
    """With no level wanted, larger areas are found by code and name too."""
    assert areas.resolve(text, level=None).code == code


@pytest.mark.parametrize("given", [77, "77"])
def test_lost_zeros_are_put_back_with_a_warning(given, areas):
    """A code whose leading zero was lost is read as meant, and a warning says so."""
    with pytest.warns(UserWarning, match="area 77 was read as the code 077"):
        assert areas.resolve(given).code == "077"


def test_whole_code_gives_no_warning(areas):
    """A code of three digits, as number or text, is taken without a word."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert areas.resolve(931).code == areas.resolve("931").code == "931"


def test_every_municipality_is_found_by_its_own_names(areas):
    """Every municipality's code, Finnish and Swedish name find that municipality and no other."""
    for area in areas.municipalities():
        assert {areas.resolve(text).code for text in (area.code, *area.names)} == {area.code}


# --- refusing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("viitasari", "Viitasaari (931)"),
        ("Aanekoski", "Äänekoski (992)"),
        ("Jyvaskyla", "Jyväskylä (179)"),
        ("Luhango", "Luhanka (435)"),
        ("Åboo", "Turku (853)"),
    ],
)
def test_misspelt_name_is_refused_with_the_nearest(text, suggestion, areas):
    """A misspelt name is no area; the message begins its suggestions with the one meant."""
    with pytest.raises(UnknownAreaError, match="Did you mean") as caught:
        areas.resolve(text)
    assert caught.value.suggestions[0] == suggestion


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u00a0"])
def test_empty_text_is_refused(text, areas):
    """An empty area is told as empty."""
    with pytest.raises(UnknownAreaError, match="The area is empty; give a three-digit code or a name"):
        areas.resolve(text)


@pytest.mark.parametrize("text", ["Stockholm", "Tukholma", "Tartto", "000", "998", "9310", "-77", "９３１"])
def test_place_that_is_no_finnish_municipality_is_refused(text, areas):
    """A foreign place or an unused code is no area, and the message says where the areas are listed."""
    with pytest.raises(UnknownAreaError, match="'yhdyspinta areas' lists them"):
        areas.resolve(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Jämsänkoski", r"Jämsä \(182\).*Jämsänkoski \(183\) merged into Jämsä in 2009"),
        ("jämsänkoski", r"Jämsänkoski \(183\) merged into Jämsä in 2009"),
        ("183", r"Jämsänkoski \(183\) merged into Jämsä in 2009"),
        ("Pertunmaa", r"Mäntyharju \(507\).*Pertunmaa \(588\) merged into Mäntyharju in 2025"),
        ("Kjulö", r"Köyliö \(319\) merged into Säkylä in 2016"),
        ("099", r"Honkajoki \(099\) merged into Kankaanpää in 2021"),
    ],
)
def test_merged_municipality_says_into_which(text, message, areas):
    """A municipality that has merged away is refused, with its successor and the year."""
    with pytest.raises(UnknownAreaError, match=message):
        areas.resolve(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Keski-Suomi", "Keski-Suomi is a region; here a municipality is expected"),
        ("MK13", "Keski-Suomi is a region; here a municipality is expected"),
        ("HVA15", "Keski-Suomen hyvinvointialue is a county; here a municipality is expected"),
        ("Koko maa", "Koko maa is a country; here a municipality is expected"),
    ],
)
def test_area_of_another_level_is_refused(text, message, areas):
    """A larger area where a municipality is wanted is refused in words."""
    with pytest.raises(UnknownAreaError, match=message):
        areas.resolve(text)


def test_municipality_where_a_region_is_wanted_is_refused(areas):
    """The level asked for is the level given."""
    with pytest.raises(UnknownAreaError, match="Viitasaari is a municipality; here a region is expected"):
        areas.resolve("Viitasaari", level="region")


def test_ambiguous_name_is_refused_with_all_it_can_mean(declared_copy):
    """A name that two municipalities bear names neither; the message lists both."""
    path = declared_copy / "areas.yaml"
    content = path.read_text("utf-8")
    name = "{fi: Luhanka, sv: Luhanka}"
    assert name in content
    path.write_text(content.replace(name, "{fi: Luhanka, sv: Multia}"), "utf-8")
    areas = load_catalogue(declared_copy).areas
    with pytest.raises(
        UnknownAreaError, match=r"Luhanka \(435\), Multia \(495\)\? The name is ambiguous; give the code"
    ):
        areas.resolve("multia")
    assert areas.resolve("Luhanka").code == "435"


def test_name_of_region_and_county_needs_its_level(areas):
    """Åland is a region and a county: it is ambiguous until the level is told."""
    with pytest.raises(UnknownAreaError, match="ambiguous"):
        areas.resolve("Åland", level=None)
    assert areas.resolve("Åland", level="region").code == "MK21"


def test_get_takes_codes_only(areas):
    """Looking up by code accepts neither names nor unknown codes."""
    assert areas.get("931").name() == "Viitasaari"
    with pytest.raises(UnknownAreaError, match="Unknown area 'Viitasaari'"):
        areas.get("Viitasaari")


# --- what is declared -------------------------------------------------------------------------------


def test_members_of_keski_suomi_are_exactly_the_22(areas):
    """Keski-Suomi, as region and as county, has its 22 municipalities and no other."""
    assert [area.code for area in areas.members("MK13")] == MEMBERS
    assert [area.code for area in areas.members("HVA15")] == MEMBERS


def test_every_municipality_has_its_region(areas):
    """Each of the 308 municipalities belongs to one region, and each region has its known size."""
    assert Counter(area.region for area in areas.municipalities()) == SIZES
    assert len(areas.members("SSS")) == sum(SIZES.values()) == 308


def test_every_municipality_has_a_known_county(areas):
    """Each municipality belongs to a declared county."""
    assert {areas.get(area.county).level for area in areas.municipalities()} == {"county"}


@pytest.mark.parametrize(
    ("code", "region"),
    [("091", "MK01"), ("291", "MK06"), ("785", "MK17"), ("090", "MK12"), ("171", "MK11"), ("507", "MK10")],
)
def test_region_is_the_present_one(code, region, areas):
    """A municipality that changed region belongs to the present one."""
    assert areas.get(code).region == region


@pytest.mark.parametrize("at", range(22))
def test_case_forms_of_the_agreements_municipalities(at, areas, read_fixture):
    """Each municipality of the agreement has the Finnish case forms of its name."""
    row = read_fixture("name_forms.csv")[at]
    area = areas.get(row["code"])
    assert area.name("fi") == row["name"]
    assert (area.forms.locative, area.forms.genitive) == (row["locative"], row["genitive"])


def test_successors_lie_on_present_ground(areas):
    """Every former municipality leads to a current one, and a current one to itself."""
    assert {areas.successor(item.code) in areas for item in areas.former()} == {True}
    assert areas.successor("183") == "182"
    assert areas.successor("931") == "931"


def test_mergers_since_a_division(areas):
    """Mergers after a division are told, those before it are not."""
    assert [item.code for item in areas.merged_since("301", 2013)] == ["164"]
    assert areas.merged_since("301", 2016) == []
    assert [item.code for item in areas.merged_since("507", 2024)] == ["588"]


@pytest.mark.parametrize(
    "names",
    [
        ["Hankasalmi", "Jyväskylä", "Jämsä", "Kannonkoski", "Viitasaari", "Äänekoski"],
        ["Akaa", "Ylöjärvi", "Åbo", "Ähtäri", "Öja"],
        ["saarijärvi", "Sastamala", "Säkylä"],
    ],
)
def test_finnish_alphabetical_order(names):
    """Å, ä and ö come last, in this order, and the case of letters does not matter."""
    turned = names[::-1]
    assert sorted(turned, key=finnish_order) == names
