"""The head of a report: title, metas, and data blocks by which machines follow its figures."""

from collections.abc import Sequence
from typing import Any

from indicators.assessment.columns import Row
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording
from indicators.report.page.look import municipal_stylesheet
from indicators.report.page.page import PageInfo, to_script_json
from indicators.snapshot.naming import list_producers, list_services
from indicators.version import __version__


def describe_page(assessment: Assessment, area: Area, texts: Texts, edition: str) -> PageInfo:
    """Head of an area's page in one language."""
    snapshot, rows = assessment.snapshot, _known(assessment, area)
    date = Wording(assessment.catalogue, texts).date(snapshot.created)
    title = texts("page_title", area=area.name(texts.language), date=date)
    return PageInfo(
        language=texts.language,
        title=title,
        skip_link=texts("skip_link"),
        stylesheet=municipal_stylesheet(),
        metas={"area": area.code, "snapshot": snapshot.id, "edition": edition, "version": __version__},
        data_blocks={
            "application/ld+json": to_script_json(_dataset(assessment, rows, area, texts, title)),
            "application/json": to_script_json(_provenance(assessment, rows, area, edition)),
        },
    )


def _dataset(
    assessment: Assessment, rows: Sequence[Row], area: Area, texts: Texts, title: str
) -> dict[str, Any]:
    """The report's figures as a schema.org dataset."""
    catalogue, snapshot = assessment.catalogue, assessment.snapshot
    years = [row.year for row in rows if row.year is not None]
    used = [snapshot.series[key] for key in dict.fromkeys(row.indicator_id for row in rows)]
    producers = list_producers(used, catalogue)
    unseen = texts("licence_unseen")
    licences = sorted({item.licence or f"{unseen}: {item.url}" for item in list_services(used, catalogue)})
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": catalogue.agreement.title.text(texts.language),
        "inLanguage": texts.language,
        "identifier": f"{snapshot.id}/{area.code}",
        "license": licences[0] if len(licences) == 1 else licences,
        "publisher": [
            {"@type": "Organization", "name": item.name.text(texts.language), "url": item.url}
            for item in producers
        ],
        "spatialCoverage": {"@type": "Place", "name": area.name(texts.language), "identifier": area.code},
        "temporalCoverage": f"{min(years)}/{max(years)}" if years else "",
        "dateModified": snapshot.created.isoformat(),
    }


def _provenance(assessment: Assessment, rows: Sequence[Row], area: Area, edition: str) -> dict[str, Any]:
    """Where each figure of the report comes from and by which method it was judged."""
    snapshot = assessment.snapshot
    figures = [_figure(assessment, row) for row in rows]
    return {
        "edition": edition,
        "version": __version__,
        "area": area.code,
        "snapshot": {"id": snapshot.id, "sha256": snapshot.sha256, "created": snapshot.created.isoformat()},
        "catalogue_sha256": assessment.catalogue.sha256,
        "figures": figures,
    }


def _figure(assessment: Assessment, row: Row) -> dict[str, Any]:
    metadata = assessment.snapshot.series[row.indicator_id]
    return {
        "goal": row.goal_id,
        "indicator": row.indicator_id,
        "year": row.year,
        "value": row.value,
        "producer": metadata.producer,
        "source": metadata.url,
        "retrieved": metadata.retrieved_at,
        "updated": metadata.updated,
        "comparison": [row.rest_verdict, row.rest_method],
        "trend": [row.trend_verdict, row.trend_method],
    }


def _known(assessment: Assessment, area: Area) -> list[Row]:
    """The area's rows that have a value."""
    return [row for row in assessment.rows(area.code) if row.value is not None]
