"""The files of an edition beside its reports: the index, what has changed, and the figures as data files.

Made by a worker; the command, which names these functions, loads nothing for them.
"""

from collections.abc import Sequence
from typing import Any

from indicators.model import Language


def make_index(snapshot: str, manifest: dict[str, Any]) -> dict[str, bytes]:
    """The index, and the page of changes where there is an earlier snapshot, in the languages of the reports.

    By their names in the edition, from the edition's manifest once all reports are made.
    """
    from indicators.assessment.load import open_inputs
    from indicators.edition.index import list_pages, render_indexes
    from indicators.report.changes_page import render_changes

    inputs = open_inputs(snapshot)
    pages = render_indexes(inputs.assessment, manifest, inputs.changes is not None)
    if inputs.changes is not None:
        pages |= {
            name.replace("index", "muutokset"): render_changes(inputs.changes, language, name)
            for name, language in list_pages(manifest)
        }
    return {name: page.encode() for name, page in pages.items()}


def make_data_files(
    snapshot: str, reports: Sequence[tuple[str, str]], language: Language
) -> dict[str, bytes]:
    """The data files by their names in the edition, for kinds and subjects of reports; they wait for none."""
    from indicators.assessment.load import load_assessment
    from indicators.edition.data_files import make_dataset
    from indicators.edition.plan import list_shown_areas

    assessment = load_assessment(snapshot)
    return make_dataset(assessment, list_shown_areas(reports, assessment.catalogue), language)
