"""The report of a forum: the goals that it follows, all parties side by side, what needs attention."""

from functools import cached_property
from typing import Any, ClassVar

from indicators.catalogue import Catalogue
from indicators.catalogue.plan_records import Measure
from indicators.catalogue.records import Forum, LocalText
from indicators.report.followup_report import FollowUpReport, open_follow_up


class ForumReport(FollowUpReport):
    """All parts of one forum's report in one language; parameters are `FollowUpReport`'s."""

    KIND: ClassVar[str] = "forum"

    @staticmethod
    def find(subject: str, catalogue: Catalogue) -> Forum:
        """The forum as it is declared."""
        return catalogue.forum(subject)

    @staticmethod
    def list_goals(subject: str, catalogue: Catalogue) -> list[str]:
        """Ids of the goals that the forum follows."""
        return list_forum_goals(subject, catalogue)

    @property
    def note(self) -> LocalText | None:
        """What readers must know of the forum's name."""
        return self.declared.note

    @property
    def lead(self) -> str:
        """How many goals the forum follows, and what the report tells."""
        return self.texts("forum_lead", n=len(self.catalogue.goals))

    @cached_property
    def own_measures(self) -> tuple[Measure, ...]:
        """The measures that the forum follows."""
        return self.plan.select(forum=self.subject)

    def measure_groups(self) -> list[tuple[str, list[Any]]]:
        """The forum's measures under each party."""
        return self.writer.by_party(self.subject)


def list_forum_goals(forum_id: str, catalogue: Catalogue) -> list[str]:
    """Ids of the goals that a forum follows."""
    return [goal.id for goal in catalogue.goals if forum_id in goal.forums]


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
    return open_follow_up(ForumReport, forum, language, snapshot, edition)
