"""Loads snapshots with their figures. Every file is hashed again: a damaged one is refused."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from indicators.catalogue.plaintext import CONTROL, clean_text
from indicators.model import WORD_COLUMNS, SeriesMetadata, SeriesPart
from indicators.snapshot.store import StoredSnapshot, find_snapshot, open_snapshot


@dataclass(frozen=True)
class Snapshot(StoredSnapshot):
    """A loaded snapshot: what is stored, with its figures.

    Attributes
    ----------
    observations : DataFrame
        Columns `OBSERVATION_COLUMNS`, one row per indicator, area, year and sex, sorted by these; text
        columns are categorical.
    series : dict of SeriesMetadata
        By indicator id.
    """

    observations: pd.DataFrame = field(repr=False)
    series: dict[str, SeriesMetadata] = field(repr=False)

    @cached_property
    def _places(self) -> dict[str, slice]:
        """Where each indicator's rows lie; a copy of the rows would go wherever the snapshot is sent."""
        ends = self.observations.groupby("indicator_id", observed=True, sort=False).size().cumsum()
        starts = ends.shift(fill_value=0)
        return {str(key): slice(*place) for key, *place in zip(ends.index, starts, ends, strict=True)}

    def rows(self, indicator_id: str) -> pd.DataFrame:
        """Observations of one indicator; empty where the snapshot has none."""
        return self.observations.iloc[self._places.get(indicator_id, slice(0))]


def load_snapshot(reference: str = "bundled", folder: Path | None = None) -> Snapshot:
    """Load ``bundled``, ``latest``, an id or a path, after checking every file's hash.

    ``latest`` and ids are looked for in the folder of snapshots. An UnknownNameError tells that there is no
    such snapshot, a SnapshotError that a file is missing or damaged, or of another version's format.
    """
    return _load(find_snapshot(reference, folder))


def _load(path: Path) -> Snapshot:
    stored = open_snapshot(path)
    series = json.loads((path / "series.json").read_text("utf-8"))
    return Snapshot(
        **vars(stored),
        observations=_read_observations(path / "observations.parquet"),
        series={key: _to_metadata(value) for key, value in series.items()},
    )


def _read_observations(path: Path) -> pd.DataFrame:
    # One thread, no pre-buffering: a process that has read a snapshot can still be forked safely.
    file = pq.ParquetFile(path, pre_buffer=False, read_dictionary=list(WORD_COLUMNS))
    table: pd.DataFrame = file.read(use_threads=False).to_pandas(use_threads=False)
    notes = table["status_note"].astype("category")  # it is none yet where there are no rows
    if any(CONTROL.search(word) for word in notes.cat.categories):  # kept by an earlier version
        table["status_note"] = notes.map(clean_text, na_action="ignore").astype("category")
    return table


def _to_metadata(content: dict[str, Any]) -> SeriesMetadata:
    parts = tuple(SeriesPart(**part) for part in content["parts"])
    return SeriesMetadata(**(content | {"parts": parts}))
