"""Measures and gaps: what the municipality does itself, and what has no figure."""

from dataclasses import dataclass
from types import SimpleNamespace

from indicators.catalogue.plan import Plan
from indicators.catalogue.records import Goal
from indicators.report.measures import MeasureWriter
from indicators.report.sections.context import Context


@dataclass(frozen=True)
class GapView:
    """A goal's indicators without a figure: what would bring one, and their titles."""

    goal_id: str
    title: str
    reasons: list[tuple[str, str]]


@dataclass(frozen=True)
class MeasuresView:
    """What the template reads: the municipality's own measures, on paper one by one, and the gaps."""

    text: str
    round_text: str
    example: str
    block: SimpleNamespace | None
    gaps: list[GapView]


def make_measures(c: Context, plan: Plan, writer: MeasureWriter) -> MeasuresView:
    """The measures and gaps of an area; others than the agreement's parties follow no plan."""
    is_party = any(party.id == c.area.code for party in c.catalogue.agreement.parties)
    own = plan.select(party=c.area.code) if is_party else ()
    return MeasuresView(
        text=writer.count_here(own) if own or (is_party and plan.is_attached) else c.sentences.no_plan(),
        round_text=writer.follow_up(c.area.code) if is_party else "",
        example=writer.example if own else "",
        block=writer.block(party=c.area.code, area=c.area.code) if own else None,
        gaps=[gap for gap in (_find_gap(c, goal) for goal in c.catalogue.goals) if gap.reasons],
    )


def _find_gap(c: Context, goal: Goal) -> GapView:
    gaps = c.sentences.gaps(goal.id)
    return GapView(goal.id, c.goal_title(goal), [(gap.reason, "; ".join(gap.titles)) for gap in gaps])
