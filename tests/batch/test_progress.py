"""What a run tells while it lasts: to a terminal, to a pipe, and to its log."""

import json

import pytest
from rich.console import Console

from indicators.batch import make, progress
from indicators.batch.make import make_edition
from indicators.edition.plan import plan_reports
from indicators.edition.records import Event, JobResult
from tests.batch.stand_ins import SmallErrand


@pytest.fixture
def events(catalogue):
    """The events of a run with one failure, one retry and one unchanged report."""
    first, second, third = plan_reports(catalogue, ["435", "931", "992"])
    return [
        Event("run_started", None, {"reports": 3}),
        Event("report_reused", first),
        Event("report_started", second, {"attempt": 1}),
        Event("report_started", third, {"attempt": 1}),
        Event("report_failed", third, {"seconds": 1.0, "error": "cell 2: [Error] no"}),
        Event("report_retried", second, {"error": "the process died of SIGKILL"}),
        Event("report_started", second, {"attempt": 2}),
        Event("report_published", second, {"seconds": 1.26}),
    ]


def _show(events, monkeypatch, is_terminal):
    console = Console(force_terminal=is_terminal, width=120, record=True, stderr=True)
    monkeypatch.setattr(progress, "Console", lambda **options: console)
    with progress.show_progress() as listen:
        for event in events:
            listen(event)
    return console.export_text()


def test_plain_lines_go_to_stderr(events, monkeypatch, capfd):
    """Elsewhere than on a terminal each report is a line, and stdout stays empty."""
    _show(events, monkeypatch, False)
    out, told = capfd.readouterr()
    assert out == ""
    assert told.splitlines() == [
        "1/3 kunta 435 fi: unchanged",
        "2/3 kunta 992 fi: FAILED: cell 2: [Error] no",
        "kunta 931 fi: the process died of SIGKILL; trying once more",
        "3/3 kunta 931 fi: 1.3 s",
    ]


def test_a_terminal_has_one_live_line(events, monkeypatch, capfd):
    """On a terminal one line shows done, failed, running and time left; failures stay above it."""
    shown = _show(events, monkeypatch, True)
    out, _ = capfd.readouterr()
    assert out == ""
    assert "kunta 992 fi: FAILED: cell 2: [Error] no" in shown
    assert "3/3 1 failed, 0 running 0:00:00" in shown


def test_the_log_lies_in_the_edition(catalogue, tmp_path, monkeypatch):
    """``run.jsonl`` holds one object for each thing that happened, with its time in UTC."""

    def run(jobs, workers, listen):
        for job in jobs:
            listen(Event("report_started", job.task, {"attempt": 1}))
            yield JobResult(job.task, html=b"<p>made", seconds=0.5, peak_memory_mb=200.0)

    monkeypatch.setattr(make, "run_jobs", run)
    monkeypatch.setattr(make, "Errand", SmallErrand)
    made = make_edition(plan_reports(catalogue, ["435"]), "bundled", tmp_path)
    lines = [json.loads(line) for line in (made.folder / "run.jsonl").read_text("utf-8").splitlines()]
    assert all(line.pop("time").endswith("+00:00") for line in lines)
    report = "kunta/435-luhanka.fi.html"
    assert lines[1:3] == [
        {"event": "report_started", "report": report, "attempt": 1},
        {"event": "report_published", "report": report, "seconds": 0.5, "peak_memory_mb": 200.0},
    ]
    assert [line["event"] for line in lines] == [
        "run_started",
        "report_started",
        "report_published",
        "run_finished",
    ]
    assert (lines[0]["reports"], lines[0]["edition"]) == (1, made.manifest["edition"])
    assert (lines[3]["published"], lines[3]["failed"], lines[3]["reused"]) == (1, 0, 0)
