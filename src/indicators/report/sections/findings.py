"""In brief and what is not known: the first things that a reader meets."""

from dataclasses import dataclass

from markupsafe import Markup

from indicators.report.sections.context import Context


@dataclass(frozen=True)
class FindingView:
    """A finding: its message, and the sentences that let a reader check it."""

    message: Markup
    text: Markup


@dataclass(frozen=True)
class FindingsView:
    """What the findings' template reads."""

    findings: list[FindingView]
    unknown: list[Markup]


def make_findings(c: Context) -> FindingsView:
    """The findings and the unknown of an area."""
    return FindingsView(
        findings=[FindingView(c.html(item.lead), c.html_all(item.more)) for item in c.sentences.findings()],
        unknown=[c.html(sentence) for sentence in c.sentences.unknown()],
    )
