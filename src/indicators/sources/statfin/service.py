"""The calls that a PxWeb service of version 1 takes: limits, lists, tables and queries."""

import logging
from dataclasses import dataclass
from typing import Any, Final

from indicators.errors import ResponseFormatError, SourceError
from indicators.sources.http.session import GoneError, HttpLimits, ServiceSession
from indicators.sources.statfin.jsonstat import read_cube
from indicators.sources.statfin.query import Figures, PxRequest, join_answers
from indicators.sources.statfin.table import PxTable, read_table

logger = logging.getLogger(__name__)

_LANGUAGES: Final = ("fi", "sv", "en")

#: The part of the service's call limit that is used.
_SHARE_OF_CALLS: Final = 0.67
#: Some tables are slow; before the service has told its call limit, a low one is kept.
STATFIN_LIMITS: Final = HttpLimits(
    read_seconds=60, total_seconds=150, calls=10, window_seconds=10, wait_after_429=30
)


@dataclass(frozen=True)
class ServiceLimits:
    """What a service allows: cells in an answer, and calls in a window of seconds."""

    max_cells: int = 100_000
    max_calls: int = 10
    window_seconds: float = 10


class PxService:
    """A PxWeb service, asked in one language.

    Parameters
    ----------
    session : ServiceSession
        How the service is asked.
    base_url : str
        ".../PxWeb/api/v1"; Finnish is asked for unless it ends with a language.
    """

    def __init__(self, session: ServiceSession, base_url: str) -> None:
        base = base_url.rstrip("/")
        self.base = base if base.rpartition("/")[2] in _LANGUAGES else f"{base}/fi"
        self.language = self.base.rpartition("/")[2]
        self.session = session

    def fetch_limits(self) -> ServiceLimits:
        """The limits that the service states, careful ones where it states none; from now on kept.

        Raises
        ------
        SourceError
            The service did not answer.
        """
        try:
            answer = self.session.get_json(f"{self.base}/?config", gone="states no limits")
        except GoneError:
            answer = None
        limits = read_limits(answer)
        self.session.set_rate(max(1, int(limits.max_calls * _SHARE_OF_CALLS)), limits.window_seconds)
        return limits

    def fetch_table(self, name: str) -> PxTable:
        """The description of a table, "StatFin/vaerak/11ra".

        Raises
        ------
        SourceError
            The table has moved or is gone, or the service did not answer.
        ResponseFormatError
            The answer is no table's description.
        """
        url = f"{self.base}/{name.removesuffix('.px')}.px"
        return read_table(self.session.get_json(url, gone="table moved or gone"), url)

    def fetch_written(self, folder: str) -> dict[str, str]:
        """When the service last wrote each table of a folder, by table; empty where it does not tell.

        The time may be later than the figures' own, since files have been written anew without a change:
        an equal time tells that a table has not changed, a later one does not tell that it has.
        """
        try:
            answer = self.session.get_json(f"{self.base}/{folder}/")
        except SourceError as error:
            logger.info("No list of %s: %s", folder, error)
            return {}
        entries = [item for item in answer if isinstance(item, dict)] if isinstance(answer, list) else []
        return {
            str(item["id"]).removesuffix(".px"): str(item["updated"])
            for item in entries
            if item.get("id") and item.get("updated")
        }

    def fetch_figures(self, request: PxRequest, max_cells: int, years_per_query: int | None) -> Figures:
        """Figures of a request, asked in as many queries as the limits demand.

        Raises
        ------
        SourceError
            The service refused a query or did not answer.
        ResponseFormatError
            An answer is not of what was asked, or the table changed between two queries.
        """
        answers = []
        for part in request.split(max_cells, years_per_query):
            answer = self.session.post_json(part.url, part.build_body())
            answers.append(part.read_answer(read_cube(answer, part.url)))
        if len({item.updated for item in answers}) > 1:
            raise ResponseFormatError("statfin", request.url, "the table was updated while it was read")
        return join_answers(answers)


def read_limits(answer: Any) -> ServiceLimits:
    """Limits from the answer of ``?config``; the stricter of the old and the new name of the cell limit."""
    default = ServiceLimits()
    stated = answer if isinstance(answer, dict) else {}

    def positive(*names: str) -> list[int]:
        return [stated[name] for name in names if type(stated.get(name)) is int and stated[name] > 0]

    return ServiceLimits(
        max_cells=min(positive("maxCells", "maxValues"), default=default.max_cells),
        max_calls=min(positive("maxCalls"), default=default.max_calls),
        window_seconds=min(positive("timeWindow"), default=default.window_seconds),
    )
