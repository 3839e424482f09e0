"""`bagalau rejected`: what was refused, and why."""

from itertools import islice
from typing import Annotated

import typer

from services.cli.output import AsJsonLines, console, print_json, print_refusal


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("rejected")(rejected)


def rejected(
    *,
    body: Annotated[str | None, typer.Option(help="Only this body's.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    messages: Annotated[
        bool, typer.Option(help="Show the refused messages too, cut without --json; they hold personal data.")
    ] = False,
    as_json: AsJsonLines = False,
) -> None:
    """Lists the refused messages of the last 30 days, newest first: which, why, where, and what to do.

    A message without a readable id is listed under the SHA-256 digest of its bytes.
    """
    from events.log import Log, count_rejections
    from services.cli.attached import attached
    from services.servers import connect

    with attached() as (servers, keyring, _), connect(servers, "bagalau_reader", autocommit=True) as conn:
        found = list(islice(Log(keyring).list_rejections(conn, body, messages=messages), limit))
        total = max(count_rejections(conn, body), len(found))
    if as_json:
        for one in found:
            print_json(
                {
                    "body": one.body,
                    "id": one.message_id,
                    "problem": one.problem,
                    "recorded_at": one.recorded_at,
                    "expires_on": one.expires_on,
                    "message": _text(one.message) if messages else None,
                }
            )
        return
    console.print(f"Refused messages: {total or 'none'}", style="bold", highlight=False)
    for one in found:
        print_refusal(one.body, one.message_id, one.problem, _text(one.message) if messages else None)
    if total > len(found):
        console.print(f"{total - len(found)} more, older ones; --limit shows them.", highlight=False)


def _text(message: bytes | None) -> str | None:
    return None if message is None else message.decode("utf-8", "backslashreplace")
