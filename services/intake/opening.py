"""Opens the agency's ledger and records what it holds from the first day."""

from collections.abc import Sequence

from events.envelope import AGENCY, Fact
from events.log import (
    Batch,
    Connection,
    Entry,
    Log,
    Stream,
    find_receipts,
    lock_heads,
    new_stream,
    open_ledger,
    place,
)
from events.vocabulary import Name
from services.founding import founding_facts


def found(conn: Connection, log: Log) -> int:
    """How many founding facts were recorded now: those of documents that `agency` lacked.

    An act whose id is published, and a year of which a day is declared, are left as they are: what was said
    of them since is not overruled by another release. Several may call it at once.
    """
    with conn.transaction():
        open_ledger(conn, AGENCY)
        lock = lock_heads(conn, (AGENCY,))
        missing = _missing(conn, log)
        streams: dict[Name, Stream] = {}
        for fact in missing:
            if fact.document not in streams:
                streams[fact.document] = new_stream(AGENCY, fact.document)
        head = lock.heads[AGENCY]
        events = [
            place(fact, AGENCY, seq, lock.recorded_at(AGENCY), seq - 1)
            for seq, fact in enumerate(missing, head.size + 1)
        ]
        entries = [
            Entry(event, streams[event.document], log.digest(fact))
            for event, fact in zip(events, missing, strict=True)
        ]
        log.append(conn, [Batch(head, entries)])
    return len(missing)


def _missing(conn: Connection, log: Log) -> Sequence[Fact]:
    known = find_receipts(conn, ((AGENCY, fact.id) for fact in founding_facts()))
    unheard = [fact for fact in founding_facts() if (AGENCY, fact.id) not in known]
    # A calendar is a year's document, an act's document bears its id.
    said = log.load_documents(conn, {AGENCY: {fact.document for fact in unheard}})
    return [fact for fact in unheard if (AGENCY, fact.document) not in said]
