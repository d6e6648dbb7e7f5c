"""StatFin's tables as they are since June 2026, with the codes and names under which they were seen.

Variables, contents and labels are in ``tests/fixtures/pxweb_2026.csv``; of tables whose contents were never
seen (118w, 15fh, 12tf, 13kq, 12qh, 14vl) there is none here. Years, areas and hidden cells are the tables'
own. The figures are TEST DATA but for those of `PUBLISHED`.
"""

import csv
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from indicators.catalogue import Catalogue
from replica.pxweb import Cell, PxTableReplica

SEEN = Path(__file__).parents[1] / "fixtures" / "pxweb_2026.csv"
#: A municipality that has merged since, in tables of an older division.
MERGED_2025 = "588"
SEXES = {"SSS": "Yhteensä", "1": "Miehet", "2": "Naiset"}
AGES = {"SSS": "Yhteensä"} | {f"{age:03}": str(age) for age in range(100)} | {"100-": "100 -"}
#: Of the 169 classes of language, the total, both subtotals, and a few languages.
LANGUAGES = {"SSS": "Yhteensä", "01": "KOTIMAISET KIELET YHTEENSÄ", "02": "VIERASKIELISET YHTEENSÄ"} | {
    code: code for code in ("fi", "sv", "se", "ru", "et", "uk", "98", "X")
}
#: Of the 209 classes of offences, those that are or were taken for all, criminal code, property and violence.
OFFENCES = {
    "101T603": "RIKOKSET YHTEENSÄ",
    "101T504X406": "1 RIKOSLAKIRIKOKSET",
    "101T161": "11 Omaisuusrikokset",
    "201T223": "12 B Henkeen ja terveyteen kohdistuneet rikokset",
}
YEARS = {
    "11ra": range(1990, 2026),
    "11re": range(1972, 2026),
    "11rm": range(1990, 2026),
    "14ww": range(1995, 2025),
    "11ae": range(1990, 2026),
    "13ex": range(1980, 2026),
    "115x": range(1987, 2025),
    # The first years of these were not seen.
    "121w": range(1990, 2026),
    "12bs": range(2007, 2026),
}
#: To June 2026; the first month was not seen.
MONTHS = [f"{year}M{month:02}" for year in range(2006, 2027) for month in range(1, 13)][:-6]
#: Folder, division and areas besides municipalities: regions, counties, and kinds that are not ours.
TABLES = {
    "11ra": ("vaerak", "alue_23_20260101", ("MK", "HVA", "SK131", "EVA04", "TAY01", "KOKO1")),
    "11re": ("vaerak", "alue_23_20260101", ()),
    "11rm": ("vaerak", "alue_23_20260101", ()),
    "14ww": ("tjt", "alue_23_20250101", ("MK", "HVA", "SK131")),
    "121w": ("ssaaty", "alue_23_20260101", ()),
    "11ae": ("muutl", "alue_23_20260101", ()),
    "12bs": ("vkour", "alue_23_20260101", ("MK", "MA1")),
    "12r5": ("tyonv", "Alue", ("MK", "SK131", "ELY09")),
    "13ex": ("rpk", "alue_23_20230101", (MERGED_2025,)),
    "115x": ("tyokay", "alue_23_20250101", ("MK",)),
}
CLASSES: Mapping[str, Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "11re": {"ikaryhma_10_20180101": ("Ikä", AGES), "sukupuoli_9_20180101": ("Sukupuoli", SEXES)},
    "11rm": {"kieli_15_20180102": ("Kieli", LANGUAGES), "sukupuoli_9_20180101": ("Sukupuoli", SEXES)},
    "13ex": {"rikokset_74_20211209": ("Rikosryhmä ja teonkuvauksen tarkenne", OFFENCES)},
}
#: Contents of tables that were seen in use only, without their labels.
IN_USE = {
    "11rm": ["vaerak-vaesto"],
    "11ae": ["muutl-vm43_tulo", "muutl-vm43_lahto", "muutl-vm43_netto"],
    "13ex": ["rikokset_lkm"],
    "115x": ["tyokay-tyollisyysaste", "tyokay-tyottomyysaste", "taloudellinenhuoltosuhde"],
}
#: What a few cells hold by area, period and content.
PUBLISHED: Mapping[tuple[str, str, str], float] = {
    ("SSS", "2025", "vaerak-vaesto"): 5652881,
    ("MK13", "2025", "vaerak-vaesto"): 273731,
    ("KU931", "2025", "vaerak-vaesto"): 5695,
    ("KU435", "2025", "vaerak-vaesto"): 695,
    ("KU931", "2025", "vaesto_yli64_p"): 40.5,
    ("KU931", "2024", "tjt-henkiloita"): 5640,
    ("KU931", "2024", "rpt_henkilo"): 922,
    ("KU931", "2024", "tjt-lapsia"): 772,
    ("KU931", "2024", "rpt_lapsi"): 141,
    ("KU931", "2024", "pt1_henkiloita"): 201,
    ("KU931", "2025", "ssaaty-luonvalisays"): -75,
    ("KU931", "2025", "vaesto_15_"): 5056,
    ("KU931", "2025", "kaste5T8"): 1091,
    ("KU931", "2026M06", "TYOTTOMATLOPUSSA"): 327,
    ("KU931", "2026M06", "TYOVOIMATK"): 2317,
    ("KU931", "2026M06", "PITKAAIKAISTYOTTOMAT"): 108,
}
#: Municipalities of Keski-Suomi whose cells were hidden in the newest year, by content.
HIDDEN = {
    "rpt_lapsi": ("216", "435"),
    "rpt_l_aste": ("216", "435"),
    "pit_rpt_lapsi": ("216", "226", "265", "275", "312", "435", "495", "601"),
    "pt1_henkiloita": ("216", "256", "312", "435", "495", "850"),
    "pt2_henkiloita": ("216", "256", "265", "312", "435", "495", "850", "892"),
    "TYOTTOMAT25": ("435",),
    "TYOTTOMATSAIR": ("435",),
}
#: Hidden as a zero: what the service writes there is a mark beside 0, not null.
HIDDEN_AS_ZERO = {("KU216", "2024", "rpt_lapsi")}
#: Where a figure would not be meaningful, and where it is not available.
NOT_MEANINGFUL = {("MA1", "2025", "vktm"), ("KU170", "2025", "vktm")}
NOT_AVAILABLE = {("KU170", "2026M06", "TYOTTOMATLOPUSSA")}

