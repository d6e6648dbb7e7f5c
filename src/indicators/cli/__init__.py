"""The command ``yhdyspinta``: turns flags into one function call, and errors into messages and exit codes.

Heavy imports wait inside the commands, so that ``--help`` is quick.
"""

from indicators.cli import declared, fetching, followup, own, results, scheduled  # noqa: F401 - each adds its commands
from indicators.cli.group import main

__all__ = ["main"]
