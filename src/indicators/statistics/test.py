"""What a test needs to know of an indicator, in one record instead of a row of parameters."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from indicators.statistics.codes import Kind, check_kind
from indicators.statistics.dispersion import Dispersion, dispersion_at


@dataclass(frozen=True, eq=False)
class Test:
    """How figures are tested.

    Attributes
    ----------
    kind : {"proportion", "rate"}
        Whether the count is part of the denominator.
    multiplier : float
        100 for per cent, 1000 for per thousand.
    direction : str
        ``higher_is_better``, ``lower_is_better`` or ``no_judgement``.
    confidence : float
        Two-sided confidence of the verdict: 0.95 for comparisons, 0.998 for trends.
    dispersion : Dispersion or float
        Variance of the count divided by that of independent persons or events: a design effect, or what was
        estimated over all municipalities. 1 for independent ones; NaN gives no verdict.
    minimum : float
        A value on fewer events is uncertain, and a comparator on fewer is none.

    Raises
    ------
    ValueError
        For an unknown kind, or a confidence outside 0-1.
    """

    __test__: ClassVar[bool] = False  # pytest takes classes of this name for its own

    kind: Kind
    multiplier: float = 1.0
    direction: str = "no_judgement"
    confidence: float = 0.95
    dispersion: Dispersion | float = 1.0
    minimum: float = 10.0

    def __post_init__(self) -> None:
        check_kind(self.kind)
        if not 0 < self.confidence < 1:
            raise ValueError(
                f"Confidence is {self.confidence}; expected a number between 0 and 1, such as 0.95."
            )

    def dispersion_at(self, denominator: ArrayLike, share: ArrayLike) -> NDArray[np.float64]:
        """Dispersion of counts of these denominators at these figures, given as count per denominator."""
        expected = np.asarray(denominator, float) * np.asarray(share, float)
        free = 1 - np.asarray(share, float) if self.kind == "proportion" else 1.0
        return dispersion_at(self.dispersion, expected * free)
