"""The command ``yhdyspinta``: turns flags into one function call, and errors into messages and exit codes.

Heavy imports wait inside the commands, so that ``--help`` is quick.
"""

import datetime as dt
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import click

from indicators import __version__
from indicators.config import load_settings
from indicators.errors import IndicatorsError, OutputError, ReportError, SnapshotError, SourceError
from indicators.model import LANGUAGES

EXIT_SOME_FAILED: Final = 1
EXIT_WRONG_USE: Final = 2
EXIT_NO_SNAPSHOT: Final = 3
EXIT_STORAGE: Final = 4
EXIT_INTERRUPTED: Final = 130

_EPILOG: Final = """\b
Exit codes: 0 all done; 1 some reports or series failed, the rest are done; 2 wrong use or wrong declared
data, nothing run; 3 no snapshot written; 4 folder not writable, disk full, lock held, damaged snapshot."""


class _Group(click.Group):
    """Shows the package's own errors as one message and the stated exit code."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except IndicatorsError as error:
            click.echo(f"yhdyspinta: {error}", err=True)
            context.exit(_exit_code(error))


def _exit_code(error: IndicatorsError) -> int:
    if isinstance(error, OutputError | SnapshotError):
        return EXIT_STORAGE
    return EXIT_NO_SNAPSHOT if isinstance(error, SourceError) else EXIT_WRONG_USE


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
snapshot_option = click.option(
    "--snapshot", default="latest", show_default=True, help="bundled, latest, an id or a path."
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=True),
    default=Path("reports"),
    show_default=True,
    help="Folder of editions.",
)


@click.group(cls=_Group, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="yhdyspinta")
def main() -> None:
    """Follow the strategic cooperation agreement of Keski-Suomi with public statistics."""
    warnings.showwarning = _show_note


def _show_note(message: Warning | str, *place: object, **more: object) -> None:
    """Warnings are for the user of the command, not about a line of code."""
    click.echo(f"yhdyspinta: note: {message}", err=True)


# --- what is declared -------------------------------------------------------------------------------


def _list_command(name: str, help_text: str, rows: Callable[[Any], Iterable[dict[str, Any]]]) -> None:
    """Add a command that lists declared things as a table or as JSON."""

    @main.command(name, help=help_text)
    @json_option
    def command(as_json: bool) -> None:
        from indicators.catalogue import load_catalogue

        _show(list(rows(load_catalogue(overlay=load_settings().overlay))), as_json)


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
    "indicators",
    "List the indicators, with the goals they serve.",
    lambda catalogue: (
        {
            "id": item.id,
            "title": item.title.fi,
            "unit": item.unit,
            "goals": ", ".join(f"{link.goal} {link.direction}" for link in item.goals),
            "levels": ", ".join(item.levels),
        }
        for item in catalogue.indicators.values()
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


@main.command()
@json_option
def snapshots(as_json: bool) -> None:
    """List the stored snapshots and the bundled one, newest first."""
    from indicators.snapshot import list_snapshots

    keys = ("id", "created", "is_bundled", "version", "path")
    found = list_snapshots(load_settings().snapshots_folder)
    _show([{key: item[key] for key in keys} | {"series": len(item["series"])} for item in found], as_json)


@main.command()
@out_option
@json_option
def editions(out: Path, as_json: bool) -> None:
    """List the editions in a folder, newest first."""
    from indicators.edition import list_editions

    rows = [
        {
            "folder": item["folder"],
            "snapshot": item["snapshot"]["id"],
            "finished": item["finished"],
            "reports": len(item["reports"]),
            "failed": sum(entry["state"] == "failed" for entry in item["reports"]),
        }
        for item in list_editions(out)
    ]
    _show(rows, as_json)


@main.command()
@click.option(
    "--live", "is_live", is_flag=True, help="Also ask the services; exit 1 where something differs."
)
@json_option
def check(is_live: bool, as_json: bool) -> None:
    """Validate the declared data and its references; with --live also against the services."""
    from indicators.catalogue import load_catalogue
    from indicators.catalogue.plan import load_plan
    from indicators.narrative.texts import load_texts

    catalogue = load_catalogue(overlay=load_settings().overlay)
    plan = load_plan(catalogue, load_settings())
    for language in LANGUAGES:
        load_texts(language)
    found = {
        "goals": len(catalogue.goals),
        "indicators": len(catalogue.indicators),
        "municipalities": len(catalogue.areas.municipalities()),
        "parties": len(catalogue.agreement.parties),
        "forums": len(catalogue.agreement.forums),
        "measures": len(plan.measures),
        "sha256": catalogue.sha256,
    }
    if is_live:
        _check_live(catalogue, as_json)
        return
    _show([found], as_json, is_single=True)


def _check_live(catalogue: Any, as_json: bool) -> None:
    """Show what the services say otherwise than the catalogue; exit 1 where anything differs."""
    from indicators.livecheck import check_live
    from indicators.progress import show_notes

    with show_notes():
        found = check_live(catalogue, load_settings(), dt.date.today().year)
    findings = [asdict(finding) for finding in found]
    _show(findings, as_json)
    if findings:
        sys.exit(EXIT_SOME_FAILED)
    if not as_json:
        click.echo("The services agree with the declared data.")


@main.command()
@click.argument("snapshot")
@json_option
def verify(snapshot: str, as_json: bool) -> None:
    """Re-hash SNAPSHOT; exit 4 if anything differs."""
    from indicators.snapshot import find_snapshot, verify_snapshot

    path = find_snapshot(snapshot, load_settings().snapshots_folder)
    problems = verify_snapshot(path)
    _show([{"path": str(path), "is_whole": not problems, "problems": problems}], as_json, is_single=True)
    if problems:
        raise SnapshotError(path, problems[0], "Do not use it; fetch again or take a copy.")


# --- fetching ---------------------------------------------------------------------------------------


@main.command()
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Choice(["sotkanet", "statfin", "table"]),
    help="Ask only this source; may be repeated.",
)
@click.option("--indicator", "indicator_ids", multiple=True, metavar="ID", help="Only this; may be repeated.")
@json_option
def fetch(sources: Sequence[str], indicator_ids: Sequence[str], as_json: bool) -> None:
    """Fetch the declared series from the services into a new snapshot and print its id.

    Exit 0: every asked series answered (with nothing new, no snapshot is written); 1: some failed or are
    gone, and keep their earlier figures; 3: no snapshot was written because nothing usable came.
    """
    from indicators.catalogue import load_catalogue
    from indicators.fetch import SOURCES, fetch_snapshot
    from indicators.progress import show_fetch

    with show_fetch() as progress:
        settings = load_settings()
        catalogue = load_catalogue(overlay=settings.overlay)
        found = fetch_snapshot(catalogue, settings, sources or SOURCES, indicator_ids, progress)
    if as_json:
        _print_json(found.to_dict())
    else:
        _tell_fetch(found)
    if found.problems:
        sys.exit(EXIT_SOME_FAILED if found.snapshot else EXIT_NO_SNAPSHOT)


def _tell_fetch(found: Any) -> None:
    _print_table([{"source": name} | asdict(summary) for name, summary in found.sources.items()])
    for indicator_id, problem in found.problems.items():
        click.echo(f"{indicator_id}: {problem}", err=True)
    if found.snapshot:
        click.echo(f"New snapshot {found.snapshot}")
    elif found.problems:
        click.echo(f"No snapshot was written; {found.previous} is the newest.", err=True)
    else:
        click.echo(f"Nothing is new since {found.previous}; no snapshot was written.")


# --- results ----------------------------------------------------------------------------------------


@main.command()
@click.argument("areas", nargs=-1, metavar="[AREA]...")
@snapshot_option
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "parquet"]), default="csv", show_default=True
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout."
)
def assess(areas: Sequence[str], snapshot: str, form: str, output: Path | None) -> None:
    """Print the assessment table: every area, goal and indicator, or those of the AREAs named."""
    from indicators.report.area_report import load_assessment

    assessment = load_assessment(snapshot)
    table = assessment.table
    if areas:
        codes = [assessment.catalogue.areas.resolve(item, level=None).code for item in areas]
        table = table[table["area_code"].isin(codes)]
    if form == "parquet" and output is None:
        raise click.UsageError("--format parquet needs a file: -o FILE")
    try:
        _write_table(table, form, output)
    except OSError as error:
        raise OutputError(output or "stdout", f"cannot be written: {error.strerror or error}.") from error


def _write_table(table: Any, form: str, output: Path | None) -> None:
    if form == "parquet":
        table.to_parquet(output, index=False)
    elif form == "json":
        table.to_json(output or sys.stdout, orient="records", force_ascii=False, indent=1)
    else:
        table.to_csv(output or sys.stdout, index=False)


@main.command()
@click.argument("what", nargs=-1)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["kunta", "alue"]),
    help="Kind of report; may be repeated.",
)
@click.option(
    "--all", "is_all", is_flag=True, help="The 22 municipalities of the agreement (also the default)."
)
@click.option("--country", "is_country", is_flag=True, help="Every current municipality of Finland.")
@click.option(
    "--lang",
    "languages",
    multiple=True,
    default=("fi",),
    show_default=True,
    help="fi, sv or en; may be repeated.",
)
@snapshot_option
@out_option
@click.option("--jobs", type=click.IntRange(1), help="Reports made at once; by default one per core.")
@click.option(
    "--engine",
    type=click.Choice(["fork", "kernel"]),
    help="fork: warm processes, the default on Linux; kernel: an ordinary Jupyter kernel for each.",
)
@click.option(
    "--dask",
    default="",
    metavar="ADDRESS",
    help="Make the reports on the Dask cluster of this scheduler; 'local' starts one of --jobs workers here.",
)
@click.option(
    "--only-failed",
    metavar="EDITION",
    help="Make the failed reports of this edition again; the others are taken over from it.",
)
@click.option("--fresh", "is_fresh", is_flag=True, help="Make unchanged reports again too.")
@click.option(
    "--deadline",
    type=click.FloatRange(min=0, min_open=True),
    default=300,
    show_default=True,
    help="Seconds that one report may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(64),
    default=2048,
    show_default=True,
    help="Megabytes that one report may take beyond what is loaded beforehand.",
)
@click.option(
    "--pdf", "is_pdf", is_flag=True, help="Also print each report to a tagged PDF (needs Chromium)."
)
@json_option
def report(
    what: Sequence[str],
    kinds: Sequence[str],
    is_all: bool,
    is_country: bool,
    languages: Sequence[str],
    snapshot: str,
    out: Path,
    jobs: int | None,
    engine: Any,
    dask: str,
    only_failed: str | None,
    is_fresh: bool,
    deadline: float,
    memory: int,
    is_pdf: bool,
    as_json: bool,
) -> None:
    """Make an edition of reports of the areas WHAT (codes or names); without WHAT, of all kinds.

    Reports that an earlier run has made from the same figures, declared data and code are taken over. Told to
    stop (Ctrl-C, SIGTERM), it leaves nothing behind and ends with 130 or 143.
    """
    if is_all and (what or is_country):
        raise click.UsageError("--all stands alone: it means the 22 municipalities of the agreement")
    if only_failed and (what or is_all or is_country or is_fresh):
        raise click.UsageError("--only-failed stands alone: the edition says which reports it has")
    from indicators.batch.supervisor import limit_threads

    limit_threads()
    from indicators.batch.limits import Limits
    from indicators.batch.make import Options, make_edition, plan_again, warm_early
    from indicators.batch.plan import plan_reports
    from indicators.batch.progress import show_progress
    from indicators.catalogue import load_catalogue
    from indicators.narrative.texts import load_texts

    expected = ""
    options = Options(jobs, engine, Limits(deadline, memory), dask, is_fresh, is_pdf=is_pdf)
    warm_early(snapshot, out, options)
    if only_failed:
        tasks, snapshot, expected = plan_again(only_failed, out)
    else:
        named = [load_texts(language).language for language in languages]
        tasks = plan_reports(
            load_catalogue(overlay=load_settings().overlay),
            what,
            named,
            is_country,
            kinds or (("kunta",) if is_all else ()),
        )
    options = replace(options, edition=expected)
    try:
        with show_progress() as listen:
            edition = make_edition(tasks, snapshot, out, options, listen)
    except KeyboardInterrupt as stop:
        click.echo("yhdyspinta: stopped; nothing was published, and earlier editions are intact.", err=True)
        sys.exit(getattr(stop, "exit_code", EXIT_INTERRUPTED))
    except ReportError as error:
        click.echo(f"yhdyspinta: {error}\nNothing was published.", err=True)
        sys.exit(EXIT_SOME_FAILED)
    if as_json:
        _print_json(edition.manifest | {"path": str(edition.folder), "is_latest": edition.is_latest})
    else:
        _summarise(edition)
    if edition.failed:
        sys.exit(EXIT_SOME_FAILED)


def _summarise(edition: Any) -> None:
    states = [entry["state"] for entry in edition.manifest["reports"]]
    unchanged = f", {states.count('reused')} of them unchanged" if "reused" in states else ""
    ready = len(states) - states.count("failed")
    click.echo(f"{edition.folder}: {ready} of {len(states)} reports published{unchanged}")
    if edition.failed:
        click.echo(f"What is left of those that failed: {edition.folder / 'virheet'}")
        click.echo(f"Once more: yhdyspinta report --only-failed {edition.folder.name}")
    elif edition.is_latest:
        click.echo(f"Open {edition.folder.parent / 'latest' / 'index.html'}")
    else:
        click.echo(f"Open {edition.folder / 'index.html'} ('latest' moves only with all 22 municipalities)")


# --- follow-up --------------------------------------------------------------------------------------


@main.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["html", "json"]), default="html", show_default=True)
@click.option("--lang", "language", default="fi", show_default=True, help="Of the page: fi, sv or en.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout."
)
def changes(old: str, new: str, form: str, language: str, output: Path | None) -> None:
    """Show what changed between the snapshots OLD and NEW, with the cause of each change.

    The page is of the agreement's areas and the whole country; JSON has every area.
    """
    from indicators.catalogue import load_catalogue
    from indicators.changes import compute_changes
    from indicators.report.changes_page import render_changes
    from indicators.snapshot import load_snapshot

    settings = load_settings()
    sides = [load_snapshot(item, settings.snapshots_folder) for item in (old, new)]
    found = compute_changes(*sides, load_catalogue(overlay=settings.overlay))
    if form == "json":
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n"
    else:
        text = render_changes(found, language)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise OutputError(output, f"cannot be written: {error.strerror or error}.") from error


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
    """Pack EDITION (its folder's name, a path or 'latest') with its snapshot into one checked zip."""
    from indicators.archive import pack_archive
    from indicators.edition import find_edition, read_manifest
    from indicators.snapshot import find_snapshot

    folder = find_edition(edition, out)
    wanted = read_manifest(folder)["snapshot"]["id"]
    snapshot = find_snapshot(wanted, load_settings().snapshots_folder)
    click.echo(pack_archive(folder, snapshot, output or Path(f"{folder.name}.zip")))


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@out_option
def unarchive(file: Path, out: Path) -> None:
    """Unpack FILE made by 'archive': the edition into --out, its snapshot among the stored ones."""
    from indicators.archive import unpack_archive

    for path in unpack_archive(file, out, load_settings().snapshots_folder):
        click.echo(path)


# --- one's own --------------------------------------------------------------------------------------


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
    from indicators.newindicator import NewIndicator, add_indicator, choose_folder

    if not goals:
        ask = _pair("=", "goal=direction, such as 3.2=lower")
        goals = ask(None, None, [click.prompt("Goal and direction (3.2=lower)")])
    titles = {"fi": title, "sv": title_sv, "en": title_en}
    overrides, denominator = given.pop("overrides"), given.pop("denominator")
    asked = NewIndicator(
        title={language: text for language, text in titles.items() if text},
        goals=goals,
        denominator_content=denominator,
        **given | {"select": dict(given["select"])},
    )
    folder = choose_folder(load_settings(), Path.cwd(), lambda text: click.echo(text, err=True))
    made = add_indicator(asked, folder, overrides)
    if as_json:
        _print_json(made.model_dump(mode="json", exclude_defaults=True))
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
    from indicators.lab import copy_notebooks, run_lab

    for path, is_new in copy_notebooks(folder):
        click.echo(f"{path}: {'copied' if is_new else 'kept as it is'}", err=True)
    if not copy_only:
        sys.exit(run_lab(folder, port, opens_browser=not no_browser))


# --- output -----------------------------------------------------------------------------------------


def _show(rows: list[dict[str, Any]], as_json: bool, is_single: bool = False) -> None:
    """Print rows as one JSON document or as a table; a single row as lines of name and value."""
    if as_json:
        _print_json(rows[0] if is_single else rows)
    elif is_single:
        for key, value in rows[0].items():
            click.echo(f"{key}: {value}")
    elif rows:
        _print_table(rows)


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for key in rows[0]:
        table.add_column(key, overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=1))
