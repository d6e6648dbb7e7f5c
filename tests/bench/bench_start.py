"""How soon an analyst can begin: import, help, and the first chart after the imports.

``run()`` returns seconds, the best of several fresh processes; ``python -m tests.bench start`` prints them.
Allowed: 0.15 s for the import over Python alone, 0.3 s for the help, 2 s for the first chart.
"""

import subprocess
import sys
import time

_FIRST_CHART = """
import time, indicators
indicators.trend_chart  # the imports
started = time.perf_counter()
indicators.trend_chart("931", "sotkanet:181", snapshot="bundled")._repr_html_()
first = time.perf_counter() - started
started = time.perf_counter()
indicators.trend_chart("435", "sotkanet:181", snapshot="bundled")._repr_html_()
print(first, time.perf_counter() - started)
"""


def run(n_runs: int = 5) -> dict[str, float]:
    """Seconds of each start, the best of ``n_runs``."""
    bare = _best(n_runs, "-c", "pass")
    imported = _best(n_runs, "-c", "import indicators")
    functions = _best(n_runs, "-c", "import indicators; indicators.area")
    charts = [_print_numbers(_FIRST_CHART) for _ in range(min(n_runs, 3))]
    return {
        "python_s": bare,
        "import_over_python_s": round(imported - bare, 4),
        "all_functions_over_python_s": round(functions - bare, 4),
        "help_s": _best(n_runs, "-m", "indicators", "--help"),
        "first_chart_s": round(min(first for first, _ in charts), 4),
        "next_chart_s": round(min(after for _, after in charts), 4),
    }


def _best(n_runs: int, *arguments: str) -> float:
    seconds = []
    for _ in range(n_runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return round(min(seconds), 4)


def _print_numbers(code: str) -> list[float]:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return [float(number) for number in done.stdout.split()]
