"""`bagalau submit`: feeds a file of facts and waits for every receipt."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.cli.output import (
    REFUSED,
    AsJson,
    console,
    print_error_line,
    print_json,
    print_table,
)
from services.cli.progress import bar

if TYPE_CHECKING:
    from events.envelope import Receipt

_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("submit")(submit)


def submit(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Facts, one JSON envelope per line (.jsonl).")
    ],
    *,
    receipts: Annotated[
        Path | None, typer.Option(help="Keep the receipts in this file; `verify --receipts` reads it.")
    ] = None,
    body: Annotated[
        str, typer.Option(help="Whose subject a line is sent on that names no body itself.")
    ] = "unknown",
    patience: Annotated[
        float, typer.Option(min=1, help="Give up when no receipt came for so many seconds.")
    ] = 60,
    as_json: AsJson = False,
) -> None:
    """Feeds facts over NATS, in the order of the file, and sends again until each has its receipt.

    Needs services that take them: `bagalau up` in another terminal. Exit code 1 when any fact was refused;
    each refused one is one JSON object a line on standard error, with its `id` and `problem`.
    """
    from events.envelope import ACCEPTED
    from services.cli.attached import queue_url
    from services.feeding import Progress, ReceiptsFile, feed

    total = sum(1 for _ in _lines(file, body))
    with bar() as progress, ReceiptsFile(receipts) if receipts else nullcontext() as kept:
        task = progress.add_task("feeding facts", total=total)

        def tell(state: Progress) -> None:
            progress.update(task, completed=state.accepted + state.rejected)

        fed = asyncio.run(
            feed(queue_url(), _lines(file, body), receipts=kept, progress=tell, patience=patience)
        )
    refused = [receipt for receipt in fed.receipts if receipt.outcome != ACCEPTED]
    for receipt in refused:
        print_error_line(
            msgspec.json.encode({"id": receipt.id, "body": receipt.body, "problem": receipt.problem})
        )
    if as_json:
        print_json({"accepted": fed.accepted, "rejected": len(refused), "seconds": round(fed.seconds, 3)})
    else:
        console.print(
            f"{fed.accepted} accepted, {len(refused)} refused in {fed.seconds:.1f} s.", highlight=False
        )
        if refused:
            _show(refused[:_SHOWN], len(refused))
    if refused:
        raise typer.Exit(REFUSED)


def _show(refused: "Sequence[Receipt]", count: int) -> None:
    rows = [
        [one.body, one.id, one.problem.code, one.problem.field, one.problem.detail]
        for one in refused
        if one.problem is not None
    ]
    title = f"Refused ({len(refused)} of {count}; `bagalau rejected` lists all)"
    print_table(title, ["body", "id", "code", "field", "detail"], rows)


def _lines(file: Path, fallback: str) -> Iterator[tuple[str, bytes]]:
    from services.offline import body_named

    with file.open("rb") as stream:
        for line in stream:
            message = line.rstrip(b"\r\n")
            if message.strip():
                yield body_named(message) or fallback, message
