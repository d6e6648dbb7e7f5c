"""The files of an edition beside its reports: the index, and the figures as data files."""

from collections.abc import Sequence
from typing import Any

from indicators.model import Language
from indicators.report.area_report import load_assessment
from indicators.report.dataset import make_dataset
from indicators.report.index import render_index


def make_index(snapshot: str, manifest: dict[str, Any]) -> dict[str, bytes]:
    """The index page by its name in the edition, once all reports are made.

    Parameters
    ----------
    snapshot : str
        ``bundled`` or a path.
    manifest : dict
        The edition's, with the entries of its reports.
    """
    return {"index.html": render_index(load_assessment(snapshot), manifest).encode()}


def make_data_files(snapshot: str, areas: Sequence[str], language: Language) -> dict[str, bytes]:
    """The data files by their names in the edition; they wait for no report."""
    return make_dataset(load_assessment(snapshot), list(areas), language)
