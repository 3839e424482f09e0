"""What the log knows already of a batch's messages: accepted before, refused before, by what content."""

from collections.abc import Sequence
from uuid import UUID

from events.keyring import Keyring
from events.log import Connection, find_receipts
from events.log.contents import accepted_contents
from events.log.refused import find_refused
from services.intake.batch import Key, Known
from services.intake.message import Reading


def find_known(
    conn: Connection, keyring: Keyring, readings: Sequence[Reading]
) -> tuple[dict[Key, Known], dict[Key, tuple[Known, ...]]]:
    """The accepted and the refused among the messages and their predecessors, in two round trips.

    What was accepted is told from what comes now in one more for each ledger. Of each content that was
    refused under an id the last refusal. Raises KeyringError.
    """
    keys: dict[Key, list[bytes]] = {
        (each.body, each.after): [] for each in readings if each.after is not None
    }
    for reading in readings:
        keys.setdefault(reading.key, []).append(reading.digest)
    facts = {(body, fact): (body, message) for body, message in keys if (fact := _uuid(message))}
    stored = find_receipts(conn, facts)
    digests = {place: keys[facts[place]] for place in stored}
    contents = accepted_contents(conn, keyring, stored.values(), digests)
    accepted = {facts[place]: Known(contents[place], each.receipt) for place, each in stored.items()}
    refused: dict[Key, dict[bytes, Known]] = {}
    for digest, receipt in find_refused(conn, keyring, keys):
        refused.setdefault((receipt.body, receipt.id), {})[digest] = Known(digest, receipt)
    return accepted, {key: tuple(each.values()) for key, each in refused.items()}


def _uuid(message: str) -> UUID | None:
    try:
        fact = UUID(message)
    except ValueError:
        return None
    # Receipts are found by the text that the id is written back as.
    return fact if str(fact) == message else None
