"""How the report was made: sources in one table, method, what is new since the last time, feedback."""

from dataclasses import dataclass

from indicators.assessment.changes import Changes
from indicators.assessment.rows import is_current, is_known
from indicators.assessment.verdicts import COMPARISON_CONFIDENCE
from indicators.catalogue import Catalogue
from indicators.catalogue.records import Producer, Service
from indicators.narrative.formats import format_count
from indicators.report.changes_page import CauseLine, summarise_changes, tell_since
from indicators.report.sections.context import Context
from indicators.snapshot.naming import find_part, find_producer, find_service, name_left_out
from indicators.statistics.chance import expected_by_chance


@dataclass(frozen=True)
class SourceView:
    """A producer by a service: how many of the shown indicators are theirs, and under which licence."""

    producer: str
    service: str
    n: int
    licence: str


@dataclass(frozen=True)
class AboutView:
    """What the template reads; ``has_page`` says whether the page of changes has the area's too."""

    sources: list[SourceView]
    method: list[str]
    data: str
    since_lead: str
    since: list[CauseLine]
    has_page: bool
    accessibility: list[str]
    feedback: str


def make_about(
    c: Context, changes: Changes | None, feedback: str, declared: Catalogue | None = None
) -> AboutView:
    """How an area's report was made; ``declared`` is the whole catalogue, where the report's is a part."""
    t = c.texts
    lines = summarise_changes(changes, c.area.code, t) if changes else []
    lead = tell_since(changes, t) if changes else t("since_nothing_before")
    if changes and not lines:
        lead = f"{lead} {t('changes_none')}"
    data = t("form_data", snapshot=c.assessment.snapshot.id, sha256=c.assessment.snapshot.sha256[:16])
    if left_out := name_left_out(c.assessment.snapshot, declared or c.catalogue):
        data = f"{data} {t('about_left_out', series=left_out)}"
    return AboutView(
        sources=_list_sources(c),
        method=list(c.sentences.about(c.date, _tell_chance(c))),
        data=data,
        since_lead=lead,
        since=lines,
        has_page=bool(lines) and c.area in c.catalogue.members,
        accessibility=[t("about_accessibility_text"), t("about_accessibility_law")],
        feedback=t("about_feedback_text", feedback=feedback) if feedback else "",
    )


def _tell_chance(c: Context) -> str:
    """On a region's page, how many of its municipalities' comparisons would differ by chance."""
    found = {
        (code, indicator_id): row.rest_verdict
        for (goal_id, indicator_id), rows in c.of_members.items()
        for code, row in rows.items()
        if c.is_region and goal_id and is_current(row)
    }
    verdicts = [verdict for verdict in found.values() if verdict != "not_assessed"]
    if not verdicts:
        return ""
    by_chance = round(float(expected_by_chance(verdicts, COMPARISON_CONFIDENCE)))
    count = format_count(by_chance, c.texts.language)
    return c.texts("made_chance_members", tests=len(verdicts), n=1 if by_chance == 1 else count)


def _list_sources(c: Context) -> list[SourceView]:
    """Producers and services of the figures that are shown, those of most indicators first."""
    found: dict[tuple[str, str], tuple[Producer, Service]] = {}
    counts: dict[tuple[str, str], set[str]] = {}
    for row in filter(is_known, c.rows):
        metadata = c.assessment.snapshot.series[c.origin(row, row.indicator_id)]
        part = find_part(metadata, row.year)
        producer = find_producer(metadata, c.catalogue, part.producer)
        service = find_service(metadata, c.catalogue, part.source)
        found[producer.id, service.id] = producer, service
        counts.setdefault((producer.id, service.id), set()).add(row.indicator_id)
    ordered = sorted(found.items(), key=lambda item: (-len(counts[item[0]]), item[0]))
    return [
        SourceView(
            producer=c.sentences.local(producer.name),
            service=c.sentences.local(service.name),
            n=len(counts[key]),
            licence=service.licence or f"{c.texts('licence_unseen')}: {service.url}",
        )
        for key, (producer, service) in ordered
    ]
