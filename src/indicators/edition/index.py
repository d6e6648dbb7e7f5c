"""The edition's index page: links to all reports, origin and age of the data, goals by municipality."""

from types import SimpleNamespace
from typing import Any

import pandas as pd

from indicators.assessment.table import Assessment
from indicators.charts.map import draw_outline_map, load_boundaries
from indicators.edition.data_files import list_shown_areas
from indicators.narrative.formats import format_date, format_number
from indicators.narrative.texts import Texts, load_texts
from indicators.report.page.html import render, stylesheet


def render_index(assessment: Assessment, manifest: dict[str, Any], language: str = "fi") -> str:
    """HTML of the index page: the manifest's reports are listed, failed ones with the reason."""
    texts = load_texts(language)
    return str(
        render(
            "index.html.j2",
            t=texts,
            language=language,
            edition=manifest["edition"],
            stylesheet=stylesheet(),
            data_text=_data_text(assessment, manifest, texts),
            areas=_areas(assessment, manifest),
            map_svg=_map(assessment, texts),
            shared=_shared(assessment, manifest, texts),
            groups=_groups(assessment, texts),
            wording_note=assessment.catalogue.agreement.wording_note.text(texts.language),
            snapshot_id=assessment.snapshot.id,
            version=manifest["version"],
            demo=texts("demo_mark") if manifest.get("demo") else "",
        )
    )


def _data_text(assessment: Assessment, manifest: dict[str, Any], t: Texts) -> str:
    """Origin and age of the data in one sentence, with the span of the listed areas' latest years."""
    snapshot = assessment.snapshot
    reports = [(entry["kind"], entry["area"]) for entry in manifest["reports"]]
    codes = list_shown_areas(reports, assessment.catalogue)
    years = assessment.table.loc[assessment.table["area_code"].isin(codes), "year"].dropna()
    return t(
        "index_data",
        edition=manifest["edition"],
        snapshot=snapshot.id,
        date=format_date(snapshot.created.isoformat(), t.language),
        rows=format_number(len(snapshot.observations), 0, t.language),
        series=len(snapshot.series),
        newest=int(years.max()) if len(years) else "–",
        oldest=int(years.min()) if len(years) else "–",
    )


def _map(assessment: Assessment, t: Texts) -> str:
    """The municipalities on a map, empty where no borders are packaged; the list beside it has the links."""
    outlines = load_boundaries().outlines
    members = [area for area in assessment.catalogue.members if area.code in outlines]
    if not members:
        return ""
    names = ", ".join(area.name(t.language) for area in members)
    description = f"{t('index_map')}: {names}."
    return draw_outline_map(members, t.language).to_svg(t("index_map"), description, "kartta")


def _shared(assessment: Assessment, manifest: dict[str, Any], t: Texts) -> list[SimpleNamespace]:
    """Reports of the region, the forums and the parties: a heading for each kind that the edition has."""
    catalogue = assessment.catalogue
    names = {
        "alue": lambda subject: t("index_region_report"),
        "foorumi": lambda subject: catalogue.forum(subject).name.text(t.language),
        "osapuoli": lambda subject: catalogue.regional_party(subject).name.text(t.language),
    }
    found = []
    for kind, name in names.items():
        subjects = _reports(manifest, kind).items()
        items = [SimpleNamespace(name=name(subject), reports=reports) for subject, reports in subjects]
        if items:
            found.append(SimpleNamespace(title=t(f"kind_{kind}"), items=items))
    return found


def _areas(assessment: Assessment, manifest: dict[str, Any]) -> list[SimpleNamespace]:
    """One entry per municipality in the order of the manifest, with its reports and goal cells."""
    coverage, areas = _coverage(assessment.table), []
    for code, reports in _reports(manifest, "kunta").items():
        area = assessment.catalogue.areas.get(code)
        cells = [coverage.get((code, goal.id), (0, None)) for goal in assessment.catalogue.goals]
        areas.append(SimpleNamespace(code=code, name=area.name(), reports=reports, cells=cells))
    return areas


def _reports(manifest: dict[str, Any], kind: str) -> dict[str, list[SimpleNamespace]]:
    """Reports of a kind by subject, in the order of the manifest; those of a subject by language."""
    found: dict[str, list[SimpleNamespace]] = {}
    for entry in manifest["reports"]:
        if entry["kind"] == kind:
            made = SimpleNamespace(
                file=entry["file"],
                pdf=entry.get("pdf"),
                language=entry["language"],
                language_name=load_texts(entry["language"])("language_name"),
                error=entry["error"],
            )
            found.setdefault(entry["area"], []).append(made)
    return found


def _coverage(table: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """How many indicators have a value, and the newest year, by area and goal."""
    known = table[table["value"].notna() & (table["goal_id"] != "")]
    grouped = known.groupby(["area_code", "goal_id"], observed=True)["year"].agg(["size", "max"])
    return {key: (int(row["size"]), int(row["max"])) for key, row in grouped.iterrows()}


def _groups(assessment: Assessment, t: Texts) -> list[SimpleNamespace]:
    agreement = assessment.catalogue.agreement
    return [
        SimpleNamespace(
            id=group.id,
            title=group.title.text(t.language),
            goals=[
                SimpleNamespace(id=goal.id, title=goal.title.text(t.language))
                for goal in agreement.goals
                if goal.group == group.id
            ],
        )
        for group in agreement.groups
    ]
