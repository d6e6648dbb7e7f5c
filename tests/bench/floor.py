"""The floor of the batch: the same charts and the same HTML, without notebook, gate, isolation or manifest.

``python -m tests.bench.floor FOLDER AREA...`` writes one page for each area, in one process.
"""

import json
import sys
from pathlib import Path

from indicators.config import find_notebook
from indicators.report.municipal import open_municipal_report
from indicators.report.page.look import municipal_stylesheet


def main() -> None:
    """Make the pages."""
    folder, *areas = sys.argv[1:]
    cells = json.loads(find_notebook("kuntaraportti.ipynb").read_text("utf-8"))["cells"]
    shown = [
        "".join(cell["source"])
        for cell in cells
        if {"header", "contents", "body", "footer"} & set(cell["metadata"].get("tags", []))
    ]
    for area in areas:
        names = {"report": open_municipal_report(area, "fi", "bundled", "floor")}
        parts = [eval(source, names).html for source in shown]
        page = f"<!doctype html><html><style>{municipal_stylesheet()}</style>{''.join(parts)}</html>"
        (Path(folder) / f"{area}.html").write_text(page, "utf-8")


if __name__ == "__main__":
    main()
