"""Print the yardsticks as one JSON document: ``python -m tests.yardsticks [COUNTRIES]``."""

import json
import sys

from tests.yardsticks.kills import measure_kills
from tests.yardsticks.measure import measure
from tests.yardsticks.mutations import measure_mutations
from tests.yardsticks.published import measure_published


def main() -> None:
    """Measure with a thousand countries for each truth, or as many as are asked."""
    countries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    found = {"published": measure_published(), "gate": measure_mutations(), "kills": measure_kills()}
    json.dump(measure(countries) | found, sys.stdout, indent=1)
    sys.stdout.write("\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
