"""What one report may use."""

import signal
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Limits:
    """Of each report: seconds after which its processes are killed, and memory for its notebook.

    The memory is what the notebook may take beyond what its process had before.
    """

    deadline: float = 300.0
    memory_mb: int = 2048


USUAL_LIMITS: Final = Limits()


def describe_late(limits: Limits) -> str:
    """Of a call that was not ready in time."""
    return f"stopped: not ready in {limits.deadline:g} seconds"


def describe_exit(code: int) -> str:
    """Of a process that ended without having told a result."""
    if code >= 0:
        return f"the process ended with exit code {code} and no result"
    try:
        return f"the process died of {signal.Signals(-code).name}"
    except ValueError:
        return f"the process died of signal {-code}"
