"""A municipal report as its reader's browser meets it: bytes, elements, and the first paint from disk.

Measured on the bundled figures, and with TEST DATA for every declared indicator that they lack, which is the
largest report there can be. Allowed: 900 kB, 14 000 elements outside drawings, first paint within 0.5 s.
"""

import datetime as dt
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import Browser, sync_playwright

from indicators.catalogue import load_catalogue
from indicators.model import SeriesMetadata, SeriesPart
from indicators.report.page.pdf import find_browser
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import BUNDLED_FOLDER
from indicators.snapshot.write import write_snapshot

AREA = "931"
N_PAINTS = 7
TESTS = Path(__file__).parents[1]
ALLOWED = {"kilobytes": 700, "elements_outside_drawings": 12_000, "first_paint_s": 0.5}

_ELEMENTS = "document.querySelectorAll('*').length - document.querySelectorAll('svg, svg *').length"
_FIRST_PAINT = """() => new Promise(done => {
    const paints = performance.getEntriesByName('first-contentful-paint');
    if (paints.length) { done(paints[0].startTime); return; }
    new PerformanceObserver(list => done(list.getEntriesByName('first-contentful-paint')[0].startTime))
        .observe({type: 'paint', buffered: true});
})"""


def run() -> dict[str, Any]:
    """Make both reports and open each in Chromium several times."""
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        place = Path(name)
        return {
            "allowed": ALLOWED,
            "bundled": measure(browser, make_report("bundled", place / "bundled")),
            "all_indicators": measure(browser, make_report(str(fill_snapshot(place)), place / "all")),
        }


def make_report(snapshot: str, out: Path) -> Path:
    """One municipality's report by the command."""
    command = [sys.executable, "-m", "indicators", "report", AREA, "--snapshot", snapshot, "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"YHDYSPINTA_HOME": str(out)})
    (report,) = out.glob(f"*/kunta/{AREA}-*.html")
    return report


def fill_snapshot(home: Path) -> Path:
    """A snapshot in which every declared indicator has figures; what was missing is TEST DATA."""
    sys.path.insert(0, str(TESTS))
    from replica import fill_missing

    catalogue, bundled = load_catalogue(), load_snapshot("bundled")
    frame = fill_missing(pd.read_parquet(BUNDLED_FOLDER / "observations.parquet"), catalogue)
    known = dict(bundled.series)
    for key in sorted(set(frame["indicator_id"]) - set(known)):
        declared, parts = catalogue.indicators[key], (SeriesPart(2015, 2024, "2024"),)
        title = {"fi": "Testiaineisto"}
        known[key] = SeriesMetadata(key, declared.source.service, declared.producer, "", title, parts, "2024")
    return write_snapshot(home / "snapshots", frame, known, catalogue, dt.date(2026, 11, 24), bundled).path


@contextmanager
def open_browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield browser
        browser.close()


def measure(browser: Browser, report: Path) -> dict[str, Any]:
    """Size and elements; median and slowest of several first paints, each in a fresh context."""
    paints, elements = [], 0
    for _ in range(N_PAINTS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(report.as_uri())
        paints.append(page.evaluate(_FIRST_PAINT) / 1000)
        elements = page.evaluate(_ELEMENTS)
        context.close()
    return {
        "kilobytes": round(report.stat().st_size / 1000),
        "elements_outside_drawings": elements,
        "first_paint_s": round(statistics.median(paints), 3),
        "slowest_first_paint_s": round(max(paints), 3),
    }
