"""Setting the table of dossiers right: whose a document is it says of itself, whatever the table said."""

from collections.abc import Collection, Mapping
from uuid import UUID

from events.log.heads import Connection
from projections.dossiers import add_to_dossiers
from projections.sql import statements

_SQL = statements("refiling")


def refile(
    conn: Connection, ledger: str, own: Mapping[UUID, bytes], upto: int, unknown: Collection[UUID] = ()
) -> int:
    """Leaves each document of the ledger up to a place in the dossier of its person alone; rows removed.

    `own` are all that are a person's, by what they say themselves; the `unknown` did not open, and stay where
    they are. What was destroyed and what came later stays too.
    """
    wanted = {
        "ledger": ledger,
        "persons": list(own.values()),
        "streams": list(own),
        "unknown": list(unknown),
        "upto": upto,
    }
    removed = conn.execute(_SQL["unfile"], wanted).rowcount
    add_to_dossiers(conn, ledger, own)
    return removed
