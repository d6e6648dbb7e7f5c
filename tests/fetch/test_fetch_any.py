"""Whatever a service answers, the numbers stored are the numbers served, or the series says why not."""

import json
import math
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.config import Settings
from indicators.fetch.fetch import fetch_snapshot
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import verify_snapshot
from replica.server import Answer, CannedReplica
from replica.sotkanet import SotkanetReplica, make_regions
from replica.world import BEFORE, NOW, quick_limits

pytest_plugins = ["replica.fixtures"]

KEYS = (181, 4)
UPDATES = st.sampled_from([NOW, NOW, NOW, BEFORE, None, "2001-01-01", "eilen", 20261101])
RANGES = st.sampled_from(
    [{"start": 2019, "end": 2024}] * 4
    + [{"start": 2023, "end": 2020}, None, {"start": "2019"}, {"start": 2020, "end": 2022}]
)
NUMBERS = st.one_of(
    st.floats(0, 100),
    st.integers(0, 100),
    st.none(),
    st.sampled_from([math.nan, math.inf, -1, 1e9, 10**400, True, "", "3,4", "12.5", "x", "1 234", [1], {}]),
)
CHANGES = st.one_of(
    st.tuples(st.just("value"), NUMBERS),
    st.tuples(st.just("absValue"), NUMBERS),
    st.tuples(st.just("year"), st.sampled_from([1999, 2021, 2031, "2021", 20.5, None])),
    st.tuples(st.just("region"), st.sampled_from([427, 85, 658, 99_999, "427", None, -1])),
    st.tuples(st.just("gender"), st.sampled_from(["total", "male", "", "kaikki", None])),
    st.tuples(st.just("indicator"), st.sampled_from([181, 4, 5, "181"])),
    st.tuples(st.just("drop"), st.sampled_from(["value", "region", "row"])),
    st.tuples(st.just("again"), st.sampled_from([0, 0.1])),
    st.tuples(st.just("rename"), st.sampled_from(["arvo", "primary value", "VALUE"])),
)
ANSWERS = st.fixed_dictionaries(
    {
        "updated": UPDATES,
        "range": RANGES,
        "shift": st.sampled_from([0, 0.25, 1]),
        "changes": st.lists(st.tuples(st.integers(0, 161), CHANGES), max_size=3),
    }
)


def change_rows(rows, answer):
    """The service's rows with every value shifted and some rows spoilt."""
    changed = [row | {"value": round(row["value"] + answer["shift"], 6)} for row in rows]
    for place, (what, item) in answer["changes"]:
        row = changed[place % len(changed)]
        if what == "drop":
            row.clear() if item == "row" else row.pop(item, None)
        elif what == "again":
            again = dict(row)
            if isinstance(again.get("value"), float):
                again["value"] += item
            changed.append(again)
        elif what == "rename":
            row |= {item: row.pop("value", None)}
        else:
            row[what] = item
    return [row for row in changed if row]


def read_number(item):
    """The number that a careful reader sees; NaN where there is none."""
    if isinstance(item, str):
        return float(item.replace(",", ".")) if item else math.nan
    return math.nan if item is None else float(item)


def list_served(rows, codes):
    """Served numbers by area and year, of both sexes; rows as they were sent."""
    served = {}
    for row in rows:
        if row.get("gender") == "total" and codes.get(int(row["region"])):
            key = codes[int(row["region"])], int(row["year"])
            served.setdefault(key, []).append(read_number(row.get("value", row.get("primary value"))))
    return served


@pytest.fixture(scope="module")
def replica(catalogue, base_world):
    """A service whose answers a test gives; and what it would give itself."""
    ids = {area.code: area.sotkanet_id for area in catalogue.areas if area.sotkanet_id is not None}
    regions = make_regions(base_world[0]["area_code"], ids)
    own = SotkanetReplica(base_world[0], regions=regions)
    with own, CannedReplica(lambda _: Answer(404)) as canned:
        canned.rows = {key: [json.loads(text) for *_, text in own.get_rows(key)] for key in KEYS}
        canned.codes = {number: code for code, number in own._ids.items()}
        canned.describe = lambda key: own._describe(key, frozenset())
        canned.regions = regions
        yield canned


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.tuples(ANSWERS, ANSWERS))
def test_numbers_stored_are_the_numbers_served_or_the_reason_is_told(answers, replica, base_world, catalogue):
    """Nothing else is ever stored, and what is refused leaves the earlier figures as they were."""
    sent = {key: change_rows(replica.rows[key], answer) for key, answer in zip(KEYS, answers, strict=True)}

    def respond(question):
        if question.path.endswith("/regions"):
            return Answer.of_json(replica.regions)
        if question.path.endswith("/json"):
            return Answer.of_json(sent[int(question.get_all("indicator")[0])])
        key = int(question.path.rpartition("/")[2])
        answer = answers[KEYS.index(key)]
        described = {"data-updated": answer["updated"], "range": answer["range"]}
        return Answer.of_json(replica.describe(key) | described)

    replica.respond = respond
    with tempfile.TemporaryDirectory() as work, quick_limits():
        home = shutil.copytree(base_world[1], Path(work) / "home")
        folder = home / "snapshots"
        before = load_snapshot("latest", folder)
        where = Settings(home=str(home), sotkanet_url=f"{replica.url}/rest/1.1")
        report = fetch_snapshot(catalogue, where, indicator_ids=[f"sotkanet:{key}" for key in KEYS])
        after = load_snapshot("latest", folder)
        assert verify_snapshot(after.path) == []
        assert (after.id == before.id) == (report.snapshot is None)
        for key in KEYS:
            indicator_id = f"sotkanet:{key}"
            stored = after.rows(indicator_id)
            if indicator_id in report.problems:
                assert len(report.problems[indicator_id]) > 20
                assert "error in this package" not in report.problems[indicator_id]
                assert report.snapshot is None or after.series[indicator_id].stale_reason
            if after.series[indicator_id].carried or report.snapshot is None:
                assert stored["value"].tolist() == before.rows(indicator_id)["value"].tolist()
                continue
            served = list_served(sent[key], replica.codes)
            asked = range(
                answers[KEYS.index(key)]["range"]["start"], answers[KEYS.index(key)]["range"]["end"] + 1
            )
            found = {
                (str(area), int(year)): value
                for area, year, value in zip(
                    stored["area_code"], stored["year"], stored["value"], strict=True
                )
            }
            assert set(found) == {place for place in served if place[1] in asked}
            for place, value in found.items():
                assert all(item == value or (item != item and value != value) for item in served[place])
