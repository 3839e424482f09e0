"""Appending: a batch of events over several ledgers, sealed, hashed and stored in one round trip."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from events import merkle
from events.codec import Codec, Payload
from events.envelope import ACCEPTED, Event, Fact, Receipt
from events.header import Header, encode_header, event_leaf
from events.keyring import Keyring
from events.log.contents import kept_digest
from events.log.documents import Stream, hashed_name, shared_with
from events.log.heads import Connection, Head, LogError
from events.log.instants import microseconds
from events.log.tree import Edges
from events.seal import NONCE_BYTES, seal
from events.sql import statements

_SQL = statements("append")


class Entry(msgspec.Struct, frozen=True):
    """An event to append, the stream of its document and the keyed digest of the fact's canonical form."""

    event: Event
    stream: Stream
    digest: bytes


class Batch(msgspec.Struct, frozen=True):
    """What is appended to one ledger, in order, beginning right after its locked head."""

    head: Head
    entries: Sequence[Entry]


class Appended(msgspec.Struct, frozen=True):
    """An event as it was stored: its version in its document's stream, and its leaf in the tree."""

    event: Event
    stream: Stream
    leaf: bytes

    @property
    def receipt(self) -> Receipt:
        """The receipt of the fact that the event was."""
        event = self.event
        return Receipt(
            str(event.id),
            event.ledger,
            ACCEPTED,
            event.ledger,
            event.seq,
            self.leaf.hex(),
            event.recorded_at,
            None,
        )


class Extended(msgspec.Struct, frozen=True):
    """A ledger after an append: its new head, and what was appended. True once it is committed."""

    head: Head
    appended: tuple[Appended, ...]


def place(fact: Fact, ledger: str, seq: int, recorded_at: datetime, agency_seq: int) -> Event:
    """The fact as an event at its place in a ledger."""
    return Event(
        ledger, seq, fact.type, recorded_at, agency_seq, fact.id, fact.occurred_on, fact.actor, fact.data
    )


class _Rows:
    """The columns of what goes in: one array each."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.documents: list[tuple[Any, ...]] = []
        self.tiles: list[tuple[Any, ...]] = []
        self.receipts: list[tuple[Any, ...]] = []
        self.heads: list[tuple[Any, ...]] = []


def append(
    conn: Connection, keyring: Keyring, codec: Codec, edges: Edges, batches: Iterable[Batch]
) -> list[Extended]:
    """Stores the batches in the caller's transaction, which holds the heads' locks; the ledgers' new heads.

    Raises LogError `misplaced-event`, `head-moved` or `broken-tree`, and psycopg.errors.UniqueViolation for
    a fact that the ledger holds already; after either the transaction can only be rolled back.
    """
    rows, extended = _Rows(), list[Extended]()
    for batch in batches:
        if batch.entries:
            edge, after = _prepare(keyring, codec, edges.at(conn, batch.head), batch, rows)
            edges.put(batch.head.ledger, edge)
            extended.append(after)
    if not extended:
        return []
    with conn.pipeline():
        conn.execute(_SQL["insert_events"], _columns(rows.events))
        if rows.documents:
            conn.execute(_SQL["insert_documents"], _columns(rows.documents))
        if rows.tiles:
            conn.execute(_SQL["insert_tiles"], _columns(rows.tiles))
        conn.execute(_SQL["insert_receipts"], _columns(rows.receipts))
        moved = conn.execute(_SQL["move_heads"], _columns(rows.heads))
    if moved.rowcount != len(extended):
        raise LogError("head-moved", "a ledger's head is not where the batch began")
    return extended


def _prepare(
    keyring: Keyring, codec: Codec, edge: merkle.Edge, batch: Batch, rows: _Rows
) -> tuple[merkle.Edge, Extended]:
    head, ledger = batch.head, batch.head.ledger
    appended = _seal(keyring, codec, batch, rows)
    edge, tiles = merkle.append(edge, [each.leaf for each in appended])
    rows.tiles += [(ledger, tile.level, tile.index, tile.root, tile.hashes) for tile in tiles]
    root, recorded_at = merkle.root(edge), batch.entries[-1].event.recorded_at
    rows.heads.append((ledger, head.size, edge.size, root, recorded_at))
    return edge, Extended(Head(ledger, edge.size, root, recorded_at), appended)


def _seal(keyring: Keyring, codec: Codec, batch: Batch, rows: _Rows) -> tuple[Appended, ...]:
    head, appended, versions = batch.head, list[Appended](), dict[UUID, int]()
    nonces = os.urandom(NONCE_BYTES * len(batch.entries))
    latest = head.recorded_at
    for at, entry in enumerate(batch.entries):
        event, stream = entry.event, entry.stream
        _check(head, at, latest, entry)
        latest = event.recorded_at
        version = versions.get(stream.id, stream.version) + 1
        versions[stream.id] = version
        stored_type = codec.stored_type(event.type)
        header = encode_header(
            Header(
                event.ledger,
                event.seq,
                stream.id,
                version,
                stored_type,
                microseconds(latest),
                event.agency_seq,
            )
        )
        plain = codec.encode(Payload(event.id, event.occurred_on, event.actor, event.data))
        sealed = seal(stream.key, header, plain, nonces[at * NONCE_BYTES : (at + 1) * NONCE_BYTES])
        leaf = event_leaf(header, sealed)
        if version == 1:
            rows.documents.append(_document(keyring, stream))
        rows.events.append(
            (event.ledger, event.seq, stream.id, version, stored_type, latest, event.agency_seq, sealed, leaf)
        )
        kept = kept_digest(stream.key, entry.digest)
        rows.receipts.append((event.ledger, event.id, kept, event.seq, leaf, latest))
        appended.append(
            Appended(event, Stream(stream.ledger, stream.name, stream.id, stream.key, version), leaf)
        )
    return tuple(appended)


def _check(head: Head, at: int, latest: datetime, entry: Entry) -> None:
    event, stream = entry.event, entry.stream
    if event.ledger != head.ledger or stream.ledger != head.ledger or event.seq != head.size + at + 1:
        raise LogError("misplaced-event", "the event does not follow the one before it in its ledger")
    if event.recorded_at < latest:
        raise LogError("misplaced-event", "the event is recorded before the one before it")
    if event.document != stream.name:
        raise LogError("misplaced-event", "the event is not of its stream's document")


def _document(keyring: Keyring, stream: Stream) -> tuple[Any, ...]:
    kek, wrapped = keyring.wrap(stream.id, stream.key)
    hashed = hashed_name(keyring, stream.ledger, stream.name)
    return stream.ledger, stream.id, hashed, kek, wrapped, shared_with(stream.name)


def _columns(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
