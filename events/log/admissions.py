"""Admissions: for five minutes the server shows a viewer what a recorded disclosure is of."""

from collections.abc import Sequence
from uuid import UUID

from events.log.heads import Connection
from events.sql import statements

_SQL = statements("admissions")


def admit(  # noqa: PLR0917 - a row's columns
    conn: Connection,
    ledger: str,
    seq: int,
    viewer_ledger: str,
    viewer: bytes,
    persons: Sequence[tuple[bytes, UUID | None]] | None,
) -> None:
    """Admits a viewer to what the ResultDisclosed at `seq` of `ledger` is of, for five minutes from now.

    In the transaction that appends it and holds the ledger's head: without the event COMMIT fails with
    psycopg.errors.RestrictViolation. `viewer` is his keyed hash in the ledger he is registered in, `persons`
    those of `ledger`, each with one stream or with all of his documents (None); None is everybody of the
    ledger. Admissions of the ledger that are past their term go.
    """
    conn.execute(_SQL["forget_expired"], [ledger])
    admitted = [(None, None)] if persons is None else persons
    if admitted:
        columns = [list(column) for column in zip(*admitted, strict=True)]
        conn.execute(_SQL["admit"], [ledger, seq, viewer_ledger, viewer, *columns])


def purge_admissions(conn: Connection) -> int:
    """Deletes what is past its term, in every ledger; how many."""
    return conn.execute(_SQL["purge_admissions"]).rowcount
