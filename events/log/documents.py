"""Documents in a ledger: the stream and the key behind a natural name, and the events so far."""

import os
from collections.abc import Collection, Mapping
from datetime import UTC
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import msgspec

from events.codec import Codec, public_type
from events.envelope import Event
from events.header import Header, encode_header
from events.keyring import Keyring
from events.log.heads import Connection
from events.log.instants import microseconds
from events.seal import DocumentKey, new_key, unseal
from events.sql import statements
from events.vocabulary import Name

_SQL = statements("documents")


class Stream(msgspec.Struct, frozen=True):
    """The events of one document: `version` counts those stored; at 0 the document itself is not yet."""

    ledger: str
    name: Name
    id: UUID
    key: DocumentKey
    version: int


class StoredDocument(msgspec.Struct, frozen=True):
    """A document's stream, and its events in order."""

    stream: Stream
    events: tuple[Event, ...]


Loaded: TypeAlias = dict[tuple[str, Name], StoredDocument]


def new_stream(ledger: str, name: Name) -> Stream:
    """A stream for a document that is not stored yet, under a random id and a fresh key."""
    return Stream(ledger, name, uuid4(), new_key(os.urandom), 0)


def hashed_name(keyring: Keyring, ledger: str, name: Name) -> bytes:
    """The keyed hash, 16 bytes, under which a document is found again."""
    # JSON keeps the parts apart: codes are the bodies' own and may hold any separator.
    return keyring.name(ledger, msgspec.json.encode((name.kind, *name.key)).decode())


def load_documents(
    conn: Connection, keyring: Keyring, codec: Codec, wanted: Mapping[str, Collection[Name]]
) -> Loaded:
    """Those of the wanted documents (by ledger) that are stored, by ledger and name, in two round trips.

    Raises KeyringError, SealError and UnknownEventError for what cannot be opened.
    """
    streams = _find_streams(conn, keyring, wanted)
    loaded: Loaded = {}
    for ledger, rows in _load_events(conn, streams).items():
        for stream_id, its_rows in groupby(rows, key=itemgetter(1)):
            name, key = streams[ledger][stream_id]
            events = tuple(event_of(codec, key, ledger, row) for row in its_rows)
            stream = Stream(ledger, name, stream_id, key, len(events))
            loaded[ledger, name] = StoredDocument(stream, events)
    return loaded


def _find_streams(
    conn: Connection, keyring: Keyring, wanted: Mapping[str, Collection[Name]]
) -> dict[str, dict[UUID, tuple[Name, DocumentKey]]]:
    hashed = {
        (ledger, hashed_name(keyring, ledger, name)): name
        for ledger, names in wanted.items()
        for name in names
    }
    if not hashed:
        return {}
    rows = conn.execute(
        _SQL["find_streams"], [[ledger for ledger, _ in hashed], [name for _, name in hashed]], binary=True
    )
    streams: dict[str, dict[UUID, tuple[Name, DocumentKey]]] = {}
    for ledger, name, stream, kek, wrapped in rows:
        key = keyring.unwrap(stream, kek, wrapped)
        streams.setdefault(ledger, {})[stream] = (hashed[ledger, name], key)
    return streams


def _load_events(
    conn: Connection, streams: Mapping[str, Collection[UUID]]
) -> dict[str, list[tuple[Any, ...]]]:
    with conn.pipeline():
        asked = {
            # Planned anew each time: a plan kept for every ledger would open every partition.
            ledger: conn.cursor(binary=True).execute(
                _SQL["load_events"], [ledger, list(of_ledger)], prepare=False
            )
            for ledger, of_ledger in streams.items()
        }
    return {ledger: rows.fetchall() for ledger, rows in asked.items()}


def event_of(codec: Codec, key: DocumentKey, ledger: str, row: tuple[Any, ...]) -> Event:
    """The event in a row of seq, stream, version, type, recorded_at, agency_seq and sealed payload.

    Raises SealError and UnknownEventError.
    """
    seq, stream, version, stored_type, recorded_at, agency_seq, payload = row
    at = recorded_at.astimezone(UTC)
    header = Header(ledger, seq, stream, version, stored_type, microseconds(at), agency_seq)
    opened = codec.decode(stored_type, unseal(key, encode_header(header), payload))
    return Event(
        ledger,
        seq,
        public_type(stored_type),
        at,
        agency_seq,
        opened.id,
        opened.occurred_on,
        opened.actor,
        opened.data,
    )
