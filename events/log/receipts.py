"""What was decided of a fact: the receipts of those accepted, the last problem of those refused."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import psycopg

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
    return _accepted(_ask(conn, "find_receipts", list(facts)))


def find_rejections(conn: Connection, messages: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Receipt]:
    """The last receipts of those of the messages (body, id or digest) that were refused; one round trip."""
    return _refused(_ask(conn, "find_rejections", list(messages)))


def decided(conn: Connection, messages: Collection[tuple[str, str]]) -> dict[tuple[str, str], Receipt]:
    """The receipts of those of the messages (body, id or digest) that were decided, in one round trip.

    A fact that was refused, and accepted when it came again, is accepted.
    """
    facts = {(body, fact): (body, message) for body, message in messages if (fact := _fact_id(message))}
    with conn.pipeline():
        refusals = _ask(conn, "find_rejections", list(messages))
        receipts = _ask(conn, "find_receipts", list(facts))
    return _refused(refusals) | {facts[pair]: stored.receipt for pair, stored in _accepted(receipts).items()}


def _ask(conn: Connection, statement: str, pairs: list[tuple[str, Any]]) -> psycopg.Cursor[Any]:
    columns = [[first for first, _ in pairs], [second for _, second in pairs]]
    return conn.execute(_SQL[statement], columns, binary=True)


def _accepted(rows: psycopg.Cursor[Any]) -> dict[tuple[str, UUID], StoredReceipt]:
    return {
        (ledger, fact): StoredReceipt(ledger, fact, digest, seq, leaf, recorded_at.astimezone(UTC))
        for ledger, fact, digest, seq, leaf, recorded_at in rows
    }


def _refused(rows: psycopg.Cursor[Any]) -> dict[tuple[str, str], Receipt]:
    return {
        (body, message): Receipt(
            message, body, REJECTED, None, None, None, recorded_at.astimezone(UTC), _problem(problem)
        )
        for body, message, problem, recorded_at in rows
    }


def _fact_id(message: str) -> UUID | None:
    try:
        return UUID(message)
    except ValueError:
        return None


def _problem(stored: object) -> Problem:
    return msgspec.convert(stored, Problem)
