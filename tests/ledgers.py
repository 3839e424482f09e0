"""Ledgers written through the log itself, for tests of what stands in them."""

import os
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import uuid4

from events import keyring, merkle
from events.envelope import Event, Fact
from events.header import encode_header, event_leaf
from events.log import (
    Appended,
    Batch,
    Connection,
    Entry,
    Log,
    Stream,
    lock_heads,
    new_stream,
    open_ledger,
    place,
    read_places,
)
from events.vocabulary import Name
from events.vocabulary.assessment import ScoreSubmitted

BODY = "zhanakorgan"


def new_log() -> Log:
    return Log(keyring.create(os.urandom))


def score(
    employee: str = "e-1",
    parameter: int = 1,
    mark: str = "4.25",
    *,
    body: str = BODY,
    comment: str | None = None,
) -> Fact:
    data = ScoreSubmitted(
        employee=employee,
        position="p-1",
        period="2026-Q1",
        parameter=parameter,
        score=Decimal(mark),
        comment=comment,
    )
    return Fact(uuid4(), body, "ScoreSubmitted", date(2026, 4, 10), "head-1", data)


def scores(count: int, *, employees: int = 3, body: str = BODY) -> list[Fact]:
    return [score(f"e-{number % employees}", number % 5 + 1, body=body) for number in range(count)]


def record(conn: Connection, log: Log, facts: Iterable[Fact], *, agency_seq: int = 0) -> list[Appended]:
    """The facts as appended to their bodies' ledgers (opened where needed) in one committed batch."""
    by_ledger: dict[str, list[Fact]] = {}
    for fact in facts:
        by_ledger.setdefault(fact.body, []).append(fact)
    with conn.transaction():
        for ledger in by_ledger:
            open_ledger(conn, ledger)
        lock = lock_heads(conn, by_ledger)
        wanted = {ledger: {fact.document for fact in its} for ledger, its in by_ledger.items()}
        streams: dict[tuple[str, Name], Stream] = {
            at: document.stream for at, document in log.load_documents(conn, wanted).items()
        }
        batches = []
        for ledger, its in by_ledger.items():
            head, entries = lock.heads[ledger], []
            for seq, fact in enumerate(its, start=head.size + 1):
                at = (ledger, fact.document)
                stream = streams.setdefault(at, new_stream(*at))
                event = place(fact, ledger, seq, lock.recorded_at(ledger), agency_seq)
                entries.append(Entry(event, stream, log.digest(fact)))
            batches.append(Batch(head, entries))
        extended = log.append(conn, batches)
    return [appended for each in extended for appended in each.appended]


def events_of(conn: Connection, log: Log, ledger: str = BODY) -> list[Event]:
    return [event for event in log.read(conn, ledger) if isinstance(event, Event)]


def destroy(conn: Connection, stream: Stream) -> None:
    with conn.transaction():
        conn.execute("DELETE FROM ledger.documents WHERE stream = %s", [stream.id])


def seal_over(conn: Connection) -> None:
    """Makes leaves, tiles, receipts and head agree with the rows again, as a forger would."""
    payloads = dict(conn.execute("SELECT seq, payload FROM ledger.events", binary=True).fetchall())
    size = len(payloads)
    leaves = [
        event_leaf(encode_header(each.header), payloads[each.header.seq])
        for each in read_places(conn, BODY, 0, size)
    ]
    edge, tiles = merkle.append(merkle.Edge(), leaves)
    conn.execute("DELETE FROM ledger.tiles")
    conn.execute("DELETE FROM ledger.receipts WHERE seq > %s", [size])
    for seq, leaf in enumerate(leaves, start=1):
        conn.execute("UPDATE ledger.events SET leaf = %s WHERE seq = %s", [leaf, seq])
        conn.execute("UPDATE ledger.receipts SET leaf = %s WHERE seq = %s", [leaf, seq])
    for tile in tiles:
        conn.execute(
            "INSERT INTO ledger.tiles VALUES (%s, %s, %s, %s, %s)",
            [BODY, tile.level, tile.index, tile.root, tile.hashes],
        )
    conn.execute("UPDATE ledger.ledgers SET size = %s, root = %s", [size, merkle.root(edge)])
