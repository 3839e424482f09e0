"""What the log knows already of a batch's messages: accepted before, refused before, by what content."""

from collections.abc import Sequence
from uuid import UUID

from events.envelope import REJECTED, Receipt
from events.log import Connection, KeptRejection, Log, find_receipts
from events.log.refused import find_refused
from services.intake.batch import Key, Known
from services.intake.message import Message, Reading, read


def find_known(
    conn: Connection, log: Log, readings: Sequence[Reading]
) -> tuple[dict[Key, Known], dict[Key, tuple[Known, ...]]]:
    """The accepted and the refused among the messages and their predecessors, in two round trips.

    Of each content that was refused under an id the last refusal.
    """
    keys = {reading.key for reading in readings}
    keys |= {(each.body, each.after) for each in readings if each.after is not None}
    facts = {(body, fact): (body, message) for body, message in keys if (fact := _uuid(message))}
    stored = find_receipts(conn, facts)
    accepted = {facts[place]: Known(each.digest, each.receipt) for place, each in stored.items()}
    refused: dict[Key, dict[bytes, Known]] = {}
    for kept in find_refused(conn, log.keyring, keys):
        one = _known(log, kept)
        refused.setdefault((kept.body, kept.message_id), {})[one.digest] = one
    return accepted, {key: tuple(each.values()) for key, each in refused.items()}


def _known(log: Log, kept: KeptRejection) -> Known:
    # The content is read again as it was read then: spacing and the order of keys make no other fact of it.
    content = read(Message(kept.body, kept.message or b""), log.keyring.digest)
    receipt = Receipt(kept.message_id, kept.body, REJECTED, None, None, None, kept.recorded_at, kept.problem)
    return Known(content.digest, receipt)


def _uuid(message: str) -> UUID | None:
    try:
        fact = UUID(message)
    except ValueError:
        return None
    # Receipts are found by the text that the id is written back as.
    return fact if str(fact) == message else None
