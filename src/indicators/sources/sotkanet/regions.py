"""Which area each of Sotkanet's region ids means.

Sotkanet numbers its regions itself. Their codes are unique only inside a category, and titles repeat, so a
region is known by category and code. Wellbeing services counties were numbered anew, and an old region may
carry the code that another county has now: there, only the declared id is trusted.
"""

import logging
from collections import defaultdict
from typing import Any, Final

from indicators.errors import ResponseFormatError
from indicators.sources.areas import KnownAreas

logger = logging.getLogger(__name__)

_COUNTIES: Final = "HYVINVOINTIALUE"
_FORMS: Final[dict[str, tuple[str, int]]] = {"KUNTA": ("", 3), "MAAKUNTA": ("MK", 2), _COUNTIES: ("HVA", 2)}
_COUNTRY: Final = ("MAA", 658)


def map_regions(answer: object, known: KnownAreas, url: str) -> dict[int, str]:
    """Area code by region id, from the service's list of regions.

    Parameters
    ----------
    answer : object
        The parsed JSON of ``/regions``.
    known : KnownAreas
        The areas that are kept, with their declared ids.
    url : str
        The address asked, for messages.

    Returns
    -------
    dict of int to str
        Only known areas; regions of other categories are left out.

    Raises
    ------
    ResponseFormatError
        The answer is not the list of regions, has no municipality that is known, or gives an area the id
        that is declared for another: figures would go to the wrong area.
    """
    if not isinstance(answer, list):
        raise ResponseFormatError("sotkanet", url, "found no list of regions")
    candidates: dict[str, list[int]] = defaultdict(list)
    for region in answer:
        number, code = _read_region(region, url)
        if code in known.codes and number not in candidates[code]:
            candidates[code].append(number)
    _refuse_dealt_otherwise(candidates, known, url)
    chosen = {code: _choose(code, numbers, known) for code, numbers in candidates.items()}
    codes = {number: code for code, number in chosen.items() if number is not None}
    if not any(len(code) == 3 and code.isdigit() for code in codes.values()):
        raise ResponseFormatError("sotkanet", url, f"none of {len(answer)} regions is a known municipality")
    return codes


def _read_region(region: Any, url: str) -> tuple[int, str]:
    """Region id and our code of the area; an empty code for other categories."""
    try:
        number, code, category = region["id"], str(region["code"]), str(region["category"])
    except (TypeError, KeyError):
        problem = f"a region without id, code or category: {str(region)[:100]}"
        raise ResponseFormatError("sotkanet", url, problem) from None
    if type(number) is not int:
        raise ResponseFormatError("sotkanet", url, f"a region id is {number!r}; expected a whole number")
    if category in _FORMS:
        prefix, length = _FORMS[category]
        return number, prefix + code.strip().zfill(length)
    return number, "SSS" if (category, number) == _COUNTRY else ""


def _refuse_dealt_otherwise(candidates: dict[str, list[int]], known: KnownAreas, url: str) -> None:
    declared = {number: code for code, number in known.sotkanet_ids.items()}
    found = [
        f"region id {number} is given to {known.describe(code)}, but is declared for {known.describe(owner)}"
        for code, numbers in candidates.items()
        for number in numbers
        if (owner := declared.get(number, code)) != code
    ]
    if found:
        more = f"; and {len(found) - 2} more" if len(found) > 2 else ""
        raise ResponseFormatError("sotkanet", url, "; ".join(found[:2]) + more)


def _choose(code: str, numbers: list[int], known: KnownAreas) -> int | None:
    """The region id that stands for the area; None where none can be trusted."""
    declared = known.sotkanet_ids.get(code)
    if declared in numbers:
        return declared
    is_certain = len(numbers) == 1 and (declared is None or not code.startswith("HVA"))
    if declared is not None or not is_certain:
        logger.warning(
            "Sotkanet has region id %s for area %s, declared %s; %s",
            numbers,
            code,
            declared,
            "the service's is used" if is_certain else "the area is left out",
        )
    return numbers[0] if is_certain else None
