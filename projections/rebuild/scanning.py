"""A whole ledger as it lies in the database, streamed by binary COPY and sorted by document, unopened."""

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias
from uuid import UUID

import msgspec
from psycopg import errors, sql
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from events.log.heads import Connection, LogError
from projections.reads import UNREAD_AS_STORED
from projections.sql import statements

_SQL = statements("rebuild")

Rows: TypeAlias = list[bytes]
"""The events of one document as COPY sends them, in order; `opening` knows their layout."""

HEARD_EVERY: Final = 4096
"""After so many rows whoever watches is told."""

STREAM: Final = slice(6, 22)
TYPE_AT: Final = 70
TYPE_LENGTH: Final = TYPE_AT - 1
"""The last byte of four: no type has a name of 256."""
_UNREAD: Final = frozenset(name.encode() for name in UNREAD_AS_STORED)
_KEK_LENGTH: Final = slice(22, 26)
_KEK: Final = slice(26, 30)
_KEY_AT: Final = 30
_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00"
_HEADER_BYTES: Final = 19
_NULL: Final = b"\xff\xff\xff\xff"

# What no grade is read from stays there, but for a document's first event, which can tell whose it is. By
# NOT IN, which the server looks up in a hash; through an array it would go for every row.
_EVENTS: Final = sql.SQL(
    "COPY (SELECT stream, seq, version, recorded_at, agency_seq, type, payload FROM ledger.events"
    " WHERE ledger = {} AND seq <= {} AND (type NOT IN ({}) OR version = 1) ORDER BY seq)"
    " TO STDOUT (FORMAT binary)"
)
# Whose document it is stands beside its key, as far as any projector ever found out.
_DOCUMENTS: Final = sql.SQL(
    "COPY (SELECT stream, d.kek, d.key, p.person"
    " FROM (SELECT stream, kek, key FROM ledger.documents WHERE ledger = {ledger}) AS d"
    " FULL JOIN (SELECT stream, person FROM projection.dossiers WHERE ledger = {ledger}) AS p USING (stream)"
    ") TO STDOUT (FORMAT binary)"
)


class Misfiled(Exception):  # noqa: N818 - nothing failed yet: the ledger is read again without the table's word
    """What the table of dossiers says of a document is not what the document says."""


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What stands beside a document that was not destroyed: its wrapped key, and whose it is where known."""

    kek: int
    wrapped: bytes
    person: bytes | None


class Scanned(msgspec.Struct, frozen=True):
    """A ledger's rows by stream, as they were first met, and how many events belong to destroyed documents.

    Of the events that no grade is read from only those are there that begin a document.
    """

    rows: dict[bytes, Rows]
    destroyed: int

    @property
    def size(self) -> int:
        """How many rows are there."""
        return sum(map(len, self.rows.values()))


def plan_for_scans(conn: Connection, *, local: bool = False) -> None:
    """Has whole ledgers read as they lie, however few rows the server thinks there are.

    Nor is it asked of each unread type whether the table's checks rule it out, which takes as long as reading
    a small ledger. For the session, or with `local` until the transaction ends.
    """
    conn.execute(_SQL["plan_for_scans"], {"local": local})


def documents(conn: Connection, ledger: str, *, trusted: bool = True) -> dict[bytes, Kept]:
    """Every document of a ledger by its stream. Asked after a head was read, it has all up to that head.

    With `trusted` the table of dossiers is asked whose they are. Raises Misfiled where it names two persons,
    or a document that is not there; such are of a destruction under way, too.
    """
    found: dict[bytes, Kept] = {}
    read = 0
    for row in _copied(conn, _DOCUMENTS.format(ledger=sql.Literal(ledger))):
        read += 1
        if row[_KEK_LENGTH] == _NULL:
            continue
        kek = int.from_bytes(row[_KEK])
        end = _KEY_AT + 4 + int.from_bytes(row[_KEY_AT : _KEY_AT + 4])
        person = row[end + 4 :] if trusted and row[end : end + 4] != _NULL else None
        found[row[STREAM]] = Kept(kek, row[_KEY_AT + 4 : end], person)
    if trusted and len(found) < read:
        raise Misfiled
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
    destroyed: set[bytes] = set()
    for read, row in enumerate(_copied(conn, copied_events(ledger, upto)), start=1):
        stream = row[STREAM]
        its = rows.get(stream)
        if its is not None:
            its.append(row)
        elif stream not in kept:
            destroyed.add(stream)
        else:
            rows[stream] = [row]
        if not read % HEARD_EVERY:
            heard(read)
    _check(conn, ledger, upto)
    return Scanned(rows, _events_of(conn, ledger, upto, destroyed))


def copied_events(ledger: str, upto: int) -> sql.Composed:
    """The statement that sends what is read of a ledger up to a place, in order."""
    unread = sql.SQL(", ").join(map(sql.Literal, sorted(UNREAD_AS_STORED)))
    return _EVENTS.format(sql.Literal(ledger), sql.Literal(upto), unread)


def _check(conn: Connection, ledger: str, upto: int) -> None:
    """Raises LogError `missing-events` unless the ledger has every event up to a place, read or not."""
    found = conn.execute(_SQL["count_events"], [ledger, upto]).fetchone()
    there = found[0] if found else 0
    if there != upto:
        raise LogError("missing-events", f"{upto - there} events of {ledger} up to {upto} are missing")


def _events_of(conn: Connection, ledger: str, upto: int, streams: set[bytes]) -> int:
    """How many events these documents have, read or not."""
    if not streams:
        return 0
    asked = [UUID(bytes=stream) for stream in streams]
    found = conn.execute(_SQL["count_events_of"], [ledger, upto, asked]).fetchone()
    return found[0] if found else 0


def is_unread(row: bytes) -> bool:
    """Whether no grade is read from the row."""
    return row[TYPE_AT : TYPE_AT + row[TYPE_LENGTH]] in _UNREAD


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
