"""What was refused before under the ids of messages that come now."""

from collections.abc import Collection, Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

import msgspec

from events.envelope import REJECTED, Problem, Receipt
from events.keyring import Keyring
from events.log.contents import said_before
from events.log.heads import Connection
from events.seal import DocumentKey
from events.sql import statements

_SQL = statements("refused")


def find_refused(
    conn: Connection, keyring: Keyring, messages: Mapping[tuple[str, str], Collection[bytes]]
) -> list[tuple[bytes, Receipt]]:
    """Every kept refusal of the messages (body, id or digest), in the order recorded, in one round trip.

    `messages` holds the keyed digests of what comes under them now. Each is the one of these that was
    refused, or what was kept of another, and the receipt that it got. Raises KeyringError.
    """
    pairs = list(messages)
    if not pairs:
        return []
    keys: dict[UUID, DocumentKey] = {}
    rows: Any = conn.cursor(binary=True).execute(
        _SQL["find_refused"], [[body for body, _ in pairs], [message for _, message in pairs]]
    )
    return [
        (
            _said(keyring, keys, kept, wrapped, messages[body, message]),
            Receipt(
                message,
                body,
                REJECTED,
                None,
                None,
                None,
                recorded_at.astimezone(UTC),
                msgspec.convert(problem, Problem),
            ),
        )
        for body, message, kept, problem, recorded_at, *wrapped in rows
    ]


def _said(
    keyring: Keyring,
    keys: dict[UUID, DocumentKey],
    kept: bytes,
    wrapped: list[Any],
    digests: Collection[bytes],
) -> bytes:
    stream, kek, key = wrapped
    if stream is None:
        return kept
    if stream not in keys:
        keys[stream] = keyring.unwrap(stream, kek, key)
    return said_before(keys[stream], kept, digests)
