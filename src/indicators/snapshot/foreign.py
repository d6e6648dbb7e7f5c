"""Checks a snapshot that others may have written, before it becomes one of the stored ones.

Its hashes prove that it is whole, not that it is right: what writing one checks is checked again.
"""

import datetime as dt
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter, ValidationError

from indicators.catalogue import Catalogue
from indicators.errors import SnapshotError
from indicators.folders import list_files
from indicators.model import OBSERVATION_COLUMNS, OBSERVATION_KEY, WORD_COLUMNS, SeriesMetadata
from indicators.snapshot.checks import check_observations
from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import FILES, MANIFEST, verify_snapshot

#: Many times what the catalogue can ask for: a few kilobytes of Parquet can claim billions of rows.
_MOST_ROWS: Final = 5_000_000
_MOST_BYTES: Final = 1024**3
_SERIES: Final = TypeAdapter(dict[str, SeriesMetadata])


def check_foreign(path: Path, catalogue: Catalogue, today: dt.date) -> None:
    """Raise a SnapshotError where a snapshot from elsewhere is not such as this installation would write.

    Series that the catalogue does not declare are no fault: they are kept, and not shown.
    """
    stray = sorted(list_files(path).keys() - {MANIFEST, *FILES})
    if stray:
        raise SnapshotError(path, f"holds {stray[0]!r}, which is no file of a snapshot.")
    problems = verify_snapshot(path)
    if problems:
        raise SnapshotError(path, problems[0])
    for name in ("observations.parquet", "areas.parquet"):
        _check_size(path / name)
    try:
        series = _SERIES.validate_json((path / "series.json").read_bytes())
    except ValidationError as error:
        found = error.errors()[0]
        raise SnapshotError(path, f"series.json: {found['msg']} at {found['loc']}.") from error
    snapshot = load_snapshot(str(path.absolute()))
    if snapshot.created > today + dt.timedelta(days=1):  # a clock of another time zone
        raise SnapshotError(path, f"is of {snapshot.created}, which is still to come.")
    table = snapshot.observations
    stated = {item["indicator_id"]: item["rows"] for item in snapshot.manifest["series"] if item["rows"]}
    counts = table["indicator_id"].value_counts()
    if counts[counts > 0].to_dict() != stated:
        raise SnapshotError(path, f"its rows are not those that {MANIFEST} states.")
    keys = table[list(OBSERVATION_KEY)].astype({key: str for key in WORD_COLUMNS if key in OBSERVATION_KEY})
    if not keys.sort_values(list(OBSERVATION_KEY), kind="stable").index.is_monotonic_increasing:
        raise SnapshotError(path, "its rows are not in order.")
    is_declared = table["indicator_id"].isin(catalogue.indicators)
    check_observations(table[is_declared].reset_index(drop=True), series, catalogue, snapshot.created)


def _check_size(path: Path) -> None:
    """Form and claimed size of a Parquet file, before any of its rows is read."""
    try:
        file = pq.ParquetFile(path, pre_buffer=False)
        groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SnapshotError(path, f"is no Parquet file: {error}.") from error
    size = sum(group.total_byte_size for group in groups)
    if file.metadata.num_rows > _MOST_ROWS or size > _MOST_BYTES:
        problem = f"claims {file.metadata.num_rows} rows of {size} bytes; at most {_MOST_ROWS} are read."
        raise SnapshotError(path, problem)
    if path.name == "observations.parquet":
        found = dict(zip(file.schema_arrow.names, map(_name_type, file.schema_arrow.types), strict=True))
        wanted = {name: "text" if name in WORD_COLUMNS else "number" for name in OBSERVATION_COLUMNS}
        if list(found.items()) != list(wanted.items()):
            raise SnapshotError(path, f"has columns {found}; expected {wanted}.")


def _name_type(kind: pa.DataType) -> str:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    return "number" if pa.types.is_floating(kind) or pa.types.is_integer(kind) else str(kind)
