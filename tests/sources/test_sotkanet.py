"""Sotkanet: what is asked, what is kept of the answer, and what is refused."""

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from indicators.errors import ResponseFormatError, SourceError
from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, WORD_COLUMNS
from indicators.sources.areas import KnownAreas
from indicators.sources.sotkanet.metadata import read_metadata
from indicators.sources.sotkanet.regions import map_regions
from indicators.sources.sotkanet.rows import RowRequest, read_rows
from indicators.sources.sotkanet.sotkanet import Sotkanet
from replica.frames import make_test_observations
from replica.server import Fault
from replica.sotkanet import DECOY, SotkanetReplica, make_regions


@pytest.fixture
def serve():
    """Starts replicas of the service and stops them afterwards."""
    started = []

    def serve(observations=None, **options):
        frame = make_test_observations() if observations is None else observations
        started.append(SotkanetReplica(frame, **options).__enter__())
        return started[-1]

    yield serve
    for replica in started:
        replica.__exit__()


@pytest.fixture
def connect(open_session, areas, clock):
    """Connects to a replica as the package does to the service."""

    def connect(replica, **changes):
        session = changes.pop("session", None) or open_session()
        return Sotkanet(session, replica.url, changes.pop("areas", areas), clock)

    return connect


def keep_served(replica, indicator_id="sotkanet:181"):
    """What of a replica's rows should be stored: no denominators, no rows that it leaves out."""
    frame = replica.observations[replica.observations["indicator_id"] == indicator_id]
    frame = frame[frame["value"].notna() | frame["count"].notna()]
    return frame.assign(denominator=float("nan")).sort_values(list(OBSERVATION_KEY), ignore_index=True)


@pytest.mark.parametrize("dialect", ["number", "text"])
def test_stored_numbers_are_the_served_ones(serve, connect, fetch_only, make_indicator, dialect):
    """Every served figure of a known area arrives unchanged, in both dialects; nothing else does."""
    replica = serve(seed=3, dialect=dialect)
    result = fetch_only(connect(replica), make_indicator())
    assert result.state == "new"
    assert_frame_equal(
        result.observations.astype(dict.fromkeys(WORD_COLUMNS, object)),
        keep_served(replica),
        check_dtype=False,
    )
    assert list(result.observations.columns) == list(OBSERVATION_COLUMNS)
    assert DECOY not in set(result.observations["value"])


def test_columns_have_their_types(serve, connect, fetch_only, make_indicator):
    """Codes are text, years whole numbers, figures floats."""
    observations = fetch_only(connect(serve()), make_indicator()).observations
    assert observations["year"].dtype == "int64"
    assert all(observations[name].dtype == "float64" for name in ("value", "count", "denominator"))
    texts = ("indicator_id", "area_code", "sex", "status", "status_note")
    assert all(pd.api.types.is_string_dtype(observations[name]) for name in texts)


def test_years_and_genders_are_repeated(serve, connect, fetch_only, make_indicator):
    """The range of the description is asked year by year, and each declared sex."""
    frame = make_test_observations(years=range(2020, 2023), sexes=("total", "female", "male"))
    replica = serve(frame)
    source = {"service": "sotkanet", "key": 181, "sexes": ["total", "female"]}
    result = fetch_only(connect(replica), make_indicator(source=source))
    asked = replica.questions[-1]
    assert asked.endswith("/json?indicator=181&years=2020&years=2021&years=2022&genders=total&genders=female")
    assert set(result.observations["sex"]) == {"total", "female"}
    assert result.metadata.url == replica.url + asked.partition("1.1")[2]


def test_replica_demands_years_and_takes_no_lists(serve, open_session):
    """The replica refuses what the service refuses, and ignores what the service ignores."""
    replica, session = serve(), open_session()
    for params in ([("genders", "total")], [("years", 2020)], [("years", "2020,2021"), ("genders", "total")]):
        with pytest.raises(SourceError, match="HTTP 400"):
            session.get_json(f"{replica.url}/json", [("indicator", 181), *params])
    params = [("indicator", 181), ("years", 2020), ("genders", "total")]
    everything = session.get_json(f"{replica.url}/json", params)
    assert session.get_json(f"{replica.url}/json", [*params, ("region", 427)]) == everything
    assert session.get_json(f"{replica.url}/json", [*params[::2], ("years", 1900)]) == []


