"""A report of any kind made of its sections without a notebook: what the gate compares finished ones with."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from indicators.assessment.load import Inputs
from indicators.model import Language
from indicators.narrative.texts import load_texts
from indicators.report.followup_report import FollowUpReport
from indicators.report.forum import ForumReport
from indicators.report.municipal import MunicipalReport
from indicators.report.page.document import describe_page
from indicators.report.page.html import PAPER_TYPE, HtmlPart
from indicators.report.page.page import Notebook, PageInfo, render_page, render_paper
from indicators.report.party import PartyReport
from indicators.report.regional import RegionReport

_FOLLOW_UP: Final[dict[str, type[FollowUpReport]]] = {"foorumi": ForumReport, "osapuoli": PartyReport}


def expect_report(
    kind: str, subject: str, language: Language, inputs: Inputs, edition: str
) -> MunicipalReport:
    """The report that a finished page must be of.

    Parameters
    ----------
    kind : str
        ``kunta``, ``alue``, ``foorumi`` or ``osapuoli``.
    subject : str
        Code of the area, or id of the forum or party.
    """
    texts = load_texts(language)
    if kind in _FOLLOW_UP:
        return _FOLLOW_UP[kind](inputs, subject, texts, edition)
    area = inputs.assessment.catalogue.areas.get(subject)
    return (RegionReport if kind == "alue" else MunicipalReport)(inputs, area, texts, edition)


def describe_report(report: MunicipalReport) -> PageInfo:
    """Head of the page; a forum's or a party's names it too."""
    info = describe_page(report.context)
    if not isinstance(report, FollowUpReport):
        return info
    context = report.context
    title = report.texts("forum_page_title", name=report.name, area=context.area_name, date=context.date)
    return replace(info, title=title, metas=info.metas | {report.KIND: report.subject})


def make_page(report: MunicipalReport, is_paper: bool = False, appendix: bool = False) -> str:
    """HTML of a report for the screen or for paper, with what paper has on request where asked for."""
    render = render_paper if is_paper else render_page
    return render(make_notebook(report, appendix, has_paper=is_paper), describe_report(report))


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
