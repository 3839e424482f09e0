-- read_events: A stretch of seq at a time: memory stays bounded and no snapshot outlives a stretch. The plan is
-- an index scan of one partition, in order, without a sort (docs/adr/0001). The upper bound, unlike a LIMIT, keeps
-- it to one stretch even where a new ledger has no statistics yet.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND seq > %s AND seq <= %s
ORDER BY seq;

-- read_places: Without the payload, for those who hold no key.
SELECT seq, stream, version, type, recorded_at, agency_seq, leaf
FROM ledger.events
WHERE ledger = %s AND seq > %s AND seq <= %s
ORDER BY seq;

-- read_keys: The wrapped keys of a stretch of events; a document that was destroyed has none.
SELECT stream, kek, key
FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s);

-- read_streams: The events of some documents, each in order.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND stream = ANY(%s)
ORDER BY stream, version;