def test_only_declared_levels_are_kept(serve, connect, fetch_only, make_indicator):
    """Figures of municipalities do not get in where the catalogue shows larger areas alone."""
    result = fetch_only(connect(serve()), make_indicator(levels=["region", "county"]))
    assert set(result.observations["area_code"]) == {"MK13", "HVA15", "SSS"}


def test_only_used_years_are_asked(serve, connect, fetch_only, make_indicator):
    """Years that the catalogue does not use are not fetched."""
    years = {"first": 2018, "last": 2019}
    result = fetch_only(connect(serve()), make_indicator(years=years))
    assert set(result.observations["year"]) == {2018, 2019}
    part = result.metadata.parts[0]
    assert (part.first_year, part.last_year, part.vintage) == (2018, 2019, "2026-11-24")


def test_no_used_year_gives_an_empty_answer(serve, connect, fetch_only, make_indicator):
    """A series without a used year is empty, which is an answer."""
    replica = serve()
    result = fetch_only(connect(replica), make_indicator(years={"last": 1999}))
    assert (result.state, len(result.observations), result.metadata.parts) == ("new", 0, ())


def test_empty_answer_is_an_answer(serve, connect, fetch_only, make_indicator):
    """An indicator whose rows have died quietly gives no rows, and no error."""
    replica = serve()
    replica.faults = [Fault("gone", "/json")]
    result = fetch_only(connect(replica), make_indicator())
    assert (result.state, len(result.observations)) == ("new", 0)


def test_value_may_be_missing_beside_a_count(serve, connect, fetch_only, make_indicator):
    """A rate without its value is missing; its count is kept and never taken for the value."""
    frame = make_test_observations(years=range(2020, 2022))
    frame.loc[frame["area_code"] == "931", "value"] = float("nan")
    result = fetch_only(connect(serve(frame)), make_indicator())
    ours = result.observations[result.observations["area_code"] == "931"]
    assert ours["value"].isna().all()
    assert ours["count"].notna().all()
    assert set(ours["status"]) == {"missing"}


def test_count_without_any_value_is_the_value_of_a_count(serve, connect, fetch_only, make_indicator):
    """Where the indicator is itself a count, its count is the value."""
    frame = make_test_observations(years=range(2020, 2022)).assign(value=float("nan"))
    result = fetch_only(connect(serve(frame)), make_indicator(value_type="count"))
    assert (result.observations["value"] == result.observations["count"]).all()


def test_unchanged_series_is_not_downloaded(serve, connect, fetch_only, make_indicator):
    """With the provider's date and description unchanged, the description alone is asked."""
    replica = serve()
    first = fetch_only(connect(replica), make_indicator())
    replica.reset_counts()
    second = fetch_only(connect(replica), make_indicator(), {"sotkanet:181": first.metadata})
    assert (second.state, second.observations) == ("unchanged", None)
    assert list(replica.questions) == ["GET /rest/1.1/indicators/181"]


@pytest.mark.parametrize("change", ["updated", "metadata_sha256"])
def test_changed_series_is_downloaded(serve, connect, fetch_only, make_indicator, change):
    """Either the date or the description suffices."""
    replica = serve()
    first = fetch_only(connect(replica), make_indicator())
    previous = dataclasses.replace(first.metadata, **{change: "2026-09-30"})
    assert fetch_only(connect(replica), make_indicator(), {"sotkanet:181": previous}).state == "new"


def test_changed_declaration_is_downloaded(serve, connect, fetch_only, make_indicator):
    """When the catalogue asks for something else, the figures at hand do not answer it."""
    replica = serve()
    first = fetch_only(connect(replica), make_indicator(levels=["region"]))
    assert fetch_only(connect(replica), make_indicator(), {"sotkanet:181": first.metadata}).state == "new"


def test_clock_in_the_past_keeps_the_figures_at_hand(serve, connect, fetch_only, make_indicator):
    """A service that goes back in time, as a stale mirror does, is not believed."""
    replica = serve()
    first = fetch_only(connect(replica), make_indicator())
    replica.faults = [Fault("past_clock")]
    with pytest.raises(SourceError, match="updated 2001-01-01, which is before the 2026-10-01"):
        fetch_only(connect(replica), make_indicator(), {"sotkanet:181": first.metadata})


