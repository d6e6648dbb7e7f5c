"""A report with a figure of every declared indicator keeps its limits, and tells a whole fetch as changes."""

import datetime as dt

import lxml.html
import pytest

from indicators.config import load_settings
from indicators.model import SeriesMetadata, SeriesPart
from indicators.report.gate.gate import MAXIMUM_BYTES, inspect_report
from indicators.report.municipal import open_municipal_report
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.write import write_snapshot
from replica.frames import fill_missing
from tests.made_page import make_municipal

pytestmark = pytest.mark.slow


def _describe(indicator_id):
    return SeriesMetadata(
        indicator_id=indicator_id,
        source=indicator_id.partition(":")[0],
        producer="statfin",
        url="https://example.org/",
        title={"fi": "Testisarja"},
        parts=(SeriesPart(1900, 2100, "2026-11", "2026"),),
        retrieved_at="2026-11-24",
    )


@pytest.fixture
def full(bundled, catalogue):
    """A stored snapshot after the bundled one, with TEST DATA for every indicator that it lacks."""
    rows = fill_missing(bundled.observations, catalogue)
    series = {key: bundled.series.get(key) or _describe(key) for key in catalogue.indicators}
    day = dt.date(2026, 11, 24)
    folder = load_settings().snapshots_folder
    return load_snapshot(str(write_snapshot(folder, rows, series, catalogue, day, previous=bundled).path))


def test_a_full_report_is_accepted_and_light(full):
    """All municipal indicators filled, in the longest language: within 700 kB and 12 000 elements."""
    report = open_municipal_report("179", "sv", snapshot=full.id)
    html, paper = make_municipal(report)
    assert inspect_report(html, report) == []
    assert inspect_report(paper, report, is_paper=True) == []
    page = lxml.html.document_fromstring(html)
    assert len(set(page.xpath(".//table[@class='baro']//tr/@data-indicator"))) > 60
    assert len(html.encode()) < 0.98 * MAXIMUM_BYTES
    assert int(page.xpath("count(.//*) - count(.//svg/descendant-or-self::*)")) <= 12_000
    lines = page.xpath(".//section[@id='seuranta']//li[@data-cause]")
    assert 1 <= len(lines) <= 9
    assert all(len(line.text_content()) < 700 for line in lines)
