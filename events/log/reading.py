"""Reading ledgers in order, in memory that does not grow with them."""

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec

from events.codec import Codec, UnknownEventError, public_type
from events.envelope import Event
from events.header import Header
from events.keyring import Keyring
from events.log.documents import event_of, header_of
from events.log.heads import Connection, LogError, head
from events.log.instants import instant
from events.log.raw import ask
from events.seal import DocumentKey, SealError
from events.sql import statements

STRETCH: Final = 1000
"""How many events are held at once."""

_KEYS_HELD: Final = 16 * STRETCH
_SQL = statements("reading")


class UnreadableEventError(LogError):
    """An event that is there and cannot be opened (`unreadable-event`); reading may go on after `seq`."""

    def __init__(self, ledger: str, seq: int, reason: str) -> None:
        super().__init__("unreadable-event", f"event {seq} of {ledger} cannot be opened: {reason}")
        self.ledger = ledger
        self.seq = seq


class Destroyed(msgspec.Struct, frozen=True):
    """An event whose document was destroyed: its place is kept, what it said is gone."""

    ledger: str
    seq: int
    stream: UUID
    type: str
    recorded_at: datetime


class Place(msgspec.Struct, frozen=True):
    """What the plain columns tell of an event, and its leaf in the tree."""

    header: Header
    leaf: bytes


# By the raw stream. What was destroyed has no key.
_Keys: TypeAlias = dict[bytes, tuple[UUID, DocumentKey] | None]


def read(
    conn: Connection, keyring: Keyring, codec: Codec, ledger: str, stretch: tuple[int, int | None]
) -> Iterator[Event | Destroyed]:
    """The events of a ledger after the first seq up to the second (None: the head's), in order.

    Raises LogError `unknown-ledger` or `missing-events`, UnreadableEventError and KeyringError.
    """
    keys: _Keys = {}
    for rows in _stretches(conn, "read_events", ledger, stretch):
        _fetch_keys(conn, keyring, ledger, {row[1] for row in rows}, keys)
        for row in rows:
            found = keys[row[1]]
            if found is None:
                stream = UUID(bytes=row[1])
                yield Destroyed(ledger, row[0], stream, public_type(row[3]), instant(row[4]))
            else:
                yield _opened(codec, found, ledger, row)


def read_places(conn: Connection, ledger: str, after: int = 0, upto: int | None = None) -> Iterator[Place]:
    """The places of the ledger's events after `after` up to `upto` (None: the head's size), in order.

    Asks for no key. Raises LogError `unknown-ledger` or `missing-events`.
    """
    for rows in _stretches(conn, "read_places", ledger, (after, upto)):
        for row in rows:
            yield Place(*header_of(ledger, UUID(bytes=row[1]), row))


def read_streams(
    conn: Connection, keyring: Keyring, codec: Codec, ledger: str, streams: Collection[UUID]
) -> dict[UUID, tuple[Event, ...]]:
    """The events of each of the streams that is stored and not destroyed, in order.

    Raises UnreadableEventError and KeyringError.
    """
    keys: _Keys = {}
    _fetch_keys(conn, keyring, ledger, {stream.bytes for stream in streams}, keys)
    living = {stream: found for stream, found in keys.items() if found is not None}
    rows = ask(conn, _SQL["read_streams"], [ledger, [stream for stream, _ in living.values()]])
    return {
        living[stream][0]: tuple(_opened(codec, living[stream], ledger, row) for row in its_rows)
        for stream, its_rows in groupby(rows, key=itemgetter(1))
    }


def _stretches(
    conn: Connection, statement: str, ledger: str, stretch: tuple[int, int | None]
) -> Iterator[list[tuple[Any, ...]]]:
    after, upto = stretch
    # The head is read before the rows, and the rows before their keys: each shows all that the last did.
    last = head(conn, ledger).size if upto is None else upto
    while after < last:
        until = min(after + STRETCH, last)
        rows = ask(conn, _SQL[statement], [ledger, after, until]).fetchall()
        if len(rows) != until - after:
            raise LogError("missing-events", f"events of {ledger} from {after + 1} to {until} are missing")
        yield rows
        after = until


def _fetch_keys(conn: Connection, keyring: Keyring, ledger: str, streams: set[bytes], keys: _Keys) -> None:
    missing = streams - keys.keys()
    if not missing:
        return
    if len(keys) + len(missing) > _KEYS_HELD:
        keys.clear()
        missing = streams
    keys.update(dict.fromkeys(missing))
    asked = [UUID(bytes=stream) for stream in missing]
    for stream, kek, wrapped in conn.execute(_SQL["read_keys"], [ledger, asked], binary=True):
        keys[stream.bytes] = stream, keyring.unwrap(stream, kek, wrapped)


def _opened(codec: Codec, found: tuple[UUID, DocumentKey], ledger: str, row: tuple[Any, ...]) -> Event:
    stream, key = found
    try:
        return event_of(codec, key, *header_of(ledger, stream, row))
    except (SealError, UnknownEventError, msgspec.ValidationError) as error:
        raise UnreadableEventError(ledger, row[0], str(error)) from error
