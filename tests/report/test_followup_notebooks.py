"""The notebooks of forums and parties run, and the pages made of them pass the gate."""

import papermill as pm
import pytest

from indicators import __version__
from indicators.batch.engine import NAME
from indicators.catalogue.plan import load_plan
from indicators.config import find_notebook
from indicators.narrative.texts import load_texts
from indicators.report.forum import open_forum_report
from indicators.report.gate.forum import expect_forum, expect_party
from indicators.report.gate.gate import inspect_report
from indicators.report.page.page import render_page
from indicators.report.party import open_party_report

KINDS = {
    "foorumiraportti.ipynb": ("ks-turva", open_forum_report, expect_forum),
    "osapuoliraportti.ipynb": ("keski-suomen-liitto", open_party_report, expect_party),
}


@pytest.mark.parametrize("notebook", KINDS)
def test_page_of_the_notebook_passes_the_gate(notebook, assessment, tmp_path):
    """A run with other parameters than its own gives a whole page in that language."""
    subject, open_report, expect = KINDS[notebook]
    parameters = {"area": subject, "language": "sv", "snapshot": "bundled", "edition": "e"}
    executed = pm.execute_notebook(
        str(find_notebook(notebook)),
        str(tmp_path / notebook),
        parameters=parameters,
        engine_name=NAME,
        progress_bar=False,
        kernel_name="python3",
    )
    html = render_page(executed, open_report(subject, "sv", "bundled", "e").describe_page())
    plan = load_plan(assessment.catalogue)
    assert inspect_report(html, expect(assessment, subject, "sv", "e", __version__, plan)) == []
    assert load_texts("sv")("follow_up_summary") in html
