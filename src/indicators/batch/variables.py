"""Names of the environment variables by which the command tells its warm server what it is for."""

from typing import Final

SNAPSHOT_VARIABLE: Final = "YHDYSPINTA_WARM_SNAPSHOT"
OWNER_VARIABLE: Final = "YHDYSPINTA_WARM_OWNER"
