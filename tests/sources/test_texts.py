"""Texts of a service are made harmless where they come in; none of them stops a fetch or a report."""

import json

import pytest

from indicators.sources.safetext import to_safe_text
from replica.server import Answer

pytest_plugins = ["replica.fixtures"]

KEY, ADDRESS = "sotkanet:4", "/indicators/4"


def answer_with(world, **fields):
    """Let the service describe the indicator with other fields."""
    answer = world.sotkanet.answer

    def respond(question):
        if question.path.endswith(ADDRESS):
            return Answer(body=json.dumps(world.sotkanet._describe(4, frozenset()) | fields).encode())
        return answer(question)

    world.sotkanet.answer = respond


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Aste \u202e\u2067\u202b%", "Aste %"),
        ("Puoli \ud800merkki", "Puoli merkki"),
        ("<b>" * 5000 + "Aste", ""),
        ("A" * 300_000, "A" * 20_000),
        ("<p>" * 100_000, ""),
    ],
    ids=["direction", "surrogate", "nested", "long", "long markup"],
)
def test_title_from_a_service_is_made_harmless(title, kept, world):
    """Marks that turn the rest of a page, half characters and texts without end do not get in."""
    answer_with(world, title={"fi": title, "sv": "Grad"})
    result = world.run(*world.arguments(KEY))
    assert result.exit_code == 0, result.stderr
    assert world.load().series[KEY].title.get("fi", "") == kept


@pytest.mark.parametrize(
    "fields",
    [{"id": "4" * 100_000}, {"data-updated": "\ud800" * 100_000}, {"range": {"start": "x" * 100_000}}],
    ids=["id", "updated", "range"],
)
def test_reason_is_short_whatever_the_service_put_into_it(fields, world):
    """A reason is told and kept with at most 300 characters."""
    answer_with(world, **fields)
    result = world.run(*world.arguments(KEY, "sotkanet:181"))
    assert result.exit_code == 1
    (told,) = [line for line in result.stderr.splitlines() if line.startswith(f"{KEY}: ")]
    reason = world.load().series[KEY].stale_reason
    assert told == f"{KEY}: {reason}"
    assert 20 < len(reason) <= 300
    reason.encode()


def test_short_texts_stay_as_they_are():
    """What people write is not touched."""
    text = "Ikä ≥ 75 – H₂O, “lainaus”, ämne, šiirto"
    assert to_safe_text(text) == text
