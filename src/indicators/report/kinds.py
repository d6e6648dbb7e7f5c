"""The kinds of report: what the gate expects of each, and the head of its finished page."""

from dataclasses import replace

from indicators.assessment.load import Inputs
from indicators.model import Language
from indicators.narrative.texts import load_texts
from indicators.narrative.wording import Wording
from indicators.report.gate.common import Expectation
from indicators.report.gate.forum import FollowUpExpectation, expect_forum, expect_party
from indicators.report.page.document import describe_page
from indicators.report.page.look import municipal_stylesheet
from indicators.report.page.page import PageInfo
from indicators.version import __version__

_EXPECTED = {"foorumi": expect_forum, "osapuoli": expect_party}


def expect_report(kind: str, subject: str, language: Language, inputs: Inputs, edition: str) -> Expectation:
    """What the gate expects of the page of a report.

    Parameters
    ----------
    kind : str
        ``kunta``, ``alue``, ``foorumi`` or ``osapuoli``.
    subject : str
        Code of the area, or id of the forum or party.
    """
    if kind in _EXPECTED:
        return _EXPECTED[kind](inputs, subject, language, edition, __version__)
    area = inputs.assessment.catalogue.areas.get(subject)
    return Expectation(inputs, area, language, edition, __version__)


def describe_report(expected: Expectation) -> PageInfo:
    """Head of the page; a forum's or a party's names it too."""
    texts = load_texts(expected.language)
    info = describe_page(expected.assessment, expected.area, texts, expected.edition)
    if not isinstance(expected, FollowUpExpectation):
        return info
    date = Wording(expected.assessment.catalogue, texts).date(expected.assessment.snapshot.created)
    title = texts("forum_page_title", name=expected.name, area=expected.area.name(texts.language), date=date)
    return replace(
        info,
        title=title,
        stylesheet=municipal_stylesheet(),
        metas=info.metas | {expected.kind: expected.subject},
    )
