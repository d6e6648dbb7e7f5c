"""Speed and memory of the batch against the ways it is done without us, all in one run on one machine.

- ``naive``: ``papermill ... && jupyter nbconvert --to html`` for each report, one at a time;
- ``naive_parallel``: the same with ``xargs -P`` and a process per core;
- ``naive_first``: ``naive`` with the notebook and the code of another checkout, which ``FIRST=FOLDER`` in the
  environment names, such as the first edition's;
- ``floor``: the CPU of the same pages' templates, rendered again from what they were given.

What is compared closely is measured by turns, and the quickest of three counts, so that what else the machine
does weighs on all alike. The naive ways are measured on a few reports and scaled to 22 (on all of them with
``--full``); so is nothing else. With ``--full`` also all 308 municipalities.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from indicators.batch.workers import count_cores
from indicators.catalogue import load_catalogue
from indicators.config import find_notebook

N_NAIVE, TURNS = 4, 3
BIN = Path(sys.executable).parent
REPORT = (sys.executable, "-m", "indicators", "report", "--snapshot", "bundled", "--json")


def run(is_full: bool = False) -> dict[str, Any]:
    """Seconds, ratios with what they must reach, and memory."""
    members = [area.code for area in load_catalogue().members]
    some = members if is_full else members[:N_NAIVE]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        seconds = _by_turns(members, place)
        seconds["unchanged"] = _time([*REPORT, "--all", "--out", str(place / "ours-0")])
        loops: dict[str, tuple[int, str]] = {"naive": (1, ""), "naive_parallel": (count_cores(), "")}
        if first := os.environ.get("FIRST", ""):
            loops["naive_first"] = (1, first)
        for name, (n, checkout) in loops.items():
            seconds[name] = _time_naive(some, place / name, n, checkout) * len(members) / len(some)
        seconds["naive_one"] = seconds["naive"] / len(members)
        floor, fresh = _measure_floor(members), [*REPORT, "--fresh", "--out", str(place / "cpu")]
        cpu = [_measure_cpu([*fresh, *what]) for what in (["--all"], members[:1])]
        _, memory = _watch([*REPORT, "--all", "--jobs", "2", "--out", str(place / "two")])
        made = json.loads((place / "ours-0" / "latest" / "manifest.json").read_text("utf-8"))
        result = {
            "reports": len(members),
            "naive_measured_on": len(some),
            "seconds": {key: round(value, 2) for key, value in seconds.items()},
            "seconds_inside_a_report": round(_mean(made), 3),
            "ratios": _ratios(seconds),
            "floor_cpu_s": round(floor, 4),
            # Of all reports but the first, with which the start goes.
            "cpu_to_floor": {
                "found": round((cpu[0] - cpu[1]) / (len(members) - 1) / floor, 2),
                "at_most": 2.5,
            },
            "peak_pss_mb_2_workers": {"found": memory["peak_pss_mb"], "must_reach": 500},
        }
        return result | (_country(place, seconds["ours"] / len(members)) if is_full else {})


def _by_turns(members: Sequence[str], place: Path) -> dict[str, float]:
    """The quickest of three runs of each, the three taken by turns."""
    found: dict[str, list[float]] = {}
    for turn in range(TURNS):
        two = [*REPORT, "--all", "--jobs", "2", "--out"]
        runs = {
            "ours": (_time, [*REPORT, "--all", "--out", f"{place}/ours-{turn}"]),
            "one": (_time, [*REPORT, members[0], "--out", f"{place}/one-{turn}"]),
            "ours_2_workers": (_time, [*two, f"{place}/two-{turn}"]),
            "dask_local_2": (_time, [*two, f"{place}/dask-{turn}", "--dask", "local"]),
        }
        for name, (measure, *arguments) in runs.items():
            found.setdefault(name, []).append(measure(*arguments))
    return {name: min(values) for name, values in found.items()}


def _ratios(seconds: dict[str, float]) -> dict[str, Any]:
    def ratio(above: str, below: str, **aim: float) -> dict[str, float]:
        return {"found": round(seconds[above] / seconds[below], 2)} | aim

    return {
        "naive_to_ours": ratio("naive", "ours", at_least=25),
        **(
            {"naive_first_to_ours": ratio("naive_first", "ours", at_least=25)}
            if "naive_first" in seconds
            else {}
        ),
        "naive_parallel_to_ours": ratio("naive_parallel", "ours", at_least=4),
        "one_to_naive_one": {"found": round(seconds["one"] / seconds["naive_one"], 3), "at_most": 0.3},
        "one_seconds": {"found": round(seconds["one"], 2), "at_most": 2.2},
        "dask_to_ours": ratio("dask_local_2", "ours_2_workers", at_most=1.3),
        "unchanged_seconds": {"found": round(seconds["unchanged"], 2), "at_most": 1},
    }


def _country(place: Path, seconds_of_few: float) -> dict[str, Any]:
    """All municipalities of Finland: time a report against the smaller run, and the command's own memory."""
    seconds, memory = _watch([*REPORT, "--country", "--out", str(place / "country")])
    each = seconds / len(load_catalogue().areas.municipalities())
    return {
        "country": {
            "seconds": round(seconds, 1),
            "seconds_a_report": {"found": round(each, 3), "at_most": 0.2},
            "to_the_22": {"found": round(each / seconds_of_few, 3), "at_most": 1.1},
            "command_memory_growth": {"found": memory["growth"], "at_most": 1.05},
            "peak_pss_mb": memory["peak_pss_mb"],
        }
    }


