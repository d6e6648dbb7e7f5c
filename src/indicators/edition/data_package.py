"""Describes the figures' files for machines, as a Data Package with Table Schemas (https://datapackage.org)."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, get_args

import pandas as pd

from indicators.assessment.columns import COLUMNS
from indicators.assessment.table import Assessment
from indicators.model import OBSERVATION_KEY, SEXES, STATUSES, Direction, Language
from indicators.narrative.texts import load_texts

#: What the columns hold: those of the assessment as declared there, and those that the files add.
_TEXTS: Final = {column.name: column.text for column in COLUMNS} | {
    "area_code": "Statistics Finland's code: 3 digits, MK and 2 for a region, SSS for the country",
    "area_name": "Name of the area",
    "goal_id": "The agreement's goal; empty for a key fact, which serves none",
    "indicator_id": "Service and key of the indicator",
    "title": "Title of the indicator",
    "unit": "Unit of the indicator's figures",
    "sex": "Whose figure it is",
    "producer": "Who produced the figures",
    "service": "Where they were read",
    "licence": "Terms of the service",
    "url": "Address of the series; empty where the snapshot has no figure of the indicator",
    "retrieved_at": "When the figures were read",
    "updated": "The provider's own date of update",
    "years": "Years of the figures",
    "divisions": "Years of the area divisions that they follow",
    "is_carried": "Whether the figures are of an earlier snapshot",
    "stale_reason": "Why they could not be read afresh",
    "snapshot_id": "The snapshot that the edition rests on",
    "snapshot_sha256": "Hash of the snapshot",
}
_WORDS: Final = {"status": STATUSES, "sex": SEXES, "direction": get_args(Direction)}
_KEYS: Final = {
    "arviot": ("area_code", "goal_id", "indicator_id"),
    "havainnot": OBSERVATION_KEY,
    "lahteet": ("indicator_id",),
}
_SOURCES: Final = "lahteet"


def make_package(
    tables: Mapping[str, pd.DataFrame],
    contents: Mapping[str, bytes],
    assessment: Assessment,
    language: Language,
) -> bytes:
    """``datapackage.json`` of CSV tables.

    Parameters
    ----------
    tables : mapping of DataFrame
        By resource, each of `_KEYS`; ``lahteet`` has every indicator of the others.
    contents : mapping of bytes
        Of the tables' files.
    """
    snapshot, t, sources = assessment.snapshot, load_texts(language), tables[_SOURCES]
    agreement = assessment.catalogue.agreement.short_title.text(language)
    package = {
        "name": f"yhdyspinta-{snapshot.id}",
        "title": f"{agreement}: {t('index_files').lower()}",
        "version": snapshot.id,
        "created": f"{snapshot.created}T00:00:00Z",
        "sources": [
            {"path": row["url"]} | {key: row[key] for key in ("title", "producer", "service", "licence")}
            for row in sources[sources["url"] != ""].to_dict("records")
        ],
        "resources": [_describe(name, tables[name], contents[name]) for name in _KEYS],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _describe(name: str, table: pd.DataFrame, content: bytes) -> dict[str, Any]:
    """A table's resource. An empty cell is a missing value, and its row's status or reason says why."""
    schema: dict[str, Any] = {
        "fields": [_describe_field(str(key), column) for key, column in table.items()],
        "missingValues": [""],
        "primaryKey": list(_KEYS[name]),
    }
    if name != _SOURCES:
        reference = {"resource": _SOURCES, "fields": ["indicator_id"]}
        schema["foreignKeys"] = [{"fields": ["indicator_id"], "reference": reference}]
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _describe_field(name: str, column: pd.Series) -> dict[str, Any]:
    kinds = {"b": "boolean", "i": "integer", "f": "number"}
    kind = kinds.get(column.dtype.kind, "string")
    found: dict[str, Any] = {"name": name, "type": kind, "description": _TEXTS[name]}
    if name in _WORDS:
        found["constraints"] = {"enum": list(_WORDS[name])}
    return found | ({"missingValues": []} if name == "goal_id" else {})
