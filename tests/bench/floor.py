"""The floor of the batch: the templates of the same pages, replayed from recorded calls.

``python -m tests.bench.floor AREA...`` makes the reports once, recording what each template is given, and
renders that again: no assessment, rows, words, notebook or gate. It prints the seconds of CPU a report. The
lines of a municipal page are drawn by its templates or stand in what they are given; it has no canvas.
"""

import sys
import time
from typing import Any

from indicators.report.municipal import MunicipalReport, open_municipal_report
from indicators.report.page.html import HtmlPart, load_macros
from tests.bench.bench_report import PARTS


def main() -> None:
    """Record, replay, tell."""
    make_part, parts = MunicipalReport._part, []

    def record(report: MunicipalReport, template: str, macro: str, *facts: Any) -> HtmlPart:
        parts.append((template, macro, facts))
        return make_part(report, template, macro, *facts)

    MunicipalReport._part = record  # type: ignore[method-assign]
    for area in sys.argv[1:]:
        report = open_municipal_report(area)
        for name in PARTS:
            getattr(report, name)()
    started = time.process_time()
    for template, macro, facts in parts:
        str(getattr(load_macros(f"sections/{template}.html.j2"), macro)(*facts))
    sys.stdout.write(f"{(time.process_time() - started) / len(sys.argv[1:]):.5f}\n")


if __name__ == "__main__":
    main()
