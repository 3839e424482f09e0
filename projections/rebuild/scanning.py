"""A whole ledger as it lies in the database, streamed by binary COPY and sorted by document, unopened."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import msgspec
from psycopg import errors, sql
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from events.log.heads import Connection, LogError

Rows: TypeAlias = list[bytes]
"""The events of one document as COPY sends them, in order; `opening` knows their layout."""

HEARD_EVERY: Final = 4096
"""After so many rows whoever watches is told."""

STREAM: Final = slice(6, 22)
_KEK: Final = slice(26, 30)
_KEY_AT: Final = 30
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00"
_HEADER_BYTES: Final = 19
_NULL: Final = b"\xff\xff\xff\xff"

_EVENTS: Final = sql.SQL(
    "COPY (SELECT stream, seq, version, recorded_at, agency_seq, type, payload FROM ledger.events"
    " WHERE ledger = {} AND seq <= {} ORDER BY seq) TO STDOUT (FORMAT binary)"
)
# Whose document it is stands beside its key, as far as any projector ever found out.
_DOCUMENTS: Final = sql.SQL(
    "COPY (SELECT d.stream, d.kek, d.key, p.person FROM ledger.documents AS d"
    " LEFT JOIN projection.dossiers AS p ON p.ledger = d.ledger AND p.stream = d.stream"
    " WHERE d.ledger = {}) TO STDOUT (FORMAT binary)"
)


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What stands beside a document that was not destroyed: its wrapped key, and whose it is where known."""

    kek: int
    wrapped: bytes
    person: bytes | None


class Scanned(msgspec.Struct, frozen=True):
    """A ledger's rows by stream, as they were first met, and how many belong to destroyed documents."""

    rows: dict[bytes, Rows]
    destroyed: int


def documents(conn: Connection, ledger: str) -> dict[bytes, Kept]:
    """Every document of a ledger by its stream. Asked after a head was read, it has all up to that head."""
    found: dict[bytes, Kept] = {}
    for row in _copied(conn, _DOCUMENTS.format(sql.Literal(ledger))):
        kek = int.from_bytes(row[_KEK])
        end = _KEY_AT + 4 + int.from_bytes(row[_KEY_AT : _KEY_AT + 4])
        person = None if row[end : end + 4] == _NULL else row[end + 4 :]
        found[row[STREAM]] = Kept(kek, row[_KEY_AT + 4 : end], person)
    return found


def scan(
    conn: Connection,
    ledger: str,
    upto: int,
    kept: dict[bytes, Kept],
    heard: Callable[[int], None] = lambda _: None,
) -> Scanned:
    """The ledger's events up to `upto`, sealed; of documents that are not `kept` they are counted alone.

    `heard` is told how many were read. Raises LogError `missing-events`.
    """
    rows: dict[bytes, Rows] = {}
    read, destroyed = 0, 0
    for row in _copied(conn, _EVENTS.format(sql.Literal(ledger), sql.Literal(upto))):
        read += 1
        stream = row[STREAM]
        its = rows.get(stream)
        if its is not None:
            its.append(row)
        elif stream in kept:
            rows[stream] = [row]
        else:
            destroyed += 1
        if not read % HEARD_EVERY:
            heard(read)
    if read != upto:
        raise LogError("missing-events", f"{upto - read} events of {ledger} up to {upto} are missing")
    return Scanned(rows, destroyed)


def _copied(conn: Connection, statement: sql.Composed) -> Iterator[bytes]:
    """The rows of a COPY as they come, without an object for each of their columns.

    Straight from libpq: the driver's own loop costs as much for a row as reading it does. When it is broken
    off the connection cannot be used again.
    """
    session = conn.pgconn
    session.send_query(statement.as_bytes(conn))
    while session.flush():
        pass
    result = session.get_result()
    if result is None or result.status != ExecStatus.COPY_OUT:
        raise _failed(result)
    get = session.get_copy_data
    length, data = get(0)
    row = bytes(data)
    if not row.startswith(_SIGNATURE):
        raise LogError("missing-events", "the server's binary COPY is none")
    row = row[_HEADER_BYTES:]
    while length > 0:
        if len(row) > 2:  # noqa: PLR2004 - the trailer is a count of columns that is -1
            yield row
        length, data = get(0)
        row = bytes(data)
    while (result := session.get_result()) is not None:
        if result.status != ExecStatus.COMMAND_OK:
            raise _failed(result)


def _failed(result: PGresult | None) -> Exception:
    return errors.OperationalError("COPY failed") if result is None else errors.error_from_result(result)
