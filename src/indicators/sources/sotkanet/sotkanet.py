"""THL Sotkanet: asks for regions, descriptions and rows, and gives observations.

An indicator's description is read first; where it and the provider's update date are as in the previous
snapshot, the rows are not asked for at all.
"""

from collections.abc import Sequence
from typing import Final

from indicators.catalogue.records import Indicator, SotkanetSource
from indicators.model import SeriesMetadata
from indicators.sources.areas import KnownAreas
from indicators.sources.http.answers import SharedAnswers
from indicators.sources.http.session import Params, ServiceSession
from indicators.sources.series import (
    Clock,
    SeriesResult,
    Source,
    check_not_older,
    get_source,
    get_utc_now,
    is_same_fingerprint,
    make_fingerprint,
)
from indicators.sources.sotkanet.metadata import GONE, IndicatorMetadata, read_metadata
from indicators.sources.sotkanet.regions import map_regions
from indicators.sources.sotkanet.rows import RowRequest, read_rows

#: Raised when rows are read in another way, so that unchanged series are read anew.
_READING: Final = 1


class Sotkanet(Source):
    """The Sotkanet service.

    Parameters
    ----------
    session : ServiceSession
        How the service is asked.
    base_url : str
        "https://sotkanet.fi/rest/1.1", or a mirror's.
    areas : KnownAreas
        The areas whose figures are kept.
    clock : callable, optional
        The present moment in UTC.
    """

    name = service = "sotkanet"
    session: ServiceSession

    def __init__(
        self, session: ServiceSession, base_url: str, areas: KnownAreas, clock: Clock = get_utc_now
    ) -> None:
        super().__init__(clock, 2 * session.limits.at_once)
        self.session, self._base, self._areas = session, base_url.rstrip("/"), areas

    def describe(self, indicator: Indicator) -> IndicatorMetadata:
        """What the service says of an indicator, without its figures.

        Raises
        ------
        SourceError
            The service did not answer, or the indicator is gone.
        """
        key = get_source(indicator, SotkanetSource).key
        url = f"{self._base}/indicators/{key}"
        return read_metadata(self.session.get_json(url, gone=GONE.format(key)), key, url)

    def fetch_regions(self) -> dict[int, str]:
        """Area code by the service's region id, of known areas.

        Raises
        ------
        SourceError
            The service did not answer, or its list of regions is not as agreed.
        """
        url = f"{self._base}/regions"
        return map_regions(self.session.get_json(url), self._areas, url)

    def _fetch_one(
        self, indicator: Indicator, previous: SeriesMetadata | None, shared: SharedAnswers
    ) -> SeriesResult:
        metadata, source = self.describe(indicator), get_source(indicator, SotkanetSource)
        said = metadata.raw if metadata.updated else None
        codes, span = self._areas.select(indicator.levels), indicator.years
        # When what is asked for changes, the figures at hand no longer answer it.
        asked = [_READING, source.sexes, span.first, span.last, indicator.value_type, sorted(codes)]
        fingerprint = make_fingerprint(asked, said)
        if is_same_fingerprint(previous, fingerprint, metadata.updated):
            return SeriesResult(indicator.id, "unchanged")
        check_not_older(self.name, f"{self._base}/indicators/{source.key}", metadata.updated, previous)
        years = _select_years(indicator, metadata)
        params = _build_params(source.key, years, source.sexes)
        url = f"{self._base}/json"
        shown_url = url + "?" + "&".join(f"{name}={value}" for name, value in params)
        request = RowRequest(
            indicator_id=indicator.id,
            key=source.key,
            url=shown_url,
            years=frozenset(years),
            sexes=frozenset(source.sexes),
            area_codes={
                number: code
                for number, code in shared.get("regions", self.fetch_regions).items()
                if code in codes
            },
            is_count=indicator.value_type == "count",
        )
        observations = read_rows(self.session.get_json(url, params) if years else [], request)
        return self._make_new(
            indicator,
            observations,
            shown_url,
            metadata.title,
            fingerprint,
            metadata.updated,
            notices=metadata.notices,
        )


def _select_years(indicator: Indicator, metadata: IndicatorMetadata) -> range:
    """The years that the service has and the catalogue uses."""
    if metadata.first_year is None or metadata.last_year is None:
        return range(0)
    first = max(metadata.first_year, indicator.years.first or metadata.first_year)
    last = min(metadata.last_year, indicator.years.last or metadata.last_year)
    return range(first, last + 1)


def _build_params(key: int, years: range, sexes: Sequence[str]) -> Params:
    """The query; years and genders are always sent, each repeated, since the service takes no lists."""
    return [("indicator", key), *(("years", year) for year in years), *(("genders", sex) for sex in sexes)]
