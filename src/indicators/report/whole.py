"""A report's page made of all its sections without a notebook: what the gate compares finished ones with."""

from collections.abc import Collection
from typing import Any, Final

from indicators.narrative.texts import load_texts
from indicators.report.followup_report import FollowUpReport
from indicators.report.forum import ForumReport
from indicators.report.gate.common import Expectation
from indicators.report.gate.forum import FollowUpExpectation
from indicators.report.kinds import describe_report
from indicators.report.municipal import MunicipalReport
from indicators.report.page.html import PAPER_TYPE, HtmlPart
from indicators.report.page.page import Notebook, PageInfo, render_page, render_paper
from indicators.report.party import PartyReport
from indicators.report.regional import RegionReport

_FOLLOW_UP: Final[dict[str, type[FollowUpReport]]] = {"forum": ForumReport, "party": PartyReport}


def make_expected(expected: Expectation) -> str:
    """The page that a finished one must be, made from the figures in the present process.

    On paper with the appendix, which is printed by request only.
    """
    texts = load_texts(expected.language)
    report: MunicipalReport
    if isinstance(expected, FollowUpExpectation):
        kind = _FOLLOW_UP[expected.kind]
        report = kind(expected.whole, expected.subject, texts, expected.edition)
    else:
        make = RegionReport if expected.area.level == "region" else MunicipalReport
        report = make(expected.inputs, expected.area, texts, expected.edition)
    page = describe_report(expected)
    if expected.is_paper:
        return render_paper(make_notebook(report, appendix=True), page)
    return render_page(make_notebook(report, has_paper=False), page)


def make_pages(report: MunicipalReport, page: PageInfo, appendix: bool = False) -> tuple[str, str]:
    """HTML of a report of any kind for the screen and for paper."""
    notebook = make_notebook(report, appendix=appendix)
    return render_page(notebook, page), render_paper(notebook, page)


def make_notebook(report: MunicipalReport, appendix: bool = False, has_paper: bool = True) -> Notebook:
    """The sections of a report of any kind in the order of its notebook, as executed cells."""
    has_members = isinstance(report, RegionReport)
    is_party = isinstance(report, PartyReport)  # its few sheets have the municipalities on request only
    names = [
        ("header", "header"),
        ("body", "findings"),
        *([("body", "attention")] if isinstance(report, FollowUpReport) else []),
        ("body", "goals"),
        *([("paper", "barometer")] if has_paper else []),
        *([("paper", "members")] if has_paper and has_members and not is_party else []),
        ("body", "moved"),
        ("body", "measures"),
        ("body", "about"),
        *([("appendix", "appendix")] if appendix else []),
        *([("appendix", "members")] if appendix and is_party else []),
        ("footer", "footer"),
    ]
    left_out = () if has_paper else (PAPER_TYPE,)
    return {"cells": [_show(tag, getattr(report, name)(), left_out) for tag, name in names]}


def _show(tag: str, part: HtmlPart, left_out: Collection[str]) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": part._repr_mimebundle_(exclude=left_out)}]
    return {"cell_type": "code", "metadata": {"tags": [tag]}, "outputs": outputs}
