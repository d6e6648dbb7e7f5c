"""The loop over series, and the small parts that all sources share."""

import pickle
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.errors import ParameterError, SourceError
from indicators.model import SeriesMetadata
from indicators.sources.http.answers import SharedAnswers
from indicators.sources.observations import build_observations
from indicators.sources.safetext import read_languages, to_safe_text
from indicators.sources.series import (
    SeriesResult,
    Source,
    check_not_older,
    is_same_fingerprint,
    make_fingerprint,
)
from indicators.sources.sotkanet.sotkanet import Sotkanet


def make_source(fetch_one):
    """A source that gives each series by a function, in two threads."""
    members = {
        "name": "sotkanet",
        "service": "sotkanet",
        "describe": None,
        "_fetch_one": staticmethod(fetch_one),
    }
    return type("Made", (Source,), members)(None, 2)


def test_unexpected_error_costs_one_series(make_indicator):
    """A fault in this package fails its series with an error that asks for a report."""
    indicators = [make_indicator(f"sotkanet:{key}") for key in (1, 2, 3)]

    def fetch_one(indicator, *_):
        if indicator.id == "sotkanet:2":
            raise KeyError("x")
        return SeriesResult(indicator.id, "unchanged")

    results = {item.indicator_id: item for item in make_source(fetch_one).fetch(indicators)}
    assert [results[item.id].state for item in indicators] == ["unchanged", "failed", "unchanged"]
    with pytest.raises(SourceError, match="an error in this package: KeyError: 'x'; please report it"):
        raise results["sotkanet:2"].error


def test_leaving_early_asks_no_further(make_indicator):
    """Whoever stops taking results stops the asking too; what is under way comes to its end."""
    started, has_left, before = [], threading.Event(), threading.enumerate()

    def fetch_one(indicator, *_):
        started.append(indicator.id)
        if indicator.id != "sotkanet:1":
            has_left.wait(60)
        return SeriesResult(indicator.id, "unchanged")

    indicators = [make_indicator(f"sotkanet:{n}") for n in range(1, 60)]
    results = make_source(fetch_one).fetch(indicators)
    next(results)
    results.close()
    has_left.set()
    for thread in threading.enumerate():
        if thread not in before:
            thread.join(60)
    assert len(started) <= 3  # the first, and one more in each of the two threads


def test_failed_result_can_be_pickled():
    """Results pass between processes with their errors."""
    result = SeriesResult("x", "failed", error=SourceError("sotkanet", "url", "was silent", 503))
    assert str(pickle.loads(pickle.dumps(result)).error) == "sotkanet: was silent (HTTP 503): url"


def test_indicator_of_another_service_is_not_described(open_session, areas, make_indicator):
    """A series is asked of its own service alone."""
    with pytest.raises(ParameterError, match="one with a SotkanetSource"):
        Sotkanet(open_session(), "http://127.0.0.1:9", areas).describe(make_indicator("own:testi"))


def test_shared_answer_is_asked_once():
    """Many threads, one question; an error is shared as well."""
    shared, asked = SharedAnswers(), []

    def ask():
        asked.append(1)
        time.sleep(0.05)
        raise SourceError("x", "url", "no")

    def get():
        with pytest.raises(SourceError, match="no"):
            shared.get("key", ask)

    threads = [threading.Thread(target=get) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == 1


def test_nothing_known_is_never_unchanged():
    """Without a previous series, or with a provider that tells nothing, figures are fetched."""
    silent = make_fingerprint(["question"], None)
    assert not is_same_fingerprint(None, make_fingerprint(["question"], {"updated": "2026"}))
    assert not is_same_fingerprint(SimpleNamespace(metadata_sha256=silent, updated=None), silent)


def test_observations_are_sorted_and_typed():
    """Rows are in order of the key, and a denominator of zero is none."""
    table = build_observations(
        "x", area_code=["931", "077"], year=[2020, 2021], value=[1, float("nan")], denominator=[0, 5]
    )
    assert table["area_code"].tolist() == ["077", "931"]
    assert table["status"].tolist() == ["missing", "normal"]
    assert table["denominator"].tolist()[0] == 5
    assert table["denominator"].isna().tolist() == [False, True]
    kinds = [kind.kind if isinstance(kind, np.dtype) else kind.name for kind in table.dtypes]
    assert kinds == ["category", "category", "i", "category", "f", "f", "f", "category", "category"]
    nothing = build_observations("x", area_code=[], year=[], value=[])
    assert (len(nothing), list(nothing)) == (0, list(table))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Yksi</p><p>Kaksi<br/>kolme</p>", "Yksi Kaksi kolme"),
        ("alle 5 < 10 &amp; yli &#8805; 2", "alle 5 < 10 & yli ≥ 2"),
        ("<script>alert(1)</script><b onclick='x()'>Teksti</b><!-- pois -->", "Teksti"),
        ("<img src=x onerror=y>", ""),
        ("a\x00b\x1b[31m &#7;", "ab[31m"),
        ("", ""),
    ],
)
def test_markup_becomes_plain_text(markup, text):
    """Tags, scripts, comments and control characters are gone, words stay apart."""
    assert to_safe_text(markup) == text


@given(st.text(alphabet="<>&;#x/!-[]?\x00\x08 apscrit0123", max_size=40))
def test_any_markup_becomes_text(markup):
    """No text makes the reduction fail or leaves a control character."""
    assert to_safe_text(markup).isprintable() or "\ufffd" in to_safe_text(markup)


def test_languages_without_text_are_left_out():
    """An empty or missing language is not there; another shape has no languages."""
    assert read_languages({"fi": " a ", "sv": " ", "en": None, "de": "x"}) == {"fi": "a"}
    assert read_languages("a") == {}


def describe_dated(updated):
    """What is known of a series of a date."""
    return SeriesMetadata("sotkanet:1", "sotkanet", "thl", "url", {}, (), "2026-02-02", updated=updated)


def test_figures_older_than_those_at_hand_are_refused_unless_their_date_is_to_come():
    """A stamp of the future at hand would refuse every true one."""
    with pytest.raises(SourceError, match="is updated 2026-01-01, which is before the 2026-02-01"):
        check_not_older("sotkanet", "url", "2026-01-01", describe_dated("2026-02-01"))
    check_not_older("sotkanet", "url", "2026-01-01", describe_dated("2999-01-01"))
    check_not_older("sotkanet", "url", "2026-01-01", None)
