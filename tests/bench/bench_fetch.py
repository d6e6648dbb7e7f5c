"""Speed, traffic and memory of a fetch of all declared series, from replicas in a process of their own.

``run()`` returns everything as a dict of plain numbers; run from the repository's root,
``python -m tests.bench.bench_fetch`` prints it as JSON.

The bound of a full fetch is what no client that keeps to four requests at once can beat: the added latency
of all requests, four at a time, and the time in which a plain client downloads the same answers without it.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

AT_ONCE = 4
LATENCY_MS = 50
SEED = 1
ALLOWED_SHARE = 1.3
ALLOWED_MB = 400
TESTS = Path(__file__).parents[1]
#: Services' call limits would measure the limits; this many calls are allowed in ten seconds.
MAX_CALLS = 100_000


def run() -> dict[str, Any]:
    """Fetch everything twice and measure; see the module."""
    with serve() as ask, tempfile.TemporaryDirectory() as home:
        urls = ask("start")
        ask("latency", LATENCY_MS)
        first = fetch(urls, home)
        questions = ask("take_questions")
        second = fetch(urls, home)
        metadata = ask("take_questions")
        ask("latency", 0)
        transfer, received = download(questions)
    requests = len(questions)
    latency_seconds = requests / AT_ONCE * LATENCY_MS / 1000
    bound = latency_seconds + transfer
    return {
        "full_fetch": {
            **first,
            "requests": requests,
            "plain_client_bytes": received,
            "latency_seconds": round(latency_seconds, 2),
            "transfer_seconds": round(transfer, 2),
            "bound_seconds": round(bound, 2),
            "share_of_bound": round(first["fetching_seconds"] / bound, 2),
            "share_of_bound_with_writing": round(first["seconds"] / bound, 2),
            "is_within": first["fetching_seconds"] <= ALLOWED_SHARE * bound,
            "is_within_with_writing": first["seconds"] <= ALLOWED_SHARE * bound,
            "is_small": first["peak_mb"] < ALLOWED_MB,
        },
        "second_fetch": {
            **second,
            "requests": len(metadata),
            "requests_for_figures": sum(is_for_figures(method, url) for method, url, _ in metadata),
        },
    }


def is_for_figures(method: str, url: str) -> bool:
    """Whether a request asks for figures, not for a description."""
    return method == "POST" or "/json?" in url


# --- the replicas, in a process of their own --------------------------------------------------------


@contextmanager
def serve() -> Iterator[Any]:
    """Start a process that serves both replicas; gives a function that talks to it."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()

    def ask(*command: Any) -> Any:
        ours.send(command)
        return ours.recv()

    try:
        yield ask
    finally:
        ours.send(("stop",))
        process.join(10)


def _serve(connection: Connection) -> None:
    sys.path.insert(0, str(TESTS))
    import pandas as pd

    from indicators.catalogue import load_catalogue
    from indicators.snapshot.store import BUNDLED_FOLDER
    from replica import fill_missing, make_replicas

    catalogue = load_catalogue()
    frame = fill_missing(pd.read_parquet(BUNDLED_FOLDER / "observations.parquet"), catalogue)
    sotkanet, statfin = replicas = make_replicas(catalogue, frame, SEED, MAX_CALLS)
    sotkanet.prepare()
    with ExitStack() as stack:
        for replica in replicas:
            stack.enter_context(replica)
        while (command := connection.recv())[0] != "stop":
            if command[0] == "latency":
                for replica in replicas:
                    replica.latency_ms = command[1]
            answer: Any = {"sotkanet": sotkanet.url, "statfin": statfin.url}
            if command[0] == "take_questions":
                answer = [item for replica in replicas for item in _take_questions(replica)]
            connection.send(answer)


def _take_questions(replica: Any) -> list[tuple[str, str, bytes]]:
    base = replica.url.removesuffix(replica.root)
    taken = []
    for question, body in zip(replica.questions, replica.bodies, strict=True):
        method, _, target = question.partition(" ")
        taken.append((method, base + target, body))
    replica.reset_counts()
    return taken


# --- the plain client -------------------------------------------------------------------------------


def download(questions: list[tuple[str, str, bytes]]) -> tuple[float, int]:
    """Seconds and bytes of downloading the answers four at once, and doing nothing with them."""
    import requests

    with requests.Session() as http, ThreadPoolExecutor(AT_ONCE) as pool:
        http.trust_env = False
        http.headers["User-Agent"] = "bench"

        def ask(question: tuple[str, str, bytes]) -> int:
            method, url, body = question
            return len(http.request(method, url, data=body, timeout=60).content)

        started = time.perf_counter()
        received = sum(pool.map(ask, questions))
        return time.perf_counter() - started, received


# --- the fetch, in a process of its own -------------------------------------------------------------


def fetch(urls: dict[str, str], home: str) -> dict[str, Any]:
    """What a fetch in a new process took."""
    settings = {f"YHDYSPINTA_{name.upper()}_URL": url for name, url in urls.items()}
    environ = os.environ | settings | {"YHDYSPINTA_HOME": home}
    command = [sys.executable, str(Path(__file__)), "--fetch"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _fetch_here() -> dict[str, Any]:
    from indicators.catalogue import load_catalogue
    from indicators.config import load_settings
    from indicators.fetch.fetch import fetch_snapshot

    catalogue = load_catalogue()
    started = time.perf_counter()
    report = fetch_snapshot(catalogue, load_settings())
    seconds = time.perf_counter() - started
    fetching = max(item.seconds for item in report.sources.values())  # asked at the same time
    return {
        "seconds": round(seconds, 2),
        "fetching_seconds": round(fetching, 2),
        "writing_and_reading_seconds": round(seconds - fetching, 2),
        "new": sum(item.new for item in report.sources.values()),
        "unchanged": sum(item.unchanged for item in report.sources.values()),
        "problems": len(report.problems),
        "bytes": sum(item.bytes for item in report.sources.values()),
        "peak_mb": round(_read_peak_mb()),
    }


def _read_peak_mb() -> float:
    """The largest resident memory of this process so far."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(item for item in status.read_text().splitlines() if item.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    json.dump(_fetch_here() if "--fetch" in sys.argv else run(), sys.stdout, indent=1)
