"""Serve an observation table as both services, for trials and for measuring: ``python -m replica FILE``."""

import argparse
import threading
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from indicators.catalogue import load_catalogue
from replica.declared import make_tables
from replica.frames import fill_missing
from replica.pxweb import PxWebReplica
from replica.sotkanet import SotkanetReplica, make_regions


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
        municipalities = [area.code for area in catalogue.areas.municipalities()]
        frame = fill_missing(frame, catalogue.indicators, municipalities)
    ids = {area.code: area.sotkanet_id for area in catalogue.areas if area.sotkanet_id is not None}
    multipliers = {unit.id: unit.multiplier for unit in catalogue.units.values() if unit.multiplier}
    tables = make_tables(catalogue.indicators.values(), frame, multipliers, options.seed)
    codes = frame["area_code"].astype(str)
    with ExitStack() as stack:
        sotkanet = SotkanetReplica(
            frame, options.seed, regions=make_regions(codes, ids), latency_ms=options.latency_ms
        )
        statfin = PxWebReplica(tables, max_calls=options.max_calls, latency_ms=options.latency_ms)
        for replica in (sotkanet, statfin):
            stack.enter_context(replica)
        sotkanet.prepare()
        print(f"YHDYSPINTA_SOTKANET_URL={sotkanet.url} YHDYSPINTA_STATFIN_URL={statfin.url}", flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
