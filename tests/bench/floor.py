"""The floor of the batch: the drawings and templates of the same pages, replayed from recorded calls.

``python -m tests.bench.floor AREA...`` makes the reports once, recording what each drawing, each template of
a section and the page's own is given, and calls them again: no assessment, rows, words, notebook or gate. It
prints the seconds of CPU a report. The charts of a municipal page are drawn by these functions as SVG; there
is no canvas under them.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from indicators.assessment.load import open_inputs
from indicators.report import whole
from indicators.report.municipal import MunicipalReport
from indicators.report.sections import barometer, moved

#: Where each is looked up when a page is made.
DRAWN = (
    (barometer, "draw_range"),
    (barometer, "draw_sparkline"),
    (moved, "draw_moved"),
    (MunicipalReport, "_part"),
    (whole, "render_page"),
)


def main() -> None:
    """Record, replay, tell."""
    calls: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []

    def record(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*facts: Any, **named: Any) -> Any:
            calls.append((function, facts, named))
            return function(*facts, **named)

        return call

    for place, name in DRAWN:
        setattr(place, name, record(getattr(place, name)))
    inputs = open_inputs("bundled")
    for area in sys.argv[1:]:
        whole.make_page(whole.expect_report("kunta", area, "fi", inputs, "floor"))
    started = time.process_time()
    for function, facts, named in calls:
        function(*facts, **named)
    sys.stdout.write(f"{(time.process_time() - started) / len(sys.argv[1:]):.5f}\n")


if __name__ == "__main__":
    main()
