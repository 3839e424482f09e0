"""Whether the documents' keys and names are those they were given; the tree does not cover them.

They lie apart from the rows, so that a document can be destroyed and its ledger still be proven.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final
from uuid import UUID

import msgspec

from events.codec import Codec, UnknownEventError, public_type
from events.keyring import Keyring, KeyringError
from events.log.audit import Finding
from events.log.documents import event_of, hashed_name, header_of
from events.log.heads import Connection
from events.log.raw import scan
from events.log.reading import read_streams
from events.seal import SealError
from events.sql import statements
from events.vocabulary.retention import DocumentDestroyed

_LISTED: Final = 100
_STRETCH: Final = 1000
_SQL = statements("key_audit")


def audit_keys(conn: Connection, keyring: Keyring, ledger: str, codec: Codec | None = None) -> list[Finding]:
    """What is wrong with the keys and names of a ledger's documents, at most 100 findings.

    `wrong-key` (it was not wrapped for its document, or does not open it), `wrong-name` (the document is kept
    under another's name), `lost-key` (gone without an act of destruction), `stray-key` (of no document).
    `conn` must be outside any transaction and may read every document.
    """
    codec = codec or Codec()
    with conn.transaction():
        # A document that is destroyed meanwhile would else show its loss before its act.
        conn.execute(_SQL["snapshot"])
        return list(islice(_found(conn, keyring, ledger, codec), _LISTED))


def _found(conn: Connection, keyring: Keyring, ledger: str, codec: Codec) -> Iterator[Finding]:
    destroyed = _destroyed(conn, keyring, ledger, codec)
    for row in scan(conn, _SQL["first_events"], [ledger], _STRETCH):
        finding = _judged(keyring, ledger, codec, row, destroyed)
        if finding is not None:
            yield finding
    for (stream,) in conn.execute(_SQL["stray_keys"], {"ledger": ledger, "limit": _LISTED}):
        yield Finding("stray-key", f"the key of document {stream} has no event")


def _destroyed(conn: Connection, keyring: Keyring, ledger: str, codec: Codec) -> frozenset[UUID]:
    stored = codec.stored_type(DocumentDestroyed.__name__)
    streams = [row[0] for row in conn.execute(_SQL["destructions"], [ledger, [stored]])]
    if not streams:
        return frozenset()
    found = read_streams(conn, keyring, codec, ledger, streams)
    return frozenset(
        event.data.stream
        for events in found.values()
        for event in events
        if isinstance(event.data, DocumentDestroyed)
    )


def _judged(
    keyring: Keyring, ledger: str, codec: Codec, row: tuple[Any, ...], destroyed: frozenset[UUID]
) -> Finding | None:
    *columns, kek, wrapped, name = row
    stream, seq = UUID(bytes=columns[1]), columns[0]
    if wrapped is None:
        if stream in destroyed:
            return None
        return Finding("lost-key", "the document's key is gone and no act of destruction says so", seq)
    header, payload = header_of(ledger, stream, tuple(columns))
    try:
        event = event_of(codec, keyring.unwrap(stream, kek, wrapped), header, payload)
    except KeyringError as error:
        return Finding("wrong-key", f"the document's key cannot be unwrapped: {error}", seq)
    except (SealError, UnknownEventError, msgspec.ValidationError):
        return Finding(
            "wrong-key", f"the {public_type(header.type)} is not opened by its document's key", seq
        )
    if hashed_name(keyring, ledger, event.document) != name:
        return Finding("wrong-name", "the document is kept under another's name", seq)
    return None
