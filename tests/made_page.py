"""A finished page made of a report's parts without a notebook, for tests that look at pages only."""

import re
from decimal import Decimal

from indicators.model import Language
from indicators.narrative.formats import parse_number
from indicators.report.municipal import MunicipalReport
from indicators.report.whole import make_page


def make_municipal(report: MunicipalReport, appendix: bool = False) -> tuple[str, str]:
    """HTML of a report of any kind for the screen and for paper."""
    return make_page(report), make_page(report, is_paper=True, appendix=appendix)


def read_numbers(text: str, language: Language) -> list[Decimal]:
    """All numbers of a text in order, years among them."""
    found = re.findall(r"[−-]?[\d\u00a0.,]*\d", text)
    return [Decimal(item) if re.fullmatch(r"\d{4}", item) else parse_number(item, language) for item in found]
