-- first_events: A document's name stands in its payloads alone, and its first event tells it: one pass over the
-- ledger, in order.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND seq <= %s AND version = 1
ORDER BY seq;

-- events_of: The documents of some persons, or of the body; nothing later than the head that was read. In the
-- order of the index that finds them: in the ledger's own, the whole of it might be read for them.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND stream = ANY(%s) AND seq <= %s
ORDER BY stream, version;

-- keys_of: What the viewer is shown; a document that was destroyed has none.
SELECT stream, kek, key
FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s);

-- leaves: One after another, however long the ledger is.
SELECT leaf
FROM ledger.events
WHERE ledger = %s AND seq <= %s
ORDER BY seq;
