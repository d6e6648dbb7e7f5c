"""The edition's index page: municipalities with links, origin and age of the data, goals by municipality."""

from types import SimpleNamespace
from typing import Any

import pandas as pd

from indicators.assessment import Assessment
from indicators.charts.map import draw_outline_map, load_boundaries
from indicators.narrative.formats import format_date, format_number
from indicators.narrative.texts import Texts, load_texts
from indicators.report.html import render, stylesheet


def render_index(assessment: Assessment, manifest: dict[str, Any], language: str = "fi") -> str:
    """HTML of the index page.

    Parameters
    ----------
    assessment : Assessment
        What the reports rest on.
    manifest : dict
        The edition's manifest; its reports are listed, failed ones with the reason.
    """
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
            more=_more(manifest),
            groups=_groups(assessment, texts),
            wording_note=assessment.catalogue.agreement.wording_note.text(texts.language),
            snapshot_id=assessment.snapshot.id,
            version=manifest["version"],
        )
    )


def _data_text(assessment: Assessment, manifest: dict[str, Any], t: Texts) -> str:
    """Origin and age of the data in one sentence, with the span of the listed areas' latest years."""
    snapshot = assessment.snapshot
    codes = {entry["area"] for entry in manifest["reports"]}
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


def _more(manifest: dict[str, Any]) -> list[SimpleNamespace]:
    """Reports of other kinds than the municipal one, in the order of the manifest."""
    found = []
    for entry in manifest["reports"]:
        if entry["kind"] != "kunta":
            texts = load_texts(entry["language"])
            title = texts(f"kind_{entry['kind']}")
            found.append(
                SimpleNamespace(
                    file=entry["file"], language=entry["language"], title=title, error=entry["error"]
                )
            )
    return found


def _areas(assessment: Assessment, manifest: dict[str, Any]) -> list[SimpleNamespace]:
    """One entry per municipality in the order of the manifest, with its reports and goal cells."""
    coverage = _coverage(assessment.table)
    areas: dict[str, SimpleNamespace] = {}
    for entry in manifest["reports"]:
        if entry["kind"] != "kunta":
            continue
        code = entry["area"]
        if code not in areas:
            area = assessment.catalogue.areas.get(code)
            cells = [coverage.get((code, goal.id), (0, None)) for goal in assessment.catalogue.goals]
            areas[code] = SimpleNamespace(code=code, name=area.name(), reports=[], cells=cells)
        name = load_texts(entry["language"])("language_name")
        areas[code].reports.append(
            SimpleNamespace(
                file=entry["file"], language=entry["language"], language_name=name, error=entry["error"]
            )
        )
    return list(areas.values())


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
