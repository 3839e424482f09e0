"""What was refused before under the ids of messages that come now."""

from collections.abc import Collection
from datetime import UTC

import msgspec

from events.envelope import REJECTED, Problem, Receipt
from events.log.heads import Connection
from events.sql import statements

_SQL = statements("refused")


def find_refused(conn: Connection, messages: Collection[tuple[str, str]]) -> list[tuple[bytes, Receipt]]:
    """Every kept refusal of the messages (body, id or digest), in the order recorded, in one round trip.

    Each is the keyed digest of what was refused, and the receipt that it got.
    """
    pairs = list(messages)
    if not pairs:
        return []
    rows = conn.cursor(binary=True).execute(
        _SQL["find_refused"], [[body for body, _ in pairs], [message for _, message in pairs]]
    )
    return [
        (
            digest,
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
        for body, message, digest, problem, recorded_at in rows
    ]
