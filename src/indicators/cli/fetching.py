"""The command that fetches."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from indicators.cli.group import EXIT_NO_SNAPSHOT, EXIT_SOME_FAILED, json_option, main
from indicators.cli.output import print_json, print_table
from indicators.config import load_settings
from indicators.model import SOURCES


@main.command()
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Choice([*SOURCES]),
    help="Ask only this source; may be repeated.",
)
@click.option("--indicator", "indicator_ids", multiple=True, metavar="ID", help="Only this; may be repeated.")
@click.option(
    "--fresh", "is_fresh", is_flag=True, help="Ask again for the figures of what claims to be unchanged."
)
@json_option
def fetch(sources: Sequence[str], indicator_ids: Sequence[str], is_fresh: bool, as_json: bool) -> None:
    """Fetch the declared series from the services into a new snapshot and print its id.

    Exit 0: every asked series answered (with nothing new, no snapshot is written); 1: some failed or are
    gone, and keep their earlier figures; 3: no snapshot was written because nothing usable came.
    """
    from indicators.batch.interruption import stoppable
    from indicators.catalogue import load_catalogue
    from indicators.fetch.fetch import fetch_snapshot
    from indicators.fetch.progress import show_fetch

    with stoppable(), show_fetch() as progress:
        settings = load_settings()
        catalogue = load_catalogue(overlay=settings.overlay)
        found = fetch_snapshot(
            catalogue, settings, sources or SOURCES, indicator_ids, progress, is_fresh=is_fresh
        )
    if as_json:
        print_json(found.to_dict())
    else:
        _show_sources(found)
    _tell_problems(found, catalogue)
    if found.problems:
        sys.exit(EXIT_SOME_FAILED if found.snapshot else EXIT_NO_SNAPSHOT)


def _show_sources(found: Any) -> None:
    rows = [{"source": name} | asdict(summary) for name, summary in found.sources.items()]
    print_table([{key: cell for key, cell in row.items() if key != "silent"} for row in rows])
    if found.snapshot:
        click.echo(f"New snapshot {found.snapshot}")
    elif not found.problems:
        click.echo(f"Nothing is new since {found.previous}; no snapshot was written.")


def _tell_problems(found: Any, catalogue: Any) -> None:
    """On stderr, one line a service that did not answer, and one a series that failed otherwise."""
    silent = {name: item for name, item in found.sources.items() if item.silent}
    for name, item in silent.items():
        click.echo(f"{name}: {item.silent}; its {item.failed} series keep their earlier figures.", err=True)
    for indicator_id, problem in found.problems.items():
        if catalogue.indicators[indicator_id].source.service not in silent:
            click.echo(f"{indicator_id}: {problem}", err=True)
    if found.problems and not found.snapshot:
        click.echo(f"No snapshot was written; {found.previous} is the newest.", err=True)
