"""`bagalau viewer`: who may read results, and the keys that prove it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from services.cli.output import AsJson, AsJsonLines, console, print_json, print_table, progress_console

if TYPE_CHECKING:
    from events.keyring import Keyring
    from events.log import Connection

ViewerRole = Literal["servant", "hr", "appointing", "central", "auditor"]

_Viewer = Annotated[str, typer.Argument(metavar="LEDGER/CODE", help="Such as zhanakorgan/e-17.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    commands = typer.Typer(no_args_is_help=True, help="Who may read results, and the keys that prove it.")
    commands.command("key")(key)
    commands.command("register")(registered)
    commands.command("revoke")(revoked)
    commands.command("list")(listed)
    app.add_typer(commands, name="viewer")


def key(
    *,
    out: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", dir_okay=False, help="Where the key is kept.")
    ],
    as_json: AsJson = False,
) -> None:
    """Makes a viewer's key (Ed25519, PEM, mode 0600) and prints its public half, which is registered."""
    from services.viewers.keys import fingerprint, make, public_text

    made = make(out)
    public = public_text(made)
    if as_json:
        shown = fingerprint(made.public_key().public_bytes_raw())
        print_json({"file": str(out), "public": public, "fingerprint": shown})
    else:
        progress_console.print(
            f"{out}: the key. Its public half, for `bagalau viewer register … --public`:",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        typer.echo(public)


def registered(
    viewer: _Viewer,
    *,
    role: Annotated[
        ViewerRole,
        typer.Option(
            help="In `agency` central or auditor; in a body servant (an evaluator too), hr, appointing."
        ),
    ],
    public: Annotated[
        str,
        typer.Option(metavar="KEY", help="The public half of his key, as `bagalau viewer key` printed it."),
    ],
) -> None:
    """Registers a viewer in his ledger, in place of any key before; for whoever runs the machine.

    A body can send the fact ViewerRegistered itself.
    """
    from services.cli.known_ledgers import check_ledgers
    from services.viewers import parse
    from services.viewers.registering import register as record

    name = parse(viewer)
    with _writing() as (conn, keyring):
        check_ledgers(conn, [name.ledger])
        record(conn, keyring, name, role, public)
    console.print(f"{name} reads as {role}.", highlight=False, markup=False)


def revoked(viewer: _Viewer, *, reason: Annotated[str, typer.Option(help="Why; recorded.")]) -> None:
    """Revokes a viewer: his key proves nothing from here on."""
    from services.cli.known_ledgers import check_ledgers
    from services.viewers import parse
    from services.viewers.registering import revoke as record

    name = parse(viewer)
    with _writing() as (conn, keyring):
        check_ledgers(conn, [name.ledger])
        record(conn, keyring, name, reason)
    console.print(f"The key of {name} proves nothing any more.", highlight=False, markup=False)


def listed(
    ledger: Annotated[str | None, typer.Argument(help="Only this ledger's.")] = None,
    *,
    as_json: AsJsonLines = False,
) -> None:
    """Lists the viewers that are registered, and those who were revoked."""
    from services.cli.attached import attached
    from services.cli.known_ledgers import check_ledgers
    from services.servers import connect
    from services.viewers.keys import fingerprint
    from services.viewers.looking import SYSTEM_LOGIN
    from services.viewers.registering import registered as viewers

    with attached() as (servers, keyring, _), connect(servers, SYSTEM_LOGIN, autocommit=True) as conn:
        check_ledgers(conn, [] if ledger is None else [ledger])
        found = list(viewers(conn, keyring, ledger))
    if as_json:
        for of, one in found:
            shown = None if one.key is None else fingerprint(one.key)
            print_json(
                {"viewer": f"{of}/{one.viewer}", "role": one.role, "since": one.since, "fingerprint": shown}
            )
        return
    print_table(
        "Viewers",
        ["viewer", "role", "since", "key"],
        [
            [f"{of}/{one.viewer}", one.role, one.since, fingerprint(one.key)[:16] if one.key else "revoked"]
            for of, one in found
        ],
    )


@contextmanager
def _writing() -> "Iterator[tuple[Connection, Keyring]]":
    from services.cli.attached import attached
    from services.servers import connect

    with (
        attached() as (servers, keyring, _),
        connect(servers, "bagalau_writer", autocommit=True, application_name="bagalau-viewer") as conn,
    ):
        yield conn, keyring
