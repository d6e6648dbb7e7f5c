"""CPU of one municipal report's body, all parts, in a warm process; and how much of it pandas takes.

``python -m tests.bench report`` gives the median of five turns, each of another municipality so that nothing
of it is kept from before, and pandas' share by cProfile: the time of calls from this package into pandas.
``FIRST=FOLDER`` in the environment names another checkout, measured by turns with this one in a process of
its own.
"""

import cProfile
import json
import os
import pstats
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

AREAS = ("931", "179", "435", "992", "182")
#: What a page on the screen has, and what it had in the first edition, for the comparison with that.
PARTS = ("header", "findings", "goals", "moved", "measures", "about", "footer")
FIRST_PARTS = ("header", "contents", "key_facts", "summary", "follow_up", "goals", "about", "footer")
SOURCES = Path(__file__).parents[2] / "src"


def run() -> dict[str, Any]:
    """Seconds of CPU of each checkout's turns, and the share of pandas."""
    places = {"this": SOURCES}
    if first := os.environ.get("FIRST"):
        places["first"] = Path(first) / "src"
    measurers = {name: _start(place) for name, place in places.items()}
    seconds: dict[str, list[float]] = {name: [] for name in places}
    for area in AREAS:
        for name, process in measurers.items():
            seconds[name].append(_ask(process, area)["cpu_s"])
    found = {
        name: {
            "body_cpu_s": round(statistics.median(seconds[name]), 4),
            "pandas_share": round(_ask(process, "profile")["pandas_share"], 4),
        }
        for name, process in measurers.items()
    }
    for process in measurers.values():
        process.communicate("\n")
    return found


def _start(sources: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(sources)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, __file__], text=True, env=environment, **pipes)


def _ask(process: subprocess.Popen[str], word: str) -> dict[str, float]:
    process.stdin.write(f"{word}\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def _serve() -> None:
    """Answer each line: an area with the CPU of its report's body, ``profile`` with the share of pandas."""
    for area in ("172", "850"):  # fonts, templates and locales are made by the first ones
        _make(area)
    for line in sys.stdin:
        if not line.strip():
            return
        found = {"pandas_share": _share()} if line.strip() == "profile" else {"cpu_s": _time(line.strip())}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def _make(area: str) -> None:
    from indicators.report.municipal import open_municipal_report

    report = open_municipal_report(area)
    for part in PARTS if hasattr(report, "findings") else FIRST_PARTS:
        getattr(report, part)()


def _time(area: str) -> float:
    started = time.process_time()
    _make(area)
    return time.process_time() - started


def _share() -> float:
    profile = cProfile.Profile()
    profile.runcall(_make, "256")
    stats = pstats.Stats(profile)
    entered = (
        called[3]
        for (file, _, _), (*_, callers) in stats.stats.items()  # type: ignore[attr-defined]
        if "/pandas/" in file
        for (caller, _, _), called in callers.items()
        if "/indicators/" in caller
    )
    return sum(entered) / stats.total_tt  # type: ignore[attr-defined]


if __name__ == "__main__":
    _serve()
