"""Reports are tested with measures: the package's example plan, as ``--demo`` shows it."""

import pytest

from indicators.config import demonstrating


@pytest.fixture(scope="module", autouse=True)
def _demonstration():
    """Show the example plan."""
    with demonstrating():
        yield
