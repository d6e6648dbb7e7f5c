"""Compares the declared data with what the services say of themselves: ids, titles, years, levels, tables."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator
from indicators.config import Settings
from indicators.errors import IndicatorsError, ResponseFormatError
from indicators.fetch.fetch import LIMITS, open_service
from indicators.sources.http.session import GoneError
from indicators.sources.series import SeriesDescription, Source, run_each

#: A yearly series that offers nothing newer than this many years ago has ended, or its id has been replaced.
ENDED_AFTER_YEARS: Final = 4
_AT_ONCE: Final = 4


@dataclass(frozen=True)
class Finding:
    """One difference between what the catalogue declares and what a service says.

    Kinds: ``gone``, the service knows nothing of the id or the table; ``form``, it describes the series, but
    not as is declared; ``no_answer``; ``title``, ``ended``, ``no_years``, ``level``;
    ``fills``, years are left out of a preferred indicator; ``counts``, the newest figures' counts are not of
    the declared numerator.
    """

    indicator_id: str
    kind: str
    declared: str
    found: str


def check_live(catalogue: Catalogue, settings: Settings, this_year: int) -> list[Finding]:
    """Ask the services about every declared series that has a live source; what differs.

    In the catalogue's order, first those of tables of which no account is known; empty where the services
    agree with it. The age of a series is counted from ``this_year``.
    """
    with ExitStack() as stack:
        sources = {name: open_service(name, catalogue, settings, stack) for name in LIMITS}
        asked = [
            indicator
            for indicator in catalogue.indicators.values()
            if indicator.source.service in sources and not getattr(indicator.source, "is_archived", False)
        ]
        asked.sort(key=lambda item: not getattr(item.source, "is_unverified", False))
        order = {item.id: at for at, item in enumerate(asked)}

        def compare(indicator: Indicator) -> list[Finding]:
            return _compare(catalogue, this_year, indicator, sources[indicator.source.service])

        found = run_each(compare, asked, _AT_ONCE)
        return sorted(found, key=lambda finding: order[finding.indicator_id])


def _compare(catalogue: Catalogue, this_year: int, indicator: Indicator, source: Source) -> list[Finding]:
    try:
        found = source.describe(indicator)
    except IndicatorsError as error:
        return [Finding(indicator.id, _classify(error), indicator.title.fi, str(error))]
    findings = [*_compare_title(indicator, found), *_compare_years(indicator, found, this_year)]
    adds_up = catalogue.units[indicator.unit].is_additive or getattr(indicator.source, "denominator", None)
    if _lost_levels(indicator, found, bool(adds_up)):
        findings.append(Finding(indicator.id, "level", ", ".join(indicator.levels), ", ".join(found.levels)))
    return findings


def _classify(error: IndicatorsError) -> str:
    if isinstance(error, ResponseFormatError):
        return "form"
    return "gone" if isinstance(error, GoneError) else "no_answer"


def _lost_levels(indicator: Indicator, found: SeriesDescription, adds_up: bool) -> list[str]:
    """Levels that reports rest on and the service does not offer.

    A county stands for its region, and so do municipalities whose counts add up to it.
    """
    if adds_up and "municipality" in found.levels:
        return []
    offered = {*found.levels, *(["region"] if "county" in found.levels else [])}
    needed = [level for level in ("municipality", "region") if level in indicator.levels]
    return [level for level in needed if found.levels and level not in offered]


def _compare_title(indicator: Indicator, found: SeriesDescription) -> Iterator[Finding]:
    """Only Sotkanet titles are the provider's own; a table's title covers many figures."""
    title = found.title.get("fi", "")
    if indicator.source.service == "sotkanet" and _bare(title) != _bare(indicator.title.fi):
        yield Finding(indicator.id, "title", indicator.title.fi, title)


def _compare_years(indicator: Indicator, found: SeriesDescription, this_year: int) -> Iterator[Finding]:
    if found.last_year is None:
        yield Finding(indicator.id, "no_years", "", "the service offers no year")
    elif (
        indicator.years.last is None
        and found.last_year < this_year - ENDED_AFTER_YEARS - indicator.interval_years
    ):
        yield Finding(indicator.id, "ended", "a living series", f"the last year is {found.last_year}")


def _bare(title: str) -> str:
    """A title without what is only a matter of setting: spaces, dashes, case, a closing point."""
    return "".join(title.casefold().replace("–", "-").split()).rstrip(".")
