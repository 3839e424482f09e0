-- read_events: A stretch of seq at a time: memory stays bounded and no snapshot outlives a stretch. The plan is
-- an index scan of one partition, in order, without a sort (docs/adr/0001); with an upper bound in place of the
-- LIMIT the planner would rather sort.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND seq > %s
ORDER BY seq
LIMIT %s;

-- read_places: Without the payload, for those who hold no key.
SELECT seq, stream, version, type, recorded_at, agency_seq, leaf
FROM ledger.events
WHERE ledger = %s AND seq > %s
ORDER BY seq
LIMIT %s;

-- read_keys: The wrapped keys of a stretch of events; a document that was destroyed has none.
SELECT stream, kek, key
FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s);

-- read_streams: The events of some documents, each in order.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND stream = ANY(%s)
ORDER BY stream, version;
