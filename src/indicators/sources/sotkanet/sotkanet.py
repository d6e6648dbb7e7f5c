"""THL Sotkanet: asks for regions, descriptions and rows, and gives observations.

An indicator's description is read first; where it and the provider's update date are as in the previous
snapshot, the rows are not asked for at all.
"""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from indicators.catalogue.records import Indicator, SotkanetSource
from indicators.errors import SourceError
from indicators.model import SeriesMetadata
from indicators.sources.areas import KnownAreas
from indicators.sources.http.answers import SharedAnswers
from indicators.sources.http.session import Params, ServiceSession
from indicators.sources.observations import find_parts
from indicators.sources.series import (
    Clock,
    GoneError,
    SeriesDescription,
    SeriesResult,
    Source,
    check_not_older,
    get_source,
    get_utc_now,
    is_same_fingerprint,
    make_fingerprint,
)
from indicators.sources.sotkanet.metadata import IndicatorMetadata, read_metadata
from indicators.sources.sotkanet.regions import map_regions
from indicators.sources.sotkanet.rows import RowRequest, read_rows

#: Raised when rows are read in another way, so that unchanged series are read anew.
_READING: Final = 1
_GONE: Final = (400, 404, 410)


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

    name = "sotkanet"

    def __init__(
        self, session: ServiceSession, base_url: str, areas: KnownAreas, clock: Clock = get_utc_now
    ) -> None:
        self._session = session
        self._base = base_url.rstrip("/")
        self._areas = areas
        self._clock = clock

    def _has(self, indicator: Indicator) -> bool:
        return isinstance(indicator.source, SotkanetSource)

    def _count_threads(self) -> int:
        return 2 * self._session.limits.at_once

    def describe(self, indicator: Indicator) -> SeriesDescription:
        """What the service says of an indicator, without its figures.

        Raises
        ------
        SourceError
            The service did not answer, or the indicator is gone.
        """
        return self.fetch_metadata(indicator).describe()

    def fetch_metadata(self, indicator: Indicator) -> IndicatorMetadata:
        """The service's description of an indicator. Raises as `describe` does."""
        key = get_source(indicator, SotkanetSource).key
        url = f"{self._base}/indicators/{key}"
        try:
            answer = self._session.get_json(url)
        except SourceError as error:
            if error.status in _GONE:
                problem = f"indicator {key} is gone: the service knows nothing of it"
                raise GoneError(self.name, url, problem, error.status) from error
            raise
        return read_metadata(answer, key, url)

    def fetch_regions(self) -> dict[int, str]:
        """Area code by the service's region id, of known areas.

        Raises
        ------
        SourceError
            The service did not answer, or its list of regions is not as agreed.
        """
        url = f"{self._base}/regions"
        return map_regions(self._session.get_json(url), self._areas, url)

    def _fetch_one(
        self, indicator: Indicator, previous: SeriesMetadata | None, shared: SharedAnswers
    ) -> SeriesResult:
        metadata = self.fetch_metadata(indicator)
        said = metadata.raw if metadata.updated else None
        fingerprint = make_fingerprint(self._describe_request(indicator), said)
        if is_same_fingerprint(previous, fingerprint, metadata.updated):
            return SeriesResult(indicator.id, "unchanged")
        check_not_older(self.name, f"{self._base}/indicators/{metadata.key}", metadata.updated, previous)
        source, years = get_source(indicator, SotkanetSource), _select_years(indicator, metadata)
        params = _build_params(source.key, years, source.sexes)
        url = _join(f"{self._base}/json", params)
        regions = shared.get("regions", self.fetch_regions)
        shown = self._areas.select(indicator.levels)
        request = RowRequest(
            indicator_id=indicator.id,
            key=source.key,
            url=url,
            years=frozenset(years),
            sexes=frozenset(source.sexes),
            area_codes={number: code for number, code in regions.items() if code in shown},
            is_count=indicator.value_type == "count",
        )
        observations = self._fetch_rows(params, request)
        retrieved = self._clock()
        return SeriesResult(
            indicator.id,
            "new",
            observations,
            SeriesMetadata(
                indicator_id=indicator.id,
                source=self.name,
                producer=indicator.producer,
                url=url,
                title=metadata.title,
                parts=find_parts(observations, retrieved.date().isoformat()),
                retrieved_at=retrieved.isoformat(),
                updated=metadata.updated,
                metadata_sha256=fingerprint,
                notices=metadata.notices,
            ),
        )

    def _fetch_rows(self, params: Params, request: RowRequest) -> pd.DataFrame:
        rows = self._session.get_json(f"{self._base}/json", params) if request.years else []
        return read_rows(rows, request)

    def _describe_request(self, indicator: Indicator) -> list[Any]:
        """What the catalogue asks for: when it changes, the figures at hand no longer answer it."""
        span = indicator.years
        codes = sorted(self._areas.select(indicator.levels))
        return [
            _READING,
            get_source(indicator, SotkanetSource).sexes,
            span.first,
            span.last,
            indicator.value_type,
            codes,
        ]


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


def _join(url: str, params: Params) -> str:
    return url + "?" + "&".join(f"{name}={value}" for name, value in params)
