"""Numbers as readers of each language write them.

Finnish and Swedish have a decimal comma and a no-break space between thousands, English a point and a
comma; the minus is a true minus and never parts from its number. Halves are rounded away from zero, as
published tables do and Python's ``round`` does not.
"""

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date as babel_format_date

from indicators.model import Language

NO_BREAK_SPACE: Final = "\u00a0"
MINUS: Final = "−"


def round_half_up(value: float, decimals: int) -> Decimal:
    """Round a number of the unit to a number of decimals, halves away from zero.

    Examples
    --------
    >>> round_half_up(2.5, 0), round_half_up(-0.25, 1), round_half_up(1.005, 2)
    (Decimal('3'), Decimal('-0.3'), Decimal('1.01'))
    """
    return Decimal(repr(float(value))).quantize(_step(decimals), rounding=ROUND_HALF_UP)


def format_number(value: float | None, decimals: int, language: Language) -> str:
    r"""A number as the language writes it; an empty text where there is none.

    Examples
    --------
    >>> format_number(-12345.65, 1, "fi")
    '−12\\xa0345,7'
    >>> format_number(-12345.65, 1, "en")
    '−12,345.7'
    """
    if value is None or math.isnan(value):
        return ""
    rounded = round_half_up(value, decimals)
    return f"{rounded + 0:,f}".translate(_marks(language))  # "+ 0" makes a negative zero a plain one


def format_value(value: float | None, decimals: int, symbol: str, language: Language) -> str:
    r"""A number with its unit's symbol, held together by a no-break space; English puts the euro first.

    Examples
    --------
    >>> format_value(11.4, 1, "%", "fi")
    '11,4\\xa0%'
    >>> format_value(11.4, 1, "%", "en")
    '11.4%'
    >>> format_value(-3082, 0, "€", "en")
    '−€3,082'
    """
    number = format_number(value, decimals, language)
    if not number or not symbol:
        return number
    if symbol == "€" and language == "en":
        sign = MINUS if number.startswith(MINUS) else ""
        return f"{sign}€{number.removeprefix(MINUS)}"
    joint = "" if symbol == "%" and language == "en" else NO_BREAK_SPACE
    return f"{number}{joint}{symbol}"


def parse_number(text: str, language: Language) -> Decimal:
    """Read a number back from a page; the inverse of `format_number`.

    Raises
    ------
    ValueError
        The text is not a number as the language writes it.
    """
    symbols = _symbols(language)
    group, point = re.escape(symbols["group"]), re.escape(symbols["decimal"])
    if not re.fullmatch(rf"{MINUS}?[0-9]{{1,3}}({group}[0-9]{{3}})*({point}[0-9]+)?", text.strip()):
        raise ValueError(f"{text!r} is not a number as {language} writes it")
    return Decimal(
        text.strip().replace(MINUS, "-").replace(symbols["group"], "").replace(symbols["decimal"], ".")
    )


def format_date(text: str, language: Language) -> str:
    """A date as the language writes it; of a month its name, and what is known only as a year stays so.

    Examples
    --------
    >>> format_date("2013-09-08", "fi"), format_date("2025-05", "fi"), format_date("2024", "fi")
    ('8.9.2013', 'toukokuu 2025', '2024')
    """
    if month := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        return f"{format_month(int(month[2]), language)} {month[1]}"
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return text
    return babel_format_date(day, "d MMMM y" if language == "en" else "d.M.y", locale=language)


@lru_cache(maxsize=8)
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


@lru_cache(maxsize=8)
def _symbols(language: Language) -> dict[str, str]:
    symbols = Locale(language).number_symbols["latn"]
    group = "," if language == "en" else NO_BREAK_SPACE
    return {"decimal": symbols["decimal"], "group": group}


@lru_cache(maxsize=8)
def _marks(language: Language) -> dict[int, str]:
    symbols = _symbols(language)
    return str.maketrans({",": symbols["group"], ".": symbols["decimal"], "-": MINUS})


#: One to ten in words; in Finnish also as "of" takes them ("kolmesta mittarista").
_WORDS: Final = {
    "fi": "yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen",
    "fi_elative": "yhdestä kahdesta kolmesta neljästä viidestä kuudesta seitsemästä kahdeksasta yhdeksästä "
    "kymmenestä",
    "fi_genitive": "yhden kahden kolmen neljän viiden kuuden seitsemän kahdeksan yhdeksän kymmenen",
    "sv": "en två tre fyra fem sex sju åtta nio tio",
    "sv_neuter": "ett två tre fyra fem sex sju åtta nio tio",
    "en": "one two three four five six seven eight nine ten",
}


def format_count(n: int, language: Language, form: str = "") -> str:
    """A count in running text: one to ten in words, others in numerals.

    Parameters
    ----------
    form : str
        ``elative`` or ``genitive`` in Finnish, ``neuter`` in Swedish; else, and elsewhere, the plain form.

    Examples
    --------
    >>> format_count(7, "fi"), format_count(7, "fi", "elative"), format_count(11, "fi")
    ('seitsemän', 'seitsemästä', '11')
    """
    words = _WORDS.get(f"{language}_{form}", _WORDS[language]).split()
    return words[n - 1] if 1 <= n <= len(words) else format_number(n, 0, language)


def format_month(month: int, language: Language) -> str:
    """The name of a month in its plain form.

    Examples
    --------
    >>> format_month(6, "fi"), format_month(6, "sv"), format_month(6, "en")
    ('kesäkuu', 'juni', 'June')
    """
    name: str = Locale(language).months["stand-alone"]["wide"][month]
    return name
