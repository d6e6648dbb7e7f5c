"""Writes snapshots: what was fetched, written once, hashed, and never changed.

A snapshot is a folder with ``observations.parquet``, ``areas.parquet``, ``series.json`` and
``manifest.json``. It is written into a temporary folder, checked, and renamed, so that a folder with a
manifest is always a whole one.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from indicators import folders
from indicators.catalogue import Catalogue, digest_catalogue
from indicators.errors import SnapshotCheckError
from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, WORD_COLUMNS, SeriesMetadata
from indicators.snapshot.checks import check_observations
from indicators.snapshot.store import (
    BUNDLED_FOLDER,
    FILES,
    FORMAT,
    MANIFEST,
    StoredSnapshot,
    compute_sha256,
    mark_folder,
    open_snapshot,
    read_manifest,
    seal_manifest,
)
from indicators.version import __version__

#: Written with dictionaries and a good codec: small in the repository, and quick to write.
_PARQUET: Final[dict[str, Any]] = {"compression": "zstd", "compression_level": 9, "version": "2.6"}


def write_snapshot(
    folder: Path,
    observations: pd.DataFrame,
    series: Mapping[str, SeriesMetadata],
    catalogue: Catalogue,
    created: dt.date,
    previous: StoredSnapshot | None = None,
    name: str | None = None,
) -> StoredSnapshot:
    """Check, write and publish a snapshot; nothing is left behind when anything fails.

    Its folder is named by its id, or as given. Observations have the columns `OBSERVATION_COLUMNS`, in any
    order of rows, and ``series`` the metadata of each indicator. A SnapshotCheckError tells of observations
    that fail a check; OutputError and LockError of a folder that cannot be written, or into which another run
    is writing.
    """
    table = _tidy(observations)
    check_observations(table, series, catalogue, created)
    telling = folders.telling(folder, "could not be written", "Nothing was left behind.")
    with hold(folder), telling, folders.building(folder) as work:
        manifest = _write_files(work, table, series, catalogue, created, previous)
        target = folder / (name or manifest["id"])
        if name or not target.exists():  # else the same content is there already
            folders.put_in_place(work, target)
        if name is None:
            mark_folder(folder)
    return open_snapshot(target)


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder of snapshots against other writers; it may be held again inside.

    LockError where another run holds it, OutputError where it cannot be written.
    """
    with ExitStack() as stack:
        with folders.telling(folder):
            stack.enter_context(
                folders.hold(folder, "another run is writing here;", "wait until it has ended.")
            )
        yield


def _tidy(observations: pd.DataFrame) -> pd.DataFrame:
    """Columns in order, rows sorted, words categorical; the argument is not changed."""
    missing = [column for column in OBSERVATION_COLUMNS if column not in observations.columns]
    if missing:
        raise SnapshotCheckError("(new)", f"columns {missing} are missing.")
    table = observations.loc[:, list(OBSERVATION_COLUMNS)].copy()
    for column in WORD_COLUMNS:
        table[column] = _to_words(table[column])
    table["year"] = table["year"].astype("int16")
    table[["value", "count", "denominator"]] = table[["value", "count", "denominator"]].astype("float64")
    return table.sort_values(list(OBSERVATION_KEY), ignore_index=True)


def _to_words(column: pd.Series) -> pd.Series:
    """A column's words in their order, each used; no word is the empty one."""
    words = column.astype("category").cat.remove_unused_categories().cat.rename_categories(str)
    if words.isna().any():
        words = words.cat.add_categories([""] if "" not in words.cat.categories else []).fillna("")
    return words.cat.reorder_categories(sorted(words.cat.categories))


def _write_files(
    work: Path,
    table: pd.DataFrame,
    series: Mapping[str, SeriesMetadata],
    catalogue: Catalogue,
    created: dt.date,
    previous: StoredSnapshot | None,
) -> dict[str, Any]:
    _write_parquet(work / "observations.parquet", table)
    _write_parquet(work / "areas.parquet", _area_table(catalogue))
    _write_json(work / "series.json", {key: asdict(series[key]) for key in sorted(series)})
    files = {name: compute_sha256((work / name).read_bytes()) for name in FILES}
    total = compute_sha256(json.dumps(files, sort_keys=True).encode())
    manifest = {
        "format": FORMAT,
        "id": f"{created.isoformat()}-{total[:8]}",
        "created": created.isoformat(),
        "sequence": previous.manifest["sequence"] + 1 if previous else 0,
        "version": __version__,
        "previous": {"id": previous.id, "sha256": previous.sha256} if previous else None,
        "bundle": read_manifest(BUNDLED_FOLDER)["sha256"] if previous else None,
        "sha256": total,
        "files": files,
        "series": _series_manifest(table, series),
        "catalogue": digest_catalogue(catalogue),
    }
    _write_json(work / MANIFEST, manifest | {"seal": seal_manifest(manifest)})
    return manifest


def _series_manifest(table: pd.DataFrame, series: Mapping[str, SeriesMetadata]) -> list[dict[str, Any]]:
    """An entry for each series; the table is sorted by series, with all its words in use."""
    ids = table["indicator_id"].array
    ends = np.searchsorted(ids.codes, np.arange(len(ids.categories)), side="right")
    columns = {name: _to_hashable(table[name]) for name in OBSERVATION_COLUMNS}
    entries, start = [], 0
    for indicator_id, end in zip(ids.categories, ends.tolist(), strict=True):
        metadata = series[indicator_id]
        entries.append(
            {
                "indicator_id": indicator_id,
                "source": metadata.source,
                "provider": metadata.producer,
                "url": metadata.url,
                "retrieved_at": metadata.retrieved_at,
                "updated": metadata.updated,
                "carried": metadata.carried,
                "stale_reason": metadata.stale_reason,
                "rows": end - start,
                "sha256": _hash_rows({name: column[start:end] for name, column in columns.items()}),
            }
        )
        start = end
    return entries


def _to_hashable(column: pd.Series) -> np.ndarray:
    """Words as objects, numbers with one kind of NaN."""
    if column.name in WORD_COLUMNS:
        return column.astype(object).to_numpy()
    numbers = column.to_numpy(dtype="<f8")
    return np.where(np.isnan(numbers), np.nan, numbers)


def _hash_rows(columns: Mapping[str, np.ndarray]) -> str:
    """Hash of a series' rows: words as lines, numbers as little-endian bytes."""
    digest = hashlib.sha256()
    for name, column in columns.items():
        digest.update("\n".join(column).encode() if name in WORD_COLUMNS else column.tobytes())
    return digest.hexdigest()


def _area_table(catalogue: Catalogue) -> pd.DataFrame:
    """One row per current area: code, level, names, and the codes of a municipality's larger areas."""
    return pd.DataFrame(
        [(a.code, a.level, *a.names, a.region, a.county) for a in catalogue.areas],
        columns=["area_code", "level", "name_fi", "name_sv", "name_en", "region_code", "county_code"],
    )


def _write_parquet(path: Path, table: pd.DataFrame) -> None:
    # pandas' own metadata names versions; without it equal figures give equal files.
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, path, **_PARQUET)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
