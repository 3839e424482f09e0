"""`bagalau grade`: grades from a file of facts, with no servers."""

from typing import Annotated

import msgspec
import typer

from services.cli.output import REFUSED, print_error_line, print_line


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("grade")(grade)


def grade(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(help="Facts, one JSON envelope per line (.jsonl); `-` reads standard input."),
    ],
    *,
    steps: Annotated[bool, typer.Option(help="Carry the whole calculation in `steps`.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="What it prints is JSON in any case.")] = True,  # noqa: ARG001
) -> None:
    """Grades a file of facts offline: the same law, deciders and folds as the servers'.

    Prints one derived grade a line (JSON) on standard output. Each refused fact is one JSON object a line
    on standard error, with its `id` and `problem`; so is each employee who could not be graded, with
    `body`, `employee` and `error`. Exit code 0, or 1 when there was any of either.
    """
    # Imported here so that `bagalau --help` need not load the law.
    from projections.grade import to_json
    from services.offline import Ledgers, rejections

    ledgers = Ledgers()
    refused = 0
    for fact_id, problem in rejections(ledgers, file):
        refused += 1
        print_error_line(msgspec.json.encode({"id": fact_id, "problem": problem}))

    def failed(body: str, employee: str, error: Exception) -> None:
        nonlocal refused
        refused += 1
        told = {"body": body, "employee": employee, "error": f"{type(error).__name__}: {error}"}
        print_error_line(msgspec.json.encode(told))

    for result in ledgers.grades(explained=steps, failed=failed):
        print_line(to_json(result))
    if refused:
        raise typer.Exit(REFUSED)