@pytest.mark.parametrize("unknown", ["404", "400", "empty"])
def test_indicator_that_is_gone_is_told(serve, connect, fetch_only, make_indicator, unknown):
    """However the service says that it knows nothing of an id, the error says that it is gone."""
    with pytest.raises(SourceError, match="indicator 3216 is gone"):
        fetch_only(connect(serve(unknown=unknown)), make_indicator("sotkanet:3216"))


@pytest.mark.parametrize(
    ("kind", "path", "problem"),
    [
        ("renamed_field", "/json", "row 0 has no 'value' but an unknown field 'arvo'"),
        ("renamed_field", "/indicators/", "range is None; expected the first and the last year"),
        ("duplicate_rows", "/json", "two rows contradict each other"),
        ("nan", "/json", "not whole JSON: found NaN"),
        ("text_number", "/json", "value is 'ei tietoa'; expected a number"),
        ("truncated_json", "/json", "not whole JSON"),
        ("truncated_json", "/regions", "not whole JSON"),
    ],
)
def test_answer_of_another_form_is_refused(serve, connect, fetch_only, make_indicator, kind, path, problem):
    """What does not have the agreed form is an error that says so, not a number."""
    frame = make_test_observations(years=range(2020, 2022), has_counts=False)
    replica = serve(frame.assign(value=frame["value"].fillna(1)))
    replica.faults = [Fault(kind, path)]
    with pytest.raises(ResponseFormatError, match=problem):
        fetch_only(connect(replica), make_indicator())


@pytest.mark.parametrize("kind", ["timeout", "drop", "500", "502", "503", "429", "html_login", "huge"])
def test_service_that_fails_fails_the_series(serve, connect, make_indicator, kind, open_session, limits_for):
    """Whatever the service does, the result is a failed series with an error of ours."""
    replica = serve()
    replica.faults = [Fault(kind)]
    session = open_session(limits=limits_for(kind))
    (result,) = connect(replica, session=session).fetch([make_indicator()])
    assert (result.state, result.observations) == ("failed", None)
    assert isinstance(result.error, SourceError)


def test_failed_series_does_not_stop_the_others(serve, connect, make_indicator):
    """One series fails, the rest arrive."""
    ids = tuple(f"sotkanet:{key}" for key in range(100, 112))
    replica = serve(make_test_observations(ids, years=range(2020, 2022)))
    replica.faults = [Fault("text_number", "indicator=105"), Fault("404", "/indicators/107")]
    results = list(connect(replica).fetch([make_indicator(id) for id in ids]))
    failed = {result.indicator_id for result in results if result.state == "failed"}
    assert failed == {"sotkanet:105", "sotkanet:107"}
    assert {result.indicator_id for result in results} == set(ids)


def test_regions_are_asked_once_and_four_calls_run_at_once(serve, connect, make_indicator, open_session):
    """Threads share the list of regions, and the service sees four calls at once."""
    ids = tuple(f"sotkanet:{key}" for key in range(100, 112))
    replica = serve(make_test_observations(ids, years=range(2020, 2022)), latency_ms=20)
    session = open_session()
    results = list(connect(replica, session=session).fetch([make_indicator(id) for id in ids]))
    assert {result.state for result in results} == {"new"}
    assert replica.requests["GET /rest/1.1/regions"] == 1
    assert replica.requests.total() == 1 + 2 * len(ids)
    assert replica.max_concurrent == 4


def test_indicators_of_other_services_are_passed_over(serve, connect, make_indicator):
    """The source gives its own series alone."""
    assert list(connect(serve()).fetch([make_indicator("own:testi")])) == []


def test_texts_of_the_provider_are_safe(serve, connect, fetch_only, make_indicator):
    """HTML is reduced to text; entities are resolved, scripts dropped, empty texts left out."""
    metadata = fetch_only(connect(serve()), make_indicator()).metadata
    assert metadata.title["fi"] == "Indikaattori 181 ≥ 0"
    assert metadata.notices == {"fi": "Huom. Sarja katkeaa."}


