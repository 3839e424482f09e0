-- snapshot: Events, keys and acts of destruction are judged as they were at one moment.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- first_events: Each document's first event beside its key and name; what was destroyed has none.
SELECT e.seq, e.stream, e.version, e.type, e.recorded_at, e.agency_seq, e.payload, d.kek, d.key, d.name
FROM ledger.events AS e
LEFT JOIN ledger.documents AS d ON d.ledger = e.ledger AND d.stream = e.stream
WHERE e.ledger = %s AND e.version = 1
ORDER BY e.seq;

-- destructions: The documents in which destructions are laid down.
SELECT DISTINCT stream
FROM ledger.events
WHERE ledger = %s AND type = ANY(%s);

-- stray_keys: Keys of documents that have no event.
SELECT d.stream
FROM ledger.documents AS d
WHERE
    d.ledger = %(ledger)s
    AND NOT EXISTS (SELECT FROM ledger.events AS e WHERE e.ledger = d.ledger AND e.stream = d.stream)
ORDER BY d.stream
LIMIT %(limit)s;
