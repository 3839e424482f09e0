-- keys_of_events: The keys of the documents that these events are of; one that was destroyed has no row.
SELECT e.seq, d.stream, d.kek, d.key
FROM ledger.events AS e
INNER JOIN ledger.documents AS d ON d.ledger = e.ledger AND d.stream = e.stream
WHERE e.ledger = %s AND e.seq = ANY(%s);
