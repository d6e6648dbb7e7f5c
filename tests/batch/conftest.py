"""Snapshots that follow one another, stored where the settings look for them."""

import pytest

from indicators.snapshot import write_snapshot


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder for snapshots that the settings name."""
    monkeypatch.setenv("YHDYSPINTA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "snapshots"


@pytest.fixture
def follow(bundled, catalogue, home):
    """Writes a snapshot of the bundled figures that follows another, with one figure of its own."""

    def follow(previous, value):
        members = {area.code for area in catalogue.members} | {catalogue.agreement.region, "SSS"}
        rows = bundled.observations[bundled.observations["area_code"].isin(members)].reset_index(drop=True)
        is_changed = (rows["indicator_id"] == "sotkanet:181") & (rows["area_code"] == "435")
        rows.loc[is_changed & rows["value"].notna(), "value"] = value
        return write_snapshot(home, rows, bundled.series, catalogue, bundled.created, previous)

    return follow
