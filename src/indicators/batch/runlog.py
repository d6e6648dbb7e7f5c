"""The run's log, ``run.jsonl`` in the edition: one JSON object a line for each thing that happened."""

import datetime as dt
import json
from pathlib import Path

from indicators.edition.manifest import hide_paths
from indicators.edition.records import Event


def log_event(path: Path, event: Event) -> None:
    """Append an event to the log as it comes.

    Its line has ``time`` (UTC), ``event``, ``report`` (its file) where it is one's, and the event's facts.
    """
    line = {"time": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds"), "event": event.name}
    if event.task is not None:
        line["report"] = event.task.file
    facts = {key: hide_paths(fact) if isinstance(fact, str) else fact for key, fact in event.facts.items()}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line | facts, ensure_ascii=False) + "\n")
