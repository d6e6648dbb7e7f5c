"""The version, on its own: whoever needs it need not import the package's door."""

from typing import Final

__version__: Final = "0.1.0"
