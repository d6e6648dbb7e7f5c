"""What commands print on stdout: tables for people, one JSON document for machines."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from indicators.folders import telling

#: Characters of a terminal on which a table of many columns can be read.
_WIDE = 160


def show(
    rows: list[dict[str, Any]], as_json: bool, is_single: bool = False, brief: tuple[str, ...] = ()
) -> None:
    """Print rows as one JSON document or as a table; a single row as lines of name and value.

    ``brief`` are the columns that a narrow terminal has room for; all where empty.
    """
    if as_json:
        print_json(rows[0] if is_single else rows)
    elif is_single:
        for key, value in rows[0].items():
            click.echo(f"{key}: {value}")
    elif not sys.stdout.isatty():  # a pipe gets whole cells: a tab between them, a row a line
        for row in [list(rows[0]), *(list(row.values()) for row in rows)] if rows else []:
            click.echo("\t".join(" ".join(str(value).split()) for value in row))
    elif rows:
        print_table(rows, brief)


def print_table(rows: list[dict[str, Any]], brief: tuple[str, ...] = ()) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if brief and console.width < _WIDE:
        rows = [{name: row[name] for name in brief} for row in rows]
    table = Table(box=None, pad_edge=False)
    for at, key in enumerate(rows[0]):
        table.add_column(key, overflow="fold", no_wrap=at == 0)  # ids and names are copied: never cut in two
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)


def print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=1))


def write(text: str, output: Path | None) -> None:
    """Write a result into a file, or print it where none is named."""
    if output is None:
        sys.stdout.write(text)
    else:
        with telling(output):
            output.write_text(text, "utf-8")
