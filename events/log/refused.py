"""What was refused before under the ids of messages that come now."""

from collections.abc import Collection
from uuid import UUID

from events.keyring import Keyring
from events.log.heads import Connection
from events.log.rejections import KeptRejection, kept_rejection
from events.seal import DocumentKey
from events.sql import statements

_SQL = statements("refused")


def find_refused(
    conn: Connection, keyring: Keyring, messages: Collection[tuple[str, str]]
) -> list[KeptRejection]:
    """Every kept rejection of the messages (body, id or digest), in the order recorded, in one round trip.

    Raises SealError and KeyringError for a body that cannot be opened.
    """
    pairs = list(messages)
    if not pairs:
        return []
    keys: dict[UUID, DocumentKey] = {}
    rows = conn.cursor(binary=True).execute(
        _SQL["find_refused"], [[body for body, _ in pairs], [message for _, message in pairs]]
    )
    return [kept_rejection(keyring, keys, row) for row in rows]
