"""Commands that show what is declared and stored, and check it."""

import datetime as dt
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from indicators.cli.group import EXIT_SOME_FAILED, json_option, main, out_option, tell_note, tell_unread
from indicators.cli.output import show
from indicators.config import load_settings
from indicators.errors import CatalogueError, SnapshotError
from indicators.model import LANGUAGES


def _list_command(name: str, help_text: str, rows: Callable[[Any], Iterable[dict[str, Any]]]) -> None:
    """Add a command that lists declared things as a table or as JSON."""

    @main.command(name, help=help_text)
    @json_option
    def command(as_json: bool) -> None:
        from indicators.catalogue import load_catalogue

        show(list(rows(load_catalogue(overlay=load_settings().overlay))), as_json)


_list_command(
    "areas",
    "List the areas: municipalities, regions, counties and the country.",
    lambda catalogue: (
        {
            "code": area.code,
            "level": area.level,
            "fi": area.name("fi"),
            "sv": area.name("sv"),
            "region": area.region,
        }
        for area in catalogue.areas
    ),
)
_list_command(
    "goals",
    "List the goals, with their forums.",
    lambda catalogue: (
        {"id": goal.id, "title": goal.title.fi, "wording": goal.wording, "forums": ", ".join(goal.forums)}
        for goal in catalogue.goals
    ),
)
_list_command(
    "forums",
    "List the forums that follow the agreement.",
    lambda catalogue: (
        {
            "id": forum.id,
            "name": forum.name.fi,
            "goals": ", ".join(goal.id for goal in catalogue.goals if forum.id in goal.forums),
        }
        for forum in catalogue.agreement.forums
    ),
)
_list_command(
    "parties",
    "List the parties of the agreement.",
    lambda catalogue: (
        {
            "id": party.id,
            "kind": party.kind,
            "name": party.name.fi if party.name else catalogue.areas.get(party.id).name(),
        }
        for party in catalogue.agreement.parties
    ),
)


@main.command("indicators")
@click.option("--goal", "goal_id", default="", help="Only those that serve this goal.")
@click.option("--search", "words", default="", help="Only those whose titles or id hold all these words.")
@click.option("--all", "is_all", is_flag=True, help="The package's, also those that an overlay leaves out.")
@json_option
def list_declared_indicators(goal_id: str, words: str, is_all: bool, as_json: bool) -> None:
    """List the indicators: the goals they serve, producer and years of the newest snapshot."""
    from indicators.catalogue import load_catalogue
    from indicators.snapshot.listing import list_indicators
    from indicators.snapshot.store import find_snapshot

    try:
        catalogue = load_catalogue(overlay=None if is_all else load_settings().overlay)
    except CatalogueError as error:
        tell_note(f"{error}\nThe package's own indicators are listed.")
        catalogue = load_catalogue()
    if goal_id:
        catalogue.goal(goal_id)
    newest = find_snapshot("latest", load_settings().snapshots_folder)
    rows = list_indicators(catalogue, newest, goal_id, words)
    if not rows:
        tell_note("no indicator has these words; try their beginnings")
    show(rows, as_json, brief=("id", "title", "first_year", "last_year"))


@main.command()
@json_option
def snapshots(as_json: bool) -> None:
    """List the stored snapshots and the bundled one, newest first."""
    from indicators.snapshot.store import list_snapshots

    keys = ("id", "created", "is_bundled", "version", "path")
    found = list_snapshots(load_settings().snapshots_folder)
    show([{key: item[key] for key in keys} | {"series": len(item["series"])} for item in found], as_json)


@main.command()
@out_option
@json_option
def editions(out: Path, as_json: bool) -> None:
    """List the editions in a folder, newest first."""
    from indicators.edition.store import list_editions

    rows = [
        {
            "folder": item["folder"],
            "snapshot": item["snapshot"]["id"],
            "finished": item["finished"],
            "reports": len(item["reports"]),
            "failed": sum(entry["state"] == "failed" for entry in item["reports"]),
        }
        for _, item in list_editions(out)
    ]
    show(rows, as_json)