def test_description_tells_years_and_levels(serve, connect, make_indicator):
    """Checks against the catalogue get title, years and levels; counties are read off the field's title."""
    description = connect(serve()).describe(make_indicator())
    assert (description.first_year, description.last_year) == (2015, 2024)
    assert description.levels == ("municipality", "region", "county", "country")
    assert description.updated == "2026-10-01"


# --- regions ------------------------------------------------------------------------------------------


def test_regions_are_known_by_category_and_code(areas):
    """Titles and bare codes repeat over categories; hospital districts and Nordic Finland are no areas."""
    codes = map_regions(make_regions(areas.codes), areas, "url")
    assert {codes[427], codes[499], codes[658], codes[965]} == {"931", "MK13", "SSS", "HVA15"}
    assert not {612, 1022, 1045, 602} & codes.keys()


def test_retired_county_does_not_take_anothers_place(areas):
    """Pohjois-Pohjanmaa's old id carries the code that Keski-Suomi has now: only the declared id counts."""
    codes = map_regions(make_regions(areas.codes), areas, "url")
    assert 893 not in codes
    only_old = [region for region in make_regions(areas.codes) if region["id"] != 965]
    assert "HVA15" not in map_regions(only_old, areas, "url").values()


def test_ids_dealt_to_other_areas_than_declared_are_refused(areas):
    """Figures would go to the wrong municipality: both are named."""
    swapped = {427: 208, 208: 427}
    regions = [r | {"id": swapped.get(r["id"], r["id"])} for r in make_regions(areas.codes)]
    named = dataclasses.replace(areas, names={"931": "Viitasaari", "435": "Luhanka"})
    message = r"region id 427 is given to Luhanka \(435\), but is declared for Viitasaari \(931\); .*208"
    with pytest.raises(ResponseFormatError, match=message):
        map_regions(regions, named, "url")


def test_region_with_another_id_than_declared_is_taken_from_the_service(areas, caplog):
    """A municipality's code says which it is, whatever its number; the difference is told."""
    regions = [r | ({"id": 4270} if r["id"] == 427 else {}) for r in make_regions(areas.codes)]
    assert map_regions(regions, areas, "url")[4270] == "931"
    assert "declared 427" in caplog.text


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({}, "no list of regions"),
        ([{"id": 1, "code": "931"}], "without id, code or category"),
        ([{"id": "x", "code": "931", "category": "KUNTA"}], "a region id is 'x'"),
        ([], "none of 0 regions is a known municipality"),
        ([["a"]], "without id, code or category"),
    ],
)
def test_regions_of_another_form_are_refused(areas, answer, problem):
    """Without regions nothing can be known of the rows."""
    with pytest.raises(ResponseFormatError, match=problem):
        map_regions(answer, areas, "url")


# --- metadata -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": 182}, "describes indicator 182, not 181"),
        ({"title": None}, "has no title"),
        ({"range": {"start": 2024, "end": 2015}}, "expected the first and the last year"),
        ({"range": {"start": 1, "end": 2_000_000_000}}, "expected the first and the last year"),
        ({"data-updated": "eilen"}, "data-updated is 'eilen'; expected a date"),
    ],
)
def test_description_of_another_form_is_refused(change, problem):
    """A description that cannot be trusted is not used to ask for years."""
    answer = {"id": 181, "title": {"fi": "x"}, "range": {"start": 2015, "end": 2024}}
    with pytest.raises(ResponseFormatError, match=problem):
        read_metadata(answer | change, 181, "url")


# --- rows ---------------------------------------------------------------------------------------------

REQUEST = RowRequest(
    "sotkanet:181", 181, "url", frozenset({2020, 2021}), frozenset({"total"}), {427: "931", 452: "992"}
)
ROW = {"indicator": 181, "region": 427, "year": 2020, "gender": "total", "value": 1.5}


