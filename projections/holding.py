"""Holding ledgers: one projector works on a ledger at a time, and projectors share the ledgers out."""

from typing import Final

from events.log.heads import Connection
from projections.sql import statements

LOCKS: Final = 0x6261_6770
"""The first half of projections' advisory locks' keys; the second is a ledger's number, 0 for presence."""

_SQL = statements("holding")


def hold(conn: Connection, ledger: str) -> bool:
    """Whether the session now holds the ledger; each time adds to how often it must be let go."""
    return _said(conn, "hold", ledger)


def let_go(conn: Connection, ledger: str) -> bool:
    """Gives the ledger back; whether the session held it."""
    return _said(conn, "let_go", ledger)


def be_present(conn: Connection) -> None:
    """Counts the session among the projectors until it ends."""
    conn.execute(_SQL["be_present"], [LOCKS])


def count_present(conn: Connection) -> int:
    """How many projectors are at work in this database."""
    return int(conn.execute(_SQL["count_present"], [LOCKS]).fetchall()[0][0])


def _said(conn: Connection, statement: str, ledger: str) -> bool:
    row = conn.execute(_SQL[statement], [LOCKS, ledger]).fetchone()
    return bool(row and row[0])
