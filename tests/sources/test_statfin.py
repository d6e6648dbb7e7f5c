"""Statistics Finland: tables found by role, queries kept within limits, answers proved, years made."""

import copy
import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from indicators.catalogue.records import PxSelection
from indicators.errors import CatalogueError, ResponseFormatError, SourceError
from indicators.model import OBSERVATION_KEY, WORD_COLUMNS
from indicators.sources.areas import KnownAreas
from indicators.sources.statfin.jsonstat import read_cube
from indicators.sources.statfin.periods import aggregate_years, select_periods
from indicators.sources.statfin.service import ServiceLimits, read_limits
from indicators.sources.statfin.statfin import Statfin
from indicators.sources.statfin.table import read_table
from replica.declared import make_tables
from replica.frames import make_test_observations
from replica.pxweb import PxWebReplica, make_table
from replica.server import Fault

ID = "statfin:testi"
TABLE = "StatFin/vaerak/11ra"
CONTENTS = {"vaerak-testi": ("Testin osuus", ID, "value")}


@pytest.fixture
def serve():
    """Starts replicas of the service and stops them afterwards."""
    started = []

    def serve(*tables, **options):
        started.append(PxWebReplica(tables, **options).__enter__())
        return started[-1]

    yield serve
    for replica in started:
        replica.__exit__()


@pytest.fixture
def connect(open_session, areas, clock):
    """Connects to a replica as the package does to the service."""

    def connect(replica, base="", session=None, **options):
        multipliers = {"percent": 100.0}
        return Statfin(
            session or open_session("statfin"), replica.url + base, areas, multipliers, clock, **options
        )

    return connect


@pytest.fixture
def make_series(make_indicator):
    """Makes a declared series of the service."""

    def make_series(id=ID, table=TABLE, changes=None, **source):
        parts = source or {"value": {"content": "vaerak-testi"}}
        declared = {"service": "statfin", "table": table} | parts
        return make_indicator(id, source=declared, **(changes or {}))

    return make_series


@pytest.fixture
def frame():
    """TEST DATA of one series."""
    return make_test_observations((ID,), years=range(2018, 2025))


def get_asked(table):
    """Sizes of the queries that a table of the replica has got."""
    return [{code: len(values) for code, values in query.items()} for query in table.queries]


def test_stored_numbers_are_the_served_ones(serve, connect, fetch_only, make_series, frame):
    """Every figure arrives unchanged, and a null is a row that says it is missing."""
    replica = serve(make_table(TABLE, frame, CONTENTS, seed=2))
    result = fetch_only(connect(replica), make_series())
    served = make_test_observations((ID,), years=range(2018, 2025))
    shifted = replica.tables["11ra"].cells
    served["value"] = [
        shifted.get((str(year), f"KU{area}" if area.isdecimal() else area, "vaerak-testi"), math.nan)
        for area, year in zip(served["area_code"], served["year"], strict=True)
    ]
    expected = served.assign(count=math.nan, denominator=math.nan)
    expected = expected.sort_values(list(OBSERVATION_KEY), ignore_index=True)
    assert_frame_equal(
        result.observations.astype(dict.fromkeys(WORD_COLUMNS, object)), expected, check_dtype=False
    )
    assert (result.observations["status"] == "missing").any()


def test_metadata_tells_table_update_and_division(serve, connect, fetch_only, make_series, frame):
    """The figures' own update time is taken from the answer, the division from the area variable."""
    table = make_table(TABLE, frame, CONTENTS)
    table.written = "2026-06-08T00:00:00"
    replica = serve(table)
    metadata = fetch_only(connect(replica), make_series()).metadata
    assert metadata.updated == "2026-10-01T05:00:00Z"
    assert metadata.url == f"{replica.url}/fi/{TABLE}.px"
    (part,) = metadata.parts
    assert (part.first_year, part.last_year, part.division) == (2018, 2024, "2026")


@pytest.mark.parametrize(
    ("codes", "has_prefix"),
    [
        ({}, True),
        ({"Alue": "Alue", "Vuosi": "Vuosi", "Tiedot": "Tiedot"}, True),
        ({"Alue": "x", "Vuosi": "y", "Tiedot": "z"}, False),
    ],
)
def test_variables_are_found_by_role(serve, connect, fetch_only, make_series, frame, codes, has_prefix):
    """Whatever the variables are called in queries, and however areas are written, the figures arrive."""
    replica = serve(make_table(TABLE, frame, CONTENTS, codes=codes, has_prefix=has_prefix))
    observations = fetch_only(connect(replica), make_series()).observations
    assert observations["value"].notna().sum() == frame["value"].notna().sum()


