"""What one report may use."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Limits:
    """Of each report.

    Attributes
    ----------
    deadline : float
        Seconds after which its processes are killed.
    memory_mb : int
        Memory that the notebook may take beyond what its process had before.
    """

    deadline: float = 300.0
    memory_mb: int = 2048


USUAL_LIMITS: Final = Limits()
