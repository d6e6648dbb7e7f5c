"""Commands of the follow-up: what changed, and archives."""

import json
from pathlib import Path

import click

from indicators.cli.group import main, out_option, output_option
from indicators.cli.output import write
from indicators.config import load_settings


@main.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["html", "json"]), default="html", show_default=True)
@click.option("--lang", "language", default="fi", show_default=True, help="Of the page: fi, sv or en.")
@output_option
def changes(old: str, new: str, form: str, language: str, output: Path | None) -> None:
    """Show what changed between the snapshots OLD and NEW, with the cause of each change.

    The page is of the agreement's areas and the whole country; JSON has every area.
    """
    from indicators.assessment.changes import compute_changes
    from indicators.catalogue import load_catalogue
    from indicators.report.changes_page import render_changes
    from indicators.snapshot.load import load_snapshot

    settings = load_settings()
    before, after = (load_snapshot(item, settings.snapshots_folder) for item in (old, new))
    found = compute_changes(before, after, load_catalogue(overlay=settings.overlay))
    if form == "json":
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n"
    else:
        text = render_changes(found, language)
    write(text, output)


@main.command()
@click.argument("edition")
@out_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The archive; EDITION.zip by default.",
)
def archive(edition: str, out: Path, output: Path | None) -> None:
    """Pack EDITION (its folder's name, a path or 'latest') with its snapshot into one checked zip.

    The previous snapshot goes along where the edition rests on it, so that the edition can be made again
    from the archive alone.
    """
    from indicators.edition.archive import pack_archive
    from indicators.edition.store import find_edition, read_manifest, recall_snapshot
    from indicators.snapshot.store import find_previous, find_snapshot, open_snapshot

    folder, stored = find_edition(edition, out), load_settings().snapshots_folder
    snapshot = open_snapshot(find_snapshot(recall_snapshot(read_manifest(folder)), stored))
    previous = find_previous(snapshot, stored)
    click.echo(pack_archive(folder, snapshot.path, output or Path(f"{folder.name}.zip"), previous))


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@out_option
def unarchive(file: Path, out: Path) -> None:
    """Unpack FILE made by 'archive': the edition into --out, its snapshots among the stored ones."""
    from indicators.catalogue import load_catalogue
    from indicators.edition.archive import unpack_archive

    settings = load_settings()
    catalogue = load_catalogue(overlay=settings.overlay)
    for path in unpack_archive(file, out, settings.snapshots_folder, catalogue):
        click.echo(path)
