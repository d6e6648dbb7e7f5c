"""A finished page made of a report's parts without a notebook, for tests that look at pages only."""

import nbformat

from indicators import __version__
from indicators.report.followup_report import FollowUpReport
from indicators.report.gate.gate import Expectation
from indicators.report.municipal import MunicipalReport
from indicators.report.page.document import describe_page
from indicators.report.page.html import HtmlPart
from indicators.report.page.page import PageInfo, render_page, render_paper
from indicators.report.party import PartyReport
from indicators.report.regional import RegionReport


def make_municipal(
    report: MunicipalReport, appendix: bool = False, info: PageInfo | None = None
) -> tuple[str, str]:
    """HTML of a report of any kind for the screen and for paper."""
    members = [report.members()] if isinstance(report, RegionReport) else []
    on_request = [report.appendix()]
    if isinstance(report, PartyReport):  # a party's few sheets have them on request only
        on_request, members = on_request + members, []
    parts = [
        ("header", report.header()),
        ("body", report.findings()),
        *([("body", report.attention())] if isinstance(report, FollowUpReport) else []),
        ("body", report.goals()),
        ("paper", report.barometer()),
        *(("paper", part) for part in members),
        ("body", report.moved()),
        ("body", report.measures()),
        ("body", report.about()),
        *(("appendix", part) for part in on_request if appendix),
        ("footer", report.footer()),
    ]
    info = info or describe_page(report.assessment, report.area, report.texts, report.edition)
    return render_page(_notebook(parts), info), render_paper(_notebook(parts), info)


def expect_municipal(report: MunicipalReport) -> Expectation:
    """What the gate expects of it."""
    return Expectation(report.inputs, report.area, report.texts.language, report.edition, __version__)


def _notebook(parts: list[tuple[str, HtmlPart]]) -> nbformat.NotebookNode:
    cells = [
        nbformat.v4.new_code_cell(
            "...",
            metadata={"tags": [tag]},
            outputs=[nbformat.v4.new_output("display_data", data=part._repr_mimebundle_())],
        )
        for tag, part in parts
    ]
    return nbformat.v4.new_notebook(cells=cells)
