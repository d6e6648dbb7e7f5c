"""Errors travel between processes and keep their facts."""

import inspect
import pickle

import pytest

from indicators import errors
from indicators.errors import IndicatorsError

MADE = (
    errors.IndicatorsError("something"),
    errors.UnknownNameError("goal", "9.9", ["1.1", "1.2"], "'yhdyspinta goals' lists them."),
    errors.UnknownAreaError("Viitasari", ["Viitasaari (931)"]),
    errors.UnknownIndicatorError("sotkanet:1", ["sotkanet:181"]),
    errors.ParameterError("parameter area", 77, "text of three digits"),
    errors.CatalogueError("goals.yaml", "goals[0].title", "Field required", 3, "  - id: 1.1"),
    errors.SnapshotError("2026-11-24-abc", "series.json is damaged.", "Fetch again."),
    errors.SnapshotCheckError("(new)", "2 row(s) with an unknown status."),
    errors.SourceError("sotkanet", "https://example.org/json", "the answer did not come", 503),
    errors.ResponseFormatError("statfin", "https://example.org/px", "is not JSON", 200),
    errors.ReportError("931", "cell 4", "KeyError: 'x'"),
    errors.OutputError("reports", "cannot be written;", "Use --out."),
    errors.LockError("reports", "another run is writing editions here;", "Wait."),
)


def test_every_error_class_is_tried():
    """The list of errors made here is the module's whole list."""
    declared = {item for _, item in inspect.getmembers(errors, inspect.isclass)}
    assert {type(error) for error in MADE} == {item for item in declared if issubclass(item, IndicatorsError)}


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_error_survives_pickling(error):
    """An error comes out of a pickle with its class, its facts and its message."""
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert vars(copy) == vars(error)
    assert str(copy) == str(error)


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_message_tells_what_was_found(error):
    """The message holds every text fact that the error was given."""
    facts = [value for value in vars(error).values() if isinstance(value, str) and value]
    assert all(fact in str(error) for fact in facts)


def test_message_tells_the_nearest_names():
    """An unknown name's message lists the suggestions, best first."""
    error = errors.UnknownNameError("goal", "1.4", ["1.1", "1.2"], "See the list.")
    assert str(error) == "Unknown goal '1.4'. Did you mean: 1.1, 1.2? See the list."


def test_catalogue_message_tells_place_and_line():
    """A fault in declared data is told with file, line, key and the line's content."""
    error = errors.CatalogueError("goals.yaml", "goals[0].id", "wrong", 3, '  - id: "1"')
    assert str(error) == 'goals.yaml:3: goals[0].id: wrong\n    - id: "1"'
