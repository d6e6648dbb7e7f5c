"""A finished page made of a report's parts without a notebook, for tests that look at pages only."""

import nbformat

from indicators.report.area_report import AreaReport
from indicators.report.page.page import PageInfo, render_page


def make_page(report: AreaReport, info: PageInfo) -> str:
    """HTML of a report, its parts in the order of its notebook."""
    parts = [("header", report.header()), ("contents", report.contents())]
    parts += [("body", report.key_facts())] if hasattr(report, "key_facts") else []
    parts += [("body", report.summary())]
    parts += [("body", report.follow_up())] if hasattr(report, "follow_up") else []
    parts += [("body", report.attention())] if hasattr(report, "attention") else []
    parts += [("body", report.goal(goal.id)) for goal in report.catalogue.goals]
    parts += [("body", report.measures())] if hasattr(report, "attention") else []
    parts += [("body", report.about()), ("footer", report.footer())]
    cells = [
        nbformat.v4.new_code_cell(
            "...",
            metadata={"tags": [tag]},
            outputs=[nbformat.v4.new_output("display_data", data={"text/html": part.html})],
        )
        for tag, part in parts
    ]
    return render_page(nbformat.v4.new_notebook(cells=cells), info)
