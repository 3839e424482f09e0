-- find_streams: Every ledger of the batch at once, as the documents are not partitioned.
SELECT d.ledger, d.name, d.stream, d.kek, d.key
FROM unnest(%b::text[], %b::bytea[]) AS w (ledger, name)
INNER JOIN ledger.documents AS d ON d.ledger = w.ledger AND d.name = w.name;

-- load_events: Asked ledger by ledger with the code as a constant, so that one partition is planned for and
-- locked, not all. Most documents that are asked for are new, and cost nothing here.
SELECT seq, stream, version, type, recorded_at, agency_seq, payload
FROM ledger.events
WHERE ledger = %s AND stream = ANY(%s)
ORDER BY stream, version;