@pytest.mark.parametrize(
    "row",
    [
        ROW | {"region": 612},
        ROW | {"year": 2019},
        ROW | {"gender": "male"},
    ],
)
def test_row_that_was_not_asked_is_left_out(row):
    """Rows of other areas, years and sexes are dropped, whatever the service's own filters do."""
    assert len(read_rows([ROW, row | {"value": 7}], REQUEST)) == 1


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ({"rows": []}, "found an object with rows; expected a list of rows"),
        (None, "found a NoneType; expected a list of rows"),
        ([None], "found a NoneType among the rows"),
        ([ROW | {"indicator": 182}], "rows of indicator 182; expected 181 alone"),
        ([ROW | {"indicator": {"id": 181}}], "row 0: indicator is"),
        ([ROW | {"gender": "naiset"}], "rows of gender 'naiset'"),
        ([{k: v for k, v in ROW.items() if k != "region"}], "row 0 has no field 'region'"),
        ([ROW, ROW | {"value": 1.6}], "two rows contradict each other"),
        ([ROW, ROW | {"absValue": 3}], "two rows contradict each other"),
        ([ROW | {"value": True}], "value is True; expected a number"),
        ([ROW | {"value": "1 234"}], "value is '1 234'; expected a number"),
        ([ROW | {"value": float("nan")}], "value is nan; expected a number"),
        ([ROW | {"value": float("inf")}], "value is inf; expected a number"),
        ([ROW | {"value": 10**400}], "expected a number"),
        ([ROW | {"value": [1]}], "expected a number"),
        ([ROW | {"year": 2020.5}], "row 0: year is 2020.5"),
        ([ROW | {"region": None}], "row 0: region is None"),
    ],
)
def test_row_that_does_not_hold_is_refused(rows, problem):
    """A row that contradicts the agreed form or another row fails the series, with the row's content."""
    with pytest.raises(ResponseFormatError, match=problem):
        read_rows(rows, REQUEST)


def test_equal_rows_are_one():
    """A row that is there twice, word for word, is no contradiction."""
    assert len(read_rows([ROW, dict(ROW)], REQUEST)) == 1


def test_new_fields_are_no_harm():
    """A field that the service adds beside the value changes nothing."""
    assert read_rows([ROW | {"unit": "%"}], REQUEST)["value"].tolist() == [1.5]


@pytest.mark.parametrize(
    ("text", "number"), [("1,5", 1.5), ("1.5", 1.5), ("-3", -3.0), (" 12 ", 12.0), ("1e3", 1000.0)]
)
def test_old_rows_have_text(text, number):
    """The older dialect has all fields as text, with a comma or a point."""
    row = {"indicator": "181", "region": "427", "year": "2020", "gender": "total", "primary value": text}
    assert read_rows([row], REQUEST)["value"].tolist() == [number]


FIELD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 3000),
    st.floats(),
    st.sampled_from(["total", "male", "", "1,5", "2020", "427", "x"]),
)
ODD_ROW = st.dictionaries(st.sampled_from([*ROW, "absValue", "primary value", "arvo"]), FIELD, max_size=7)
GOOD_ROW = st.fixed_dictionaries(
    {
        "indicator": st.just(181),
        "region": st.sampled_from([427, 452, 612]),
        "year": st.sampled_from([2019, 2020, 2021]),
        "gender": st.sampled_from(["total", "male"]),
    },
    optional={
        "value": st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.integers()),
        "absValue": st.one_of(st.none(), st.integers(0, 10**6)),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(GOOD_ROW, GOOD_ROW, ODD_ROW), max_size=6))
def test_any_rows_give_their_numbers_or_a_typed_error(rows):
    """Either each kept number is the served one, and none is lost, or a ResponseFormatError says why."""
    try:
        table = read_rows(rows, REQUEST)
    except ResponseFormatError:
        return
    stored = {(r.area_code, r.year): (r.value, r.count) for r in table.itertuples(index=False, name="Row")}
    served = {}
    for row in rows:
        key = (REQUEST.area_codes.get(int(row["region"])), int(row["year"]))
        if key[0] and key[1] in REQUEST.years and row["gender"] == "total":
            served[key] = (row.get("value", row.get("primary value")), row.get("absValue"))
    assert stored.keys() == served.keys()
    for key, numbers in served.items():
        for kept, given_number in zip(stored[key], numbers, strict=True):
            if given_number is None or given_number == "":
                assert kept != kept
            else:
                assert kept == float(str(given_number).replace(",", "."))


def test_areas_without_declared_ids_are_mapped_by_code():
    """The catalogue need not know the service's numbers."""
    known = KnownAreas(frozenset({"931", "MK13"}), {})
    assert set(map_regions(make_regions(["931", "MK13"]), known, "url").values()) == {"931", "MK13"}
