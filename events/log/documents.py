"""Documents in a ledger: the stream and the key behind a natural name, and the events so far."""

import os
from collections.abc import Collection, Mapping
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
from events.log.instants import instant
from events.log.raw import ask
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


_LAW = frozenset({"adoptions", "body", "calendar", "methodology"})


def shared_with(name: Name) -> str | None:
    """Whom the server shows a document that is no person's: `everybody` the law, the `ledger`'s own people
    what was disclosed of all of them; None: nobody but whom a result admits.
    """
    if name.kind in _LAW:
        return "everybody"
    return "ledger" if name == Name("disclosures", ()) else None


def load_documents(
    conn: Connection, keyring: Keyring, codec: Codec, wanted: Mapping[str, Collection[Name]]
) -> Loaded:
    """Those of the wanted documents (by ledger) that are stored, by ledger and name, in two round trips.

    Raises KeyringError, SealError and UnknownEventError for what cannot be opened.
    """
    streams = _find_streams(conn, keyring, wanted)
    loaded: Loaded = {}
    for ledger, rows in _load_events(conn, streams).items():
        for raw_id, its_rows in groupby(rows, key=itemgetter(1)):
            stream_id, name, key = streams[ledger][raw_id]
            events = tuple(event_of(codec, key, *header_of(ledger, stream_id, row)) for row in its_rows)
            stream = Stream(ledger, name, stream_id, key, len(events))
            loaded[ledger, name] = StoredDocument(stream, events)
    return loaded


def _find_streams(
    conn: Connection, keyring: Keyring, wanted: Mapping[str, Collection[Name]]
) -> dict[str, dict[bytes, tuple[UUID, Name, DocumentKey]]]:
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
    streams: dict[str, dict[bytes, tuple[UUID, Name, DocumentKey]]] = {}
    for ledger, name, stream, kek, wrapped in rows:
        key = keyring.unwrap(stream, kek, wrapped)
        streams.setdefault(ledger, {})[stream.bytes] = (stream, hashed[ledger, name], key)
    return streams


def _load_events(
    conn: Connection, streams: Mapping[str, Mapping[bytes, tuple[UUID, Name, DocumentKey]]]
) -> dict[str, list[tuple[Any, ...]]]:
    with conn.pipeline():
        asked = {
            ledger: ask(conn, _SQL["load_events"], [ledger, [stream for stream, _, _ in found.values()]])
            for ledger, found in streams.items()
        }
    return {ledger: rows.fetchall() for ledger, rows in asked.items()}


def header_of(ledger: str, stream: UUID, row: tuple[Any, ...]) -> tuple[Header, bytes]:
    """Header and last column of a raw row: seq, stream, version, type, recorded_at, agency_seq, and it."""
    seq, _, version, stored_type, recorded_at, agency_seq, payload = row
    return Header(ledger, seq, stream, version, stored_type, recorded_at, agency_seq), payload


def event_of(codec: Codec, key: DocumentKey, header: Header, payload: bytes) -> Event:
    """The event that was sealed under its document's key. Raises SealError and UnknownEventError."""
    opened = codec.decode(header.type, unseal(key, encode_header(header), payload))
    return Event(
        header.ledger,
        header.seq,
        public_type(header.type),
        instant(header.recorded_at),
        header.agency_seq,
        opened.id,
        opened.occurred_on,
        opened.actor,
        opened.data,
    )
