"""The declared indicators as rows that people search: what they are, whom they serve, and what there is."""

import json
from collections.abc import Iterator
from pathlib import Path

from indicators.catalogue import Catalogue
from indicators.catalogue.areas import fold
from indicators.catalogue.records import Indicator

COLUMNS = ("id", "title", "unit", "goals", "levels", "producer", "first_year", "last_year")


def list_indicators(
    catalogue: Catalogue, snapshot: Path | None, goal_id: str = "", words: str = ""
) -> list[dict[str, object]]:
    """One row of `COLUMNS` an indicator, those that serve a goal or whose titles hold all the words.

    The years are the first and last that a snapshot has, empty where it has none.
    """
    spans = dict(_read_spans(snapshot)) if snapshot else {}
    rows = []
    for item in catalogue.indicators.values():
        if (goal_id and goal_id not in (link.goal for link in item.goals)) or not _holds(item, words):
            continue
        goals = ", ".join(f"{link.goal} {link.direction}" for link in item.goals)
        producer = catalogue.producers[item.producer].name.fi
        values = (item.id, item.title.fi, item.unit, goals, ", ".join(item.levels), producer)
        rows.append(dict(zip(COLUMNS, (*values, *spans.get(item.id, ("", ""))), strict=True)))
    return rows


def _holds(indicator: Indicator, words: str) -> bool:
    texts = [indicator.id, *(indicator.title.text(language) for language in ("fi", "sv", "en"))]
    return any(all(word in fold(text) for word in fold(words).split()) for text in texts)


def _read_spans(snapshot: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    for key, item in json.loads((snapshot / "series.json").read_text("utf-8")).items():
        years = [year for part in item["parts"] for year in (part["first_year"], part["last_year"])]
        if years:
            yield key, (min(years), max(years))