def _mean(manifest: dict[str, Any]) -> float:
    entries = manifest["reports"]
    return sum(entry["seconds"] for entry in entries) / len(entries)


def _time(command: Sequence[str]) -> float:
    started = time.perf_counter()
    _check(subprocess.run(command, capture_output=True, text=True, check=False))
    return time.perf_counter() - started


def _check(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        raise RuntimeError(f"{done.args}: exit code {done.returncode}\n{done.stderr[-2000:]}")


def _measure_floor(areas: Sequence[str]) -> float:
    """Seconds of CPU a report that its templates alone take."""
    command = [sys.executable, "-m", "tests.bench.floor", *areas]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    _check(done)
    return float(done.stdout)


def _measure_cpu(command: Sequence[str]) -> float:
    """Seconds of CPU that the machine spends while a command runs: on a quiet one, all its processes'."""
    before = psutil.cpu_times()
    _time(command)
    after = psutil.cpu_times()
    return (after.user - before.user) + (after.system - before.system)


def _time_naive(areas: Sequence[str], folder: Path, n: int, checkout: str = "") -> float:
    notebook, environment = find_notebook("kuntaraportti.ipynb"), dict(os.environ)
    if checkout:
        notebook = Path(checkout) / "notebooks" / notebook.name
        environment["PYTHONPATH"] = f"{checkout}/src"
    folder.mkdir()
    one = (
        f"{BIN}/papermill --no-progress-bar {notebook} {folder}/$0.ipynb -r area $0 -r language fi "
        f"-r snapshot bundled -r edition x && {BIN}/jupyter nbconvert --to html {folder}/$0.ipynb"
    )
    started = time.perf_counter()
    command = ["xargs", "-P", str(n), "-n", "1", "sh", "-c", one]
    done = subprocess.run(
        command, input="\n".join(areas), capture_output=True, text=True, check=False, env=environment
    )
    _check(done)
    return time.perf_counter() - started


def _watch(command: Sequence[str]) -> tuple[float, dict[str, float]]:
    """Seconds of a command; peak of its tree's proportional memory, and growth of its own from a tenth on."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = psutil.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        samples: list[tuple[float, float]] = []
        watcher = threading.Thread(target=_sample, args=(process, samples))
        watcher.start()
        code = process.wait()
        seconds = time.perf_counter() - started
        watcher.join()
    if code:
        raise RuntimeError(f"{command}: exit code {code}")
    own = [sample[1] for sample in samples]
    early, late = own[len(own) // 5], max(own[len(own) // 2 :])
    return seconds, {"peak_pss_mb": round(max(item[0] for item in samples)), "growth": round(late / early, 3)}


def _sample(process: psutil.Process, samples: list[tuple[float, float]]) -> None:
    while True:
        tree, own = 0.0, 0.0
        try:
            own = process.memory_full_info().uss / 1024**2
            for item in [process, *process.children(recursive=True)]:
                tree += _pss(item)
        except psutil.Error:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return
            continue
        samples.append((tree, own))
        time.sleep(0.2)


def _pss(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss / 1024**2
    except psutil.Error:
        return 0.0


if __name__ == "__main__":
    json.dump(run("--full" in sys.argv), sys.stdout, indent=1)
