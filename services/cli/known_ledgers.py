"""Whether the ledgers that a command names are there."""

from collections.abc import Iterable

import typer

from events.log import Connection, heads


def check_ledgers(conn: Connection, names: Iterable[str]) -> None:
    """Raises typer.BadParameter, which names the ledgers there are, for a name that is none of them."""
    known = sorted(head.ledger for head in heads(conn))
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"no ledger is called {name}; there are {', '.join(known) or 'none'}")
