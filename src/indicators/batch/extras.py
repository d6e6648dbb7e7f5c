"""The files of an edition beside its reports: the index, and the figures as data files.

Made by a worker; the command, which names these functions, loads nothing for them.
"""

from collections.abc import Sequence
from typing import Any

from indicators.model import Language


def make_index(snapshot: str, manifest: dict[str, Any]) -> dict[str, bytes]:
    """The index page by its name in the edition, from the edition's manifest once all reports are made."""
    from indicators.assessment.load import load_assessment
    from indicators.edition.index import render_index

    return {"index.html": render_index(load_assessment(snapshot), manifest).encode()}


def make_data_files(
    snapshot: str, reports: Sequence[tuple[str, str]], language: Language
) -> dict[str, bytes]:
    """The data files by their names in the edition, for kinds and subjects of reports; they wait for none."""
    from indicators.assessment.load import load_assessment
    from indicators.edition.data_files import list_shown_areas, make_dataset

    assessment = load_assessment(snapshot)
    return make_dataset(assessment, list_shown_areas(reports, assessment.catalogue), language)
