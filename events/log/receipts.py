"""What was decided of a fact: the receipts of those accepted, the last problem of those refused."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from events.envelope import ACCEPTED, REJECTED, Problem, Receipt
from events.log.heads import Connection
from events.sql import statements

_SQL = statements("receipts")


class StoredReceipt(msgspec.Struct, frozen=True):
    """Where an accepted fact stands, and the keyed digest of what it said."""

    ledger: str
    fact_id: UUID
    digest: bytes
    seq: int
    leaf: bytes
    recorded_at: datetime

    @property
    def receipt(self) -> Receipt:
        """The receipt, identical to the one given when the fact was accepted."""
        return Receipt(
            str(self.fact_id),
            self.ledger,
            ACCEPTED,
            self.ledger,
            self.seq,
            self.leaf.hex(),
            self.recorded_at,
            None,
        )


def find_receipts(
    conn: Connection, facts: Iterable[tuple[str, UUID]]
) -> dict[tuple[str, UUID], StoredReceipt]:
    """The receipts of those of the facts (ledger, id) that were accepted, in one round trip."""
    pairs = list(facts)
    if not pairs:
        return {}
    rows = conn.cursor(binary=True).execute(
        _SQL["find_receipts"], [[ledger for ledger, _ in pairs], [fact for _, fact in pairs]]
    )
    return {
        (ledger, fact): StoredReceipt(ledger, fact, digest, seq, leaf, recorded_at.astimezone(UTC))
        for ledger, fact, digest, seq, leaf, recorded_at in rows
    }


def find_rejections(
    conn: Connection, messages: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Receipt]:
    """The last receipts of those of the messages (body, id or digest) that were refused, in one round trip."""
    pairs = list(messages)
    if not pairs:
        return {}
    rows = conn.cursor(binary=True).execute(
        _SQL["find_rejections"], [[body for body, _ in pairs], [message for _, message in pairs]]
    )
    return {
        (body, message): Receipt(
            message, body, REJECTED, None, None, None, recorded_at.astimezone(UTC), _problem(problem)
        )
        for body, message, problem, recorded_at in rows
    }


def decided(conn: Connection, messages: Collection[tuple[str, str]]) -> dict[tuple[str, str], Receipt]:
    """The receipts of those of the messages (body, id or digest) that were decided, refused ones too.

    A fact that was refused and accepted when it came again is accepted.
    """
    facts = {(body, fact): (body, message) for body, message in messages if (fact := _fact_id(message))}
    with conn.pipeline():
        refused = find_rejections(conn, messages)
        accepted = find_receipts(conn, facts)
    return refused | {facts[pair]: stored.receipt for pair, stored in accepted.items()}


def _fact_id(message: str) -> UUID | None:
    try:
        return UUID(message)
    except ValueError:
        return None


def _problem(stored: object) -> Problem:
    return msgspec.convert(stored, Problem)
