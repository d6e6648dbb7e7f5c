"""The kinds of report: the head of a finished page of each, and what the gate expects of it."""

from indicators.assessment.load import load_assessment
from indicators.catalogue.plan import load_plan
from indicators.config import load_settings
from indicators.model import Language
from indicators.narrative.texts import load_texts
from indicators.report.forum import open_forum_report
from indicators.report.gate.common import Expectation
from indicators.report.gate.forum import expect_forum, expect_party
from indicators.report.page.document import describe_page
from indicators.report.page.page import PageInfo
from indicators.report.party import open_party_report
from indicators.version import __version__

_OPENED = {"foorumi": open_forum_report, "osapuoli": open_party_report}
_EXPECTED = {"foorumi": expect_forum, "osapuoli": expect_party}


def describe_report(kind: str, subject: str, language: Language, snapshot: str, edition: str) -> PageInfo:
    """Head of the page of a report.

    Parameters
    ----------
    kind : str
        ``kunta``, ``alue``, ``foorumi`` or ``osapuoli``.
    subject : str
        Code of the area, or id of the forum or party.
    """
    if kind in _OPENED:
        return _OPENED[kind](subject, language, snapshot, edition).describe_page()
    assessment = load_assessment(snapshot)
    area = assessment.catalogue.areas.get(subject)
    return describe_page(assessment, area, load_texts(language), edition)


def expect_report(kind: str, subject: str, language: Language, snapshot: str, edition: str) -> Expectation:
    """What the gate expects of the page; parameters are `describe_report`'s."""
    assessment = load_assessment(snapshot)
    if kind in _EXPECTED:
        plan = load_plan(assessment.catalogue, load_settings())
        return _EXPECTED[kind](assessment, subject, language, edition, __version__, plan)
    area = assessment.catalogue.areas.get(subject)
    return Expectation(assessment, area, language, edition, __version__)
