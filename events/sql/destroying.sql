-- destroy_documents: A document's key and name stand in one row.
DELETE FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s)
RETURNING stream;

-- living_documents: Which of the streams still have a key.
SELECT stream
FROM ledger.documents
WHERE ledger = %s AND stream = ANY(%s);

-- facts_of: The ids under which what is destroyed was reported; receipts outlive their documents.
SELECT r.fact_id
FROM ledger.events AS e
INNER JOIN ledger.receipts AS r ON r.ledger = e.ledger AND r.seq = e.seq
WHERE e.ledger = %s AND e.stream = ANY(%s);

-- hold_destroyer: One at a time; the server itself forgets whoever dies.
SELECT pg_try_advisory_lock(%s, %s);

-- shut_wrapping: Waits until whoever added a key has committed; see the trigger.
SELECT pg_advisory_xact_lock(1650550628, 0);

-- raise_wrapping: From its COMMIT on no key can come wrapped under an older one.
UPDATE ledger.wrapping
SET kek = %s;

-- old_documents: A page of those that are not wrapped anew yet; pages by key, as what was done falls out.
SELECT ledger, stream, kek, key
FROM ledger.documents
WHERE kek < %s AND (ledger, stream) > (%s, %s)
ORDER BY ledger, stream
LIMIT %s;

-- wrap_documents: A key that was destroyed meanwhile has no row.
UPDATE ledger.documents AS d
SET kek = %s, key = w.key
FROM unnest(%s::text[], %s::uuid[], %s::bytea[]) AS w (ledger, stream, key)
WHERE d.ledger = w.ledger AND d.stream = w.stream;

-- old_rejection_keys: One for each of thirty days.
SELECT day, stream, kek, key
FROM ledger.rejection_keys
WHERE kek < %s
ORDER BY day;

-- wrap_rejection_keys: The same.
UPDATE ledger.rejection_keys AS r
SET kek = %s, key = w.key
FROM unnest(%s::date[], %s::uuid[], %s::bytea[]) AS w (day, stream, key)
WHERE r.day = w.day AND r.stream = w.stream;

-- places_of_act: Where each event of one document stands in its ledger's tree.
SELECT e.seq, e.leaf
FROM ledger.events AS e
WHERE e.ledger = %s AND e.stream = (SELECT d.stream FROM ledger.documents AS d WHERE d.ledger = %s AND d.name = %s)
ORDER BY e.seq;

-- streams_of_type: By the plain type of what begins such a document; seldom asked, so it has no index.
SELECT DISTINCT e.stream
FROM ledger.events AS e
WHERE e.ledger = %s AND e.type = %s;
