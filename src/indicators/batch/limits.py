"""What one report may use."""

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
