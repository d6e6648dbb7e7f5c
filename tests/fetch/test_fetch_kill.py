"""A fetch that is killed where it writes, syncs or renames leaves no snapshot or a complete one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from indicators.snapshot.load import load_snapshot
from indicators.snapshot.store import list_snapshots, verify_snapshot
from replica.kill import INDICATOR, fetch_raised
from replica.world import compute_digest, get_value

pytest_plugins = ["replica.fixtures"]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def strike(home, work):
    """Kill at every point; the points, in order. The last copy is of the attempt that came through."""
    command = [sys.executable, "-m", "replica.kill", str(home), str(work)]
    folder = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_killed_fetch_leaves_no_snapshot_or_a_complete_one(world_home, catalogue, tmp_path):
    """At every point: the old snapshot is untouched, a new one is whole, and the next fetch works."""
    work = tmp_path / "work"
    work.mkdir()
    before = load_snapshot("latest", world_home / "snapshots")
    points = strike(world_home, work)
    homes = sorted(work.iterdir())
    assert len(homes) == len(points) + 1
    for word in ("write_table of observations", "write_text of series", "write_text of manifest", "half way"):
        assert any(word in point for point in points), points
    assert sum("fsync" in point for point in points) >= 10
    assert "before replace of .unfinished" in " ".join(points)
    seen = set()
    for point, home in zip([*points, "came through"], homes, strict=True):
        folder = home / "snapshots"
        stored = [item for item in list_snapshots(folder) if not item["is_bundled"]]
        assert all(verify_snapshot(Path(item["path"])) == [] for item in stored), point
        assert compute_digest(folder / before.id) == compute_digest(before.path), point
        is_published = len(stored) == 3
        assert is_published or len(stored) == 2, point
        newest = load_snapshot("latest", folder)
        assert (newest.id != before.id) == is_published, point
        step = 0.5 if is_published else 0
        value = get_value(before.rows(INDICATOR), INDICATOR) + step
        assert get_value(newest.rows(INDICATOR), INDICATOR) == value, point
        seen.add(is_published)
        report = fetch_raised(home, catalogue, step=1)
        assert (report.problems, load_snapshot("latest", folder).id) == ({}, report.snapshot), point
        assert not [path.name for path in folder.iterdir() if path.name.startswith((".unf", ".repl"))], point
    assert seen == {True, False}
