"""Commands of a server: one scheduled run, and how the last one went."""

import datetime as dt
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from indicators.cli.group import json_option, main
from indicators.cli.output import show
from indicators.config import load_environment, load_settings
from indicators.errors import LockError

_BUSY: Final = 75  # of sysexits.h: try again later

settings_argument = click.argument(
    "settings", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)


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
    """Make one scheduled run: fetch, tell what changed, make the reports, publish, sum up.

    SETTINGS is a file of NAME=value lines that go before the environment and yhdyspinta.toml. The last line
    on stdout says what was done; REPORTS/runs keeps it.

    Exit 0: all done; 1: some series or reports failed; 2: wrong settings; 3: no service answered, and the
    reports rest on the earlier figures; 4: a folder cannot be written; 75: another run is under way.
    """
    from indicators.batch.scheduled import run_scheduled

    if settings:
        load_environment(settings)
    try:
        done, folder = run_scheduled(load_settings(), lambda text: click.echo(text, err=True), pinned)
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

    if settings:
        load_environment(settings)
    last = read_last(load_settings())
    if last is None:
        click.echo(f"yhdyspinta: no run has ended in {find_reports(load_settings())} yet.", err=True)
        sys.exit(4)
    age = (dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(last.finished)) / dt.timedelta(days=1)
    show([asdict(last) | {"age_days": round(age, 2)}], as_json, is_single=True)
    sys.exit(3 if age > max_age else int(last.exit_code != 0))
