"""Numbers and dates as readers of each language write them, and back."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.model import LANGUAGES
from indicators.narrative.formats import format_date, format_number, format_value, parse_number, round_half_up

NBSP = "\u00a0"
numbers = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "decimals", "language", "text"),
    [
        (11.4, 1, "fi", "11,4"),
        (11.4, 1, "sv", "11,4"),
        (11.4, 1, "en", "11.4"),
        (1234567.89, 2, "fi", f"1{NBSP}234{NBSP}567,89"),
        (1234567.89, 2, "sv", f"1{NBSP}234{NBSP}567,89"),
        (1234567.89, 2, "en", "1,234,567.89"),
        (1000, 0, "fi", f"1{NBSP}000"),
        (999, 0, "fi", "999"),
        (-7.7, 1, "fi", "−7,7"),
        (-7.7, 1, "sv", "−7,7"),
        (-7.7, 1, "en", "−7.7"),
        (-12345.6, 1, "fi", f"−12{NBSP}345,6"),
        (0.0, 1, "fi", "0,0"),
        (-0.0, 1, "fi", "0,0"),
        (-0.04, 1, "fi", "0,0"),
        (5, 2, "fi", "5,00"),
    ],
)
def test_number_is_written_as_the_language_writes_it(value, decimals, language, text):
    """Comma or point, no-break spaces between thousands, a true minus, no negative zero."""
    assert format_number(value, decimals, language) == text


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-0.5, 0, "-1"),
        (-2.5, 0, "-3"),
        (0.25, 1, "0.3"),
        (0.35, 1, "0.4"),
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
        (2.4999, 0, "2"),
        (99.95, 1, "100.0"),
    ],
)
def test_halves_are_rounded_away_from_zero(value, decimals, rounded):
    """Halves round as published tables round them, by the number as it is written."""
    assert round_half_up(value, decimals) == Decimal(rounded)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=numbers, decimals=st.integers(0, 3))
def test_written_number_is_read_back(language, value, decimals):
    """A number read back from a page is the rounded one that was written."""
    assert parse_number(format_number(value, decimals, language), language) == round_half_up(value, decimals)


@pytest.mark.parametrize("language", LANGUAGES)
@given(value=numbers, decimals=st.integers(0, 3))
def test_written_number_has_only_its_own_letters(language, value, decimals):
    """A written number never breaks over lines and has neither a hyphen nor an exponent."""
    text = format_number(value, decimals, language)
    allowed = set("0123456789−") | ({".", ","} if language == "en" else {",", NBSP})
    assert set(text) <= allowed


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_number_is_an_empty_text(language):
    """What is missing is not written as any number."""
    assert format_number(math.nan, 1, language) == ""
    assert format_value(math.nan, 1, "%", language) == ""


@pytest.mark.parametrize(
    ("symbol", "language", "text"),
    [
        ("%", "fi", f"11,4{NBSP}%"),
        ("%", "sv", f"11,4{NBSP}%"),
        ("%", "en", "11.4%"),
        ("€", "fi", f"11,4{NBSP}€"),
        ("€", "en", "€11.4"),
        ("", "fi", "11,4"),
    ],
)
def test_symbol_stays_with_its_number(symbol, language, text):
    """A unit's symbol is held to its number as the language does it."""
    assert format_value(11.4, 1, symbol, language) == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ei lukua", "fi"),
        ("", "fi"),
        ("−", "fi"),
        ("12,3,4", "fi"),
        ("11,4 %", "fi"),
        ("nan", "fi"),
        ("Infinity", "en"),
        ("1e5", "en"),
        ("11.4", "fi"),
        ("1,234.5", "sv"),
    ],
)
def test_what_is_no_number_of_the_language_is_refused(text, language):
    """Words, halves of numbers and another language's marks are not read as a number."""
    with pytest.raises(ValueError, match="is not a number as"):
        parse_number(text, language)


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("2013-09-08", "fi", "8.9.2013"),
        ("2013-09-08", "sv", "8.9.2013"),
        ("2013-09-08", "en", "8 September 2013"),
        ("2026-11-24T12:00:00+00:00", "fi", "24.11.2026"),
        ("2024", "fi", "2024"),
        ("2025-05", "en", "May 2025"),
        ("", "fi", ""),
    ],
)
def test_date_is_written_as_precisely_as_it_is_known(text, language, written):
    """A day is written as the language writes it; a year or a month is not padded into a day."""
    assert format_date(text, language) == written
