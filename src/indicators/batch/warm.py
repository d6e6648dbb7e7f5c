"""Imported once by the server from which report processes are forked: loads what every report needs."""

import gc
import os
from typing import Final

import indicators.batch.job  # noqa: F401 - its imports are what makes a child fast
from indicators.report.municipal import load_assessment

SNAPSHOT_VARIABLE: Final = "YHDYSPINTA_WARM_SNAPSHOT"

if os.environ.get(SNAPSHOT_VARIABLE):
    load_assessment(os.environ[SNAPSHOT_VARIABLE])
    # What is loaded here stays for good: children neither scan nor copy it.
    gc.collect()
    gc.freeze()
