"""Serve an observation table as both services, for trials and for measuring: ``python -m replica FILE``."""

import argparse
import threading
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from indicators.catalogue import load_catalogue
from replica.declared import make_replicas
from replica.frames import fill_missing


def main() -> None:
    """Serve until interrupted; the two addresses are printed first."""
    parser = argparse.ArgumentParser(prog="python -m replica", description=__doc__)
    parser.add_argument("file", type=Path, help="observations.parquet of a snapshot")
    parser.add_argument("--seed", type=int, default=0, help="shifts every value")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument("--max-calls", type=int, default=30, help="calls allowed in ten seconds")
    parser.add_argument("--fill", action="store_true", help="made-up rows for indicators that FILE lacks")
    options = parser.parse_args()
    catalogue, frame = load_catalogue(), pd.read_parquet(options.file)
    if options.fill:
        frame = fill_missing(frame, catalogue)
    replicas = make_replicas(catalogue, frame, options.seed, options.max_calls, options.latency_ms)
    with ExitStack() as stack:
        sotkanet, statfin = (stack.enter_context(replica) for replica in replicas)
        sotkanet.prepare()
        print(f"YHDYSPINTA_SOTKANET_URL={sotkanet.url} YHDYSPINTA_STATFIN_URL={statfin.url}", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
