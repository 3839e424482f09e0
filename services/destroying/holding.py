"""Holds placed and lifted by people at the machine, decided as a body's own facts are; and which stand."""

from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import msgspec

from events.codec import Codec
from events.documents import Document, Hold, fold
from events.envelope import AGENCY, Fact, Refusal
from events.keyring import Keyring
from events.log import Connection, Head, Log, head
from events.sql import statements
from events.vocabulary import Name
from events.vocabulary.retention import HoldLifted, HoldPlaced
from methodologies.registry import Law
from services.deciding import decide
from services.destroying.errors import DestroyingError
from services.recording import Due, record
from services.refusals_here import told_here

_SQL = statements("destroying")


class Held(msgspec.Struct, frozen=True):
    """A hold that stands: in which body, on whose papers, of which period (None: all), why and since when."""

    body: str
    employee: str
    period: str | None
    basis: str
    since: date


def tell(
    conn: Connection, keyring: Keyring, body: str, data: HoldPlaced | HoldLifted, *, by: str, on: date
) -> int:
    """Records that a hold is placed or lifted; its place in the ledger.

    `conn` is the writer's. Raises DestroyingError with the code of the refusal, LogError `unknown-ledger`.
    """
    log = Log(keyring)
    fact = Fact(uuid4(), body, type(data).__name__, on, by, data)

    def due(_: Head) -> Due:
        names = [data.document, Name("employment", (data.employee,))]
        loaded = log.load_documents(conn, {body: names})
        documents: dict[Name, Document] = dict(fold(event for one in loaded.values() for event in one.events))
        return Due(decide(fact, documents, Law()), head(conn, AGENCY).size)

    try:
        [event] = record(conn, log, body, due)
    except Refusal as refusal:
        raise DestroyingError(*told_here(refusal, body)) from None
    return event.seq


def standing(conn: Connection, keyring: Keyring, body: str) -> Iterator[Held]:
    """The holds that stand in a body, by servant and period."""
    log = Log(keyring)
    stored = Codec().stored_type(HoldPlaced.__name__)
    streams = [row[0] for row in conn.execute(_SQL["streams_of_type"], [body, stored], binary=True)]
    found = (fold(events) for events in log.read_streams(conn, body, streams).values())
    holds = [one for documents in found for one in documents.values() if isinstance(one, Hold)]
    for hold in sorted(holds, key=lambda one: one.employee):
        for one in hold.placed:
            yield Held(body, hold.employee, one.period, one.basis, one.on)
