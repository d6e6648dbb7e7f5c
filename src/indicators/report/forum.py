"""The report of a forum: the goals that it follows, all parties side by side, what needs attention."""

from functools import cached_property
from typing import Any, ClassVar

from indicators.assessment import Assessment
from indicators.catalogue import Catalogue
from indicators.catalogue.plan import Plan, load_plan
from indicators.catalogue.plan_records import Measure
from indicators.catalogue.records import LocalText
from indicators.config import Settings, load_settings
from indicators.narrative.texts import Texts, load_texts
from indicators.report.area_report import load_assessment
from indicators.report.followup_report import FollowUpReport


class ForumReport(FollowUpReport):
    """All parts of one forum's report in one language.

    Parameters
    ----------
    forum : str
        Id of the forum; the other parameters are `FollowUpReport`'s.

    Raises
    ------
    UnknownNameError
        The agreement names no such forum.
    """

    KIND: ClassVar[str] = "forum"

    def __init__(
        self, assessment: Assessment, forum: str, texts: Texts, edition: str, settings: Settings, plan: Plan
    ) -> None:
        self.forum = assessment.catalogue.forum(forum)
        super().__init__(
            assessment,
            assessment.catalogue.areas.get(assessment.catalogue.agreement.region),
            texts,
            edition,
            settings,
            subject=forum,
            goal_ids=list_forum_goals(forum, assessment.catalogue),
            plan=plan,
        )

    @property
    def name(self) -> str:
        """Name of the forum in the report's language."""
        return self.views.local(self.forum.name)

    @property
    def note(self) -> LocalText | None:
        """What readers must know of the forum's name."""
        return self.forum.note

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
        Id of the forum.
    language : str
        fi, sv or en.
    snapshot : str
        ``bundled``, ``latest``, an id or a path.
    edition : str
        Id of the edition; the snapshot's id where a notebook is run by hand.

    Raises
    ------
    UnknownNameError
        A forum, language or snapshot that is not there.
    SnapshotError
        The snapshot is damaged.
    CatalogueError
        The plan does not hold.
    """
    settings, texts, assessment = load_settings(), load_texts(language), load_assessment(snapshot)
    plan = load_plan(assessment.catalogue, settings)
    return ForumReport(assessment, forum, texts, edition or assessment.snapshot.id, settings, plan)
