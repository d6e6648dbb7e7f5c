"""The edition's index pages: the region in brief, links to all reports, a map, and the figures as files."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

from indicators.assessment.table import Assessment
from indicators.catalogue import Catalogue
from indicators.charts.map import load_boundaries
from indicators.charts.outline_map import draw_outline_map
from indicators.edition.plan import list_shown_areas
from indicators.model import LANGUAGES, Language
from indicators.narrative.formats import format_count, format_number
from indicators.narrative.sentences import FindingText
from indicators.narrative.texts import Texts, load_texts
from indicators.report.page.html import render
from indicators.report.page.look import municipal_stylesheet
from indicators.report.sections.context import Context
from indicators.report.sections.findings import FindingView
from indicators.report.sections.head import HeadView, make_head

#: So many findings of the region stand on the page.
_MOST_FINDINGS: Final = 3
#: Kinds whose reports stand under a heading of their own, beside those of municipalities.
_SHARED: Final = ("alue", "foorumi", "osapuoli")


def list_pages(manifest: dict[str, Any]) -> list[tuple[str, Language]]:
    """File names of the index with their languages: those of the reports.

    A report's link leads to the index in its own language: ``index.html`` in Finnish, ``index.sv.html`` in
    Swedish. Where no report is in Finnish, ``index.html`` is there in the first language that there is.
    """
    used = {entry["language"] for entry in manifest["reports"]}
    languages = [language for language in LANGUAGES if language in used]
    named = [(name_page("index", language), language) for language in languages]
    return named if "fi" in used else [("index.html", languages[0]), *named]


def name_page(stem: str, language: Language) -> str:
    """File name of a page in a language."""
    return f"{stem}.html" if language == "fi" else f"{stem}.{language}.html"


def render_indexes(
    assessment: Assessment, manifest: dict[str, Any], has_changes: bool = False
) -> dict[str, str]:
    """HTML of the index in each language of the reports, by file name.

    Failed reports are listed with the reason. ``has_changes`` says whether there is a page of changes.
    """
    return {
        name: _render(assessment, manifest, language, has_changes) for name, language in list_pages(manifest)
    }


def _render(assessment: Assessment, manifest: dict[str, Any], language: Language, has_changes: bool) -> str:
    t, catalogue = load_texts(language), assessment.catalogue
    region = catalogue.areas.get(catalogue.agreement.region)
    shown = list_shown_areas([(entry["kind"], entry["area"]) for entry in manifest["reports"]], catalogue)
    shows_region = {region.code, *(area.code for area in catalogue.members)} & set(shown)
    areas = _list_reports(catalogue, manifest, "kunta", language)
    shared = {kind: _list_reports(catalogue, manifest, kind, language) for kind in _SHARED}
    links = {item.code: item.reports[0].file for item in areas if item.reports[0].file}
    c = Context(assessment, region, t, manifest["edition"], bool(manifest.get("demo")))
    page = render(
        "index.html.j2",
        t=t,
        top=_make_head(c),
        edition=manifest["edition"],
        stylesheet=municipal_stylesheet("index"),
        metas={
            "snapshot": assessment.snapshot.id,
            "edition": manifest["edition"],
            "version": manifest["version"],
        },
        versions=_list_versions(manifest, language),
        findings=_find(c) if shows_region else [],
        region=region.code,
        region_name=c.area_name,
        areas=areas,
        coverage=_tell_coverage(assessment, [item.code for item in areas], t),
        map=draw_outline_map(catalogue.members, links, language) if links else "",
        map_source=f"{load_boundaries().credit(language)}.",
        shared=[
            SimpleNamespace(title=t(f"kind_{kind}"), items=items) for kind, items in shared.items() if items
        ],
        changes=name_page("muutokset", language) if has_changes else "",
        wording_note=catalogue.agreement.wording_note.text(language),
        data_text=t(
            "index_data",
            edition=manifest["edition"],
            snapshot=assessment.snapshot.id,
            rows=format_number(len(assessment.snapshot.observations), 0, language),
            series=len(assessment.snapshot.series),
        ),
    )
    return str(page)


def _make_head(c: Context) -> HeadView:
    head = make_head(c)
    return replace(head, name=c.texts("index_title"), facts=[], foot=(head.agreement, head.foot[1]))


def _find(c: Context) -> list[FindingView]:
    """The region's findings, the strongest of each goal."""
    by_goal: dict[str, FindingText] = {}
    for item in c.sentences.findings():
        by_goal.setdefault(item.finding.goal_id if item.finding else "", item)
    told = list(by_goal.values())[:_MOST_FINDINGS]
    return [FindingView(c.html(item.lead), c.html_all(item.more)) for item in told]


def _list_versions(manifest: dict[str, Any], shown: Language) -> list[SimpleNamespace]:
    """The same page in the other languages."""
    return [
        SimpleNamespace(language=language, file=name, name=load_texts(language)("index_this_language"))
        for name, language in list_pages(manifest)
        if language != shown
    ]


def _list_reports(
    catalogue: Catalogue, manifest: dict[str, Any], kind: str, language: Language
) -> list[SimpleNamespace]:
    """Areas, forums or parties in the order of the manifest, each with its reports in a language."""
    names = {item.id: item.name for item in catalogue.agreement.forums}
    names |= {item.id: item.name for item in catalogue.regional_parties if item.name}
    found: dict[str, list[SimpleNamespace]] = {}
    for entry in manifest["reports"]:
        if (entry["kind"], entry["language"]) == (kind, language):
            facts = {name: entry.get(name) for name in ("file", "pdf", "language", "error")}
            found.setdefault(entry["area"], []).append(SimpleNamespace(**facts))

    def name(key: str) -> str:
        told = names.get(key)
        return told.text(language) if told else catalogue.areas.get(key).name(language)

    return [SimpleNamespace(code=key, name=name(key), reports=reports) for key, reports in found.items()]


def _tell_coverage(assessment: Assessment, codes: Sequence[str], t: Texts) -> str:
    """In one line how many of the indicators have a figure, and a current one, from least to most."""
    table = assessment.table
    rows = table[table["area_code"].isin(list(codes)) & (table["goal_id"] != "")]
    rows = rows.drop_duplicates(["area_code", "indicator_id"]).assign(known=lambda r: r["value"].notna())
    if not rows["known"].any():
        return ""
    current = rows["known"] & ~rows["is_old"]
    counts = [flags.groupby(rows["area_code"], observed=True).sum() for flags in (rows["known"], current)]
    known, now = (f"{n.min()}" if n.min() == n.max() else f"{n.min()}–{n.max()}" for n in counts)
    return t(
        "index_coverage",
        n=rows["indicator_id"].nunique(),
        known=known,
        current=now,
        years=format_count(assessment.catalogue.agreement.current_years, t.language),
        newest=int(rows.loc[rows["known"], "year"].max()),
    )
