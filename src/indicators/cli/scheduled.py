"""Commands of a server: one scheduled run, how the last one went, and what old of them may go."""

import datetime as dt
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from indicators.cli.group import json_option, main, tell_unread
from indicators.cli.output import show
from indicators.config import Settings, load_environment, load_settings
from indicators.errors import LockError

_BUSY: Final = 75  # of sysexits.h: try again later

settings_argument = click.argument(
    "settings", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)


def _load_settings(path: Path | None) -> Settings:
    """The settings with those of a file; files of settings that nothing reads are told."""
    if path:
        load_environment(path)
    settings = load_settings()
    tell_unread(settings, *([path.absolute().parent] if path else []))
    return settings


@main.command()
@settings_argument
@click.option(
    "--pin",
    "pinned",
    default="",
    metavar="EDITION",
    help="Publish this kept edition again, and do nothing else.",
)
def run(settings: Path | None, pinned: str) -> None:
    """Make one scheduled run: fetch, make the reports and the page of changes, publish, sum up.

    SETTINGS is a file of NAME=value lines that go before the environment and yhdyspinta.toml. The last line
    on stdout says what was done; REPORTS/runs keeps it.

    Exit 0: all done; 1: some series or reports failed; 2: wrong settings; 3: no service answered, and the
    reports rest on the earlier figures; 4: a folder cannot be written; 75: another run is under way.
    """
    from indicators.batch.scheduled import run_scheduled

    try:
        done, folder = run_scheduled(
            _load_settings(settings), lambda text: click.echo(text, err=True), pinned
        )
    except LockError as error:
        click.echo(f"yhdyspinta: {error}", err=True)
        sys.exit(_BUSY)
    click.echo(
        f"yhdyspinta run: exit {done.exit_code}; fetch {done.fetch}, snapshot "
        f"{done.snapshot or 'unchanged'}, report {done.report}, edition {done.edition or '-'}, "
        f"published {done.published or 'no'}; details in {folder}"
    )
    sys.exit(done.exit_code)


@main.command()
@settings_argument
@click.option(
    "--max-age",
    type=click.FloatRange(min=0, min_open=True),
    default=8,
    show_default=True,
    metavar="DAYS",
    help="Days since the end of the last run.",
)
@json_option
def status(settings: Path | None, max_age: float, as_json: bool) -> None:
    """Say how the last scheduled run went, for monitoring; SETTINGS as of 'run'.

    Exit 0: all done, lately; 1: some of it failed; 2: wrong use; 3: it is older than --max-age; 4: there was
    no run, or its summary cannot be read.
    """
    from indicators.batch.scheduled import find_reports, read_last

    found = _load_settings(settings)
    last = read_last(found)
    if last is None:
        click.echo(f"yhdyspinta: no run has ended in {find_reports(found)} yet.", err=True)
        sys.exit(4)
    age = (dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(last.finished)) / dt.timedelta(days=1)
    show([asdict(last) | {"age_days": round(age, 2)}], as_json, is_single=True)
    sys.exit(3 if age > max_age else int(last.exit_code != 0))


@main.command()
@settings_argument
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    required=True,
    metavar="N",
    help="How many editions, and snapshots, stay.",
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would be removed, and remove nothing.")
def prune(settings: Path | None, keep: int, is_dry: bool) -> None:
    """Remove old editions, also of the web folder, and old snapshots; SETTINGS as of 'run'.

    The newest N stay, and whatever their age an edition that readers see, also one that was pinned, and the
    snapshots on which an edition that stays rests. A snapshot cannot be fetched again: 'archive' what is to
    outlive this.
    """
    from indicators.batch.scheduled import find_reports
    from indicators.edition.prune import prune as remove_old

    found = _load_settings(settings)
    web = Path(found.publish) if found.publish else None
    n_old = 0
    for path, is_old in remove_old(find_reports(found), web, found.snapshots_folder, keep, is_dry):
        n_old += is_old
        told = "would remove" if is_dry else "removed"
        click.echo(f"{told} {path}" if is_old else f"{path} stays: readers see it.")
    if not n_old:
        click.echo("Nothing is to be removed.")
