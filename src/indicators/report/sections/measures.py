"""Measures and gaps: what the municipality does itself, and what has no figure."""

from collections.abc import Sequence
from dataclasses import dataclass

from indicators.catalogue.plan import Plan
from indicators.catalogue.plan_records import Measure
from indicators.report.measures import MeasureView, MeasureWriter
from indicators.report.sections.context import Context


@dataclass(frozen=True)
class GapView:
    """A goal's indicators without a figure: what would bring one, and their titles."""

    goal_id: str
    title: str
    reasons: dict[str, str]


@dataclass(frozen=True)
class MeasuresView:
    """What the template reads: the measures and the gaps.

    Attributes
    ----------
    groups : list of tuple
        The measures by status; a municipality's stand in its goals too, and here on paper alone.
    is_listed : bool
        Whether they stand here on the screen too.
    """

    text: str
    round_text: str
    example: str
    groups: list[tuple[str, list[MeasureView]]]
    gaps: list[GapView]
    is_listed: bool = False


def make_measures(c: Context, plan: Plan, writer: MeasureWriter) -> MeasuresView:
    """The measures and gaps of an area; others than the agreement's parties follow no plan."""
    is_party = any(party.id == c.area.code for party in c.catalogue.agreement.parties)
    own = plan.select(party=c.area.code) if is_party else ()
    return MeasuresView(
        text=writer.count(own, "here") if own or (is_party and plan.is_attached) else c.texts("plan_none"),
        round_text=writer.follow_up(own) if is_party else "",
        example=writer.example if own else "",
        groups=writer.by_status(own, c.area.code),
        gaps=_list_gaps(c),
    )


def make_followed_measures(
    c: Context, writer: MeasureWriter, measures: Sequence[Measure], whose: str, subject: str
) -> MeasuresView:
    """The measures of a ``forum`` or a ``party`` with an id, each once, and the gaps of its goals."""
    is_forum = whose == "forum"
    return MeasuresView(
        text=writer.count(measures, whose, with_overdue=False),
        round_text=writer.follow_up(measures),
        example=writer.example if measures else "",
        groups=writer.by_status(measures, "" if is_forum else c.area.code, subject if is_forum else ""),
        gaps=_list_gaps(c),
        is_listed=True,
    )


def _list_gaps(c: Context) -> list[GapView]:
    gaps = [(goal, c.sentences.gaps(goal.id)) for goal in c.catalogue.goals]
    return [
        GapView(goal.id, c.sentences.local(goal.title), {why: "; ".join(told) for why, told in found.items()})
        for goal, found in gaps
        if found
    ]