@pytest.mark.parametrize("content", ["vaerak-testi", "testi", "uusi-testi", "Testin osuus", "testin  OSUUS"])
def test_content_is_found_by_code_label_or_bare_code(serve, connect, fetch_only, make_series, frame, content):
    """A prefix that comes or goes does not lose the series."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    series = make_series(value={"content": content})
    assert fetch_only(connect(replica), series).observations["value"].notna().any()


def test_content_that_is_not_there_is_told(serve, connect, fetch_only, make_series, frame):
    """An unknown content names the nearest ones."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    with pytest.raises(ResponseFormatError, match=r"'Tiedot' has no class 'Testin osus'; nearest are \['Tes"):
        fetch_only(connect(replica), make_series(value={"content": "Testin osus"}))


CLASSES = {"Rikosnimike": {"SSS": "Yhteensä", "101": "Varkaus", "102": "Petos"}}


def test_undeclared_variable_is_asked_for_its_total(serve, connect, fetch_only, make_series, frame):
    """A variable that the catalogue does not mention gives its total, never a part."""
    table = make_table(TABLE, frame, CONTENTS, classes=CLASSES)
    observations = fetch_only(connect(serve(table)), make_series()).observations
    assert observations["value"].max() < 90
    assert table.queries[0]["luokitus_0_20260101"] == ["SSS"]


def test_declared_class_is_asked(serve, connect, fetch_only, make_series, frame):
    """A class is selected by the variable's text and its own label."""
    table = make_table(TABLE, frame, CONTENTS, classes=CLASSES)
    series = make_series(value={"content": "testi", "select": {"rikosnimike": "Petos"}})
    assert set(fetch_only(connect(serve(table)), series).observations["value"].dropna()) == {98765.4}
    assert table.queries[0]["luokitus_0_20260101"] == ["102"]


def test_variable_without_total_must_be_declared(serve, connect, fetch_only, make_series, frame):
    """Where nothing says which class is meant, none is guessed."""
    classes = {"Ikä": {"0-14": "0-14", "15-64": "15-64"}}
    table = make_table(TABLE, frame, CONTENTS, classes=classes)
    table.variables[2].pop("elimination")
    with pytest.raises(ResponseFormatError, match="'Ikä' has 2 classes and no total; declare one"):
        fetch_only(connect(serve(table)), make_series())


def test_name_is_the_second_way_to_a_content(serve, connect, fetch_only, make_series, frame):
    """Where the code is another one now, the label finds the content; the code comes first."""
    contents = CONTENTS | {"toinen": ("Toinen", ID, "count")}
    table = make_table(TABLE, frame, contents)
    by_name = make_series(value={"content": "poistunut", "name": "Testin osuus"})
    by_code = make_series(value={"content": "testi", "name": "Toinen"})
    for series in (by_name, by_code):
        fetch_only(connect(serve(table)), series)
        assert table.queries.pop()["contentscode"] == ["vaerak-testi"]


def test_variable_is_found_by_its_code_without_number_and_date(
    serve, connect, fetch_only, make_series, frame
):
    """Neither the label nor the classification's date needs to be known."""
    table = make_table(TABLE, frame, CONTENTS, classes=CLASSES)
    table.variables[2]["code"] = "rikokset_74_20211209"
    series = make_series(value={"content": "testi", "select": {"rikokset": "Petos"}})
    fetch_only(connect(serve(table)), series)
    assert table.queries[0]["rikokset_74_20211209"] == ["102"]


AGES = {"SSS": "Yhteensä", "063": "63", "064": "64", "065": "65", "100-": "100 -"}


def test_classes_of_a_range_are_added_up(serve, connect, fetch_only, make_series, frame):
    """A range takes its classes in the table's order; where one has no figure, there is no sum."""
    table = make_table(TABLE, frame, CONTENTS, classes={"Ikä": AGES})
    series = make_series(value={"content": "testi", "select": {"Ikä": {"first": "064", "last": "100-"}}})
    table.cells[("2020", "KU931", "065", "vaerak-testi")] = 1.6
    del table.cells[("2021", "KU931", "065", "vaerak-testi")]
    replica = serve(table, max_cells=30, max_calls=100)
    rows = fetch_only(connect(replica), series).observations.set_index(["area_code", "year"])
    assert table.queries[0]["luokitus_0_20260101"] == ["064", "065", "100-"]
    assert all(math.prod(query.values()) <= 30 for query in get_asked(table))
    assert rows.loc[("179", 2020), "value"] == pytest.approx(3 * 98765.4)
    assert rows.loc[("931", 2020), "value"] == pytest.approx(2 * 98765.4 + 1.6)
    assert math.isnan(rows.loc[("931", 2021), "value"])


def test_range_that_runs_backwards_is_told(serve, connect, fetch_only, make_series, frame):
    """A range whose ends are exchanged is no empty sum."""
    table = make_table(TABLE, frame, CONTENTS, classes={"Ikä": AGES})
    series = make_series(value={"content": "testi", "select": {"Ikä": {"first": "100-", "last": "064"}}})
    with pytest.raises(ResponseFormatError, match="'100-' comes after '064' in variable 'Ikä'"):
        fetch_only(connect(serve(table)), series)


@pytest.mark.parametrize(
    ("mark", "value", "status", "note"),
    [
        ("...", None, "suppressed", "hidden_by_provider"),
        ("...", 0, "suppressed", "hidden_by_provider"),
        ("..", None, "missing", "not_available"),
        (".", None, "not_collected", "not_meaningful"),
        (None, None, "missing", ""),
        ("-", 0, "normal", ""),
    ],
)
def test_producers_reason_is_kept(serve, connect, fetch_only, make_series, frame, mark, value, status, note):
    """Why a figure is not there reaches its row; a zero under three points is none, one under a dash is."""
    frame["value"] = frame["value"].fillna(1.0)
    table = make_table(TABLE, frame, CONTENTS)
    cell = ("2024", "KU435", "vaerak-testi")
    table.cells[cell] = value
    if mark:
        table.marks[cell] = mark
    rows = fetch_only(connect(serve(table)), make_series()).observations
    is_it = (rows["area_code"] == "435") & (rows["year"] == 2024)
    row = rows[is_it].iloc[0]
    assert (row["status"], row["status_note"]) == (status, note)
    assert row["value"] == 0 if status == "normal" else math.isnan(row["value"])
    assert set(rows.loc[~is_it, "status"]) == {"normal"}


def test_hidden_part_hides_the_ratio(serve, connect, fetch_only, make_series, frame):
    """A hidden count gives a suppressed rate; a hidden month, a suppressed year."""
    frame[["count", "denominator"]] = 10.0, 100.0
    contents = {"a": ("A", ID, "count"), "b": ("B", ID, "denominator")}
    table = make_table(TABLE, frame, contents, is_monthly=True)
    table.marks[("2023M05", "KU435", "a")] = "..."
    table.cells[("2023M05", "KU435", "a")] = None
    series = make_series(count={"content": "a"}, denominator={"content": "b"}, monthly="mean_of_full_years")
    rows = fetch_only(connect(serve(table)), series).observations
    (row,) = rows[rows["status"] != "normal"].to_dict("records")
    assert (row["area_code"], row["year"], row["status"]) == ("435", 2023, "suppressed")
    assert math.isnan(row["value"])


def test_merged_municipality_is_counted_in_its_successor(
    open_session, serve, fetch_only, make_series, make_indicator, clock
):
    """A count of an older division is never divided by the population of a newer one."""
    areas = KnownAreas(frozenset({"507", "588", "931", "SSS"}), {}, {"588": "507"})
    frame = make_test_observations((ID,), years=range(2023, 2025), areas=("507", "588", "931", "SSS"))
    frame["count"], frame["denominator"] = 10.0, 1000.0
    newer = frame[frame["area_code"] != "588"]
    counts = make_table(
        "StatFin/rpk/13ex", frame, {"a": ("A", ID, "count")}, codes={"Alue": "alue_23_20230101"}
    )
    people = make_table(TABLE, newer, {"b": ("B", ID, "denominator")})
    counts.marks[("2024", "KU588", "a")], counts.cells[("2024", "KU588", "a")] = "...", None
    series = make_series(
        table="StatFin/rpk/13ex", count={"content": "a"}, denominator={"content": "b", "table": TABLE}
    )
    source = Statfin(open_session("statfin"), serve(counts, people).url, areas, {"percent": 100.0}, clock)
    result = fetch_only(source, series)
    rows = result.observations.set_index(["area_code", "year"])
    assert set(rows.index.get_level_values(0)) == {"507", "931", "SSS"}
    assert rows.loc[("507", 2023), "count"] == 20
    assert rows.loc[("507", 2023), "value"] == pytest.approx(2.0)
    assert rows.loc[("507", 2024), "status"] == "suppressed"
    assert rows.loc[("931", 2024), "value"] == pytest.approx(1.0)
    assert result.metadata.parts[0].division == "2026"


def test_variable_that_the_table_totals_is_left_out(serve, connect, fetch_only, make_series, frame):
    """A variable without a total class, which the table totals itself, is left to it."""
    classes = {"Ikä": {"0-14": "0-14", "15-64": "15-64"}}
    table = make_table(TABLE, frame, CONTENTS, classes=classes)
    fetch_only(connect(serve(table)), make_series())
    assert "luokitus_0_20260101" not in table.queries[0]


def test_queries_stay_under_the_cell_limit(serve, connect, fetch_only, make_series, frame):
    """Large figures are asked in several queries, and joined without loss."""
    table = make_table(TABLE, frame, CONTENTS)
    whole = fetch_only(connect(serve(table)), make_series()).observations
    for max_cells, queries in ((16, 4), (3, 21)):
        table.queries.clear()
        replica = serve(table, max_cells=max_cells, max_calls=100)
        assert_frame_equal(fetch_only(connect(replica), make_series()).observations, whole)
        assert len(table.queries) == queries


def test_slow_tables_are_asked_by_years(serve, connect, fetch_only, make_series, frame):
    """The catalogue may say how many years go into one query."""
    table = make_table(TABLE, frame, CONTENTS)
    series = make_series(value={"content": "testi"}, years_per_query=2)
    observations = fetch_only(connect(serve(table)), series).observations
    assert [query["timeperiod_y"] for query in get_asked(table)] == [2, 2, 2, 1]
    assert sorted(set(observations["year"])) == list(range(2018, 2025))


def test_only_shown_levels_and_used_years_are_asked(serve, connect, fetch_only, make_series, frame):
    """Cells that would be thrown away are not asked for."""
    table = make_table(TABLE, frame, CONTENTS)
    series = make_series(changes={"levels": ["region"], "years": {"first": 2023}})
    observations = fetch_only(connect(serve(table)), series).observations
    assert table.queries[0]["alue_23_20260101"] == ["MK13", "SSS"]
    assert set(observations["year"]) == {2023, 2024}


def test_ratio_is_made_of_count_and_denominator(serve, connect, fetch_only, make_series, frame):
    """Count and denominator from two tables make the value in the unit; both are kept."""
    frame.loc[3, "denominator"] = 0
    frame.loc[4, "denominator"] = math.nan
    counts = make_table("StatFin/rpk/13ex", frame, {"rikokset_lkm": ("Rikokset", ID, "count")})
    people = make_table(TABLE, frame, {"vaerak-vaesto": ("Väestö", ID, "denominator")})
    series = make_series(
        table="StatFin/rpk/13ex",
        count={"content": "rikokset_lkm"},
        denominator={"content": "vaesto", "table": TABLE},
    )
    observations = fetch_only(connect(serve(counts, people)), series).observations
    known = observations[observations["value"].notna()]
    assert np.array_equal(known["value"], known["count"] / known["denominator"] * 100)
    expected = frame["count"].notna() & (frame["denominator"] > 0)
    assert len(known) == expected.sum()
    assert (observations["denominator"].dropna() > 0).all()
    assert set(observations.loc[observations["value"].isna(), "status"]) == {"missing"}


def test_ratio_without_a_multiplier_is_refused(serve, connect, fetch_only, make_series, frame):
    """A unit that does not say how a ratio is scaled cannot give one."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    parts = {"count": {"content": "testi"}, "denominator": {"content": "testi"}}
    with pytest.raises(CatalogueError, match="unit 'euros' has no multiplier"):
        fetch_only(connect(replica), make_series(changes={"unit": "euros"}, **parts))


def test_count_alone_is_the_value(serve, connect, fetch_only, make_series, frame):
    """A series of counts has its count for its value."""
    replica = serve(make_table(TABLE, frame, {"lkm": ("Lukumäärä", ID, "count")}))
    observations = fetch_only(connect(replica), make_series(count={"content": "lkm"})).observations
    known = observations.dropna(subset=["value"])
    assert (known["value"] == known["count"]).all()


def test_equal_questions_are_asked_once(serve, connect, make_series, frame):
    """Series that share a table and a denominator ask for them once in a fetch."""
    other = frame.assign(indicator_id="statfin:toinen")
    contents = {"a": ("A", ID, "count"), "b": ("B", "statfin:toinen", "count")}
    contents["vaesto"] = ("Väestö", ID, "denominator")
    replica = serve(make_table(TABLE, pd.concat([frame, other]), contents))
    series = [
        make_series(id, count={"content": content}, denominator={"content": "vaesto"})
        for id, content in ((ID, "a"), ("statfin:toinen", "b"))
    ]
    results = list(connect(replica).fetch(series))
    assert {result.state for result in results} == {"new"}
    path = f"/PxWeb/api/v1/fi/{TABLE}.px"
    assert replica.requests == {
        "GET /PxWeb/api/v1/fi/": 1,
        f"GET {path}": 1,
        "GET /PxWeb/api/v1/fi/StatFin/vaerak/": 1,
        f"POST {path}": 3,
    }


@pytest.mark.parametrize("has_list", [True, False])
def test_unchanged_table_is_not_asked_for_figures(serve, connect, fetch_only, make_series, frame, has_list):
    """Where the list tells that the table was not written again, its description suffices."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    if not has_list:
        replica.tables["11ra"].path = "StatFin/toinen/11ra"  # the folder's list does not have the table
    first = fetch_only(connect(replica), make_series())
    replica.reset_counts()
    second = fetch_only(connect(replica), make_series(), {ID: first.metadata})
    posts = [question for question in replica.questions if question.startswith("POST")]
    assert (second.state, len(posts)) == (("unchanged", 0) if has_list else ("new", 1))


def test_table_that_was_written_again_is_asked(serve, connect, fetch_only, make_series, frame):
    """A later time in the list leads to a fresh look."""
    table = make_table(TABLE, frame, CONTENTS)
    replica = serve(table)
    first = fetch_only(connect(replica), make_series())
    table.written = "2026-11-01T08:00:00"
    assert fetch_only(connect(replica), make_series(), {ID: first.metadata}).state == "new"


def test_archived_series_are_not_asked(serve, connect, make_series, make_indicator, frame):
    """Series of archived tables, and of other services, are passed over without a call."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    archived = make_series(is_archived=True)
    assert list(connect(replica).fetch([archived, make_indicator()])) == []
    assert replica.requests.total() == 0


def test_table_that_has_moved_is_told(serve, connect, fetch_only, make_series, frame):
    """The service answers an unknown table with 400 and nothing: the error says what that means."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    with pytest.raises(SourceError, match=r"table moved or gone \(HTTP 400\).*statfin_vaerak_pxt_11ra.px"):
        fetch_only(connect(replica), make_series(table="StatFin/vaerak/statfin_vaerak_pxt_11ra"))


@pytest.mark.parametrize(
    ("kind", "path", "problem"),
    [
        ("renamed_field", "POST", "found no 'value'; expected"),
        ("renamed_field", "GET", "a variable without code, text, values"),
        ("duplicate_rows", "POST", "found 57 values; expected 56"),
        ("nan", "POST", "not whole JSON: found NaN"),
        ("text_number", "POST", r"value 0 is '\.\.'; expected a number or null"),
        ("truncated_json", "", "not whole JSON"),
    ],
)
def test_answer_of_another_form_is_refused(
    serve, connect, fetch_only, make_series, frame, kind, path, problem
):
    """What does not have the agreed form is an error that says so, not a number."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    take = replica.take_faults
    replica.faults = [Fault(kind, "11ra.px")]
    if path:  # one of the two questions that share the table's address
        replica.take_faults = lambda target: take(target) if replica.questions[-1].startswith(path) else []
    with pytest.raises(ResponseFormatError, match=problem):
        fetch_only(connect(replica), make_series())


@pytest.mark.parametrize("kind", ["timeout", "drop", "500", "503", "429", "html_login", "huge", "gone"])
def test_service_that_fails_fails_the_series(
    serve, connect, make_series, frame, kind, open_session, limits_for
):
    """Whatever the service does, the result is a failed series with an error of ours."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    replica.faults = [Fault(kind)]
    session = open_session("statfin", limits_for(kind))
    (result,) = connect(replica, session=session).fetch([make_series()])
    assert (result.state, result.observations) == ("failed", None)
    assert isinstance(result.error, SourceError)


def test_service_that_is_down_is_found_out_once(serve, connect, make_series, frame):
    """When even the limits cannot be had, no series asks further."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    replica.faults = [Fault("503")]
    results = list(connect(replica).fetch([make_series(f"statfin:{n}") for n in range(20)]))
    assert {result.state for result in results} == {"failed"}
    assert replica.requests.total() == 3  # the tries of one call


def test_clock_in_the_past_keeps_the_figures_at_hand(serve, connect, fetch_only, make_series, frame):
    """A service that goes back in time is not believed."""
    table = make_table(TABLE, frame, CONTENTS)
    replica = serve(table)
    first = fetch_only(connect(replica), make_series())
    table.written = "2026-11-01T08:00:00"
    replica.faults = [Fault("past_clock")]
    with pytest.raises(SourceError, match="updated 2001-01-01, which is before the 2026-10-01"):
        fetch_only(connect(replica), make_series(), {ID: first.metadata})


def test_table_that_changes_while_it_is_read_is_refused(serve, connect, fetch_only, make_series, frame):
    """Parts of two editions of a table are never joined."""
    replica = serve(make_table(TABLE, frame, CONTENTS), max_cells=16)
    replica.faults = [Fault("past_clock", times=4)]  # limits, table, list and the first query
    with pytest.raises(ResponseFormatError, match="was updated while it was read"):
        fetch_only(connect(replica), make_series())


def test_call_limit_is_kept(serve, connect, make_series, frame):
    """With the limit that the service states, it never has to refuse a call."""
    contents = {f"c{n}": (f"C{n}", ID, "value") for n in range(8)}
    replica = serve(make_table(TABLE, frame, contents), max_calls=9, time_window=1, blocked_seconds=60)
    series = [make_series(f"statfin:{n}", value={"content": f"c{n}"}) for n in range(8)]
    results = list(connect(replica).fetch(series))
    assert {result.state for result in results} == {"new"}


def test_replica_refuses_too_many_calls(serve, open_session, quick, frame):
    """The replica blocks a client that does not keep to the limit, as the service does."""
    replica = serve(make_table(TABLE, frame, CONTENTS), max_calls=2)
    session = open_session(limits=dataclasses.replace(quick, wait_after_429=9))
    session.get_json(f"{replica.url}/fi/?config")
    session.get_json(f"{replica.url}/fi/?config")
    with pytest.raises(SourceError, match="HTTP 429"):
        session.get_json(f"{replica.url}/fi/?config")


def test_replica_refuses_too_many_cells_and_unknown_classes(serve, open_session, frame):
    """The replica refuses what the service refuses."""
    replica = serve(make_table(TABLE, frame, CONTENTS), max_cells=5)
    url, session = f"{replica.url}/fi/{TABLE}.px", open_session()
    body = {"query": [], "response": {"format": "json-stat2"}}
    with pytest.raises(SourceError, match="HTTP 403"):
        session.post_json(url, body)
    unknown = {"code": "timeperiod_y", "selection": {"filter": "item", "values": ["1900"]}}
    with pytest.raises(SourceError, match="HTTP 400"):
        session.post_json(url, body | {"query": [unknown]})


@pytest.mark.parametrize("base", ["", "/", "/fi", "/fi/"])
def test_base_address_may_name_the_language(serve, connect, fetch_only, make_series, frame, base):
    """A mirror's address is taken with and without the language."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    assert fetch_only(connect(replica, base), make_series()).metadata.title == {"fi": f"Taulukko {TABLE}"}


def test_description_tells_years_and_levels(serve, connect, make_series, frame):
    """Checks against the catalogue get title, years and levels, and miss no class that is gone."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    description = connect(replica).describe(make_series())
    assert (description.first_year, description.last_year) == (2018, 2024)
    assert set(description.levels) == {"municipality", "region", "county", "country"}
    with pytest.raises(ResponseFormatError, match="no class 'poissa'"):
        connect(replica).describe(make_series(value={"content": "poissa"}))


def test_declared_tables_can_all_be_served(serve, connect, make_series, frame):
    """Tables made from declarations give back the values they were made from."""
    frame.loc[frame["area_code"] == "931", ["count", "denominator"]] = math.nan
    series = make_series(
        table="StatFin/rpk/13ex",
        count={"content": "rikokset_lkm", "select": {"Rikokset": "101"}},
        denominator={"content": "vaesto", "table": TABLE},
    )
    frame["value"] = (frame["count"] / frame["denominator"] * 100).fillna(frame["value"])
    replica = serve(*make_tables([series], frame, {"percent": 100.0}))
    (result,) = connect(replica).fetch([series])
    expected = frame.dropna(subset=["value"]).set_index(["area_code", "year"])["value"]
    stored = result.observations.dropna(subset=["value"]).set_index(["area_code", "year"])["value"]
    assert np.allclose(stored.sort_index(), expected.sort_index(), rtol=1e-12)


# --- periods ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "factor"), [("mean_of_full_years", 1), ("sum_of_full_years", 12)])
def test_months_become_full_years(serve, connect, fetch_only, make_series, frame, rule, factor):
    """A full year follows the declared rule; the running year is provisional, and has no sum."""
    frame["year"] += 2  # 2020-2026
    replica = serve(make_table(TABLE, frame, CONTENTS, is_monthly=True, months_of_last_year=8))
    series = make_series(value={"content": "testi"}, monthly=rule)
    observations = fetch_only(connect(replica), series).observations.set_index(["area_code", "year"])
    served = frame.set_index(["area_code", "year"])["value"]
    full = observations.index.get_level_values("year") < 2026
    stored = observations.loc[full, "value"]
    assert np.allclose(stored, served[stored.index] * factor, equal_nan=True)
    running = observations.xs(2026, level="year")
    if rule == "mean_of_full_years":
        assert set(running["status"]) == {"provisional"}
    else:
        assert set(running["status"]) == {"missing"}
        assert running["value"].isna().all()


def test_declared_month_stands_for_its_year(serve, connect, fetch_only, make_series, frame):
    """June alone is asked for, of every year that has it; never the latest month."""
    frame["year"] += 2  # 2020-2026
    table = make_table(TABLE, frame, CONTENTS, is_monthly=True, months_of_last_year=8)
    for period in ("2026M06", "2025M06"):
        table.cells[(period, "KU931", "vaerak-testi")] = 14.1 if period == "2026M06" else 9.9
    series = make_series(value={"content": "testi"}, month=6)
    rows = fetch_only(connect(serve(table)), series).observations
    assert [query["timeperiod_m"] for query in table.queries] == [
        [f"{year}M06" for year in range(2020, 2027)]
    ]
    ours = rows[rows["area_code"] == "931"].set_index("year")
    assert (ours.loc[2026, "value"], ours.loc[2025, "value"]) == (14.1, 9.9)
    assert "provisional" not in set(rows["status"])


def test_year_without_the_month_is_not_there(serve, connect, fetch_only, make_series, frame):
    """A year whose June is not published yet has no figure, not that of May."""
    table = make_table(TABLE, frame, CONTENTS, is_monthly=True, months_of_last_year=5)
    replica, series = serve(table), make_series(value={"content": "testi"}, month=6)
    assert fetch_only(connect(replica), series).observations["year"].max() == 2023
    assert connect(replica).describe(series).last_year == 2023


def test_month_of_a_yearly_table_is_refused(serve, connect, fetch_only, make_series, frame):
    """A table of years has no June."""
    replica = serve(make_table(TABLE, frame, CONTENTS))
    series = make_series(value={"content": "testi"}, month=6)
    for ask in (connect(replica).describe, lambda item: fetch_only(connect(replica), item)):
        with pytest.raises(ResponseFormatError, match="no months, of which month 6 is declared"):
            ask(series)


def test_months_without_a_rule_are_refused(serve, connect, fetch_only, make_series, frame):
    """No rule is guessed."""
    replica = serve(make_table(TABLE, frame, CONTENTS, is_monthly=True))
    with pytest.raises(ResponseFormatError, match="no rule is declared to make years of them"):
        fetch_only(connect(replica), make_series())


def test_preliminary_years_are_provisional(serve, connect, fetch_only, make_series, frame):
    """A year that the provider marks with an asterisk is provisional."""
    table = make_table(TABLE, frame, CONTENTS)
    table.variables[0]["valueTexts"][-1] = "2024*"
    observations = fetch_only(connect(serve(table)), make_series()).observations
    assert set(observations.loc[observations["status"] == "provisional", "year"]) == {2024}


def test_year_with_a_missing_month_is_missing():
    """Eleven months make neither a mean nor a sum."""
    months = [f"2020M{month:02}" for month in range(1, 13)]
    index = pd.MultiIndex.from_product([["179", "931"], months], names=["area", "period"])
    figures = pd.DataFrame({"value": [1.0] * 12 + [math.nan] + [1.0] * 11, "gap": 0}, index)
    for rule, value in (("mean_of_full_years", 1), ("sum_of_full_years", 12)):
        years = aggregate_years(figures, rule, set())["value"]
        assert years["179", 2020] == value
        assert math.isnan(years["931", 2020])


@pytest.mark.parametrize(
    ("codes", "present_year", "years", "running"),
    [
        (["2009M11", "2009M12", *(f"2010M{m:02}" for m in range(1, 13))], 2026, {2010}, set()),
        ([*(f"2025M{m:02}" for m in range(1, 13)), "2026M01"], 2026, {2025, 2026}, {2026}),
        ([*(f"2025M{m:02}" for m in range(1, 12))], 2026, {2025}, {2025}),
        ([*(f"2020M{m:02}" for m in range(1, 11))], 2026, set(), set()),
        (["2023", "2024"], 2026, {2023, 2024}, set()),
        (["2023Q1", "2023Q2", "2023Q3", "2023Q4"], 2026, {2023}, set()),
        ([], 2026, set(), set()),
    ],
)
def test_years_that_lack_months_are_left_out(codes, present_year, years, running):
    """Only full years are used, and the one that is running; a table that ended midway has none."""
    selected, found = select_periods(tuple(codes), None, None, present_year)
    assert ({int(code[:4]) for code in selected}, found) == (years, running)


# --- limits, tables and cubes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "limits"),
    [
        ({"maxValues": 120_000, "maxCalls": 30, "timeWindow": 10}, ServiceLimits(120_000, 30, 10)),
        ({"maxValues": 120_000, "maxCells": 100, "maxCalls": 3, "timeWindow": 1}, ServiceLimits(100, 3, 1)),
        ({"maxCells": "many", "maxCalls": 0}, ServiceLimits()),
        (None, ServiceLimits()),
    ],
)
def test_limits_are_read_under_both_names(answer, limits):
    """The stricter cell limit holds; what is not stated is careful."""
    assert read_limits(answer) == limits


def describe_variable(code, text, values, **flags):
    """A variable as the service describes it."""
    return {"code": code, "text": text, "values": values, "valueTexts": values} | flags


TIME = describe_variable("t", "Vuosi", ["2023", "2024"], time=True)
AREA = describe_variable("a", "Alue", ["SSS", "KU931"])
CONTENT = describe_variable("c", "Tiedot", ["x"])


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ([AREA, CONTENT], "no variable that is clearly time"),
        ([TIME, CONTENT], "no variable is clearly area; the table has 'Tiedot'"),
        ([TIME, AREA | {"valueTexts": ["x"]}, CONTENT], "'Alue' do not fit each other"),
        (["x"], "a variable without code"),
        ([TIME, AREA | {"text": "Asuinpaikka"}, AREA | {"text": "Työpaikka"}], "no variable is clearly area"),
    ],
)
def test_table_without_clear_roles_is_refused(variables, problem):
    """A role that could be two variables', or none's, is not guessed."""
    with pytest.raises(ResponseFormatError, match=problem):
        read_table({"title": "x", "variables": variables}, "url")


@pytest.mark.parametrize("area", [AREA, describe_variable("a", "Kunta", ["931", "179"])])
def test_time_is_found_without_its_flag(area):
    """Years tell that a variable is time, and three digits under a fitting name that it is area."""
    time = {key: value for key, value in TIME.items() if key != "time"}
    other = describe_variable("o", "Rikosnimike", ["101", "102", "SSS"])
    table = read_table({"title": "x", "variables": [time, other, area, CONTENT]}, "url")
    assert (table.time.code, table.area.code) == ("t", "a")


def test_class_that_fits_twice_is_refused():
    """Two classes with one label are not told apart by it."""
    double = {"code": "c", "text": "Tiedot", "values": ["x", "y"], "valueTexts": ["Sama", "sama"]}
    table = read_table({"title": "x", "variables": [TIME, AREA, double]}, "url")
    with pytest.raises(ResponseFormatError, match="'Sama' of variable 'Tiedot' is ambiguous"):
        table.choose(PxSelection(content="Sama"))


CUBE = {
    "class": "dataset",
    "id": ["t", "a"],
    "size": [2, 2],
    "dimension": {
        "t": {"category": {"index": ["2023", "2024"]}},
        "a": {"category": {"index": {"KU931": 1, "SSS": 0}}},
    },
    "value": [1, None, 3.5, 4],
    "updated": "2026-10-01T05:00:00Z",
}


def test_cube_is_read_in_the_order_of_its_index():
    """Categories are in the order of their index, and null is missing."""
    cube = read_cube(CUBE, "url")
    assert cube.categories == {"t": ["2023", "2024"], "a": ["SSS", "KU931"]}
    values = cube.add_up("a", "t")["value"]
    assert [values["SSS", "2023"], values["SSS", "2024"], values["KU931", "2024"]] == [1, 3.5, 4]
    assert math.isnan(values["KU931", "2023"])


def test_sparse_cube_leaves_out_missing_values():
    """Values may come as a map of place to value."""
    cube = read_cube(CUBE | {"value": {"0": 1, "3": 4}}, "url")
    assert np.array_equal(cube.values, [[1, math.nan], [math.nan, 4]], equal_nan=True)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"class": "collection"}, "expected a json-stat2 dataset"),
        ({"id": None}, "no 'id' or 'dimension'"),
        ({"id": [["aika"]]}, "no 'id' or 'dimension'"),
        ({"id": ["t", "t"]}, "size is"),
        ({"size": [2, 3]}, r"size is \[2, 3\], but the categories number \[2, 2\]"),
        ({"value": [1, 2, 3]}, "found 3 values; expected 4"),
        ({"value": {"4": 1}}, "not within the 4 cells"),
        ({"value": {"x": 1}}, "not within the 4 cells"),
        ({"value": {"1": 1, "01": 2}}, "not within the 4 cells"),
        ({"value": [1, 2, 3, "4"]}, "value 3 is '4'; expected a number or null"),
        ({"value": [1, 2, 3, True]}, "value 3 is True"),
        ({"value": [1, 2, 3, math.inf]}, "value 3 is inf"),
        ({"status": ["..."]}, "'status' does not fit the 4 values"),
        ({"status": {"7": "..."}}, "not within the 4 cells"),
        ({"status": 3}, "'status' does not fit the 4 values"),
        ({"dimension": {}}, "dimension 't' has no usable categories"),
    ],
)
def test_cube_that_does_not_fit_itself_is_refused(change, problem):
    """Sizes, categories and values must agree, and a value must be a number or null."""
    with pytest.raises(ResponseFormatError, match=problem):
        read_cube(CUBE | change, "url")


ODD = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-2, 5), st.floats(), st.sampled_from(["KU931", "2023", "x"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["category", "index", "t", "a", "0"]), inner, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(list(CUBE)), ODD, max_size=2), st.lists(ODD, min_size=4, max_size=4))
def test_any_cube_gives_its_numbers_or_a_typed_error(changes, values):
    """Either the array holds the served numbers in their places, or a ResponseFormatError says why."""
    answer = copy.deepcopy(CUBE) | {"value": values} | changes
    try:
        cube = read_cube(answer, "url")
    except ResponseFormatError:
        return
    served = answer["value"]
    flat = served if isinstance(served, list) else [served.get(str(n)) for n in range(cube.values.size)]
    for stored, given_value in zip(cube.values.ravel(), flat, strict=True):
        assert stored == given_value or (given_value is None and math.isnan(stored))
