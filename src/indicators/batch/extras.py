"""The files of an edition beside its reports: the index, and the figures as data files."""

from collections.abc import Sequence
from typing import Any

from indicators.assessment.load import load_assessment
from indicators.edition.data_files import list_shown_areas, make_dataset
from indicators.edition.index import render_index
from indicators.model import Language


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


def make_data_files(
    snapshot: str, reports: Sequence[tuple[str, str]], language: Language
) -> dict[str, bytes]:
    """The data files by their names in the edition; they wait for no report.

    Parameters
    ----------
    reports : sequence of pairs
        Kind and subject of each report.
    """
    assessment = load_assessment(snapshot)
    return make_dataset(assessment, list_shown_areas(reports, assessment.catalogue), language)
