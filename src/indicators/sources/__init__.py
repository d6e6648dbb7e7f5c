"""Sources of figures: Sotkanet, Statistics Finland and the parties' own table files.

A source is given indicators and yields a `SeriesResult` for each of its own. Only this package knows the
services' addresses and field names.
"""

from indicators.sources.areas import KnownAreas
from indicators.sources.http.session import HttpLimits, ServiceSession
from indicators.sources.series import (
    GoneError,
    SeriesDescription,
    SeriesResult,
    Source,
    State,
    has_same_question,
    is_ahead,
    is_date,
)
from indicators.sources.sotkanet.sotkanet import Sotkanet
from indicators.sources.statfin.service import STATFIN_LIMITS
from indicators.sources.statfin.statfin import Statfin
from indicators.sources.tables.files import TableFiles

__all__ = [
    "STATFIN_LIMITS",
    "GoneError",
    "HttpLimits",
    "KnownAreas",
    "SeriesDescription",
    "SeriesResult",
    "ServiceSession",
    "Sotkanet",
    "Source",
    "State",
    "Statfin",
    "TableFiles",
    "has_same_question",
    "is_ahead",
    "is_date",
]
