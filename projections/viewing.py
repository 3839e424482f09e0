"""Reading as somebody: the settings by which PostgreSQL itself shows a viewer his rows and no others."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

import msgspec
from psycopg.pq import TransactionStatus

from events.log.heads import Connection

Role = Literal["servant", "hr", "appointing", "central", "auditor"]
"""As what he is registered; `central` and `auditor` in `agency` alone."""

# A disclosure admits for five minutes: a cursor that is read from for longer would outlast it.
_LONGEST: Final = "5min"
_SET: Final = (
    "SELECT set_config('bagalau.ledger', %s, true), set_config('bagalau.viewer', %s, true),"
    " set_config('bagalau.role', %s, true), set_config('bagalau.disclosure', %s, true),"
    " set_config('transaction_timeout', %s, true)"
)


class View(msgspec.Struct, frozen=True):
    """A viewer who was proven, and the disclosure (ledger, seq) that was recorded for what he reads.

    `ledger` is the one he is registered in, `viewer` his keyed hash there; see `rows.person_of`.
    """

    ledger: str
    viewer: bytes
    role: Role
    disclosure: tuple[str, int] | None = None


class AlreadyReadingError(Exception):
    """A transaction is open already (`already-reading`): what is said in it would outlast the viewer."""

    code = "already-reading"


@contextmanager
def viewing(conn: Connection, view: View) -> Iterator[None]:
    """A transaction in which the reader's login is shown what the viewer may see, and nothing else.

    The settings end with it, however it ends: nothing of them is left on a connection that a pool gives to
    another, or that commits each statement. It lasts no longer than a disclosure admits. Raises
    AlreadyReadingError.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise AlreadyReadingError("a viewer's transaction is his own: one is open already on this connection")
    disclosure = "" if view.disclosure is None else f"{view.disclosure[0]}/{view.disclosure[1]}"
    with conn.transaction():
        conn.execute(_SET, [view.ledger, view.viewer.hex(), view.role, disclosure, _LONGEST])
        yield
