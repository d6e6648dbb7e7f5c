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


def _pair(sign: str, expected: str) -> Callable[[Any, Any, Sequence[str]], list[tuple[str, str]]]:
    """Reads repeated NAME=VALUE flags."""

    def read(_context: Any, _parameter: Any, texts: Sequence[str]) -> list[tuple[str, str]]:
        pairs = [tuple(part.strip() for part in text.rsplit(sign, 1)) for text in texts]
        for text, pair in zip(texts, pairs, strict=True):
            if len(pair) != 2 or not all(pair):
                raise click.BadParameter(f"{text!r}; expected {expected}")
        return pairs  # type: ignore[return-value]

    return read


@main.command("new-indicator")
@click.option("--kind", type=click.Choice(["sotkanet", "pxweb", "table"]), prompt="Source")
@click.option(
    "--key", prompt="Sotkanet's number, PxWeb table or path of the file", help="Where the figures are."
)
@click.option("--title", prompt="Title in Finnish")
@click.option("--title-sv", default="", help="Title in Swedish.")
@click.option("--title-en", default="", help="Title in English.")
@click.option("--unit", prompt="Unit (an id of the catalogue, such as percent or per_1000)")
@click.option("--unit-label", default="", help="What a new unit is called for readers, such as km.")
@click.option(
    "--goal",
    "goals",
    multiple=True,
    metavar="ID=DIRECTION",
    callback=_pair("=", "goal=direction, such as 3.2=lower"),
    help="Goal it serves, with higher, lower or none: which is better. May be repeated.",
)
@click.option("--name", default="", help="End of the id; made from the title by default.")
@click.option("--content", default="", help="PxWeb: the table's figure.")
@click.option("--denominator", default="", help="PxWeb: the figure by which it is divided.")
@click.option(
    "--select",
    multiple=True,
    metavar="VARIABLE=CLASS",
    callback=_pair("=", "variable=class"),
    help="PxWeb: class of another variable. May be repeated.",
)
@click.option("--sheet", default="", help="Table file: the sheet of a workbook; the first by default.")
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
def new_indicator(
    title: str, title_sv: str, title_en: str, goals: list[tuple[str, str]], as_json: bool, **given: Any
) -> None:
    """Write an indicator of one's own into the overlay catalogue, and check it.

    Asks for what no flag gives. The overlay's folder is 'catalogue' of yhdyspinta.toml; without one, oma/ is
    made and named there.
    """
    from indicators.analyst.new_indicator import NewIndicator, add_indicator, choose_folder

    if not goals:
        ask = _pair("=", "goal=direction, such as 3.2=lower")
        goals = ask(None, None, [click.prompt("Goal and direction (3.2=lower)")])
    titles = {"fi": title, "sv": title_sv, "en": title_en}
    overrides, denominator = given.pop("overrides"), given.pop("denominator")
    settings = load_settings()
    if given["kind"] == "table" and settings.folder and not Path(given["key"]).is_absolute():
        given["key"] = Path(os.path.relpath(given["key"], settings.folder)).as_posix()
    asked = NewIndicator(
        title={language: text for language, text in titles.items() if text},
        goals=goals,
        denominator_content=denominator,
        **given | {"select": dict(given["select"])},
    )
    folder = choose_folder(settings, Path.cwd(), lambda text: click.echo(text, err=True))
    made = add_indicator(asked, folder, overrides)
    if as_json:
        print_json(made.model_dump(mode="json", exclude_defaults=True))
        return
    click.echo(f"{made.id}: {made.title.fi} -> {folder / 'indicators.yaml'}")
    click.echo(f"Next: yhdyspinta fetch --indicator {made.id}")


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
