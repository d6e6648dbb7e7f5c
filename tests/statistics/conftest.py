"""Tables worked outside the package, and settings for property tests."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

TABLES = Path(__file__).parents[1] / "fixtures" / "statistics"


@pytest.fixture
def table() -> Callable[[str], pd.DataFrame]:
    """Return a reader of the tables in ``tests/fixtures/statistics``."""
    return lambda name: pd.read_csv(TABLES / f"{name}.csv")
