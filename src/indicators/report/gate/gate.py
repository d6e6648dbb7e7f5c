"""The acceptance gate: reads a finished report and finds what would make it untrue or unfit.

It trusts nothing that made the page. All the page is compared with the one that the gate makes itself of the
assessment, so that no text, drawing or value of it is unaccounted for. A fault of a section itself would show
in both; so the marked numbers are read back from the HTML and compared with the figures too. An empty list of
findings is the only way to publication.
"""

from typing import Final

import lxml.html

from indicators.report.gate.common import check_ids, check_leftovers
from indicators.report.gate.marks import check_marks
from indicators.report.gate.own import check_own, list_own
from indicators.report.gate.page import compare_pages
from indicators.report.municipal import MunicipalReport
from indicators.report.whole import make_page

__all__ = ["MAXIMUM_BYTES", "inspect_report"]

MAXIMUM_BYTES: Final = 900_000
#: The reports of the region, of forums and of parties hold the figures of all municipalities.
MAXIMUM_REGION_BYTES: Final = 2_000_000


def inspect_report(html: str, report: MunicipalReport, is_paper: bool = False) -> list[str]:
    """Everything that keeps a report from being published; empty when nothing does.

    Parameters
    ----------
    html : str
        The finished page.
    report : MunicipalReport
        The one of any kind that it must be, made in the present process.
    is_paper : bool
        Whether it is the page for paper, whose goals are rows of a table.
    """
    try:
        page = lxml.html.document_fromstring(html)
    except (ValueError, lxml.etree.ParserError) as error:
        return [f"the page cannot be parsed: {error}"]
    size = len(html.encode())
    most = MAXIMUM_REGION_BYTES if report.context.is_region else MAXIMUM_BYTES
    if size > most:
        return [f"the page is {size} bytes; at most {most} are allowed"]
    wanted = make_page(report, is_paper, appendix=is_paper)
    is_equal = html == wanted  # as most are, unless they have a section of one's own
    label = report.texts("own_label_region" if report.context.is_region else "own_label")
    findings = [
        *check_ids(page),
        *check_own(page, label),
        *(() if is_equal else compare_pages(page, lxml.html.document_fromstring(wanted))),
    ]
    for section in list_own(page):  # its names and figures are the author's
        section.drop_tree()
    if report.inputs.settings.overlay:  # else the declared data are the package's
        findings += check_leftovers(page, report.catalogue)
    return [*findings, *check_marks(page, report, is_paper)]
