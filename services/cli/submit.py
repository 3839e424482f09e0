"""`bagalau submit`: feeds a file of facts and waits for every receipt."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.cli.output import REFUSED, console, print_error_line, print_json, print_refusal
from services.cli.progress import bar

if TYPE_CHECKING:
    from events.envelope import Receipt
    from services.feeding import FeedError

_SHOWN = 20


class UnansweredError(Exception):
    """Facts that no receipt came for, with what to do about it."""

    remedy = (
        "See what `bagalau doctor` finds, then run the same command again: what was recorded is only answered"
        " again."
    )

    def __init__(self, error: "FeedError") -> None:
        super().__init__(str(error))
        self.code = error.code
        self.detail = error.detail.strip()


class ManyBodiesError(Exception):
    """A file of several bodies' facts, to be sent under the key of one."""

    code = "many-bodies"
    remedy = "Send each body's facts in a file of their own under its key; --body says whose the unnamed are."

    def __init__(self, bodies: Sequence[str]) -> None:
        self.detail = f"One key sends the facts of one body, and the file names {', '.join(bodies[:_SHOWN])}."
        super().__init__(self.detail)


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("submit")(submit)


def submit(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="Facts, one JSON envelope per line (.jsonl).")
    ],
    *,
    receipts: Annotated[
        Path | None,
        typer.Option(help="Add each receipt to this file as it comes; `verify --receipts` reads it."),
    ] = None,
    body: Annotated[
        str, typer.Option(help="Whose subject a line is sent on that names no body itself.")
    ] = "unknown",
    nkey: Annotated[
        Path | None,
        typer.Option(
            envvar="BAGALAU_NATS_NKEY",
            help="The body's seed, for a NATS with accounts; its certificate's authority is BAGALAU_NATS_CA.",
        ),
    ] = None,
    patience: Annotated[
        float, typer.Option(min=1, help="Give up when no receipt came for so many seconds.")
    ] = 60,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json",
            help="Print one JSON object, and each refused fact as one a line on standard error.",
        ),
    ] = False,
) -> None:
    """Feeds facts over NATS, in the order of the file, and sends again until each has its receipt.

    Needs services that take them: `bagalau up` in another terminal. Exit code 1 when any fact was refused;
    each is told with its `id` and `problem`.
    """
    from events.envelope import ACCEPTED
    from services.cli.attached import queue_url
    from services.feeding import FeedError, Progress, ReceiptsFile, feed

    told = Counter(named for named, _ in _lines(file, body))
    total = told.total()
    if nkey is not None and len(told) > 1:
        raise ManyBodiesError(sorted(told))
    with bar() as progress, ReceiptsFile(receipts) if receipts else nullcontext() as kept:
        task = progress.add_task("feeding facts", total=total)

        def tell(state: Progress) -> None:
            progress.update(task, completed=state.accepted + state.rejected)

        try:
            fed = asyncio.run(
                feed(
                    queue_url(),
                    _lines(file, body),
                    receipts=kept,
                    progress=tell,
                    patience=patience,
                    name=next(iter(told), body),
                    nkey=nkey,
                )
            )
        except FeedError as error:
            raise UnansweredError(error) from None
    refused = [receipt for receipt in fed.receipts if receipt.outcome != ACCEPTED]
    if as_json:
        for receipt in refused:
            print_error_line(
                msgspec.json.encode({"id": receipt.id, "body": receipt.body, "problem": receipt.problem})
            )
        print_json({"accepted": fed.accepted, "rejected": len(refused), "seconds": round(fed.seconds, 3)})
    else:
        _show(refused)
        console.print(
            f"{fed.accepted} accepted, {len(refused)} refused in {fed.seconds:.1f} s.", highlight=False
        )
    if refused:
        raise typer.Exit(REFUSED)


def _show(refused: "Sequence[Receipt]") -> None:
    for one in refused[:_SHOWN]:
        if one.problem is not None:
            print_refusal(one.body, one.id, one.problem)
    if len(refused) > _SHOWN:
        console.print(
            f"… and {len(refused) - _SHOWN} more refused; `bagalau rejected` lists all.", highlight=False
        )


def _lines(file: Path, fallback: str) -> Iterator[tuple[str, bytes]]:
    from services.offline import body_named, lines_of

    with file.open("rb") as stream:
        for message in lines_of(stream):
            yield body_named(message) or fallback, message
