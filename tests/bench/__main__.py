"""Run the benches and print one JSON document: ``python -m tests.bench [NAME]... [--full]``.

A bench is a module ``bench_NAME.py`` here with a function ``run`` that returns a dict. Ratios are of one run
on one machine; nothing here is a test. ``--full`` also takes what lasts many minutes.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench.running import run_bench

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def main() -> None:
    """Run the benches named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--full", action="store_true", help="also what lasts many minutes")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"no bench is called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    found: dict[str, Any] = {"machine": describe_machine()}
    for name in options.names or NAMES:
        sys.stderr.write(f"{name}...\n")
        # Each in a process of its own, so that none finds another's memory or imports.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            found[name] = process.submit(run_bench, name, options.full).result()
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


def describe_machine() -> dict[str, Any]:
    """What the numbers were taken on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    main()
