"""One real edition of all reports, made once for every test that only reads it."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from indicators.batch.make import make_edition
from indicators.catalogue import Catalogue
from indicators.edition.plan import plan_reports


@dataclass(frozen=True)
class MadeEdition:
    """The folder of editions with one edition in it; tests must not write there."""

    root: Path

    @property
    def folder(self) -> Path:
        """The edition's folder, through ``latest``."""
        return self.root / "latest"

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return json.loads((self.folder / "manifest.json").read_text("utf-8"))

    def page(self, area: str) -> str:
        """HTML of the Finnish report of an area, forum or party."""
        (entry,) = (item for item in self.manifest["reports"] if item["area"] == area)
        return (self.folder / entry["file"]).read_text("utf-8")


@pytest.fixture(scope="session")
def edition(tmp_path_factory: pytest.TempPathFactory, worker_id: str, catalogue: Catalogue) -> MadeEdition:
    """The edition of all kinds of report on the bundled snapshot, shared by all test processes."""
    base = tmp_path_factory.getbasetemp()
    root = (base if worker_id == "master" else base.parent) / "shared-edition"
    with FileLock(f"{root}.lock"):
        if not (root / "latest").exists():
            made = make_edition(plan_reports(catalogue), "bundled", root)
            assert made.is_latest, made.failed
    return MadeEdition(root)
