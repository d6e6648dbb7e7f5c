"""What reports are made of is opened once in a process, and anew where something behind it has changed."""

from indicators.assessment.load import list_kept, load_assessment, open_inputs
from indicators.catalogue.plan import PLAN_FILE


def test_what_is_opened_is_kept():
    """A second door finds the same assessment, plan and changes."""
    first, second = open_inputs("bundled"), open_inputs("bundled")
    assert first.assessment is second.assessment is load_assessment("bundled")
    assert first.plan is second.plan
    assert first.changes is second.changes is None
    assert first.assessment in list_kept().values()


def test_a_changed_plan_is_read_again(tmp_path, monkeypatch):
    """An edit of the plan is seen at the next door; the figures are not assessed again for it."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN_FILE.read_text("utf-8"), "utf-8")
    (tmp_path / "yhdyspinta.toml").write_text('plan = "plan.yaml"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    before = open_inputs("bundled")
    assert before.plan.is_example
    plan.write_text(plan.read_text("utf-8").replace("is_example: true", "is_example: false"), "utf-8")
    after = open_inputs("bundled")
    assert not after.plan.is_example
    assert after.assessment is before.assessment


def test_settings_are_those_of_the_door(tmp_path, monkeypatch):
    """Each opening carries the settings that were in force then."""
    monkeypatch.chdir(tmp_path)
    before = open_inputs("bundled")
    (tmp_path / "yhdyspinta.toml").write_text('publisher = "Keski-Suomen liitto"\n', "utf-8")
    assert (before.settings.publisher, open_inputs("bundled").settings.publisher) == (
        "",
        "Keski-Suomen liitto",
    )
