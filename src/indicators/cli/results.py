"""Commands that give results: the assessment table, and editions of reports."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import click

from indicators.cli.group import (
    DEFAULT_OUT,
    EXIT_INTERRUPTED,
    EXIT_SOME_FAILED,
    json_option,
    main,
    out_option,
    output_option,
    snapshot_option,
)
from indicators.cli.output import print_json, write
from indicators.config import demonstrating, load_settings
from indicators.errors import ReportError
from indicators.folders import telling

#: Options that an edition answers by itself; `--only-failed` takes them from it.
_OF_AN_EDITION: Final = {"kinds", "is_all", "is_country", "languages", "is_fresh", "is_as_of"}


@main.command()
@click.argument("areas", nargs=-1, metavar="[AREA]...")
@snapshot_option
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "parquet"]), default="csv", show_default=True
)
@output_option
def assess(areas: Sequence[str], snapshot: str, form: str, output: Path | None) -> None:
    """Print the assessment table: every area, goal and indicator, or those of the AREAs named."""
    from indicators.assessment.load import load_assessment
    from indicators.edition.data_files import make_json

    assessment = load_assessment(snapshot)
    table = assessment.table
    if areas:
        codes = [assessment.catalogue.areas.resolve(item, level=None).code for item in areas]
        table = table[table["area_code"].isin(codes)]
    if form != "parquet":
        write(make_json(table) if form == "json" else table.to_csv(index=False), output)
    elif output is None:
        raise click.UsageError("--format parquet needs a file: -o FILE")
    else:
        with telling(output):
            table.to_parquet(output, index=False)


@main.command()
@click.argument("what", nargs=-1)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["kunta", "alue", "foorumi", "osapuoli"]),
    help="Kind of report: municipality, region, forum or party; may be repeated.",
)
@click.option(
    "--all", "is_all", is_flag=True, help="The 22 municipalities of the agreement and no other report."
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
@click.option(
    "--as-of",
    "is_as_of",
    is_flag=True,
    help="Make an earlier edition of the snapshot again, byte for byte; refused where it cannot be the same.",
)
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
@click.option(
    "--notebook",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, resolve_path=True),
    help="Make the reports of a kind with this changed copy of its notebook; 'latest' stays where it is.",
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
@click.option(
    "--appendix",
    "has_appendix",
    is_flag=True,
    help="With --pdf: the other current indicators, older figures and figures by year too.",
)
@click.option(
    "--demo",
    "is_demo",
    is_flag=True,
    help="Show the package's example plan; each page says so, and 'latest' stays where it is.",
)
@json_option
@click.pass_context
def report(
    context: click.Context,
    what: Sequence[str],
    kinds: Sequence[str],
    is_all: bool,
    is_country: bool,
    languages: Sequence[str],
    snapshot: str,
    is_as_of: bool,
    out: Path,
    jobs: int | None,
    engine: Any,
    dask: str,
    only_failed: str | None,
    notebook: Path | None,
    is_fresh: bool,
    deadline: float,
    memory: int,
    is_pdf: bool,
    has_appendix: bool,
    is_demo: bool,
    as_json: bool,
) -> None:
    """Make an edition of reports.

    WHAT is areas (codes or names) for the kind kunta, the region for alue, ids of forums for foorumi, ids of
    parties for osapuoli. Without WHAT it is everything of the chosen kinds; without --kind too, the 22
    municipalities, the region, the forums and the parties; with areas alone, those municipalities.

    Reports that an earlier run has made from the same figures, declared data and code are taken over. Told to
    stop (Ctrl-C, SIGTERM), it leaves nothing behind and ends with 130 or 143.

    With --as-of all reports are made again. Where version, declared data, plan, settings or previous snapshot
    are not those of the edition of that snapshot in --out (where there is none: the version and indicators
    that the snapshot keeps), nothing runs: exit 2. A report that differs from the recorded one is named, and
    nothing is published: exit 1. 'latest' stays where it is.
    """
    if is_all and (what or is_country or kinds):
        raise click.UsageError("--all stands alone: it means the 22 municipalities of the agreement")
    if is_country and kinds and "kunta" not in kinds:
        raise click.UsageError("--country is every municipality of Finland: it goes with --kind kunta only")
    if only_failed and (what or _given(context) & _OF_AN_EDITION):
        raise click.UsageError("--only-failed stands alone: the edition says which reports it has")
    if is_as_of and snapshot == "latest":
        raise click.UsageError("--as-of needs the snapshot of the earlier edition: --snapshot ID")
    if notebook and len(kinds) > 1:
        raise click.UsageError("--notebook is a copy of one kind's notebook: give one --kind")
    if has_appendix and not is_pdf:
        raise click.UsageError("--appendix goes with --pdf: a page on the screen has everything")
    if is_demo:
        context.with_resource(demonstrating())
    from indicators.batch.warm import limit_threads

    limit_threads()
    from indicators.batch.start import warm_early

    settings = load_settings()
    warm_early(snapshot, out, is_fresh or is_as_of, dask, settings)
    from indicators.batch.limits import Limits
    from indicators.batch.make import Options, make_edition, plan_again
    from indicators.batch.progress import show_progress
    from indicators.catalogue import load_catalogue
    from indicators.edition.plan import plan_reports
    from indicators.narrative.texts import load_texts

    expected, catalogue = "", load_catalogue(overlay=settings.overlay)
    options = Options(jobs, engine, Limits(deadline, memory), dask, is_fresh, is_as_of, notebook=notebook)
    options = replace(options, paper=("whole" if has_appendix else "short") if is_pdf else "")
    if only_failed:
        tasks, recalled, expected = plan_again(only_failed, out, catalogue)
        snapshot = snapshot if "snapshot" in _given(context) else recalled
    else:
        named = [load_texts(language).language for language in languages]
        chosen = kinds or (("kunta",) if is_all or notebook else ())
        tasks = plan_reports(catalogue, what, named, is_country, chosen)
    is_named = "snapshot" in _given(context) and snapshot != "latest"
    options = replace(options, edition=expected, may_go_back=is_named)
    try:
        with show_progress() as listen:
            edition = make_edition(tasks, snapshot, out, options, listen, settings, catalogue)
    except KeyboardInterrupt as stop:
        click.echo("yhdyspinta: stopped; nothing was published, and earlier editions are intact.", err=True)
        sys.exit(getattr(stop, "exit_code", EXIT_INTERRUPTED))
    except ReportError as error:
        click.echo(f"yhdyspinta: {error}\nNothing was published.", err=True)
        sys.exit(EXIT_SOME_FAILED)
    if as_json:
        print_json(edition.manifest | {"path": str(edition.folder), "is_latest": edition.is_latest})
    else:
        _summarise(edition, is_as_of, out, notebook)
    if edition.failed:
        sys.exit(EXIT_SOME_FAILED)


def _given(context: click.Context) -> set[str]:
    """Names of what was given on the command line."""
    given = click.core.ParameterSource.COMMANDLINE
    return {name for name in context.params if context.get_parameter_source(name) is given}


def _summarise(edition: Any, is_as_of: bool, out: Path, notebook: Path | None) -> None:
    states = [entry["state"] for entry in edition.manifest["reports"]]
    unchanged = f", {states.count('reused')} of them unchanged" if "reused" in states else ""
    ready = len(states) - states.count("failed")
    click.echo(f"{edition.folder}: {ready} of {len(states)} reports published{unchanged}")
    if is_as_of and edition.n_verified:
        click.echo(f"{edition.n_verified} of them equal the recorded ones byte for byte")
    elif is_as_of:
        kept = "version and indicators are those that the snapshot keeps"
        click.echo(f"No such report was recorded there; {kept}")
    if edition.failed:
        click.echo(f"What is left of those that failed: {edition.folder / 'virheet'}")
        place = "" if out == DEFAULT_OUT else f" --out {shlex.quote(str(out))}"
        place += f" --notebook {shlex.quote(str(notebook))}" if notebook else ""
        click.echo(f"Once more: yhdyspinta report --only-failed {edition.folder.name}{place}")
    elif edition.is_latest or is_as_of:
        name = "latest" if edition.is_latest else edition.folder.name
        click.echo(f"Open {edition.folder.parent / name / 'index.html'}")
    else:
        click.echo(f"Open {edition.folder / 'index.html'} ({edition.why_not_latest})")