@main.command()
@click.option(
    "--live", "is_live", is_flag=True, help="Also ask the services; exit 1 where something differs."
)
@json_option
def check(is_live: bool, as_json: bool) -> None:
    """Validate the declared data and its references; with --live also against the services."""
    from indicators.catalogue import load_catalogue
    from indicators.catalogue.plan import load_plan
    from indicators.catalogue.sections import load_sections
    from indicators.narrative.phrases import load_phrases
    from indicators.narrative.texts import load_texts
    from indicators.report.own import check_sections

    settings = load_settings()
    tell_unread(settings)
    catalogue = load_catalogue(overlay=settings.overlay)
    plan = load_plan(catalogue, settings)
    sections = load_sections(catalogue, settings)
    check_sections(sections)
    for language in LANGUAGES:
        load_texts(language)
    found = {
        "goals": len(catalogue.goals),
        "indicators": len(catalogue.indicators),
        "municipalities": len(catalogue.areas.municipalities()),
        "parties": len(catalogue.agreement.parties),
        "forums": len(catalogue.agreement.forums),
        "measures": len(plan.measures),
        "sections": len(sections.items),
        "sha256": catalogue.sha256,
    }
    _tell_left_out(catalogue)
    # those of an overlay have no place in the file
    if untold := load_phrases("fi").list_untold(load_catalogue().indicators.values()):
        tell_note(f"told by title, not in data/phrases.yaml: {', '.join(untold)}")
    if is_live:
        _check_live(catalogue, as_json)
        return
    show([found], as_json, is_single=True)


def _tell_left_out(catalogue: Any) -> None:
    """Say which series of the newest snapshot the declared data lack, or why it cannot be read."""
    from indicators.snapshot.store import find_snapshot, open_snapshot

    try:
        snapshot = open_snapshot(find_snapshot("latest", load_settings().snapshots_folder))
    except SnapshotError as error:
        tell_note(error)
        return
    left_out = snapshot.list_left_out(catalogue.indicators)
    if left_out:
        named = ", ".join(left_out[:5]) + (", ..." if len(left_out) > 5 else "")
        found = f"snapshot {snapshot.id} has {len(left_out)} series that are not declared"
        tell_note(f"{found}, and reports leave them out: {named}")


def _check_live(catalogue: Any, as_json: bool) -> None:
    """Show what the services say otherwise than the catalogue; exit 1 where anything differs."""
    from indicators.fetch.compare import check_live
    from indicators.fetch.progress import show_notes

    settings = load_settings()
    with show_notes():
        found = check_live(catalogue, settings, dt.date.today().year) + _check_figures(catalogue, settings)
    findings = [asdict(finding) for finding in found]
    show(findings, as_json)
    if findings:
        sys.exit(EXIT_SOME_FAILED)
    if not as_json:
        click.echo("The services agree with the declared data.")


def _check_figures(catalogue: Any, settings: Any) -> list[Any]:
    """What the newest figures do not bear out: series of one matter that differ, counts of something else."""
    from indicators.assessment.denominators import find_unlike
    from indicators.assessment.fills import LEAST_AREAS, LEAST_YEARS, find_unproven
    from indicators.assessment.panel import build_panels, index_areas
    from indicators.fetch.compare import Finding
    from indicators.snapshot.load import load_snapshot

    snapshot = load_snapshot("latest", settings.snapshots_folder)
    panels = build_panels(snapshot, catalogue, index_areas(catalogue.areas))
    counts = [
        Finding(
            item.indicator_id,
            "counts",
            f"numerator, over {item.share[0]:.0%}–{item.share[1]:.0%} of residents",
            f"{item.n_unlike} of {item.n_figures} figures have a count that gives another denominator",
        )
        for item in find_unlike(panels, catalogue)
    ]
    return counts + [
        Finding(
            item.indicator_id,
            "fills",
            f"gives {item.preferred_id} the years it lacks",
            f"left out: alike in {LEAST_YEARS} years in {item.n_areas} areas, {LEAST_AREAS} are needed",
        )
        for item in find_unproven(panels, snapshot, catalogue)
    ]


@main.command()
@click.argument("snapshot")
@json_option
def verify(snapshot: str, as_json: bool) -> None:
    """Re-hash SNAPSHOT; exit 4 if anything differs."""
    from indicators.snapshot.store import find_snapshot, verify_snapshot

    path = find_snapshot(snapshot, load_settings().snapshots_folder)
    problems = verify_snapshot(path)
    show([{"path": str(path), "is_whole": not problems, "problems": problems}], as_json, is_single=True)
    if problems:
        raise SnapshotError(path, problems[0], "Do not use it; fetch again or take a copy.")
