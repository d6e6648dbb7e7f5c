"""What tests of reports share."""

import pytest

from indicators.config import demonstrating


@pytest.fixture(scope="module")
def demonstration():
    """Reports that are opened have measures: the package's example plan, as ``--demo`` shows it."""
    with demonstrating():
        yield
