"""The command itself: errors as one message and an exit code, and the options that several commands share."""

import os
import sys
import warnings
from pathlib import Path
from typing import Any, Final, TextIO

import click

from indicators.config import SETTINGS_FILE, Settings, list_unread, load_environment
from indicators.errors import IndicatorsError, OutputError, SnapshotError, SourceError
from indicators.version import __version__

EXIT_SOME_FAILED: Final = 1
EXIT_WRONG_USE: Final = 2
EXIT_NO_SNAPSHOT: Final = 3
EXIT_STORAGE: Final = 4
EXIT_INTERRUPTED: Final = 130

_EPILOG: Final = """\b
Exit codes: 0 all done; 1 some reports or series failed, the rest are done; 2 wrong use, wrong settings or
wrong declared data, nothing run; 3 no snapshot written; 4 folder or output not writable, disk full, lock
held, damaged snapshot; 130 or 143 stopped by Ctrl-C or SIGTERM."""


class _Group(click.Group):
    """Shows the package's own errors, and those of the system, as one message and the stated exit code."""

    def main(self, *arguments: Any, **more: Any) -> Any:
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:  # closed by whoever started the command
                setattr(sys, name, _open_nowhere())
        if not os.access(os.curdir, os.X_OK):  # 'sudo -u' leaves one in root's folder, where no worker starts
            os.chdir(os.path.abspath(os.sep))
            tell_note("the working folder may not be entered; going on in /.")
        try:
            try:
                return super().main(*arguments, **more)
            finally:
                sys.stdout.flush()  # what cannot be written is told here, and not when Python ends
        except IndicatorsError as error:
            _end(str(error), _exit_code(error))
        except UnicodeEncodeError as error:
            problem = f"{error.encoding} has no {error.object[error.start]!r}, and the output needs it"
            _end(f"{problem}; set PYTHONIOENCODING=utf-8 or PYTHONUTF8=1.", EXIT_WRONG_USE)
        except BrokenPipeError:  # the reader has what it wants, such as 'head'
            _end("", EXIT_SOME_FAILED)
        except OSError as error:
            _end(_explain(error), EXIT_STORAGE)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KeyboardInterrupt as stop:
            click.echo("yhdyspinta: stopped.", err=True)
            context.exit(getattr(stop, "exit_code", EXIT_INTERRUPTED))


def _open_nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def _end(message: str, code: int) -> None:
    if message:
        click.echo(f"yhdyspinta: {message}", err=True)
    try:
        sys.stdout.flush()
    except (OSError, ValueError):  # Python would complain of it once more at the end
        sys.stdout = _open_nowhere()
    sys.exit(code)


def _explain(error: OSError) -> str:
    """What the system refused, where, and what to do."""
    try:
        os.getcwd()
    except OSError:
        return "the working folder is gone; change to one that is there."
    reason = error.strerror or str(error)
    if error.filename is None:
        return f"the system refused to read or write: {reason}; check the output, its disk and its rights."
    name = os.fsdecode(error.filename)
    return f"{name if len(name) < 200 else name[:60] + '...'}: {reason}; check the name and its rights."


def _exit_code(error: IndicatorsError) -> int:
    if isinstance(error, OutputError | SnapshotError):
        return EXIT_STORAGE
    return EXIT_NO_SNAPSHOT if isinstance(error, SourceError) else EXIT_WRONG_USE


DEFAULT_OUT: Final = Path("reports")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
snapshot_option = click.option(
    "--snapshot", default="latest", show_default=True, help="bundled, latest, an id or a path."
)
output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file instead of stdout."
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=True),
    default=DEFAULT_OUT,
    show_default=True,
    help="Folder of editions.",
)


@click.group(cls=_Group, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="yhdyspinta")
@click.option(
    "--settings",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A server's file of NAME=value lines; as 'run' takes it, for every command.",
)
def main(settings: Path | None) -> None:
    """Follow the strategic cooperation agreement of Keski-Suomi with public statistics."""
    if settings:
        load_environment(settings)
    warnings.showwarning = tell_note


def tell_note(message: object, *place: object, **more: object) -> None:
    """Say something on stderr; a warning too is for the user of the command, not about a line of code."""
    click.echo(f"yhdyspinta: note: {message}", err=True)


def tell_unread(settings: Settings, *more: Path) -> None:
    """Say which settings files lie where nothing reads them."""
    for path in list_unread(settings, *more):
        where = "in the working folder or the nearest one above it"
        tell_note(f"{path} is not read: {SETTINGS_FILE} counts {where}.")
