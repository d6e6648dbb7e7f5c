"""The report of the Regional Council or the wellbeing services county: all goals, and its own measures."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from indicators.assessment.load import open_inputs
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Party
from indicators.narrative.texts import load_texts
from indicators.report.followup_report import FollowUpReport
from indicators.report.page.html import HtmlPart
from indicators.report.sections.barometer import choose_key_groups


class PartyReport(FollowUpReport):
    """All parts of one party's report in one language; a municipality has its municipal report instead.

    Parameters are `FollowUpReport`'s.
    """

    KIND: ClassVar[str] = "party"

    @staticmethod
    def find(subject: str, catalogue: Catalogue) -> Party:
        """The party as it is declared."""
        return catalogue.regional_party(subject)

    def barometer(self) -> HtmlPart:
        """The key indicators on paper, the region as a whole: the municipalities are in the appendix."""
        groups = choose_key_groups(self._groups)
        frame = self._frame(groups)
        columns = {name: head for name, head in frame.columns.items() if name != "position"}
        return self._part(
            "barometer", "barometer", groups, replace(frame, columns=columns), self._around, self.texts
        )

    def _remarks(self) -> Iterator[str]:
        yield from super()._remarks()
        if orphans := [goal.id for goal in self.catalogue.goals if not goal.forums]:
            yield self.texts("attention_unfollowed", goals=", ".join(orphans))


def open_party_report(
    party: str, language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> PartyReport:
    """Open a party's report, as a notebook does.

    Parameters
    ----------
    party : str
        ``keski-suomen-liitto`` or ``hyvinvointialue``; the others are `open_municipal_report`'s.

    Raises
    ------
    UnknownNameError, SnapshotError
        A party, language or snapshot that is not there, or a damaged one.
    CatalogueError
        The plan does not hold.
    """
    texts = load_texts(language)
    return PartyReport(open_inputs(snapshot, with_changes=False), party, texts, edition)
