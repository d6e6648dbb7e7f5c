"""Speed of the assessment: 308 municipalities x 130 indicators x 30 years, and how it grows with areas.

Made-up figures: only their number matters. Run as ``python -m tests.bench.bench_assessment``.
"""

import json
import resource
import time

import numpy as np

from indicators.assessment.comparators import find_dominant
from indicators.assessment.panel import AreaIndex, Panel
from indicators.assessment.table import _assess
from indicators.assessment.verdicts import Context, compute_verdicts
from indicators.catalogue import load_catalogue
from indicators.model import STATUSES

N_AREAS, N_INDICATORS, N_YEARS = 308, 130, 30
MUST_REACH_SECONDS, MUST_REACH_MB = 2.5, 400


def run() -> dict:
    """Seconds of CPU for all indicators at 1 and 10 times the areas, and for a tenth of them at 100 times."""
    catalogue = load_catalogue()
    catalogue.areas.former()
    with_counts = catalogue.indicators["statfin:at_risk_of_poverty"]
    of_events = catalogue.indicators["statfin:offences_all_iccs"]
    without = catalogue.indicators["sotkanet:181"]
    kinds = [(with_counts, True), (of_events, True), (without, False), (without, False)]
    seconds, peak = {}, 0.0
    for factor, share in ((1, 1), (10, 1), (100, 10)):
        panels = [_make_panel(catalogue, factor, n, *kinds[n % len(kinds)]) for n in range(len(kinds))]
        index = panels[0].index
        context = Context(catalogue, index, None, find_dominant(None, len(index.codes)), panels[0])
        started = time.process_time()
        for n in range(N_INDICATORS // share):
            indicator, panel = kinds[n % len(kinds)][0], panels[n % len(kinds)]
            _assess(panel, catalogue.areas)
            compute_verdicts(panel, indicator, "lower_is_better", context)
        seconds[factor] = (time.process_time() - started) * share
        peak = peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "what": f"{N_AREAS} areas x {N_INDICATORS} indicators x {N_YEARS} years, one process",
        "cpu_seconds": round(seconds[1], 3),
        "must_reach_cpu_seconds": MUST_REACH_SECONDS,
        "peak_memory_mb": round(peak),
        "must_reach_mb": MUST_REACH_MB,
        "is_reached": seconds[1] <= MUST_REACH_SECONDS and peak <= MUST_REACH_MB,
        "seconds_per_row_at_10x_over_1x": round(seconds[10] / 10 / seconds[1], 3),
        "seconds_per_row_at_100x_over_1x": round(seconds[100] / 100 / seconds[1], 3),
        "note": "at 100x a tenth of the indicators was run and the time multiplied",
    }


def _make_panel(catalogue, factor, seed, indicator, has_counts) -> Panel:
    """A full panel: municipalities in regions of twenty, then the regions and the country."""
    generator = np.random.default_rng(seed)
    n = N_AREAS * factor
    n_regions = n // 20
    n_all = n + n_regions + 1
    former = [item.code for item in catalogue.areas.former()]
    heirs = [catalogue.areas.successor(code) for code in former]
    codes = tuple([*dict.fromkeys([*heirs, *former]), *(f"a{i}" for i in range(n_all))][:n_all])
    region = np.full(n_all, -1)
    region[:n] = n + np.minimum(np.arange(n) // 20, n_regions - 1)
    regions = [
        code for change in catalogue.areas.regional_changes for code in (change.from_region, change.to_region)
    ]
    index = AreaIndex(
        codes=(*codes[: n_all - len(set(regions))], *sorted(set(regions))),
        n_current=n_all,
        is_municipality=np.arange(n_all) < n,
        region=region,
        country=np.where(np.arange(n_all) == n_all - 1, -1, n_all - 1),
        successor=np.arange(n_all),
        merge_year=np.full(n_all, 9999),
    )
    denominator = np.rint(np.exp(generator.normal(8.5, 1.2, (n_all, 1)))) + 500 + np.zeros((n_all, N_YEARS))
    count = generator.binomial(denominator.astype(int), 0.12).astype(float)
    for matrix in (count, denominator):
        np.add.at(matrix, region[:n], matrix[:n])
        matrix[-1] = matrix[:n].sum(axis=0)
    multiplier = catalogue.units[indicator.unit].multiplier
    missing = np.full((n_all, N_YEARS), np.nan)
    return Panel(
        indicator_id=indicator.id,
        index=index,
        years=np.arange(1996, 1996 + N_YEARS),
        value=np.round(count / denominator * multiplier, 1),
        count=count if has_counts else missing,
        denominator=denominator if has_counts else missing,
        status=np.full((n_all, N_YEARS), STATUSES.index("normal"), dtype=np.int8),
        note=np.full((n_all, N_YEARS), "", dtype=object),
        origin=np.ones((n_all, N_YEARS), dtype=np.int8),
        division=np.full(N_YEARS, 2026),
        vintage=np.full(N_YEARS, "2026", dtype=object),
    )


if __name__ == "__main__":
    print(json.dumps(run(), indent=1))  # noqa: T201 - a bench speaks
