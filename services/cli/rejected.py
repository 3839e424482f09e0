"""`bagalau rejected`: what was refused, and why."""

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import AsJsonLines, console, print_json, print_refusal
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from services.viewers.looking import Looking


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("rejected")(rejected)


@reading
def rejected(
    *,
    body: Annotated[str | None, typer.Option(help="Only this body's.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    messages: Annotated[
        bool, typer.Option(help="Show the refused messages too, cut without --json; they hold personal data.")
    ] = False,
    as_json: AsJsonLines = False,
    reader: As,
) -> None:
    """Lists the refused messages of the last 30 days, newest first: which, why, where, and what to do.

    A message without a readable id is listed under the SHA-256 digest of its bytes. HR sees its own body's;
    that messages were opened is recorded.
    """
    from events.log import Log, count_rejections
    from projections.viewing import viewing
    from services.viewers import view_of

    with looking(reader, "rejected --messages") as here:
        body = _allowed(here, body)
        if messages:
            here.disclose_everybody(_ledgers(here, body))
        with viewing(here.reader, view_of(here.keyring, here.proven)):
            kept = Log(here.keyring).list_rejections(here.reader, body, messages=messages)
            found = list(islice(kept, limit))
            total = max(count_rejections(here.reader, body), len(found))
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


def _allowed(here: "Looking", body: str | None) -> str | None:
    """Whose refused messages are listed: HR's own body's, and for central HR any."""
    from events.vocabulary.words import CENTRAL, HR
    from services.viewers.rights import refused

    if here.proven.role == CENTRAL:
        return body
    if here.proven.role != HR or body not in {None, here.proven.ledger}:
        raise refused(here.proven)
    return here.proven.ledger


def _ledgers(here: "Looking", body: str | None) -> list[str]:
    """Where it is recorded that the messages are read: a body that nobody registered has no ledger."""
    from events.envelope import AGENCY
    from events.log import heads

    known = [one.ledger for one in heads(here.reader)]
    if body is None:
        return known
    return [body if body in known else AGENCY]


def _text(message: bytes | None) -> str | None:
    return None if message is None else message.decode("utf-8", "backslashreplace")
