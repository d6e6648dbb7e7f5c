"""The head of a report: title, metas, and data blocks by which machines follow its figures."""

from collections.abc import Sequence
from typing import Any

from indicators.assessment.rows import KnownRow, is_known
from indicators.assessment.table import Assessment
from indicators.report.page.look import municipal_stylesheet
from indicators.report.page.page import PageInfo, to_script_json
from indicators.report.sections.context import Context
from indicators.snapshot.naming import list_producers, list_services
from indicators.version import __version__


def describe_page(c: Context) -> PageInfo:
    """Head of an area's page in one language."""
    rows = list(filter(is_known, c.rows))
    title = c.texts("page_title", area=c.area_name, date=c.date)
    snapshot = c.assessment.snapshot.id
    return PageInfo(
        language=c.texts.language,
        title=title,
        skip_link=c.texts("skip_link"),
        stylesheet=municipal_stylesheet(),
        metas={"area": c.area.code, "snapshot": snapshot, "edition": c.edition, "version": __version__},
        data_blocks={
            "application/ld+json": to_script_json(_dataset(c, rows, title)),
            "application/json": to_script_json(_provenance(c, rows)),
        },
    )


def _dataset(c: Context, rows: Sequence[KnownRow], title: str) -> dict[str, Any]:
    """The report's figures as a schema.org dataset."""
    catalogue, snapshot, language = c.catalogue, c.assessment.snapshot, c.texts.language
    years = [row.year for row in rows]
    used = [snapshot.series[key] for key in dict.fromkeys(row.indicator_id for row in rows)]
    unseen = c.texts("licence_unseen")
    licences = sorted({item.licence or f"{unseen}: {item.url}" for item in list_services(used, catalogue)})
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": catalogue.agreement.title.text(language),
        "inLanguage": language,
        "identifier": f"{snapshot.id}/{c.area.code}",
        "license": licences[0] if len(licences) == 1 else licences,
        "publisher": [
            {"@type": "Organization", "name": item.name.text(language), "url": item.url}
            for item in list_producers(used, catalogue)
        ],
        "spatialCoverage": {"@type": "Place", "name": c.area_name, "identifier": c.area.code},
        "temporalCoverage": f"{min(years)}/{max(years)}" if years else "",
        "dateModified": snapshot.created.isoformat(),
    }


def _provenance(c: Context, rows: Sequence[KnownRow]) -> dict[str, Any]:
    """Where each figure of the report comes from and by which method it was judged."""
    assessment, snapshot = c.assessment, c.assessment.snapshot
    return {
        "edition": c.edition,
        "version": __version__,
        "area": c.area.code,
        "snapshot": {"id": snapshot.id, "sha256": snapshot.sha256, "created": snapshot.created.isoformat()},
        "catalogue_sha256": assessment.catalogue.sha256,
        "figures": [_figure(assessment, row) for row in rows],
    }


def _figure(assessment: Assessment, row: KnownRow) -> dict[str, Any]:
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
