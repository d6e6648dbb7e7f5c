"""A finished page made of a report's parts without a notebook, for tests that look at pages only."""

from indicators import __version__
from indicators.report.gate.gate import Expectation
from indicators.report.municipal import MunicipalReport
from indicators.report.page.document import describe_page
from indicators.report.page.page import PageInfo
from indicators.report.whole import make_pages


def make_municipal(
    report: MunicipalReport, appendix: bool = False, info: PageInfo | None = None
) -> tuple[str, str]:
    """HTML of a report of any kind for the screen and for paper."""
    info = info or describe_page(report.assessment, report.area, report.texts, report.edition)
    return make_pages(report, info, appendix)


def expect_municipal(report: MunicipalReport) -> Expectation:
    """What the gate expects of it."""
    return Expectation(report.inputs, report.area, report.texts.language, report.edition, __version__)
