"""Commands for one's own work: an indicator of one's own, and JupyterLab."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from indicators.cli.group import json_option, main
from indicators.cli.output import print_json
from indicators.config import load_settings


def _pair(expected: str) -> Callable[[Any, Any, Sequence[str]], list[tuple[str, str]]]:
    """Reads repeated NAME=VALUE flags."""

    def read(_context: Any, _parameter: Any, texts: Sequence[str]) -> list[tuple[str, str]]:
        pairs = []
        for text in texts:
            name, _, value = (part.strip() for part in text.rpartition("="))
            if not name or not value:
                raise click.BadParameter(f"{text!r}; expected {expected}")
            pairs.append((name, value))
        return pairs

    return read


_read_goals = _pair("goal=direction, such as 3.2=lower")
_KIND = click.Choice(["sotkanet", "pxweb", "table"])
#: What is asked where no flag gives it, in this order; the third is the kind of which alone it is asked.
_QUESTIONS = (
    ("kind", "Source", "", _KIND),
    ("key", "Sotkanet's number, PxWeb table or path of the file", "", str),
    ("content", "Name of the table's figure, as the table has it", "pxweb", str),
    ("title", "Title in Finnish", "", str),
    ("unit", "Unit (an id of the catalogue, such as percent or per_1000)", "", str),
    ("producer", "Producer (an id of the catalogue, or a new one)", "table", str),
    ("goals", "Goal and direction (3.2=lower)", "", str),
)


@main.command("new-indicator")
@click.option("--kind", type=_KIND)
@click.option("--key", default="", help="Where the figures are.")
@click.option("--title", default="", help="Title in Finnish.")
@click.option("--title-sv", default="", help="Title in Swedish.")
@click.option("--title-en", default="", help="Title in English.")
@click.option("--unit", default="", help="Unit: an id of the catalogue, or a new one.")
@click.option("--unit-label", default="", help="What a new unit is called for readers, such as km.")
@click.option(
    "--goal",
    "goals",
    multiple=True,
    metavar="ID=DIRECTION",
    callback=_read_goals,
    help="Goal it serves, with higher, lower or none: which is better. May be repeated.",
)
@click.option("--name", default="", help="End of the id; made from the title by default.")
@click.option("--content", default="", help="PxWeb: the table's figure.")
@click.option("--denominator", default="", help="PxWeb: the figure by which it is divided.")
@click.option(
    "--select",
    multiple=True,
    metavar="VARIABLE=CLASS",
    callback=_pair("variable=class"),
    help="PxWeb: class of another variable. May be repeated.",
)
@click.option("--sheet", default="", help="Table file: the sheet of a workbook; the first by default.")
@click.option(
    "--columns",
    multiple=True,
    metavar="HEADING=COLUMN",
    callback=_pair("heading=column, such as 'Latuja, km=arvo'"),
    help="Table file: what a heading of its own stands for. May be repeated.",
)
@click.option("--decimal", type=click.Choice([",", "."]), help="Table file: mark of decimals in text.")
@click.option("--thousands", type=click.Choice([" ", ".", ",", "'"]), help="Table file: that of thousands.")
@click.option(
    "--value-type",
    default="rate",
    show_default=True,
    type=click.Choice(["proportion", "rate", "mean", "amount", "index", "count"]),
)
@click.option(
    "--events",
    default="none",
    show_default=True,
    type=click.Choice(["persons", "events", "episodes", "none"]),
    help="What the numerator counts.",
)
@click.option("--decimals", default=1, show_default=True, type=click.IntRange(0, 3))
@click.option("--producer", default="", help="Who produced the figures: an id of the catalogue or a new one.")
@click.option("--producer-name", default="", help="Name of a new producer.")
@click.option("--producer-url", default="", help="Web address of a new producer.")
@click.option("--override", "overrides", is_flag=True, help="Replace an entry of the same id.")
@json_option
def new_indicator(overrides: bool, as_json: bool, **given: Any) -> None:
    """Check an indicator of one's own, and write it into the overlay catalogue.

    Asks for what no flag gives; a table is read at once and shown. The overlay's folder is 'catalogue' of
    yhdyspinta.toml; without one, oma/ is made and named there.
    """
    from indicators.analyst.new_indicator import add_indicator, show_table

    settings = load_settings()
    given |= {name: dict(given[name]) for name in ("select", "columns")}
    for name, question, kind, form in _QUESTIONS:
        if not given[name] and kind in (given["kind"], ""):
            given[name] = click.prompt(question, type=form)
        if name == "key" and given["kind"] == "table":
            if settings.folder and not Path(given["key"]).is_absolute():
                given["key"] = Path(os.path.relpath(given["key"], settings.folder)).as_posix()
            for line in show_table(given, settings):
                click.echo(line, err=as_json)
    if isinstance(given["goals"], str):
        given["goals"] = _read_goals(None, None, [given["goals"]])
    made, path = add_indicator(given, settings, overrides)
    if as_json:
        print_json(made.model_dump(mode="json", exclude_defaults=True))
        return
    click.echo(f"{made.id}: {made.title.fi} -> {path}")
    click.echo(f"Next: yhdyspinta fetch --indicator {made.id}")
    click.echo("To mend it: the same command with --override, and fetch again.")
    click.echo(f"To undo it: take the entry of {made.id} out of {path}.")


@main.command()
@click.argument("folder", default="muistikirjat", type=click.Path(path_type=Path, file_okay=False))
@click.option("--no-browser", is_flag=True, help="Print the address and open no browser.")
@click.option("--port", default=0, help="Port on this machine; a free one by default.")
@click.option("--copy-only", is_flag=True, help="Copy the notebooks and start nothing.")
def lab(folder: Path, no_browser: bool, port: int, copy_only: bool) -> None:
    """Open JupyterLab on a writable copy of the notebooks in FOLDER (default muistikirjat).

    Files that are there already are never overwritten. JupyterLab listens on this machine only and asks for
    the token that stands in its address.
    """
    from indicators.analyst.lab import copy_notebooks, run_lab

    for path, is_new in copy_notebooks(folder):
        click.echo(f"{path}: {'copied' if is_new else 'kept as it is'}", err=True)
    if not copy_only:
        sys.exit(run_lab(folder, port, opens_browser=not no_browser))
