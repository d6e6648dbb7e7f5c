"""Runs one bench; a module of its own, since a process that is started does not import ``__main__``."""

import importlib
import inspect
import os
import time
from typing import Any


def run_bench(name: str, is_full: bool) -> dict[str, Any]:
    """What the bench found, with its seconds and the machine's load before."""
    run = importlib.import_module(f"tests.bench.bench_{name}").run
    more = {"is_full": is_full} if "is_full" in inspect.signature(run).parameters else {}
    load, started = os.getloadavg()[0], time.perf_counter()
    result = run(**more)
    return result | {"bench_seconds": round(time.perf_counter() - started, 1), "load_before": round(load, 2)}
