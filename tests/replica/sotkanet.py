"""A replica of THL Sotkanet REST 1.1.

As the service does, it demands years and genders and takes no comma lists, ignores region filters, answers a
year without data with an empty list, gives rows of all categories of regions in no order, and leaves out
rows without figures.
"""

import json
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from replica.frames import shift_values
from replica.server import Answer, Question, Replica

#: Sotkanet's own ids of Keski-Suomi, its municipalities and some others.
REGION_IDS: dict[str, int] = {
    "077": 35, "172": 78, "179": 85, "182": 88, "216": 101, "226": 108, "249": 126, "256": 132, "265": 139,
    "275": 144, "312": 171, "410": 187, "435": 208, "495": 232, "500": 235, "592": 280, "601": 285,
    "729": 336, "850": 387, "892": 402, "931": 427, "992": 452, "091": 46, "291": 157,
    "MK13": 499, "HVA15": 965, "SSS": 658,
}  # fmt: skip
#: Regions of other categories, and retired counties whose codes other counties have now.
OTHER_REGIONS: tuple[tuple[int, str, str, str], ...] = (
    (602, "131", "SEUTUKUNTA", "Jyväskylän seutukunta"),
    (612, "14", "SAIRAANHOITOPIIRI", "Keski-Suomen SHP"),
    (930, "09", "ELY-KESKUS", "Keski-Suomen ELY-keskus"),
    (1022, "246", "EUROOPPA", "Suomi"),
    (1045, "246", "POHJOISMAAT", "Suomi"),
    (885, "11", "HYVINVOINTIALUE", "Keski-Suomen hyvinvointialue"),
    (893, "15", "HYVINVOINTIALUE", "Pohjois-Pohjanmaan hyvinvointialue"),
)
#: The value of every row of another category: never to be seen in what is kept.
DECOY = 98765.4


