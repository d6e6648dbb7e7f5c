"""Every way in which the services misbehave: what the user sees, the exit code, and what is kept."""

import pytest

from indicators.snapshot.store import verify_snapshot
from replica import Fault
from replica.world import SERIES, SOTKANET, STATFIN, compute_digest, get_value

pytest_plugins = ["replica.fixtures"]

#: The series that is hit, by service, and the address by which it is asked for.
HIT = {"sotkanet": "sotkanet:4", "statfin": "statfin:median_income"}
ROWS, DESCRIPTION, TABLE = "indicator=4&", "/indicators/4", "118w.px"
#: By fault: what is said, where that is the same for both services.
SAID = {
    "timeout": "no answer in time; tried 2 times",
    "drop": "the connection failed or broke",
    "500": "the service failed (HTTP 500)",
    "502": "the service's gateway failed; tried 2 times (HTTP 502)",
    "503": "the service is not available; tried 2 times (HTTP 503)",
    "429": "the service asks to call more seldom; tried 2 times (HTTP 429)",
    "truncated_json": "is not whole JSON",
    "html_login": "answered with a web page, not with data; a proxy or a login page in between? (HTTP 200)",
    "huge": "the answer is larger than the",
    "nan": "is not whole JSON: found NaN where a number or null is expected",
}
SOTKANET_FAULTS = [
    *((kind, ROWS, problem) for kind, problem in SAID.items()),
    ("html_login", DESCRIPTION, SAID["html_login"]),
    ("truncated_json", DESCRIPTION, SAID["truncated_json"]),
    ("renamed_field", ROWS, "row 0 has no 'value' but an unknown field 'arvo'"),
    ("renamed_field", DESCRIPTION, "range is None; expected the first and the last year"),
    ("duplicate_rows", ROWS, "two rows contradict each other"),
    ("text_number", ROWS, "value is 'ei tietoa'; expected a number"),
    ("gone", DESCRIPTION, "indicator 4 is gone: the service knows nothing of it (HTTP 404)"),
    ("gone", ROWS, "the service answers with no figures at all"),
    (
        "past_clock",
        DESCRIPTION,
        "is updated 2001-01-01, which is before the 2026-10-01 of the figures at hand",
    ),
    ("empty", ROWS, "the answer is empty; expected JSON"),
]
STATFIN_FAULTS = [
    *((kind, TABLE, problem) for kind, problem in SAID.items()),
    ("renamed_field", TABLE, "a variable without code, text, values or valueTexts"),
    ("duplicate_rows", TABLE, "found 163 values; expected 162"),
    ("text_number", TABLE, "is '..'; expected a number or null"),
    ("gone", TABLE, "table moved or gone (HTTP 400)"),
    ("past_clock", TABLE, "is updated 2001-01-01, which is before the 2026-10-01 of the figures at hand"),
]
CASES = [("sotkanet", *case) for case in SOTKANET_FAULTS] + [("statfin", *case) for case in STATFIN_FAULTS]


def check_outcome(world, result, digest, failed):
    """Series that failed are carried with the reason; all others are new; the old snapshot is untouched."""
    after = world.load()
    assert result.exit_code == 1, result.stderr
    assert result.stdout.splitlines()[-1] == f"New snapshot {after.id}"
    assert (after.id != world.before.id, verify_snapshot(after.path)) == (True, [])
    assert set(after.series) == set(SERIES)
    for key in SERIES:
        metadata, stored = after.series[key], after.rows(key)
        assert metadata.carried == (key in failed)
        if key in failed:
            assert failed[key] in metadata.stale_reason, metadata.stale_reason
            # The reason stands on stderr in the same words; a long one is not cut.
            assert f"{key}: {metadata.stale_reason}" in result.stderr
            assert metadata.retrieved_at == world.before.series[key].retrieved_at
            assert stored["value"].tolist() == world.before.rows(key)["value"].tolist()
        else:
            assert metadata.stale_reason is None
            assert stored["value"].tolist() != world.before.rows(key)["value"].tolist()
        if key in SOTKANET and key not in failed:
            assert get_value(stored, key) == world.served(key)
    entries = {entry["indicator_id"]: entry for entry in after.manifest["series"]}
    assert {key for key, entry in entries.items() if entry["stale_reason"]} == set(failed)
    assert world.is_before_untouched(digest)


