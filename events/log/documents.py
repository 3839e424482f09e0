"""Documents in a ledger: the stream and the key behind a natural name, and the events so far."""

import os
from collections.abc import Collection, Mapping
from datetime import UTC
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
    """Those of the wanted documents (by ledger) that are stored, by ledger and name, in one round trip.

    Raises KeyringError, SealError and UnknownEventError for what cannot be opened.
    """
    hashed = {
        ledger: {hashed_name(keyring, ledger, name): name for name in names}
        for ledger, names in wanted.items()
        if names
    }
    with conn.pipeline():
        asked = [
            # Planned anew each time: a plan kept for every ledger would open every partition.
            conn.cursor(binary=True).execute(
                _SQL["load_documents"], {"ledger": ledger, "names": list(names)}, prepare=False
            )
            for ledger, names in hashed.items()
        ]
    loaded: Loaded = {}
    for (ledger, names), rows in zip(hashed.items(), asked, strict=True):
        for stream, events in _streams(keyring, codec, ledger, names, rows.fetchall()):
            loaded[ledger, stream.name] = StoredDocument(stream, events)
    return loaded


def _streams(
    keyring: Keyring, codec: Codec, ledger: str, names: Mapping[bytes, Name], rows: list[tuple[Any, ...]]
) -> list[tuple[Stream, tuple[Event, ...]]]:
    found: dict[UUID, tuple[Name, DocumentKey, list[Event]]] = {}
    for name, stream, kek, wrapped, *row in rows:
        if stream not in found:
            found[stream] = (names[name], keyring.unwrap(stream, kek, wrapped), [])
        _, key, events = found[stream]
        events.append(_event(codec, key, ledger, stream, row))
    return [
        (Stream(ledger, name, stream, key, len(events)), tuple(events))
        for stream, (name, key, events) in found.items()
    ]


def _event(codec: Codec, key: DocumentKey, ledger: str, stream: UUID, row: list[Any]) -> Event:
    seq, version, stored_type, recorded_at, agency_seq, payload = row
    at = recorded_at.astimezone(UTC)
    header = Header(ledger, seq, stream, version, stored_type, microseconds(at), agency_seq)
    opened = codec.decode(stored_type, unseal(key, encode_header(header), payload))
    return Event(
        ledger, seq, public_type(stored_type), at, agency_seq, opened.id, opened.occurred_on, opened.actor, opened.data
    )
