"""The report of a forum: the goals that it follows, what needs its attention, and all parties' measures."""

from typing import ClassVar

from indicators.assessment.load import open_inputs
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Forum
from indicators.narrative.texts import load_texts
from indicators.report.followup_report import FollowUpReport


class ForumReport(FollowUpReport):
    """All parts of one forum's report in one language; parameters are `FollowUpReport`'s."""

    KIND: ClassVar[str] = "forum"
    declared: Forum

    @staticmethod
    def find(subject: str, catalogue: Catalogue) -> Forum:
        """The forum as it is declared."""
        return catalogue.forum(subject)

    @staticmethod
    def list_goals(subject: str, catalogue: Catalogue) -> list[str]:
        """Ids of the goals that the forum follows."""
        return [goal.id for goal in catalogue.goals if subject in goal.forums]

    @property
    def note(self) -> str:
        """What readers must know of the forum's name."""
        return self.context.sentences.local(self.declared.note)


def open_forum_report(
    forum: str, language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> ForumReport:
    """Open a forum's report, as a notebook does.

    Parameters
    ----------
    forum : str
        Id of the forum; the others are `open_municipal_report`'s.

    Raises
    ------
    UnknownNameError, SnapshotError
        A forum, language or snapshot that is not there, or a damaged one.
    CatalogueError
        The plan does not hold.
    """
    texts = load_texts(language)
    return ForumReport(open_inputs(snapshot, with_changes=False), forum, texts, edition)
