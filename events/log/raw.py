"""Rows as they lie in the database: a stream as its 16 bytes, a time as microseconds since the epoch.

Objects of these for each row of a ledger would cost as much as unsealing it.
"""

import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from psycopg import Cursor, ServerCursor
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

from events.log.heads import Connection
from events.log.instants import microseconds

# PostgreSQL counts from 2000.
_EPOCH: Final = microseconds(datetime(2000, 1, 1, tzinfo=UTC))
_unpack: Final = struct.Struct(">q").unpack


class _Microseconds(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        at: int = _unpack(data)[0]
        return at + _EPOCH


class _Bytes(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


def ask(conn: Connection, statement: bytes, parameters: Sequence[Any]) -> Cursor[Any]:
    """The cursor of a statement on one ledger, whose rows come raw."""
    cursor = conn.cursor(binary=True)
    _come_raw(cursor)
    # Planned anew each time: a plan kept for every ledger would open every partition.
    return cursor.execute(statement, parameters, prepare=False)


def scan(conn: Connection, statement: bytes, parameters: Sequence[Any], stretch: int) -> Iterator[Any]:
    """The rows of a statement on one ledger, raw, `stretch` of them held at once; only in a transaction."""
    with conn.cursor("scan", binary=True) as cursor:
        _come_raw(cursor)
        cursor.itersize = stretch
        yield from cursor.execute(statement, parameters)


def _come_raw(cursor: Cursor[Any] | ServerCursor[Any]) -> None:
    cursor.adapters.register_loader("timestamptz", _Microseconds)
    cursor.adapters.register_loader("uuid", _Bytes)
