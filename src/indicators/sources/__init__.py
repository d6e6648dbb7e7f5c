"""Sources of figures: Sotkanet, Statistics Finland and the parties' own table files.

A source is given indicators and yields a `SeriesResult` for each of its own. Only this package knows the
services' addresses and field names.
"""

from indicators.sources.areas import KnownAreas
from indicators.sources.pxservice import STATFIN_LIMITS
from indicators.sources.series import Progress, SeriesDescription, SeriesResult, Source
from indicators.sources.session import HttpLimits, ServiceSession
from indicators.sources.sotkanet import Sotkanet
from indicators.sources.statfin import Statfin
from indicators.sources.tablefile import TableFiles

__all__ = [
    "STATFIN_LIMITS",
    "HttpLimits",
    "KnownAreas",
    "Progress",
    "SeriesDescription",
    "SeriesResult",
    "ServiceSession",
    "Sotkanet",
    "Source",
    "Statfin",
    "TableFiles",
]
