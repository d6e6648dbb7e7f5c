"""``python -m indicators`` is the command ``yhdyspinta``."""

from indicators.cli import main

main(prog_name="yhdyspinta")
