"""The notebooks of forums and parties run, and the pages made of them pass the gate."""

import papermill as pm
import pytest

from indicators.assessment.load import open_inputs
from indicators.batch.engine import NAME
from indicators.config import find_notebook
from indicators.narrative.texts import load_texts
from indicators.report.gate.gate import inspect_report
from indicators.report.page.page import render_page
from indicators.report.whole import describe_report, expect_report

KINDS = {
    "foorumiraportti.ipynb": ("foorumi", "ks-turva"),
    "osapuoliraportti.ipynb": ("osapuoli", "keski-suomen-liitto"),
}


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("notebook", KINDS)
def test_page_of_the_notebook_passes_the_gate(notebook, tmp_path):
    """A run with other parameters than its own gives a whole page in that language."""
    kind, subject = KINDS[notebook]
    parameters = {"area": subject, "language": "sv", "snapshot": "bundled", "edition": "e"}
    executed = pm.execute_notebook(
        str(find_notebook(notebook)),
        str(tmp_path / notebook),
        parameters=parameters,
        engine_name=NAME,
        progress_bar=False,
        kernel_name="python3",
    )
    expected = expect_report(kind, subject, "sv", open_inputs("bundled"), "e")
    html = render_page(executed, describe_report(expected))
    assert inspect_report(html, expected) == []
    assert load_texts("sv")("attention") in html