class SotkanetReplica(Replica):
    """The service, serving the rows of Sotkanet indicators in an observation table.

    Parameters
    ----------
    observations : DataFrame
        The observation table; rows of other services are left out.
    seed : int
        Shifts every value.
    dialect : str
        ``number``, or ``text`` for the older rows with texts and decimal commas.
    updated : str
        The update date of all indicators.
    regions : list of dict, optional
        The answer of ``/regions``; made from the areas of the table by default.
    unknown : str
        What asking for an unknown indicator gives: "404", "400", or "empty" for an empty list.
    titles : mapping of int to str, optional
        Finnish titles by the service's number; made up where there is none.
    """

    root = "/rest/1.1"

    def __init__(
        self,
        observations: pd.DataFrame,
        seed: int = 0,
        dialect: str = "number",
        updated: str = "2026-10-01",
        regions: list[dict[str, Any]] | None = None,
        unknown: str = "404",
        titles: Mapping[int, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        is_ours = observations["indicator_id"].astype(str).str.startswith("sotkanet:")
        #: What is served, as an observation table.
        self.observations = shift_values(observations[is_ours], seed)
        self.dialect, self.updated, self.unknown = dialect, updated, unknown
        self.titles = dict(titles or {})
        self.regions = (
            make_regions(self.observations["area_code"].astype(str)) if regions is None else regions
        )
        self._ids = _number_areas(self.regions)
        self._rows: dict[int, list[tuple[int, str, str]]] = {}
        self._groups = {
            int(str(key).partition(":")[2]): rows
            for key, rows in self.observations.groupby("indicator_id", observed=True)
        }

    def answer(self, question: Question) -> Answer:
        """Route by path, as the service does."""
        path = question.path.removeprefix(self.root).replace("//", "/")
        if path == "/regions":
            return Answer.of_json(self.regions)
        if path == "/indicators":
            return Answer.of_json([self._describe(key, frozenset(), brief=True) for key in self._groups])
        if path.startswith("/indicators/"):
            return self._answer_metadata(path.rpartition("/")[2], question)
        if path == "/json":
            return self._answer_rows(question)
        return Answer(404)

    def _answer_metadata(self, text: str, question: Question) -> Answer:
        if "gone" in question.faults or not text.isdecimal() or int(text) not in self._groups:
            return Answer.of_json([]) if self.unknown == "empty" else Answer(int(self.unknown))
        return Answer.of_json(self._describe(int(text), question.faults))

    def _answer_rows(self, question: Question) -> Answer:
        years, genders = question.get_all("years"), question.get_all("genders")
        asked = question.get_all("indicator")
        if len(asked) != 1 or not years or not genders or not all(map(str.isdecimal, years)):
            return Answer(400)
        if not set(genders) <= {"male", "female", "total"}:
            return Answer(400)
        if "gone" in question.faults or not asked[0].isdecimal() or int(asked[0]) not in self._groups:
            return Answer.of_json([])
        wanted = {(int(year), gender) for year in years for gender in genders}
        texts = [text for year, gender, text in self.get_rows(int(asked[0])) if (year, gender) in wanted]
        body = f"[{','.join(texts)}]"
        if question.faults:
            return Answer.of_json(_spoil(json.loads(body), question.faults))
        return Answer(body=body.encode())

    def prepare(self) -> None:
        """Make all rows beforehand, so that measuring does not measure that."""
        for key in self._groups:
            self.get_rows(key)

    def get_rows(self, key: int) -> list[tuple[int, str, str]]:
        """Year, gender and JSON of each row of an indicator, in no order; made once, for speed."""
        if key not in self._rows:
            write = _write_numbers if self.dialect == "number" else _write_texts
            rows = [(year, sex, json.dumps(row)) for year, sex, row in self._make_rows(key, write)]
            random.Random(key).shuffle(rows)
            self._rows[key] = rows
        return self._rows[key]

    def _make_rows(
        self, key: int, write: Callable[..., dict[str, Any]]
    ) -> Iterable[tuple[int, str, dict[str, Any]]]:
        frame = self._groups[key]
        columns = [frame[name].tolist() for name in ("area_code", "year", "sex", "value", "count")]
        for area, year, sex, value, count in zip(*columns, strict=True):
            if value == value or count == count:  # a row without figures is not there
                yield year, sex, write(key, self._ids[str(area)], year, sex, value, count)
        for year, sex in {*zip(columns[1], columns[2], strict=True)}:
            for number, *_ in OTHER_REGIONS:
                yield year, sex, write(key, number, year, sex, DECOY, float("nan"))

    def _describe(self, key: int, faults: frozenset[str], brief: bool = False) -> dict[str, Any]:
        frame = self._groups[key]
        short = {
            "id": key,
            "title": {
                "fi": self.titles.get(key, f"Indikaattori {key} &#8805; 0 "),
                "en": f"Indicator {key}",
                "sv": f"Indikator {key}",
            },
            "organization": {"id": 2, "title": {"fi": "Terveyden ja hyvinvoinnin laitos (THL)"}},
            "classifications": {
                "sex": {"values": sorted(frame["sex"].astype(str).unique())},
                "region": {
                    "title": {"fi": "Kunta, maakunta, hyvinvointialue, koko maa"},
                    "values": ["Kunta", "Maakunta", "Maa"],  # counties are never listed
                },
            },
        }
        if brief:
            return short
        years = {"start": int(frame["year"].min()), "end": int(frame["year"].max())}
        return short | {
            "data-updated": "2001-01-01" if "past_clock" in faults else self.updated,
            "vuodet" if "renamed_field" in faults else "range": years,
            "description": {"fi": "<p>Kuvaus</p>"},
            "notices": {"fi": "<p>Huom.<br />Sarja <b>katkeaa</b>.</p><script>x()</script>", "sv": " "},
            "primaryValueType": {"code": "PROS", "title": {"fi": "Prosenttia"}},
            "decimals": 1,
        }


def make_regions(area_codes: Iterable[str], ids: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """The answer of ``/regions`` for some areas, with regions of other categories among them."""
    numbers = REGION_IDS | dict(ids or {})
    regions = []
    for place, code in enumerate(sorted(set(area_codes))):
        category, text = _categorise(code)
        number = numbers.get(code, 20_000 + place)
        title = {"fi": "Keski-Suomi" if code in ("MK13", "HVA15") else f"Alue {code}"}  # titles repeat
        regions.append({"id": number, "code": text, "category": category, "title": title, "memberOf": []})
    for number, code, category, title in OTHER_REGIONS:
        regions.append(
            {"id": number, "code": code, "category": category, "title": {"fi": title}, "memberOf": []}
        )
    return regions


def _categorise(code: str) -> tuple[str, str]:
    if code == "SSS":
        return "MAA", "358"
    for prefix, category in (("MK", "MAAKUNTA"), ("HVA", "HYVINVOINTIALUE")):
        if code.startswith(prefix):
            return category, code.removeprefix(prefix)
    return "KUNTA", code


def _number_areas(regions: list[dict[str, Any]]) -> dict[str, int]:
    prefixes = {"KUNTA": "", "MAAKUNTA": "MK", "HYVINVOINTIALUE": "HVA"}
    others = {number for number, *_ in OTHER_REGIONS}
    ids = {}
    for region in regions:
        if region["id"] in others:
            continue
        if region["category"] in prefixes:
            ids[prefixes[region["category"]] + region["code"].zfill(2)] = region["id"]
        elif region["category"] == "MAA":
            ids["SSS"] = region["id"]
    return ids


def _write_numbers(key: int, region: int, year: int, sex: str, value: float, count: float) -> dict[str, Any]:
    row: dict[str, Any] = {"indicator": key, "region": region, "year": year, "gender": sex}
    if value == value:
        row["value"] = int(value) if value == int(value) else value
    if count == count:
        row["absValue"] = int(count) if count == int(count) else count
    return row


def _write_texts(key: int, region: int, year: int, sex: str, value: float, count: float) -> dict[str, Any]:
    row = _write_numbers(key, region, year, sex, value, count)
    names = {"value": "primary value", "absValue": "absolute value"}
    return {names.get(name, name): str(item).replace(".", ",") for name, item in row.items()}


def _spoil(rows: list[dict[str, Any]], faults: frozenset[str]) -> list[dict[str, Any]]:
    """The rows with the faults of content that are in force."""
    place = next(i for i, row in enumerate(rows) if row.get("value", DECOY) != DECOY)
    changed = list(rows)
    if "renamed_field" in faults:
        changed = [
            {"arvo" if name == "value" else name: item for name, item in row.items()} for row in changed
        ]
    if "duplicate_rows" in faults:
        changed.append(changed[place] | {"value": 1234567})
    if "nan" in faults:
        changed[place] = changed[place] | {"value": float("nan")}
    if "text_number" in faults:
        changed[place] = changed[place] | {"value": "ei tietoa"}
    return changed
