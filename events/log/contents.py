"""What a message said, kept so that a repeat is known and nothing can be guessed of what was destroyed."""

import hmac
from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from events.keyring import Keyring
from events.log.heads import Connection
from events.log.receipts import StoredReceipt
from events.seal import DocumentKey
from events.sql import statements

_SQL = statements("contents")
_KEPT: Final = b"bagalau/content/1\0"


def kept_digest(key: DocumentKey, digest: bytes) -> bytes:
    """What is stored of a content's keyed digest, 32 bytes: a digest of it under its document's own key.

    Under a key of the keyring alone a mark could be guessed after its document was destroyed: there are 501.
    """
    return hmac.digest(key.raw, _KEPT + digest, "sha256")


def said_before(key: DocumentKey, kept: bytes, digests: Collection[bytes]) -> bytes:
    """Which of the contents was kept so; what was kept, where it is none of them."""
    for digest in digests:
        # What a release before kept as it was.
        if kept == digest or hmac.compare_digest(kept, kept_digest(key, digest)):
            return digest
    return kept


def accepted_contents(
    conn: Connection,
    keyring: Keyring,
    stored: Collection[StoredReceipt],
    digests: Mapping[tuple[str, UUID], Collection[bytes]],
) -> dict[tuple[str, UUID], bytes | None]:
    """By ledger and fact: which of the contents that come now was accepted, see `said_before`.

    None for a fact whose document was destroyed: what it said cannot be told any more. Raises KeyringError.
    """
    by_ledger: dict[str, list[StoredReceipt]] = {}
    for one in stored:
        by_ledger.setdefault(one.ledger, []).append(one)
    found: dict[tuple[str, UUID], bytes | None] = {}
    for ledger, its in by_ledger.items():
        keys = _keys(conn, keyring, ledger, [one.seq for one in its])
        for one in its:
            place = ledger, one.fact_id
            key = keys.get(one.seq)
            found[place] = None if key is None else said_before(key, one.digest, digests.get(place, ()))
    return found


def _keys(conn: Connection, keyring: Keyring, ledger: str, places: list[int]) -> dict[int, DocumentKey]:
    unwrapped: dict[UUID, DocumentKey] = {}
    keys: dict[int, DocumentKey] = {}
    rows: Any = conn.cursor(binary=True).execute(_SQL["keys_of_events"], [ledger, places], prepare=False)
    for seq, stream, kek, wrapped in rows:
        if stream not in unwrapped:
            unwrapped[stream] = keyring.unwrap(stream, kek, wrapped)
        keys[seq] = unwrapped[stream]
    return keys