_TOTALS = {"vaerak-vaesto", "tjt-henkiloita", "tjt-lapsia", "vaesto_15_", "TYOVOIMATK", "ssaaty-vaesto"}
_FLOWS = {
    "ssaaty-luonvalisays",
    "ssaaty-vm43_netto",
    "ssaaty-koknetmuutto",
    "muutl-vm43_netto",
    "ssaaty-vm4142",
}


def make_tables_of_2026(catalogue: Catalogue) -> list[PxTableReplica]:
    """Every table whose contents were seen."""
    seen = _read_seen()
    return [_make_table(name, seen.get(name, []), catalogue) for name in TABLES]


def _read_seen() -> dict[str, list[dict[str, str]]]:
    seen: dict[str, list[dict[str, str]]] = {}
    with SEEN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            seen.setdefault(row["table"], []).append(row)
    return seen


def _make_table(name: str, seen: Sequence[Mapping[str, str]], catalogue: Catalogue) -> PxTableReplica:
    folder, area_code, others = TABLES[name]
    contents = {row["code"]: row["label"] for row in seen if row["role"] == "content"}
    contents = contents or {code: code for code in IN_USE[name]}
    is_monthly = name == "12r5"
    periods = MONTHS if is_monthly else [str(year) for year in YEARS[name]]
    areas = ["SSS", *sorted(_list_areas(others, catalogue))]
    time = ("timeperiod_m", "Kuukausi") if is_monthly else ("timeperiod_y", "Vuosi")
    variables = [
        _write(area_code, "Alue 2026" if name == "12bs" else "Alue", {code: code for code in areas}),
        *(
            _write(code, text, labels) | {"elimination": True}
            for code, (text, labels) in CLASSES.get(name, {}).items()
        ),
        _write(*time, {code: code for code in periods}) | {"time": True},
        _write("contentscode", "Tiedot", contents),
    ]
    cells = _MadeUp(len(variables) - 3)
    path, title = f"StatFin/{folder}/{name}", f"Taulukko {name} (testiaineisto)"
    return PxTableReplica(path, title, variables, cells, marks=_Marks(periods[-1]))


def _list_areas(others: Sequence[str], catalogue: Catalogue) -> list[str]:
    kinds = {"MK": "region", "HVA": "county"}
    listed = [f"KU{area.code}" for area in catalogue.areas.municipalities()]
    for other in others:
        level = kinds.get(other)
        ours = [area.code for area in catalogue.areas if area.level == level]
        listed += ours or [f"KU{other}" if other.isdecimal() else other]
    return listed


def _write(code: str, text: str, labels: Mapping[str, str]) -> dict[str, Any]:
    return {"code": code, "text": text, "values": list(labels), "valueTexts": list(labels.values())}


class _MadeUp(dict[Cell, float]):
    """A figure for every cell, worked out when it is asked for."""

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self._n = n_classes

    def get(self, cell: Cell, default: Any = None) -> Any:
        area, classes, period, content = cell[0], cell[1 : 1 + self._n], cell[-2], cell[-1]
        total = {"SSS", "101T603"}
        if (area, period, content) in HIDDEN_AS_ZERO:
            return 0
        if set(classes) <= total and (area, period, content) in PUBLISHED:
            return PUBLISHED[area, period, content]
        size = PUBLISHED.get((area, "2025", "vaerak-vaesto"), 1000 + zlib.crc32(area.encode()) % 9000)
        share = (zlib.crc32(repr(cell).encode()) % 1000) / 10_000  # below a tenth
        if content in _TOTALS:
            parts = [one for one in classes if one not in total]
            return size if not parts else round(size * share / len(AGES))
        if content in _FLOWS:
            return round((share - 0.05) * size / 10)
        if content.isupper() or content.endswith(("henkiloita", "henkilo", "lapsi", "lapsia", "lkm")):
            return round(size * share)
        return round(1000 * share, 1) if "med" not in content else 20_000 + round(1000 * share)


class _Marks(dict[Cell, str]):
    """The producer's marks; hidden is what was hidden in the table's newest period."""

    def __init__(self, newest: str) -> None:
        super().__init__()
        self._newest = newest

    def get(self, cell: Cell, default: Any = None) -> Any:
        area, period, content = cell[0], cell[-2], cell[-1]
        if period == self._newest and area.removeprefix("KU") in HIDDEN.get(content, ()):
            return "..."
        if (area, period, content) in NOT_MEANINGFUL:
            return "."
        return ".." if (area, period, content) in NOT_AVAILABLE else default
