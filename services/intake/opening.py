"""Opens the agency's ledger and records what it holds from the first day."""

from events.envelope import AGENCY
from events.log import (
    Batch,
    Connection,
    Entry,
    Log,
    find_receipts,
    lock_heads,
    new_stream,
    open_ledger,
    place,
)
from services.founding import founding_facts


def found(conn: Connection, log: Log) -> int:
    """How many founding facts were recorded now: those that `agency` lacked. Several may call it at once."""
    with conn.transaction():
        open_ledger(conn, AGENCY)
        lock = lock_heads(conn, (AGENCY,))
        known = find_receipts(conn, ((AGENCY, fact.id) for fact in founding_facts()))
        missing = [fact for fact in founding_facts() if (AGENCY, fact.id) not in known]
        names = {fact.document for fact in missing}
        loaded = log.load_documents(conn, {AGENCY: names})
        streams = {
            name: stored.stream if (stored := loaded.get((AGENCY, name))) else new_stream(AGENCY, name)
            for name in names
        }
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
