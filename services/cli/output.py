"""What commands print, for people or as JSON for programs, and what they exit with."""

import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from events.envelope import Problem

REFUSED = 1
"""A fact was refused, something checked did not match, or the command could not be carried out."""

USAGE = 2

_SHOWN_OF_A_MESSAGE = 200

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
AsJsonLines = Annotated[bool, typer.Option("--json", help="Print JSON instead of text, one object a line.")]

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
    """A table for people that fits 80 columns; numbers stand to the right, and no rows are told as `none`."""
    found = [[_cell(value) for value in row] for row in rows]
    numeric = [
        bool(found) and all(row[at].lstrip("-").replace(".", "", 1).isdigit() for row in found)
        for at in range(len(columns))
    ]
    if not found:
        console.print(f"[bold]{title}:[/] none", highlight=False)
        return
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column, right in zip(columns, numeric, strict=True):
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in found:
        table.add_row(*row)
    console.print(table)


def print_refusal(body: str, fact_id: str, problem: Problem, message: str | None = None) -> None:
    """One refused fact: whose and which on a line that is never broken, then why and what to do."""
    console.print(Text(f"{body}  {fact_id}", style="bold"), soft_wrap=True)
    place = f" in {problem.field}" if problem.field else ""
    console.print(Padding(Text(f"{problem.code}{place}: {problem.detail}"), (0, 0, 0, 2)))
    if message is not None:
        console.print(Padding(Text(_cut(message), style="dim"), (0, 0, 0, 2)))


def print_page(lines: Iterable[str]) -> None:
    """Lines of a page, what stands below a point or number indented with it."""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        wrapped = textwrap.wrap(line, console.width, subsequent_indent=" " * (indent + 3 if indent else 0))
        for part in wrapped or [""]:
            console.print(part, highlight=False, markup=False, soft_wrap=True)


def moment(at: datetime) -> str:
    """The time in Almaty, to the minute."""
    from events.zone import ALMATY

    return f"{at.astimezone(ALMATY):%Y-%m-%d %H:%M}"


def _cut(message: str) -> str:
    # What a feeder sent may hold the codes by which a terminal is told to do things.
    shown = "".join(
        one if one.isprintable() else f"\\u{ord(one):04x}" for one in message[:_SHOWN_OF_A_MESSAGE]
    )
    return shown if len(message) <= _SHOWN_OF_A_MESSAGE else f"{shown}…"


def _cell(value: object) -> str:
    return "" if value is None else str(value)
