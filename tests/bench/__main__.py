"""Run the benches and print one JSON document: ``python -m tests.bench [NAME]... [--full]``.

A bench is a module ``bench_NAME.py`` here with a function ``run`` that returns a dict. Ratios are of one run
on one machine; nothing here is a test. ``--full`` also takes what lasts many minutes.
"""

import argparse
import importlib
import inspect
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

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
        found[name] = _run(name, options.full)
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


def _run(name: str, is_full: bool) -> dict[str, Any]:
    run = importlib.import_module(f"tests.bench.bench_{name}").run
    more = {"is_full": is_full} if "is_full" in inspect.signature(run).parameters else {}
    load, started = os.getloadavg()[0], time.perf_counter()
    result = run(**more)
    return result | {"bench_seconds": round(time.perf_counter() - started, 1), "load_before": round(load, 2)}


def describe_machine() -> dict[str, Any]:
    """What the numbers were taken on."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    main()