@pytest.mark.parametrize(
    ("service", "kind", "path", "problem"), CASES, ids=[f"{s}-{k}-{p.strip('/=&')}" for s, k, p, _ in CASES]
)
def test_fault_costs_one_series(service, kind, path, problem, world):
    """The fault is told in words; the series keeps its figures, the rest is new; exit 1."""
    getattr(world, service).faults = [Fault(kind, path)]
    if kind == "timeout":
        world.hurry(service)
    digest = compute_digest(world.before.path)
    check_outcome(world, world.run(), digest, {HIT[service]: problem})


@pytest.mark.parametrize("kind", ["timeout", "drop", "500", "503", "429", "truncated_json", "html_login"])
@pytest.mark.parametrize("service", ["sotkanet", "statfin"])
def test_service_that_is_down_costs_its_own_series_alone(service, kind, world):
    """A service whose first calls fail is not asked further; the other's series are new; exit 1."""
    down = getattr(world, service)
    down.faults = [Fault(kind)]
    if kind == "timeout":
        world.hurry(service)
    digest = compute_digest(world.before.path)
    result = world.run()
    failed = [key for key in SERIES if key.startswith(service)]
    check_outcome(world, result, digest, dict.fromkeys(failed, ""))
    assert down.requests.total() <= 8
    assert all(SAID[kind].partition(";")[0] in world.load().series[key].stale_reason for key in failed)


# --- five pairs -------------------------------------------------------------------------------------


def test_pair_id_gone_and_call_limit(world):
    """A call limit that passes costs nothing; the id that is gone is told."""
    world.sotkanet.faults = [Fault("gone", DESCRIPTION)]
    world.statfin.faults = [Fault("429", TABLE, times=1, retry_after="0")]
    digest = compute_digest(world.before.path)
    check_outcome(world, world.run(), digest, {HIT["sotkanet"]: "indicator 4 is gone"})


def test_pair_login_page_and_moved_table(world):
    """A proxy's login page before one service, a moved table at the other: each says its own cause."""
    world.sotkanet.faults = [Fault("html_login")]
    world.statfin.faults = [Fault("gone", TABLE)]
    digest = compute_digest(world.before.path)
    failed = dict.fromkeys(SOTKANET, "a web page, not with data") | {HIT["statfin"]: "table moved or gone"}
    check_outcome(world, world.run(), digest, failed)


def test_pair_timeout_then_cut_answer(world):
    """The second try answers, but is cut off: the answer is not believed, and not asked a third time."""
    world.sotkanet.faults = [Fault("timeout", ROWS, times=1), Fault("truncated_json", ROWS)]
    world.hurry("sotkanet")
    digest = compute_digest(world.before.path)
    check_outcome(world, world.run(), digest, {HIT["sotkanet"]: "is not whole JSON"})
    assert sum("/json?indicator=4&" in question for question in world.sotkanet.questions) == 2


def test_pair_renamed_field_and_no_number(world):
    """Both services changed their answers on the same day: two series are stale, five are new."""
    world.sotkanet.faults = [Fault("renamed_field", ROWS)]
    world.statfin.faults = [Fault("nan", TABLE)]
    digest = compute_digest(world.before.path)
    failed = {HIT["sotkanet"]: "unknown field 'arvo'", HIT["statfin"]: "found NaN"}
    check_outcome(world, world.run(), digest, failed)


def test_pair_both_services_down(world):
    """Nothing usable came: no snapshot is written, the newest is named, and the exit code is 3."""
    world.sotkanet.faults, world.statfin.faults = [Fault("503")], [Fault("drop")]
    digest = compute_digest(world.before.path)
    folders = sorted(world.folder.iterdir())
    result = world.run()
    assert result.exit_code == 3
    assert f"No snapshot was written; {world.before.id} is the newest." in result.stderr
    for key in SERIES:
        assert f"{key}: {key.partition(':')[0]}: " in result.stderr
    assert "New snapshot" not in result.stdout
    assert sorted(world.folder.iterdir()) == folders
    assert world.is_before_untouched(digest)


def test_failed_series_is_taken_when_the_service_is_well_again(world):
    """A stale series is asked for anew, and its mark goes."""
    world.sotkanet.faults = [Fault("503", ROWS)]
    assert world.run().exit_code == 1
    world.sotkanet.faults = []
    result = world.run()
    assert result.exit_code == 0
    after = world.load()
    assert after.series["sotkanet:4"].stale_reason is None
    assert get_value(after.rows("sotkanet:4"), "sotkanet:4") == world.served("sotkanet:4")
    assert all(after.series[key].carried for key in (*STATFIN, "sotkanet:181"))
