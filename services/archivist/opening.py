"""Keys for an archive: from the database and the keyring of the system, as long as they are there."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final
from uuid import UUID

from events.keyring import Keyring
from events.log import Connection
from events.seal import DocumentKey
from projections.archives.parts import KeysOf
from services.archivist.sql import statements

Wrapped = dict[UUID, tuple[int, bytes]]
"""By stream: the number of the key-encryption key, and the document's key wrapped under it."""

_ASKED: Final = 5000
_SQL = statements("archives")


def wrapped_keys(conn: Connection, ledger: str, streams: Collection[UUID]) -> Wrapped:
    """The keys that the connection's viewer is shown, wrapped; what was destroyed has none."""
    rows = conn.execute(_SQL["keys_of"], [ledger, list(streams)], binary=True)
    return {stream: (kek, wrapped) for stream, kek, wrapped in rows}


def unwrapped(keyring: Keyring, wrapped: Wrapped, streams: Iterable[UUID]) -> dict[UUID, DocumentKey]:
    """Those of the streams' keys that there are. Raises KeyringError."""
    return {stream: keyring.unwrap(stream, *wrapped[stream]) for stream in streams if stream in wrapped}


def system_keys(conn: Connection, keyring: Keyring) -> KeysOf:
    """The keys that the system still has, asked for as they are needed; it raises KeyringError."""

    def keys_of(ledger: str, streams: Collection[UUID]) -> Mapping[UUID, DocumentKey]:
        return unwrapped(keyring, wrapped_keys(conn, ledger, streams), streams)

    return keys_of


def system_keys_at_once(conn: Connection, keyring: Keyring, streams: Iterable[tuple[str, UUID]]) -> KeysOf:
    """The same for many documents (ledger, stream), asked for before any is opened.

    A viewer is shown them for minutes, and opening a large archive may take longer.
    """
    by_ledger: dict[str, list[UUID]] = {}
    for ledger, stream in streams:
        by_ledger.setdefault(ledger, []).append(stream)
    found: dict[str, Wrapped] = {}
    for ledger, its in by_ledger.items():
        kept = found.setdefault(ledger, {})
        for at in range(0, len(its), _ASKED):
            kept.update(wrapped_keys(conn, ledger, its[at : at + _ASKED]))

    def keys_of(ledger: str, asked: Collection[UUID]) -> Mapping[UUID, DocumentKey]:
        return unwrapped(keyring, found.get(ledger, {}), asked)

    return keys_of
