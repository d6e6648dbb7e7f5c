"""What the bundled snapshot's own figures show of the methods, beside the review's numbers."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from indicators.assessment.panel import Panel, build_panels, index_areas
from indicators.assessment.table import compute_assessment
from indicators.catalogue import load_catalogue
from indicators.snapshot.load import load_snapshot
from indicators.statistics.dispersion import _residual_chi_square, estimate_dispersion
from indicators.statistics.test import Test
from indicators.statistics.trend import assess_count_trend

_CLASSES = (0, 100, 500, 2_000, 4_000, np.inf)


def measure_published() -> dict[str, Any]:
    """Trends of the unemployed, dispersion by size of offences, and Jyväskylä's offences."""
    catalogue, snapshot = load_catalogue(), load_snapshot("bundled")
    panels = build_panels(snapshot, catalogue, index_areas(catalogue.areas))
    assessment = compute_assessment(snapshot, catalogue)
    row = assessment.row("179", "statfin:offences_all_iccs")
    return {
        "unemployed_told": {
            f"{first}-{first + 4}": count_told(panels["statfin:unemployed"], first)
            for first in (2010, 2013, 2015)
        },
        "unemployed_told_review": {"2010-2014": [147, 31], "2013-2017": [22, 2], "2015-2019": [259, 240]},
        "dispersion": {
            key: spread_by_size(panels[f"statfin:{key}"])
            for key in ("offences_all_iccs", "offences_property_iccs")
        },
        "jyvaskyla_all_offences": None
        if row is None
        else {"verdict": row.rest_verdict, "p": row.rest_p, "value": row.value, "rest": row.rest_comparator},
    }


def count_told(panel: Panel, first: int) -> dict[str, int] | None:
    """How many municipalities' trends are told over five years: as independent persons, and as estimated."""
    columns = np.flatnonzero((panel.years >= first) & (panel.years <= first + 4))
    if len(columns) < 5:
        return None
    rows = np.flatnonzero(panel.index.is_municipality)
    x, n = (matrix[np.ix_(rows, columns)] for matrix in (panel.count, panel.denominator))
    years = panel.years[columns]
    scatter = estimate_dispersion(x, n, years, kind="proportion")
    found = {}
    for name, dispersion in (("independent", 1.0), ("estimated", scatter)):
        test = Test("proportion", confidence=0.998, dispersion=dispersion)
        verdict = assess_count_trend(x, n, years, test).verdict
        found[name] = int(np.isin(verdict, ("rising", "falling")).sum())
    return found


def spread_by_size(panel: Panel) -> list[dict[str, float]]:
    """Observed and fitted dispersion of the last five years, by classes of the mean count."""
    rows = np.flatnonzero(panel.index.is_municipality)
    x, n = (matrix[rows][:, -5:] for matrix in (panel.count, panel.denominator))
    usable = np.isfinite(x).all(axis=1) & (n > 0).all(axis=1) & (x.sum(axis=1) >= 2)
    x, n = x[usable], n[usable]
    time = np.arange(x.shape[1]) - (x.shape[1] - 1) / 2
    observed = _residual_chi_square(x, n, time, np.zeros(x.shape)) / (x.shape[1] - 2)
    mean = x.mean(axis=1)
    curve = estimate_dispersion(x, n)
    used, fitted = curve.at(mean), replace(curve, covariance=(0.0, 0.0, 0.0)).at(mean)
    found = []
    for low, high in pairwise(_CLASSES):
        inside = (mean >= low) & (mean < high)
        if inside.any():
            three = [float(item[inside].mean()) for item in (observed, fitted, used)]
            found.append(
                {
                    "from": low,
                    "areas": int(inside.sum()),
                    **dict(
                        zip(("observed", "fitted", "used"), (round(item, 1) for item in three), strict=True)
                    ),
                    "times": round(three[1] / three[0], 2),
                }
            )
    return found
