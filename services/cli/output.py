"""What commands print, in a table for people or as JSON for programs, and what they exit with."""

import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

DONE = 0
REFUSED = 1
"""A fact was refused, something checked did not match, or the command could not be carried out."""

USAGE = 2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]

console = Console()
progress_console = Console(stderr=True)
"""Progress goes to standard error, so that what is printed can be piped."""


def print_line(line: bytes) -> None:
    """One line of bytes on standard output, as it is."""
    sys.stdout.buffer.write(line + b"\n")


def print_error_line(line: bytes) -> None:
    """One line of bytes on standard error, as it is."""
    sys.stderr.buffer.write(line + b"\n")
    sys.stderr.buffer.flush()


def print_json(value: Any) -> None:
    """One JSON value on one line of standard output."""
    print_line(msgspec.json.encode(value))
    sys.stdout.flush()


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table for people; numbers stand to the right."""
    found = [[_cell(value) for value in row] for row in rows]
    numeric = [
        bool(found) and all(row[at].lstrip("-").replace(".", "", 1).isdigit() for row in found)
        for at in range(len(columns))
    ]
    table = Table(title=title, title_justify="left", title_style="bold")
    for column, right in zip(columns, numeric, strict=True):
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in found:
        table.add_row(*row)
    console.print(table)


def _cell(value: object) -> str:
    return "" if value is None else str(value)
