"""How the report was made: sources in one table, method, what is new since the last time, feedback."""

from dataclasses import dataclass
from types import SimpleNamespace

from indicators.assessment.changes import Changes
from indicators.report.changes_page import summarise_changes, tell_since
from indicators.report.sections.context import Context


@dataclass(frozen=True)
class SourceView:
    """A producer by a service: how many of the shown indicators are theirs, and under which licence."""

    producer: str
    service: str
    n: int
    licence: str


@dataclass(frozen=True)
class AboutView:
    """What the template reads."""

    sources: list[SourceView]
    method: list[str]
    data: str
    since_lead: str
    since: list[SimpleNamespace]
    since_more: str
    accessibility: list[str]
    feedback: str


def make_about(c: Context, changes: Changes | None, feedback: str) -> AboutView:
    """How an area's report was made."""
    t = c.texts
    lines = summarise_changes(changes, c.area.code, t) if changes else []
    lead = tell_since(changes, t) if changes else t("since_nothing_before")
    if changes and not lines:
        lead = f"{lead} {t('changes_none')}"
    return AboutView(
        sources=_list_sources(c),
        method=list(c.sentences.about(c.date)),
        data=t("form_data", snapshot=c.assessment.snapshot.id, sha256=c.assessment.snapshot.sha256[:16]),
        since_lead=lead,
        since=lines,
        since_more=t("since_all_changes", old=changes.old.id, new=changes.new.id) if lines else "",
        accessibility=[t("about_accessibility_text"), t("about_accessibility_law")],
        feedback=t("about_feedback_text", feedback=feedback) if feedback else "",
    )


def _list_sources(c: Context) -> list[SourceView]:
    """Producers of the indicators that have a figure, those of most first."""
    counts: dict[tuple[str, str], set[str]] = {}
    for row in c.rows:
        if row.value is not None:
            metadata = c.assessment.snapshot.series[row.indicator_id]
            counts.setdefault((metadata.producer, metadata.source), set()).add(row.indicator_id)
    ordered = sorted(counts.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        SourceView(
            producer=c.local(c.catalogue.producers[producer].name),
            service=c.local(c.catalogue.services[service].name),
            n=len(ids),
            licence=getattr(c.catalogue.services[service], "licence", None) or "",
        )
        for (producer, service), ids in ordered
    ]
