"""`bagalau grade`: grades from a file of facts, with no servers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from services.cli.output import REFUSED, print_error_line, print_line


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("grade")(grade)


def grade(
    file: Annotated[
        Path,
        typer.Argument(
            help="Facts, one JSON envelope per line (.jsonl); `-` reads standard input.",
            exists=True,
            dir_okay=False,
            allow_dash=True,
            readable=True,
        ),
    ],
    *,
    steps: Annotated[bool, typer.Option(help="Carry the whole calculation in `steps`.")] = True,
) -> None:
    """Grades a file of facts offline: the same law, deciders and folds as the servers'.

    Prints one derived grade a line (JSON) on standard output. Each refused fact is one JSON object a line
    on standard error, with its `id` and `problem`. Exit code 0, or 1 when any fact was refused.
    """
    # Imported here so that `bagalau --help` need not load the law.
    from projections.grade import to_json
    from services.offline import Ledgers, rejections

    ledgers = Ledgers()
    refused = 0
    for fact_id, problem in rejections(ledgers, _lines(file)):
        refused += 1
        print_error_line(msgspec.json.encode({"id": fact_id, "problem": problem}))
    for result in ledgers.grades(explained=steps):
        print_line(to_json(result))
    if refused:
        raise typer.Exit(REFUSED)


def _lines(file: Path) -> Iterator[bytes]:
    if str(file) == "-":
        yield from typer.get_binary_stream("stdin")
        return
    with file.open("rb") as stream:
        yield from stream
