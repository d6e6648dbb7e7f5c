"""Reads Sotkanet's description of one indicator."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from indicators.errors import ResponseFormatError
from indicators.model import Level
from indicators.sources.http.session import GoneError
from indicators.sources.safetext import read_languages
from indicators.sources.series import SeriesDescription

# The list of levels never names counties, even where there are county figures: the field's title does.
_LEVEL_WORDS: Final[dict[Level, tuple[str, ...]]] = {
    "municipality": ("kunta",),
    "region": ("maakunta",),
    "county": ("hyvinvointialue",),
    "country": ("maa", "koko maa"),
}


#: What it means that the service knows nothing of a number.
GONE: Final = "indicator {} is gone: the service knows nothing of it"


@dataclass(frozen=True)
class IndicatorMetadata(SeriesDescription):
    """What Sotkanet says of an indicator.

    Attributes
    ----------
    notices : dict of str
        By language, as safe text.
    raw : dict
        The whole answer.
    """

    notices: dict[str, str]
    raw: dict[str, Any]


def read_metadata(answer: object, key: int, url: str) -> IndicatorMetadata:
    """Read the answer of ``/indicators/{id}``.

    Raises
    ------
    GoneError
        The answer is empty.
    ResponseFormatError
        The answer describes another indicator, or lacks what is needed.
    """
    if answer is None or answer == [] or answer == {}:
        raise GoneError("sotkanet", url, GONE.format(key), 200)
    if not isinstance(answer, dict):
        raise ResponseFormatError("sotkanet", url, f"found a {type(answer).__name__}; expected one indicator")
    if str(answer.get("id")) != str(key):
        raise ResponseFormatError("sotkanet", url, f"describes indicator {answer.get('id')!r}, not {key}")
    title = read_languages(answer.get("title"))
    if not title:
        raise ResponseFormatError("sotkanet", url, "has no title")
    first, last = _read_range(answer, url)
    notices, levels = read_languages(answer.get("notices")), _read_levels(answer)
    return IndicatorMetadata(title, _read_updated(answer, url), first, last, levels, notices, answer)


def _read_range(answer: dict[str, Any], url: str) -> tuple[int | None, int | None]:
    if answer.get("range", ...) is None:
        return None, None  # an indicator that is described but has no figures
    years = [_get(answer, "range", key) for key in ("start", "end")]
    if not all(type(year) is int and 1800 <= year <= 2200 for year in years) or years[0] > years[1]:
        problem = f"range is {str(answer.get('range'))[:100]}; expected the first and the last year"
        raise ResponseFormatError("sotkanet", url, problem)
    return years[0], years[1]


def _read_updated(answer: dict[str, Any], url: str) -> str | None:
    updated: str | None = answer.get("data-updated")
    if updated is None:
        return None
    try:
        dt.datetime.fromisoformat(updated)
    except (TypeError, ValueError):
        raise ResponseFormatError("sotkanet", url, f"data-updated is {updated!r}; expected a date") from None
    return updated


def _read_levels(answer: dict[str, Any]) -> tuple[Level, ...]:
    values = _get(answer, "classifications", "region", "values")
    title = read_languages(_get(answer, "classifications", "region", "title")).get("fi", "")
    words = {str(value).strip().casefold() for value in values} if isinstance(values, list) else set()
    words |= {word.strip().casefold() for word in title.split(",")}
    return tuple(level for level, names in _LEVEL_WORDS.items() if words & set(names))


def _get(content: object, *keys: str) -> Any:
    """A nested field; None where any step is missing."""
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
    return content
